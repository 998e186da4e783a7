package dispatch

import (
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

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

// shortestPersonal is the fewest characters of a value worth looking for in
// the gateway's words: shorter ones occur by chance.
const shortestPersonal = 4

// impersonal takes a person's data out of the gateway's words, in whatever
// case it repeats them, before they get into reports and onto screens (P8).
func impersonal(area *paypro.Area, message string, p ledger.Payout) string {
	if message == "" {
		return ""
	}
	var personal []string
	for i := range area.Fields {
		field := &area.Fields[i]
		value := p.Fields[field.Name]
		if field.Personal && utf8.RuneCountInString(value) >= shortestPersonal && containsFold(message, value) {
			personal = append(personal, value)
		}
	}
	// The longest first: a phone number may be part of an account number,
	// and without it the rest would no longer be found.
	slices.SortFunc(personal, func(a, b string) int { return len(b) - len(a) })
	for _, value := range personal {
		message = regexp.MustCompile("(?i)"+regexp.QuoteMeta(value)).ReplaceAllLiteralString(message, "[…]")
	}
	return message
}

func containsFold(text, part string) bool {
	return strings.Contains(strings.ToLower(text), strings.ToLower(part))
}
