package report

import (
	"bytes"
	_ "embed"
	"fmt"
	"strings"
	"unicode/utf8"

	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/image/font/sfnt"
)

// The fonts of the PDF form; see fonts/README.md for what they hold and may be
// used for.
var (
	//go:embed fonts/DejaVuSansCondensed.ttf
	latinFont []byte
	//go:embed fonts/DejaVuSansCondensed-Bold.ttf
	boldFont []byte
	//go:embed fonts/DroidSansFallback.ttf
	cjkFont []byte
)

// The families by which the fonts are chosen.
const (
	latinFamily = "latin"
	cjkFamily   = "cjk"
)

// pen writes text that may need several fonts, and shows by its number what
// none of them has.
type pen struct {
	pdf     *fpdf.Fpdf
	latin   *sfnt.Font
	cjk     *sfnt.Font
	buffer  sfnt.Buffer
	loaded  bool // the font for Chinese is in the document: most need none
	missing bool // something was shown by its number
	bold    bool
	size    float64 // points
}

func newPen(pdf *fpdf.Fpdf) (*pen, error) {
	latin, err := sfnt.Parse(latinFont)
	if err != nil {
		return nil, fmt.Errorf("font: %w", err)
	}
	cjk, err := sfnt.Parse(cjkFont)
	if err != nil {
		return nil, fmt.Errorf("font: %w", err)
	}
	// The library writes into the bytes of a font when it cuts it down, so each
	// document has its own.
	pdf.AddUTF8FontFromBytes(latinFamily, "", bytes.Clone(latinFont))
	pdf.AddUTF8FontFromBytes(latinFamily, "B", bytes.Clone(boldFont))
	return &pen{pdf: pdf, latin: latin, cjk: cjk}, pdf.Error()
}

// has tells whether a font has a glyph for a character.
func (p *pen) has(font *sfnt.Font, r rune) bool {
	glyph, err := font.GlyphIndex(&p.buffer, r)
	return err == nil && glyph != 0
}

// piece is a part of a text that one font has.
type piece struct{ family, text string }

// legible makes a text of a stranger fit to be drawn: one line, nothing that
// moves anything, and every character that no font has by its number. It
// comes before text is measured, or a long row of numbers would not fit.
func (p *pen) legible(text string) string {
	var b strings.Builder
	for _, r := range oneLine(text) {
		switch {
		case r == ' ' || p.has(p.latin, r) || p.has(p.cjk, r):
			b.WriteRune(r)
		default:
			p.missing = true
			fmt.Fprintf(&b, "‹U+%04X›", r)
		}
	}
	return b.String()
}

// pieces cuts a legible text where its font changes.
func (p *pen) pieces(text string) []piece {
	var all []piece
	for _, r := range text {
		family := latinFamily
		if r != ' ' && !p.has(p.latin, r) {
			family = cjkFamily
		}
		if last := len(all) - 1; last >= 0 && all[last].family == family {
			all[last].text += string(r)
			continue
		}
		all = append(all, piece{family, string(r)})
	}
	return all
}

// with chooses a font; that for Chinese has one weight.
func (p *pen) with(family string) {
	style := ""
	if p.bold && family == latinFamily {
		style = "B"
	}
	if family == cjkFamily && !p.loaded {
		p.loaded = true
		p.pdf.AddUTF8FontFromBytes(cjkFamily, "", bytes.Clone(cjkFont))
	}
	p.pdf.SetFont(family, style, p.size)
}

// width is how long a legible text is, in millimetres.
func (p *pen) width(text string) float64 {
	var w float64
	for _, one := range p.pieces(text) {
		p.with(one.family)
		w += p.pdf.GetStringWidth(one.text)
	}
	return w
}

// draw writes a legible text from a point on the base line.
func (p *pen) draw(x, y float64, text string) {
	for _, one := range p.pieces(text) {
		p.with(one.family)
		p.pdf.Text(x, y, one.text)
		x += p.pdf.GetStringWidth(one.text)
	}
}

// wrap breaks a legible text into lines of a width: at spaces, and within
// a word only where it is longer than a line or of a script without spaces.
func (p *pen) wrap(text string, width float64) []string {
	var lines []string
	line, length := "", 0.0
	flush := func() {
		lines = append(lines, strings.TrimRight(line, " "))
		line, length = "", 0
	}
	for _, word := range words(text) {
		w := p.width(word)
		if line != "" && length+p.width(strings.TrimRight(word, " ")) > width {
			flush()
		}
		if w <= width {
			line, length = line+word, length+w
			continue
		}
		for _, r := range word {
			w := p.width(string(r))
			if line != "" && length+w > width {
				flush()
			}
			line, length = line+string(r), length+w
		}
	}
	if line != "" || len(lines) == 0 {
		flush()
	}
	return lines
}

// closing marks never begin a line.
const closing = "，。、；：！？）》」』”’％·"

// words cuts a text after each space, and after each Chinese character or
// syllable, but not before a mark that closes.
func words(text string) []string {
	var all []string
	start := 0
	for i, r := range text {
		end := i + len(string(r))
		if next, _ := utf8.DecodeRuneInString(text[end:]); r == ' ' || r >= 0x2E80 && !strings.ContainsRune(closing, next) {
			all = append(all, text[start:end])
			start = end
		}
	}
	if start < len(text) {
		all = append(all, text[start:])
	}
	return all
}
