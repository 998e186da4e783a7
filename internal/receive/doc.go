// Package receive takes the gateway's callbacks: it is what `bulkpay serve`
// serves.
//
//	receiver := receive.New(receive.Options{Book: book, Accounts: accounts, …})
//	go receiver.Run(ctx)                        // records and asks until ctx is done
//	server := &http.Server{Handler: receiver.Handler(), ReadTimeout: …}
//
// To stop, shut the server down first, which waits until all that was taken is
// answered, and then end ctx, after which Run waits until all is committed.
//
// It serves POST /callback/{merchant}, GET /healthz and /readyz to everybody, and
// GET /metrics to whoever is to see it ([Receiver.Metrics]).
// The last three are for the operator: what stands before it should let only
// the first through.
//
// # What becomes of a callback
//
// The signature is checked before anything is looked up (401, and not a word
// more). Then the payout is found by its number and its merchant, the callback
// is held against the amount that was instructed, and what it says is
// recorded. "OK" is answered once that is committed and not before: whoever
// answers OK is not called again. Everything else than OK makes the gateway
// repeat it, eight times within a day.
//
// A callback that says paid or failed is believed about a payout that is open,
// as the answer to a question would be. About anything else it is a hint: about
// what is settled, with another amount or another number of the gateway's, or
// if it settles nothing. A hint is kept in the payout's history, moves no
// money, and has the gateway asked at once. The answer decides.
//
// A signed callback about what was never sent holds the payout: another copy of
// this ledger may have sent it, and it must not leave a second time.
//
// A signed callback about a number that the ledger does not have is not
// confirmed (404), and noted in the ledger once: something has been forgotten.
//
// # Where callbacks are not signed
//
// Anybody can send such a callback, so it proves nothing. It is a hint at most,
// one a minute for each payout, the same text once, and only for payouts that
// are open or still watched; so that a flood of them makes no more of the
// ledger than a person could read.
//
// # Replays
//
// A callback that came before, byte by byte, changes nothing: it is confirmed
// without a write. One that says what is known already is, too.
//
// # Limits
//
// The rate of each address is limited (429), and so is what waits to be
// committed (503). Nothing that waits is ever lost: the gateway repeats what
// was not confirmed, and the next run asks about what is open.
//
// # What it tells
//
// Logs and metrics have merchants, addresses and results, never contents. A
// trade number is logged only if the callback was signed.
package receive
