package dispatch

import (
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/bulkpay/bulkpay/ledger"
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
	if sleep(b.ask, b.deadline().Sub(b.o.Now())) == nil {
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
		if !left.AskDue.IsZero() && !left.AskDue.After(b.o.Now()) {
			asked, err := b.askDue(asking)
			if err != nil {
				return err
			}
			if asked {
				continue
			}
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
	if b.expired(left) {
		b.late.Store(true)
		return true
	}
	return false
}

// expired tells whether the deadline has passed, or will have before the
// next question is due.
func (b *run) expired(left ledger.Outstanding) bool {
	deadline := b.deadline()
	return !b.o.Now().Before(deadline) || left.AskDue.After(deadline)
}

// deadline is until when to wait for final statuses.
func (b *run) deadline() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.lastSent.Add(max(b.o.Deadline, 0))
}

// askDue asks about some payouts that are due. It is false when none was
// that is not being asked about already.
func (b *run) askDue(asking *errgroup.Group) (bool, error) {
	var due []ledger.Payout
	for payout, err := range b.book.Due(b.ask, b.batch.ID, b.o.Now(), b.beginLook()+2*b.o.Workers) {
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
	v := b.gateway.Query(b.now, requestOf(p))
	v.Message = impersonal(b.gateway.Area(), v.Message, p)
	b.asking.learn(v)
	b.mu.Lock()
	b.result.Asked++
	b.mu.Unlock()
	b.record(outcomeOf(p, 0, v, b.o.Now().Add(b.o.after(p.Asks+1))), release)
	b.judgeCredentials(&b.refused.asking, v)
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
