// Package report says what became of one batch or of several: every row of
// every sheet, in exactly one bucket, with sums that tie to the sheet (P5), and
// what the gateway, the balance and statements say to that.
//
// # Use
//
//	source := report.Source{Batches: []report.Batch{{Summary: …, Lines: …}}}
//	files, err := report.Write(ctx, "reports", "MX-20261121-7K3QF", source, report.Options{Lang: lang.Spanish})
//	err = report.WriteText(os.Stdout, source, report.TextOptions{})
//	if source.Verdict() == report.NotTied { … }
//
// # What is written
//
// The same rows in four or five forms, out of one reading of them, so that the
// forms cannot disagree:
//
//   - .xlsx for whoever works with it: summary with charts, exceptions by cause
//     and one by one, what is open by age, the matching, fees, trend, all rows;
//   - .html for whoever reads: one page without scripts or requests, for
//     screen and A4 paper;
//   - .pdf for whoever signs: summary and exceptions; only if asked for;
//   - .csv for whoever computes: see [Columns];
//   - .json for programs: see [Document].
//
// A report of several batches has a part for each merchant. Sums are made
// within one merchant, whose currency is one; nothing is ever added across.
//
// # Three equations
//
// Each batch and each merchant has three (see [Equation]): the sheet is the sum
// of the buckets; the ledger is what the gateway said last; the balance moved by
// what was paid. Each is TIED, NOT TIED, or NOT KNOWN with the reason, and
// the verdict is added up here and never taken from whoever made the terms.
//
// What nobody may miss stands above all figures: what does not tie, that a
// run stopped by itself, and that what was final in the last report is something
// else now. What is open says for how long; what stands on a person's word says
// whose and why, and that no answer of the gateway stands behind it. All forms
// end in the hash of the last event, which anchors the history the report rests
// on.
//
// # Languages
//
// What people read is in the language of [Options].Lang. CSV and JSON are in
// English in all of them, byte for byte, so that no program breaks on a word.
//
// # What it promises
//
// The files are a function of the source: no time of writing, no random
// number. Ages are counted until the moment the summary speaks of. The same
// source gives the same bytes.
//
// The files appear whole or not at all. All are prepared before the first is
// named, so an error anywhere leaves every old report in place.
//
// The rows are added up again while they are written. If they do not agree
// with the summary bucket by bucket, the batch has moved in between and the
// report fails with [ErrChanged] instead of contradicting itself; read both
// again and write again. The workbook adds its own rows up once more, by
// formulas whose results stand in the cells too.
//
// Memory does not grow with the batches (P9): the workbook goes through
// temporary files, the page shows at most [MaxPageRows] rows, causes and ages
// are counted and not kept.
//
// Account numbers are masked (P8) unless [Options].Unmasked, which every page
// says. Texts come from strangers, the sheet's, the gateway's and the bank's: no
// form lets them become a formula, markup or a terminal's commands, and none
// drops a character; what a form cannot show is shown by its number.
package report
