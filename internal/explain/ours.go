package explain

import (
	"github.com/bulkpay/bulkpay/internal/lang"
	"github.com/bulkpay/bulkpay/ledger"
	"github.com/bulkpay/bulkpay/paypro"
)

// What is said once and used for several entries.
const (
	whyRefused lang.Key = "Look up what the code means: `bulkpay explain CODE`. Put that right before anything else is sent."
	seeReport  lang.Key = "`bulkpay report BATCH` says why, row by row."
)

var (
	standing = action{[]lang.Key{"How the payout stands decides what to do: `bulkpay show TRADENO`."}, Caretaker, No}
	stopped  = func(whose Whose, first lang.Key) action { return action{[]lang.Key{first, goOn}, whose, Automatic} }
)

// verdicts are what one answer can mean.
var verdicts = []Entry{
	entry(LevelVerdict, paypro.Succeeded.String(), "A definite answer: the payee has the money.", nothing),
	entry(LevelVerdict, paypro.Processing.String(), "A definite answer: accepted, not final yet.", wait),
	entry(LevelVerdict, paypro.Failed.String(), "A definite answer: this attempt was not paid. An earlier one may have been.", standing),
	entry(LevelVerdict, paypro.Refused.String(), "This attempt was refused and made no order. An earlier one may have made one.", standing),
	entry(LevelVerdict, paypro.NotSent.String(), "No byte of the request left.", sendHint),
	entry(LevelVerdict, paypro.InDoubt.String(), "Whatever is no definite answer about this payout: the order may exist or not.", ask),
	entry(LevelVerdict, paypro.Unknown.String(), "Asked, the gateway says that it does not know the number.", ask),
	entry(LevelVerdict, paypro.NoAnswer.String(), "Asked, and learned nothing about the payout.", ask),
	entry(LevelVerdict, paypro.Conflict.String(), "The answer contradicts what was ordered: another amount, another order.", support),
}

// events are the kinds of event in a payout's history.
var events = []Entry{
	entry(LevelEvent, "imported", "The row was taken in from the sheet and got its number for life.", nothing),
	entry(LevelEvent, "submitted", "That it is sent was written down, and then it was: a request may be on its way.", standing),
	entry(LevelEvent, string(ledger.Paid), "A definite answer: the payee has the money.", nothing),
	entry(LevelEvent, string(ledger.Accepted), "A definite answer: accepted, not final yet.", wait),
	entry(LevelEvent, string(ledger.NotPaid), "A definite answer: this attempt was not paid. An earlier one may have been.", standing),
	entry(LevelEvent, string(ledger.Refused), "This attempt was refused and made no order. An earlier one may have made one.", standing),
	entry(LevelEvent, string(ledger.Doubt), "An answer, or none, that settles nothing.", standing),
	entry(LevelEvent, string(ledger.NotSent), "No byte of the request left.", standing),
	entry(LevelEvent, string(ledger.Interrupted), "The run ended while a request may have been on its way.", standing),
	entry(LevelEvent, string(ledger.Unknown), "Asked, the gateway says that it does not know the number.", standing),
	entry(LevelEvent, string(ledger.NoAnswer), "Asked, and learned nothing about the payout.", standing),
	entry(LevelEvent, string(ledger.Conflict), "The answer contradicts what was ordered: another amount, another order.", standing),
	entry(LevelEvent, string(ledger.Hold), "A person or a rule wants a decision first.", standing),
	entry(LevelEvent, string(ledger.Release), "A person has released it: it may be sent.", nothing),
	entry(LevelEvent, string(ledger.Cancel), "A person has withdrawn it before it was sent.", nothing),
	entry(LevelEvent, string(ledger.SaidPaid), "A person has seen that it was paid, and said so.", keep),
	entry(LevelEvent, string(ledger.SaidNotPaid), "A person has seen that it was not paid, and said so.", standing),
	entry(LevelEvent, string(ledger.Resend), "A person lets it be sent once more with the same number.", askOnce),
	entry(LevelEvent, string(ledger.Hint), "It proves nothing, but there may be news: the gateway is asked at once.", ask),
	entry(LevelEvent, "balance", "Of a batch: the account's balance, as the gateway told it before or after a run.", nothing),
	entry(LevelEvent, string(ledger.Opening), "Of a balance: it was asked before the run sent anything.", nothing),
	entry(LevelEvent, string(ledger.Closing), "Of a balance: it was asked when the run was over.", nothing),
	entry(LevelEvent, "statement", "A statement of the gateway or of a bank was taken in.", nothing),
	entry(LevelEvent, "reconciled", "Lines of statements and payouts were matched.", nothing),
	entry(LevelEvent, "match", "A person has confirmed a match with a line of a statement, or undone it.", nothing),
	entry(LevelEvent, "asking_again", "Of a batch: all that was sent is asked about anew, settled payouts too. Nothing is sent.", nothing),
	entry(LevelEvent, "asked_again", "Of a batch: asking anew has ended; the message says what came of it.", nothing),
	entry(LevelEvent, "note", "Of a batch: what a run or a person has done with all of it.", nothing),
}

