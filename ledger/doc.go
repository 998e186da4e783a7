// Package ledger is the book of every payout: its number, its state, and all
// that ever happened to it, in one SQLite file.
//
// # Use
//
//	book, err := ledger.Create(ctx, "bulkpay.db", ledger.Options{})   // or Open, which wants it to exist
//	merchant, err := book.Merchant(ctx, ledger.Merchant{Name: "acme-mx", …})
//	lease, err := book.Acquire(ctx, merchant)                           // one runner per merchant
//	batch, err := book.Import(ctx, ledger.NewBatch{…}, rows)            // numbers every row, all or nothing
//	payouts, err := book.Claim(ctx, batch.ID, 50)                       // ready → submitting, committed
//	… send …
//	err = book.Record(ctx, outcomes)                                    // guarded transitions, each an event
//	summary, err := book.Summary(ctx, batch.ID)                         // the tie-out
//
// Before an import, [Ledger.LookBack] finds the earlier payouts that a row
// looks like. Such rows are imported held, and [Ledger.Release] or
// [Ledger.Cancel] is a person's word about them; or they are left out, as a
// row is that is a payout of an earlier batch already.
//
// A payout that was called off is replaced by another one at most once
// ([NewRow].Replaces), and [Lookback.Trade] leads from the number of any
// payout to the one that counts.
//
// [Ledger.Resolve] is a person's word about what may have been sent: it was
// paid, it was not, or it may be sent once more with the same number, after it
// has been asked about like any doubt. What has settled is asked about again
// as [Policy].Watch says; [View.Watched] lists what is due. What stays open for
// longer than [Policy].StuckAfter is held. A callback is as good as an answer
// about what is open and only a [Hint] about anything else. A contradiction
// that the gateway repeats is told once.
//
// [Ledger.AskAgain] begins a [Pass]: a question about everything that was sent
// in a batch, settled or not, so that [View.Heard] can say what the gateway
// says now. What it merely repeats is counted, and is no event.
//
// For bookkeeping, [View.Movements] streams the events that may have moved
// money and [View.Charges] the fees that statements have shown; [View.Tallies]
// counts payouts as they stand, to hold against them.
//
// [View.SelectPayouts] and its like stream what a [Filter] lets through.
// [Ledger.Copy] makes a backup of one moment, also during a run; nothing is
// sent from a copy until its witness or a person vouches for it.
//
// [Ledger.Stop] notes that a run stopped itself, [Ledger.MarkReported] that a
// report was written; [View.Changes] tells what has moved between reports.
//
// # What it promises
//
// A number is given once, at import, and a trigger keeps it and everything
// else that was instructed from ever changing (P1). Claim commits with
// synchronous=FULL before it returns, so that an intent is durable before a
// byte leaves (P2). What may follow on what is decided in one function
// ([Transitions] lists the result) and repeated by a trigger in the schema.
// Every transition appends an event in the same transaction; each event's
// hash covers the one before it, so that a change by hand is found by
// [Ledger.Verify] (P6).
//
// # Concurrency
//
// Any number of processes may read. Writers take turns: every write is one
// short immediate transaction. Only the holder of a merchant's [Lease] may
// claim; whoever learns something about a payout may record it, because an
// outcome is applied to the payout as it stands and not as it was remembered.
// All methods may be called from any goroutine.
//
// Times are stored in whole milliseconds of UTC, amounts in whole minor
// units of the merchant's currency.
package ledger
