// Package report says what became of a batch: every row of the sheet, in
// exactly one bucket, with sums that tie to the sheet (P5).
//
// # Use
//
//	files, err := report.Write(ctx, "reports", "MX-20261121-7K3QF", source, report.Options{…})
//	err = report.WriteText(os.Stdout, source.Summary, report.TextOptions{Changes: source.Changes})
//
// # What is written
//
// The same rows in four forms, out of one reading of them, so that the four
// cannot disagree:
//
//   - .xlsx for whoever signs: summary with a chart, exceptions, all rows;
//   - .html for whoever reads: one page without scripts or requests, for
//     screen and A4 paper;
//   - .csv for whoever computes: see [Columns];
//   - .json for programs: see [Document].
//
// All four say TIED or NOT TIED with the equation behind it, and end in the
// hash of the last event, which anchors the history the report rests on.
//
// What nobody may miss stands above all figures: that the run stopped by
// itself, and that what was final in the last report is something else now.
// The other moves since the last report follow as a table. What is open says
// for how long; what stands on a person's word says whose and why, and that no
// answer of the gateway stands behind it.
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
// again and write again.
//
// Memory does not grow with the batch (P9): the workbook goes through
// temporary files, the page shows at most [MaxPageRows] rows.
//
// Account numbers are masked in all of them (P8). Texts come from strangers,
// the sheet's and the gateway's: no form lets them become a formula, markup
// or a terminal's commands, and none drops a character that it can show.
package report
