package template

import (
	"io"
	"strconv"
	"strings"

	"github.com/bulkpay/bulkpay/paypro"
	"github.com/xuri/excelize/v2"
)

// The sheets of the workbook. The lists are hidden; they hold what does not
// fit the 255 characters of a list inside a rule.
const (
	payouts      = "Payouts"
	instructions = "How to fill in"
	lists        = "Lists"
)

// lastRow is how far drop-downs and warnings reach: to the end of any sheet.
const lastRow = 1_048_576

// writer keeps the first error, so that the layout reads as a list.
type writer struct {
	book    *excelize.File
	area    *paypro.Area
	columns []column
	mirror  bool // the sheet starts on the right
	lists   int  // columns of the sheet of lists
	err     error
}

func writeWorkbook(to io.Writer, area *paypro.Area, language string, columns []column) error {
	w := &writer{book: excelize.NewFile(), area: area, columns: columns, mirror: rightToLeft[language]}
	defer w.book.Close()
	w.do(w.book.SetSheetName("Sheet1", payouts))
	w.do(w.book.SetDocProps(&excelize.DocProperties{
		Title: "Payouts in " + area.Name, Creator: "bulkpay", LastModifiedBy: "bulkpay",
	}))
	w.header()
	w.example()
	for i := range columns {
		w.column(i)
	}
	w.warnings()
	w.paper(payouts, true)
	w.instructions()
	w.paper(instructions, false)
	w.do(w.book.SetSheetView(payouts, 0, &excelize.ViewOptions{RightToLeft: &w.mirror}))
	if w.err != nil {
		return w.err
	}
	_, err := w.book.WriteTo(to)
	return err
}

func (w *writer) do(err error) {
	if w.err == nil {
		w.err = err
	}
}

func (w *writer) style(style excelize.Style) int {
	if style.Font != nil && style.Font.Size == 0 {
		style.Font.Size = 11
	}
	id, err := w.book.NewStyle(&style)
	w.do(err)
	return id
}

// header writes the names of the columns and their notes, and keeps them in
// sight together with the first column.
func (w *writer) header() {
	for i := range w.columns {
		c, at := &w.columns[i], cell(i, 1)
		w.do(w.book.SetCellStr(payouts, at, c.header))
		style := headerStyle(c.field.Required)
		style.Alignment.Horizontal = w.side(c)
		w.do(w.book.SetCellStyle(payouts, at, at, w.style(style)))
		w.note(at, c)
	}
	w.do(w.book.SetRowHeight(payouts, 1, 30))
	w.do(w.book.SetPanes(payouts, &excelize.Panes{
		Freeze: true, XSplit: 1, YSplit: 1, TopLeftCell: "B2", ActivePane: "bottomLeft",
		Selection: []excelize.Selection{
			{SQRef: "B1", ActiveCell: "B1", Pane: "topRight"},
			{SQRef: "A3", ActiveCell: "A3", Pane: "bottomLeft"},
			{SQRef: "B3", ActiveCell: "B3", Pane: "bottomRight"},
		},
	}))
}

// note says what belongs in a column to whoever points at its header.
func (w *writer) note(at string, c *column) {
	need := "Optional: may stay empty."
	if c.field.Required {
		need = "REQUIRED in every row."
	}
	lines := []string{need}
	if text := holds(w.area, c); text != "" {
		lines = append(lines, text)
	}
	if c.right != "" {
		lines = append(lines, full(c.right))
	}
	if c.field.ID {
		lines = append(lines, "Kept as text, so that no digit is lost.")
	}
	lines = append(lines, "Example: "+unmarked(c.example))
	text := strings.Join(lines, "\n")
	bold := &excelize.Font{Bold: true, Size: 10, Family: fontFamily}
	plain := &excelize.Font{Size: 10, Family: fontFamily}
	w.do(w.book.AddComment(payouts, excelize.Comment{
		Cell: at, Author: "bulkpay", Width: noteWidth, Height: noteHeight(text),
		Paragraph: []excelize.RichTextRun{
			{Text: c.field.Label + "\n", Font: bold},
			{Text: text, Font: plain},
		},
	}))
}

const noteWidth = 320 // pixels

