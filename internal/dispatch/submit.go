package dispatch

import (
	"context"
	"errors"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/bulkpay/bulkpay/ledger"
	"github.com/bulkpay/bulkpay/paypro"
)

// A chunk is about half a second of the rate: small, because what a killed
// run had claimed has to be asked about; not tiny, because each costs a
// commit.
const (
	chunkSeconds = 0.5
	chunkMost    = 512
)

func (b *run) chunk() int {
	return min(chunkMost, max(1, int(b.placing.rate()*chunkSeconds)))
}

// submit claims and sends until nothing is ready any more and nothing that
// is open could become ready again.
func (b *run) submit() error {
	chunks := make(chan []ledger.Payout)
	over := make(chan struct{})
	var stages errgroup.Group
	stages.Go(func() error {
		b.pay(chunks)
		return nil
	})
	stages.Go(func() error {
		b.watchBalance(over)
		return nil
	})
	err := b.feed(chunks)
	close(chunks)
	close(over)
	err = errors.Join(err, stages.Wait())
	b.ready.Store(false)
	b.checkBalance(false)
	return err
}

// pay hands out payouts one by one: it waits until a worker is free, then for
// the pace, and the payout leaves at that very moment. Whatever it is given
// is answered for.
func (b *run) pay(chunks <-chan []ledger.Payout) {
	jobs := make(chan ledger.Payout)
	free := make(chan struct{}, b.o.Workers)
	var workers errgroup.Group
	for range b.o.Workers {
		workers.Go(func() error {
			for payout := range jobs {
				b.send(payout)
				<-free
			}
			return nil
		})
	}
	for chunk := range chunks {
		for _, payout := range chunk {
			free <- struct{}{} // a worker always ends: requests have a time-out
			if err := b.placing.wait(b.take); err != nil || b.stale(payout) || b.doubtful(payout) {
				<-free
				b.unsent.Add(-1)
				b.giveBack(payout)
				continue
			}
			b.unsent.Add(-1)
			jobs <- payout
		}
	}
	close(jobs)
	_ = workers.Wait() // they return nothing
}

// feed claims chunk after chunk, the next one while one is being handed out.
func (b *run) feed(chunks chan<- []ledger.Payout) error {
	for b.take.Err() == nil {
		if pause := b.placing.pause(); pause > 0 {
			if b.unreachable() {
				return nil
			}
			_ = sleep(b.take, pause) // the loop looks at the context itself
			continue
		}
		claimed, err := b.claim()
		switch {
		case errors.Is(err, errNoMore):
			return nil
		case errors.Is(err, errNotYet):
			_ = await(b.take, b.freed, lookMost) // likewise
			continue
		case err != nil:
			return b.unlessStopped(err)
		}
		if len(claimed) > 0 {
			chunks <- claimed
			continue
		}
		if b.canary.pending() {
			continue
		}
		more, err := b.waitForReady()
		if err != nil || !more {
			return b.unlessStopped(err)
		}
	}
	return nil
}

// claim claims as much as may be sent next. Before the first claim it asks
// for the balance, and before each whether the failures call for a halt.
func (b *run) claim() ([]ledger.Payout, error) {
	n, err := b.canaryRoom(b.chunk())
	if err != nil {
		return nil, err
	}
	left, err := b.book.Outstanding(b.take, b.batch.ID)
	if err != nil {
		return nil, err
	}
	b.ready.Store(left.Ready)
	if !left.Ready {
		b.canary.claimed(nil)
		return nil, nil
	}
	b.judgeFailures()
	if n, err = b.dayRoom(n); err != nil || n == 0 {
		return nil, err
	}
	if !b.based {
		b.based = true
		b.checkBalance(true)
	}
	if b.stopping() {
		return nil, nil
	}
	// Not cancelled halfway: whoever claims must know what it claimed.
	claimed, err := b.book.Claim(context.WithoutCancel(b.take), b.lease, b.batch.ID, n)
	if err != nil {
		return nil, err
	}
	b.launched(claimed)
	claimed, over := b.beyond(claimed)
	b.unsent.Add(int64(len(claimed)))
	for _, payout := range over {
		b.giveBack(payout)
	}
	b.canary.claimed(claimed)
	b.day.claimed(claimed)
	return claimed, nil
}

