package dispatch

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/bulkpay/bulkpay/internal/money"
	"github.com/bulkpay/bulkpay/ledger"
	"github.com/bulkpay/bulkpay/paypro"
)

// Gateway is what dispatch needs of a client. *paypro.Client is one.
type Gateway interface {
	Area() *paypro.Area
	Place(ctx context.Context, r paypro.Request) paypro.Verdict
	Query(ctx context.Context, r paypro.Request) paypro.Verdict
	Balance(ctx context.Context) (paypro.Balance, error)
}

// Defaults and limits.
const (
	DefaultRate     = 20.0             // requests a second; the gateway states no limit
	MinRate         = leastRate        // slower, and a claim would grow too old while it waits
	MaxRate         = 100_000.0        // beyond this nothing is limited any more
	DefaultWorkers  = 16               // requests in flight at once
	MaxWorkers      = 256              // as many as the client keeps connections
	DefaultDeadline = 30 * time.Minute // for final statuses, after the last send
	// DefaultRefusals in a row with one code stop a run: something is wrong
	// with the whole sheet or the account, not with single payees.
	DefaultRefusals = 20
	// DefaultFailureShare of the last DefaultFailureWindow final answers stops
	// a run, whatever the codes say.
	DefaultFailureShare  = 0.5
	DefaultFailureWindow = 50
	// DefaultBalanceEvery is how often the balance is asked while sending, and
	// DefaultFeeAllowance what share of the payouts may go in fees.
	DefaultBalanceEvery = time.Minute
	DefaultFeeAllowance = 0.05
	// credentialRefusals in a row stop a run: one may be a hiccup or words
	// that only sound like it.
	credentialRefusals = 3
)

// DefaultPolicy is when a payout in doubt may be sent again (P4), and for how
// long a payout is looked after.
var DefaultPolicy = ledger.Policy{
	Unknowns: 3, Quarantine: 15 * time.Minute, MaxAttempts: 3,
	StuckAfter: 3 * 24 * time.Hour, Watch: []time.Duration{24 * time.Hour, 3 * 24 * time.Hour},
}

// DefaultSchedule is how long to wait before the first, second, … question
// about a payout; the last one repeats.
var DefaultSchedule = []time.Duration{
	2 * time.Second, 3 * time.Second, 5 * time.Second, 10 * time.Second, 30 * time.Second,
	time.Minute, 2 * time.Minute, 5 * time.Minute,
}

// Options are the settings of a runner. Zero values take the defaults.
type Options struct {
	Rate      float64 // placements a second, all workers together
	QueryRate float64 // queries a second; 0: as Rate
	Workers   int
	Policy    ledger.Policy
	Schedule  []time.Duration
	Deadline  time.Duration // after the last send; negative: do not wait for statuses once nothing is left to send
	NoSubmit  bool          // only ask
	NoSettle  bool          // only send
	Observe   func(Progress)
	Log       *slog.Logger
	Now       func() time.Time // what is compared with the ledger's times; waiting is measured by the process's own clock

	// What makes a run halt.

	// As many refused placements in a row with one code halt, and as many
	// failures with one code and no success between; negative: never.
	Refusals int
	// So large a share of the last FailureWindow final answers that are not
	// "paid" halts. A run that has had fewer answers is not judged. Negative:
	// never.
	FailureShare  float64
	FailureWindow int
	// The balance is asked before the first send, that often while sending,
	// and at its end; negative: never. A drop beyond what may have been
	// debited, and FeeAllowance of that, halts. A negative allowance is none.
	BalanceEvery time.Duration
	FeeAllowance float64
	// The first payouts are sent alone, and unless all of them are paid the
	// run halts; 0: none. A run that goes on with a batch takes the next ones
	// that are ready. It needs answers, so not NoSettle.
	Canary int
	// No more than that is sent in a day, that of other batches and runs of
	// the merchant included; zero: no limit. DayStart is when the day of a
	// moment began; nil: midnight of UTC.
	DayLimit money.Amount
	DayStart func(time.Time) time.Time
}

