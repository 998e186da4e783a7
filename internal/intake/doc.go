// Package intake takes a sheet into the ledger.
//
//	e, err := intake.Examine(ctx, path, sheet, past, seen)   // reads everything, writes nothing
//	defer e.Close()
//	if err := e.Check(expect); err != nil { … }              // control totals
//	if code := e.Resumes(); code != "" { … }                 // every row is a payout already
//	if e.Blocking(policy) > 0 { … }                          // duplicates, and the policy is to refuse
//	batch, err := intake.Import(ctx, book, sheet, e, order)  // numbers the rows, all or nothing
//
// [Examine] reads every row, reports every problem, adds up the totals and
// finds out which rows are payouts already or look like one. [Import] reads
// the sheet again and numbers its rows in one transaction, within which it
// asks the ledger everything again: of two runs that take in the same rows at
// once, the second sees what the first has made. If the file changed in
// between, or what the ledger knows of its rows, nothing is imported. What
// [Examine] found out and a caller did not look at, Import refuses by itself:
// control totals that do not agree, and duplicates.
//
// # Rows that are payouts already
//
// A sheet that was handed back has the number of its payout in every row. A
// row whose payout is paid or may still be paid is known: it is left out,
// whatever was edited around the number. One whose payout was called off
// (rejected, failed, cancelled, reversed) is a repaired row and is taken as a
// new payout, which the ledger knows to stand in for the old one. So an older
// copy of the sheet, in which the old number still stands, is known for what it
// became, however often it is edited and given again; and of all payouts that
// one row ever was, at most one is to be paid. A number that stands for the
// payout of another row is a fault of the second, and one that the ledger does
// not have a fault of its row. For such a sheet the window reaches back to its oldest batch, so that a row which has
// lost its number is still known for what it was.
//
// # Rows that look like one
//
// Every other row is compared with the payouts of earlier batches within a
// window, and with the rows of its own sheet. What is suspected, and what
// becomes of it, is said at [Policy].
//
// # Memory
//
// Nothing is remembered of a row but its share in the totals and the digest,
// and, to find duplicates inside the sheet, a hundred bytes that go to a
// temporary file when there are many: hashes under a key that only this
// process has ever had, so that they tell nobody anything. Suspicions go the
// same way, and come out in the order of the rows.
package intake
