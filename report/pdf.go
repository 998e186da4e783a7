package report

import (
	"context"
	"errors"
	"io"
	"strings"

	"codeberg.org/go-pdf/fpdf"
)

// Measures of the A4 page, in millimetres.
const (
	pageWidth   = 210.0
	pageHeight  = 297.0
	margin      = 15.0
	contentTop  = 27.0
	contentFoot = 278.0
	bodyWidth   = pageWidth - 2*margin
)

// maxPDFExceptions is how many exceptions the PDF lists: more than a hundred
// pages are not signed.
const maxPDFExceptions = 1000

// pdfSink writes what is signed: the summary and the exceptions on A4 pages,
// each with the verdict, the anchor of the history and its number. Rows are
// gathered, as many as are shown, and the document is written at the end: twice,
// because each page says how many there are.
type pdfSink struct {
	*paper
	w          io.Writer
	pdf        *fpdf.Fpdf
	pen        *pen
	y          float64 // where the next line goes
	pages      int     // of the first writing
	plain      bool    // not compressed: tests read it
	exceptions []entry
	count      int
}

func openPDF(_ context.Context, w io.Writer, p *paper) (sink, error) {
	s := &pdfSink{paper: p, w: w}
	return s, s.open()
}

// open begins an empty document.
func (s *pdfSink) open() error {
	p := s.paper
	pdf := fpdf.New("P", "mm", "A4", "")
	pdf.SetCatalogSort(true)
	pdf.SetCreationDate(p.asOf().UTC())
	pdf.SetModificationDate(p.asOf().UTC())
	pdf.SetAutoPageBreak(false, 0)
	pdf.SetTitle(clean(p.t("Payout report")+" "+p.title()), true)
	pdf.SetSubject(clean(p.word(string(p.verdict()))+" · "+p.last().Head), true)
	pdf.SetCreator("bulkpay", true)
	pdf.SetProducer("bulkpay", true)
	pdf.SetLang(p.Lang.Tag())
	pen, err := newPen(pdf)
	s.pdf, s.pen, s.y = pdf, pen, 0
	pdf.SetHeaderFunc(s.header)
	pdf.SetFooterFunc(s.footer)
	return err
}

func (s *pdfSink) line(e entry) error {
	if !e.exception() {
		return nil
	}
	if s.count++; s.count <= maxPDFExceptions {
		s.exceptions = append(s.exceptions, e)
	}
	return nil
}

func (s *pdfSink) finish() error {
	s.compose()
	s.pages = s.pdf.PageNo()
	if err := s.open(); err != nil {
		return err
	}
	s.pdf.SetCompression(!s.plain)
	s.compose()
	if err := s.pdf.Output(s.w); err != nil {
		return errors.Join(errors.New("pdf"), err)
	}
	return nil
}

// compose writes all pages.
func (s *pdfSink) compose() {
	s.newPage()
	s.top()
	for _, part := range s.parts {
		s.part(part)
	}
	s.statements()
	s.signature()
	s.exceptionPages()
	s.legend()
}

// colour is one of the style's, as the library wants it.
func (s *pdfSink) colour(hex string) {
	r, g, b := rgb(hex)
	s.pdf.SetTextColor(r, g, b)
}

func (s *pdfSink) fill(hex string) {
	r, g, b := rgb(hex)
	s.pdf.SetFillColor(r, g, b)
}

func rgb(hex string) (r, g, b int) {
	digit := func(i int) int { return strings.IndexByte("0123456789ABCDEF", hex[i]) }
	return digit(0)*16 + digit(1), digit(2)*16 + digit(3), digit(4)*16 + digit(5)
}

// text draws a text of ours or of a stranger on one line, cut if need be.
func (s *pdfSink) text(x, y, width float64, text string) {
	text = s.pen.legible(text)
	if lines := s.pen.wrap(text, width); len(lines) > 1 {
		text = strings.TrimRight(lines[0], " ") + "…"
	}
	s.pen.draw(x, y, text)
}

// right draws a text so that it ends at x.
func (s *pdfSink) right(x, y float64, text string) {
	text = s.pen.legible(text)
	s.pen.draw(x-s.pen.width(text), y, text)
}

func (s *pdfSink) font(size float64, bold bool) { s.pen.size, s.pen.bold = size, bold }

func (s *pdfSink) newPage() {
	s.pdf.AddPage()
	s.y = contentTop
}

// room begins a new page unless there is so much left on this one.
func (s *pdfSink) room(height float64) {
	if s.y+height > contentFoot {
		s.newPage()
	}
}

// header stands on every page: what it is, and the verdict; NOT TIED over the
// whole width, so that no page of it can pass for one that ties.
func (s *pdfSink) header() {
	verdict := s.verdict()
	background, ink := "E2F3EA", goodColour
	if verdict == NotTied {
		background, ink = badColour, "FFFFFF"
	}
	s.fill(background)
	s.pdf.Rect(0, 0, pageWidth, 18, "F")
	s.colour(ink)
	s.font(13, true)
	s.right(pageWidth-margin, 11.5, s.word(string(verdict)))
	s.font(11, true)
	s.text(margin, 8.5, 125, s.title())
	s.font(8, false)
	s.text(margin, 13.5, 125, s.subtitle()+" · "+s.t("as of %s", s.Lang.Moment(s.asOf())))
	var warnings []string
	if warning := s.simulation(); warning != "" {
		warnings = append(warnings, warning)
	}
	if s.Unmasked {
		warnings = append(warnings, s.t("UNMASKED: account numbers are shown whole"))
	}
	if len(warnings) > 0 {
		s.fill("FDEFD5")
		s.pdf.Rect(0, 18, pageWidth, 5.5, "F")
		s.colour("6B3F00")
		s.font(8, true)
		s.text(margin, 21.8, bodyWidth, strings.Join(warnings, " · "))
	}
	s.colour(inkColour)
}

// footer has the anchor of the history and the number of the page.
func (s *pdfSink) footer() {
	s.colour(quietColour)
	s.font(7, false)
	s.text(margin, 287, bodyWidth, s.t("History anchor")+" "+s.last().Head)
	s.text(margin, 291, 100, s.writer())
	s.right(pageWidth-margin, 291, s.t("page %s of %s", itoa(s.pdf.PageNo()), itoa(max(s.pages, s.pdf.PageNo()))))
	s.colour(inkColour)
}
