package dispatch

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/bulkpay/bulkpay/ledger"
)

// day is the gate that keeps what is sent in a day within its limit. It
// belongs to the submitter.
type day struct {
	start time.Time
	used  int64 // sent since then, in minor units
	fits  int   // so many of the next payouts are known to fit
}

// claimed takes note of what was claimed.
func (d *day) claimed(payouts []ledger.Payout) {
	for _, p := range payouts {
		d.used += minor(p.Amount)
	}
	d.fits = max(0, d.fits-len(payouts))
}

// dayRoom is how many of n payouts may be claimed within the limit of the
// day. It is errNoMore when the next one does not fit; one that is to be sent
// again must fit a second time. What was sent is asked about all the same:
// that the limit is reached is no fault.
func (b *run) dayRoom(n int) (int, error) {
	if !b.o.limited() {
		return n, nil
	}
	d := &b.day
	if start := b.o.DayStart(b.o.Now()); !start.Equal(d.start) {
		*d = day{start: start}
	}
	if d.fits > 0 {
		return min(n, d.fits), nil
	}
	landed := b.landed() // before looking: what provably never left does not count by then
	used, err := b.book.SubmittedSince(b.take, b.batch.Merchant.ID, d.start)
	if err != nil {
		return 0, err
	}
	d.used = minor(used)
	ready, err := b.lookAhead()
	switch {
	case err != nil:
		return 0, err
	case ready && d.fits == 0 && !landed:
		return 0, errNotYet
	case ready && d.fits == 0:
		b.stopFor(fmt.Errorf("%w: %s", ErrDayLimit, b.o.DayLimit))
		return 0, errNoMore
	}
	return min(n, d.fits), nil
}

// due is a payout that waits to be sent again.
type due struct {
	at    time.Time
	id    int64
	minor int64
}

// lookAhead goes through the batch in the order in which payouts are claimed,
// and counts how many fit into what is left of the day. It tells whether any
// is ready at all. What was never sent goes first, in the order of the sheet;
// then what is to be sent again.
func (b *run) lookAhead() (ready bool, _ error) {
	limit, now := minor(b.o.DayLimit), b.o.Now()
	used := b.day.used
	fits := func(minor int64) bool {
		if used += minor; used > limit {
			return false
		}
		b.day.fits++
		return true
	}
	var again []due
	for line, err := range b.book.Lines(b.take, b.batch.ID) {
		if err != nil {
			return false, err
		}
		p := line.Payout
		switch {
		case p == nil || p.State != ledger.Ready || p.DueAt.After(now):
		case !p.DueAt.IsZero():
			again = append(again, due{p.DueAt, p.ID, minor(p.Amount)})
		case !fits(minor(p.Amount)):
			return true, nil
		}
	}
	slices.SortFunc(again, func(a, b due) int { return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.id, b.id)) })
	for _, one := range again {
		if !fits(one.minor) {
			break
		}
	}
	return b.day.fits > 0 || len(again) > 0, nil
}

// beyond splits what was claimed where it passes the limit of the day: it is
// not what was ready a moment ago if a person has held or withdrawn some of
// it meanwhile.
func (b *run) beyond(claimed []ledger.Payout) (within, over []ledger.Payout) {
	if !b.o.limited() {
		return claimed, nil
	}
	used := b.day.used
	for i, p := range claimed {
		if used += minor(p.Amount); used > minor(b.o.DayLimit) {
			return claimed[:i], claimed[i:]
		}
	}
	return claimed, nil
}
