// Package iso20022 says what became of a batch in the words of banks: a
// customer payment status report, pain.002.
//
//	told, err := iso20022.Write(ctx, view, batch, file, iso20022.Options{})
//
// The file has one status for every row of the sheet, also for the rows that
// were never paid, and announces before them how many there are of each and
// their sums. Both are counted independently, and a file in which they differ
// is an error. The view must stand still ([ledger.Ledger.Snapshot]).
//
// # Statuses
//
//	ACSC  paid
//	ACSP  in progress at the gateway
//	PDNG  in doubt, held, not sent yet, or contradicted: not known, and never to be paid again by another way
//	RJCT  not paid: failed, refused, invalid, a payout of another batch already, or paid and taken back
//	CANC  cancelled before it was sent (version 001.03 has no such status: RJCT)
//
// What is in doubt is never rejected: whoever reads RJCT may pay again.
//
// # Which version
//
// 001.10 is of the 2019 edition of the standard, which banks moved to when they
// moved to pain.001.001.09, and is the one that the common usage guidelines
// describe. 001.03 is of 2009 and what older programs still want. Both have the
// elements that are written here, in the same order.
//
// The same batch with the same history gives the same bytes: ids and times are
// those of the batch's last event. No account number and no name of a payee is
// written. Rows stream; memory is flat.
package iso20022
