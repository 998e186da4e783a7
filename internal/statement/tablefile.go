package statement

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/bulkpay/bulkpay/internal/money"
)

// tableFile is a CSV or a worksheet whose columns are understood.
type tableFile struct {
	way      way
	options  Options
	layout   *layout
	surveyed bool
	quotes   quotes
	said     []string
}

// openTable finds the way and the profile with which a file is a statement. told lists the ways
// that a profile leaves open.
func openTable(o Options, told func(*Profile) ([]way, error)) (source, error) {
	var best *candidate
	for _, p := range readings(o) {
		ways, err := told(p.profile)
		if err != nil {
			return nil, err
		}
		found, err := bestOf(ways, p)
		if err != nil {
			return nil, err
		}
		// Of two that are as bad, the names of banks make the better refusal; they come last.
		if best == nil || found != nil && !best.betterThan(found) {
			best = found
		}
		if best != nil && best.complete() {
			break
		}
	}
	if best == nil {
		return nil, Problem{What: "has no table in it", Want: "a row with the names of the columns, and a row for each entry"}
	}
	if !best.complete() {
		return nil, best.refusal()
	}
	t := &tableFile{way: best.way, options: o, layout: best.layout}
	t.said = append(t.said, best.way.name)
	return t, nil
}

func (t *tableFile) describe(h *Header) {
	h.Format, h.Kind, h.Profile = t.way.format, t.layout.kind, t.layout.name
	if h.Part == "" {
		h.Part = t.way.worksheet
	}
	if h.Account == "" {
		h.Account = t.layout.profile.Account
	}
}

func (t *tableFile) assumed() []string { return append(t.said, t.layout.said()...) }

// read goes through the rows. What is decided over a whole column is decided in a reading
// of its own before the first.
func (t *tableFile) read(to *collector) error {
	to.faults.worksheet = t.way.worksheet
	if !t.surveyed {
		if err := t.survey(); err != nil {
			return err
		}
		t.surveyed = true
	}
	r := &tableReader{layout: t.layout, to: to, text: t.way.format == CSV, part: &part{
		currency: t.layout.currency, account: t.layout.profile.Account, orders: t.layout.kind == KindGateway,
	}}
	if err := to.begin(r.part); err != nil {
		return err
	}
	if err := t.each(r.take); err != nil {
		return err
	}
	r.finish()
	to.end()
	return nil
}

// each calls with every row below the header.
func (t *tableFile) each(call func(*tableRow) error) (err error) {
	rows, err := t.way.open(t.quotes)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	var row tableRow
	for {
		err := rows.next(&row)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if row.number <= t.layout.headerRow || blank(&row) {
			continue
		}
		if row.broken && t.quotes == lazyQuotes {
			// It could as well be the rest of this row and the beginning of the next one.
			return Problem{Row: row.number, What: "has a quote that is not closed, or not doubled", Want: "quotes in a cell doubled"}
		}
		if err := call(&row); err != nil {
			return err
		}
	}
}

func blank(row *tableRow) bool {
	for i := range row.cells {
		if row.cells[i].text != "" {
			return false
		}
	}
	return true
}

func newColumnSurvey(l *layout) *columnSurvey {
	return &columnSurvey{layout: l, orders: orderAny, decimals: [2]bool{true, true}}
}

// survey settles what the whole file has to be looked at for: the order of days and months,
// the mark before the decimals, the sign of what leaves, the currency.
func (t *tableFile) survey() error {
	l := t.layout
	if err := l.told(t.options); err != nil {
		return err
	}
	if l.settled() && t.way.format == XLSX {
		return nil
	}
	v := newColumnSurvey(l)
	err := t.each(v.take)
	if errors.Is(err, errQuotes) {
		t.quotes = lazyQuotes
		t.said = append(t.said, "quotes within cells are not doubled: taken as they stand")
		v = newColumnSurvey(l)
		err = t.each(v.take)
	}
	if err != nil || l.settled() {
		return err
	}
	return v.settle()
}

