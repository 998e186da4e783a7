package sandbox

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"math"
	"net/http"
	"sync"
	"time"
)

// Options of a sandbox. Only Merchants is required.
type Options struct {
	Merchants map[string]string // merchantNo -> secret

	// SecretPosition is where the secret stands around the signed text:
	// "suffix", the default, or "prefix". The documents leave it open.
	SecretPosition string

	// IndiaBankField is the name under which India wants the IFSC: IndiaBankEither, the
	// default, IndiaBankNCode or IndiaBankCode.
	IndiaBankField string

	// AllowDuplicateTradeNo makes a second order of a second placement, as a gateway
	// might: the documents never promise that a tradeNo is paid once.
	AllowDuplicateTradeNo bool

	// Delay is how long an order stays 0015, in whole milliseconds. 0: the
	// placement answers the final status.
	Delay time.Duration

	// Hold is how long a connection is held that gets no answer; 0: two minutes.
	Hold time.Duration

	// Late is how long after its request an order is made that is made late; 0: a minute.
	// Slow is how long a slow answer takes; 0: a second.
	Late, Slow time.Duration

	// ClockOffset is by how much the gateway's clock is wrong in all that it says, timestamps and
	// successTime. What the books say of themselves is right.
	ClockOffset time.Duration

	// Balance is the opening balance of each merchant in each area, in whole
	// units. 0: ten thousand million; negative: nothing; at most MaxBalance.
	Balance int64

	Journal    string    // the file that keeps the orders over restarts; "": memory only
	RequestLog io.Writer // one line of JSON a request; nil: none

	// Callbacks posts results to the notifyUrl of an order, loopback addresses only.
	// CallbackPauses are the pauses before each repetition; nil: as documented.
	Callbacks      bool
	CallbackPauses []time.Duration

	// CallbackTransport carries the callbacks instead of the network, to any address. nil: the
	// network, loopback addresses only.
	CallbackTransport http.RoundTripper

	// Plan draws faults of everything; nil: nothing goes wrong that was not asked for. A
	// remark's word and Fault come first.
	Plan *Plan

	// Fault, if set, is asked for the outcome of every valid request whose remark
	// asks for none; "": nothing special. It is called from many goroutines. For
	// queries and balances only what the outcome does to the answer counts.
	Fault func(Request) (outcome string)

	Now      func() time.Time // nil: time.Now
	ErrorLog *slog.Logger     // the sandbox's own troubles; nil: none
}

const (
	defaultBalance = 10_000_000_000
	defaultHold    = 2 * time.Minute
	defaultLate    = time.Minute
	defaultSlow    = time.Second
)

// MaxBalance is the largest opening balance. All sums in the books stay below it.
const MaxBalance = math.MaxInt64 / hundredths

type merchant struct{ no, secret string }

// Gateway is a running sandbox. It is an [http.Handler].
type Gateway struct {
	opts      Options
	log       *slog.Logger
	prefix    bool // the secret comes first
	delay     int64
	routes    map[string]route
	merchants map[string]*merchant
	books     *books
	caller    *caller  // nil: no callbacks
	plan      *planned // nil: none
	stats     stats
	requests  requestLog
	done      chan struct{} // closed by Close: held connections are let go
	closing   sync.Once
	closeErr  error
}

// Open starts a sandbox with the orders of its journal, if there is one.
func Open(opts Options) (*Gateway, error) {
	g := &Gateway{opts: opts, routes: routes(), merchants: map[string]*merchant{}, done: make(chan struct{})}
	if err := g.configure(); err != nil {
		return nil, err
	}
	g.books = newBooks(g.opts.Balance*hundredths, opts.AllowDuplicateTradeNo)
	if opts.Journal != "" {
		j, err := openJournal(opts.Journal, g.books)
		if err != nil {
			return nil, err
		}
		g.books.journal = j
	}
	if g.plan != nil {
		g.plan.begin(g)
	}
	g.books.made = func(o *order) {
		g.stats.happened(EndpointPlacement, o.fate.answers)
		g.booked(o)
	}
	if opts.Callbacks {
		startCaller(g)
	}
	return g, nil
}

// configure checks the options.
func (g *Gateway) configure() error {
	o := &g.opts
	if len(o.Merchants) == 0 {
		return errors.New("sandbox: no merchant")
	}
	for no, secret := range o.Merchants {
		if no == "" || secret == "" {
			return fmt.Errorf("sandbox: merchant %q: number or secret is empty", no)
		}
		g.merchants[no] = &merchant{no, secret}
	}
	switch o.SecretPosition {
	case "", "suffix":
	case "prefix":
		g.prefix = true
	default:
		return fmt.Errorf("sandbox: secret position %q: want suffix or prefix", o.SecretPosition)
	}
	switch o.IndiaBankField {
	case "", IndiaBankEither, IndiaBankNCode, IndiaBankCode:
	default:
		return fmt.Errorf("sandbox: india bank field %q: want either, bankNCode or bankCode", o.IndiaBankField)
	}
	if o.Delay < 0 || o.Hold < 0 || o.Late < 0 || o.Slow < 0 {
		return errors.New("sandbox: negative duration")
	}
	if o.Plan != nil {
		var err error
		if g.plan, err = o.Plan.compile(); err != nil {
			return err
		}
	}
	if o.Balance > MaxBalance {
		return fmt.Errorf("sandbox: balance is more than %d", int64(MaxBalance))
	}
	g.delay = (o.Delay + time.Millisecond - 1).Milliseconds()
	g.defaults()
	return nil
}

func (g *Gateway) defaults() {
	o := &g.opts
	if o.Hold == 0 {
		o.Hold = defaultHold
	}
	if o.Late == 0 {
		o.Late = defaultLate
	}
	if o.Slow == 0 {
		o.Slow = defaultSlow
	}
	if o.Balance == 0 {
		o.Balance = defaultBalance
	}
	o.Balance = max(o.Balance, 0)
	if o.CallbackPauses == nil {
		o.CallbackPauses = callbackPauses
	}
	if o.Now == nil {
		o.Now = timeNow
	}
	if g.log = o.ErrorLog; g.log == nil {
		g.log = slog.New(slog.DiscardHandler)
	}
	g.requests = requestLog{w: o.RequestLog}
}

// Orders yields the orders so far in the order of their creation, each with its
// status of the moment.
func (g *Gateway) Orders() iter.Seq[Order] {
	return func(yield func(Order) bool) {
		now := g.now()
		for _, o := range g.books.list(now) {
			if !yield(g.books.snapshot(o, now)) {
				return
			}
		}
	}
}

// Close lets go of held connections, stops the callbacks and closes the journal. What
// was not yet called back is called after the next Open with the same
// journal. A request that comes later gets HTTP 503. Close may be called again.
func (g *Gateway) Close() error {
	g.closing.Do(func() {
		close(g.done)
		if g.caller != nil {
			g.caller.close()
		}
		g.closeErr = g.books.close()
	})
	return g.closeErr
}

func (g *Gateway) now() int64 { return g.opts.Now().UnixMilli() }
