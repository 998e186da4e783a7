package export

import (
	"bufio"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"

	"github.com/bulkpay/bulkpay/internal/spoolzip"
)

// A worksheet holds 1,048,576 rows. The text is limited as well, so that no
// sheet's XML passes the 4 GiB beyond which Excel wants another zip format.
const (
	maxSheetRows = 1_000_000
	maxSheetText = 512 << 20
	maxCellUnits = 32_767 // UTF-16 units
	exactDigits  = 15     // of a number in a spreadsheet
)

// xlsxSink writes worksheets named after what is exported: "payouts",
// "payouts 2" and so on. Cells are values, never formulas; texts are texts,
// whatever they look like.
type xlsxSink struct {
	w       *bufio.Writer
	o       Options
	columns []column
	book    *excelize.File
	styles  map[kind]int
	header  int

	stream     *excelize.StreamWriter
	part       int
	rows, text int // of this worksheet
	cells      []any
}

func openXLSX(w *bufio.Writer, o Options, columns []column) (*xlsxSink, error) {
	if o.sheetRows == 0 {
		o.sheetRows = maxSheetRows
	}
	s := &xlsxSink{w: w, o: o, columns: columns, book: excelize.NewFile(), cells: make([]any, len(columns))}
	if err := s.addStyles(); err != nil {
		s.close()
		return nil, err
	}
	if err := s.next(); err != nil {
		s.close()
		return nil, err
	}
	return s, s.book.DeleteSheet("Sheet1")
}

func (s *xlsxSink) addStyles() (err error) {
	s.styles = map[kind]int{}
	times, days, text, amounts := "yyyy-mm-dd hh:mm:ss.000", "yyyy-mm-dd", "@", "0.00###"
	for _, style := range []struct {
		kind   kind
		format *string
	}{{timeKind, &times}, {dayKind, &days}, {textKind, &text}, {amountKind, &amounts}} {
		if s.styles[style.kind], err = s.book.NewStyle(&excelize.Style{CustomNumFmt: style.format}); err != nil {
			return err
		}
	}
	s.header, err = s.book.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	return err
}

// next ends the worksheet before and begins another.
func (s *xlsxSink) next() error {
	if err := s.end(); err != nil {
		return err
	}
	s.part++
	s.rows, s.text = 0, 0
	name := s.title()
	if _, err := s.book.NewSheet(name); err != nil {
		return err
	}
	var err error
	if s.stream, err = s.book.NewStreamWriter(name); err != nil {
		return err
	}
	if err := s.stream.SetColWidth(1, len(s.columns), 18); err != nil {
		return err
	}
	if err := s.stream.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	for i, c := range s.columns {
		s.cells[i] = excelize.Cell{StyleID: s.header, Value: c.name}
	}
	return s.stream.SetRow("A1", s.cells)
}

func (s *xlsxSink) title() string {
	if s.part == 1 {
		return string(s.o.What)
	}
	return fmt.Sprintf("%s %d", s.o.What, s.part)
}

func (s *xlsxSink) row(row any) error {
	if s.rows == s.o.sheetRows || s.text > maxSheetText {
		if err := s.next(); err != nil {
			return err
		}
	}
	s.rows++
	value := reflect.ValueOf(row).Elem()
	for i, c := range s.columns {
		s.cells[i] = excelize.Cell{StyleID: s.styles[c.kind], Value: s.value(c, value)}
	}
	return s.stream.SetRow("A"+strconv.Itoa(s.rows+1), s.cells)
}

// value is what a cell holds; nothing rather than an empty text.
func (s *xlsxSink) value(c column, row reflect.Value) any {
	text := c.text(row)
	if text == "" {
		return nil
	}
	switch c.kind {
	case numberKind:
		return row.Field(c.index).Int()
	case truthKind:
		return row.Field(c.index).Bool()
	case timeKind:
		return *c.time(row)
	case dayKind:
		if at, err := time.Parse(time.DateOnly, text); err == nil {
			return at
		}
	case amountKind:
		if len(strings.Trim(text, "-.")) <= exactDigits {
			if number, err := strconv.ParseFloat(text, 64); err == nil {
				return number // exact: it has few digits enough
			}
		}
	}
	text = fit(text)
	s.text += len(text)
	return text
}

// end closes a worksheet.
func (s *xlsxSink) end() error {
	if s.stream == nil {
		return nil
	}
	last, err := excelize.CoordinatesToCellName(len(s.columns), max(s.rows+1, 2))
	if err != nil {
		return err
	}
	if err := s.book.AutoFilter(s.title(), "A1:"+last, nil); err != nil {
		return err
	}
	// Trade numbers and codes are text on purpose.
	if err := s.book.AddIgnoredErrors(s.title(), "A1:"+last, excelize.IgnoredErrorsNumberStoredAsText); err != nil {
		return err
	}
	err = s.stream.Flush()
	s.stream = nil
	return err
}

func (s *xlsxSink) finish() error {
	if err := s.end(); err != nil {
		return err
	}
	s.book.SetActiveSheet(0)
	return spoolzip.Write(s.book, s.w)
}

func (s *xlsxSink) close() { _ = s.book.Close() } // drops temporary files

// fit cuts a text that no cell can hold, and says so: CSV and JSON have it all.
func fit(text string) string {
	const mark = "… (cut)"
	if len(text) <= maxCellUnits {
		return text
	}
	units := utf16.Encode([]rune(text))
	if len(units) <= maxCellUnits {
		return text
	}
	return strings.ToValidUTF8(string(utf16.Decode(units[:maxCellUnits-len(mark)])), "") + mark
}
