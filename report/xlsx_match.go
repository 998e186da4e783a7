package report

import (
	"fmt"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/bulkpay/bulkpay/internal/money"
)

// lineHeads are the columns of the lines of the matching.
var lineHeads = []struct {
	name  string
	width float64
	kind  kind
}{
	{"Class", 16, textKind},
	{"Match", 10, numberKind},
	{"Rule", 18, textKind},
	{"Score", 8, numberKind},
	{"Standing", 14, textKind},
	{"Group", 10, idKind},
	{"Batch", 20, idKind},
	{"Row", 8, numberKind},
	{"Trade no.", 28, idKind},
	{"Status", 12, textKind},
	{"Amount here", 16, amountKind},
	{"Statement", 26, textKind},
	{"Line", 8, numberKind},
	{"Day", 12, idKind},
	{"Amount there", 16, amountKind},
	{"Difference", 14, amountKind},
	{"Fees", 12, amountKind},
	{"Currency", 10, textKind},
	{"Reason", 50, textKind},
}

// matchSheets write the lines of the matching, as many as there are, and then
// the sheet that counts them.
func (s *xlsxSink) matchSheets() error {
	shown, err := s.matchLines()
	if err != nil {
		return err
	}
	g := s.grid(s.t(matchingSheet), "3A7F86", 34, 12, 22, 16, 16, 16, 20, 20, 16)
	g.put("A", 1, s.t("Statements"), s.style.title)
	g.height(1, 32)
	row := s.statements(g, 3)
	row = s.statementEquations(g, row+1)
	row++
	s.tableHead(g, row, "Class", "#Lines", "#Sum", "Currency")
	for _, class := range s.matching.sorted() {
		row++
		h := s.inCurrency(class.Sum.Currency())
		g.put("A", row, s.word(class.Name), s.style.name)
		formula := s.lineCount(at("$A", row))
		if shown[class.Name] != class.Count { // of two currencies, or on a statement that is not listed
			formula = ""
		}
		g.formula("B", row, formula, class.Count, s.style.count)
		g.number("C", row, h.cellFigure(class.Sum), s.styles[h.currency.Decimals].sum)
		g.put("D", row, class.Sum.Currency().Code, s.style.name)
	}
	return g.end()
}

func (s *xlsxSink) statements(g *grid, row int) int {
	s.tableHead(g, row, "Statement", "#Lines", "Days", "#Out", "#In", "#Fees", "Account")
	for _, one := range s.matching.Statements {
		row++
		style := s.styles[s.inCurrency(one.Out.Currency()).currency.Decimals]
		g.put("A", row, one.Name, s.style.name)
		g.number("B", row, one.Lines, style.count)
		g.put("C", row, s.Lang.Span(one.FirstDay, one.LastDay), s.style.name)
		for i, sum := range []money.Amount{one.Out, one.In, one.Fees} {
			g.number(string(rune('D'+i)), row, cellOrZero(sum), style.sum)
		}
		g.put("G", row, one.Account, s.style.name)
	}
	return row + 1
}

// statementEquations are one for each statement.
func (s *xlsxSink) statementEquations(g *grid, row int) int {
	for _, e := range s.matching.Equations {
		said := s.inCurrency(e.Left.Sum.Currency()).saying(e)
		style := s.style.untied
		if said.Verdict == Tied {
			style = s.style.tied
		}
		g.band(row, "C", e.Of+": "+said.Word, style)
		g.height(row, 24)
		for _, line := range said.lines()[1:] {
			row++
			g.band(row, "I", line, s.style.note)
			g.height(row, lineHeight*float64(1+len([]rune(line))/noteWidth))
		}
		row += 2
	}
	return row
}

// inCurrency is the part whose currency something is in.
func (s *xlsxSink) inCurrency(c money.Currency) *head {
	for _, part := range s.parts {
		if part.currency == c {
			return part
		}
	}
	return s.parts[0]
}

// newLines is the list of the lines of the matching, whose first worksheet is
// in its place from the beginning.
func (s *xlsxSink) newLines() list {
	l := list{sink: s, name: s.t(linesSheet), tab: "3A7F86", most: maxSheetRows, first: true}
	for _, c := range lineHeads {
		l.heads = append(l.heads, listHead{s.t(heads[c.name]), c.width, c.kind})
	}
	return l
}

