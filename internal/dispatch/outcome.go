package dispatch

import (
	"time"

	"github.com/bulkpay/bulkpay/ledger"
	"github.com/bulkpay/bulkpay/paypro"
)

// ReasonNotSent is why a payout is ready that was claimed and not sent.
const ReasonNotSent = "stopped_before_sending"

// requestOf is what the gateway is asked to do for a payout.
func requestOf(p ledger.Payout) paypro.Request {
	return paypro.Request{TradeNo: p.TradeNo, Amount: p.Amount, Values: p.Fields}
}

// kinds says what each verdict is to the ledger.
var kinds = map[paypro.Kind]ledger.Kind{
	paypro.InDoubt:    ledger.Doubt,
	paypro.Succeeded:  ledger.Paid,
	paypro.Processing: ledger.Accepted,
	paypro.Failed:     ledger.NotPaid,
	paypro.Refused:    ledger.Refused,
	paypro.NotSent:    ledger.NotSent,
	paypro.Unknown:    ledger.Unknown,
	paypro.NoAnswer:   ledger.NoAnswer,
	paypro.Conflict:   ledger.Conflict,
}

// outcomeOf is what a verdict is to the ledger. attempt is 0 for a query.
// The verdict's message is impersonal by now.
func outcomeOf(p ledger.Payout, attempt int, v paypro.Verdict, next time.Time) ledger.Outcome {
	actor := ledger.ActorSubmit
	if attempt == 0 {
		actor = ledger.ActorSettle
	}
	return ledger.Outcome{
		Payout: p, Attempt: attempt, Kind: kinds[v.Kind], Reason: string(v.Reason), Code: v.Code,
		Message: v.Message, PlatformTradeNo: v.PlatformTradeNo, Evidence: v.Raw,
		Actor: actor, NextAsk: next, Date: v.Date,
		// Refused because the number is taken: so the gateway knows it.
		Known: v.Reason == paypro.ReasonDuplicateNumber,
	}
}
