package handback

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/bulkpay/bulkpay/internal/atomicfile"
)

// A list is the worksheet that lists all marks. Its rows go through a
// temporary file, since what stands above them says how many there are.
type list struct {
	options *Options
	sheet   string // the worksheet the links lead to
	top     int    // the row of the header
	styles  listStyles
	file    *atomicfile.Scratch
	rows    *bufio.Writer
	links   []uint64 // row and column of each mark, in order
	row     int      // the last one written
	faults  int
	hints   int
	left    int // for which there was no room
}

const (
	// maxLinks is how many links Excel takes in a worksheet.
	maxLinks = 65_000
	noLink   = ^uint64(0)
)

// listStyles are numbers of cell formats.
type listStyles struct{ title, note, header, where, text, fault, warning int }

var listColumns = []struct {
	header string
	width  float64
}{
	{"Cell", 12},
	{"Kind", 12},
	{"Column", 26},
	{"What is wrong", 46},
	{"What would be right", 46},
	{"Suggestion", 30},
}

func newList(o *Options, sheet string) (*list, error) {
	file, err := atomicfile.NewScratch()
	if err != nil {
		return nil, err
	}
	top := 5 + len(o.Notes) // title, count, what to do, notes, an empty row
	return &list{options: o, sheet: sheet, top: top, file: file, rows: bufio.NewWriterSize(file, 64<<10), row: top}, nil
}

// Close drops the temporary file.
func (l *list) Close() {
	_ = l.file.Close() // nothing in it is needed any more
}

// style registers the formats of the list.
func (l *list) style(s *stylesheet) {
	font := func(inside string) string {
		return strconv.Itoa(s.add("fonts", s.prefixed(`<font>`+inside+`<name val="Calibri"/><family val="2"/></font>`)))
	}
	fill := func(colour string) string {
		return strconv.Itoa(s.add("fills", s.prefixed(`<fill><patternFill patternType="solid"><fgColor rgb="`+
			colour+`"/><bgColor indexed="64"/></patternFill></fill>`)))
	}
	line := strconv.Itoa(s.add("borders", s.prefixed(`<border><left/><right/><top/><bottom style="thin"><color rgb="FFD5DAE1"/></bottom><diagonal/></border>`)))
	xf := func(font, fill, border, alignment string) int {
		return s.add("cellXfs", s.prefixed(`<xf numFmtId="49" fontId="`+font+`" fillId="`+fill+`" borderId="`+border+
			`" xfId="0" applyNumberFormat="1" applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1"><alignment `+alignment+`/></xf>`))
	}
	const (
		plain   = `horizontal="left" vertical="center"`
		indent  = `horizontal="left" vertical="center" indent="1"`
		short   = `horizontal="left" vertical="center" indent="1"`
		wrapped = `horizontal="left" vertical="center" wrapText="1" indent="1"`
	)
	body := font(`<sz val="10"/><color rgb="FF171B22"/>`)
	strong := font(`<b/><sz val="10"/><color rgb="FF171B22"/>`)
	l.styles = listStyles{
		title:   xf(font(`<b/><sz val="16"/><color rgb="FF171B22"/>`), "0", "0", plain),
		note:    xf(font(`<sz val="10"/><color rgb="FF5A6472"/>`), "0", "0", plain),
		header:  xf(font(`<b/><sz val="10"/><color rgb="FFFFFFFF"/>`), fill("FF2B3A4E"), "0", indent),
		where:   xf(font(`<u/><sz val="10"/><color rgb="FF0B57A4"/>`), "0", line, short),
		text:    xf(body, "0", line, wrapped),
		fault:   xf(strong, fill(faultFill), line, short),
		warning: xf(strong, fill(warningFill), line, short),
	}
}

// add lists a mark.
func (l *list) add(m Mark) {
	if m.Warning {
		l.hints++
	} else {
		l.faults++
	}
	if l.row >= maxRow-1 {
		l.left++
		return
	}
	l.row++
	if len(l.links) < maxLinks {
		l.links = append(l.links, l.target(m))
	}
	kind, style := "Fault", l.styles.fault
	if m.Warning {
		kind, style = "Warning", l.styles.warning
	}
	header := ""
	if m.Column >= 0 && m.Column < len(l.options.Headers) {
		header = l.options.Headers[m.Column]
	}
	texts := [...]string{m.where(), kind, header, upperFirst(m.Problem), upperFirst(m.Want), m.Suggest}
	lines := 1
	for i, text := range texts {
		lines = max(lines, wrapped(text, int(listColumns[i].width*1.1)))
	}
	// Not every program makes a row as high as its texts need.
	fmt.Fprintf(l.rows, `<row r="%d" ht="%d" customHeight="1">`, l.row, min(5+13*lines, 400))
	for i, text := range texts {
		switch i {
		case 0:
			l.cell(i, l.styles.where, text)
		case 1:
			l.cell(i, style, text)
		default:
			l.cell(i, l.styles.text, text)
		}
	}
	l.rows.WriteString(`</row>`)
}

// wrapped is in how many lines of so many letters a text is broken.
func wrapped(text string, letters int) int {
	lines, used := 1, 0
	for word := range strings.FieldsSeq(text) {
		size := 0
		for _, r := range word {
			if size++; r >= 0x1100 {
				size++ // Chinese, Japanese and Korean letters are twice as wide
			}
		}
		if used > 0 && used+1+size > letters {
			lines, used = lines+1, 0
		}
		if used > 0 {
			used++
		}
		used += size
		for ; used > letters; used -= letters { // a word longer than a line
			lines++
		}
	}
	return lines
}

