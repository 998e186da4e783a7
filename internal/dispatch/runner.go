package dispatch

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/bulkpay/bulkpay/ledger"
	"github.com/bulkpay/bulkpay/paypro"
)

// Runner sends and settles batches of one merchant. Only one may exist for a
// merchant at a time; its lease sees to that.
type Runner struct {
	book    *ledger.Ledger
	lease   *ledger.Lease
	gateway Gateway
	o       Options
}

// New makes a runner. The lease stays the caller's to release.
func New(book *ledger.Ledger, lease *ledger.Lease, gateway Gateway, o Options) *Runner {
	return &Runner{book, lease, gateway, o.withDefaults()}
}

// run is one batch under way.
type run struct {
	*Runner
	batch    ledger.Batch
	recorder recorder
	placing  *pace
	asking   *pace

	take     context.Context // done: send and ask nothing more
	now      context.Context // done: cut off what is in flight
	stopTake context.CancelFunc
	stopNow  context.CancelFunc
	changed  chan struct{} // poked when something was recorded

	mu       sync.Mutex
	result   Result
	progress Progress
	lastSent time.Time
	inFlight map[int64]bool // payouts being asked about
	refusals map[paypro.Reason]int
	sameCode string
	streak   int
}

// Run sends and settles a batch. drain asks it to stop in good order, now to
// stop at once. The error is of our own side (ledger, lease); why the gateway
// made it halt stands in Result.Halted.
func (r *Runner) Run(drain, now context.Context, batch ledger.Batch) (Result, error) {
	recovered, err := r.book.Recover(now, r.lease)
	if err != nil {
		return Result{}, err
	}
	if recovered > 0 {
		r.o.Log.Warn("an earlier run was interrupted: its unanswered payouts are asked about", "payouts", recovered)
	}
	b := r.begin(drain, now, batch)
	defer b.stopNow()
	defer b.stopTake()
	b.result.Recovered = recovered

	var recording errgroup.Group
	recording.Go(func() error { b.recorder.run(); return nil })
	var working errgroup.Group
	working.Go(b.watchLease)
	working.Go(func() error {
		defer b.stopTake() // whoever ends first ends the others
		return b.settleAndSubmit()
	})
	err = working.Wait()
	close(b.recorder.in)
	_ = recording.Wait() // it returns nothing
	b.result.Drained = drain.Err() != nil
	if errors.Is(err, context.Canceled) && (b.result.Drained || b.result.Halted != nil || b.recorder.err != nil) {
		err = nil
	}
	return b.result, errors.Join(b.recorder.err, err)
}

func (r *Runner) begin(drain, now context.Context, batch ledger.Batch) *run {
	b := &run{
		Runner: r, batch: batch,
		placing: newPace(r.o.Rate, r.o.Now), asking: newPace(r.o.QueryRate, r.o.Now),
		changed: make(chan struct{}, 1), inFlight: map[int64]bool{}, refusals: map[paypro.Reason]int{},
		progress: Progress{Moved: map[string]int{}}, lastSent: r.o.Now(),
	}
	b.now, b.stopNow = context.WithCancel(now)
	b.take, b.stopTake = context.WithCancel(b.now)
	context.AfterFunc(drain, b.stopTake)
	b.recorder = recorder{
		book: r.book, policy: r.o.Policy, in: make(chan recorded, groupMost),
		observe: b.applied,
		// Without a ledger nothing may go out, and nothing that comes back
		// can be kept; requests in flight may still finish.
		fail: func(error) { b.stopTake() },
	}
	return b
}

// settleAndSubmit runs both halves until nothing is left for either.
func (b *run) settleAndSubmit() error {
	var halves errgroup.Group
	submitted := make(chan struct{})
	halves.Go(func() error {
		defer close(submitted)
		if b.o.NoSubmit {
			return nil
		}
		return b.submit()
	})
	halves.Go(func() error {
		if b.o.NoSettle {
			return nil
		}
		return b.settle(submitted)
	})
	return halves.Wait()
}

// watchLease stops everything at once when another run has taken over: two
// runs must never send side by side.
func (b *run) watchLease() error {
	select {
	case <-b.lease.Lost():
		b.stopNow()
		return ledger.ErrLeaseLost
	case <-b.take.Done():
		return nil
	}
}

// halt stops taking more, for a reason that the report will name.
func (b *run) halt(why error) {
	b.mu.Lock()
	if b.result.Halted == nil {
		b.result.Halted = why
		b.o.Log.Error("stopped: what is unsent stays ready", "why", why)
	}
	b.mu.Unlock()
	b.stopTake()
}

// record hands an outcome to the recorder.
func (b *run) record(o ledger.Outcome, done func()) { b.recorder.in <- recorded{o, done} }

// applied is called by the recorder after each commit.
func (b *run) applied(applied []ledger.Applied) {
	b.mu.Lock()
	for _, one := range applied {
		if !one.Ignored && one.From != one.Payout.State {
			b.progress.Moved[one.Payout.State.Bucket()]++
		}
		if one.Flagged {
			b.o.Log.Warn("an answer contradicts what was known", "tradeNo", one.Payout.TradeNo, "state", one.Payout.State)
		}
	}
	progress := b.progress
	progress.Sent, progress.Asked = b.result.Sent, b.result.Asked
	progress.Rate, progress.Transfers = b.placing.rate(), applied
	b.o.Observe(progress)
	b.mu.Unlock()
	b.poke()
}

func (b *run) poke() {
	select {
	case b.changed <- struct{}{}:
	default:
	}
}

// judgeRefusals watches for the whole run going wrong.
func (b *run) judgeRefusals(v paypro.Verdict) {
	b.mu.Lock()
	if v.Reason == paypro.ReasonCredentials {
		b.refusals[v.Reason]++
	} else {
		b.refusals[paypro.ReasonCredentials] = 0
	}
	switch {
	case v.Kind != paypro.Refused:
		b.streak = 0
	case v.Code == b.sameCode:
		b.streak++
	default:
		b.sameCode, b.streak = v.Code, 1
	}
	credentials, streak := b.refusals[paypro.ReasonCredentials], b.streak
	b.mu.Unlock()
	switch {
	case credentials >= credentialRefusals:
		b.halt(fmt.Errorf("%w: %s", ErrCredentials, v.Message))
	case b.o.Refusals > 0 && streak >= b.o.Refusals:
		b.halt(fmt.Errorf("%w: code %s, %d times in a row", ErrRefusals, v.Code, streak))
	}
}
