package report

import (
	"fmt"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/bulkpay/bulkpay/ledger"
)

// summary writes the first worksheet: what the batch is, the equation as a
// table with a chart beside it, and the verdict.
func (s *xlsxSink) summary() error {
	if err := setUpPage(s.book, summarySheet, goodColour, false); err != nil {
		return err
	}
	no := false
	if err := s.book.SetSheetView(summarySheet, 0, &excelize.ViewOptions{ShowGridLines: &no}); err != nil {
		return err
	}
	p := &painter{book: s.book, sheet: summarySheet}
	for i, width := range []float64{26, 12, 22, 4, 14, 14, 14, 14, 14} {
		column := string(rune('A' + i))
		p.do(s.book.SetColWidth(summarySheet, column, column, width))
	}
	row := s.facts(p)
	top := row + 2
	row = s.tieTable(p, top)
	s.pie(p, top, row)
	row = s.verdictRows(p, row+1)
	s.changeTable(p, row+2)
	return p.err
}

// Wrapped text: points a line, and characters that fit into the columns A to
// I and B to I.
const (
	lineHeight = 15
	noteWidth  = 145
	factWidth  = 120
	alarmWidth = 115
)

func (s *xlsxSink) facts(p *painter) int {
	p.put("A1", "Payout report", s.styles.title)
	p.height(1, 32)
	p.put("A2", s.Batch.Code+" · "+s.where()+" · "+s.currency.Code, s.styles.subtitle)
	row := 3
	if warning := s.simulation(); warning != "" {
		p.band(row, "I", warning, s.styles.untied)
		p.height(row, 24)
	}
	for _, alarm := range s.alarms() {
		row++
		p.band(row, "I", alarm.String(), s.styles.alarm)
		p.height(row, lineHeight*float64(1+len([]rune(alarm.String()))/alarmWidth)+9)
	}
	for _, fact := range []struct {
		label, value string
		style        int
	}{
		{"As of", moment(s.At) + " UTC", s.styles.value},
		{"Merchant no.", s.Batch.Merchant.MerchantNo, s.styles.value},
		{"Gateway", s.Batch.Merchant.Gateway, s.styles.value},
		{"Source", s.Batch.Source, s.styles.value},
		{"Worksheet", s.Batch.Worksheet, s.styles.value},
		{"SHA-256", s.Batch.SourceSHA256, s.styles.mono},
		{"Imported", moment(s.Batch.CreatedAt) + " UTC", s.styles.value},
		{"Repeats batch", s.Batch.Repeats, s.styles.value},
		{"Reason", s.reason(), s.styles.note},
		{"Assumed", strings.Join(s.Batch.Assumed, "; "), s.styles.note},
		{"History anchor", s.Head, s.styles.mono},
		{"Changes", s.sinceLast(), s.styles.value},
		{"Written by", s.writer(), s.styles.value},
	} {
		if fact.value == "" {
			continue
		}
		row++
		p.put(at("A", row), fact.label, s.styles.label)
		p.put(at("B", row), fact.value, fact.style)
		if fact.style == s.styles.note { // long: wrapped over the width of the page
			p.span(row, "B", "I", fact.style)
			p.height(row, lineHeight*float64(1+len([]rune(fact.value))/factWidth))
		}
	}
	return row
}

// tieTable writes the buckets, their total and the sheet, and returns the
// last row.
func (s *xlsxSink) tieTable(p *painter, row int) int {
	p.put(at("A", row), "Tie-out", s.styles.heading)
	p.height(row, 24)
	row++
	p.put(at("A", row), "Status", s.styles.tableHead)
	p.put(at("B", row), "Rows", s.styles.tableHeadRight)
	p.put(at("C", row), "Sum, "+s.currency.Code, s.styles.tableHeadRight)
	for _, bucket := range s.Buckets {
		row++
		style := s.styles.name
		if bucket.Count > 0 {
			style = s.styles.bucket[bucket.Name]
		}
		s.side(p, row, bucket, bucket.Name, style, s.styles.count, s.styles.sum)
	}
	s.side(p, row+1, s.total, "Total of the statuses", s.styles.totalName, s.styles.totalCount, s.styles.totalSum)
	s.side(p, row+2, s.sheet, "Sheet", s.styles.totalName, s.styles.totalCount, s.styles.totalSum)
	return row + 2
}

func (s *xlsxSink) side(p *painter, row int, b ledger.Bucket, name string, nameStyle, countStyle, sumStyle int) {
	p.put(at("A", row), name, nameStyle)
	p.value(at("B", row), b.Count, countStyle)
	p.value(at("C", row), s.figure(b), sumStyle)
	p.height(row, 18)
}

// figure is a bucket's sum as a cell's value.
func (s *xlsxSink) figure(b ledger.Bucket) any {
	if b.Sum.IsZero() {
		return 0
	}
	return cellNumber(b.Sum)
}

