package report

import (
	"fmt"
	"strings"
	"time"

	"github.com/bulkpay/bulkpay/internal/mask"
	"github.com/bulkpay/bulkpay/internal/money"
	"github.com/bulkpay/bulkpay/ledger"
)

// entry is one row of the report, the same in every form.
type entry struct {
	Row             int
	TradeNo         string
	PlatformTradeNo string
	Payee           string
	Account         string // masked
	Bank            string
	Amount          money.Amount
	Readable        bool // Amount could be read
	Bucket          string
	State           string // "invalid" or "known" for rows that are no payout of the batch
	Code            string
	Message         string // the gateway's words
	Reason          string
	Action          string
	Flagged         bool
	Attempts        int
	Submitted       time.Time
	Final           time.Time
	Since           time.Time // what is open: since when nobody knows how it ends
	Age             string    // the same in words, at the moment the report speaks of: "3 days"
	WordOf          string    // the person on whose word alone it counts as paid or as not paid
	Problems        []string  // of an invalid row

	Replaces   string // the payout that was called off and that this one stands in for
	ReplacedBy string // the payout that stands in for this one

	Known *ledger.KnownRow // the payout of an earlier batch that the row is
}

func newEntry(line ledger.Line, explain func(ledger.Payout) Advice) (entry, error) {
	switch p, invalid, known := line.Payout, line.Invalid, line.Known; {
	case p != nil && invalid == nil && known == nil:
		advice := Replaced(explain(*p), *p)
		e := entry{
			Row:             line.Row,
			TradeNo:         p.TradeNo,
			PlatformTradeNo: p.PlatformTradeNo,
			Payee:           p.PayeeName,
			Account:         mask.Account(p.PayeeAccount),
			Bank:            p.Bank,
			Amount:          p.Amount,
			Readable:        true,
			Bucket:          p.State.Bucket(),
			State:           string(p.State),
			Code:            p.Code,
			Message:         p.Message,
			Reason:          advice.Reason,
			Action:          advice.Action,
			Flagged:         p.Flagged,
			Attempts:        p.Sends(),
			Submitted:       p.SubmittedAt,
			Final:           p.FinalAt,
			Since:           openSince(*p),
			Replaces:        p.Replaces,
			ReplacedBy:      p.ReplacedBy,
		}
		if _, ok := said(*p); ok {
			e.WordOf = someone
		}
		if p.OwnWords() || e.WordOf != "" {
			e.Message = "" // the reason has it; the gateway has said nothing
		}
		return e, nil
	case p == nil && invalid == nil && known != nil:
		return knownEntry(known), nil
	case p == nil && invalid != nil && known == nil:
		e := entry{
			Row:      line.Row,
			Readable: invalid.Readable,
			Bucket:   ledger.BucketInvalid,
			State:    ledger.BucketInvalid,
			Reason:   strings.Join(invalid.Problems, "; "),
			Action:   "correct the row in the sheet and pay it in a new batch",
			Problems: invalid.Problems,
		}
		if e.Readable {
			e.Amount = invalid.Amount
		}
		return e, nil
	}
	return entry{}, fmt.Errorf("row %d is not one of a payout, an invalid and a known row", line.Row)
}

// knownEntry is a row that is a payout of an earlier batch: it names the
// payout and the payee as they stand there.
func knownEntry(k *ledger.KnownRow) entry {
	e := entry{
		Row:      k.Row,
		TradeNo:  k.TradeNo,
		Payee:    k.PayeeName,
		Account:  mask.Account(k.PayeeAccount),
		Bank:     k.Bank,
		Readable: k.Readable,
		Bucket:   ledger.BucketKnown,
		State:    ledger.BucketKnown,
		Reason:   fmt.Sprintf("is a payout of batch %s already, row %s: %s; nothing is paid for it here", k.Batch, group(k.BatchRow), k.State.Bucket()),
		Known:    k,
	}
	if k.Readable {
		e.Amount = k.Amount
	}
	for _, note := range k.Notes {
		e.Reason += "; " + note
	}
	switch {
	case k.State.CalledOff():
		e.Action = "it was not paid there: the report of batch " + k.Batch + " says what to do"
	case len(k.Notes) > 0:
		e.Action = "compare the row with the report of batch " + k.Batch + ": what was sent stands"
	}
	return e
}

// openSince is since when a payout has been open: its last request, or, if it was
// never sent, the moment it was held. It is zero for all others.
func openSince(p ledger.Payout) time.Time {
	switch p.State.Bucket() {
	case ledger.BucketHeld, ledger.BucketInDoubt, ledger.BucketProcessing:
	default:
		return time.Time{}
	}
	if p.Sends() > 0 && !p.SubmittedAt.IsZero() {
		return p.SubmittedAt
	}
	return p.UpdatedAt
}

