package report

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"github.com/bulkpay/bulkpay/internal/money"
)

// A worksheet holds 1,048,576 rows. The text is limited as well, so that no
// sheet's XML passes the 4 GiB beyond which Excel wants another zip format,
// even if every character of it has to be escaped.
const (
	maxSheetRows = 1_000_000
	maxSheetText = 512 << 20
	maxCellUnits = 32_767 // UTF-16 units
)

// maxCellLines is how many lines of a long text are seen without opening it.
const maxCellLines = 8

// exactDigits is what a spreadsheet's number holds without rounding.
const exactDigits = 15

// sheet is a list of rows, over as many worksheets as it takes.
type sheet struct {
	sink  *xlsxSink
	name  string
	empty string // what is said where there are no rows; "": nothing
	tab   string // its colour
	wrap  bool   // long texts go over several lines
	most  int    // rows of one worksheet

	lengths []int // rows of every part, complete at the end
	inexact bool  // an amount is text, because a spreadsheet would round it

	part   int
	stream *excelize.StreamWriter
	rows   int // of this part, without the header
	text   int // bytes of this part
	cells  []any
}

func (t *sheet) title() string { return t.titleOf(t.part) }

func (t *sheet) titleOf(part int) string {
	if part == 1 {
		return t.name
	}
	return fmt.Sprintf("%s %d", t.name, part)
}

// next ends the worksheet before and begins another.
func (t *sheet) next() error {
	if err := t.end(); err != nil {
		return err
	}
	t.part++
	t.rows, t.text = 0, 0
	t.cells = make([]any, len(columns))
	book := t.sink.book
	if _, err := book.NewSheet(t.title()); err != nil {
		return err
	}
	if err := t.sink.setUpPage(t.title(), t.tab, listPage); err != nil {
		return err
	}
	stream, err := book.NewStreamWriter(t.title())
	if err != nil {
		return err
	}
	t.stream = stream
	for i, c := range columns {
		if err := stream.SetColWidth(i+1, i+1, c.width); err != nil {
			return err
		}
		t.cells[i] = excelize.Cell{StyleID: t.sink.style.header[c.kind], Value: t.sink.t(c.title)}
	}
	err = stream.SetPanes(&excelize.Panes{Freeze: true, XSplit: 4, YSplit: 1, TopLeftCell: "E2", ActivePane: "bottomRight"})
	if err != nil {
		return err
	}
	return stream.SetRow("A1", t.cells, excelize.RowOpts{Height: 24})
}

func (t *sheet) add(e entry) error {
	if t.rows == t.most || t.text > maxSheetText {
		if err := t.next(); err != nil {
			return err
		}
	}
	t.rows++
	of := t.sink.style
	if e.Readable {
		of = t.sink.styles[e.Amount.Currency().Decimals]
	}
	styles := of.plain
	if t.wrap {
		styles = of.wrapped
	}
	for i, c := range columns {
		cell := excelize.Cell{StyleID: styles[c.kind], Value: t.value(c, e)}
		if c.key == "status" {
			cell.StyleID = of.status[e.Bucket]
		}
		t.cells[i] = cell
	}
	return t.stream.SetRow("A"+strconv.Itoa(t.rows+1), t.cells, t.height())
}

// height makes room for the longest text of a row whose texts are wrapped: not
// every program does that by itself when it opens a file. Very long texts are
// read in the cell.
func (t *sheet) height() excelize.RowOpts {
	if !t.wrap {
		return excelize.RowOpts{}
	}
	lines := 1
	for i, c := range columns {
		if text, ok := t.cells[i].(excelize.Cell).Value.(string); ok {
			// The words at the ends of lines leave gaps.
			n := 1 + utf8.RuneCountInString(text)*10/(int(c.width)*9)
			lines = max(lines, n)
		}
	}
	return excelize.RowOpts{Height: float64(3 + 13*min(lines, maxCellLines))}
}

