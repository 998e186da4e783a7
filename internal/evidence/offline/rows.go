package offline

import (
	"crypto/sha256"
	"errors"
	"iter"

	"github.com/bulkpay/bulkpay/internal/evidence/pack"
)

// rows goes through the sheet: every row against its events, the report and
// the trade numbers, and all of them together against the totals.
func (c *checker) rows() error {
	t := &tally{c: c, digest: sha256.New(), sums: map[string]*sum{}, whole: true}
	steps, stopSteps := iter.Pull2(c.steps.Sorted())
	defer stopSteps()
	told := &telling{next: steps}
	if err := told.more(); err != nil {
		return err
	}
	matched, err := c.matches()
	if err != nil {
		return err
	}
	defer matched.close()
	booked, err := c.booked()
	defer booked.stop()
	if err != nil {
		return err
	}
	beside := []*beside{c.reported(), c.numbers(), c.toBank()}
	for _, b := range beside {
		defer b.stop()
	}
	for row, err := range records[pack.Row](c, pack.RowsName) {
		if err != nil {
			return err
		}
		c.Rows++
		if err := t.add(row); err != nil {
			return err
		}
		if err := c.replay(row, told); err != nil {
			return err
		}
		if err := errors.Join(matched.compare(c, row), booked.compare(c, row)); err != nil {
			return err
		}
		for _, b := range beside {
			if err := b.compare(c, row); err != nil {
				return err
			}
		}
	}
	if err := errors.Join(matched.end(c), booked.end(c)); err != nil {
		return err
	}
	for _, b := range beside {
		if err := b.end(c); err != nil {
			return err
		}
	}
	if told.there && c.count(pack.RowsName) == 0 {
		if err := c.find(pack.RowsName, at("event", told.step.seq), "is about a payout that is in no row"); err != nil {
			return err
		}
	}
	return t.compare()
}

// telling is where the reading of sorted steps is.
type telling struct {
	next  func() ([]byte, error, bool)
	step  step
	there bool
}

func (t *telling) more() error {
	record, err, more := t.next()
	if t.there = more && err == nil; t.there {
		t.step = stepOf(record)
	}
	return err
}

// replay follows a payout through its events. Payouts of a batch were numbered
// in the order of its rows.
func (c *checker) replay(row pack.Row, told *telling) error {
	if row.PayoutID == 0 {
		return nil
	}
	r, trade := newReplay(), markOf(row.TradeNo)
	for told.there && told.step.payout <= row.PayoutID {
		if told.step.payout < row.PayoutID {
			if err := c.find(pack.RowsName, at("event", told.step.seq), "is about a payout that is in no row"); err != nil {
				return err
			}
		} else {
			r.take(told.step, trade)
		}
		if err := told.more(); err != nil {
			return err
		}
	}
	for _, why := range r.contradictions(row) {
		if err := c.find(pack.RowsName, at("row", row.Row), "%s", why); err != nil {
			return err
		}
	}
	return nil
}
