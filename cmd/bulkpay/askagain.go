package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/bulkpay/bulkpay/internal/dispatch"
	"github.com/bulkpay/bulkpay/ledger"
	"github.com/bulkpay/bulkpay/paypro"
)

// againJSON is how the pass of questions stands that `settle --again` went on
// with.
type againJSON struct {
	Payouts  int  `json:"payouts"`
	Asked    int  `json:"asked"`
	Answered int  `json:"answered"`
	Definite int  `json:"definite"`
	Agreed   int  `json:"agreed"`
	Ended    bool `json:"ended"`
}

// checkAgain tells whether --again goes with the rest of the command line.
func (o *batchOptions) checkAgain(code string) error {
	switch {
	case !o.again && o.reason != "":
		return usageError{errors.New("--reason is why to ask --again")}
	case o.again && code == every:
		return usageError{errors.New("--again asks about one batch at a time: give its code")}
	}
	return nil
}

// askAgain goes through the pass of questions over a batch, or begins one.
// What was not asked when it stops is asked by the next --again.
func (a *app) askAgain(stop stopping, o *batchOptions, book *ledger.Ledger, batch ledger.Batch, acc account) (did dispatch.Result, err error) {
	if err := book.CheckWitness(stop.now); err != nil {
		return did, err
	}
	if stop.drain.Err() != nil {
		return dispatch.Result{Drained: true}, nil
	}
	client, disconnect, err := a.connect(stop.now, &o.target, &acc)
	if err != nil {
		return did, err
	}
	defer disconnect()
	acc.settleOn(&o.paceFlags)
	lease, err := book.Acquire(stop.now, acc.merchant)
	if err != nil {
		return did, err
	}
	defer func() { err = errors.Join(err, lease.Release()) }()
	pass, err := a.beginPass(stop, o, book, batch)
	if err != nil {
		return did, err
	}
	settings := acc.settings
	settings.Log, settings.Now = a.log(), a.now
	return dispatch.New(book, lease, client, settings).AskAgain(stop.drain, stop.now, pass, a.passProgress(batch, pass))
}

func (a *app) beginPass(stop stopping, o *batchOptions, book *ledger.Ledger, batch ledger.Batch) (ledger.Pass, error) {
	pass, goesOn, err := book.AskAgain(stop.now, batch.ID, operator(), o.reason)
	switch {
	case errors.Is(err, ledger.ErrNothingSent):
		return pass, hinted{fmt.Errorf("batch %s: %w", batch.Code, err), "bulkpay status " + batch.Code}
	case err != nil:
		return pass, err
	case goesOn:
		a.say("batch %s: going on with the questions begun on %s, %s left to answer", batch.Code, a.lang.Moment(pass.Begun), plural(pass.Unanswered(), "payout"))
	default:
		a.say("batch %s: asking about %s anew", batch.Code, plural(pass.Payouts, "payout"))
	}
	return pass, nil
}

// passProgress says now and then how far a pass is.
func (a *app) passProgress(batch ledger.Batch, pass ledger.Pass) func(ledger.Payout, paypro.Verdict) {
	answered, said := pass.Answered, time.Now()
	return func(_ ledger.Payout, v paypro.Verdict) {
		if v.Kind != paypro.NoAnswer {
			answered++
		}
		if time.Since(said) >= plainEvery {
			said = time.Now()
			a.say("batch %s: %s of %s answered", batch.Code, group(answered), plural(pass.Payouts, "payout"))
		}
	}
}

// howAgain is how the latest pass over a batch stands; nil if there is none.
func (a *app) howAgain(stop stopping, book *ledger.Ledger, batch ledger.Batch) (*againJSON, error) {
	p, err := book.LatestPass(stop.always(), batch.ID)
	if errors.Is(err, ledger.ErrNotFound) {
		return nil, nil // stopped before it began
	}
	if left := p.Unanswered(); left > 0 {
		a.say("batch %s: %s not answered; the same command again goes on with what is left", batch.Code, plural(left, "payout"))
	}
	return &againJSON{p.Payouts, p.Asked, p.Answered, p.Definite, p.Agreed, p.Ended}, err
}
