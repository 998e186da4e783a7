package report

import (
	"fmt"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/bulkpay/bulkpay/ledger"
)

// batchSheet lists the batches of the report with the verdicts of each.
func (s *xlsxSink) batchSheet() error {
	g := s.grid(s.t(batchesSheet), "2B6CB8", 22, 14, 28, 20, 10, 20, 10, 10, 10, 14, 14, 14, 70)
	g.put("A", 1, s.t("Batches"), s.style.title)
	g.height(1, 32)
	row := 2
	for _, h := range s.parts {
		row = s.batchTable(g, h, row+1)
	}
	return g.end()
}

func (s *xlsxSink) batchTable(g *grid, h *head, row int) int {
	style := s.styles[h.currency.Decimals]
	s.tableHead(g, row, "Batch", "Merchant", "Source", "Imported", "#Rows", "#"+s.t("Sum, %s", h.currency.Code), "#Paid", "#Not paid", "#Open", "Sheet", "Gateway", "Balance", "SHA-256")
	first := row + 1
	for _, one := range h.sections {
		row++
		b := one.Summary.Batch
		g.put("A", row, b.Code, s.style.plain[idKind])
		g.put("B", row, b.Merchant.Name, s.style.plain[textKind])
		g.put("C", row, b.Source, s.style.plain[textKind])
		g.number("D", row, b.CreatedAt.UTC().Truncate(time.Second), s.style.plain[timeKind])
		g.number("E", row, b.Rows, style.count)
		g.number("F", row, h.cellFigure(b.Sum), style.sum)
		for i, outcome := range outcomes[:3] {
			g.number(string(rune('G'+i)), row, countOf(one.Summary, outcome.buckets), style.count)
		}
		for i, e := range one.equations {
			v := e.Verdict()
			g.put(string(rune('J'+i)), row, s.word(string(v)), map[Verdict]int{Tied: s.style.markTied, NotTied: s.style.markUntied, NotKnown: s.style.markUnknown}[v])
		}
		g.put("M", row, b.SourceSHA256, s.style.mono)
	}
	g.put("A", row+1, s.t("Total"), s.style.totalName)
	g.formula("E", row+1, fmt.Sprintf("SUM(E%d:E%d)", first, row), h.sheet.Count, style.totalCount)
	g.formula("F", row+1, h.rounded(fmt.Sprintf("SUM(F%d:F%d)", first, row)), h.cellFigure(h.sheet.Sum), style.totalSum)
	return row + 2
}

// trendSheet writes how the batches or months of each merchant compare, with
// charts.
func (s *xlsxSink) trendSheet() error {
	g := s.grid(s.t(trendSheet), "1F8A57", 24, 10, 20, 10, 10, 10, 10, 12, 14, 14, 16)
	g.put("A", 1, s.t("Trend"), s.style.title)
	g.height(1, 32)
	row := 2
	for _, h := range s.parts {
		row = s.trendTable(g, h, row+1)
	}
	return g.end()
}

func (s *xlsxSink) trendTable(g *grid, h *head, row int) int {
	style := s.styles[h.currency.Decimals]
	if len(s.parts) > 1 {
		g.put("A", row, h.where(), s.style.heading)
		row++
	}
	s.tableHead(g, row, "Batch", "#Rows", "#"+s.t("Sum, %s", h.currency.Code), "#Paid", "#Not paid", "#In doubt", "#Open", "#Failures", "#Median", "#95 in 100", "#Fees")
	points := h.trend()
	first := row + 1
	for _, p := range points {
		row++
		g.put("A", row, p.Name, s.style.plain[idKind])
		g.number("B", row, p.All.Count, style.count)
		g.number("C", row, h.cellFigure(p.All.Sum), style.sum)
		for i, f := range []Figure{p.Paid, p.NotPaid, p.Doubt, p.Open} {
			g.number(string(rune('D'+i)), row, f.Count, style.count)
		}
		s.failures(g, p, row)
		for i, percent := range []int{50, 95} {
			if d, ok := p.speed.within(percent); ok {
				g.number(string(rune('I'+i)), row, d, s.style.duration)
			}
		}
		g.number("K", row, h.cellFigure(p.Fees), style.sum)
	}
	s.trendChart(g, points, first, row)
	return row + 22
}

// failures is the share of what was decided that was not paid, as a formula.
func (s *xlsxSink) failures(g *grid, p *point, row int) {
	part, whole := p.failures()
	if whole == 0 {
		return
	}
	share := float64(part) / float64(whole) //nolint:forbidigo // a share, no money
	g.formula("H", row, fmt.Sprintf("E%d/(D%d+E%d)", row, row, row), share, s.style.share)
}

// trendChart draws the outcomes of each point on one another.
func (s *xlsxSink) trendChart(g *grid, points []*point, first, last int) {
	name := s.t(trendSheet)
	chart := &excelize.Chart{
		Type:      excelize.ColStacked,
		Title:     chartTitle(s.t("Rows by outcome")),
		Legend:    excelize.ChartLegend{Position: "bottom", Font: &excelize.Font{Size: 10, Color: inkColour}},
		Dimension: excelize.ChartDimension{Width: uint(min(900, 320+60*len(points))), Height: 340},
		XAxis:     excelize.ChartAxis{Font: excelize.Font{Size: 9, Color: quietColour}},
		YAxis:     excelize.ChartAxis{Font: excelize.Font{Size: 9, Color: quietColour}, MajorGridLines: true},
		Border:    excelize.LineOptions{Type: excelize.LineNone},
		Format:    excelize.GraphicOptions{AltText: s.t("Rows by outcome, batch after batch; the table below has the numbers"), PrintObject: yes()},
	}
	for i, bucket := range []string{ledger.BucketSucceeded, ledger.BucketFailed, ledger.BucketInDoubt, ledger.BucketWaiting} {
		column := string(rune('D' + i))
		chart.Series = append(chart.Series, excelize.ChartSeries{
			Name:       fmt.Sprintf("%s!$%s$%d", quoted(name), column, first-1),
			Categories: fmt.Sprintf("%s!$A$%d:$A$%d", quoted(name), first, last),
			Values:     fmt.Sprintf("%s!$%s$%d:$%s$%d", quoted(name), column, first, column, last),
			Fill:       fill(looks[bucket].strong),
		})
	}
	g.chart(at("A", last+2), chart)
}
