package intake

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/bulkpay/bulkpay/internal/spill"
)

// within finds the rows of one sheet that resemble each other.
//
// Each row leaves a record in each of four sorters, one for each suspicion;
// sorted, the rows that have the same key stand together. A record is the key,
// the order of the row, and for near matches the value in which the rows must
// differ. Keys and values are SHA-256 under a random key, cut to 128 bits and
// 64: two different keys never meet, and two different values that did, once
// in 2⁶⁴ pairs, would leave a near match unnoticed and accuse nobody.
type within struct {
	key   [32]byte
	sorts [4]*spill.Sorter
}

// The sorters are those of [ledger.Suspicions], in that order: the rank of a
// suspicion is its place here.
var differs = [4]bool{rankOtherName: true, rankOtherAccount: true}

const (
	rankSamePayout = iota
	rankSamePayee
	rankOtherName
	rankOtherAccount
)

const (
	keyBytes   = 16
	orderBytes = 4
	valueBytes = 8
)

// open is the bit in the order of a row that can be a suspect. Those that
// cannot have it not and so come first.
const open = 1 << 31

// errTooManyRows cannot happen below the limits of a sheet.
var errTooManyRows = errors.New("the row's number is too large")

func newWithin() (*within, error) {
	w := &within{}
	for i := range w.sorts {
		size := keyBytes + orderBytes
		if differs[i] {
			size += valueBytes
		}
		w.sorts[i] = spill.New(size)
	}
	_, err := rand.Read(w.key[:])
	return w, err
}

// identity is what makes two rows alike.
type identity struct {
	row         int
	known       bool // it is a payout already: no suspect
	trusted     bool // its payee is: no near match
	fingerprint [32]byte
	account     string // folded; "" if the area has none
	name        string // folded; "" if there is none
	amount      int64
}

// add takes a row that is to be paid or is a payout already.
func (w *within) add(id identity) error {
	if id.row <= 0 || id.row > math.MaxInt32 {
		return errTooManyRows
	}
	exact, near := uint32(id.row), uint32(id.row)
	if !id.known {
		exact |= open
	}
	if !id.known && !id.trusted {
		near |= open
	}
	amount := string(binary.BigEndian.AppendUint64(nil, uint64(id.amount)))
	if err := w.put(rankSamePayout, exact, "", string(id.fingerprint[:])); err != nil || id.account == "" {
		return err
	}
	if err := w.put(rankSamePayee, exact, "", id.account, amount); err != nil || id.name == "" {
		return err
	}
	if err := w.put(rankOtherName, near, id.name, id.account); err != nil {
		return err
	}
	return w.put(rankOtherAccount, near, id.account, id.name, amount)
}

func (w *within) put(rank int, order uint32, value string, key ...string) error {
	var space [keyBytes + orderBytes + valueBytes]byte
	record := append(space[:0], w.hash(byte(rank), key...)[:keyBytes]...)
	record = binary.BigEndian.AppendUint32(record, order)
	if differs[rank] {
		record = append(record, w.hash(byte(rank)|0x80, value)[:valueBytes]...)
	}
	return w.sorts[rank].Add(record)
}

// hash is over the process's key, what it is for, and the parts with their
// lengths.
func (w *within) hash(use byte, parts ...string) []byte {
	var space [256]byte
	text := append(append(space[:0], w.key[:]...), use)
	for _, part := range parts {
		text = binary.BigEndian.AppendUint32(text, uint32(len(part)))
		text = append(text, part...)
	}
	sum := sha256.Sum256(text)
	return sum[:]
}

// close gives the memory and the temporary files back.
func (w *within) close() error {
	var errs []error
	for _, sorter := range w.sorts {
		errs = append(errs, sorter.Close())
	}
	return errors.Join(errs...)
}

// find tells report of every row that resembles one before it, with the first
// such row, once for each suspicion and in no order. Rows that are no suspects
// count as being before all others.
func (w *within) find(ctx context.Context, report func(row, twin, rank int) error) error {
	const often = 1 << 12
	n := 0
	for rank := range w.sorts {
		g := alike{rank: rank, report: report}
		for record, err := range w.sorts[rank].Sorted() {
			if n++; err == nil && n%often == 0 {
				err = ctx.Err()
			}
			if err == nil {
				err = g.add(record)
			}
			if err != nil {
				return fmt.Errorf("duplicates of the sheet: %w", err)
			}
		}
	}
	return nil
}

// alike is the rows with one key, as they go by.
type alike struct {
	rank   int
	report func(row, twin, rank int) error

	key    [keyBytes]byte
	any    bool
	first  int // the first row
	value  [valueBytes]byte
	second int // the first with another value; 0: none yet
}

func (g *alike) add(record []byte) error {
	order := binary.BigEndian.Uint32(record[keyBytes:])
	row := int(order &^ open)
	var value [valueBytes]byte
	copy(value[:], record[keyBytes+orderBytes:]) // none if nothing must differ
	if key := [keyBytes]byte(record); !g.any || key != g.key {
		g.any, g.key, g.first, g.value, g.second = true, key, row, value, 0
		return nil
	}
	twin := g.first
	if differs[g.rank] {
		switch {
		case value == g.value:
			twin = g.second
		case g.second == 0:
			g.second = row
		}
	}
	if twin == 0 || order&open == 0 {
		return nil
	}
	return g.report(row, twin, g.rank)
}
