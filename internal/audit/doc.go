// Package audit holds a ledger against the books of the gateway and against
// what was given to be paid, as an auditor does who trusts neither.
//
//	report, err := audit.Audit(ctx, "bulkpay.db", audit.Books{Given: rows, Orders: orders}, audit.Options{Settled: true})
//	for _, finding := range report.Findings { … }
//
// It shares no code with package ledger: it reads the file with queries of its
// own, recomputes the chain of events, all sums and every payout's way through
// its states, and reads the answers that are kept as evidence itself. A
// mistake of the ledger would have to be made here a second time, in the same
// way, to go unseen.
//
// # What it demands
//
//   - A debt is paid at most once, over all numbers that stand for it: the row
//     of every sheet that it stands in, and all payouts that stand in for one
//     another. The gateway has at most one order for a number.
//   - Nothing is lost: every row that was given is a payout or is remembered as
//     left out; every order belongs to a payout; what is paid is succeeded, or
//     is held with a reason for a person to see. No request reached the gateway
//     for which the ledger has no intent.
//   - Nothing is called paid that is not: a success rests on an answer that
//     says 0000 about this number and this amount, and the gateway's books
//     have the order, paid. What was taken back is reversed, or flagged if the answers
//     about it contradict one another, and nothing else is reversed.
//   - Nothing is sent again but what was denied often and long enough, was
//     never known to the gateway, and not more often than allowed. No refusal
//     but that of the first attempt is believed, and no callback against an
//     answer.
//   - It ties out: each sheet's rows are the batch's rows, by count and by sum,
//     with the accounts and amounts that were given.
//   - The history is whole: no event is missing, changed or out of place, and
//     each payout's events lead from its beginning to where it stands.
//   - Coordinates, not contents: no account, name or secret stands in what is
//     kept of answers and in reasons.
//
// Findings name numbers, sheets and rows, never contents. What is meant to
// hold only once everything has had its time is demanded with
// [Options.Settled]; everything else holds at every moment, also right after
// a crash.
package audit
