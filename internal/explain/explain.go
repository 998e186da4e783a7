// Package explain says in plain words why a payout stands as it does and
// what to do about it. Every reason token that the ledger can hold is in its
// table; a test holds the table complete.
package explain

import (
	"fmt"
	"strings"

	"github.com/bulkpay/bulkpay/ledger"
	"github.com/bulkpay/bulkpay/paypro"
)

// Advice is for people: why it is so, and what to do now. Action is empty
// when there is nothing to do.
type Advice struct{ Reason, Action string }

// The things a person may have to do.
const (
	wait     = "Nothing now. Run the same command again later: it asks until there is an answer."
	ask      = "Do not pay again. Run the same command again later: it asks what became of it."
	support  = "Do not pay again. Ask the gateway's support about this tradeNo."
	correct  = "Check the payee's details with them. A new payout is a new row in a new sheet."
	recheck  = "Find out from the gateway's support why, then pay it in a new sheet."
	sendHint = "Run the same command again: it goes on where it stopped."
	doctor   = "Run `bulkpay doctor` and set right the merchant's settings."
)

// reasons has the words for every token, of paypro, ledger and dispatch.
var reasons = map[string]Advice{
	string(paypro.ReasonPaid):            {"Paid.", ""},
	string(paypro.ReasonProcessing):      {"Accepted by the gateway, not final yet.", wait},
	string(paypro.ReasonFailed):          {"Not paid: the gateway reports a failure.", correct},
	string(paypro.ReasonRefused):         {"Refused by the gateway: no order was made.", recheck},
	string(paypro.ReasonDuplicateNumber): {"The gateway says that it knows this number already.", ask},
	string(paypro.ReasonUnknownCode):     {"The gateway answered with a code that its documents do not have; the order may exist.", ask},
	string(paypro.ReasonSystemError):     {"The gateway reported a system error; the order may exist.", ask},
	string(paypro.ReasonUnclearStatus):   {"The gateway gave a status that does not settle whether money moved.", support},
	string(paypro.ReasonHTTPStatus):      {"Something between here and the gateway answered instead of it.", ask},
	string(paypro.ReasonThrottled):       {"The gateway asked to slow down; the order may exist.", ask},
	string(paypro.ReasonCredentials):     {"The gateway refuses the merchant number or the secret.", doctor + " " + ask},
	string(paypro.ReasonUnreadable):      {"The answer could not be read.", ask},
	string(paypro.ReasonTooLong):         {"The answer was longer than any answer should be.", ask},
	string(paypro.ReasonContradiction):   {"The answer contradicts itself.", ask},
	string(paypro.ReasonOtherNumber):     {"The answer was about another payout.", ask},
	string(paypro.ReasonNoNumber):        {"The answer did not say which payout it is about.", ask},
	string(paypro.ReasonNoPlatform):      {"The answer lacked the gateway's own number.", ask},
	string(paypro.ReasonAmountDiffers):   {"The gateway names another amount than was ordered.", support},
	string(paypro.ReasonAmountUnread):    {"The gateway names an amount that cannot be read.", support},
	string(paypro.ReasonTimeout):         {"No answer in time; the order may exist.", ask},
	string(paypro.ReasonConnectionLost):  {"The connection broke before the answer; the order may exist.", ask},
	string(paypro.ReasonNotConnected):    {"The gateway could not be reached; nothing was sent.", sendHint},
	string(paypro.ReasonStopped):         {"The run was stopped while waiting for the answer; the order may exist.", ask},
	string(paypro.ReasonUnknownNumber):   {"The gateway says that it does not know this number.", ask},
	string(paypro.ReasonQueryRefused):    {"The gateway did not answer the question what became of it.", ask},
	string(paypro.ReasonInvalidRequest):  {"The request cannot be written; it was never sent.", "Tell whoever looks after bulkpay."},

	ledger.ReasonNumberDiffers: {"The gateway names two different numbers of its own for this payout.", support},
	ledger.ReasonNumberTaken:   {"The gateway gave this payout and another one the same number.", support},
	ledger.ReasonDenied:        {"The gateway accepted it and now denies knowing it.", support},
	ledger.ReasonSpent:         {"The gateway keeps denying it after as many attempts as are allowed.", support},
	ledger.ReasonSendAgain:     {"The gateway denied knowing it often and long enough; it is sent once more with the same number.", sendHint},

	ledger.ReasonSuspect:   {"Held, because it looks like another payout.", ""}, // what to do names the payout
	ledger.ReasonReleased:  {"A person has released it.", sendHint},
	ledger.ReasonWithdrawn: {"Withdrawn by a person before it was sent.", ""},

	ledger.ReasonIntent:      {"On its way; there is no answer yet.", ask},
	ledger.ReasonInterrupted: {"A run was interrupted while this was on its way; the order may exist.", ask},
	"stopped_before_sending": {"Not sent: the run was stopped before.", sendHint},
	"answer_not_recordable":  {"There was an answer that the ledger did not take; it is asked for again.", ask},
}

