// Package evidence gathers all that proves what became of a batch into one
// file, for somebody who has neither the ledger nor bulkpay.
//
//	made, err := evidence.Write(ctx, file, view, batch.ID, evidence.Options{…})
//	fmt.Println(made.Root)             // to be kept elsewhere
//
// # What is in it
//
//   - README.txt: what this is, and how to check it with unzip and sha256sum;
//   - source/…: the file that was imported, byte for byte;
//   - mapping.txt: what each column was taken for, and all else that was assumed;
//   - left-out.csv: the rows that no payout was made of, and why;
//   - batch.json: whose batch it is, its totals and its tie-out;
//   - rows.jsonl: every row of the sheet as it stands;
//   - events.jsonl: every event of the batch and its payouts, with the raw
//     answers, and with the hashes that link it to the ledger's history;
//   - decisions.jsonl: who imported, released, cancelled, resolved, and in what
//     words;
//   - trade-numbers.csv: which of our numbers is which of the gateway's;
//   - matches.jsonl: which line of a gateway's or bank's statement is which
//     row, if one was compared;
//   - whatever the caller adds: reports;
//   - manifest.json, manifest.sha256: names, sizes and digests of all that.
//
// Package pack says how the archive is made, package offline checks it
// without a ledger.
//
// # The chain
//
// Events of a batch are given with the hash before each, whosever event that
// is. Neighbours are therefore linked by content, all the way; where events of
// other batches lie in between, the last hash among them is given and cannot be
// made anew without their contents. The hashes of the others would add nothing:
// a hash shows only what is hashed.
//
// # What is masked
//
// Without [Options].Unmasked, account numbers are masked and names left out
// wherever the package writes them, also where an answer repeats them. What an
// event's hash covers is then not all there, so that its hash is given and
// cannot be made anew from the pack; such events are marked. The source is what
// it is: it has every account number in full. Secrets and signatures are in no
// event to begin with.
//
// # What it promises
//
// The same ledger and the same program give the same bytes: there is no time
// of writing, no random number, no machine in it. Nothing is written to the
// ledger. Memory does not grow with the batch.
package evidence
