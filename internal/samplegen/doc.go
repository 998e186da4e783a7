// Package samplegen makes up payout rows and sheets: for the folder samples,
// for tests and for benchmarks. The same seed gives the same rows.
//
// The rows satisfy every rule of their area, check digits included, raise no
// warning, and the accounts belong to nobody, as far as a number can be known
// to: a CLABE's account part begins with 0000, a card lies in the range
// 4000 00…, which is for tests, other accounts and the second half of phone
// numbers begin with zeros. What is in an area's numbers says its file. E-mail
// addresses are in example.com.
//
//	go run ./internal/samplegen/cmd/samplegen                            # writes samples/ anew
//	go run ./internal/samplegen/cmd/samplegen -area mexico -rows 200000  # a CSV on stdout
//
// # A new area
//
// One file area_<slug>.go with a maker, and its line in the table of makers;
// `make samples` then writes its sheet. A test holds the rows against the
// rules of every area and finds out which one has none.
package samplegen
