package ingest

import (
	"errors"
	"io"
	"os"

	"github.com/bulkpay/bulkpay/internal/xlsx"
)

// workbook is an XLSX file.
type workbook struct {
	file *os.File
	book *xlsx.Book
}

// wantRepaired is the way out of a damaged workbook.
const wantRepaired = "the file opened and saved again by a spreadsheet program"

func openWorkbook(file *os.File, size int64) (*workbook, error) {
	opened, err := xlsx.Open(file, size, xlsx.Limits{
		Unzipped: maxUnzippedBytes, Strings: maxTextBytes, CellChars: maxCellChars,
	})
	if err != nil {
		return nil, workbookProblem(err)
	}
	return &workbook{file, opened}, nil
}

// workbookProblem puts what the reader of workbooks says into the words of a
// person with a sheet.
func workbookProblem(err error) error {
	refused, ok := errors.AsType[*xlsx.Error](err)
	if !ok {
		return err
	}
	switch refused.Kind {
	case xlsx.KindTooBig:
		what := "is a workbook that is larger than any payout sheet"
		if refused.What != "" {
			what += " (" + refused.What + ")"
		}
		return Problem{Row: refused.Row, What: what, Want: "the payouts alone in a new workbook, or a CSV in UTF-8"}
	case xlsx.KindMacro:
		return refuse("is a workbook with macros (.xlsm)", "the sheet saved as a workbook without them (Save as, then .xlsx)")
	case xlsx.KindBinary:
		return refuse("is a binary workbook (.xlsb)", saveAgain)
	case xlsx.KindEncrypted:
		return refuse("is protected by a password", wantUnlocked)
	case xlsx.KindNotWorkbook:
		return refuse("is a zip archive without a workbook in it", saveAgain)
	case xlsx.KindDamaged:
		if refused.Row > 0 {
			return Problem{Row: refused.Row, What: "the workbook is damaged from here on", Want: wantRepaired}
		}
	}
	return refuse("is a damaged workbook", wantRepaired)
}

func (b *workbook) Close() error { return b.file.Close() }

func (b *workbook) variants() []variant {
	var ways []variant
	for i, sheet := range b.book.Sheets() {
		ways = append(ways, variant{sheet.Name, sheet.Hidden, func() (rowReader, error) {
			rows, err := b.book.Rows(i)
			if err != nil {
				return nil, workbookProblem(err)
			}
			return &xlsxReader{rows: rows}, nil
		}})
	}
	return ways
}

type xlsxReader struct{ rows *xlsx.Rows }

func (r *xlsxReader) Close() error { return r.rows.Close() }

func (r *xlsxReader) read(row *gridRow) error {
	row.reset()
	next, err := r.rows.Next()
	if errors.Is(err, io.EOF) {
		return io.EOF
	}
	if err != nil {
		return workbookProblem(err)
	}
	row.number, row.hidden = next.Number, next.Hidden
	for i := range next.Cells {
		cell := &next.Cells[i]
		if cell.Column > maxColumns {
			break // beyond any header that is accepted
		}
		for len(row.cells) < cell.Column {
			row.cells, row.kinds = append(row.cells, ""), append(row.kinds, kindPlain)
		}
		row.cells, row.kinds = append(row.cells, cell.Text), append(row.kinds, kindOf(cell))
		if cell.Formula {
			row.formulas = append(row.formulas, cell.Column)
		}
	}
	return nil
}

func kindOf(cell *xlsx.Cell) kind {
	if cell.Formula && cell.Text == "" {
		return kindUncomputed
	}
	switch cell.Kind {
	case xlsx.Number:
		return kindNumber
	case xlsx.Date:
		return kindDate
	case xlsx.Bool:
		return kindBool
	case xlsx.Fault:
		return kindFault
	case xlsx.Text:
	}
	return kindText
}

// shape is what a workbook says of a worksheet besides its cells.
type shape struct {
	merged   []xlsx.Range
	hidden   []xlsx.Span // columns
	filtered bool
}

// shape is known after the last row.
func (r *xlsxReader) shape() shape {
	return shape{r.rows.Merged(), r.rows.HiddenColumns(), r.rows.Filtered()}
}