// matchLines streams all lines of the matching, over as many worksheets as it
// takes, and counts them by class.
func (s *xlsxSink) matchLines() (shown map[string]int, err error) {
	shown = map[string]int{}
	if err := s.lines.next(); err != nil {
		return shown, err
	}
	if s.matching.Lines != nil {
		for line, err := range s.matching.Lines(s.ctx) {
			if err == nil {
				err = s.lines.room()
			}
			if err != nil {
				return shown, err
			}
			shown[line.Class]++
			cells := s.matchCells(line)
			for _, cell := range cells {
				if text, ok := cell.(excelize.Cell).Value.(string); ok {
					s.lines.text += len(text)
				}
			}
			if err := s.lines.row(cells); err != nil {
				return shown, err
			}
		}
	}
	return shown, s.lines.end()
}

// lineCount is a formula that counts the lines of the class that a cell names.
func (s *xlsxSink) lineCount(cell string) string {
	var terms []string
	for _, cells := range s.lines.ranges("A") {
		terms = append(terms, fmt.Sprintf("COUNTIF(%s,%s)", cells, cell))
	}
	return strings.Join(terms, "+")
}

// matchCells are the cells of a line in the order of lineHeads.
func (s *xlsxSink) matchCells(l MatchLine) []any {
	currency := money.Currency{}
	values := make([]any, len(lineHeads))
	put := func(from int, all ...any) { copy(values[from:], all) }
	put(0, s.word(l.Class), orNothing(int(l.Match)), l.Rule, orNothing(l.Score), s.word(l.Standing), l.Group)
	if o := l.Ours; o != nil {
		currency = o.Amount.Currency()
		put(6, o.Batch, orNothing(o.Row), o.TradeNo, s.word(o.Bucket), cellOrNothing(o.Amount))
	}
	if t := l.There; t != nil {
		if currency == (money.Currency{}) {
			currency = t.Amount.Currency()
		}
		put(11, t.Statement, orNothing(t.Line), t.Day.Format(time.DateOnly), cellOrNothing(t.Amount))
	}
	if l.Ours != nil && l.There != nil {
		put(15, cellOrNothing(l.Difference), cellOrZero(l.Fee))
	}
	put(17, currency.Code, s.phrase(l.Reason))
	style := s.styles[s.inCurrency(currency).currency.Decimals]
	for i, value := range values {
		if text, ok := value.(string); ok && lineHeads[i].kind != amountKind {
			value = fit(shown(text))
		}
		values[i] = excelize.Cell{StyleID: style.plain[lineHeads[i].kind], Value: value}
	}
	return values
}

func orNothing(n int) any {
	if n == 0 {
		return nil
	}
	return n
}

// cellOrNothing leaves out what is no amount: of a group, one that stands above.
func cellOrNothing(a money.Amount) any {
	if a.Currency() == (money.Currency{}) {
		return nil
	}
	return cellOrZero(a)
}

func cellOrZero(a money.Amount) any {
	if a.IsZero() {
		return 0
	}
	return cellNumber(a)
}

// fee is what somebody charged, as far as anybody has named it.
type fee struct {
	from string
	sum  money.Amount
}

// fees are those that statements and balances name.
func (s *xlsxSink) fees() []fee {
	var all []fee
	if s.matching != nil {
		for _, one := range s.matching.Statements {
			if !one.Fees.IsZero() {
				all = append(all, fee{one.Name, one.Fees})
			}
		}
	}
	for _, section := range s.sections {
		for _, term := range section.equations[2].Terms {
			if term.Name == "fees" && !term.Sum.IsZero() {
				all = append(all, fee{section.Summary.Batch.Code, term.Sum})
			}
		}
	}
	return all
}

// feeSheet lists the fees by where they are named. Those of statements and
// those of balances may be the same money, so they are not added up.
func (s *xlsxSink) feeSheet() error {
	g := s.grid(s.t(feesSheet), "8C6239", 34, 20, 12)
	g.put("A", 1, s.t("Fees"), s.style.title)
	g.height(1, 32)
	g.band(2, "C", s.t("By statement, and by batch where the balance shows them; the two may be the same money."), s.style.note)
	g.height(2, 2*lineHeight)
	s.tableHead(g, 4, "Source", "#Fees", "Currency")
	for i, one := range s.fees() {
		row := 5 + i
		g.put("A", row, one.from, s.style.name)
		g.number("B", row, cellNumber(one.sum), s.styles[one.sum.Currency().Decimals].sum)
		g.put("C", row, one.sum.Currency().Code, s.style.name)
	}
	return g.end()
}
