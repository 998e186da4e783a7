// Package dispatch takes payouts from the ledger, sends them to the gateway,
// records the answers, and asks until every payout is final.
//
//	runner := dispatch.New(book, lease, client, dispatch.Options{Rate: 50, Workers: 16, …})
//	result, err := runner.Run(drain, now, batch)
//
// # How a payout goes
//
// The submitter claims small chunks (ready → submitting, committed) and
// hands them to the workers. A worker waits for the pace, sends once, and
// passes what it learned to the recorder, which commits outcomes in groups.
// The settler asks after payouts in doubt and in progress on a growing
// schedule, and after settled ones that are watched and due; it has a pace of
// its own. Submitting and settling go on side by side, because a large batch
// takes hours. [Runner.Ask] asks once about payouts in whatever state, and
// [Runner.AskAgain] about all that was sent in a batch, over as many calls as
// it takes.
//
// # How it ends
//
// Run ends when nothing is left to send or to ask, for which it does not wait
// until what is watched is due; when the deadline has passed since the last
// send; when drain is done, in which case requests in flight finish first and
// what was claimed but not sent goes back to ready; when now is done, in which
// case requests are cut off and stay in doubt; or when the ledger cannot be
// written or the lease is lost. The recorder outlives all of the others: what
// was learned is written down.
//
// # How it stops itself
//
// A run halts, in good order, when going on would do harm. What is unsent
// stays ready, Result.Halted says why, and so does a note in the ledger.
//
//   - ErrCredentials, ErrUnreachable: nothing useful can be said to the gateway.
//   - ErrRefusals: one code over and over, refused or failed.
//   - ErrFailures: too large a share of the latest final answers is not "paid".
//   - ErrBalanceDrop: more has gone from the account than the payouts explain.
//   - ErrCanary: of the payouts that were sent ahead not all are paid.
//   - ErrDayLimit: the next payout does not fit into the day's limit. What was
//     sent is asked about all the same, because nothing is wrong.
//
// Failures are judged only while something is left that can be kept back, and
// only those that this run has learned itself: what another process hears in
// callbacks counts for the canaries alone.
//
// # Time
//
// What is due is decided by Options.Now, which the ledger's clock should be,
// too. Waiting, pauses and the deadline are measured by the process's own
// clock, which cannot be set: a clock set back makes nothing wait for hours.
// After one was set forward, or the machine has slept, a claim from before is
// given back, and denials say nothing for as long as the quarantine.
//
// Only the recorder writes outcomes, so the ledger sees one writer however
// many workers there are.
package dispatch
