// Package recorder writes down what was learned about payouts: the one
// writer of outcomes of a process, however many goroutines learn something.
//
//	records := recorder.New(book, recorder.Options{Policy: policy, Observe: …, Fail: …})
//	records.Record(outcome, func(applied ledger.Applied, err error) { … })
//	err := records.Close() // waits until all of it is written
//
// # Group commit
//
// A commit costs more than sending a payout. The recorder therefore commits
// when it has gathered 512 outcomes, or 8 ms after the first of them. Their
// order is kept: what is handed over first is applied first.
//
// # What the ledger does not take
//
// If a group cannot be written, its outcomes are written one by one, so that
// one that the ledger refuses does not cost the others. In place of that one
// stands a doubt ("answer_not_recordable") that keeps the raw answer, and
// what it showed: a payout that the gateway knows is never sent again. If not
// even that can be written, the outcome is lost and the payout is not: it
// stays as it stands, and whoever asks about it next learns it anew.
//
// # How it ends
//
// A recorder outlives those who give it something. It looks at no context:
// what was learned is written down even while everything else is being
// stopped. After an error it goes on: a disk that was full for a moment must
// not cost the answers that come later. Whoever sends has to stop, though,
// and hears of it through Options.Fail before any of the outcomes' own
// callbacks.
package recorder
