package report

import (
	"fmt"

	"github.com/bulkpay/bulkpay/ledger"
)

// count adds a row up again, independently of the ledger's own sums, and
// gathers what can be known only from the rows.
func (s *section) count(e entry) error {
	bucket := s.found[e.Bucket]
	sum, err := bucket.Sum.Add(e.Amount)
	if err != nil {
		return fmt.Errorf("row %d: %w", e.Row, err)
	}
	s.found[e.Bucket] = ledger.Bucket{Name: e.Bucket, Count: bucket.Count + 1, Sum: sum}
	if e.WordOf != "" {
		s.part.worded.Count++
		if s.part.worded.Sum, err = s.part.worded.Sum.Add(e.Amount); err != nil {
			return err
		}
	}
	if s.part.causes.add(e); e.waitsForSomebody() {
		s.part.grow(e, s.Summary.At)
		s.part.openRows.add(e)
	}
	if e.WordOf == "" && e.Settled {
		s.speed.add(e.Final.Sub(e.Submitted))
	}
	return nil
}

// compare holds the rows against the summary. Whether the two sides of the
// equation agree is another question: a batch that is not tied gets a report
// that says so.
func (s *section) compare() error {
	for _, want := range s.Summary.Buckets {
		got := s.found[want.Name]
		delete(s.found, want.Name)
		if got.Count != want.Count || s.part.number(got.Sum) != s.part.number(want.Sum) {
			return fmt.Errorf("%w: %s: rows %d %s, summary %d %s", ErrChanged,
				want.Name, got.Count, s.part.number(got.Sum), want.Count, s.part.number(want.Sum))
		}
	}
	for name := range s.found {
		return fmt.Errorf("%w: %s is not in the summary", ErrChanged, name)
	}
	return nil
}
