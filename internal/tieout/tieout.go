// Package tieout makes the equations of a batch that its sheet alone does not
// give: what the ledger says of the payouts is what the gateway said last; and
// what left the account is what was paid.
//
//	equations, err := tieout.Of(ctx, view, batch)
//
// Both sides of each come from different places. The gateway's side is taken
// from the answers in the history and in the latest pass of questions, the
// ledger's from the states; the balances
// are the gateway's own answers before and after the runs. Whether an equation
// holds is not claimed here: package report adds it up.
package tieout

import (
	"context"
	"errors"

	"github.com/bulkpay/bulkpay/internal/money"
	"github.com/bulkpay/bulkpay/ledger"
	"github.com/bulkpay/bulkpay/report"
)

// Of makes the equations of a batch, from one view.
func Of(ctx context.Context, v ledger.View, batch ledger.Batch) ([]report.Equation, error) {
	gateway, err := gatewayOf(ctx, v, batch)
	if err != nil {
		return nil, err
	}
	balance, err := balanceOf(ctx, v, batch)
	if err != nil {
		return nil, err
	}
	return []report.Equation{gateway, balance}, nil
}

// The terms of the gateway's equation: what it may have said last.
const (
	termPaid     = "paid"
	termProgress = "in progress"
	termFailed   = "failed"
	termRefused  = "refused"
	termUnknown  = "not known there"
	termUnfit    = "does not fit"
	termNothing  = "nothing definite"
	termWord     = "on a person's word"
)

var terms = []string{termPaid, termProgress, termFailed, termRefused, termUnknown, termUnfit, termNothing, termWord}

// said is the term for what the gateway said last, stands the one for a state.
// What is held may have been heard of in any way; its answers are kept and it
// stands with them.
func said(h ledger.Heard) string {
	switch {
	case h.Spoken:
		return termWord
	case h.Kind == ledger.Paid:
		return termPaid
	case h.Kind == ledger.Accepted:
		return termProgress
	case h.Kind == ledger.NotPaid:
		return termFailed
	case h.Kind == ledger.Refused:
		return termRefused
	case h.Kind == ledger.Unknown:
		return termUnknown
	case h.Kind == ledger.Conflict:
		return termUnfit
	}
	return termNothing
}

func stands(h ledger.Heard) string {
	if h.Spoken {
		return termWord
	}
	switch h.State {
	case ledger.Succeeded:
		return termPaid
	case ledger.Processing:
		return termProgress
	case ledger.Failed, ledger.Reversed, ledger.Rejected:
		return notPaid(h)
	case ledger.Held, ledger.InDoubt, ledger.Submitting, ledger.Ready:
		// A refusal of a later attempt, and an answer before a doubt, settle
		// nothing: such a payout stands as it was heard of.
		if h.Kind == ledger.Paid {
			return termNothing // paid there and open here: they disagree
		}
		return said(h)
	}
	return termNothing
}

// notPaid is what was never paid, or is not any more. The gateway may put that
// in several ways, of which none is contrary: that it failed, that it was
// refused, and, when asked for what it refused, that it does not know it.
func notPaid(h ledger.Heard) string {
	switch {
	case h.Anew && (h.Kind == ledger.Unknown || h.State == ledger.Rejected && h.Kind == ledger.NotPaid):
		return said(h)
	case h.State == ledger.Rejected:
		return termRefused
	}
	return termFailed
}

