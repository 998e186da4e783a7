// Package journal makes double-entry bookings of what became of payouts, from
// the events of their history.
//
//	setting := journal.Setting{Accounts: journal.DefaultAccounts, Zone: time.Local}
//	w, err := journal.NewWriter(journal.CSV, file, journal.Options{})
//	result, err := journal.Run(ctx, view, journal.Scope{Merchant: m, Batch: batch}, setting, nil, w.Write)
//	err = w.Close()
//
// # What is booked
//
// A payout is in one of four positions, and an event that takes it from one to
// another is one [Entry]:
//
//	from        to          debit       credit      when
//	owed        paid        payable     gateway     it was paid
//	owed        in suspense payable     suspense    it is in doubt: it may have been paid
//	in suspense paid        suspense    gateway     the doubt has cleared: paid
//	in suspense owed        suspense    payable     the doubt has cleared: not paid, or in progress
//	paid        returned    reversals   payable     it was paid and is not any more
//
// Nothing is booked for what failed, was refused or was withdrawn: it is owed
// as before. What is in progress is owed until the gateway says that it is
// paid. Charges and money that came back, as a statement shows them, are
// booked to fees and from reversals; see [Charges].
//
// # What it promises
//
// An entry is one amount, one account that is debited and one that is
// credited: there is no entry that does not balance. It is made of one event
// and what was known by then, and events never change: an entry has the same
// id, day and text whenever it is exported, and whatever is exported, an entry
// of a day is in every period that has the day and in no other. The id is the
// event's number and the beginning of its hash, so that a second import of an
// entry can be noticed and an auditor finds the event behind it.
//
// The entries of a scope add up to how its payouts stand: [Result.Controls]
// says whether they do. The balance of suspense is what is in doubt, or held
// after it may have been sent; the balance of the gateway account is what was
// ever paid, and of reversals what of it came back.
//
// Memory is flat: entries stream.
package journal
