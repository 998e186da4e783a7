// Package handback gives a person their own file back, marked.
//
//	err := atomicfile.Write("salaries.checked.xlsx", 0o600, func(w io.Writer) error {
//		return handback.Workbook(ctx, file, w, handback.Options{
//			Part:      "xl/worksheets/sheet1.xml",
//			HeaderRow: 3, FirstColumn: 0, LastColumn: 8, Headers: headers,
//			Marks:     marks,                   // what is wrong, row by row
//		})
//	})
//
// After a run the same call appends what became of every row:
//
//	Append: []handback.Column{{Header: "tradeNo"}, {Header: "status"}},
//	Values: func(row int) []string { … },   // nil: not a row of ours
//
// # What a workbook gets
//
// The worksheet is rewritten as it streams through; every other part is
// copied byte for byte unless it has to know of the marks. A marked cell
// keeps its number format, font, borders and alignment and gets another fill,
// orange-red for a fault and yellow for a warning, and a comment in plain
// words. The last worksheet, "bulkpay", lists all marks, each with a link to
// its cell. Texts are cells of text, never formulas.
//
// A copy that comes back, repaired, and is marked again loses the old marks
// first: the style a cell had is kept as a named cell style ("bulkpay mark 4
// (Normal)") that the marked style stands on, and our part of a comment begins
// with "bulkpay:" on a line of its own. Both survive being saved by Excel and
// LibreOffice. The list is found by a defined name, wherever its tab went.
//
// What a person has done stays: their comments are extended and later cut back
// to what they were; formulas are never replaced; columns are added where no
// row has anything. A filter or a table that ends where ours begin takes them
// in, because sorting it would otherwise part them from their rows. That is
// not possible for every kind of table: a tradeNo that comes back is to be
// held against its row.
//
// # What a CSV gets
//
// A CSV has no colours, so it gets columns: [FaultsHeader], when there are
// marks to give, and those of Options.Append. Encoding, delimiter, line ends
// and the bytes of all other cells stay as they are.
//
// # Limits
//
// Memory does not grow with the rows. A workbook that cannot be rewritten with
// certainty is a [*Refusal], and the caller lists the faults elsewhere. When
// an error comes back, what was written is of no use: write through
// internal/atomicfile.
package handback
