package ledger

import (
	"context"
	"encoding/json"
	"fmt"
)

// Refusal is why a person's word cannot do what it says.
type Refusal string

// The refusals. Each has its own remedy.
const (
	WordState         Refusal = "state"         // a payout in this state has no use for the word
	WordAlready       Refusal = "already"       // it is so already
	WordRunning       Refusal = "running"       // a request is on its way: the run will say, or the next one will ask
	WordNeverSent     Refusal = "never sent"    // nothing has become of it yet: release or cancel it
	WordSent          Refusal = "sent"          // it may have reached the gateway: resolve it instead
	WordKnown         Refusal = "known"         // the gateway has shown that it knows the number: it is never sent again
	WordContradiction Refusal = "contradiction" // answers contradict one another: it is never sent again
)

// WordError refuses what a person's word cannot do to a payout as it stands.
type WordError struct {
	TradeNo string
	Kind    Kind // Release, Cancel, SaidPaid, SaidNotPaid or Resend
	State   State
	Why     Refusal

	// Evidence: a request may have left, or the gateway has shown that it
	// knows the payout, and the word was one for what was never sent.
	Evidence bool
}

func (e *WordError) Error() string {
	what := map[Kind]string{
		Release: "released", Cancel: "cancelled", SaidPaid: "called paid", SaidNotPaid: "called not paid", Resend: "sent again",
	}[e.Kind]
	because := map[Refusal]string{
		WordState:         fmt.Sprintf("it is %s", e.State),
		WordAlready:       fmt.Sprintf("it is %s already", e.State),
		WordRunning:       "a request for it is on its way: wait for the run to end, or start one that asks",
		WordNeverSent:     fmt.Sprintf("it is %s and was never sent: it is released or cancelled instead", e.State),
		WordSent:          fmt.Sprintf("it is %s and may have reached the gateway: an answer of the gateway moves it, or a word about what became of it", e.State),
		WordKnown:         "the gateway has shown that it knows it",
		WordContradiction: fmt.Sprintf("it is %s by answers that contradict one another", e.State),
	}[e.Why]
	return fmt.Sprintf("payout %s cannot be %s: %s", e.TradeNo, what, because)
}

// Resolve records what a person has seen of a payout that may have been sent:
// SaidPaid, SaidNotPaid, or, with Resend, that it may be sent once more with
// the same number. Resend sends nothing by itself: the payout is in doubt, is
// asked about, and leaves only when the gateway has denied it as often and as
// long as any other. What the word cannot do is a [WordError], and nothing has
// changed. Who and why are kept in the history; of what is said to be paid
// they are the evidence.
//
// It may be called while a run is under way, here or in another process.
func (l *Ledger) Resolve(ctx context.Context, tradeNo string, as Kind, actor, reason string) (Payout, error) {
	switch as {
	case SaidPaid, SaidNotPaid, Resend:
		return l.word(ctx, tradeNo, as, actor, reason)
	}
	return Payout{}, fmt.Errorf("ledger: %q is no word about a payout", as)
}

// statement is the evidence of a person's word.
type statement struct {
	Who    string `json:"who"`
	Word   Kind   `json:"word"`
	Reason string `json:"reason"`
}

// swear puts the person's own statement behind a person's word. No word
// stands for an answer: it names no number of the gateway's.
func (o *Outcome) swear() (err error) {
	switch o.Kind {
	case Hold, Release, Cancel:
		o.PlatformTradeNo, o.Known = "", false
	case SaidPaid, SaidNotPaid, Resend:
		o.PlatformTradeNo, o.Known = "", false
		o.Evidence, err = json.Marshal(statement{Who: o.Actor, Word: o.Kind, Reason: o.Message})
	}
	return err
}

// refusal is why a word can do nothing to a payout as it stands; "" if it can.
func (p Payout) refusal(kind Kind) Refusal {
	moves := !decide(standing{state: p.State, sends: p.Sends(), known: p.known, conflict: p.conflict}, kind, fromQuery).ignored
	switch {
	case kind == Release || kind == Cancel:
		if p.heardOf() {
			return WordSent
		}
	case p.State == Submitting:
		return WordRunning
	case kind == Resend && p.State == InDoubt && p.resendsTo > p.Sends():
		return WordAlready // a second word would only make the denials count anew
	}
	if moves {
		return ""
	}
	switch {
	case p.isAlready(kind):
		return WordAlready
	case kind == Release || kind == Cancel || p.State.Final():
		return WordState
	case p.Sends() == 0 && !p.known:
		return WordNeverSent
	case p.conflict:
		return WordContradiction
	case p.known:
		return WordKnown
	}
	return WordState
}

// isAlready tells whether a payout stands where a word would bring it.
func (p Payout) isAlready(kind Kind) bool {
	switch kind {
	case Release:
		return p.State == Ready
	case Cancel:
		return p.State == Cancelled
	case SaidPaid:
		return p.State == Succeeded
	case SaidNotPaid:
		return p.State.CalledOff()
	case Resend:
		return p.State == Ready && p.Sends() > 0
	}
	return false
}
