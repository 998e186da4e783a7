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

// sheet is the list of the rows, or of some of them.
type sheet struct {
	list
	wrap    bool // long texts go over several lines
	inexact bool // an amount is text, because a spreadsheet would round it
	cells   []any
}

// newSheet is one that is not begun yet.
func (s *xlsxSink) newSheet(name, tab string) sheet {
	t := sheet{cells: make([]any, len(columns))}
	t.list = list{
		sink: s, name: name, tab: tab, most: maxSheetRows,
		panes: &excelize.Panes{Freeze: true, XSplit: 4, YSplit: 1, TopLeftCell: "E2", ActivePane: "bottomRight"},
	}
	for _, c := range columns {
		t.heads = append(t.heads, listHead{s.t(c.title), c.width, c.kind})
	}
	return t
}

func (t *sheet) add(e entry) error {
	if err := t.room(); err != nil {
		return err
	}
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
	return t.row(t.cells, t.height())
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
	text := fit(shown(c.show(t.sink.paper, e)))
	t.text += len(text)
	if text == "" {
		return nil
	}
	return text
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
