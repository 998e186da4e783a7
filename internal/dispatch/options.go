package dispatch

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/bulkpay/bulkpay/ledger"
	"github.com/bulkpay/bulkpay/paypro"
)

// Gateway is what dispatch needs of a client. *paypro.Client is one.
type Gateway interface {
	Area() *paypro.Area
	Place(ctx context.Context, r paypro.Request) paypro.Verdict
	Query(ctx context.Context, r paypro.Request) paypro.Verdict
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
	// credentialRefusals in a row stop a run: one may be a hiccup or words
	// that only sound like it.
	credentialRefusals = 3
)

// DefaultPolicy is when a payout in doubt may be sent again (P4).
var DefaultPolicy = ledger.Policy{Unknowns: 3, Quarantine: 15 * time.Minute, MaxAttempts: 3}

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
	Refusals  int           // as many refusals in a row with one code halt; negative: never
	NoSubmit  bool          // only ask
	NoSettle  bool          // only send
	Observe   func(Progress)
	Log       *slog.Logger
	Now       func() time.Time
}

func (o Options) withDefaults() Options {
	o.Rate = orDefault(o.Rate, DefaultRate)
	o.QueryRate = orDefault(o.QueryRate, o.Rate)
	o.Workers = orDefault(o.Workers, DefaultWorkers)
	o.Deadline = orDefault(o.Deadline, DefaultDeadline)
	o.Refusals = orDefault(o.Refusals, DefaultRefusals)
	if o.Policy == (ledger.Policy{}) {
		o.Policy = DefaultPolicy
	}
	if len(o.Schedule) == 0 {
		o.Schedule = DefaultSchedule
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
)
