package explain

import (
	"github.com/bulkpay/bulkpay/ledger"
	"github.com/bulkpay/bulkpay/paypro"
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
	string(paypro.ReasonUnsigned):        {"A callback came that is not signed: anybody may have sent it, so it proves nothing.", ask},
	string(paypro.ReasonInvalidRequest):  {"The request cannot be written; it was never sent.", caretaker},

	ledger.ReasonNumberDiffers: {"The gateway names two different numbers of its own for this payout.", support},
	ledger.ReasonNumberTaken:   {"The gateway gave this payout and another one the same number.", support},
	ledger.ReasonDenied:        {"The gateway accepted it and now denies knowing it.", support},
	ledger.ReasonSpent:         {"The gateway keeps denying it after as many attempts as are allowed.", support},
	ledger.ReasonSendAgain:     {"The gateway denied knowing it often and long enough; it is sent once more with the same number.", sendHint},

	ledger.ReasonStuck: {"Open for longer than is allowed since it was sent; the gateway's answers settle nothing.", support},

	ledger.ReasonSuspect:     {"Held, because it looks like another payout.", "Look at both. "}, // and then decide
	ledger.ReasonAboveLimit:  {"Held, because it is more than is paid without a person's word.", ""},
	ledger.ReasonReleased:    {"A person has released it.", sendHint},
	ledger.ReasonWithdrawn:   {"Withdrawn by a person before it was sent.", ""},
	ledger.ReasonSaidPaid:    {"Paid on a person's word.", keep},
	ledger.ReasonSaidNotPaid: {"Not paid on a person's word.", certain},
	ledger.ReasonResend:      {"A person lets it be sent once more with the same number.", askOnce},
	ledger.ReasonAdopted:     {"It stood unsent in an old copy of the ledger; it may have been sent before that copy took the ledger's place.", ask},
	ledger.ReasonStopped:     {"The run stopped by itself.", sendHint},

	ledger.ReasonIntent:       {"On its way; there is no answer yet.", ask},
	ledger.ReasonInterrupted:  {"A run was interrupted while this was on its way; the order may exist.", ask},
	"stopped_before_sending":  {"Not sent: the run was stopped before.", sendHint},
	"callback_unknown_number": {"A signed callback named a number that this ledger does not know.", caretaker},
	"answer_not_recordable":   {"There was an answer that the ledger did not take; it is asked for again.", ask},
}

// states has the words for payouts without a reason of their own.
var states = map[ledger.State]Advice{
	ledger.Ready:      {"Not sent yet.", sendHint},
	ledger.Held:       {"Held for a decision.", history},
	ledger.Submitting: {"On its way; there is no answer yet.", ask},
	ledger.InDoubt:    {"Nobody knows yet what became of it.", ask},
	ledger.Processing: {"Accepted by the gateway, not final yet.", wait},
	ledger.Succeeded:  {"Paid.", ""},
	ledger.Failed:     {"Not paid.", correct},
	ledger.Rejected:   {"Refused by the gateway: no order was made.", recheck},
	ledger.Cancelled:  {"Withdrawn before it was sent.", ""},
	ledger.Reversed:   {"It was reported as paid and is not any more.", account},
}
