package intake

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"math"
	"slices"

	"github.com/bulkpay/bulkpay/internal/spill"
	"github.com/bulkpay/bulkpay/ledger"
)

// findings are the suspects of a sheet, in the order of its rows. There may be
// as many as rows, so they are kept as records that can go to a file.
type findings struct {
	inside  *spill.Sorter // row, rank, twin: rows that resemble one of the sheet
	outside *spill.Sorter // row, rank, and the payout of an earlier batch
	batches []string      // their codes; records have the place here
	places  map[string]uint32
}

const (
	insideBytes  = 4 + 1 + 4
	outsideBytes = 4 + 1 + 4 + 4 + 1 + 1 + 2*tradeNoBytes
	tradeNoBytes = 32 // the ledger allows no more
)

func newFindings() *findings {
	return &findings{inside: spill.New(insideBytes), outside: spill.New(outsideBytes), places: map[string]uint32{}}
}

func (f *findings) close() error {
	if f == nil {
		return nil
	}
	return errors.Join(f.inside.Close(), f.outside.Close())
}

// addInside notes a row that resembles one before it.
func (f *findings) addInside(row, twin, rank int) error {
	var record [insideBytes]byte
	binary.BigEndian.PutUint32(record[:], uint32(row))
	record[4] = byte(rank)
	binary.BigEndian.PutUint32(record[5:], uint32(twin))
	return f.inside.Add(record[:])
}

// addOutside notes a row that resembles a payout of an earlier batch.
func (f *findings) addOutside(s Suspect) error {
	if len(s.TradeNo) > tradeNoBytes || len(s.StandIn) > tradeNoBytes {
		return fmt.Errorf("payout %s: its number is longer than the ledger allows", s.TradeNo)
	}
	place, ok := f.places[s.Batch]
	if !ok {
		place = uint32(len(f.batches))
		f.batches, f.places[s.Batch] = append(f.batches, s.Batch), place
	}
	var record [outsideBytes]byte
	binary.BigEndian.PutUint32(record[:], uint32(s.Row))
	record[4] = byte(rank(s.Kind))
	binary.BigEndian.PutUint32(record[5:], place)
	binary.BigEndian.PutUint32(record[9:], uint32(s.BatchRow))
	record[13] = byte(slices.Index(states, s.State))
	if s.SameAmount {
		record[14] = 1
	}
	copy(record[15:], s.TradeNo)
	copy(record[15+tradeNoBytes:], s.StandIn)
	return f.outside.Add(record[:])
}

func (f *findings) readOutside(record []byte) Suspect {
	return Suspect{
		Row:        int(binary.BigEndian.Uint32(record)),
		Kind:       suspicions[record[4]],
		Batch:      f.batches[binary.BigEndian.Uint32(record[5:])],
		BatchRow:   int(binary.BigEndian.Uint32(record[9:])),
		State:      states[record[13]],
		SameAmount: record[14] != 0,
		TradeNo:    number(record[15 : 15+tradeNoBytes]),
		StandIn:    number(record[15+tradeNoBytes:]),
	}
}

func number(padded []byte) string { return string(bytes.TrimRight(padded, "\x00")) }

func readInside(record []byte) Suspect {
	return Suspect{
		Row:  int(binary.BigEndian.Uint32(record)),
		Kind: suspicions[record[4]],
		Twin: int(binary.BigEndian.Uint32(record[5:])),
	}
}

// strongestInside gives each row that resembles one of the sheet once, for its
// strongest reason, in the order of the rows.
func strongestInside(from *spill.Sorter) iter.Seq2[Suspect, error] {
	return func(yield func(Suspect, error) bool) {
		last := 0
		for record, err := range from.Sorted() {
			if err != nil {
				yield(Suspect{}, err)
				return
			}
			s := readInside(record)
			if s.Row == last {
				continue // the first is the strongest
			}
			if last = s.Row; !yield(s, nil) {
				return
			}
		}
	}
}

// all gives each suspect row once, for its strongest reason, in the order of
// the rows.
func (f *findings) all() iter.Seq2[Suspect, error] {
	return func(yield func(Suspect, error) bool) {
		next, stop := iter.Pull2(strongestInside(f.inside))
		defer stop()
		inside, failure, more := next()
		// before yields what only the sheet itself says, up to a row.
		before := func(row int) bool {
			for ; more && failure == nil && inside.Row < row; inside, failure, more = next() {
				if !yield(inside, nil) {
					return false
				}
			}
			if failure != nil {
				yield(Suspect{}, failure)
			}
			return failure == nil
		}
		for record, err := range f.outside.Sorted() {
			if err != nil {
				yield(Suspect{}, err)
				return
			}
			s := f.readOutside(record)
			if !before(s.Row) {
				return
			}
			if more && inside.Row == s.Row {
				s = stronger(s, inside)
				inside, failure, more = next()
			}
			if !yield(s, nil) {
				return
			}
		}
		before(math.MaxInt)
	}
}

// cursor goes through the rows that resemble one of the sheet, along with a
// reading of the sheet.
type cursor struct {
	next func() (Suspect, error, bool)
	stop func()
	at   Suspect
	more bool
}

// cursor starts at the first row. It is to be stopped also if there is an
// error. Of no findings it gives none.
func (f *findings) cursor() (*cursor, error) {
	if f == nil {
		return &cursor{stop: func() {}}, nil
	}
	c := &cursor{}
	c.next, c.stop = iter.Pull2(strongestInside(f.inside))
	return c, c.step()
}

func (c *cursor) step() (err error) {
	c.at, err, c.more = c.next()
	return err
}

// row gives what is suspected of a row, if anything is. Rows are asked for in
// their order.
func (c *cursor) row(number int) (Suspect, error) {
	for c.more && c.at.Row < number {
		if err := c.step(); err != nil {
			return Suspect{}, err
		}
	}
	if c.more && c.at.Row == number {
		return c.at, nil
	}
	return Suspect{}, nil
}

var states = ledger.States()
