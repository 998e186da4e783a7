package statement

import (
	"github.com/bulkpay/bulkpay/internal/money"
)

// columnSurvey looks at whole columns before a row is read: a date that leaves open which of
// its numbers is the month is settled by those that do not.
type columnSurvey struct {
	layout *layout

	orders      order
	dates       int // cells of dates that are text
	serials     int // cells of dates that a workbook holds as dates
	doubtful    bool
	dateRow     tableRow
	decimals    [2]bool // whether all amounts can be read with a point, with a comma
	amounts     int
	differ      bool // an amount is another one with the other mark
	amountRow   int
	sided       int // amounts marked DR or CR
	positive    int
	negative    int
	debitPlus   int
	debitMinus  int
	currency    string
	currencyRow int
}

func (v *columnSurvey) take(row *tableRow) error {
	v.takeDates(row)
	for _, field := range [...]Field{FieldAmount, FieldPaidAmount, FieldDebit, FieldCredit, FieldFee, FieldBalance} {
		for _, column := range v.layout.columns[field] {
			v.takeAmount(row, field, row.at(column))
		}
	}
	if c, _ := v.layout.first(row, FieldCurrency); c.text != "" && v.currency == "" {
		v.currency, v.currencyRow = c.text, row.number
	}
	return nil
}

func (v *columnSurvey) takeDates(row *tableRow) {
	for _, field := range [...]Field{FieldDay, FieldValueDay} {
		for _, column := range v.layout.columns[field] {
			c := row.at(column)
			if c.kind == cellDate {
				v.serials++
				continue
			}
			parts, ok := splitDate(c.text)
			if !ok {
				continue // it is told when rows are read; or it is a footer
			}
			fits := parts.orders()
			if fits == 0 {
				continue
			}
			v.dates++
			v.doubtful = v.doubtful || ambiguous(parts, fits)
			if v.dateRow.number == 0 && ambiguous(parts, fits) {
				v.dateRow.number = row.number
			}
			if v.orders&fits != 0 {
				v.orders &= fits
			}
		}
	}
}

// ambiguous tells whether a date is another day in another order.
func ambiguous(parts dateParts, fits order) bool {
	var first Day
	for _, o := range [...]order{orderYMD, orderDMY, orderMDY} {
		if fits&o == 0 {
			continue
		}
		day, _ := parts.in(o)
		if first != 0 && day != first {
			return true
		}
		first = day
	}
	return false
}

func (v *columnSurvey) takeAmount(row *tableRow, field Field, c cell) {
	if isNothing(c.text) || c.kind == cellDate || c.kind == cellBad {
		return
	}
	if c.kind == cellNumber {
		v.sign(field, c.text[0] == '-')
		return
	}
	point, okPoint := parseNumber(c.text, '.')
	comma, okComma := parseNumber(c.text, ',')
	if !okPoint && !okComma {
		return
	}
	v.amounts++
	if okPoint && okComma && point.plain != comma.plain && !v.differ {
		v.differ, v.amountRow = true, row.number
	}
	if v.decimals[0] && okPoint || v.decimals[1] && okComma {
		v.decimals[0], v.decimals[1] = v.decimals[0] && okPoint, v.decimals[1] && okComma
	}
	if point.side != 0 || comma.side != 0 {
		v.sided++
		return
	}
	v.sign(field, point.negative || comma.negative)
}

func (v *columnSurvey) sign(field Field, negative bool) {
	switch {
	case field == FieldAmount && negative:
		v.negative++
	case field == FieldAmount:
		v.positive++
	case field == FieldDebit && negative:
		v.debitMinus++
	case field == FieldDebit:
		v.debitPlus++
	}
}

// settle decides, or says all that has to be told.
func (v *columnSurvey) settle() error {
	all := &Problems{}
	l := v.layout
	v.settleDates(all)
	v.settleDecimals(all)
	v.settleSign(all)
	v.settleCurrency(all)
	l.absDebit = v.debitMinus > 0 && v.debitPlus == 0
	if len(all.List) > 0 {
		return all
	}
	return nil
}

func (v *columnSurvey) ask(all *Problems, row int, field Field, what, want string) {
	column := -1
	if found := v.layout.columns[field]; len(found) > 0 {
		column = found[0]
	}
	all.List = append(all.List, v.layout.problem(&tableRow{number: row}, field, column, what, want))
}

func (v *columnSurvey) settleDates(all *Problems) {
	l := v.layout
	if l.order != 0 {
		return
	}
	single := v.orders == orderYMD || v.orders == orderDMY || v.orders == orderMDY
	switch {
	case v.dates == 0:
		l.order = orderYMD
	case v.serials > 0 && v.doubtful && v.orders != orderYMD:
		v.ask(all, v.dateRow.number, FieldDay, "has dates and texts in one column: a spreadsheet has read some dates, perhaps with day and month exchanged",
			"the statement as the bank gave it, not saved again")
	case single:
		l.order = v.orders
		if v.doubtful && l.order != orderYMD {
			l.why = append(l.why, "dates are "+orderNames[l.order]+", as some of them can be read in no other way")
		}
	case !v.doubtful:
		l.order = orderDMY // all that are left give the same days
	default:
		v.ask(all, v.dateRow.number, FieldDay, "has dates of which the day and the month may be exchanged", `dates = ["DD/MM/YYYY"] or ["MM/DD/YYYY"] in the profile`)
	}
}

func (v *columnSurvey) settleDecimals(all *Problems) {
	l := v.layout
	if l.decimal != 0 {
		return
	}
	switch {
	case v.decimals[0] && v.decimals[1] && v.differ:
		v.ask(all, v.amountRow, v.amountField(), "has amounts of which the mark may part thousands or decimals", `decimal = "point" or "comma" in the profile`)
	case v.decimals[0]:
		l.decimal = '.'
	default:
		l.decimal = ','
		l.why = append(l.why, "amounts have a decimal comma")
	}
}

func (v *columnSurvey) amountField() Field {
	for _, field := range [...]Field{FieldAmount, FieldDebit, FieldPaidAmount} {
		if v.layout.has(field) {
			return field
		}
	}
	return FieldCredit
}

func (v *columnSurvey) settleSign(all *Problems) {
	l := v.layout
	switch {
	case l.out != 0 || l.has(FieldDirection) || v.sided > 0 && v.positive+v.negative == 0:
	case v.negative > 0:
		l.out = -1
		l.why = append(l.why, "amounts below zero have left the account")
	default:
		v.ask(all, 0, FieldAmount, "has no amount below zero, and nothing says which have left the account", `out = "positive" or "negative" in the profile`)
	}
}

func (v *columnSurvey) settleCurrency(all *Problems) {
	l := v.layout
	if l.currency != (money.Currency{}) {
		return
	}
	code := v.currency
	if code == "" {
		for _, field := range [...]Field{FieldAmount, FieldDebit, FieldCredit, FieldBalance} {
			for _, column := range l.columns[field] {
				if code == "" {
					code = headerCurrency(l.header(column))
				}
			}
		}
	}
	currency, ok := LookupCurrency(code)
	if !ok {
		v.ask(all, v.currencyRow, FieldCurrency, "does not say in which currency it is", `currency = "MXN" in the profile`)
		return
	}
	l.currency = currency
}
