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
// schedule; it has a pace of its own. Submitting and settling go on side by
// side, because a large batch takes hours.
//
// # How it ends
//
// Run ends when nothing is left to send or to ask; when the deadline has
// passed since the last send; when drain is done, in which case requests in
// flight finish first and what was claimed but not sent goes back to ready;
// when now is done, in which case requests are cut off and stay in doubt; or
// when it halts by itself because going on would do harm: credentials
// refused, the same refusal over and over, the ledger not writable, the
// lease lost. The recorder outlives all of the others: what was learned is
// written down.
//
// Only the recorder writes outcomes, so the ledger sees one writer however
// many workers there are.
package dispatch
