package report

import (
	"fmt"
	"strings"

	"github.com/xuri/excelize/v2"
)

// tableHead writes the heads of a table; "#" stands before those of numbers.
func (s *xlsxSink) tableHead(g *grid, row int, names ...string) {
	for i, name := range names {
		name, isNumber := strings.CutPrefix(name, "#")
		if key, ok := heads[name]; ok {
			name = s.t(key)
		}
		style := s.style.tableHead
		if isNumber {
			style = s.style.tableHeadRight
		}
		column, err := excelize.ColumnNumberToName(i + 1)
		g.do(err)
		g.put(column, row, name, style)
	}
	g.height(row, 20)
}

// causeSheet writes why rows are to be looked at and what to do, one table for
// each merchant, with totals.
func (s *xlsxSink) causeSheet() error {
	g := s.grid(s.t(causesSheet), "D98200", 14, 46, 12, 10, 20, 60, 22, 20, 10)
	g.put("A", 1, s.t("Exceptions by cause"), s.style.title)
	g.height(1, 32)
	row := 2
	for _, h := range s.parts {
		row = s.causeTable(g, h, row+1)
	}
	return g.end()
}

func (s *xlsxSink) causeTable(g *grid, h *head, row int) int {
	if len(s.parts) > 1 {
		g.put("A", row, h.where(), s.style.heading)
		row++
	}
	all := h.causes.sorted()
	if len(all) == 0 {
		g.put("A", row, s.t("Nothing to look at."), s.style.value)
		return row + 1
	}
	style := s.styles[h.currency.Decimals]
	s.tableHead(g, row, "Status", "Cause", "Code", "#Rows", "#"+s.t("Sum, %s", h.currency.Code), "What to do", "Whose job", "Batch", "#First row")
	first := row + 1
	for _, c := range all {
		row++
		why := c.Reason
		if c.Other {
			why = s.t("all other causes")
		}
		g.put("A", row, s.word(c.Bucket), s.style.status[c.Bucket])
		g.put("B", row, why, s.style.wrapped[textKind])
		g.put("C", row, c.Code, s.style.plain[idKind])
		g.number("D", row, c.Count, style.count)
		g.number("E", row, h.cellFigure(c.Sum), style.sum)
		g.put("F", row, strings.ReplaceAll(c.Action, "`", ""), s.style.wrapped[textKind])
		g.put("G", row, c.Who, s.style.wrapped[textKind])
		g.put("H", row, c.Batch, s.style.plain[idKind])
		g.number("I", row, c.Row, s.style.plain[numberKind])
		g.height(row, float64(5+13*max(1+len([]rune(why))/44, 1+len([]rune(c.Action))/58)))
	}
	total := Figure{}
	for _, c := range all {
		total.Count += c.Count
		total.Sum, _ = total.Sum.Add(c.Sum) // the parts of a sum that was found
	}
	g.put("A", row+1, s.t("Total"), s.style.totalName)
	g.formula("D", row+1, fmt.Sprintf("SUM(D%d:D%d)", first, row), total.Count, style.totalCount)
	g.formula("E", row+1, h.rounded(fmt.Sprintf("SUM(E%d:E%d)", first, row)), h.cellFigure(total.Sum), style.totalSum)
	return row + 2
}

// openSheet writes what is in doubt or held: by age, and the oldest rows.
func (s *xlsxSink) openSheet() error {
	g := s.grid(s.t(openSheet), "7A4FB0", 22, 14, 22, 10, 26, 24, 18, 60)
	g.put("A", 1, s.t("In doubt and held, by age"), s.style.title)
	g.height(1, 32)
	row := 2
	for _, h := range s.parts {
		row = s.ageTable(g, h, row+1)
	}
	row++
	g.put("A", row, s.t("In doubt and held, the oldest first"), s.style.heading)
	row++
	rows := s.openRows.sorted()
	if len(rows) == 0 {
		g.put("A", row, s.t("Nothing is in doubt or held."), s.style.value)
		return g.end()
	}
	s.tableHead(g, row, "Age", "Status", "Batch", "#Row", "Trade no.", "Payee", "#Amount", "What to do")
	for _, e := range rows {
		row++
		style := s.styles[e.Amount.Currency().Decimals]
		g.put("A", row, e.age(s.Lang), s.style.name)
		g.put("B", row, s.word(e.Bucket), s.style.status[e.Bucket])
		g.put("C", row, e.Batch, s.style.plain[idKind])
		g.number("D", row, e.Row, s.style.plain[numberKind])
		g.put("E", row, e.TradeNo, s.style.plain[idKind])
		g.put("F", row, e.Payee, s.style.plain[textKind])
		g.number("G", row, cellNumber(e.Amount), style.plain[amountKind])
		g.put("H", row, strings.ReplaceAll(e.Action, "`", ""), s.style.wrapped[textKind])
		g.height(row, float64(5+13*(1+len([]rune(e.Action))/58)))
	}
	if left := s.openRows.count - len(rows); left > 0 {
		g.put("A", row+1, s.n(left, "%d more is among the rows.", "%d more are among the rows."), s.style.value)
	}
	return g.end()
}

func (s *xlsxSink) ageTable(g *grid, h *head, row int) int {
	if len(s.parts) > 1 {
		g.put("A", row, h.where(), s.style.heading)
		row++
	}
	style := s.styles[h.currency.Decimals]
	s.tableHead(g, row, "Age", "#Rows", "#"+s.t("Sum, %s", h.currency.Code))
	first := row + 1
	total := Figure{}
	for i, f := range h.open {
		row++
		g.put("A", row, s.t(ages[i].name), s.style.name)
		g.number("B", row, f.Count, style.count)
		g.number("C", row, h.cellFigure(f.Sum), style.sum)
		total.Count += f.Count
		total.Sum, _ = total.Sum.Add(f.Sum) // the parts of a sum that was found
	}
	g.put("A", row+1, s.t("Total"), s.style.totalName)
	g.formula("B", row+1, fmt.Sprintf("SUM(B%d:B%d)", first, row), total.Count, style.totalCount)
	g.formula("C", row+1, h.rounded(fmt.Sprintf("SUM(C%d:C%d)", first, row)), h.cellFigure(total.Sum), style.totalSum)
	return row + 2
}
