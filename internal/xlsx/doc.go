// Package xlsx reads workbooks of Excel and of what writes like it, row by row
// and in flat memory, with the type of every cell.
//
//	book, err := xlsx.Open(file, size, xlsx.Limits{})
//	rows, err := book.Rows(0)
//	defer rows.Close()
//	for {
//		row, err := rows.Next() // io.EOF after the last
//		…
//	}
//
// The type matters because a spreadsheet destroys account numbers by taking
// them for numbers: a caller must be able to tell the text 072180000000000000
// from a number that looks the same.
//
// The reader is strict. A row or a cell is told as it stands in the file, or
// reading ends with an [*Error] that names the row: nothing is skipped,
// guessed or repaired, for what is skipped here is a payout that nobody
// misses. Whatever Excel, LibreOffice and Google Sheets write is read; XML that
// is not well-formed, cells out of order and texts that are not there are
// damage.
//
// Everything has a limit, see [Limits], and a workbook that unzips to more than
// it says, or to more than is sensible, is refused before it costs memory. What
// is held is one row and the shared texts of the workbook, packed.
//
// # Rows that are worth nothing before the end
//
// A damaged file may show its damage only in its last byte, where the check sum
// is. Rows are to be believed when [Rows.Next] has returned [io.EOF].
package xlsx
