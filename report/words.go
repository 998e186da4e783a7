package report

import (
	"context"
	"strings"

	"github.com/bulkpay/bulkpay/internal/lang"
	"github.com/bulkpay/bulkpay/ledger"
)

// someone is on whose word a payout stands if the history is not at hand, and
// onWord is how advice says so.
const (
	someone = "a person"
	onWord  = "on a person's word"
)

// terms are the words that come as data and have a fixed list: the buckets,
// the classes of the matching, the names of equations and of their terms.
// What is not among them is shown as it is.
var terms = map[string]lang.Key{
	"sheet": "sheet", "total": "total", "gateway": "gateway", "balance": "balance", "statement": "statement",

	ledger.BucketInvalid: "invalid", ledger.BucketKnown: "known", ledger.BucketHeld: "held",
	ledger.BucketCancelled: "cancelled", ledger.BucketWaiting: "waiting", ledger.BucketInDoubt: "in doubt",
	ledger.BucketProcessing: "processing", ledger.BucketSucceeded: "succeeded", ledger.BucketFailed: "failed",
	ledger.BucketRejected: "rejected", ledger.BucketReversed: "reversed",

	Matched: "matched", AmountDiffers: "amount differs", StatusDiffers: "status differs", MissingThere: "missing there",
	UnknownToUs: "unknown to us", DoubledThere: "doubled there", Timing: "timing",

	// Of the gateway's equation, the balance's and the statements'.
	"sent": "sent", "paid": "paid##of payouts", "in progress": "in progress", "refused": "refused",
	"not known there": "not known there", "does not fit": "does not fit",
	"nothing definite": "nothing definite", "on a person's word": "on a person's word",
	"opening balance": "opening balance", "closing balance": "closing balance", "fees": "fees",
	"paid by other batches": "paid by other batches", "came back": "came back",
	"moved between the runs": "moved between the runs",
	"on the statement":       "on the statement", "paid here in its days": "paid here in its days",
	"other period": "other period", "elsewhere": "elsewhere", "repeated": "repeated",

	string(Tied): "TIED", string(NotTied): "NOT TIED", string(NotKnown): "NOT KNOWN",
}

// said is the kind of a person's word on which alone a payout stands: that it
// was paid, or that it was not. ok is false if an answer of the gateway stands
// behind it, or nothing is settled.
func said(p ledger.Payout) (kind ledger.Kind, ok bool) {
	switch {
	case p.Reason == ledger.ReasonSaidPaid && p.State == ledger.Succeeded:
		return ledger.SaidPaid, true
	case p.Reason == ledger.ReasonSaidNotPaid && (p.State == ledger.Failed || p.State == ledger.Reversed):
		return ledger.SaidNotPaid, true
	}
	return "", false
}

// nameSpeaker puts into a row who it is on whose word the payout stands. Such
// rows are few, so the history is read for each of them.
func (s *section) nameSpeaker(ctx context.Context, e *entry, p *ledger.Payout) error {
	if e.WordOf == "" || s.History == nil {
		return nil
	}
	kind, _ := said(*p)
	for event, err := range s.History(ctx, p.ID) {
		if err != nil {
			return err
		}
		if event.Kind == string(kind) && event.Actor != "" {
			e.WordOf = event.Actor
		}
	}
	if e.WordOf == someone {
		return nil
	}
	e.Reason = spokenBy(s.part.Lang, e.Reason, e.WordOf)
	e.Plain.Reason = spokenBy(lang.English, e.Plain.Reason, e.WordOf)
	return nil
}

// spokenBy names the person in a reason. The person's own words come after
// ours, so the first place is ours.
func spokenBy(l lang.Lang, reason, who string) string {
	named := strings.Replace(reason, l.Text(onWord), l.Text("on the word of %s", who), 1)
	if named == reason {
		named = alsoSays(reason, l.Text("said by %s", who))
	}
	return named
}
