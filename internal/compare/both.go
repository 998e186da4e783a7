package compare

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"slices"

	"github.com/bulkpay/bulkpay/internal/mask"
	"github.com/bulkpay/bulkpay/internal/money"
	"github.com/bulkpay/bulkpay/internal/spill"
	"github.com/bulkpay/bulkpay/ledger"
)

// both finds out who of the batch before is in the sheet, by sorting both
// together.
type both struct {
	key      [32]byte
	names    *spill.Sorter // hash of the name, side, row and amount
	accounts *spill.Sorter // hash of the account, side, row and amount
	missing  *spill.Sorter // row and amount: once for each way in which it is missing
	amounts  *spill.Sorter // of the batch before
}

const (
	hashBytes    = 16
	sideBytes    = 1
	rowBytes     = 4
	amountBytes  = 8
	missingBytes = rowBytes + amountBytes
)

// The sheet's records come before those of the batch, so that a key that
// begins with the batch's is not in the sheet.
const (
	sideHere   = 0
	sideBefore = 1
)

func newBoth() (*both, error) {
	b := &both{
		names: spill.New(hashBytes + sideBytes + missingBytes), accounts: spill.New(hashBytes + sideBytes + missingBytes),
		missing: spill.New(missingBytes), amounts: spill.New(amountBytes),
	}
	_, err := rand.Read(b.key[:])
	return b, err
}

func (b *both) close() error {
	return errors.Join(b.names.Close(), b.accounts.Close(), b.missing.Close(), b.amounts.Close())
}

// here notes that a payee is in the sheet.
func (b *both) here(name, account string) error {
	return errors.Join(
		b.put(b.names, ledger.FoldName(name), sideHere, 0, 0),
		b.put(b.accounts, ledger.FoldAccount(account), sideHere, 0, 0),
	)
}

// before notes a payee of the batch.
func (b *both) before(p ledger.Payee) error {
	minor, _ := p.Amount.Minor()
	return errors.Join(
		b.put(b.names, ledger.FoldName(p.Name), sideBefore, p.Row, minor),
		b.put(b.accounts, ledger.FoldAccount(p.Account), sideBefore, p.Row, minor),
		b.amounts.Add(binary.BigEndian.AppendUint64(nil, uint64(minor))),
	)
}

func (b *both) put(to *spill.Sorter, text string, side byte, row int, amount int64) error {
	if text == "" {
		if side == sideHere {
			return nil // nothing is here by having no name
		}
		return b.addMissing(row, amount)
	}
	var space [128]byte
	sum := sha256.Sum256(append(append(space[:0], b.key[:]...), text...))
	record := append(sum[:hashBytes:hashBytes], side)
	record = binary.BigEndian.AppendUint32(record, uint32(row))
	return to.Add(binary.BigEndian.AppendUint64(record, uint64(amount)))
}

func (b *both) addMissing(row int, amount int64) error {
	record := binary.BigEndian.AppendUint32(nil, uint32(row))
	return b.missing.Add(binary.BigEndian.AppendUint64(record, uint64(amount)))
}

// join adds the rows of the batch whose name, or account, is not in the sheet.
func (b *both) join(side *spill.Sorter) error {
	var here [hashBytes]byte
	begun := false
	for record, err := range side.Sorted() {
		if err != nil {
			return err
		}
		hash := [hashBytes]byte(record)
		if record[hashBytes] == sideHere {
			here, begun = hash, true
			continue
		}
		if begun && hash == here {
			continue
		}
		row := binary.BigEndian.Uint32(record[hashBytes+sideBytes:])
		amount := binary.BigEndian.Uint64(record[hashBytes+sideBytes+rowBytes:])
		if err := b.addMissing(int(row), int64(amount)); err != nil {
			return err
		}
	}
	return nil
}

// gone tells of each row of the batch that is missing by name and by account.
func (b *both) gone(tell func(row int, amount int64) error) error {
	if err := errors.Join(b.join(b.names), b.join(b.accounts)); err != nil {
		return err
	}
	last := 0
	for record, err := range b.missing.Sorted() {
		if err != nil {
			return err
		}
		row := int(binary.BigEndian.Uint32(record))
		if row == last {
			if err := tell(row, int64(binary.BigEndian.Uint64(record[rowBytes:]))); err != nil {
				return err
			}
		}
		last = row
	}
	return nil
}

// middle is the median of the amounts of the batch; of two, the lower one.
func (b *both) middle() (minor int64, ok bool, err error) {
	at := (b.amounts.Len() - 1) / 2
	for record, err := range b.amounts.Sorted() {
		if err != nil {
			return 0, false, err
		}
		if at == 0 {
			return int64(binary.BigEndian.Uint64(record)), true, nil
		}
		at--
	}
	return 0, false, nil
}

// readBefore reads the batch to compare with.
func (c *comparing) readBefore(ctx context.Context, batch ledger.Batch) error {
	at := batch.CreatedAt
	c.Before = &Side{Batch: batch.Code, Source: batch.Source, At: &at, sum: c.Sheet.sum}
	for p, err := range c.book.Payees(ctx, batch.ID) {
		if err != nil {
			return err
		}
		c.Before.Rows++
		if c.Before.sum, err = c.Before.sum.Add(p.Amount); err != nil {
			return err
		}
		if err := c.both.before(p); err != nil {
			return err
		}
	}
	minor, ok, err := c.both.middle()
	c.typical, c.hasTypl = money.FromMinor(c.Sheet.sum.Currency(), minor), ok
	return err
}

// vanished lists who was in the batch and is not in the sheet. Who they are is
// asked of the ledger once more, for those that are named.
func (c *comparing) vanished(ctx context.Context, batch ledger.Batch) error {
	list := &c.Vanished
	err := c.both.gone(func(row int, minor int64) error {
		return list.add(payee{row: row, amount: money.FromMinor(c.Sheet.sum.Currency(), minor)}, Row{})
	})
	if err != nil || len(list.Rows) == 0 {
		return err
	}
	for p, err := range c.book.Payees(ctx, batch.ID) {
		if err != nil {
			return err
		}
		at := slices.IndexFunc(list.Rows, func(r Row) bool { return r.Row == p.Row })
		if at >= 0 {
			list.Rows[at].Name, list.Rows[at].Account = shown(p.Name), mask.Account(p.Account)
		}
	}
	return nil
}

// add counts a row, and names it if it is among the largest.
func (l *List) add(p payee, r Row) error {
	l.Count++
	var err error
	if l.sum, err = l.sum.Add(p.amount); err != nil {
		return err
	}
	r.Row, r.Name, r.Account = p.row, shown(p.name), mask.Account(p.account)
	r.amount, r.Amount = p.amount, p.amount.Fixed()
	at, _ := slices.BinarySearchFunc(l.Rows, r, func(a, b Row) int {
		if order := b.amount.Cmp(a.amount); order != 0 {
			return order
		}
		return a.Row - b.Row
	})
	if at >= l.most {
		return nil
	}
	l.Rows = slices.Insert(l.Rows, at, r)
	l.Rows = l.Rows[:min(len(l.Rows), l.most)]
	return nil
}
