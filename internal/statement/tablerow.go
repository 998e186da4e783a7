package statement

import (
	"strings"

	"github.com/bulkpay/bulkpay/internal/money"
)

// tableReader makes lines of the rows of a table.
type tableReader struct {
	layout *layout
	to     *collector
	part   *part
	text   bool // a CSV, in which a stray delimiter moves cells
	width  int  // cells that a row may have
	entry  int
	run    runningBalance
}

// noEntries is said of rows that are none.
const noEntries = "taken for titles, balances or totals, as they have no day or no amount: %d rows"

// take reads one row. All that is wrong with it is told.
func (r *tableReader) take(row *tableRow) error {
	if r.isHeader(row) {
		return nil // repeated at the top of a page
	}
	if r.text && !r.fits(row) {
		return nil
	}
	if r.isFooter(row) {
		r.to.remark(noEntries)
		return nil
	}
	moving, ok := r.amounts(row)
	day, dayOK := r.day(row, FieldDay)
	if ok && !moving.any && !(dayOK && day != 0) && !r.isOrder(row) {
		r.to.remark(noEntries)
		return nil
	}
	if ok && !moving.any {
		if c, _ := r.layout.first(row, FieldBalance); c.text != "" && !r.isOrder(row) {
			r.to.remark(noEntries)
			return nil
		}
		r.fault(row, r.amountField(), r.amountColumn(), "is empty", "an amount")
		return nil
	}
	l, good := r.line(row, moving, day)
	if !ok || !dayOK || !good {
		r.part.faulty = true
		return nil
	}
	r.entry++
	l.Entry = r.entry
	if l.Moved() {
		amount, _ := l.Amount.Minor()
		fee, _ := l.Fee.Minor()
		r.part.entry(amount+fee, true)
		r.balance(row, amount+fee)
	}
	return r.to.line(l)
}

// fits tells whether a row has no more cells than the header, or than the first row if that ends
// with a delimiter too. A comma in an amount would move all cells behind it.
func (r *tableReader) fits(row *tableRow) bool {
	if r.width == 0 {
		r.width = max(len(r.layout.headers), len(row.cells))
		for i := len(r.layout.headers); i < len(row.cells) && len(r.layout.headers) > 0; i++ {
			if row.cells[i].text != "" {
				r.width = len(r.layout.headers)
			}
		}
	}
	if len(row.cells) <= r.width {
		return true
	}
	r.fault(row, "", r.width, "is beyond the last column of the header", "a delimiter in a cell between quotes")
	return false
}

// isOrder tells whether a row has the number of a payout: then it is no title.
func (r *tableReader) isOrder(row *tableRow) bool {
	ours, _ := r.layout.first(row, FieldTradeNo)
	theirs, _ := r.layout.first(row, FieldPlatFormTradeNo)
	return ours.text != "" || theirs.text != ""
}

func (r *tableReader) isHeader(row *tableRow) bool {
	for i, header := range r.layout.headers {
		if row.at(i).text != header {
			return false
		}
	}
	return len(r.layout.headers) > 0
}

// totalWords are what rows begin with that add up the others.
var totalWords = []string{"total", "totals", "grandtotal", "totales", "suma", "sumatotal", "saldofinal", "saldo", "closingbalance", "合计", "总计", "小计"}

// isFooter tells whether a row without a day is the sum of the others.
func (r *tableReader) isFooter(row *tableRow) bool {
	if !r.layout.has(FieldDay) {
		return false
	}
	if c, _ := r.layout.first(row, FieldDay); c.kind == cellDate {
		return false
	} else if _, ok := splitDate(c.text); ok {
		return false
	}
	for _, c := range row.cells {
		key := headerKey(strings.TrimRight(c.text, ": 0123456789.,"))
		for _, word := range totalWords {
			if key == word {
				return true
			}
		}
	}
	return false
}

func (r *tableReader) fault(row *tableRow, field Field, column int, what, want string) {
	r.part.faulty = true
	r.to.faults.add(r.layout.problem(row, field, column, what, want))
}

func (r *tableReader) amountField() Field {
	for _, field := range [...]Field{FieldAmount, FieldDebit, FieldPaidAmount} {
		if r.layout.has(field) {
			return field
		}
	}
	return FieldCredit
}

func (r *tableReader) amountColumn() int { return r.layout.columns[r.amountField()][0] }

