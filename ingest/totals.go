package ingest

import (
	"fmt"
	"strconv"
	"strings"
	"sync"

	"github.com/bulkpay/bulkpay/internal/money"
	"github.com/bulkpay/bulkpay/paypro"
)

// Totals is what the sheet itself says that it adds up to.
type Totals struct {
	Row      int // of the totals row
	Sum      money.Amount
	Count    int
	HasSum   bool
	HasCount bool
}

// totalsWords are what stands beside a total, alone in its cell, in the
// languages of the areas and of those who pay there.
var totalsWords = sync.OnceValue(func() map[string]bool {
	words := map[string]bool{}
	for _, word := range []string{
		"sum", "sum total", "suma", "suma total", "sumatoria", "importe total", "monto total", "soma", "somatório", "summe", "gesamt", "somme",
		"jumlah", "jumlah total", "total keseluruhan", "kabuuan", "kabuuang halaga", "jumla", "jumla kuu", "tổng", "tổng cộng", "cộng", "tổng số tiền",
		"الإجمالي", "إجمالي", "اجمالي", "المجموع", "مجموع", "کل", "ٹوٹل", "कुल", "कुल योग", "योग", "মোট", "সর্বমোট", "합계", "총계", "총액", "소계",
		"合计", "总计", "總計", "合計", "小计", "总额", "итого",
	} {
		key, _ := headerKeys(word)
		words[key] = true
	}
	return words
})

// isTotalsWord knows the words of [totalsWords], and texts in which the first
// or second word is "total": "Gran total", "TOTAL a pagar:", "Total 40 pagos".
func isTotalsWord(cell string) bool {
	const longest = 64
	cell = trim(cell)
	if cell == "" || len(cell) > longest || isDigit(cell[0]) {
		return false
	}
	words := headerWords(cell)
	for i, word := range words {
		switch word {
		case "total", "totals", "totales", "totais", "subtotal", "subtotales", "subtotals":
			return i < 2
		}
	}
	return len(words) > 0 && totalsWords()[strings.Join(words, "")]
}

// countUnits are what a count of rows is a count of.
var countUnits = map[string]bool{
	"rows": true, "row": true, "payouts": true, "payments": true, "payees": true, "employees": true, "records": true, "people": true,
	"filas": true, "pagos": true, "registros": true, "empleados": true, "personas": true, "beneficiarios": true,
	"linhas": true, "pagamentos": true, "funcionarios": true,
}

// countIn reads "40 pagos" or "Total 1,000 rows". A count has no decimals, so
// its marks can only be of thousands.
func countIn(cell string) (int, bool) {
	words := headerWords(cell)
	if len(words) < 2 || !countUnits[words[len(words)-1]] {
		return 0, false
	}
	digits := ""
	for i := len(words) - 2; i >= 0 && plainDigits(words[i]); i-- {
		if digits != "" && len(words[i+1]) != 3 {
			return 0, false
		}
		digits = words[i] + digits
	}
	n, err := strconv.Atoi(digits)
	return n, err == nil
}

// rowClass is what a row is.
type rowClass uint8

const (
	rowEmpty   rowClass = iota // nothing in a known column
	rowPayout                  // to be paid, or faulty
	rowExample                 // an example in a template
	rowTotals                  // a total, or a subtotal
)

// classify tells what a row is by its cells.
func (s *Sheet) classify(cells []string, kinds []kind) rowClass {
	if !s.filled(cells, kinds) {
		return rowEmpty
	}
	for _, cell := range cells {
		if isExample(cell) {
			return rowExample
		}
	}
	if s.isTotals(cells) {
		return rowTotals
	}
	return rowPayout
}

// filled tells whether a known column has a value. A formula without a result
// is one: somebody meant a value to be there.
func (s *Sheet) filled(cells []string, kinds []kind) bool {
	for _, at := range s.mapping.byField {
		if at >= 0 && at < len(cells) && (trim(cells[at]) != "" || kindAt(kinds, at) == kindUncomputed) {
			return true
		}
	}
	return false
}

func isExample(cell string) bool {
	const mark = "EXAMPLE:"
	if cell == "" || cell[0] != 'E' && cell[0] != 'e' && visibleASCII(cell[0]) {
		return false
	}
	cell = trim(cell)
	return len(cell) >= len(mark) && strings.EqualFold(cell[:len(mark)], mark)
}

// isTotals wants a totals word, an amount or a count, and no payee. The word
// may stand anywhere, also where the payee would be.
func (s *Sheet) isTotals(cells []string) bool {
	if account := s.cellOf(cells, paypro.RoleAccount); account != "" && !isTotalsWord(account) {
		return false // nearly all rows
	}
	if s.cellOf(cells, paypro.RoleAmount) == "" {
		if _, counted := rowCount(cells); !counted {
			return false
		}
	}
	amount := s.mapping.area.FieldFor(paypro.RoleAmount)
	for i, at := range s.mapping.byField {
		if at < 0 || at >= len(cells) || &s.mapping.area.Fields[i] == amount {
			continue
		}
		if cell := trim(cells[at]); cell != "" && !isTotalsWord(cell) {
			if _, counted := countIn(cell); !counted {
				return false
			}
		}
	}
	for _, cell := range cells {
		if isTotalsWord(cell) {
			return true
		}
	}
	return false
}