func gatewayOf(ctx context.Context, v ledger.View, batch ledger.Batch) (report.Equation, error) {
	nothing := money.FromMinor(batch.Merchant.Currency, 0)
	e := report.Equation{Name: report.GatewayEquation, Of: batch.Code, Counts: true, Left: report.Term{Name: "sent", Sum: nothing}}
	at := map[string]*report.Term{}
	for _, name := range terms {
		at[name] = &report.Term{Name: name, Sum: nothing, Ours: &report.Figure{Sum: nothing}}
	}
	asked, err := askedOf(ctx, v, batch)
	if err != nil {
		return e, err
	}
	e.Asked = &asked
	for h, err := range v.Heard(ctx, batch) {
		if err != nil {
			return e, err
		}
		there, here := at[said(h)], at[stands(h)]
		var errs [3]error
		e.Left.Count, there.Count, here.Ours.Count = e.Left.Count+h.Count, there.Count+h.Count, here.Ours.Count+h.Count
		e.Left.Sum, errs[0] = e.Left.Sum.Add(h.Sum)
		there.Sum, errs[1] = there.Sum.Add(h.Sum)
		here.Ours.Sum, errs[2] = here.Ours.Sum.Add(h.Sum)
		if err := errors.Join(errs[:]...); err != nil {
			return e, err
		}
		if !h.Anew {
			asked.Rest += h.Count
			if !h.First.IsZero() && (asked.RestSince.IsZero() || h.First.Before(asked.RestSince)) {
				asked.RestSince = h.First
			}
		}
		if !h.First.IsZero() && (there.Since.IsZero() || h.First.Before(there.Since)) {
			there.Since = h.First
		}
		if h.Last.After(there.Until) {
			there.Until = h.Last
		}
	}
	for _, name := range terms {
		if term := at[name]; term.Count > 0 || term.Ours.Count > 0 {
			e.Terms = append(e.Terms, *term)
		}
	}
	return e, nil
}

// askedOf is the latest pass of questions over a batch, if there is one.
func askedOf(ctx context.Context, v ledger.View, batch ledger.Batch) (report.Asked, error) {
	p, err := v.LatestPass(ctx, batch.ID)
	if errors.Is(err, ledger.ErrNotFound) {
		return report.Asked{}, nil
	}
	return report.Asked{
		First: p.First, Last: p.Last, Payouts: p.Payouts, Asked: p.Asked, Answered: p.Answered, Definite: p.Definite, Agreed: p.Agreed,
	}, err
}

func balanceOf(ctx context.Context, v ledger.View, batch ledger.Batch) (report.Equation, error) {
	e := report.Equation{Name: report.BalanceEquation, Of: batch.Code}
	unknown := func(p report.Phrase) (report.Equation, error) {
		e.Unknown = &p
		return e, nil
	}
	var opening, closing *ledger.Balance
	for b, err := range v.Balances(ctx, batch.ID) {
		switch {
		case err != nil:
			return e, err
		case b.Moment == ledger.Opening && opening == nil:
			opening = &b
		case b.Moment == ledger.Closing:
			closing = &b
		}
	}
	if opening == nil || closing == nil || closing.Seq < opening.Seq {
		return unknown(report.Say("the balance was not asked before and after the payouts"))
	}
	before, err := opening.Holdings()
	if err != nil {
		return e, err
	}
	after, err := closing.Holdings()
	if err != nil {
		return e, err
	}
	o, err := v.Outlay(ctx, batch, opening.At, closing.At)
	if err != nil {
		return e, err
	}
	e.Left = report.Term{Name: "closing balance", Sum: after, Since: closing.At, Until: closing.At}
	e.Terms = []report.Term{
		{Name: "opening balance", Sum: before, Since: opening.At, Until: opening.At},
		{Name: "paid", Minus: true, Count: o.Paid.Count, Sum: o.Paid.Sum},
		{Name: "fees", Minus: true, Sum: o.Fees},
		{Name: "paid by other batches", Minus: true, Count: o.Others.Count, Sum: o.Others.Sum},
		{Name: "came back", Count: o.Back.Count, Sum: o.Back.Sum},
	}
	if !o.Stated {
		e.Notes = append(e.Notes, report.Say("what was charged is not known without a statement; any fee is in the difference"))
	}
	if o.Open.Count > 0 {
		return unknown(report.Say("%d payouts, %s, were open when the balance was asked: whether they had left the account is not known", o.Open.Count, o.Open.Sum))
	}
	if lacking, ok := mayBeFees(e, o.Stated, o.Paid.Sum); ok {
		return unknown(report.Say("%s less than explained, which may be fees; a statement tells: bulkpay reconcile", lacking))
	}
	return e, nil
}

// mostFees is which share of what was paid may be fees while no statement says
// so; what a run tolerates before it stops itself is no more.
const mostFees = 0.05

// mayBeFees tells whether what is lacking may have been charged.
func mayBeFees(e report.Equation, stated bool, of money.Amount) (money.Amount, bool) {
	difference, ok := e.Difference()
	if !ok || stated {
		return money.Amount{}, false
	}
	lacking, ok := difference.Sum.Minor()
	paid, ok2 := of.Minor()
	return difference.Sum, ok && ok2 && lacking > 0 && float64(lacking) <= mostFees*float64(paid)
}
