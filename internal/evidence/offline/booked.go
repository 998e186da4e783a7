package offline

import (
	"encoding/csv"
	"errors"
	"io"
	"iter"
	"slices"
	"strconv"

	"github.com/bulkpay/bulkpay/internal/evidence/pack"
)

// booked are the entries of the journal. Those about what became of payouts
// come in the order of the rows; charges come after them, and are held to
// balance only.
type booked struct {
	next   func() (bookedEntry, error, bool)
	stop   func()
	entry  bookedEntry
	there  bool
	silent bool // out of step: more would be said of one fault
}

// bookedEntry is an entry with its two sides.
type bookedEntry struct {
	line     int // of the file
	row      int
	tradeNo  string
	kind     string
	amount   string
	balances bool
	charge   bool
}

// booked reads the journal; without one there is nothing to compare.
func (c *checker) booked() (*booked, error) {
	b := &booked{}
	b.next, b.stop = iter.Pull2(c.entries())
	return b, b.more(c)
}

func (b *booked) more(c *checker) error {
	entry, err, more := b.next()
	if b.entry, b.there = entry, more && err == nil; !b.there || entry.balances {
		return err
	}
	return c.find(pack.JournalName, at("line", entry.line), "and the next are no entry that balances")
}

// compare follows a row through its entries.
func (b *booked) compare(c *checker, row pack.Row) error {
	kind := ""
	for b.there && !b.silent && !b.entry.charge && b.entry.row <= row.Row {
		if e := b.entry; e.row < row.Row || row.PayoutID == 0 || e.tradeNo != row.TradeNo || e.amount != row.Amount {
			b.silent = true
			return c.find(pack.JournalName, at("line", e.line), "is about another row, payout or amount than %s has", pack.RowsName)
		}
		kind = b.entry.kind
		if err := b.more(c); err != nil {
			return err
		}
	}
	if _, there := c.archive.Entry(pack.JournalName); there && !b.silent && row.PayoutID != 0 && !slices.Contains(bookedLast(row), kind) {
		return c.find(pack.JournalName, at("row", row.Row), "is %s in %s, and its last booking is %q", row.State, pack.RowsName, kind)
	}
	return nil
}

func (b *booked) end(c *checker) error {
	for b.there && !b.silent {
		if !b.entry.charge {
			return c.find(pack.JournalName, at("line", b.entry.line), "is about a row that is not in %s", pack.RowsName)
		}
		if err := b.more(c); err != nil {
			return err
		}
	}
	return nil
}

// bookedLast are the kinds that the last booking of a row may have; "": none.
func bookedLast(row pack.Row) []string {
	owed := []string{"", "cleared_not_paid", "cleared_in_progress"}
	switch row.State {
	case "succeeded":
		return []string{"paid", "cleared_paid"}
	case "reversed":
		return []string{"reversed"}
	case "in_doubt":
		return []string{"in_doubt"}
	case "held", "ready", "submitting": // in suspense once it may have been sent
		return append(owed, "in_doubt")
	}
	return owed
}

// The columns of the journal that are read, and how many there are.
const (
	journalEntry, journalDate, journalAccount, journalDebit, journalCredit, journalCurrency = 0, 1, 2, 3, 4, 5
	journalKind, journalBatch, journalRow, journalTradeNo                                   = 7, 9, 10, 11
	journalColumns                                                                          = 16
)

// charges are the kinds that a statement has shown, and not the gateway.
var charges = []string{"fee", "returned", "fee_undone", "returned_undone"}

// entries reads the journal, two lines at a time.
func (c *checker) entries() iter.Seq2[bookedEntry, error] {
	return func(yield func(bookedEntry, error) bool) {
		from := c.open(pack.JournalName)
		defer from.Close() //nolint:errcheck // it was only read
		held := &guard{Reader: from, left: pack.MaxLine}
		lines := csv.NewReader(held)
		lines.FieldsPerRecord = journalColumns
		_, err := lines.Read() // the header
		for err == nil {
			var entry bookedEntry
			held.pause()
			if entry, err = c.readEntry(lines); err == nil && !yield(entry, nil) {
				return
			}
		}
		var syntax *csv.ParseError
		switch {
		case errors.Is(err, io.EOF):
			return
		case errors.As(err, &syntax):
			err = pack.ErrDamaged
		}
		if err := c.broken(pack.JournalName, err); err != nil {
			yield(bookedEntry{}, err)
		}
	}
}

func (c *checker) readEntry(lines *csv.Reader) (bookedEntry, error) {
	debit, err := lines.Read()
	if err != nil {
		return bookedEntry{}, err
	}
	line, _ := lines.FieldPos(0)
	credit, err := lines.Read()
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF // half an entry
	}
	if err != nil {
		return bookedEntry{}, err
	}
	row, _ := strconv.Atoi(debit[journalRow]) // row 0 is in no sheet
	e := bookedEntry{line: line, row: row, tradeNo: debit[journalTradeNo], kind: debit[journalKind], amount: debit[journalDebit]}
	e.charge = slices.Contains(charges, e.kind)
	e.balances = e.amount != "" && e.amount == credit[journalCredit] && debit[journalCredit] == "" && credit[journalDebit] == "" &&
		debit[journalEntry] == credit[journalEntry] && debit[journalDate] == credit[journalDate] && debit[journalAccount] != credit[journalAccount] &&
		debit[journalCurrency] == c.batch.Currency && credit[journalCurrency] == c.batch.Currency &&
		debit[journalBatch] == c.batch.Code && slices.Equal(debit[journalCurrency:], credit[journalCurrency:])
	return e, nil
}
