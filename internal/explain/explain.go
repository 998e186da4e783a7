// Package explain says in plain words why a payout stands as it does and
// what to do about it, in commands that can be pasted and in the reader's
// language:
//
//	advice := explain.In(batch, payout)                       // English
//	advice := explain.Speak(lang.Spanish).In(batch, payout)
//
// and what every code, reason, state and word that bulkpay shows means, whose
// job it is, and whether it is safe to pay again:
//
//	entries := explain.Find("00029", area) // area nil: in all of them
//
// Every reason token that the ledger can hold is in its table; a test holds
// the table complete. Two rules stand above the table. Nobody is told to pay
// again what may have been paid: that takes a payout that is failed or refused
// for good, and answers that agree. And a reason that does not fit the state,
// because it is a later attempt's or a callback's, never hides the state.
// Tests hold both rules for every combination and in every language.
package explain

import (
	"slices"
	"strings"

	"github.com/bulkpay/bulkpay/internal/lang"
	"github.com/bulkpay/bulkpay/ledger"
	"github.com/bulkpay/bulkpay/paypro"
)

// Advice is for people: why it is so, and what to do now. Action is empty
// when there is nothing to do.
type Advice struct{ Reason, Action string }

// A Speaker explains in a language. It may be used from several goroutines.
type Speaker struct{ Lang lang.Lang }

// Speak is who explains in a language.
func Speak(l lang.Lang) Speaker { return Speaker{l} }

// In explains how a payout of a batch stands, in English.
func In(batch ledger.Batch, p ledger.Payout) Advice { return Speaker{}.In(batch, p) }

// Payout explains how a payout of an area stands, in English, where its batch
// is not at hand: commands about the batch say BATCH.
func Payout(area string, p ledger.Payout) Advice { return Speaker{}.Payout(area, p) }

// In explains how a payout of a batch stands.
func (s Speaker) In(batch ledger.Batch, p ledger.Payout) Advice {
	advice := s.Payout(batch.Merchant.Area, p)
	advice.Action = pasteable(advice.Action, batch)
	return advice
}

// Payout explains how a payout of an area stands, where its batch is not at
// hand: commands about the batch say BATCH.
func (s Speaker) Payout(area string, p ledger.Payout) Advice {
	told := advised(p)
	advice := Advice{s.reason(told, p), ""}
	if words := s.codeWords(area, p); words != "" {
		advice.Reason = s.join(advice.Reason, words)
	}
	if p.Flagged {
		advice.Reason = s.join(advice.Reason, s.Lang.Text("Answers about it contradict each other."))
	}
	advice.Action = s.sentences(told.action.says...)
	if told.action.is(support) {
		if words := s.byWord(p); words != "" {
			advice.Action = s.join(advice.Action, words)
		}
	}
	if p.TradeNo != "" {
		advice.Action = strings.ReplaceAll(advice.Action, "TRADENO", p.TradeNo)
	}
	return advice
}

// Whose is whose job a payout is, as it stands.
func (s Speaker) Whose(p ledger.Payout) Whose {
	return advised(p).action.whose
}

// advised is everything that is to be said of a payout as it stands.
func advised(p ledger.Payout) words {
	told := decided(fitting(p), p)
	if p.Flagged && p.State != ledger.Reversed {
		told.action = support
	}
	told.action = closer(p.Code, told.action)
	return told
}

// reason puts the sentences together with what a person or a rule said.
func (s Speaker) reason(told words, p ledger.Payout) string {
	text := s.sentences(told.reason...)
	if told.quotes && p.Message != "" {
		text = s.because(text, p.Message)
	}
	if told.quotes && spoken(p) {
		text = s.join(text, s.Lang.Text("No answer of the gateway stands behind it."))
	}
	return text
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
func fitting(p ledger.Payout) words {
	told, ok := reasons[p.Reason]
	payAgain := told.action.paysAnew()
	switch {
	case !ok, p.Flagged && !contradictions[p.Reason] && !spoken(p), p.State == ledger.Reversed && !spoken(p):
		return states[p.State]
	case p.State.Final() && !slices.Contains(belong[p.State], p.Reason):
		return words{reason: []lang.Key{states[p.State].reason[0], "There was a hint that says otherwise, which proves nothing."}, action: ask}
	case p.State == ledger.Held && p.Reason == ledger.ReasonAdopted:
		return say("It was held and unsent in an old copy of the ledger; it may have been released and sent before that copy took the ledger's place.", support)
	case p.State == ledger.Reversed:
		return say("It was reported as paid, and is not on a person's word.", account)
	case p.State == ledger.Rejected && p.Reason == string(paypro.ReasonCredentials):
		told.action = refused
	case payAgain && p.State == ledger.Held:
		return say(turnedDown, support)
	case payAgain && !p.State.Final():
		return say(turnedDown, ask)
	}
	return told
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

// owned are the states that a person's or a rule's own decision can have made.
var owned = map[string][]ledger.State{
	ledger.ReasonSuspect:     {ledger.Held},
	ledger.ReasonAboveLimit:  {ledger.Held},
	ledger.ReasonReleased:    {ledger.Ready},
	ledger.ReasonWithdrawn:   {ledger.Cancelled},
	ledger.ReasonResend:      {ledger.InDoubt},
	ledger.ReasonSaidPaid:    {ledger.Succeeded},
	ledger.ReasonSaidNotPaid: {ledger.Failed, ledger.Reversed},
}

// decided adds what a person or a rule said, and what a person can do about
// what a rule holds. A reason that does not fit the state says nothing.
func decided(told words, p ledger.Payout) words {
	fits, ok := owned[p.Reason]
	switch {
	case !ok:
		return told
	case !slices.Contains(fits, p.State):
		return states[p.State]
	}
	told.quotes = true
	if p.State == ledger.Held {
		told.action.says = append(slices.Clone(told.action.says), releaseIt)
	}
	return told
}

// codeWords is what the area's documents say of the code behind a state.
func (s Speaker) codeWords(area string, p ledger.Payout) string {
	known, ok := paypro.LookupArea(area)
	if !ok || p.Code == "" || p.State == ledger.Succeeded || p.State == ledger.Processing {
		return ""
	}
	text, ok := known.Outers[p.Code]
	if status, inner := known.Statuses[p.Code]; inner {
		text, ok = status.Text, true
	}
	if !ok {
		return s.Lang.Text("Code %s is not in the gateway's documents.", p.Code)
	}
	return s.Lang.Text("Code %s: %s.", p.Code, s.documented(text))
}

// documented is what the gateway's documents say of a code.
func (s Speaker) documented(text string) string { return s.Lang.Text(lang.Key(text + inDocuments)) }

// inDocuments sets the words of the documents apart from others that are the
// same in English.
const inDocuments = "##a code of the gateway"
