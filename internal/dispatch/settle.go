package dispatch

import (
	"context"
	"iter"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/bulkpay/bulkpay/ledger"
	"github.com/bulkpay/bulkpay/paypro"
)

// settle asks until everything is final, the deadline has passed, or it is
// told to stop. submitted is closed when nothing more will be sent.
func (b *run) settle(submitted <-chan struct{}) error {
	defer b.stopAsk()
	var asking, watching errgroup.Group
	asking.SetLimit(b.o.Workers)
	watching.Go(func() error {
		b.watchDeadline(submitted)
		return nil
	})
	err := b.askAll(&asking, submitted)
	b.stopAsk()         // whoever still waits for its turn
	_ = asking.Wait()   // it returns nothing
	_ = watching.Wait() // nor does it
	return b.unlessStopped(err)
}

// watchDeadline stops the asking when the deadline has passed since the last
// send, however many payouts are due and whatever they wait for.
func (b *run) watchDeadline(submitted <-chan struct{}) {
	select {
	case <-submitted:
	case <-b.ask.Done():
		return
	}
	if sleep(b.ask, b.timeLeft()) == nil {
		b.late.Store(true)
		b.stopAsk()
	}
}

func (b *run) askAll(asking *errgroup.Group, submitted <-chan struct{}) error {
	for b.ask.Err() == nil {
		over := done(submitted) && b.landed() // before looking, or what was sent last would be missed
		left, err := b.book.Outstanding(b.ask, b.batch.ID)
		if err != nil {
			return err
		}
		if over && b.finished(left) {
			return nil
		}
		asked, err := b.askDue(asking, left)
		if err != nil {
			return err
		}
		if asked {
			continue
		}
		if err := b.waitForChange(left); err != nil {
			return err
		}
	}
	return nil
}

// finished tells whether there is nothing left to ask, or no time to. What is
// watched is asked about if it is due, until the deadline; nobody waits for it.
func (b *run) finished(left ledger.Outstanding) bool {
	switch {
	case left.Open && b.expired(left):
		b.late.Store(true)
		return true
	case left.Open:
		return false
	}
	return !b.isDue(left.WatchDue)
}

// isDue tells whether something is due at a time of the ledger's.
func (b *run) isDue(at time.Time) bool { return !at.IsZero() && !at.After(b.o.Now()) }

// expired tells whether the deadline has passed, or will have before the
// next question is due.
func (b *run) expired(left ledger.Outstanding) bool {
	remains := b.timeLeft()
	return remains <= 0 || left.AskDue.Sub(b.o.Now()) > remains
}

// timeLeft is for how long to wait for final statuses yet.
func (b *run) timeLeft() time.Duration {
	return max(b.o.Deadline, 0) - b.sinceSent()
}

// askDue asks about some payouts that are due: about open ones first, then
// about those that are watched. It is false when none was that is not being
// asked about already.
func (b *run) askDue(asking *errgroup.Group, left ledger.Outstanding) (asked bool, err error) {
	if b.isDue(left.AskDue) {
		asked, err = b.askThose(asking, b.book.Due)
	}
	if !asked && err == nil && b.isDue(left.WatchDue) {
		asked, err = b.askThose(asking, b.book.Watched)
	}
	return asked, err
}

// lookup finds payouts of a batch that are due, the longest overdue first.
type lookup func(ctx context.Context, batchID int64, now time.Time, n int) iter.Seq2[ledger.Payout, error]

func (b *run) askThose(asking *errgroup.Group, find lookup) (bool, error) {
	var due []ledger.Payout
	for payout, err := range find(b.ask, b.batch.ID, b.o.Now(), b.beginLook()+2*b.o.Workers) {
		if err != nil {
			return false, err
		}
		if b.mark(payout.ID) {
			due = append(due, payout)
		}
	}
	// Only now, because this waits for workers, and nobody should hold a
	// reading of the ledger open for that long.
	for _, payout := range due {
		asking.Go(func() error {
			b.question(payout)
			return nil
		})
	}
	return len(due) > 0, nil
}

func (b *run) question(p ledger.Payout) {
	release := func() { b.unmark(p.ID) }
	if err := b.asking.wait(b.ask); err != nil {
		release()
		return
	}
	v := b.clock.believe(b.inquire(b.now, b.asking, p))
	b.mu.Lock()
	b.result.Asked++
	b.mu.Unlock()
	b.record(outcomeOf(p, 0, v, b.o.Now().Add(b.o.after(p.Asks+1))), release)
	b.judgeCredentials(&b.refused.asking, v)
}

// inquire asks once about a payout.
func (r *Runner) inquire(now context.Context, asking *pace, p ledger.Payout) paypro.Verdict {
	v := r.gateway.Query(now, requestOf(p))
	v.Message = r.gateway.Area().Impersonal(v.Message, p.Fields)
	asking.learn(v)
	return v
}

// beginLook says how many payouts are being asked about, and begins to
// remember those whose answer arrives while the ledger is read: what is read
// may be from before.
func (b *run) beginLook() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	clear(b.answered)
	return len(b.inFlight)
}

// mark tells whether a payout that was found due may be asked about: nobody
// else does, or did when the ledger was read.
func (b *run) mark(id int64) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.inFlight[id] || b.answered[id] {
		return false
	}
	b.inFlight[id] = true
	return true
}

func (b *run) unmark(id int64) {
	b.mu.Lock()
	delete(b.inFlight, id)
	b.answered[id] = true
	b.mu.Unlock()
	b.poke()
}

// waitForChange waits until the next question is due or something was
// recorded that may be due sooner.
func (b *run) waitForChange(left ledger.Outstanding) error {
	const some = 50 * time.Millisecond
	b.mu.Lock()
	asking := len(b.inFlight) > 0
	b.mu.Unlock()
	wait := lookMost
	if !left.AskDue.IsZero() {
		wait = max(lookLeast, min(wait, left.AskDue.Sub(b.o.Now())))
	}
	if asking {
		// What is due may be what is being asked about; its answer will poke.
		wait = max(wait, some)
	}
	return await(b.ask, b.changed, wait)
}

func done(closed <-chan struct{}) bool {
	select {
	case <-closed:
		return true
	default:
		return false
	}
}