// layout says which column is what, and how values are written.
type layout struct {
	profile   Profile // a copy; what it left open is empty
	name      string
	kind      Kind
	headerRow int
	headers   []string // by column
	columns   map[Field][]int

	order    order
	decimal  byte // '.' or ','; 0 while it is open
	out      int  // the sign in Amount of what has left the account: 1, -1; 0 while it is open
	currency money.Currency
	absDebit bool // debits are written with a minus

	statuses map[string]Status
	outWords map[string]bool
	why      []string // what was found in a survey
}

// told takes what the profile and the options say.
func (l *layout) told(o Options) error {
	p := &l.profile
	for _, format := range p.Dates {
		// A date that begins with its year is told from the others by itself.
		if o, ok := orderOf(format); ok && (l.order == 0 || l.order == orderYMD) {
			l.order = o
		}
	}
	switch p.Decimal {
	case "point":
		l.decimal = '.'
	case "comma":
		l.decimal = ','
	}
	switch {
	case p.Out == "positive":
		l.out = 1
	case p.Out == "negative":
		l.out = -1
	case l.kind == KindGateway, len(l.columns[FieldAmount])+len(l.columns[FieldPaidAmount]) == 0:
		l.out = 1
	}
	l.currency = o.Currency
	if p.Currency != "" {
		currency, _ := LookupCurrency(p.Currency)
		if o.Currency != (money.Currency{}) && currency != o.Currency {
			return Problem{What: "is in " + p.Currency + " by its profile", Want: "a statement in " + o.Currency.Code}
		}
		l.currency = currency
	}
	l.statuses, l.outWords = map[string]Status{}, map[string]bool{}
	for word, status := range p.Statuses {
		l.statuses[headerKey(word)] = status
	}
	for _, word := range p.OutWords {
		l.outWords[headerKey(word)] = true
	}
	for _, word := range p.InWords {
		l.outWords[headerKey(word)] = false
	}
	return nil
}

// settled tells whether nothing is left to be found out.
func (l *layout) settled() bool {
	return l.order != 0 && l.decimal != 0 && l.out != 0 && l.currency != (money.Currency{}) && len(l.columns[FieldDebit]) == 0
}

// first is the first filled cell of a field.
func (l *layout) first(row *tableRow, field Field) (c cell, column int) {
	column = -1
	for _, index := range l.columns[field] {
		if column < 0 {
			column = index
		}
		if c := row.at(index); !isNothing(c.text) {
			return c, index
		}
	}
	return cell{}, column
}

func (l *layout) has(field Field) bool { return len(l.columns[field]) > 0 }

// said tells which column is what, and what was found.
func (l *layout) said() []string {
	var lines []string
	if l.name != "" {
		lines = append(lines, "columns by the profile "+l.name)
	}
	for _, field := range Fields() {
		for _, column := range l.columns[field] {
			if len(l.profile.Columns[field]) == 0 {
				lines = append(lines, fmt.Sprintf("column %s (%s) is %s", letter(column), shown(l.header(column)), field))
			}
		}
	}
	for column, header := range l.headers {
		if header != "" && !l.uses(column) {
			lines = append(lines, fmt.Sprintf("column %s (%s) is not read", letter(column), shown(header)))
		}
	}
	return append(lines, l.why...)
}

func (l *layout) uses(column int) bool {
	for _, columns := range l.columns {
		if slices.Contains(columns, column) {
			return true
		}
	}
	return false
}

func (l *layout) header(column int) string {
	if column >= 0 && column < len(l.headers) {
		return l.headers[column]
	}
	return ""
}

// problem is one of a cell.
func (l *layout) problem(row *tableRow, field Field, column int, what, want string) Problem {
	p := Problem{Row: row.number, Field: string(field), What: what, Want: want}
	if column >= 0 {
		p.Column, p.Header = letter(column), shown(l.header(column))
	}
	return p
}

// layoutOf makes a layout of a header.
func layoutOf(r reading, row *tableRow, columns map[Field][]int) *layout {
	l := &layout{name: r.name, kind: r.kind, headerRow: row.number, columns: columns}
	if r.profile != nil {
		l.profile = *r.profile
	}
	for _, one := range row.cells {
		l.headers = append(l.headers, one.text)
	}
	return l
}

// describeFields names fields in a sentence.
func describeFields(fields []Field) string {
	names := make([]string, len(fields))
	for i, field := range fields {
		names[i] = string(field)
	}
	return strings.Join(names, ", ")
}