// waitForReady waits until a payout may be sent again. It is false when none
// will be: nothing is ready, and nothing open could go back to ready.
func (b *run) waitForReady() (bool, error) {
	for {
		landed := b.landed() // before looking: what lands later may be ready again
		left, err := b.book.Outstanding(b.take, b.batch.ID)
		b.ready.Store(left.Ready)
		now := b.o.Now()
		switch {
		case err != nil:
			return false, err
		case left.Ready && !left.ReadyDue.After(now):
			return true, nil
		case left.Ready && (b.unreachable() || b.tooFar(left, now)):
			return false, nil
		case !left.Ready && landed && (!left.Open || b.o.NoSettle || b.expired(left)):
			return false, nil
		}
		wait := lookMost
		if left.Ready {
			wait = max(lookLeast, min(wait, left.ReadyDue.Sub(now)))
		}
		if err := await(b.take, b.freed, wait); err != nil {
			return false, err
		}
	}
}

// tooFar gives up on payouts that are not due for longer than one would
// wait: the clock has been set back.
func (b *run) tooFar(left ledger.Outstanding, now time.Time) bool {
	if !left.ReadyDue.After(now.Add(b.o.patience() + b.o.after(0))) {
		return false
	}
	b.late.Store(true)
	return true
}

// unlessStopped drops the error that stopping causes.
func (b *run) unlessStopped(err error) error {
	if stopped := b.ask.Err() != nil; stopped && errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// unreachable gives up when the gateway could not be reached for as long as
// one would wait for final statuses.
func (b *run) unreachable() bool {
	if since := b.placing.unreachable(); since == 0 || since < b.o.patience() {
		return false
	}
	b.halt(ErrUnreachable)
	return true
}

// giveBack makes a payout ready again that was claimed and not sent.
func (b *run) giveBack(p ledger.Payout) {
	b.record(ledger.Outcome{
		Payout: p, Attempt: p.Attempts, Kind: ledger.NotSent, Reason: ReasonNotSent,
		Actor: ledger.ActorSubmit, NextAsk: b.o.Now(),
	}, b.land)
}

// send sends one payout once and passes on what it learned.
func (b *run) send(p ledger.Payout) {
	v := b.gateway.Place(b.now, requestOf(p))
	v.Message = b.gateway.Area().Impersonal(v.Message, p.Fields)
	b.placing.learn(v)
	b.count(v)
	now := b.o.Now()
	b.record(outcomeOf(p, p.Attempts, v, now.Add(b.o.after(0))), b.land)
	if v.Reason == paypro.ReasonInvalidRequest {
		// It would be turned back for ever.
		b.record(ledger.Outcome{Payout: p, Kind: ledger.Hold, Reason: string(v.Reason), Message: v.Message, Actor: ledger.ActorSubmit}, nil)
	}
	b.judgeRefusals(v)
}

// claimMost is how old a claim may be when it is sent. A process that was
// suspended wakes up with claims that another machine, once the lease had
// run out, may have settled; it must not send them any more.
const claimMost = 30 * time.Second

func (b *run) stale(p ledger.Payout) bool {
	age := b.o.Now().Sub(p.SubmittedAt)
	return age > claimMost || age < -claimMost
}

// denialMost is how old the denials may be on the strength of which a payout
// is sent once more.
const denialMost = 5 * time.Minute

// doubtful tells whether a payout was to be sent again and has waited since:
// what was never sent goes first, and in a large batch that takes hours. Given
// back it is in doubt, and asked about anew.
func (b *run) doubtful(p ledger.Payout) bool {
	return p.Sends() > 1 && b.o.Now().Sub(p.DueAt) > denialMost // it was due when it was denied
}

func (b *run) count(v paypro.Verdict) {
	if v.Kind == paypro.NotSent {
		return
	}
	b.mu.Lock()
	b.result.Sent++
	b.lastSent = time.Now()
	b.mu.Unlock()
}

// launched and land count the claimed payouts whose outcome is not in the
// ledger yet; landed tells whether there is none.
func (b *run) launched(claimed []ledger.Payout) {
	b.inAir.Add(int64(len(claimed)))
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, p := range claimed {
		b.outlays.claim(p)
	}
}

func (b *run) land()        { b.inAir.Add(-1) }
func (b *run) landed() bool { return b.inAir.Load() == 0 }
