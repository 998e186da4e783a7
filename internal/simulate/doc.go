// Package simulate runs the whole of bulkpay against the simulated gateway
// under every fault there is, in virtual time, as often as one has patience
// for, and has an independent auditor look at the books each time.
//
//	make simulate                          # 10,000 seeds of 1,000 payouts on average
//	make simulate MINUTES=1                # as many as fit a minute
//	make simulate SEED=4711                # this one again
//	make simulate SEEDS=100 PAYOUTS=50
//	make mutations                         # wrong variants of the code must be caught
//
// VERBOSE=1 prints a line for each seed, KEEP=1 keeps the ledgers to look at.
//
// There is nothing in it but tests: a simulation is what a test does.
//
// # One seed
//
// A seed decides everything: the area, the sheets and their faults, what goes
// wrong at the gateway and on the way to it, when runs are started, which of
// them die and where, what persons say. The code under test is the real one,
// from the reading of the sheet to the signature of a request: only the clock
// is virtual (testing/synctest), the network is in memory (internal/memnet),
// and the ledger lies in a folder that is thrown away.
//
// First comes the storm. Runs are started over and over as cron does it, while
// others are going; callbacks arrive, true ones and forged ones; processes die
// just before or just after a commit, or at any moment. Then the storm ends, and
// a bounded number of quiet runs must bring every payout to its end, or hold it
// with a reason for a person to see. Then internal/audit holds the ledger
// against the gateway's own books.
//
// # What is assumed
//
// That the gateway shows an order to queries within the quarantine of the
// request that made it. No client can do without: whoever may deny a number
// today and pay it next year cannot be asked anything. Each seed draws how
// long orders stay invisible, and its quarantine is longer than the longest of
// them. Persons are assumed to tell the truth: they look at the gateway's books
// before they speak.
//
// # Large and small seeds
//
// Most seeds are small sheets in a storm as it was drawn. Most payouts are in
// large ones (more than 500 rows), where it is milder: a few hundred of them
// meet a fault, none is reversed, the gateway does not forget, locks hold, and
// in most nobody interferes. Callbacks are for seeds of less than a thousand
// rows. What a fault can do to a payout is tried in the small ones; that many
// payouts hide nothing, in the large ones.
//
// # How far a seed repeats itself
//
// Whatever is drawn depends on the seed and on names (a trade number and how
// often it was asked about, the number of a run), never on the order in which
// goroutines come to ask. The same seed gives the same sheets, the same plan of
// faults and the same deaths. Which of two answers that arrive at the same
// virtual instant is handled first is up to the scheduler, as it is in life; a
// seed that has found something finds it again in nearly every repetition.
package simulate
