package report

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/bulkpay/bulkpay/ledger"
)

// textWidth is where the terminal summary breaks its lines.
const textWidth = 80

// TextOptions are the settings of the terminal summary.
type TextOptions struct {
	Color   bool           // the caller knows whether this is a terminal that wants it
	Changes ledger.Changes // since the last report; the zero value says nothing about it
}

// WriteText writes where a batch stands in a few lines for a terminal: what
// it is, the buckets that hold something, and at the end the equation with
// TIED or NOT TIED.
func WriteText(w io.Writer, summary ledger.Summary, o TextOptions) error {
	h := newHead(Batch{Summary: summary, Changes: o.Changes}, Options{})
	var b strings.Builder
	if warning := h.simulation(); warning != "" {
		b.WriteString(paint("1;33", warning, o) + "\n")
	}
	for _, alarm := range h.alarms() {
		var lines strings.Builder
		wrap(&lines, strings.Fields(oneLine(alarm.String())))
		b.WriteString(paint("1;31", strings.TrimSuffix(lines.String(), "\n"), o) + "\n")
	}
	h.textHead(&b)
	h.textTable(&b, o)
	h.textChanges(&b, o)
	for _, terms := range [][]string{h.countTerms(), h.sumTerms()} {
		wrap(&b, terms)
	}
	for _, note := range []string{h.unreadable(), h.overridden()} {
		if note != "" {
			wrap(&b, strings.Fields(oneLine(note)))
		}
	}
	if h.Flagged > 0 {
		verb := "has"
		if h.Flagged > 1 {
			verb = "have"
		}
		fmt.Fprintf(&b, "%s %s contrary answers of the gateway\n", plural(h.Flagged, "payout"), verb)
	}
	if h.tied {
		b.WriteString(paint("1;32", "TIED", o) + "\n")
	} else {
		b.WriteString(paint("1;31", "NOT TIED", o) + ": " + h.off + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (h head) textHead(b *strings.Builder) {
	source := h.Batch.Source
	if h.Batch.Worksheet != "" {
		source += " · " + h.Batch.Worksheet
	}
	for _, line := range [][2]string{
		{"batch", h.Batch.Code + " · " + h.where()},
		{"source", source},
		{"reason", h.reason()},
		{"as of", moment(h.At) + " UTC"},
		{"changes", h.sinceLast()},
	} {
		if line[1] == "" {
			continue
		}
		fmt.Fprintf(b, "%-7s %s\n", line[0], oneLine(line[1]))
	}
	b.WriteByte('\n')
}

// textTable shows only the buckets that hold something: the equation below it
// has them all.
func (h head) textTable(b *strings.Builder, o TextOptions) {
	rows := append(h.filled(), h.sheet)
	countWidth, sumWidth := len("rows"), len(h.currency.Code)
	for _, row := range rows {
		countWidth = max(countWidth, len(group(row.Count)))
		sumWidth = max(sumWidth, len(h.number(row.Sum)))
	}
	line := func(name, colour, count, sum string) {
		b.WriteString("  " + paint(colour, fmt.Sprintf("%-10s", name), o))
		fmt.Fprintf(b, "  %*s  %*s\n", countWidth, count, sumWidth, sum)
	}
	line("", "", "rows", h.currency.Code)
	for _, row := range rows {
		if row.Name == h.sheet.Name {
			b.WriteString("  " + strings.Repeat("─", 10+2+countWidth+2+sumWidth) + "\n")
		}
		line(row.Name, looks[row.Name].ansi, group(row.Count), h.number(row.Sum))
	}
	b.WriteByte('\n')
}

// textChanges shows what moved since the last report, the alarming first.
func (h head) textChanges(b *strings.Builder, o TextOptions) {
	if len(h.moved) == 0 {
		return
	}
	nameWidth, countWidth, sumWidth := 0, 0, 0
	name := func(move ledger.Change) string { return move.From + " → " + move.To }
	for _, move := range h.moved {
		nameWidth = max(nameWidth, utf8.RuneCountInString(name(move)))
		countWidth = max(countWidth, len(group(move.Count)))
		sumWidth = max(sumWidth, len(h.number(move.Sum)))
	}
	b.WriteString("changed since the last report\n")
	for _, move := range h.moved {
		loud, _ := contrary(move)
		colour := ""
		if loud != "" {
			colour, loud = "1;31", "  "+loud
		}
		b.WriteString("  " + paint(colour, fmt.Sprintf("%-*s  %*s  %*s%s", nameWidth, name(move),
			countWidth, group(move.Count), sumWidth, h.number(move.Sum), loud), o) + "\n")
	}
	b.WriteByte('\n')
}

// wrap writes terms with spaces between, broken before the width is passed
// and indented from the second line on.
func wrap(b *strings.Builder, terms []string) {
	column := 0
	for i, term := range terms {
		n := utf8.RuneCountInString(term)
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
