package receive

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/bulkpay/bulkpay/internal/recorder"
	"github.com/bulkpay/bulkpay/ledger"
	"github.com/bulkpay/bulkpay/paypro"
)

// Defaults and limits.
const (
	// DefaultRate is generous: a gateway calls from one address, and after a
	// large batch thousands of times a second.
	DefaultRate = 5000.0
	// DefaultAskRate is questions a second for each merchant. Runs have a pace
	// of their own beside it.
	DefaultAskRate = 5.0
	// CommitWait is how long a callback may wait for its commit. The gateway's
	// patience is not documented; what comes too late for it is repeated, and
	// by then is a replay.
	CommitWait = 4 * time.Second
	// waitMost is how many callbacks may wait for their commit at once.
	waitMost = 1024
	// readMost is how many look something up at once: as many connections as
	// the ledger keeps. More would open new ones, and parse every query anew.
	readMost = 4
)

// Account is a merchant whose callbacks are taken.
type Account struct {
	Merchant ledger.Merchant // as the ledger has it, with its ID
	Client   *paypro.Client
	Policy   ledger.Policy
}

// Options are the settings of a receiver. Zero values take the defaults.
type Options struct {
	Book     *ledger.Ledger
	Accounts map[string]Account // by the path's element
	Rate     float64            // callbacks a second from one address
	AskRate  float64            // questions a second for one merchant

	// TrustForwarded takes the last address of X-Forwarded-For for the
	// sender's: only right behind a proxy that writes it.
	TrustForwarded bool

	Log *slog.Logger
	Now func() time.Time
}

// Receiver takes callbacks. Its methods may be called from any goroutine, Run
// once.
type Receiver struct {
	o         Options
	accounts  map[string]*account
	addresses *addresses
	rarely    *rarely
	waiting   chan struct{} // full when too many wait for their commit
	reading   chan struct{} // full while as many as may look something up
	merchants merchants
	forgotten forgotten
	elsewhere atomic.Int64 // for merchants that are none

	mu      sync.Mutex
	running bool
	inside  sync.WaitGroup // callbacks that are being taken
}

// account is an Account at work.
type account struct {
	Account
	name    string
	records *recorder.Recorder // while it runs
	asker   *asker
	counts  counts
	broken  atomic.Bool // the latest commit failed
	hinting hinting
}

// New makes a receiver. It takes nothing before Run.
func New(o Options) *Receiver {
	if o.Rate <= 0 {
		o.Rate = DefaultRate
	}
	if o.AskRate <= 0 {
		o.AskRate = DefaultAskRate
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	r := &Receiver{
		o: o, accounts: map[string]*account{}, addresses: newAddresses(o.Rate), rarely: &rarely{log: o.Log, now: o.Now},
		waiting: make(chan struct{}, waitMost), reading: make(chan struct{}, readMost),
	}
	for name, given := range o.Accounts {
		a := &account{Account: given, name: name}
		a.asker = newAsker(r, a)
		r.accounts[name] = a
	}
	return r
}

// Handler serves the callbacks, and whether they can be taken: it may be
// anybody's to reach.
func (r *Receiver) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /callback/{merchant}", r.serveCallback)
	r.health(mux)
	return mux
}

// Metrics serves the numbers. They name the merchants and tell how many
// callbacks they get, which is not for everybody.
func (r *Receiver) Metrics() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /metrics", r.serveMetrics)
	r.health(mux)
	return mux
}

func (r *Receiver) health(mux *http.ServeMux) {
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { reply(w, http.StatusOK, "alive") })
	mux.HandleFunc("GET /readyz", r.serveReady)
}

// Run records and asks until ctx is done. What was taken by then is committed
// and answered before it returns; what comes later gets 503. The error is the
// first one that cost the ledger a callback, none of which was confirmed.
func (r *Receiver) Run(ctx context.Context) error {
	if err := r.forgotten.load(ctx, r.o.Book); err != nil {
		return err
	}
	for _, a := range r.accounts {
		a.records = recorder.New(r.o.Book, recorder.Options{
			Policy:  a.Policy,
			Observe: func([]ledger.Applied) { a.broken.Store(false) },
			Fail: func(err error) {
				a.broken.Store(true)
				a.counts.ledgerErrors.Add(1)
				r.rarely.error("not_recorded", a.name, "callbacks could not be recorded", "error", err)
			},
		})
	}
	r.begin()
	var asking sync.WaitGroup
	for _, a := range r.accounts {
		asking.Go(func() { a.asker.run(ctx) })
	}
	<-ctx.Done()
	asking.Wait()
	r.end()
	var errs []error
	for _, a := range r.accounts {
		errs = append(errs, a.records.Close())
	}
	return errors.Join(errs...)
}

// begin lets callbacks in.
func (r *Receiver) begin() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.running = true
}

// end lets no more in and waits for those that are.
func (r *Receiver) end() {
	r.mu.Lock()
	r.running = false
	r.mu.Unlock()
	r.inside.Wait()
}

// enter tells whether a callback is let in; it has to leave again then.
func (r *Receiver) enter() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.running {
		r.inside.Add(1)
	}
	return r.running
}

func (r *Receiver) leave() { r.inside.Done() }

// serveReady tells whether callbacks can be taken: the ledger answers, and
// could be written the last time.
func (r *Receiver) serveReady(w http.ResponseWriter, req *http.Request) {
	if !r.enter() {
		reply(w, http.StatusServiceUnavailable, "not running")
		return
	}
	defer r.leave()
	if _, err := r.o.Book.BatchByID(req.Context(), 0); err != nil && !errors.Is(err, ledger.ErrNotFound) {
		reply(w, http.StatusServiceUnavailable, "the ledger cannot be read")
		return
	}
	for _, a := range r.accounts {
		if a.broken.Load() {
			reply(w, http.StatusServiceUnavailable, "the ledger cannot be written")
			return
		}
	}
	reply(w, http.StatusOK, "ready")
}

func reply(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text)) // whoever has gone away will ask again
}
