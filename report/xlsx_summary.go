package report

import (
	"fmt"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/bulkpay/bulkpay/internal/money"
	"github.com/bulkpay/bulkpay/ledger"
)

// Wrapped text: points a line, and characters that fit into the columns A to
// I and B to I.
const (
	lineHeight = 15
	noteWidth  = 145
	factWidth  = 120
	alarmWidth = 115
)

// summary writes the first worksheet: what the report is about, and for each
// merchant the equations, the tie-out as a table with a chart beside it, and
// the verdict.
func (s *xlsxSink) summary() error {
	g := s.grid(s.t(summarySheet), goodColour, 26, 12, 22, 4, 14, 14, 14, 14, 14)
	row := s.facts(g)
	for _, part := range s.parts {
		row = s.part(g, part, row)
	}
	return g.end()
}

// part writes what there is to say about one merchant and returns the last row.
func (s *xlsxSink) part(g *grid, h *head, row int) int {
	row += 2
	if len(s.parts) > 1 {
		g.put("A", row, h.where()+" · "+h.currency.Code, s.style.title)
		g.height(row, 28)
		row += 2
	}
	row = s.equations(g, h, row)
	top := row + 2
	row = s.tieTable(g, h, top)
	s.pie(g, h, top, row)
	row = s.verdictRows(g, h, row+1)
	return s.changeTable(g, h, row+2)
}

func (s *xlsxSink) facts(g *grid) int {
	g.put("A", 1, s.t("Payout report"), s.style.title)
	g.height(1, 32)
	g.put("A", 2, s.title()+" · "+s.subtitle(), s.style.subtitle)
	row := 3
	if warning := s.simulation(); warning != "" {
		g.band(row, "I", warning, s.style.untied)
		g.height(row, 24)
	}
	if s.Unmasked {
		row++
		g.band(row, "I", s.t("UNMASKED: account numbers are shown whole"), s.style.alarm)
		g.height(row, 24)
	}
	for _, loud := range s.loud() {
		row++
		g.band(row, "I", loud, s.style.alarm)
		g.height(row, lineHeight*float64(1+len([]rune(loud))/alarmWidth)+9)
	}
	for _, fact := range s.factList() {
		if fact.value == "" {
			continue
		}
		row++
		g.put("A", row, fact.label, s.style.label)
		g.put("B", row, fact.value, fact.style)
		if fact.style == s.style.note { // long: wrapped over the width of the page
			g.span(row, "B", "I", fact.style)
			g.height(row, lineHeight*float64(1+len([]rune(fact.value))/factWidth))
		}
	}
	return row
}

type fact struct {
	label, value string
	style        int
}

func (s *xlsxSink) factList() []fact {
	asOf := fact{s.t("As of"), s.Lang.Moment(s.asOf()), s.style.value}
	writer := fact{s.t("Written by"), s.writer(), s.style.value}
	anchor := fact{s.t("History anchor"), s.last().Head, s.style.mono}
	if !s.one() {
		return []fact{
			asOf,
			{s.t("Batches"), group(len(s.sections)), s.style.value},
			{s.t("Merchant"), s.scope.Merchant, s.style.value},
			{s.t("Imported"), s.Lang.Span(s.scope.From, s.scope.To), s.style.value},
			anchor, writer,
		}
	}
	h := s.parts[0]
	b := h.Summary.Batch
	return []fact{
		asOf,
		{s.t("Merchant no."), b.Merchant.MerchantNo, s.style.value},
		{s.t("Gateway"), b.Merchant.Gateway, s.style.value},
		{s.t("Source"), b.Source, s.style.value},
		{s.t("Worksheet"), b.Worksheet, s.style.value},
		{"SHA-256", b.SourceSHA256, s.style.mono},
		{s.t("Imported"), s.Lang.Moment(b.CreatedAt), s.style.value},
		{s.t("Repeats batch"), b.Repeats, s.style.value},
		{s.t("Reason"), h.reason(), s.style.note},
		{s.t("Assumed"), strings.Join(b.Assumed, "; "), s.style.note},
		anchor,
		{s.t("Changes"), h.sinceLast(), s.style.value},
		writer,
	}
}

