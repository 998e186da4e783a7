// Package offline checks an evidence pack on any machine: without the ledger,
// without a configuration, without a network.
//
//	result, err := offline.Check(ctx, file, size, offline.Options{Digest: root})
//	for _, finding := range result.Findings { … }
//
// # What is checked
//
//   - every byte of the archive, and every member against the manifest: see
//     package pack;
//   - the root digest against the one that was kept elsewhere, if it is given;
//   - the source against the digest that the import's event has;
//   - the hash of every event, made anew from its content and the hash before
//     it, and that each follows on the one before where they are neighbours;
//   - every row against its events: the steps exist, each begins where the last
//     one ended, nothing is paid without an answer or a person's word behind it,
//     and the state, the numbers and the counts are those they lead to;
//   - the totals: rows add up to buckets, buckets to the sheet, the sheet to
//     what the import's event says; in an unmasked pack the digest over every
//     row and instruction as well;
//   - that decisions, trade numbers and the report in JSON say the same.
//
// # What it cannot show
//
// An event that is masked has a hash that cannot be made anew; [Result] counts
// them. Of events of other batches in between only the last hash is there.
// Whoever can make a whole new ledger can make a pack that fits it: against
// that there is only a digest or a head that was kept elsewhere before.
//
// The package is a second reading of how events are hashed and states follow
// on one another. It imports nothing of the ledger's, or it would repeat its
// mistakes.
package offline
