package offline

import (
	"encoding/binary"
	"iter"

	"github.com/bulkpay/bulkpay/internal/evidence/pack"
	"github.com/bulkpay/bulkpay/internal/spill"
)

// matches are those with lines of statements, in the order of the rows.
type matches struct {
	sorted *spill.Sorter
	next   func() ([]byte, error, bool)
	stop   func()
	row    int64
	trade  mark
	there  bool
}

const matchBytes = 8 + 16

// matches reads and sorts them.
func (c *checker) matches() (*matches, error) {
	m := &matches{sorted: spill.New(matchBytes), stop: func() {}}
	if _, there := c.archive.Entry(pack.MatchesName); there {
		for match, err := range records[pack.Match](c, pack.MatchesName) {
			if err != nil {
				m.close()
				return nil, err
			}
			trade := markOf(match.TradeNo)
			record := binary.BigEndian.AppendUint64(make([]byte, 0, matchBytes), uint64(max(match.Row, 0)))
			if err := m.sorted.Add(append(record, trade[:]...)); err != nil {
				m.close()
				return nil, err
			}
		}
	}
	if m.sorted.Len() != c.batch.Matches && c.count(pack.MatchesName) == 0 {
		if err := c.find(pack.MatchesName, "", "does not have as many matches as %s says", pack.BatchName); err != nil {
			m.close()
			return nil, err
		}
	}
	m.next, m.stop = iter.Pull2(m.sorted.Sorted())
	return m, m.more()
}

func (m *matches) close() {
	m.stop()
	_ = m.sorted.Close() // a temporary file only
}

func (m *matches) more() error {
	record, err, more := m.next()
	if m.there = more && err == nil; m.there {
		m.row, m.trade = int64(binary.BigEndian.Uint64(record)), mark(record[8:])
	}
	return err
}

// compare holds the matches of a row against it.
func (m *matches) compare(c *checker, row pack.Row) error {
	for m.there && m.row <= int64(row.Row) {
		if m.row < int64(row.Row) || m.trade != markOf(row.TradeNo) || row.PayoutID == 0 {
			if err := c.find(pack.MatchesName, at("row", m.row), "is matched with a line, and is no such payout"); err != nil {
				return err
			}
		}
		if err := m.more(); err != nil {
			return err
		}
	}
	return nil
}

func (m *matches) end(c *checker) error {
	if !m.there {
		return nil
	}
	return c.find(pack.MatchesName, at("row", m.row), "is matched with a line, and is not in %s", pack.RowsName)
}