// noteHeight is room for the lines of a note, each broken where it must be.
func noteHeight(text string) uint {
	const perLine, pixels = 44, 17
	rows := 2
	for line := range strings.Lines(text) {
		rows += 1 + len(line)/perLine
	}
	return uint(rows * pixels)
}

// example writes the row that is not read.
func (w *writer) example() {
	for i := range w.columns {
		c, at := &w.columns[i], cell(i, 2)
		if number, err := strconv.ParseFloat(c.example, 64); c.isAmount() && err == nil {
			w.do(w.book.SetCellFloat(payouts, at, number, -1, 64))
			continue
		}
		w.do(w.book.SetCellStr(payouts, at, c.example))
	}
}

// column gives a column its format, as a whole and not cell by cell, and its
// drop-down or its warning.
func (w *writer) column(i int) {
	c, name := &w.columns[i], columnName(i)
	w.do(w.book.SetColWidth(payouts, name, name, c.width))
	style := excelize.Style{
		Font:      &excelize.Font{Family: fontFamily},
		Alignment: &excelize.Alignment{Horizontal: w.side(c), Indent: 1},
	}
	switch {
	case c.isAmount() && w.area.Decimals() > 0:
		style.NumFmt = centFormat
	case c.isAmount():
		style.NumFmt = wholeFormat
	case c.asText():
		style.NumFmt = textFormat
	}
	id := w.style(style)
	// The style of a column goes to the cells it has; the header keeps its own.
	header, err := w.book.GetCellStyle(payouts, cell(i, 1))
	w.do(err)
	w.do(w.book.SetColStyle(payouts, name, id))
	w.do(w.book.SetCellStyle(payouts, cell(i, 1), cell(i, 1), header))
	if c.asText() {
		// Otherwise each cell has a green corner that offers to turn it into
		// a number, which is what must not happen.
		w.do(w.book.AddIgnoredErrors(payouts, span(i), excelize.IgnoredErrorsNumberStoredAsText))
	}
	w.validation(i)
}

// side is where a column is aligned: text where lines begin, amounts where
// they end.
func (w *writer) side(c *column) string {
	if c.isAmount() != w.mirror {
		return "right"
	}
	return "left"
}

// The numbers of Excel's own formats.
const (
	textFormat  = 49 // @
	wholeFormat = 3  // #,##0
	centFormat  = 4  // #,##0.00
)

// paper lets a sheet be printed on A4 across: the instructions on one page, the
// payouts as wide as the page and as long as it takes, with the header on each.
func (w *writer) paper(sheet string, header bool) {
	a4, landscape, fit, wide, long := 9, "landscape", true, 1, 1
	if header {
		long = 0 // as many pages as it takes
	}
	w.do(w.book.SetPageLayout(sheet, &excelize.PageLayoutOptions{
		Size: &a4, Orientation: &landscape, FitToWidth: &wide, FitToHeight: &long,
	}))
	w.do(w.book.SetSheetProps(sheet, &excelize.SheetPropsOptions{FitToPage: &fit}))
	side, end := 0.4, 0.75 // inches
	w.do(w.book.SetPageMargins(sheet, &excelize.PageLayoutMarginsOptions{
		Left: &side, Right: &side, Top: &side, Bottom: &end, Header: &side, Footer: &side,
	}))
	w.do(w.book.SetHeaderFooter(sheet, &excelize.HeaderFooterOptions{OddFooter: "&L&F, &A&R&P / &N"}))
	if header {
		w.do(w.book.SetDefinedName(&excelize.DefinedName{
			Name: "_xlnm.Print_Titles", RefersTo: "'" + sheet + "'!$1:$1", Scope: sheet,
		}))
	}
}

func unmarked(example string) string { return strings.TrimSpace(strings.TrimPrefix(example, Mark)) }

// cell names a cell by its column from 0 and its row from 1.
func cell(column, row int) string { return columnName(column) + strconv.Itoa(row) }

// span is a column from the row below the header to the end.
func span(column int) string { return cell(column, 2) + ":" + cell(column, lastRow) }

func columnName(column int) string {
	name, err := excelize.ColumnNumberToName(column + 1)
	if err != nil {
		panic(err) // no area has that many fields
	}
	return name
}