// value is what a cell holds: a number that can be added up, a time that can
// be sorted, or text.
func (t *sheet) value(c column, e entry) any {
	switch c.kind {
	case numberKind:
		if c.key == "attempts" {
			return e.Attempts
		}
		return e.Row
	case amountKind:
		if !e.Readable {
			return nil
		}
		value := cellNumber(e.Amount)
		if _, isText := value.(string); isText {
			t.inexact = true
		}
		return value
	case timeKind:
		at := map[string]time.Time{"submittedAt": e.Submitted, "finalAt": e.Final, "openSince": e.Since}[c.key]
		if at.IsZero() {
			return nil
		}
		return at.UTC().Truncate(time.Second)
	}
	text := fit(visible(c.show(t.sink.paper, e)))
	t.text += len(text)
	if text == "" {
		return nil
	}
	return text
}

// end closes the worksheet, whose length is known only now.
func (t *sheet) end() error {
	if t.stream == nil {
		return nil
	}
	book, name := t.sink.book, t.title()
	last, err := excelize.CoordinatesToCellName(len(columns), max(t.rows+1, 2))
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
	if t.rows == 0 && t.empty != "" {
		if err := t.stream.SetRow("A2", []any{excelize.Cell{Value: t.empty}}); err != nil {
			return err
		}
	}
	t.lengths = append(t.lengths, t.rows)
	err = t.stream.Flush()
	t.stream = nil
	return err
}

// pageKind is how a worksheet is printed.
type pageKind int

const (
	listPage pageKind = iota // its first row on every page
	longPage                 // as many pages as it takes
	onePage                  // on a single page
)

func pageOf(one bool) pageKind {
	if one {
		return onePage
	}
	return longPage
}

// setUpPage makes a worksheet print: landscape A4, one page wide, its first
// row on every page if it is a table.
func (s *xlsxSink) setUpPage(name, tab string, kind pageKind) error {
	book := s.book
	yes, a4, landscape, wide, tall := true, 9, "landscape", 1, 0
	if kind == onePage {
		tall = 1
	}
	err := book.SetSheetProps(name, &excelize.SheetPropsOptions{FitToPage: &yes, TabColorRGB: &tab})
	if err != nil {
		return err
	}
	err = book.SetPageLayout(name, &excelize.PageLayoutOptions{
		Size: &a4, Orientation: &landscape, FitToWidth: &wide, FitToHeight: &tall,
	})
	if err != nil {
		return err
	}
	narrow, foot := 0.4, 0.6
	err = book.SetPageMargins(name, &excelize.PageLayoutMarginsOptions{
		Left: &narrow, Right: &narrow, Top: &narrow, Bottom: &foot,
	})
	if err != nil {
		return err
	}
	if err := book.SetHeaderFooter(name, &excelize.HeaderFooterOptions{OddFooter: "&L&8&A&C&8" + s.onEveryPage() + "&R&8&P / &N"}); err != nil || kind != listPage {
		return err
	}
	return book.SetDefinedName(&excelize.DefinedName{
		Name: "_xlnm.Print_Titles", RefersTo: fmt.Sprintf("'%s'!$1:$1", name), Scope: name,
	})
}

// onEveryPage is what no printed page may go without: that it does not tie, and
// that it shows whole account numbers. It is "" if neither is so.
func (p *paper) onEveryPage() string {
	var says []string
	if p.verdict() == NotTied {
		says = append(says, p.t("NOT TIED"))
	}
	if p.Unmasked {
		says = append(says, p.t("UNMASKED: account numbers are shown whole"))
	}
	return strings.Join(says, " · ")
}

// cellNumber is an amount as a number, if a spreadsheet can hold it exactly, and
// as text otherwise.
func cellNumber(a money.Amount) any {
	if minor, ok := a.Minor(); ok && len(strconv.FormatInt(max(minor, -minor), 10)) <= exactDigits {
		if f, err := strconv.ParseFloat(a.Fixed(), 64); err == nil {
			return f
		}
	}
	return a.Fixed()
}

// fit cuts a text that no cell can hold, and says so: the JSON form has it
// all.
func fit(text string) string {
	const mark = "… (cut)"
	if len(text) <= maxCellUnits {
		return text
	}
	units := utf16.Encode([]rune(text))
	if len(units) <= maxCellUnits {
		return text
	}
	units = units[:maxCellUnits-len(mark)]
	if utf16.IsSurrogate(rune(units[len(units)-1])) && units[len(units)-1] < 0xDC00 {
		units = units[:len(units)-1]
	}
	return string(utf16.Decode(units)) + mark
}