// states has the words for payouts without a reason of their own.
var states = map[ledger.State]Advice{
	ledger.Ready:      {"Not sent yet.", sendHint},
	ledger.Held:       {"Held for a decision.", "Look at its history: bulkpay show TRADENO."},
	ledger.Submitting: {"On its way; there is no answer yet.", ask},
	ledger.InDoubt:    {"Nobody knows yet what became of it.", ask},
	ledger.Processing: {"Accepted by the gateway, not final yet.", wait},
	ledger.Succeeded:  {"Paid.", ""},
	ledger.Failed:     {"Not paid.", correct},
	ledger.Rejected:   {"Refused by the gateway: no order was made.", recheck},
	ledger.Cancelled:  {"Withdrawn before it was sent.", ""},
	ledger.Reversed:   {"It was reported as paid and is not any more.", support},
}

// contradictions are the reasons that say what contradicts what.
var contradictions = map[string]bool{
	string(paypro.ReasonAmountDiffers): true, string(paypro.ReasonAmountUnread): true,
	ledger.ReasonNumberDiffers: true, ledger.ReasonNumberTaken: true, ledger.ReasonDenied: true,
}

// Payout explains how a payout of an area stands.
func Payout(area string, p ledger.Payout) Advice {
	advice, ok := reasons[p.Reason]
	if !ok || p.State == ledger.Ready && p.Attempts == 0 && p.Reason == "" {
		advice = states[p.State]
	}
	if p.State == ledger.Reversed || p.Flagged && !contradictions[p.Reason] {
		// The last answer contradicts the state: say the state.
		advice = states[p.State]
	}
	advice = decided(fitting(advice, p), p)
	if words := codeWords(area, p); words != "" {
		advice.Reason += " " + words
	}
	if p.Flagged {
		advice.Reason += " Answers about it contradict each other."
		advice.Action = support
	}
	return advice
}

// fitting puts right what a reason alone would say of a payout in another
// state than the usual one. Above all, nobody is told to pay again unless the
// payout is failed or refused for good: the reason may be a later attempt's,
// and an earlier one may have been paid.
func fitting(advice Advice, p ledger.Payout) Advice {
	payAgain := advice.Action == correct || advice.Action == recheck
	switch {
	case p.State == ledger.Rejected && p.Reason == string(paypro.ReasonCredentials):
		advice.Action = doctor + " No order was made: pay it in a new sheet."
	case payAgain && p.State == ledger.Held:
		advice = Advice{"Its latest attempt was turned down; an earlier one may have been accepted.", support}
	case payAgain && p.State != ledger.Failed && p.State != ledger.Rejected:
		advice = Advice{"Its latest attempt was turned down; an earlier one may have been accepted.", ask}
	}
	return advice
}

// decided adds what a person or a rule said, and what a person can do about a
// suspect. A reason that does not fit the state says nothing.
func decided(advice Advice, p ledger.Payout) Advice {
	where := map[string]ledger.State{
		ledger.ReasonSuspect: ledger.Held, ledger.ReasonReleased: ledger.Ready, ledger.ReasonWithdrawn: ledger.Cancelled,
	}
	state, ok := where[p.Reason]
	switch {
	case !ok:
		return advice
	case state != p.State:
		return states[p.State]
	}
	if p.Message != "" {
		advice.Reason = strings.TrimSuffix(advice.Reason, ".") + ": " + p.Message
		if !strings.HasSuffix(advice.Reason, ".") {
			advice.Reason += "."
		}
	}
	if p.State == ledger.Held {
		advice.Action = Decide(p.TradeNo)
	}
	return advice
}

// Decide says how a person decides about a payout that is held as a suspected
// duplicate, in commands that can be pasted.
func Decide(tradeNo string) string {
	return fmt.Sprintf("Look at both. If this one is meant, too: `bulkpay release %[1]s --reason …`. If not: `bulkpay cancel %[1]s --reason …`.", tradeNo)
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
