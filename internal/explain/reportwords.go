package explain

import (
	"github.com/bulkpay/bulkpay/internal/lang"
	"github.com/bulkpay/bulkpay/ledger"
)

// reportWords are the words of the reports that are no state.
var reportWords = []Entry{
	entry(LevelReport, "TIED", "Both sides of the equation are the same.", nothing),
	entry(LevelReport, "NOT TIED", "The two sides of the equation differ: something is missing, or counts twice.",
		action{[]lang.Key{"Sign nothing. `bulkpay verify` checks the books.", "Tell whoever looks after bulkpay."}, Caretaker, No}),
	entry(LevelReport, "NOT KNOWN", "Nobody could be asked about one side of the equation; the report says why.",
		action{[]lang.Key{"Do not sign it as proven."}, Finance, No}),
	entry(LevelReport, ledger.BucketInvalid, "The row has faults and was left out; nothing was sent for it.",
		action{[]lang.Key{"Correct the row in the sheet handed back, and run that."}, Payee, Yes}),
	entry(LevelReport, ledger.BucketKnown, "The row is a payout of an earlier batch; nothing is paid for it here.",
		action{[]lang.Key{"The report of that batch says how it stands."}, Finance, No}),
	entry(LevelReport, ledger.BucketWaiting, "Not sent yet.", sendHint),
	entry(LevelReport, "flagged", "Answers about it contradict each other.", support),
}

// matchClasses are what a payout and a line of a statement can be to one
// another, how they were found to belong together, and who says so.
var matchClasses = []Entry{
	entry(LevelMatch, "matched", "The ledger and the statement say the same.", nothing),
	entry(LevelMatch, "amount_differs", "The statement has another amount than the ledger.",
		action{[]lang.Key{dontPay, "See whether a fee explains it.", askSupport}, Finance, No}),
	entry(LevelMatch, "status_differs", "The ledger and the statement disagree about whether it was paid.",
		action{[]lang.Key{dontPay, "Hold both against one another: `bulkpay show TRADENO`, and the line of the statement.", askSupport}, Finance, No}),
	entry(LevelMatch, "missing_there", "Paid by the ledger, and not in the statement although it should be.",
		action{[]lang.Key{dontPay, askSupport}, Finance, No}),
	entry(LevelMatch, "unknown_to_us", "A line of the statement that no payout of this ledger explains.",
		action{[]lang.Key{"Find out who ordered it: another ledger, another program, a person at the gateway."}, Finance, No}),
	entry(LevelMatch, "doubled_there", "The statement has the same payout twice: it may have been paid twice.",
		action{[]lang.Key{dontPay, "Have the gateway's support explain the second line at once, and call the money back if it left."}, Finance, No}),
	entry(LevelMatch, "timing", "Paid by the ledger so shortly before the statement ends that its line may be in the next one.",
		action{[]lang.Key{"Nothing now. Hold the next statement against it."}, Nobody, No}),
	entry(LevelMatch, "repeated", "An entry that an earlier statement has already, where the two overlap.", nothing),
	entry(LevelMatch, "other_period", "The same money on both sides; the payout is of days that the statement does not cover.", nothing),
	entry(LevelMatch, "elsewhere", "The same money on both sides, on another statement.", nothing),

	entry(LevelMatch, string(ledger.ByTradeNo), "Found by our number, which stands in its column.", nothing),
	entry(LevelMatch, string(ledger.ByPlatformNo), "Found by the gateway's number, which stands in its column.", nothing),
	entry(LevelMatch, string(ledger.ByNarrative), "Found by a number that stands in the text of the line.", nothing),
	entry(LevelMatch, string(ledger.ByAccount), "Found by account and amount, a few days apart, where nothing else fits.", nothing),
	entry(LevelMatch, string(ledger.ByLump), "One line for several payouts: their sum is its amount.", nothing),
	entry(LevelMatch, string(ledger.BySplit), "Several lines for one payout: their sum is its amount.", nothing),
	entry(LevelMatch, string(ledger.ByPerson), "On a person's word, in the history with who and why.", nothing),

	entry(LevelMatch, string(ledger.Confirmed), "Confirmed by a rule that leaves no other choice, or by a person.", nothing),
	entry(LevelMatch, string(ledger.Proposed), "More than one match is possible: a person must choose.",
		action{[]lang.Key{"`bulkpay reconcile confirm MATCH --reason \"…\"`, or `bulkpay reconcile undo MATCH --reason \"…\"`."}, Finance, No}),
	entry(LevelMatch, string(ledger.Undone), "Undone by a person; no rule makes this match again.", nothing),
}
