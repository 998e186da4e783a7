package dispatch

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/bulkpay/bulkpay/internal/recorder"
	"github.com/bulkpay/bulkpay/ledger"
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
	batch   ledger.Batch
	records *recorder.Recorder
	placing *pace
	asking  *pace
	clock   *clock

	take     context.Context // done: send and ask nothing more
	ask      context.Context // done: ask nothing more
	now      context.Context // done: cut off what is in flight
	stopTake context.CancelFunc
	stopAsk  context.CancelFunc
	stopNow  context.CancelFunc
	changed  chan struct{} // poked when something was recorded, for the settler
	freed    chan struct{} // the same, for the submitter
	inAir    atomic.Int64  // claimed, and the outcome not in the ledger yet
	late     atomic.Bool   // it ended because there was no time left
	ready    atomic.Bool   // something may be claimed, as far as the submitter knows
	unsent   atomic.Int64  // claimed, and not in a worker's hands yet

	purse purse

	// Of the submitter alone.
	canary canary
	day    day
	based  bool // the balance was asked before the first claim

	mu       sync.Mutex
	outlays  outlays
	tally    tally
	result   Result
	progress Progress
	lastSent time.Time                     // by the process's own clock, as all waiting is
	inFlight map[int64]bool                // payouts being asked about
	answered map[int64]bool                // payouts that were, until after the latest look at what is due began
	refused  struct{ placing, asking int } // for their credentials, in a row
	sameCode string
	streak   int
}

// Run sends and settles a batch. drain asks it to stop in good order, now to
// stop at once. The error is of our own side (ledger, lease, settings that
// contradict one another); why it halted by itself stands in Result.Halted.
func (r *Runner) Run(drain, now context.Context, batch ledger.Batch) (Result, error) {
	if err := r.o.fault(batch); err != nil {
		return Result{}, err
	}
	recovered, err := r.book.Recover(now, r.lease)
	if err != nil {
		return Result{}, err
	}
	if recovered > 0 {
		r.o.Log.Warn("an earlier run was interrupted: its unanswered payouts are asked about", "payouts", recovered)
	}
	b := r.begin(now, batch)
	defer b.stopNow()
	defer context.AfterFunc(drain, b.stopTake)()
	if drain.Err() != nil {
		b.stopTake() // rather than a moment later
	}
	b.result.Recovered = recovered
	err = b.work()
	lost := b.records.Close()
	b.result.Drained = drain.Err() != nil || now.Err() != nil
	b.result.TimedOut = b.late.Load() && b.open()
	if errors.Is(err, context.Canceled) && (b.result.Drained || b.result.Halted != nil || lost != nil) {
		err = nil
	}
	return b.result, errors.Join(lost, err, b.noteHalt())
}

func (r *Runner) begin(now context.Context, batch ledger.Batch) *run {
	b := &run{
		Runner: r, batch: batch,
		placing: newPace(r.o.Rate, time.Now), asking: newPace(r.o.QueryRate, time.Now), clock: r.o.newClock(),
		changed: make(chan struct{}, 1), freed: make(chan struct{}, 1), inFlight: map[int64]bool{}, answered: map[int64]bool{},
		progress: Progress{Moved: map[string]int{}}, lastSent: time.Now(), purse: purse{turn: make(chan struct{}, 1)},
	}
	b.now, b.stopNow = context.WithCancel(now)
	b.take, b.stopTake = context.WithCancel(b.now)
	b.ask, b.stopAsk = context.WithCancel(b.take)
	b.records = recorder.New(r.book, recorder.Options{
		Policy: r.o.Policy, Observe: b.applied,
		// Without a ledger nothing may go out, and what comes back may not be
		// kept; requests in flight may still finish.
		Fail: func(error) { b.stopTake() },
	})
	return b
}

// work does all of the run that ends before the recorder does.
func (b *run) work() error {
	if err := b.countOutlays(); err != nil {
		return err
	}
	var working errgroup.Group
	working.Go(b.watchLease)
	working.Go(func() error {
		defer b.stopTake() // whoever ends first ends the others
		return b.settleAndSubmit()
	})
	return working.Wait()
}

// settleAndSubmit runs both halves until nothing is left for either.
func (b *run) settleAndSubmit() error {
	var halves errgroup.Group
	submitted := make(chan struct{})
	halves.Go(func() error {
		defer b.poke()
		defer close(submitted)
		if b.o.NoSubmit {
			return nil
		}
		return b.stopOn(b.submit())
	})
	halves.Go(func() error {
		if b.o.NoSettle {
			return nil
		}
		return b.stopOn(b.settle(submitted))
	})
	return halves.Wait()
}

// stopOn stops everything when one half cannot go on: the other one alone
// would send what nobody settles, or wait for what nobody sends.
func (b *run) stopOn(err error) error {
	switch {
	case errors.Is(err, ledger.ErrLeaseLost):
		b.stopNow()
	case err != nil:
		b.stopTake()
	}
	return err
}

// open tells whether anything is left without a final status, once the run
// is over and everything has been recorded.
func (b *run) open() bool {
	left, err := b.book.Outstanding(context.WithoutCancel(b.now), b.batch.ID)
	return err != nil || left.Open || left.Ready
}

// stopping tells whether nothing more is to be sent or asked.
func (b *run) stopping() bool { return b.take.Err() != nil }

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

// record hands an outcome to the recorder. done, if any, is called when it is
// committed, or lost with the ledger.
func (b *run) record(o ledger.Outcome, done func()) {
	if done == nil {
		b.records.Record(o, nil)
		return
	}
	b.records.Record(o, func(ledger.Applied, error) { done() })
}

// applied is called by the recorder after each commit.
func (b *run) applied(applied []ledger.Applied) {
	steps := b.o.Log.Enabled(b.now, slog.LevelInfo)
	b.mu.Lock()
	for _, one := range applied {
		b.outlays.apply(one)
		b.tally.apply(one, b.o.FailureWindow)
		if !one.Ignored && one.From != one.Payout.State {
			b.progress.Moved[one.Payout.State.Bucket()]++
			if steps {
				b.o.Log.Info("payout", "tradeNo", one.Payout.TradeNo, "row", one.Payout.Row,
					"from", one.From, "to", one.Payout.State, "reason", one.Payout.Reason, "code", one.Payout.Code)
			}
		}
		if one.Flagged {
			b.o.Log.Warn("an answer contradicts what was known", "tradeNo", one.Payout.TradeNo, "state", one.Payout.State)
		}
	}
	progress := b.progress
	progress.Moved = maps.Clone(b.progress.Moved)
	progress.Sent, progress.Asked = b.result.Sent, b.result.Asked
	progress.Rate, progress.Transfers = b.placing.rate(), applied
	b.o.Observe(progress)
	b.mu.Unlock()
	b.judgeFailures()
	b.poke()
}

func (b *run) poke() {
	for _, waiting := range []chan struct{}{b.changed, b.freed} {
		select {
		case waiting <- struct{}{}:
		default:
		}
	}
}

// How often the ledger is looked at while nothing is heard: another process
// may have written to it.
const (
	lookMost  = time.Second
	lookLeast = time.Millisecond
)

// await waits until something was recorded, at most for wait.
func await(ctx context.Context, changed <-chan struct{}, wait time.Duration) error {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-changed:
		// Something moved; give the rest of a burst a moment to arrive.
		return sleep(ctx, lookLeast)
	case <-timer.C:
		return nil
	}
}
