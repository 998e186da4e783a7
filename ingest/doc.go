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
//	for _, line := range sheet.Notes() { … }   // what else was come across
//
// # What is read
//
// CSV and XLSX, recognised by content, never by name. The encoding of a CSV
// is settled over the whole file before a row of it is read: UTF-8 and UTF-16
// by proof, Windows-1252 and GB18030 by plausibility, and what is not clear is
// asked about. The header is the one of the first rows that names the most
// known columns. Each of its cells is matched by the names people use
// ([paypro.Field.Aliases]) whatever its case, accents and punctuation, unless
// [Options.Map] says what it is. Columns nobody knows are ignored and listed
// in [Sheet.Assumed]. In a CSV a filled cell to the right of the header is a
// fault of its row, because a stray delimiter has then moved the others; in a
// workbook cells cannot move, and what stands beside the table is ignored.
//
// Not payouts are examples ("EXAMPLE: …", as templates have them) and a last
// row with a total, which must agree with the rows above it. Hidden rows are
// asked about.
//
// # What comes out
//
// One [Row] for each row with a value in a known column, in the order and
// with the number the person sees. Values are trimmed, choices put into the
// documented spelling and amounts into plain digits if they can be read in
// one way only; see clean.go and amount.go. What a spreadsheet has damaged is
// reported, not repaired; see damage.go. A [Problem] may come with a value
// that would be right, which is never applied here.
//
// All faults of all rows come out in one pass, each with file, row and column
// and without the content of any cell: problems end up in logs.
//
// # Memory
//
// Rows stream: a window of some hundred rows is held, however long the sheet
// is. [Open] has read the sheet once, for what concerns all of it: see
// survey.go. Every dimension of a file has a limit, see limits.go.
//
// A Sheet is for one goroutine. [Sheet.Rows] may be ranged over more than
// once, one range after the other; each starts at the first row.
package ingest