// growOld sets the age as it was at a moment of the ledger, never as it is
// now: the same ledger gives the same report.
func (e *entry) growOld(at time.Time) {
	if !e.Since.IsZero() && !at.IsZero() {
		e.Age = age(at.Sub(e.Since))
	}
}

// exception tells whether a person must look at the row. Paid rows and rows
// whose turn has not come are in order, unless an answer contradicted another,
// and so are payouts of an earlier batch, whose report has them, unless the
// row says something else than that payout or counts on one that failed. What
// rests on a person's word is always shown: no answer stands behind it.
func (e entry) exception() bool {
	if e.Bucket == ledger.BucketKnown {
		return e.Action != ""
	}
	return e.Flagged || e.WordOf != "" || e.Bucket != ledger.BucketSucceeded && e.Bucket != ledger.BucketWaiting
}

// Explain is the plain advice that follows from the state alone. A command
// that knows the gateway's codes gives better advice by [Options].Explain and
// may fall back on this.
func Explain(p ledger.Payout) Advice {
	advice := adviceOf[p.State]
	_, spoken := said(p)
	switch {
	case spoken:
		advice = wordAdvice[p.State]
	case p.State == ledger.Held && p.Reason == ledger.ReasonSuspect:
		advice = Advice{
			"held, because it looks like another payout",
			fmt.Sprintf("look at both; if this one is meant, too: bulkpay release %[1]s --reason …; if not: bulkpay cancel %[1]s --reason …", p.TradeNo),
		}
	}
	if (p.OwnWords() || spoken) && p.Message != "" {
		advice.Reason += ": " + p.Message
	}
	if spoken {
		advice.Reason += "; no answer of the gateway stands behind it"
	}
	if p.Flagged {
		advice.Reason += "; an answer of the gateway contradicts another"
		advice.Action = "read its history and ask the gateway which answer holds"
	}
	return advice
}

// Replaced adds to the advice about a payout which one it stands in for and
// which one stands in for it. What was replaced is never to be paid again,
// whatever the advice was.
func Replaced(advice Advice, p ledger.Payout) Advice {
	if p.Replaces != "" {
		advice.Reason = alsoSays(advice.Reason, "stands in for payout "+p.Replaces)
	}
	if p.ReplacedBy == "" {
		return advice
	}
	advice.Reason = alsoSays(advice.Reason, "was replaced by payout "+p.ReplacedBy)
	if p.State.CalledOff() && !p.Flagged {
		advice.Action = ""
	}
	advice.Action = alsoSays(advice.Action, "do not pay it again: payout "+p.ReplacedBy+" was made in its place")
	return advice
}

// alsoSays adds a clause to a text, or a sentence to one of sentences.
func alsoSays(text, clause string) string {
	switch {
	case text == "":
		return clause
	case strings.HasSuffix(text, "."):
		return text + " " + strings.ToUpper(clause[:1]) + clause[1:] + "."
	}
	return text + "; " + clause
}

// wordAdvice is for what stands on a person's word alone.
var wordAdvice = map[ledger.State]Advice{
	ledger.Succeeded: {"paid " + onWord, "keep what the word rests on with this report"},
	ledger.Failed:    {"not paid " + onWord, "keep what the word rests on with this report, then pay it again as a new payout"},
	ledger.Reversed:  {"was reported as paid, and is not any more " + onWord, "ask the gateway where the money is before anything is paid again"},
}

var adviceOf = map[ledger.State]Advice{
	ledger.Ready: {"checked and numbered, not sent yet", ""},
	ledger.Held:  {"held back until a person decides", "decide whether it goes on or is withdrawn"},
	ledger.Submitting: {
		"a request is on its way or was interrupted",
		"do not pay it by other means; let the gateway be asked",
	},
	ledger.InDoubt: {
		"a request may have arrived and no trustworthy answer says what became of it",
		"do not pay it by other means; let the gateway be asked",
	},
	ledger.Processing: {"accepted by the gateway and not final yet", "wait for the final answer"},
	ledger.Succeeded:  {"paid", ""},
	ledger.Failed: {
		"accepted by the gateway and definitely not paid",
		"find the cause, then pay it again as a new payout",
	},
	ledger.Rejected: {
		"refused by the gateway; no order was made",
		"correct what it names, then pay it again as a new payout",
	},
	ledger.Cancelled: {"withdrawn before it was ever sent", ""},
	ledger.Reversed: {
		"was paid, and the gateway says it is not any more",
		"ask the gateway where the money is before anything is paid again",
	},
}
