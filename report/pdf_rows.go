package report

import "strings"

// pdfColumn is one column of a table: its head, its width in millimetres, and
// whether it holds numbers.
type pdfColumn struct {
	head   string
	width  float64
	number bool
}

// pdfTable is a table that goes on over pages, with its head on each.
type pdfTable struct {
	*pdfSink
	columns []pdfColumn
	bold    bool // the next rows
	size    float64
}

func (s *pdfSink) table(columns ...pdfColumn) *pdfTable {
	t := &pdfTable{pdfSink: s, columns: columns, size: 8}
	s.room(16)
	s.y += 0.8
	t.head()
	return t
}

func (t *pdfTable) head() {
	t.colour(quietColour)
	t.font(7.5, true)
	most := 1
	heads := make([][]string, len(t.columns))
	for i, c := range t.columns {
		heads[i] = t.pen.wrap(t.pen.legible(c.head), c.width-2)
		most = max(most, len(heads[i]))
	}
	const step = 3.4
	x := margin
	for i, c := range t.columns {
		for n, line := range heads[i] { // the last lines of all stand beside each other
			c.draw(t.pen, x, t.y+step*float64(n+1+most-len(heads[i])), line)
		}
		x += c.width
	}
	t.y += step*float64(most) + 1.4
	t.rule(0.35)
	t.colour(inkColour)
}

// gutter is what is left free between a column of numbers and the next.
const gutter = 2.5

// draw puts a line of a cell into a column that begins at x.
func (c pdfColumn) draw(p *pen, x, y float64, line string) {
	if c.number {
		p.draw(x+c.width-gutter-p.width(line), y, line)
		return
	}
	p.draw(x+0.5, y, line)
}

// rule is a line over the width of the table.
func (t *pdfTable) rule(width float64) {
	r, g, b := rgb(lineColour)
	t.pdf.SetDrawColor(r, g, b)
	t.pdf.SetLineWidth(width)
	t.pdf.Line(margin, t.y, pageWidth-margin, t.y)
}

// maxPDFLines is how many lines of a cell are shown; a text that is longer
// ends in a mark, and stands whole in the other forms.
const maxPDFLines = 12

// row writes a row, as high as its longest cell; it is never parted by the end
// of a page.
func (t *pdfTable) row(cells ...string) {
	t.font(t.size, t.bold)
	lines := make([][]string, len(cells))
	most := 1
	for i, cell := range cells {
		lines[i] = t.pen.wrap(t.pen.legible(cell), t.columns[i].width-2)
		if len(lines[i]) > maxPDFLines {
			lines[i] = append(lines[i][:maxPDFLines-1], "… "+t.t("(cut)"))
		}
		most = max(most, len(lines[i]))
	}
	step := t.size * 0.46
	height := float64(most)*step + 1.6
	if t.y+height > contentFoot {
		t.newPage()
		t.head()
	}
	t.font(t.size, t.bold)
	x := margin
	for i, c := range t.columns[:len(cells)] {
		for n, line := range lines[i] {
			c.draw(t.pen, x, t.y+0.4+float64(n+1)*step, line)
		}
		x += c.width
	}
	t.y += height
	t.rule(0.15)
}

// signature is a place to sign, with what is signed for above it wherever the
// page breaks; what does not tie has none.
func (s *pdfSink) signature() {
	s.room(34 + 4.2*float64(len(s.parts)))
	s.y += 6
	for _, h := range s.parts {
		s.paragraph(s.signed(h))
	}
	if s.verdict() != Tied {
		s.band(s.t("NOT TIED")+": "+s.t("not to be signed"), "FFFFFF", badColour, 11, true)
		return
	}
	s.y += 15
	r, g, b := rgb(inkColour)
	s.pdf.SetDrawColor(r, g, b)
	s.pdf.SetLineWidth(0.3)
	s.font(8, false)
	x := margin
	for _, place := range []struct {
		name  string
		width float64
	}{{s.t("Prepared by"), 64}, {s.t("Approved by"), 64}, {s.t("Date"), 36}} {
		s.pdf.Line(x, s.y, x+place.width, s.y)
		s.text(x, s.y+4, place.width, place.name)
		x += place.width + 8
	}
	s.y += 8
}

// exceptionPages list the rows that a person must look at, from a new page on.
func (s *pdfSink) exceptionPages() {
	s.newPage()
	s.heading(s.t("To look at") + " · " + group(s.count))
	if s.count == 0 {
		s.paragraph(s.t("Nothing. Every row is paid or waits for its turn."))
		return
	}
	t := s.table(pdfColumn{s.t("Row"), 13, true}, pdfColumn{s.t("Trade no."), 47, false}, pdfColumn{s.t("Payee"), 29, false},
		pdfColumn{s.t("Amount"), 25, true}, pdfColumn{s.t("Status"), 17, false}, pdfColumn{s.t("Why"), 49, false})
	t.size = 7
	for _, e := range s.exceptions {
		number := e.TradeNo
		if !s.one() {
			number = dotted(e.Batch, number)
		}
		amount := s.t("unreadable")
		if e.Readable {
			amount = e.Amount.String()
		}
		why := e.Reason
		if e.Message != "" {
			why = dotted(why, s.t("Gateway:")+" “"+e.Message+"”")
		}
		if e.Action != "" {
			why += " → " + strings.ReplaceAll(e.Action, "`", "")
		}
		t.row(group(e.Row), number, dotted(e.Payee, e.Account), amount, dotted(s.word(e.Bucket), e.Code), why)
	}
	if s.count > len(s.exceptions) {
		s.paragraph(s.t("The first %d of %d are shown. The workbook and the CSV file list them all.", len(s.exceptions), s.count))
	}
}

// legend says what is not as it was written.
func (s *pdfSink) legend() {
	if s.pen.missing {
		s.y += 3
		s.paragraph(s.t("‹U+…› stands for a character that the fonts of this document do not have; the other forms show it."))
	}
	if !s.Unmasked {
		s.paragraph(s.t("account numbers are masked"))
	}
}
