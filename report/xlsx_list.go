package report

import (
	"fmt"
	"strconv"

	"github.com/xuri/excelize/v2"
)

// list is a table over as many worksheets as it takes: "Rows", "Rows 2" and so
// on. No row of it is ever left out.
type list struct {
	sink  *xlsxSink
	name  string
	tab   string // its colour
	empty string // what is said where there are no rows; "": nothing
	most  int    // rows of one worksheet
	heads []listHead
	panes *excelize.Panes // nil: only the first row stays
	first bool            // the first worksheet is there already

	lengths []int // rows of every part, complete at the end

	part   int
	stream *excelize.StreamWriter
	rows   int // of this part, without the header
	text   int // bytes of this part
}

// listHead is a column.
type listHead struct {
	title string
	width float64
	kind  kind
}

// titleOf is the name of a worksheet, from 1.
func (l *list) titleOf(part int) string {
	if part == 1 {
		return l.name
	}
	return fmt.Sprintf("%s %d", l.name, part)
}

// row writes a row; what the cells hold of text counts towards the worksheet's.
func (l *list) row(cells []any, options ...excelize.RowOpts) error {
	l.rows++
	return l.stream.SetRow("A"+strconv.Itoa(l.rows+1), cells, options...)
}

// room begins another worksheet if this one is full.
func (l *list) room() error {
	if l.rows < l.most && l.text <= maxSheetText {
		return nil
	}
	return l.next()
}

// next ends the worksheet before and begins another.
func (l *list) next() error {
	if err := l.end(); err != nil {
		return err
	}
	l.part++
	l.rows, l.text = 0, 0
	book, name := l.sink.book, l.titleOf(l.part)
	if l.part > 1 || !l.first {
		if _, err := book.NewSheet(name); err != nil {
			return err
		}
	}
	if err := l.sink.setUpPage(name, l.tab, listPage); err != nil {
		return err
	}
	stream, err := book.NewStreamWriter(name)
	if err != nil {
		return err
	}
	l.stream = stream
	header := make([]any, len(l.heads))
	for i, c := range l.heads {
		if err := stream.SetColWidth(i+1, i+1, c.width); err != nil {
			return err
		}
		header[i] = excelize.Cell{StyleID: l.sink.style.header[c.kind], Value: c.title}
	}
	panes := l.panes
	if panes == nil {
		panes = &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}
	}
	if err := stream.SetPanes(panes); err != nil {
		return err
	}
	return stream.SetRow("A1", header, excelize.RowOpts{Height: 24})
}

// end closes the worksheet, whose length is known only now.
func (l *list) end() error {
	if l.stream == nil {
		return nil
	}
	book, name := l.sink.book, l.titleOf(l.part)
	last, err := excelize.CoordinatesToCellName(len(l.heads), max(l.rows+1, 2))
	if err != nil {
		return err
	}
	if err := book.AutoFilter(name, "A1:"+last, nil); err != nil {
		return err
	}
	// Trade numbers and codes are text on purpose.
	if err := book.AddIgnoredErrors(name, "A1:"+last, excelize.IgnoredErrorsNumberStoredAsText); err != nil {
		return err
	}
	if l.rows == 0 && l.empty != "" {
		if err := l.stream.SetRow("A2", []any{excelize.Cell{Value: l.empty}}); err != nil {
			return err
		}
	}
	l.lengths = append(l.lengths, l.rows)
	err = l.stream.Flush()
	l.stream = nil
	return err
}

// ranges are the cells of a column, by its letter, in every worksheet.
func (l *list) ranges(letter string) []string {
	var all []string
	for i, rows := range l.lengths {
		all = append(all, fmt.Sprintf("%s!$%s$2:$%s$%d", quoted(l.titleOf(i+1)), letter, letter, max(rows, 1)+1))
	}
	return all
}
