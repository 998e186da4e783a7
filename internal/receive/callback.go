package receive

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/bulkpay/bulkpay/ledger"
	"github.com/bulkpay/bulkpay/paypro"
)

// result is what became of a callback.
type result int

// The results. Only the first three are answered with OK.
const (
	accepted   result = iota // recorded
	replayed                 // known already: nothing to record
	hinted                   // recorded as a hint; the gateway is asked
	idle                     // unsigned, and about nothing that could still change
	forged                   // signature missing or wrong
	unreadable               // not a callback
	unknown                  // the merchant has no such payout
	throttled                // too many from one address
	limited                  // unsigned, and too soon after the one before
	failed                   // not recorded, or not in time
	results                  // how many there are
)

// meaning is how a result is counted and answered.
type meaning struct {
	label  string
	status int
	retry  string // seconds after which it may be tried again
}

var meanings = [results]meaning{
	accepted:   {"accepted", http.StatusOK, ""},
	replayed:   {"replayed", http.StatusOK, ""},
	hinted:     {"hinted", http.StatusOK, ""},
	idle:       {"idle", http.StatusOK, ""},
	forged:     {"forged", http.StatusUnauthorized, ""},
	unreadable: {"unreadable", http.StatusBadRequest, ""},
	unknown:    {"unknown", http.StatusNotFound, ""},
	throttled:  {"throttled", http.StatusTooManyRequests, "1"},
	limited:    {"limited", http.StatusServiceUnavailable, "60"},
	failed:     {"failed", http.StatusServiceUnavailable, "5"},
}

// serveCallback answers one callback.
func (r *Receiver) serveCallback(w http.ResponseWriter, req *http.Request) {
	a, from := r.accounts[req.PathValue("merchant")], r.sender(req)
	allowed := r.addresses.allow(from, r.o.Now())
	if a == nil {
		r.elsewhere.Add(1)
		reply(w, http.StatusNotFound, http.StatusText(http.StatusNotFound))
		return
	}
	a.counts.received.Add(1)
	a.counts.inFlight.Add(1)
	defer a.counts.inFlight.Add(-1)
	is := throttled
	if allowed {
		is = r.take(a, w, req, from.String())
	}
	a.counts.results[is].Add(1)
	m := meanings[is]
	switch {
	case m.status == http.StatusOK:
		reply(w, m.status, "OK")
		return
	case m.retry != "":
		w.Header().Set("Retry-After", m.retry)
	}
	reply(w, m.status, http.StatusText(m.status))
}

// take reads a callback and sees to it. Nothing is looked up before its
// signature is known to be right.
func (r *Receiver) take(a *account, w http.ResponseWriter, req *http.Request, from string) result {
	body, err := io.ReadAll(http.MaxBytesReader(w, req.Body, paypro.MaxNoticeBytes))
	if err != nil {
		return unreadable
	}
	n, err := a.Client.ReadNotice(req.Header, body)
	switch {
	case errors.Is(err, paypro.ErrForged):
		r.rarely.warn("forged", a.name, "callback with a wrong signature", "from", from)
		return forged
	case err != nil:
		r.rarely.warn("unreadable", a.name, "not a callback", "from", from)
		return unreadable
	}
	if !r.enter() {
		return failed
	}
	defer r.leave()
	ctx, cancel := context.WithTimeout(req.Context(), CommitWait)
	defer cancel()
	p, err := r.find(ctx, a, n.TradeNo)
	switch {
	case errors.Is(err, ledger.ErrNotFound) && n.Signed:
		r.remember(ctx, a, n)
		return unknown
	case errors.Is(err, ledger.ErrNotFound):
		return unknown
	case err != nil:
		return r.unread(a, err)
	case !n.Signed:
		return r.takeUnsigned(ctx, a, n, p)
	}
	return r.takeSigned(ctx, a, n, p)
}

// find finds a payout of a merchant by its number. Another merchant's is none.
func (r *Receiver) find(ctx context.Context, a *account, tradeNo string) (ledger.Payout, error) {
	select {
	case r.reading <- struct{}{}:
		defer func() { <-r.reading }()
	case <-ctx.Done():
		return ledger.Payout{}, ctx.Err()
	}
	p, err := r.o.Book.Payout(ctx, tradeNo)
	if err != nil {
		return ledger.Payout{}, err
	}
	merchant, err := r.merchants.of(ctx, r.o.Book, p.BatchID)
	if err != nil {
		return ledger.Payout{}, err
	}
	if merchant != a.Merchant.ID {
		return ledger.Payout{}, ledger.ErrNotFound
	}
	return p, nil
}

// unread is for a ledger that could not be read.
func (r *Receiver) unread(a *account, err error) result {
	if !errors.Is(err, context.Canceled) {
		a.counts.ledgerErrors.Add(1)
		r.rarely.error("not_read", a.name, "the ledger could not be read", "error", err)
	}
	return failed
}

// errLate is a commit that takes longer than the sender waits. It may still
// come.
var errLate = errors.New("not committed in time")

// record has an outcome recorded and waits until it is committed.
func (r *Receiver) record(ctx context.Context, a *account, o ledger.Outcome) (ledger.Applied, error) {
	type end struct {
		applied ledger.Applied
		err     error
	}
	select {
	case r.waiting <- struct{}{}:
	default:
		return ledger.Applied{}, errLate
	}
	began, ended := time.Now(), make(chan end, 1)
	a.records.Record(o, func(applied ledger.Applied, err error) {
		<-r.waiting
		a.counts.latency.observe(time.Since(began))
		ended <- end{applied, err}
	})
	select {
	case e := <-ended:
		return e.applied, e.err
	case <-ctx.Done():
		return ledger.Applied{}, errLate
	}
}
