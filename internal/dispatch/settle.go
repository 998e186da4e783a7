package dispatch

import (
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/bulkpay/bulkpay/ledger"
	"github.com/bulkpay/bulkpay/paypro"
)

// settle asks until everything is final, the deadline has passed, or it is
// told to stop. submitted is closed when nothing more will be sent.
func (b *run) settle(submitted <-chan struct{}) error {
	var asking errgroup.Group
	asking.SetLimit(b.o.Workers)
	err := b.askAll(&asking, submitted)
	_ = asking.Wait() // it returns nothing
	return b.unlessStopped(err)
}

func (b *run) askAll(asking *errgroup.Group, submitted <-chan struct{}) error {
	for b.take.Err() == nil {
		asked, err := b.askDue(asking)
		if err != nil {
			return err
		}
		if asked {
			continue
		}
		left, err := b.book.Outstanding(b.take, b.batch.ID)
		if err != nil {
			return err
		}
		if done(submitted) && b.finished(left) {
			return nil
		}
		if err := b.waitForChange(left); err != nil {
			return err
		}
	}
	return nil
}

// finished tells whether there is nothing left to ask, or no time to.
func (b *run) finished(left ledger.Outstanding) bool {
	if !left.Open {
		return true
	}
	if !b.expired(left) {
		return false
	}
	b.mu.Lock()
	b.result.TimedOut = true
	b.mu.Unlock()
	return true
}

// expired tells whether the deadline has passed, or will have before the
// next question is due.
func (b *run) expired(left ledger.Outstanding) bool {
	b.mu.Lock()
	deadline := b.lastSent.Add(max(b.o.Deadline, 0))
	b.mu.Unlock()
	now := b.o.Now()
	return !now.Before(deadline) || left.AskDue.After(deadline)
}

// askDue asks about some payouts that are due. It is false when none was.
func (b *run) askDue(asking *errgroup.Group) (bool, error) {
	asked := false
	for payout, err := range b.book.Due(b.take, b.batch.ID, b.o.Now(), 2*b.o.Workers) {
		if err != nil {
			return false, err
		}
		if !b.mark(payout.ID) {
			continue // its answer is on the way to the ledger
		}
		asked = true
		asking.Go(func() error {
			b.ask(payout)
			return nil
		})
	}
	return asked, nil
}

func (b *run) ask(p ledger.Payout) {
	release := func() { b.unmark(p.ID) }
	if err := b.asking.wait(b.take); err != nil {
		release()
		return
	}
	v := b.gateway.Query(b.now, requestOf(p))
	b.asking.learn(v)
	b.mu.Lock()
	b.result.Asked++
	b.mu.Unlock()
	b.record(outcomeOf(b.gateway.Area(), p, 0, v, b.o.Now().Add(b.o.after(p.Asks+1))), release)
	if v.Reason == paypro.ReasonCredentials {
		b.judgeRefusals(v)
	}
}

func (b *run) mark(id int64) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.inFlight[id] {
		return false
	}
	b.inFlight[id] = true
	return true
}

func (b *run) unmark(id int64) {
	b.mu.Lock()
	delete(b.inFlight, id)
	b.mu.Unlock()
	b.poke()
}

// waitForChange waits until the next question is due or something was
// recorded that may be due sooner.
func (b *run) waitForChange(left ledger.Outstanding) error {
	const most, least = time.Second, time.Millisecond
	wait := most
	if !left.AskDue.IsZero() {
		wait = max(least, min(most, left.AskDue.Sub(b.o.Now())))
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-b.take.Done():
		return b.take.Err()
	case <-b.changed:
		// Something moved; give the rest of a burst a moment to arrive.
		return sleep(b.take, least)
	case <-timer.C:
		return nil
	}
}

func done(closed <-chan struct{}) bool {
	select {
	case <-closed:
		return true
	default:
		return false
	}
}
