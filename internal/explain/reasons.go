package explain

import (
	"github.com/bulkpay/bulkpay/internal/lang"
	"github.com/bulkpay/bulkpay/ledger"
	"github.com/bulkpay/bulkpay/paypro"
)

// words are what is said of a reason or a state: sentences, and what to do.
type words struct {
	reason []lang.Key
	quotes bool // what a person or a rule said follows
	action action
}

func say(reason lang.Key, do action) words { return words{reason: []lang.Key{reason}, action: do} }

// reasons has the words for every token, of paypro, ledger and dispatch.
var reasons = map[string]words{
	string(paypro.ReasonPaid):            say("Paid.", nothing),
	string(paypro.ReasonProcessing):      say("Accepted by the gateway, not final yet.", wait),
	string(paypro.ReasonFailed):          say("Not paid: the gateway reports a failure.", correct),
	string(paypro.ReasonRefused):         say("Refused by the gateway: no order was made.", recheck),
	string(paypro.ReasonDuplicateNumber): say("The gateway says that it knows this number already.", ask),
	string(paypro.ReasonUnknownCode):     say("The gateway answered with a code that its documents do not have; the order may exist.", ask),
	string(paypro.ReasonSystemError):     say("The gateway reported a system error; the order may exist.", ask),
	string(paypro.ReasonUnclearStatus):   say("The gateway gave a status that does not settle whether money moved.", support),
	string(paypro.ReasonHTTPStatus):      say("Something between here and the gateway answered instead of it.", ask),
	string(paypro.ReasonThrottled):       say("The gateway asked to slow down; the order may exist.", ask),
	string(paypro.ReasonCredentials):     say("The gateway refuses the merchant number or the secret.", doctor),
	string(paypro.ReasonUnreadable):      say("The answer could not be read.", ask),
	string(paypro.ReasonTooLong):         say("The answer was longer than any answer should be.", ask),
	string(paypro.ReasonContradiction):   say("The answer contradicts itself.", ask),
	string(paypro.ReasonOtherNumber):     say("The answer was about another payout.", ask),
	string(paypro.ReasonNoNumber):        say("The answer did not say which payout it is about.", ask),
	string(paypro.ReasonNoPlatform):      say("The answer lacked the gateway's own number.", ask),
	string(paypro.ReasonAmountDiffers):   say("The gateway names another amount than was ordered.", support),
	string(paypro.ReasonAmountUnread):    say("The gateway names an amount that cannot be read.", support),
	string(paypro.ReasonTimeout):         say("No answer in time; the order may exist.", ask),
	string(paypro.ReasonConnectionLost):  say("The connection broke before the answer; the order may exist.", ask),
	string(paypro.ReasonNotConnected):    say("The gateway could not be reached; nothing was sent.", sendHint),
	string(paypro.ReasonStopped):         say("The run was stopped while waiting for the answer; the order may exist.", ask),
	string(paypro.ReasonUnknownNumber):   say("The gateway says that it does not know this number.", ask),
	string(paypro.ReasonQueryRefused):    say("The gateway did not answer the question what became of it.", ask),
	string(paypro.ReasonUnsigned):        say("A callback came that is not signed: anybody may have sent it, so it proves nothing.", ask),
	string(paypro.ReasonInvalidRequest):  say("The request cannot be written; it was never sent.", caretaker),

	ledger.ReasonNumberDiffers: say("The gateway names two different numbers of its own for this payout.", support),
	ledger.ReasonNumberTaken:   say("The gateway gave this payout and another one the same number.", support),
	ledger.ReasonDenied:        say("The gateway accepted it and now denies knowing it.", support),
	ledger.ReasonSpent:         say("The gateway keeps denying it after as many attempts as are allowed.", support),
	ledger.ReasonSendAgain:     say("The gateway denied knowing it often and long enough; it is sent once more with the same number.", sendHint),

	ledger.ReasonStuck: say("Open for longer than is allowed since it was sent; the gateway's answers settle nothing.", support),

	ledger.ReasonSuspect:     say("Held, because it looks like another payout.", compare),
	ledger.ReasonAboveLimit:  say("Held, because it is more than is paid without a person's word.", decide),
	ledger.ReasonReleased:    say("A person has released it.", sendHint),
	ledger.ReasonWithdrawn:   say("Withdrawn by a person before it was sent.", withdrawn),
	ledger.ReasonSaidPaid:    say("Paid on a person's word.", keep),
	ledger.ReasonSaidNotPaid: say("Not paid on a person's word.", certain),
	ledger.ReasonResend:      say("A person lets it be sent once more with the same number.", askOnce),
	ledger.ReasonAdopted:     say("It stood unsent in an old copy of the ledger; it may have been sent before that copy took the ledger's place.", ask),
	ledger.ReasonStopped:     say("The run stopped by itself.", sendHint),
	ledger.ReasonAnew:        say("All that was sent in the batch is asked about anew, settled payouts too.", nothing),
	ledger.ReasonUnmasked:    say("A person was given whole account numbers and names of payees.", nothing),

	ledger.ReasonIntent:       say("On its way; there is no answer yet.", ask),
	ledger.ReasonInterrupted:  say("A run was interrupted while this was on its way; the order may exist.", ask),
	"stopped_before_sending":  say("Not sent: the run was stopped before.", sendHint),
	"callback_unknown_number": say("A signed callback named a number that this ledger does not know.", caretaker),
	"answer_not_recordable":   say("There was an answer that the ledger did not take; it is asked for again.", ask),
}

// states has the words for payouts without a reason of their own.
var states = map[ledger.State]words{
	ledger.Ready:      say("Not sent yet.", sendHint),
	ledger.Held:       say("Held for a decision.", history),
	ledger.Submitting: say("On its way; there is no answer yet.", ask),
	ledger.InDoubt:    say("Nobody knows yet what became of it.", ask),
	ledger.Processing: say("Accepted by the gateway, not final yet.", wait),
	ledger.Succeeded:  say("Paid.", nothing),
	ledger.Failed:     say("Not paid.", correct),
	ledger.Rejected:   say("Refused by the gateway: no order was made.", recheck),
	ledger.Cancelled:  say("Withdrawn before it was sent.", withdrawn),
	ledger.Reversed:   say("It was reported as paid and is not any more.", account),
}