// isSignature tells whether a row cannot be a payout, whatever it lacks: it
// has neither an account nor an amount. Below a total stand "Approved by" and
// the like.
func (s *Sheet) isSignature(cells []string) bool {
	return s.cellOf(cells, paypro.RoleAccount) == "" && s.cellOf(cells, paypro.RoleAmount) == ""
}

func (s *Sheet) cellOf(cells []string, role paypro.Role) string {
	if at := s.columnOf(role); at >= 0 && at < len(cells) {
		return trim(cells[at])
	}
	return ""
}

// columnOf is the column of the area's field of a role, -1 without.
func (s *Sheet) columnOf(role paypro.Role) int {
	for i := range s.mapping.area.Fields {
		if s.mapping.area.Fields[i].Role == role {
			return s.mapping.byField[i]
		}
	}
	return -1
}

// rowCount is the one count in a row.
func rowCount(cells []string) (count int, ok bool) {
	for _, cell := range cells {
		if n, counted := countIn(cell); counted {
			if ok && n != count {
				return 0, false
			}
			count, ok = n, true
		}
	}
	return count, ok
}

// tally adds up what a reading has come across, for the sheet's own total.
type tally struct {
	rows       int
	sum        money.Amount
	unreadable int
	overflow   bool
	skipped    int // hidden rows left out
	skippedSum money.Amount
}

func (t *tally) add(row *Row) {
	t.rows++
	if !row.AmountRead {
		t.unreadable++
		return
	}
	sum, err := t.sum.Add(row.Amount)
	if err != nil {
		t.overflow = true
		return
	}
	t.sum = sum
}

// controlled holds the totals row against what was read above it. It returns
// the row as a faulty one if they differ, so that the sheet is not paid.
func (s *Sheet) controlled(line *windowLine, cells []string, t *tally) (Row, bool) {
	row := Row{Number: line.number, Totals: true, area: s.mapping.area}
	totals := Totals{Row: line.number}
	amountAt := s.columnOf(paypro.RoleAmount)
	if cell := s.cellOf(cells, paypro.RoleAmount); cell != "" {
		plain, fault := s.amounts.read(cell, kindAt(line.kinds, amountAt))
		sum, err := money.Parse(s.mapping.area.Currency, plain)
		switch kind := kindAt(line.kinds, amountAt); {
		case kind == kindFault || kind == kindUncomputed || isCellError(cell):
			fault = paypro.Fault{Field: s.amounts.field.Name, Problem: "has no total: the formula has no result", Want: wantComputed}
		case fault.Field == "" && err != nil:
			fault = paypro.Fault{Field: s.amounts.field.Name, Problem: "has a total that is not a plain amount", Want: s.amounts.want}
		}
		if fault.Field != "" {
			row.Problems = append(row.Problems, s.fault(line.number, fault))
			return row, true
		}
		totals.Sum, totals.HasSum = sum, true
	}
	totals.Count, totals.HasCount = rowCount(cells)
	s.totals = totals
	if what := s.disagreement(totals, t); what != "" {
		row.Problems = append(row.Problems, s.problem(line.number, Problem{
			What: what, Want: "a total of the rows that are in the sheet, or the rows that are missing; or no totals row",
		}))
		return row, true
	}
	return row, false
}

// disagreement says how the sheet's total differs from its rows, "" if it
// does not. With amounts that cannot be read it says nothing: those rows are
// faults, and the sums cannot agree.
func (s *Sheet) disagreement(totals Totals, t *tally) string {
	if totals.HasCount && totals.Count != t.rows && totals.Count != t.rows+t.skipped {
		return fmt.Sprintf("counts %d rows, and there are %d", totals.Count, t.rows)
	}
	if !totals.HasSum || t.unreadable > 0 || t.overflow {
		if totals.HasSum {
			s.note(fmt.Sprintf("the total in row %d could not be compared: %d amounts above it cannot be read", totals.Row, t.unreadable))
		}
		return ""
	}
	if totals.Sum.Cmp(t.sum) == 0 {
		s.note(fmt.Sprintf("row %d is the total, and agrees with the rows", totals.Row))
		return ""
	}
	if with, err := t.sum.Add(t.skippedSum); err == nil && t.skipped > 0 && totals.Sum.Cmp(with) == 0 {
		s.note(fmt.Sprintf("row %d is the total, and agrees with the rows when the hidden ones that are left out are counted", totals.Row))
		return ""
	}
	more, less, word := totals.Sum, t.sum, "more"
	if totals.Sum.Cmp(t.sum) < 0 {
		more, less, word = less, more, "less"
	}
	return fmt.Sprintf("says that the total is %s, and the %d rows add up to %s: %s %s", totals.Sum, t.rows, t.sum, between(more, less), word)
}

// between is the difference of two amounts of one currency.
func between(more, less money.Amount) string {
	a, aok := more.Minor()
	b, bok := less.Minor()
	if !aok || !bok {
		return "some"
	}
	return money.FromMinor(more.Currency(), a-b).String()
}
