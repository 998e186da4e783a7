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
	jobs := make(chan ledger.Payout, chunkMost/2)
	var workers errgroup.Group
	for range b.o.Workers {
		workers.Go(func() error {
			for payout := range jobs {
				b.send(payout)
			}
			return nil
		})
	}
	err := b.feed(jobs)
	close(jobs)
	return errors.Join(err, workers.Wait())
}

// feed claims chunk after chunk. Everything that it claims reaches a worker,
// and every worker answers for what it got.
func (b *run) feed(jobs chan<- ledger.Payout) error {
	for b.take.Err() == nil {
		if pause := b.placing.pause(); pause > 0 {
			if b.unreachable() {
				return nil
			}
			_ = sleep(b.take, pause) // the loop looks at the context itself
			continue
		}
		// Not cancelled halfway: whoever claims must know what it claimed.
		claimed, err := b.book.Claim(context.WithoutCancel(b.take), b.lease, b.batch.ID, b.chunk())
		if err != nil {
			return b.unlessStopped(err)
		}
		for _, payout := range claimed {
			jobs <- payout
		}
		if len(claimed) > 0 {
			continue
		}
		more, err := b.waitForReady()
		if err != nil || !more {
			return b.unlessStopped(err)
		}
	}
	return nil
}

// waitForReady waits until a payout may be sent again. It is false when none
// will be: nothing is ready, and nothing open could go back to ready.
func (b *run) waitForReady() (bool, error) {
	const look = 50 * time.Millisecond
	for {
		left, err := b.book.Outstanding(b.take, b.batch.ID)
		switch {
		case err != nil:
			return false, err
		case left.Ready && !left.ReadyDue.After(b.o.Now()):
			return true, nil
		case left.Ready && b.unreachable():
			return false, nil
		case !left.Ready && (!left.Open || b.o.NoSettle || b.expired(left)):
			return false, nil
		}
		if err := sleep(b.take, look); err != nil {
			return false, err
		}
	}
}

// unlessStopped drops the error that stopping causes.
func (b *run) unlessStopped(err error) error {
	if errors.Is(err, context.Canceled) && b.take.Err() != nil {
		return nil
	}
	return err
}

// unreachable gives up when the gateway could not be reached for as long as
// one would wait for final statuses.
func (b *run) unreachable() bool {
	b.mu.Lock()
	since := b.o.Now().Sub(b.lastSent)
	b.mu.Unlock()
	if since < max(b.o.Deadline, 0) {
		return false
	}
	b.halt(ErrUnreachable)
	return true
}

// send waits for the pace, sends one payout once and passes on what it
// learned. A payout that was claimed and not sent goes back to ready.
func (b *run) send(p ledger.Payout) {
	if err := b.placing.wait(b.take); err != nil {
		b.record(ledger.Outcome{
			Payout: p, Attempt: p.Attempts, Kind: ledger.NotSent, Reason: "stopped_before_sending",
			Actor: ledger.ActorSubmit, NextAsk: b.o.Now(),
		}, nil)
		return
	}
	v := b.gateway.Place(b.now, requestOf(p))
	b.placing.learn(v)
	b.count(v)
	now := b.o.Now()
	b.record(outcomeOf(b.gateway.Area(), p, p.Attempts, v, now.Add(b.o.after(0))), nil)
	if v.Reason == paypro.ReasonInvalidRequest {
		// It would be turned back for ever.
		b.record(ledger.Outcome{Payout: p, Kind: ledger.Hold, Reason: string(v.Reason), Message: v.Message, Actor: ledger.ActorSubmit}, nil)
	}
	b.judgeRefusals(v)
}

func (b *run) count(v paypro.Verdict) {
	if v.Kind == paypro.NotSent {
		return
	}
	b.mu.Lock()
	b.result.Sent++
	b.lastSent = b.o.Now()
	b.mu.Unlock()
}
