package dispatch

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/bulkpay/bulkpay/internal/recorder"
	"github.com/bulkpay/bulkpay/ledger"
	"github.com/bulkpay/bulkpay/paypro"
)

// inquiry is a round of questions under way.
type inquiry struct {
	*Runner
	pass    int64 // the ledger's pass that is asked for; 0: none
	pace    *pace
	clock   *clock
	records *recorder.Recorder
	now     context.Context
	take    context.Context // done: ask nothing more
	stop    context.CancelFunc

	mu      sync.Mutex
	refused int   // for their credentials, in a row
	halted  error // why it is given up
}

// Ask asks once about each payout, whatever its state, at the pace of
// queries, and records the answers. each is told of every answer that is in
// the ledger, one at a time: the payout as it stands after, and what the
// gateway said. It must not block for long.
//
// drain asks it to stop in good order, now to stop at once. It is an error if
// not all were asked: because it was stopped, because the gateway could not be
// reached or refused the credentials, or because the ledger could not be
// written.
//
// Questions wait for their pace while the next payout has been read: if there
// are many, payouts should not be a reading of the ledger that stays open.
func (r *Runner) Ask(drain, now context.Context, payouts iter.Seq2[ledger.Payout, error], each func(ledger.Payout, paypro.Verdict)) error {
	return r.askFor(drain, now, 0, payouts, each)
}

func (r *Runner) askFor(drain, now context.Context, pass int64, payouts iter.Seq2[ledger.Payout, error], each func(ledger.Payout, paypro.Verdict)) error {
	q := &inquiry{Runner: r, pass: pass, pace: newPace(r.o.QueryRate, time.Now), clock: r.o.newClock(), now: now}
	q.take, q.stop = context.WithCancel(now)
	defer q.stop()
	defer context.AfterFunc(drain, q.stop)()
	if drain.Err() != nil {
		q.stop() // rather than a moment later
	}
	q.records = recorder.New(r.book, recorder.Options{Policy: r.o.Policy, Fail: func(error) { q.stop() }})
	var asking errgroup.Group
	asking.SetLimit(r.o.Workers)
	err := q.askEach(&asking, payouts, each)
	_ = asking.Wait() // it returns nothing
	lost := q.records.Close()
	q.mu.Lock()
	defer q.mu.Unlock()
	if why := errors.Join(lost, q.halted); why != nil {
		return why // it is what has stopped the rest
	}
	return err
}

func (q *inquiry) askEach(asking *errgroup.Group, payouts iter.Seq2[ledger.Payout, error], each func(ledger.Payout, paypro.Verdict)) error {
	for payout, err := range payouts {
		if err != nil {
			return err
		}
		if err := q.pace.wait(q.take); err != nil {
			return fmt.Errorf("not all were asked about: %w", err)
		}
		asking.Go(func() error {
			q.question(payout, each)
			return nil
		})
	}
	return nil
}

func (q *inquiry) question(p ledger.Payout, each func(ledger.Payout, paypro.Verdict)) {
	v := q.clock.believe(q.inquire(q.now, q.pace, p))
	o := outcomeOf(p, 0, v, q.o.Now().Add(q.o.after(p.Asks+1)))
	o.Pass = q.pass
	q.records.Record(o, func(applied ledger.Applied, err error) {
		if err == nil || errors.Is(err, recorder.ErrReplaced) {
			each(applied.Payout, v)
		}
	})
	q.judge(v)
}

// judge gives up when nothing will be learned by going on.
func (q *inquiry) judge(v paypro.Verdict) {
	q.mu.Lock()
	defer q.mu.Unlock()
	switch v.Reason {
	case paypro.ReasonCredentials:
		q.refused++
	case paypro.ReasonNotConnected: // says nothing about them
	default:
		q.refused = 0
	}
	switch {
	case q.halted != nil:
		return
	case q.refused >= credentialRefusals:
		q.halted = fmt.Errorf("%w: %s", ErrCredentials, v.Message)
	case q.pace.unreachable() >= q.o.patience():
		q.halted = ErrUnreachable
	default:
		return
	}
	q.stop()
}