// halts are why a run stopped itself; what is unsent stays ready. Their other
// spelling is how the sentence begins that a run prints and a report repeats.
var halts = []Entry{
	entry(LevelHalt, "credentials", "The gateway refuses the merchant number or the secret, three times in a row.",
		stopped(Caretaker, setRight), "the gateway refuses the merchant number or the secret"),
	entry(LevelHalt, "refusals", "Payouts fail or are refused with one code, one after the other.",
		stopped(Finance, whyRefused), "the gateway refuses one payout after the other"),
	entry(LevelHalt, "failures", "Too many of the latest final answers are not \"paid\".",
		stopped(Finance, seeReport), "too many payouts are not paid"),
	entry(LevelHalt, "canary", "Not all of the payouts that were sent ahead are paid.",
		stopped(Finance, seeReport), "the payouts sent ahead are not all paid"),
	entry(LevelHalt, "unreachable", "The gateway cannot be reached.",
		stopped(Caretaker, "`bulkpay doctor` says what is in the way."), "the gateway cannot be reached"),
	entry(LevelHalt, "balance", "The balance does not cover what is waiting; nothing was sent.",
		stopped(Finance, "Put money into the account: `bulkpay balance`."), "the balance of", "the balance does not cover"),
	entry(LevelHalt, "balance_drop", "More has gone from the account than the payouts and their fees explain.",
		stopped(Finance, "Find out who else pays from this account, and hold its movements against the report, before anything else is sent."), "the balance has dropped without explanation"),
	entry(LevelHalt, "day_limit", "The next payout does not fit into the day's limit.",
		stopped(Finance, "Wait for the next day, or have the limit raised."), "the limit of the day is reached"),
}

// exits are the exit codes.
var exits = []Entry{
	entry(LevelExit, "0", "Done: everything is paid.", nothing),
	entry(LevelExit, "1", "An error, or books that do not tie. What stands after \"error:\" says which, what stands after \"hint:\" what to do.",
		action{[]lang.Key{"Put that right, and run the same command again: it pays nothing twice."}, Caretaker, Automatic}),
	entry(LevelExit, "2", "The command line is wrong; nothing was done.",
		action{[]lang.Key{"`bulkpay help COMMAND` has the right one."}, Caretaker, Automatic}),
	entry(LevelExit, "3", "Finished, and some rows are not paid: invalid, failed or rejected.",
		action{[]lang.Key{seeReport}, Finance, No}),
	entry(LevelExit, "4", "Some rows are in doubt or held.",
		action{[]lang.Key{dontPay, "Run the same command again later: it asks. What is held waits for a decision: `bulkpay status BATCH`."}, Finance, Automatic}),
	entry(LevelExit, "5", "Not finished: something is still in progress or not sent yet.", sendHint),
	entry(LevelExit, "10", "There is no ledger here.",
		action{[]lang.Key{
			"Look for it first: a new one knows nothing of what was paid from the old one. `--ledger FILE` names it.",
			"`bulkpay run SHEET` makes the first one.",
		}, Caretaker, No}),
	entry(LevelExit, "11", "Another run holds the ledger.",
		action{[]lang.Key{"Wait for it to end: `bulkpay status`."}, Caretaker, Automatic}),
	entry(LevelExit, "12", "The gateway refuses the merchant number or the secret.", stopped(Caretaker, setRight)),
	entry(LevelExit, "130", "Stopped by a signal; nothing is lost.", sendHint),
}
