package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	pretty "github.com/jedib0t/go-pretty/v6/text"

	"github.com/bulkpay/bulkpay/internal/lang"
	"github.com/bulkpay/bulkpay/ledger"
)

// textWidth is where the terminal summary breaks its lines.
const textWidth = 80

// TextOptions are the settings of the terminal summary.
type TextOptions struct {
	Color bool // the caller knows whether this is a terminal that wants it
	Lang  lang.Lang
}

// WriteText writes where the batches stand in a few lines for a terminal: for
// each merchant what it is, the buckets that hold something, and at the end the
// equations; TIED or NOT TIED, over all of them, comes last. It reads no rows.
func WriteText(w io.Writer, source Source, o TextOptions) error {
	p := newPaper(source, Options{Lang: o.Lang})
	var b strings.Builder
	if warning := p.simulation(); warning != "" {
		b.WriteString(paint("1;33", warning, o) + "\n")
	}
	for i, h := range p.parts {
		if i > 0 {
			b.WriteByte('\n')
		}
		h.text(&b, o)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (h *head) text(b *strings.Builder, o TextOptions) {
	for _, alarm := range h.alarms() {
		var lines strings.Builder
		wrap(&lines, strings.Fields(oneLine(alarm.String())))
		b.WriteString(paint("1;31", strings.TrimSuffix(lines.String(), "\n"), o) + "\n")
	}
	h.textHead(b)
	h.textTable(b, o)
	h.textChanges(b, o)
	for _, terms := range [][]string{h.countTerms(), h.sumTerms()} {
		wrap(b, terms)
	}
	for _, note := range []string{h.unreadable(), h.overridden()} {
		if note != "" {
			wrap(b, strings.Fields(oneLine(note)))
		}
	}
	if h.Flagged > 0 {
		b.WriteString(h.n(h.Flagged, "%d payout has contrary answers of the gateway", "%d payouts have contrary answers of the gateway") + "\n")
	}
	for _, e := range h.equations[1:] {
		h.textEquation(b, e, o)
	}
	h.textUntied(b, o)
	said, tied := h.conclusion()
	word, why, off := strings.Cut(said, ": ")
	if off {
		why = ": " + oneLine(why)
	}
	b.WriteString(paint(map[bool]string{true: "1;32", false: "1;31"}[tied], word, o) + why + "\n")
}

// textEquation shows an equation besides that of the sheet: its terms and its
// verdict, or in one line why it is not known.
func (h *head) textEquation(b *strings.Builder, e Equation, o TextOptions) {
	s := h.saying(e)
	for _, pieces := range [][]string{s.Counts, s.Sums} {
		if len(pieces) > 0 {
			wrap(b, pieces)
		}
	}
	for _, note := range append(slices.Clone(s.Notes), s.Heard) {
		if note != "" {
			wrap(b, strings.Fields(oneLine(note)))
		}
	}
	colour := map[Verdict]string{Tied: "1;32", NotTied: "1;31", NotKnown: "33"}[s.Verdict]
	var lines strings.Builder
	line := s.Name + ": " + s.Word
	if s.Why != "" {
		line += ": " + s.Why
	}
	wrap(&lines, strings.Fields(oneLine(line)))
	b.WriteString(strings.Replace(lines.String(), s.Word, paint(colour, s.Word, o), 1))
}

// textUntied names the batches of a part that do not tie.
func (h *head) textUntied(b *strings.Builder, o TextOptions) {
	if h.one() {
		return
	}
	for _, s := range h.sections {
		for _, e := range s.equations {
			if e.Verdict() == NotTied {
				b.WriteString(paint("1;31", h.t("batch %s: %s", s.Summary.Batch.Code, h.word(e.Name)+" "+h.word(string(NotTied))), o) + "\n")
			}
		}
	}
}

func (h *head) textHead(b *strings.Builder) {
	lines := [][2]string{
		{h.t("batches"), h.n(len(h.sections), "%d batch", "%d batches") + " · " + h.where()},
		{h.t("as of"), h.Lang.Moment(h.At)},
		{h.t("changes"), h.sinceLast()},
	}
	if h.one() {
		batch := h.Summary.Batch
		source := batch.Source
		if batch.Worksheet != "" {
			source += " · " + batch.Worksheet
		}
		lines = slices.Replace(lines, 0, 1, [2]string{h.t("batch"), batch.Code + " · " + h.where()}, [2]string{h.t("source"), source}, [2]string{h.t("reason"), h.reason()})
	}
	width := 0
	for _, line := range lines {
		width = max(width, pretty.StringWidth(line[0]))
	}
	for _, line := range lines {
		if line[1] != "" {
			fmt.Fprintf(b, "%s %s\n", pretty.Pad(line[0], width, ' '), oneLine(line[1]))
		}
	}
	b.WriteByte('\n')
}

// textTable shows only the buckets that hold something: the equation below it
// has them all.
func (h *head) textTable(b *strings.Builder, o TextOptions) {
	rows := append(h.filled(), h.sheet)
	count := h.t("rows")
	nameWidth, countWidth, sumWidth := 10, pretty.StringWidth(count), len(h.currency.Code)
	for _, row := range rows {
		nameWidth = max(nameWidth, pretty.StringWidth(h.word(row.Name)))
		countWidth = max(countWidth, len(group(row.Count)))
		sumWidth = max(sumWidth, len(h.number(row.Sum)))
	}
	line := func(name, colour, count, sum string) {
		b.WriteString("  " + paint(colour, pretty.Pad(name, nameWidth, ' '), o))
		b.WriteString("  " + left(count, countWidth) + "  " + left(sum, sumWidth) + "\n")
	}
	line("", "", count, h.currency.Code)
	for _, row := range rows {
		if row.Name == h.sheet.Name {
			b.WriteString("  " + strings.Repeat("─", nameWidth+2+countWidth+2+sumWidth) + "\n")
		}
		line(h.word(row.Name), looks[row.Name].ansi, group(row.Count), h.number(row.Sum))
	}
	b.WriteByte('\n')
}

// left puts spaces before a text, by its width on a terminal.
func left(s string, width int) string {
	return strings.Repeat(" ", max(width-pretty.StringWidth(s), 0)) + s
}

// textChanges shows what moved since the last report, the alarming first.
func (h *head) textChanges(b *strings.Builder, o TextOptions) {
	if len(h.moved) == 0 {
		return
	}
	nameWidth, countWidth, sumWidth := 0, 0, 0
	name := func(move ledger.Change) string { return h.word(move.From) + " → " + h.word(move.To) }
	for _, move := range h.moved {
		nameWidth = max(nameWidth, pretty.StringWidth(name(move)))
		countWidth = max(countWidth, len(group(move.Count)))
		sumWidth = max(sumWidth, len(h.number(move.Sum)))
	}
	b.WriteString(h.t("changed since the last report") + "\n")
	for _, move := range h.moved {
		key, _ := contrary(move)
		colour, loud := "", ""
		if key != "" {
			colour, loud = "1;31", "  "+h.t(key)
		}
		b.WriteString("  " + paint(colour, pretty.Pad(name(move), nameWidth, ' ')+"  "+
			left(group(move.Count), countWidth)+"  "+left(h.number(move.Sum), sumWidth)+loud, o) + "\n")
	}
	b.WriteByte('\n')
}

// wrap writes terms with spaces between, broken before the width is passed
// and indented from the second line on.
func wrap(b *strings.Builder, terms []string) {
	column := 0
	for i, term := range terms {
		n := pretty.StringWidth(term)
		switch {
		case i == 0:
		case column+1+n > textWidth:
			b.WriteString("\n  ")
			column = 2
		default:
			b.WriteByte(' ')
			column++
		}
		b.WriteString(term)
		column += n
	}
	b.WriteByte('\n')
}

func paint(colour, text string, o TextOptions) string {
	if !o.Color || colour == "" {
		return text
	}
	return "\x1b[" + colour + "m" + text + "\x1b[0m"
}
