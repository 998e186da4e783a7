package dispatch

import (
	"errors"
	"fmt"
	"time"

	"github.com/bulkpay/bulkpay/ledger"
)

// What a gate before the claim says when nothing may be claimed.
var (
	errNotYet = errors.New("nothing may be claimed yet")
	errNoMore = errors.New("nothing more may be claimed")
)

// canary is the gate behind which a batch waits until the first payouts have
// proven themselves. It belongs to the submitter.
type canary struct {
	sent   []string // the numbers of those that left, or are about to
	full   bool     // no more of them are claimed
	proven bool     // they are all paid
}

// claimed takes note of what was claimed; of nothing, if nothing more is
// ready: then those that were sent are all there are.
func (c *canary) claimed(payouts []ledger.Payout) {
	if c.proven {
		return
	}
	for _, p := range payouts {
		c.sent = append(c.sent, p.TradeNo)
	}
	c.full = c.full || len(payouts) == 0 && len(c.sent) > 0
}

// pending tells whether it is still to be seen what becomes of those that
// were sent, and no more of them are.
func (c *canary) pending() bool { return c.full && !c.proven }

// canaryRoom is how many of n payouts may be claimed while the first ones are
// on their way. They are looked up in the ledger, because an answer may come
// by way of another process.
func (b *run) canaryRoom(n int) (int, error) {
	c := &b.canary
	if c.proven = c.proven || b.o.Canary <= 0; c.proven {
		return n, nil
	}
	left, open := c.sent[:0], 0
	for _, number := range c.sent {
		p, err := b.book.Payout(b.take, number)
		if err != nil {
			return 0, err
		}
		switch {
		case p.State == ledger.Succeeded:
		case p.State == ledger.Ready && p.Sends() == 0:
			continue // it never left: another one will, or this one once more
		case p.State == ledger.Submitting, p.State == ledger.InDoubt, p.State == ledger.Processing:
			open++
		case p.State == ledger.Ready:
			b.halt(fmt.Errorf("%w: payout %s (row %d) was sent, and the gateway denies knowing it", ErrCanary, p.TradeNo, p.Row))
			return 0, errNoMore
		default:
			b.halt(fmt.Errorf("%w: payout %s (row %d) is %s", ErrCanary, p.TradeNo, p.Row, p.State))
			return 0, errNoMore
		}
		left = append(left, number)
	}
	c.sent = left
	c.full = c.full && len(left) > 0
	switch {
	case len(left) < b.o.Canary && !c.full:
		return min(n, b.o.Canary-len(left)), nil
	case open == 0:
		c.proven = true
		return n, nil
	case b.sinceSent() >= b.o.patience():
		b.halt(fmt.Errorf("%w: %d of %d are not final after %v", ErrCanary, open, len(left), b.o.patience()))
		return 0, errNoMore
	}
	return 0, errNotYet
}

// sinceSent is how long ago the last payout was sent, or the run began.
func (b *run) sinceSent() time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	return time.Since(b.lastSent)
}
