package dispatch

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"sync"
	"sync/atomic"
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
	ask      context.Context // done: ask nothing more
	now      context.Context // done: cut off what is in flight
	stopTake context.CancelFunc
	stopAsk  context.CancelFunc
	stopNow  context.CancelFunc
	changed  chan struct{} // poked when something was recorded, for the settler
	freed    chan struct{} // the same, for the submitter
	inAir    atomic.Int64  // claimed, and the outcome not in the ledger yet
	late     atomic.Bool   // it ended because there was no time left

	mu       sync.Mutex
	result   Result
	progress Progress
	lastSent time.Time
	inFlight map[int64]bool                // payouts being asked about
	answered map[int64]bool                // payouts that were, until after the latest look at what is due began
	refused  struct{ placing, asking int } // for their credentials, in a row
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
	b := r.begin(now, batch)
	defer b.stopNow()
	defer context.AfterFunc(drain, b.stopTake)()
	if drain.Err() != nil {
		b.stopTake() // rather than a moment later
	}
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
	b.result.Drained = drain.Err() != nil || now.Err() != nil
	b.result.TimedOut = b.late.Load() && b.open()
	if errors.Is(err, context.Canceled) && (b.result.Drained || b.result.Halted != nil || b.recorder.err != nil) {
		err = nil
	}
	return b.result, errors.Join(b.recorder.err, err)
}

func (r *Runner) begin(now context.Context, batch ledger.Batch) *run {
	b := &run{
		Runner: r, batch: batch,
		placing: newPace(r.o.Rate, r.o.Now), asking: newPace(r.o.QueryRate, r.o.Now),
		changed: make(chan struct{}, 1), freed: make(chan struct{}, 1), inFlight: map[int64]bool{}, answered: map[int64]bool{},
		progress: Progress{Moved: map[string]int{}}, lastSent: r.o.Now(),
	}
	b.now, b.stopNow = context.WithCancel(now)
	b.take, b.stopTake = context.WithCancel(b.now)
	b.ask, b.stopAsk = context.WithCancel(b.take)
	b.recorder = recorder{
		book: r.book, policy: r.o.Policy, in: make(chan recorded, 4*groupMost),
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
	steps := b.o.Log.Enabled(b.now, slog.LevelInfo)
	b.mu.Lock()
	for _, one := range applied {
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

// judgeCredentials counts refusals of the credentials in a row, those of
// placements and those of queries each by themselves.
func (b *run) judgeCredentials(inARow *int, v paypro.Verdict) {
	b.mu.Lock()
	switch v.Reason {
	case paypro.ReasonCredentials:
		*inARow++
	case paypro.ReasonNotConnected: // says nothing about them
	default:
		*inARow = 0
	}
	many := *inARow >= credentialRefusals
	b.mu.Unlock()
	if many {
		b.halt(fmt.Errorf("%w: %s", ErrCredentials, v.Message))
	}
}

// judgeRefusals watches for the whole run going wrong.
func (b *run) judgeRefusals(v paypro.Verdict) {
	b.judgeCredentials(&b.refused.placing, v)
	b.mu.Lock()
	switch {
	case v.Kind != paypro.Refused:
		b.streak = 0
	case v.Code == b.sameCode:
		b.streak++
	default:
		b.sameCode, b.streak = v.Code, 1
	}
	streak := b.streak
	b.mu.Unlock()
	if b.o.Refusals > 0 && streak >= b.o.Refusals {
		b.halt(fmt.Errorf("%w: code %s, %d times in a row", ErrRefusals, v.Code, streak))
	}
}
