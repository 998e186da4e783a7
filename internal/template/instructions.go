package template

import (
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
)

// guide writes the sheet of instructions line by line.
type guide struct {
	*writer
	row                               int
	title, heading, step, text, quiet int
	head, entry, name                 int
}

func (w *writer) instructions() {
	_, err := w.book.NewSheet(instructions)
	w.do(err)
	g := &guide{writer: w}
	g.styles()
	for i, width := range []float64{4, 28, 18, 11, 72, 38} {
		w.do(w.book.SetColWidth(instructions, columnName(i), columnName(i), width))
	}
	off := false
	w.do(w.book.SetSheetView(instructions, 0, &excelize.ViewOptions{ShowGridLines: &off}))
	g.line("A", g.title, "How to fill in: payouts in "+w.area.Name)
	g.height(26)
	g.steps()
	g.fields()
	g.numbers()
}

func (g *guide) styles() {
	font := func(size float64, bold bool, colour string) *excelize.Font {
		return &excelize.Font{Family: fontFamily, Size: size, Bold: bold, Color: colour}
	}
	inside := &excelize.Alignment{Horizontal: "left", Vertical: "center", Indent: 1, WrapText: true}
	below := []excelize.Border{{Type: "bottom", Color: lineColour, Style: 1}}
	g.title = g.style(excelize.Style{Font: font(18, true, inkColour), Alignment: &excelize.Alignment{Vertical: "center"}})
	g.heading = g.style(excelize.Style{Font: font(12, true, headColour)})
	g.step = g.style(excelize.Style{Font: font(11, true, headColour), Alignment: &excelize.Alignment{Horizontal: "left"}})
	g.text = g.style(excelize.Style{Font: font(11, false, inkColour)})
	g.quiet = g.style(excelize.Style{Font: font(10, false, quietColour)})
	g.head = g.style(headerStyle(true))
	g.entry = g.style(excelize.Style{Font: font(11, false, inkColour), Alignment: inside, Border: below, NumFmt: textFormat})
	g.name = g.style(excelize.Style{Font: font(11, true, inkColour), Alignment: inside, Border: below, NumFmt: textFormat})
}

// line writes one line and goes to the next.
func (g *guide) line(column string, style int, text string) {
	g.row++
	g.put(column, style, text)
}

func (g *guide) put(column string, style int, text string) {
	at := column + cell(0, g.row)[1:]
	g.do(g.book.SetCellStr(instructions, at, text))
	g.do(g.book.SetCellStyle(instructions, at, at, style))
}

func (g *guide) height(points float64) {
	g.do(g.book.SetRowHeight(instructions, g.row, points))
}

func (g *guide) topic(text string) {
	g.row++ // an empty line before
	g.line("A", g.heading, text)
	g.height(20)
}

// steps are sentences that fit across the page in one line each.
func (g *guide) steps() {
	amounts := "whole numbers, without decimals"
	if g.area.Decimals() > 0 {
		amounts = "numbers with at most 2 decimals"
	}
	for i, step := range [][]string{
		{"Write one payout into each row of the sheet Payouts. Keep the header: columns may change places, but not their names."},
		{
			"Dark columns are required in every row; pale ones may stay empty. Point at a header to read what belongs there.",
			"In a row you have begun, a required cell that is still empty is yellow.",
		},
		{"The row marked " + Mark + " shows how. It is never read and never paid: leave it, write over it, or delete it."},
		{"Amounts are " + amounts + ", in " + g.area.Currency.Code + ". Write no currency sign."},
		{"A warning does not stop you. Whether a row can be paid is found out by the next step."},
		{
			"Save as a workbook (.xlsx) and give the file to whoever runs the payouts. This finds every mistake, and pays nothing:",
			"        bulkpay check --area " + g.area.Slug + " FILE",
		},
	} {
		for k, text := range step {
			if g.line("B", g.text, text); k == 0 {
				g.put("A", g.step, string(rune('1'+i)))
			}
			g.height(17)
		}
	}
}

func (g *guide) fields() {
	g.topic("The columns")
	g.row++
	for i, title := range []string{"Column", "In English", "Required", "What belongs there", "Example"} {
		g.put(columnName(i+1), g.head, title)
	}
	g.height(20)
	for i := range g.columns {
		c, need := &g.columns[i], "no"
		if c.field.Required {
			need = "yes"
		}
		between := " "
		if strings.Contains(c.right, "\n") {
			between = "\n"
		}
		text := strings.TrimSpace(holds(g.area, c) + between + full(c.right))
		g.row++
		g.put("B", g.name, c.header)
		g.put("C", g.entry, c.field.Label)
		g.put("D", g.entry, need)
		g.put("E", g.entry, text)
		g.put("F", g.entry, unmarked(c.example))
		g.height(float64(15*max(linesOf(text, 86), linesOf(c.example, 42), linesOf(c.header, 28)) + 5))
	}
}

// linesOf is how many lines a text takes where so many characters fit.
func linesOf(text string, fit int) int {
	lines := 0
	for line := range strings.Lines(text) {
		lines += 1 + utf8.RuneCountInString(line)/fit
	}
	return lines
}

// full is words as a sentence with its full stop; a list of lines has none.
func full(words string) string {
	if words == "" || strings.Contains(words, "\n") {
		return words
	}
	return sentence(words) + "."
}

// numbers says what Excel does to long numbers, which is why the template
// exists.
func (g *guide) numbers() {
	var names []string
	for i := range g.columns {
		if g.columns[i].field.ID {
			names = append(names, g.columns[i].header)
		}
	}
	if len(names) == 0 {
		return
	}
	g.topic("What Excel does to long numbers")
	for _, text := range []string{
		"A number in Excel has 15 digits. Of a longer one the last digits become zeros, and nothing can bring them back.",
		"Zeros at the start are dropped: 0123 becomes 123. Long numbers are shown as 1.23E+17, and some become dates.",
		"Therefore these columns are kept as text: " + strings.Join(names, ", ") + ".",
		"Paste into them with Paste Special, Values (or Text): a plain paste brings the format of the other sheet along.",
		"A cell there that turns red holds a number again. Fetch the value anew from where it came from; changing the",
		"format back to text afterwards does not help, because the digits are gone already.",
		"A CSV that is opened with a double click is damaged in the same way. Import it, with these columns as text.",
	} {
		g.line("B", g.text, text)
		g.height(17)
	}
}