// verdictRows writes the verdict with the equation and the notes, and returns
// the last row.
func (s *xlsxSink) verdictRows(p *painter, row int) int {
	style := s.styles.tied
	if !s.tied {
		style = s.styles.untied
	}
	p.band(row, "C", s.verdict(), style)
	p.height(row, 28)
	row++
	equation := s.equation()
	lines := []string{equation[0], equation[1]}
	if s.off != "" {
		lines = append([]string{"NOT TIED: " + s.off}, lines...)
	}
	for _, line := range append(lines, s.notes()...) {
		row++
		p.band(row, "I", line, s.styles.note)
		p.height(row, lineHeight*float64(1+len([]rune(line))/noteWidth))
	}
	return row
}

// changeTable writes what moved since the last report, the alarming first.
// That nothing did, or that there was none, is said among the facts.
func (s *xlsxSink) changeTable(p *painter, row int) {
	if len(s.moved) == 0 {
		return
	}
	p.put(at("A", row), "Changed since the last report", s.styles.heading)
	p.height(row, 24)
	row++
	p.put(at("A", row), "From → to", s.styles.tableHead)
	p.put(at("B", row), "Rows", s.styles.tableHeadRight)
	p.put(at("C", row), "Sum, "+s.currency.Code, s.styles.tableHeadRight)
	for _, move := range s.moved {
		row++
		loud, _ := contrary(move)
		name, count, sum := s.styles.name, s.styles.count, s.styles.sum
		if loud != "" {
			name, count, sum = s.styles.loudName, s.styles.loudCount, s.styles.loudSum
			p.put(at("D", row), loud, name)
			p.span(row, "D", "F", name)
		}
		s.side(p, row, ledger.Bucket{Count: move.Count, Sum: move.Sum}, move.From+" → "+move.To, name, count, sum)
	}
}

// pie draws a ring of the statuses that hold something, by sum, or by rows if
// there is no money in them. Its numbers stand behind it, because a chart can
// only be drawn from cells, and the table has empty categories.
func (s *xlsxSink) pie(p *painter, top, bottom int) {
	filled := s.filled()
	if len(filled) == 0 {
		return
	}
	_, byMoney := sums(filled)
	title := "Rows by status"
	if byMoney {
		title = "Sum by status, " + s.currency.Code
	}
	first := top + 3
	var points []excelize.ChartDataPoint
	for i, bucket := range filled {
		var value any = bucket.Count
		if byMoney {
			value = s.figure(bucket)
		}
		p.put(at("F", first+i), bucket.Name, s.styles.quietN)
		p.value(at("G", first+i), value, s.styles.quietN)
		points = append(points, excelize.ChartDataPoint{Index: i, Fill: fill(looks[bucket.Name].strong)})
	}
	last := first + len(filled) - 1
	p.do(s.book.AddChart(summarySheet, at("E", top), &excelize.Chart{
		Type: excelize.Doughnut,
		Series: []excelize.ChartSeries{{
			Name:       title,
			Categories: fmt.Sprintf("%s!$F$%d:$F$%d", summarySheet, first, last),
			Values:     fmt.Sprintf("%s!$G$%d:$G$%d", summarySheet, first, last),
			DataPoint:  points,
		}},
		Title:     excelize.ChartTitle{Paragraph: []excelize.RichTextRun{{Text: title, Font: &excelize.Font{Size: 12, Bold: true, Color: inkColour}}}},
		Legend:    excelize.ChartLegend{Position: "right", Font: &excelize.Font{Size: 10, Color: inkColour}},
		Dimension: excelize.ChartDimension{Width: 520, Height: uint(24*(bottom-top) + 20)},
		HoleSize:  62,
		Border:    excelize.LineOptions{Type: excelize.LineNone},
		Format:    excelize.GraphicOptions{AltText: title, PrintObject: yes()},
	}))
}

// painter puts values into a sheet and keeps the first error.
type painter struct {
	book  *excelize.File
	sheet string
	err   error
}

func (p *painter) do(err error) {
	if p.err == nil {
		p.err = err
	}
}

// put writes text, which no spreadsheet program takes for a formula.
func (p *painter) put(cell, text string, style int) { p.value(cell, fit(visible(text)), style) }

func (p *painter) value(cell string, value any, style int) {
	p.do(p.book.SetCellValue(p.sheet, cell, value))
	p.do(p.book.SetCellStyle(p.sheet, cell, cell, style))
}

// band writes text over the columns from A to last.
func (p *painter) band(row int, last, text string, style int) {
	p.put(at("A", row), text, style)
	p.span(row, "A", last, style)
}

// span makes one cell of several of a row.
func (p *painter) span(row int, first, last string, style int) {
	p.do(p.book.MergeCell(p.sheet, at(first, row), at(last, row)))
	p.do(p.book.SetCellStyle(p.sheet, at(first, row), at(last, row), style))
}

func (p *painter) height(row int, points float64) {
	p.do(p.book.SetRowHeight(p.sheet, row, points))
}

func at(column string, row int) string { return fmt.Sprintf("%s%d", column, row) }

func yes() *bool {
	y := true
	return &y
}