func (o Options) withDefaults() Options {
	o.Rate = orDefault(o.Rate, DefaultRate)
	o.QueryRate = orDefault(o.QueryRate, o.Rate)
	o.Workers = orDefault(o.Workers, DefaultWorkers)
	o.Deadline = orDefault(o.Deadline, DefaultDeadline)
	o.Refusals = orDefault(o.Refusals, DefaultRefusals)
	if p := o.Policy; p.Unknowns == 0 && p.Quarantine == 0 && p.MaxAttempts == 0 && !p.NeverResend {
		o.Policy = DefaultPolicy
		if p.StuckAfter != 0 || p.Watch != nil {
			o.Policy.StuckAfter, o.Policy.Watch = p.StuckAfter, p.Watch
		}
	}
	if len(o.Schedule) == 0 {
		o.Schedule = DefaultSchedule
	}
	o.FailureShare = orDefault(o.FailureShare, DefaultFailureShare)
	o.FailureWindow = max(1, orDefault(o.FailureWindow, DefaultFailureWindow))
	o.BalanceEvery = orDefault(o.BalanceEvery, DefaultBalanceEvery)
	o.FeeAllowance = orDefault(o.FeeAllowance, DefaultFeeAllowance)
	if o.DayStart == nil {
		o.DayStart = func(at time.Time) time.Time { return at.UTC().Truncate(24 * time.Hour) }
	}
	if o.Observe == nil {
		o.Observe = func(Progress) {}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}

func orDefault[T comparable](value, otherwise T) T {
	var zero T
	if value == zero {
		return otherwise
	}
	return value
}

// patience is for how long the gateway may be out of reach before the run
// gives up: as long as one would wait for final statuses.
func (o Options) patience() time.Duration {
	if o.Deadline < 0 {
		return maxPause
	}
	return o.Deadline
}

// after is how long to wait before the next question.
func (o Options) after(asks int) time.Duration {
	return o.Schedule[min(asks, len(o.Schedule)-1)]
}

// fault is what is wrong with the options for a batch, if anything.
func (o Options) fault(batch ledger.Batch) error {
	switch {
	case o.Canary > 0 && o.NoSettle && !o.NoSubmit:
		return errors.New("dispatch: whether payouts sent ahead are paid is only learned by asking: Canary does not go with NoSettle")
	case o.limited() && o.DayLimit.Currency() != batch.Merchant.Currency:
		return fmt.Errorf("dispatch: the limit of the day: %w", money.ErrCurrency)
	}
	return nil
}

// limited tells whether there is a limit of the day.
func (o Options) limited() bool { return !o.DayLimit.IsZero() }

// Progress is how far a run has come. Counts are of this run.
type Progress struct {
	Sent      int            // placements answered, or lost, on the wire
	Asked     int            // queries
	Moved     map[string]int // how many payouts entered each bucket; one that passes several counts in each
	Rate      float64        // placements a second allowed right now
	Transfers []ledger.Applied
}

// Result is how a run ended.
type Result struct {
	Sent      int
	Asked     int
	Recovered int  // payouts a killed run had left on the wire
	Drained   bool // told to stop, in good order or at once
	TimedOut  bool // the deadline passed with payouts still open
	Halted    error
}

// The reasons to halt. Result.Halted wraps one of them.
var (
	ErrCredentials = errors.New("the gateway refuses the merchant number or the secret")
	ErrRefusals    = errors.New("the gateway refuses one payout after the other")
	ErrUnreachable = errors.New("the gateway cannot be reached")
	ErrFailures    = errors.New("too many payouts are not paid")
	ErrBalanceDrop = errors.New("the balance has dropped without explanation")
	ErrCanary      = errors.New("the payouts sent ahead are not all paid")
	ErrDayLimit    = errors.New("the limit of the day is reached")
)
