package report

import (
	"context"
	"strings"

	"github.com/bulkpay/bulkpay/ledger"
)

// someone is on whose word a payout stands if the history is not at hand, and
// onWord is how advice says so.
const (
	someone = "a person"
	onWord  = "on a person's word"
)

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
func (s Batch) nameSpeaker(ctx context.Context, e *entry, p *ledger.Payout) error {
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
	// The person's own words come after ours, so the first place is ours.
	named := strings.Replace(e.Reason, onWord, "on the word of "+e.WordOf, 1)
	if named == e.Reason {
		named = alsoSays(e.Reason, "said by "+e.WordOf)
	}
	e.Reason = named
	return nil
}