// line reads everything but the amounts and the day.
func (r *tableReader) line(row *tableRow, moving movement, day Day) (*Line, bool) {
	of := r.layout.currency
	l := &Line{Position: Position{Worksheet: r.to.faults.worksheet, Row: row.number}, Day: day}
	good := r.status(row, l, &moving)
	if l.Day == 0 && good && (l.Moved() || r.layout.kind == KindBank) && r.layout.has(FieldDay) {
		_, column := r.layout.first(row, FieldDay)
		r.fault(row, FieldDay, column, "is empty", "a date such as 2026-11-22")
		good = false
	}
	value, ok := r.day(row, FieldValueDay)
	l.ValueDay = value
	good = good && ok
	l.Amount = money.FromMinor(of, moving.minor)
	if moving.fee != 0 {
		l.Fee = money.FromMinor(of, moving.fee)
	}
	l.TradeNo = r.number(row, FieldTradeNo, &good)
	l.PlatFormTradeNo = r.number(row, FieldPlatFormTradeNo, &good)
	l.EntryRef = r.number(row, FieldEntryRef, &good)
	l.Counterparty = r.number(row, FieldCounterparty, &good)
	for _, column := range r.layout.columns[FieldReference] {
		l.refer(r.cell(row, FieldReference, column, &good))
	}
	var pieces []string
	for _, column := range r.layout.columns[FieldNarrative] {
		pieces = append(pieces, strings.Split(row.at(column).text, "\n")...)
	}
	l.say(limited(pieces))
	return l, r.sameCurrency(row) && good
}

// number reads a number of the kind that spreadsheets destroy.
func (r *tableReader) number(row *tableRow, field Field, good *bool) string {
	c, column := r.layout.first(row, field)
	if c.text == "" {
		return ""
	}
	return r.cell(row, field, column, good)
}

func (r *tableReader) cell(row *tableRow, field Field, column int, good *bool) string {
	c := row.at(column)
	if c.lossy || destroyed(c.text) {
		// A reference of the bank's that is damaged is no worse than none; a number that lines are
		// matched by is.
		if field == FieldTradeNo || field == FieldPlatFormTradeNo {
			r.fault(row, field, column, "is a number whose last digits a spreadsheet has destroyed", "the file as it was given, not saved again")
			*good = false
		}
		return ""
	}
	return clean(c.text, maxTextBytes)
}

// destroyed is 1.23E+17.
func destroyed(text string) bool {
	at := strings.IndexAny(text, "eE")
	return at > 0 && at+2 < len(text) && text[at+1] == '+' && allDigits(text[at+2:]) && allDigits(strings.Replace(strings.Replace(text[:at], ".", "", 1), ",", "", 1))
}

func (r *tableReader) sameCurrency(row *tableRow) bool {
	c, column := r.layout.first(row, FieldCurrency)
	if c.text == "" || strings.EqualFold(c.text, r.layout.currency.Code) {
		return true
	}
	r.fault(row, FieldCurrency, column, "is not the currency of the account", r.layout.currency.Code)
	return false
}

// day reads a date; no date is 0.
func (r *tableReader) day(row *tableRow, field Field) (Day, bool) {
	c, column := r.layout.first(row, field)
	if c.text == "" {
		return 0, true
	}
	o := r.layout.order
	if c.kind == cellDate {
		o = orderYMD
	}
	parts, ok := splitDate(c.text)
	if ok && parts.width[0] == 4 && parts.month != 0 {
		o = orderYMD // no other order begins with a year
	}
	day, ok2 := parts.in(o)
	if ok && ok2 && c.kind != cellNumber {
		return day, true
	}
	if !r.hasAmountCell(row) {
		return 0, true // a title or a footer
	}
	r.fault(row, field, column, "is not a date", "a date such as "+orderNames[r.layout.order])
	return 0, false
}

func (r *tableReader) hasAmountCell(row *tableRow) bool {
	for _, field := range [...]Field{FieldAmount, FieldPaidAmount, FieldDebit, FieldCredit} {
		if c, _ := r.layout.first(row, field); c.text != "" {
			return true
		}
	}
	return false
}

// status reads what became of an order. A word that nobody knows is a fault: taken for
// paid or for failed it would be believed.
func (r *tableReader) status(row *tableRow, l *Line, moving *movement) bool {
	bank := r.layout.kind == KindBank
	c, column := r.layout.first(row, FieldStatus)
	if c.text == "" {
		l.Status = StatusPaid
		if bank {
			l.Status = StatusBooked
		}
		if r.layout.has(FieldStatus) && !bank {
			r.fault(row, FieldStatus, column, "is empty", "what became of the order")
			return false
		}
		return true
	}
	key := headerKey(c.text)
	status, known := r.layout.statuses[key]
	if !known {
		status, known = statusWords[key]
		if bank && status == StatusPaid {
			status = StatusBooked
		}
	}
	if !known {
		r.fault(row, FieldStatus, column, "has a status that no profile maps", `statuses = { "its word" = "paid" } or what it means, in the profile`)
		return false
	}
	l.Status, l.StatusWord = status, clean(c.text, maxTextBytes)
	moving.settle(l, key, r)
	return true
}
