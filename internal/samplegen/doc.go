// Package samplegen makes up payout rows and sheets: for the folder samples,
// for tests and for benchmarks. The same seed gives the same rows.
//
// The rows satisfy every rule of their area, check digits included, and the
// accounts belong to nobody: a CLABE's account part begins with 0000, a card
// lies in the range 4000 00…, which is for tests, an Indian account begins
// with 0000 and its branch with 999. E-mail addresses are in example.com.
//
//	go run ./internal/samplegen/cmd/samplegen                            # writes samples/ anew
//	go run ./internal/samplegen/cmd/samplegen -area mexico -rows 200000  # a CSV on stdout
package samplegen