// equations writes the three with their verdicts, the terms of those that
// somebody else has a part in, and what is not known and why.
func (s *xlsxSink) equations(g *grid, h *head, row int) int {
	g.put("A", row, s.t("Three equations"), s.style.heading)
	g.height(row, 24)
	for _, e := range h.equations {
		row++
		said := h.saying(e)
		style := map[Verdict]int{Tied: s.style.markTied, NotTied: s.style.markUntied, NotKnown: s.style.markUnknown}[said.Verdict]
		g.put("A", row, s.t(equationTitles[e.Name]), s.style.wrapped[textKind])
		g.put("B", row, said.Word, style)
		lines := said.lines()[1:]
		if e.Name == SheetEquation {
			lines = nil // it stands below
		}
		if said.Why != "" {
			lines = append([]string{said.Why}, lines...)
		}
		text := strings.Join(lines, "\n")
		g.put("C", row, text, s.style.note)
		g.span(row, "C", "I", s.style.note)
		g.height(row, lineHeight*float64(max(2, len(lines), 1+len([]rune(text))/100))+3)
	}
	return row
}

// tieTable writes the buckets, their total and the sheet, and returns the
// last row. The formulas count the rows of the workbook again.
func (s *xlsxSink) tieTable(g *grid, h *head, row int) int {
	style := s.styles[h.currency.Decimals]
	g.put("A", row, s.t("Tie-out"), s.style.heading)
	g.height(row, 24)
	row++
	g.put("A", row, s.t("Status"), s.style.tableHead)
	g.put("B", row, s.t("Rows"), s.style.tableHeadRight)
	g.put("C", row, s.t("Sum, %s", h.currency.Code), s.style.tableHeadRight)
	first := row + 1
	for _, bucket := range h.Buckets {
		row++
		name := s.style.name
		if bucket.Count > 0 {
			name = s.style.bucket[bucket.Name]
		}
		g.put("A", row, s.word(bucket.Name), name)
		g.formula("B", row, s.counted(h, at("$A", row)), bucket.Count, style.count)
		g.formula("C", row, s.summed(h, at("$A", row)), h.cellFigure(bucket.Sum), style.sum)
		g.height(row, 18)
	}
	s.totals(g, h, first, row)
	return row + 3
}

// totals writes the total of the statuses, the sheet's, and the difference.
func (s *xlsxSink) totals(g *grid, h *head, first, last int) {
	style := s.styles[h.currency.Decimals]
	difference := h.sheet
	difference.Count = h.total.Count - h.sheet.Count
	difference.Sum, _ = h.total.Sum.Sub(h.sheet.Sum) // NOT TIED says it where it cannot be found
	row := last
	for _, line := range []struct {
		name   string
		bucket ledger.Bucket
		count  string
		sum    string
	}{
		{s.t("Total of the statuses"), h.total, fmt.Sprintf("SUM(B%d:B%d)", first, last), h.rounded(fmt.Sprintf("SUM(C%d:C%d)", first, last))},
		{s.t("Sheet"), h.sheet, "", ""},
		{s.t("Difference"), difference, fmt.Sprintf("B%d-B%d", last+1, last+2), h.rounded(fmt.Sprintf("C%d-C%d", last+1, last+2))},
	} {
		row++
		g.put("A", row, line.name, s.style.totalName)
		g.formula("B", row, line.count, line.bucket.Count, style.totalCount)
		g.formula("C", row, line.sum, h.cellFigure(line.bucket.Sum), style.totalSum)
		g.height(row, 18)
	}
}

func (h *head) rounded(formula string) string {
	return fmt.Sprintf("ROUND(%s,%d)", formula, h.currency.Decimals)
}

// cellFigure is a sum as a cell's value.
func (h *head) cellFigure(sum money.Amount) any {
	if sum.IsZero() {
		return 0
	}
	return cellNumber(sum)
}

