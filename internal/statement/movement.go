package statement

import "errors"

// movement is what the cells of a row say of money, in minor units.
type movement struct {
	any   bool  // a cell of an amount is filled
	minor int64 // above zero it left, without the fee
	fee   int64
	paid  int64 // of an order, what was really paid; good if hasPaid
	has   bool
}

// amounts reads the amounts of a row.
func (r *tableReader) amounts(row *tableRow) (movement, bool) {
	var m movement
	good := true
	value := func(field Field) (number, int64, bool) {
		c, column := r.layout.first(row, field)
		if isNothing(c.text) {
			return number{}, 0, false
		}
		n, minor, err := r.minor(c)
		if err != nil {
			r.fault(row, field, column, err.Error(), "digits such as 1500.50")
			good = false
			return number{}, 0, false
		}
		return n, minor, true
	}
	if n, minor, ok := value(FieldAmount); ok {
		m.any, m.minor = true, minor
		if m.minor, ok = r.directed(row, n, minor); !ok {
			good = false
		}
	}
	if _, minor, ok := value(FieldPaidAmount); ok {
		m.paid, m.has, m.any = minor, true, true
		if r.layout.out < 0 {
			m.paid = -minor
		}
		if !r.layout.has(FieldAmount) {
			m.minor = m.paid
		}
	}
	_, debit, hasDebit := value(FieldDebit)
	_, credit, hasCredit := value(FieldCredit)
	if r.layout.absDebit {
		debit = -debit
	}
	m.any = m.any || hasDebit || hasCredit
	if debit != 0 && credit != 0 {
		_, column := r.layout.first(row, FieldCredit)
		r.fault(row, FieldCredit, column, "is filled, and so is the debit", "one of the two")
		good = false
	}
	m.minor += debit - credit
	if _, fee, ok := value(FieldFee); ok {
		if r.layout.kind == KindBank && r.layout.out < 0 {
			fee = -fee
		}
		m.fee = fee
		if r.layout.profile.FeeInside {
			m.minor -= fee
		}
	}
	return m, good
}

// minor reads one cell with its sign.
func (r *tableReader) minor(c cell) (number, int64, error) {
	decimal := r.layout.decimal
	if c.kind == cellNumber {
		decimal = '.'
	}
	if c.kind == cellDate || c.kind == cellBad {
		return number{}, 0, errNotAmount
	}
	n, ok := parseNumber(c.text, decimal)
	if !ok {
		return number{}, 0, errNotAmount
	}
	minor, err := minorOf(r.layout.currency, n.plain)
	if err != nil {
		return number{}, 0, err
	}
	if n.negative {
		minor = -minor
	}
	return n, minor, nil
}

var errNotAmount = errors.New("is not an amount")

// direction is the first filled cell that says which way money went; a dash is one.
func (r *tableReader) direction(row *tableRow) (c cell, column int) {
	column = -1
	for _, column = range r.layout.columns[FieldDirection] {
		if c = row.at(column); c.text != "" {
			break
		}
	}
	return c, column
}

// directed finds out whether an amount has left the account: by a word beside it, by DR and CR, or
// by its sign.
func (r *tableReader) directed(row *tableRow, n number, minor int64) (int64, bool) {
	size := max(minor, -minor)
	c, column := r.direction(row)
	if c.text != "" {
		out, known := r.layout.outWords[headerKey(c.text)]
		if !known {
			out, known = directionWords[headerKey(c.text)]
		}
		switch {
		case c.text == "-" || c.text == "+":
			out = c.text == "-"
		case !known:
			r.fault(row, FieldDirection, column, "does not say whether money left the account", "out_words and in_words in the profile")
			return 0, false
		}
		if out {
			return size, true
		}
		return -size, true
	}
	switch {
	case n.side != 0:
		return size * int64(n.side), true
	case r.layout.out == 0:
		r.fault(row, FieldDirection, column, "is empty", "what says whether money left the account")
		return 0, false
	}
	return minor * int64(r.layout.out), true
}

// settle decides which of an order's amounts counts, now that its status is known.
func (m *movement) settle(l *Line, key string, r *tableReader) {
	switch {
	case m.has && m.paid != 0 && (l.Status == StatusFailed || key == partlyPaid || key == "1"):
		// Whatever the word says, money has moved.
		l.Status = StatusPaid
		m.minor = m.paid
		r.to.remark("orders that are not wholly paid and have an amount that was paid count as paid with that amount: %d")
	case m.has && l.Status == StatusPaid:
		m.minor = m.paid
	case l.Status == StatusReturned:
		m.minor = -max(m.minor, -m.minor)
	}
}
