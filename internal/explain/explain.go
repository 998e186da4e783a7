// Package explain says in plain words why a payout stands as it does and
// what to do about it, in commands that can be pasted:
//
//	advice := explain.In(batch, payout)
//
// Every reason token that the ledger can hold is in its table; a test holds
// the table complete. Two rules stand above the table. Nobody is told to pay
// again what may have been paid: that takes a payout that is failed or refused
// for good, and answers that agree. And a reason that does not fit the state,
// because it is a later attempt's or a callback's, never hides the state.
package explain

import (
	"fmt"
	"slices"
	"strings"

	"github.com/bulkpay/bulkpay/ledger"
	"github.com/bulkpay/bulkpay/paypro"
)

// Advice is for people: why it is so, and what to do now. Action is empty
// when there is nothing to do.
type Advice struct{ Reason, Action string }

// In explains how a payout of a batch stands.
func In(batch ledger.Batch, p ledger.Payout) Advice {
	advice := Payout(batch.Merchant.Area, p)
	advice.Action = pasteable(advice.Action, batch)
	return advice
}

// Payout explains how a payout of an area stands, where its batch is not at
// hand: commands about the batch say BATCH.
func Payout(area string, p ledger.Payout) Advice {
	advice := decided(fitting(p), p)
	if words := codeWords(area, p); words != "" {
		advice.Reason += " " + words
	}
	if p.Flagged {
		advice.Reason += " Answers about it contradict each other."
		if p.State != ledger.Reversed {
			advice.Action = support
		}
	}
	advice.Action = byWord(advice.Action, p)
	if p.TradeNo != "" {
		advice.Action = strings.ReplaceAll(advice.Action, "TRADENO", p.TradeNo)
	}
	return advice
}

const turnedDown = "Its latest attempt was turned down; an earlier one may have been accepted."

// contradictions are the reasons that say what contradicts what.
var contradictions = map[string]bool{
	string(paypro.ReasonAmountDiffers): true, string(paypro.ReasonAmountUnread): true,
	ledger.ReasonNumberDiffers: true, ledger.ReasonNumberTaken: true, ledger.ReasonDenied: true,
}

// belong are the reasons that a final state can have. With any other, the
// latest news did not make the state: it contradicts it, or was only a hint.
var belong = map[ledger.State][]string{
	ledger.Succeeded: {string(paypro.ReasonPaid), ledger.ReasonSaidPaid},
	ledger.Failed:    {string(paypro.ReasonFailed), ledger.ReasonSaidNotPaid},
	ledger.Rejected:  {string(paypro.ReasonRefused), string(paypro.ReasonCredentials)},
	ledger.Cancelled: {ledger.ReasonWithdrawn},
	ledger.Reversed:  {string(paypro.ReasonFailed), ledger.ReasonSaidNotPaid},
}

// fitting is what the reason says, or the state where the reason alone would
// mislead. Above all, nobody is told to pay again unless the payout is failed
// or refused for good: the reason may be a later attempt's, and an earlier one
// may have been paid.
func fitting(p ledger.Payout) Advice {
	advice, ok := reasons[p.Reason]
	payAgain := advice.Action == correct || advice.Action == recheck || advice.Action == certain
	switch {
	case !ok, p.Flagged && !contradictions[p.Reason] && !spoken(p), p.State == ledger.Reversed && !spoken(p):
		return states[p.State]
	case p.State.Final() && !slices.Contains(belong[p.State], p.Reason):
		advice = states[p.State]
		advice.Reason += " There was a hint that says otherwise, which proves nothing."
		advice.Action = ask
	case p.State == ledger.Held && p.Reason == ledger.ReasonAdopted:
		advice = Advice{"It was held and unsent in an old copy of the ledger; it may have been released and sent before that copy took the ledger's place.", support}
	case p.State == ledger.Reversed:
		advice = Advice{"It was reported as paid, and is not on a person's word.", account}
	case p.State == ledger.Rejected && p.Reason == string(paypro.ReasonCredentials):
		advice.Action = doctor + " " + again
	case payAgain && p.State == ledger.Held:
		advice = Advice{turnedDown, support}
	case payAgain && !p.State.Final():
		advice = Advice{turnedDown, ask}
	}
	return advice
}

// spoken tells whether a person's word is what made the state.
func spoken(p ledger.Payout) bool {
	switch p.Reason {
	case ledger.ReasonSaidPaid:
		return p.State == ledger.Succeeded
	case ledger.ReasonSaidNotPaid:
		return p.State == ledger.Failed || p.State == ledger.Reversed
	}
	return false
}

// decided adds what a person or a rule said, and what a person can do about
// what a rule holds. A reason that does not fit the state says nothing.
func decided(advice Advice, p ledger.Payout) Advice {
	where := map[string][]ledger.State{
		ledger.ReasonSuspect:     {ledger.Held},
		ledger.ReasonAboveLimit:  {ledger.Held},
		ledger.ReasonReleased:    {ledger.Ready},
		ledger.ReasonWithdrawn:   {ledger.Cancelled},
		ledger.ReasonResend:      {ledger.InDoubt},
		ledger.ReasonSaidPaid:    {ledger.Succeeded},
		ledger.ReasonSaidNotPaid: {ledger.Failed, ledger.Reversed},
	}
	fits, ok := where[p.Reason]
	switch {
	case !ok:
		return advice
	case !slices.Contains(fits, p.State):
		return states[p.State]
	}
	if p.Message != "" {
		advice.Reason = strings.TrimSuffix(advice.Reason, ".") + ": " + p.Message
		if !strings.HasSuffix(advice.Reason, ".") {
			advice.Reason += "."
		}
	}
	if spoken(p) {
		advice.Reason += " No answer of the gateway stands behind it."
	}
	if p.State == ledger.Held {
		advice.Action += Decide(p.TradeNo)
	}
	return advice
}

// codeWords is what the area's documents say of the code behind a state.
func codeWords(area string, p ledger.Payout) string {
	known, ok := paypro.LookupArea(area)
	if !ok || p.Code == "" || p.State == ledger.Succeeded || p.State == ledger.Processing {
		return ""
	}
	if status, ok := known.Statuses[p.Code]; ok {
		return fmt.Sprintf("Code %s: %s.", p.Code, status.Text)
	}
	if text, ok := known.Outers[p.Code]; ok {
		return fmt.Sprintf("Code %s: %s.", p.Code, text)
	}
	return fmt.Sprintf("Code %s is not in the gateway's documents.", p.Code)
}