// verdictRows writes the verdict with the equation and the notes, and returns
// the last row.
func (s *xlsxSink) verdictRows(g *grid, h *head, row int) int {
	style := s.style.tied
	if !h.tied {
		style = s.style.untied
	}
	g.band(row, "C", h.verdict(), style)
	g.height(row, 28)
	equation := h.equation()
	lines := []string{equation[0], equation[1]}
	for i, off := range h.untied() {
		lines = append(lines[:i], append([]string{s.t("NOT TIED") + ": " + off}, lines[i:]...)...)
	}
	for _, line := range append(lines, h.notes()...) {
		row++
		g.band(row, "I", line, s.style.note)
		g.height(row, lineHeight*float64(1+len([]rune(line))/noteWidth))
	}
	return row
}

// changeTable writes what moved since the last report, the alarming first,
// and returns the last row. That nothing did, or that there was none, is said
// among the facts.
func (s *xlsxSink) changeTable(g *grid, h *head, row int) int {
	if len(h.moved) == 0 {
		return row
	}
	style := s.styles[h.currency.Decimals]
	g.put("A", row, s.t("Changed since the last report"), s.style.heading)
	g.height(row, 24)
	row++
	g.put("A", row, s.t("From → to"), s.style.tableHead)
	g.put("B", row, s.t("Rows"), s.style.tableHeadRight)
	g.put("C", row, s.t("Sum, %s", h.currency.Code), s.style.tableHeadRight)
	for _, move := range h.moved {
		row++
		loud, _ := contrary(move)
		name, count, sum := s.style.name, style.count, style.sum
		if loud != "" {
			name, count, sum = s.style.loudName, style.loudCount, style.loudSum
			g.put("D", row, s.t(loud), name)
			g.span(row, "D", "F", name)
		}
		g.put("A", row, s.word(move.From)+" → "+s.word(move.To), name)
		g.number("B", row, move.Count, count)
		g.number("C", row, h.cellFigure(move.Sum), sum)
		g.height(row, 18)
	}
	return row
}

// pie draws a ring of the statuses that hold something, by sum, or by rows if
// there is no money in them. Its numbers stand behind it, because a chart can
// only be drawn from cells, and the table has empty categories.
func (s *xlsxSink) pie(g *grid, h *head, top, bottom int) {
	filled := h.filled()
	if len(filled) == 0 {
		return
	}
	_, byMoney := sums(filled)
	title := s.t("Rows by status")
	if byMoney {
		title = s.t("Sum by status, %s", h.currency.Code)
	}
	first := top + 3
	var points []excelize.ChartDataPoint
	for i, bucket := range filled {
		var value any = bucket.Count
		if byMoney {
			value = h.cellFigure(bucket.Sum)
		}
		g.put("F", first+i, s.word(bucket.Name), s.style.quietN)
		g.number("G", first+i, value, s.styles[h.currency.Decimals].quietN)
		points = append(points, excelize.ChartDataPoint{Index: i, Fill: fill(looks[bucket.Name].strong)})
	}
	last := first + len(filled) - 1
	name := quoted(s.t(summarySheet))
	g.chart(at("E", top), &excelize.Chart{
		Type: excelize.Doughnut,
		Series: []excelize.ChartSeries{{
			Name:       title,
			Categories: fmt.Sprintf("%s!$F$%d:$F$%d", name, first, last),
			Values:     fmt.Sprintf("%s!$G$%d:$G$%d", name, first, last),
			DataPoint:  points,
		}},
		Title:     chartTitle(title),
		Legend:    excelize.ChartLegend{Position: "right", Font: &excelize.Font{Size: 10, Color: inkColour}},
		Dimension: excelize.ChartDimension{Width: 520, Height: uint(24*(bottom-top) + 20)},
		HoleSize:  62,
		Border:    excelize.LineOptions{Type: excelize.LineNone},
		Format:    excelize.GraphicOptions{AltText: title, PrintObject: yes()},
	})
}

func chartTitle(title string) excelize.ChartTitle {
	return excelize.ChartTitle{Paragraph: []excelize.RichTextRun{{Text: title, Font: &excelize.Font{Size: 12, Bold: true, Color: inkColour}}}}
}