// where is the coordinate of a mark, as a person says it.
func (m Mark) where() string {
	switch {
	case m.Row <= 0:
		return "the sheet"
	case m.Column < 0:
		return "row " + strconv.Itoa(m.Row)
	}
	return cellName(m.Row, m.Column)
}

func (l *list) target(m Mark) uint64 {
	if m.Row <= 0 || m.Row > maxRow || m.Column >= maxColumn {
		return noLink
	}
	column := m.Column
	if column < 0 {
		column = l.options.FirstColumn
	}
	return uint64(m.Row)<<32 | uint64(column)
}

func (l *list) cell(column, style int, text string) {
	if text == "" {
		fmt.Fprintf(l.rows, `<c r="%s%d" s="%d"/>`, letters(column), l.row, style)
		return
	}
	l.rows.WriteString(textCell("", cellName(l.row, column), style, text))
}

func (l *list) empty() bool { return l.faults+l.hints == 0 }

// write writes the worksheet; main and kinds are the workbook's namespaces.
func (l *list) write(w io.Writer, main, kinds string, omitted int) error {
	if err := l.rows.Flush(); err != nil {
		return err
	}
	if _, err := l.file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	out := bufio.NewWriterSize(w, 64<<10)
	l.head(out, main, kinds, omitted)
	if _, err := io.Copy(out, l.file); err != nil {
		return err
	}
	l.tail(out)
	return out.Flush()
}

func (l *list) head(out *bufio.Writer, main, kinds string, omitted int) {
	out.WriteString(xmlHead + `<worksheet xmlns="` + main + `" xmlns:r="` + kinds + `"><sheetPr><tabColor rgb="` + faultFill +
		`"/><pageSetUpPr fitToPage="1"/></sheetPr>` +
		`<dimension ref="A1:F` + strconv.Itoa(l.row) + `"/>` +
		`<sheetViews><sheetView showGridLines="0" workbookViewId="0"><pane ySplit="` + strconv.Itoa(l.top) + `" topLeftCell="A` +
		strconv.Itoa(l.top+1) + `" activePane="bottomLeft" state="frozen"/><selection pane="bottomLeft" activeCell="A` +
		strconv.Itoa(l.top+1) + `" sqref="A` + strconv.Itoa(l.top+1) + `"/></sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/><cols>`)
	for i, column := range listColumns {
		fmt.Fprintf(out, `<col min="%d" max="%d" width="%g" customWidth="1"/>`, i+1, i+1, column.width)
	}
	out.WriteString(`</cols><sheetData>`)
	title := l.options.Title
	if title == "" {
		title = "What to put right in “" + l.sheet + "”"
	}
	out.WriteString(`<row r="1" ht="26" customHeight="1">` + textCell("", "A1", l.styles.title, title) + `</row>`)
	for i, note := range l.notes(omitted) {
		if note != "" {
			out.WriteString(`<row r="` + strconv.Itoa(i+2) + `">` + textCell("", cellName(i+2, 0), l.styles.note, note) + `</row>`)
		}
	}
	fmt.Fprintf(out, `<row r="%d" ht="20" customHeight="1">`, l.top)
	for i, column := range listColumns {
		out.WriteString(textCell("", cellName(l.top, i), l.styles.header, column.header))
	}
	out.WriteString(`</row>`)
}

// notes are the lines between title and header.
func (l *list) notes(omitted int) []string {
	if l.empty() {
		return append([]string{"Nothing is wrong any more.", ""}, l.options.Notes...)
	}
	count := plural(l.faults, "fault") + ", " + plural(l.hints, "warning") + "."
	if omitted > 0 {
		count += fmt.Sprintf(" The first %d cells have a comment; this list has all.", maxNotes)
	}
	if l.left > 0 {
		count += fmt.Sprintf(" %d more did not fit on this sheet.", l.left)
	}
	lines := []string{count, "Put the coloured cells right, save the file, and give it back: colours, comments and this list are then made anew."}
	return append(lines, l.options.Notes...)
}

func (l *list) tail(out *bufio.Writer) {
	out.WriteString(`</sheetData>`)
	if l.row > l.top {
		fmt.Fprintf(out, `<autoFilter ref="A%d:F%d"/>`, l.top, l.row)
	}
	first := true
	for i, target := range l.links {
		if target == noLink {
			continue
		}
		if first {
			out.WriteString(`<hyperlinks>`)
			first = false
		}
		cell := cellName(int(target>>32), int(target&0xFFFFFFFF))
		fmt.Fprintf(out, `<hyperlink ref="A%d" location="%s" display="%s"/>`, l.top+1+i, escape(quoted(l.sheet)+"!"+cell), cell)
	}
	if !first {
		out.WriteString(`</hyperlinks>`)
	}
	out.WriteString(`<pageMargins left="0.5" right="0.5" top="0.6" bottom="0.6" header="0.3" footer="0.3"/>` +
		`<pageSetup paperSize="9" orientation="landscape" fitToWidth="1" fitToHeight="0"/></worksheet>`)
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return strconv.Itoa(n) + " " + what + "s"
}
