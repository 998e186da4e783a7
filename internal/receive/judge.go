package receive

import (
	"bytes"
	"context"
	"time"

	"github.com/bulkpay/bulkpay/ledger"
	"github.com/bulkpay/bulkpay/paypro"
)

// kinds says what the verdict on a callback is to the ledger. What is not
// here is a hint.
var kinds = map[paypro.Kind]ledger.Kind{
	paypro.Succeeded:  ledger.Paid,
	paypro.Processing: ledger.Accepted,
	paypro.Failed:     ledger.NotPaid,
	paypro.Conflict:   ledger.Conflict,
}

// takeSigned records what the gateway says.
func (r *Receiver) takeSigned(ctx context.Context, a *account, n paypro.Notice, p ledger.Payout) result {
	v := n.Judge(requestOf(p))
	if saysNothingNew(p, v) {
		return replayed
	}
	if !settles(p, v) {
		// It may become a hint, each of which is an event: the same text
		// makes one, however often it is replayed.
		seen, _, err := r.heard(ctx, p, n.Raw)
		if err != nil {
			return r.unread(a, err)
		}
		if seen {
			return replayed
		}
	}
	applied, err := r.record(ctx, a, r.outcomeOf(a, p, v))
	switch {
	case err != nil:
		return failed
	case applied.Ignored:
		return replayed
	case due(applied.Payout, r.o.Now()):
		a.asker.push(p.TradeNo)
		return hinted
	}
	return accepted
}

// due tells whether the gateway is to be asked about a payout now. A hint makes
// it so.
func due(p ledger.Payout, now time.Time) bool {
	return p.State != ledger.Ready && !p.DueAt.IsZero() && !p.DueAt.After(now)
}

// becomes is the state that a callback leads to if it is believed.
var becomes = map[ledger.Kind]ledger.State{
	ledger.Paid: ledger.Succeeded, ledger.Accepted: ledger.Processing, ledger.NotPaid: ledger.Failed,
}

// open tells whether an answer about the payout is still to come.
func open(p ledger.Payout) bool {
	switch p.State {
	case ledger.Submitting, ledger.InDoubt, ledger.Processing:
		return true
	case ledger.Ready, ledger.Held:
		return p.Sends() > 0
	}
	return false
}

// settles tells whether a callback ends what is open, which it can do once.
func settles(p ledger.Payout, v paypro.Verdict) bool {
	return open(p) && p.State != ledger.Held && (v.Kind == paypro.Succeeded || v.Kind == paypro.Failed)
}

// saysNothingNew tells whether the payout stands as the callback says, the
// gateway's number included.
func saysNothingNew(p ledger.Payout, v paypro.Verdict) bool {
	kind, ok := kinds[v.Kind]
	return ok && kind != ledger.Conflict && p.State == becomes[kind] && (v.PlatformTradeNo == "" || v.PlatformTradeNo == p.PlatformTradeNo)
}

// outcomeOf is what a verdict is to the ledger, which believes a callback only
// as far as it settles what is open. About what was never sent whatever the
// gateway says is a contradiction: it should not know the number, and the
// payout must not be sent before a person has looked.
func (r *Receiver) outcomeOf(a *account, p ledger.Payout, v paypro.Verdict) ledger.Outcome {
	kind, ok := kinds[v.Kind]
	switch {
	case ok:
	case p.Sends() == 0 && !p.State.Final():
		kind = ledger.Conflict
	case v.Reason == paypro.ReasonUnclearStatus:
		kind = ledger.Doubt
	default:
		kind = ledger.Hint
	}
	return ledger.Outcome{
		Payout: p, Kind: kind, Reason: string(v.Reason), Code: v.Code,
		Message:         a.Client.Area().Impersonal(v.Message, p.Fields),
		PlatformTradeNo: v.PlatformTradeNo, Evidence: v.Raw,
		Actor: ledger.ActorCallback, Callback: true,
	}
}

// pause is how long to wait before the next question.
func pause(asks int) time.Duration {
	const most = 5 * time.Minute
	return min(most, 2*time.Second<<min(max(asks, 0), 8))
}

// heard tells whether a callback of exactly this text is in the payout's
// history, and when the last hint was.
func (r *Receiver) heard(ctx context.Context, p ledger.Payout, raw []byte) (seen bool, hint time.Time, err error) {
	for event, err := range r.o.Book.Events(ctx, p.ID) {
		if err != nil {
			return false, time.Time{}, err
		}
		if event.Actor != ledger.ActorCallback {
			continue
		}
		if event.Kind == string(ledger.Hint) {
			hint = event.At
		}
		seen = seen || bytes.Equal(event.Evidence, raw)
	}
	return seen, hint, nil
}

func requestOf(p ledger.Payout) paypro.Request {
	return paypro.Request{TradeNo: p.TradeNo, Amount: p.Amount, Values: p.Fields}
}
