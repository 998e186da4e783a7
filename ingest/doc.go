// Package ingest turns a payout sheet, as people save it, into rows that are
// checked against the rules of an area.
//
//	sheet, err := ingest.Open("salaries.xlsx", ingest.Options{Constants: …})
//	if err != nil { … }                    // often Problems: all that is wrong with the header at once
//	defer sheet.Close()
//	for _, line := range sheet.Assumed() { … } // what was taken to be so: say it
//	for row, err := range sheet.Rows() {
//		if err != nil { … }                // the file cannot be read any further
//		if len(row.Problems) > 0 { … }     // do not pay this row
//	}
//
// # What is read
//
// CSV and XLSX, recognised by content, never by name. A CSV is UTF-8 with
// comma, semicolon, tab or bar between the cells. The header is the first of
// the first rows that names at least two known columns, and each of its cells
// is matched by the names people use ([paypro.Field.Aliases]) whatever its
// case, accents and punctuation. Columns nobody knows are ignored and listed
// in [Sheet.Assumed]. In a CSV a filled cell to the right of the header is a
// fault of its row, because a stray delimiter has then moved the others; in a
// workbook cells cannot move, and what stands beside the table is ignored.
//
// # What comes out
//
// One [Row] for each row with a value in a known column, in the order and
// with the number the person sees. Values are trimmed and choices put into
// the documented spelling; nothing else is changed, and what a spreadsheet
// has damaged is reported, not repaired. All faults of all rows come out in
// one pass, each a [Problem] with file, row and column and without the
// content of any cell: problems end up in logs.
//
// # Memory
//
// Rows stream: a window of some hundred rows is held, however long the sheet
// is. Every dimension of a file has a limit, see limits.go.
//
// A Sheet is for one goroutine. [Sheet.Rows] may be ranged over more than
// once, one range after the other; each starts at the first row.
package ingest
