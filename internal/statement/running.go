package statement

import "fmt"

// runningBalance holds a table's column of balances against its amounts. Banks list the
// newest entry first as often as last, so both orders are followed until one breaks.
type runningBalance struct {
	entries     int
	gap         bool // a row had no balance
	first, last int64
	firstMoved  int64 // what left the account with the first row
	lastMoved   int64
	down, up    int   // the row at which each order broke; 0: it holds
	off         int64 // by how much the one that lasted longer broke
}

// balance takes a row that moved money.
func (r *tableReader) balance(row *tableRow, moved int64) {
	if !r.layout.has(FieldBalance) {
		return
	}
	b := &r.run
	c, column := r.layout.first(row, FieldBalance)
	if c.text == "" {
		b.gap = true
		return
	}
	n, minor, err := r.minor(c)
	if err != nil {
		r.fault(row, FieldBalance, column, err.Error(), "digits such as 1500.50")
		return
	}
	if n.side > 0 {
		minor = -max(minor, -minor) // overdrawn
	}
	b.take(row.number, minor, moved)
}

func (b *runningBalance) take(row int, balance, moved int64) {
	b.entries++
	if b.entries == 1 {
		b.first, b.firstMoved = balance, moved
	} else {
		if b.down == 0 && b.last-moved != balance {
			b.down, b.off = row, balance-(b.last-moved)
		}
		if b.up == 0 && balance-b.lastMoved != b.last {
			b.up = row
		}
	}
	b.last, b.lastMoved = balance, moved
}

// finish gives the statement its balances, or says where they break.
func (r *tableReader) finish() {
	b := &r.run
	if b.entries == 0 || b.gap || r.part.faulty {
		return
	}
	switch {
	case b.down == 0:
		r.part.opening = balance{minor: b.first + b.firstMoved, known: true}
		r.part.closing = balance{minor: b.last, known: true}
	case b.up == 0:
		r.part.opening = balance{minor: b.last + b.lastMoved, known: true}
		r.part.closing = balance{minor: b.first, known: true}
	default:
		column := r.layout.columns[FieldBalance][0]
		r.fault(&tableRow{number: max(b.down, b.up)}, FieldBalance, column,
			fmt.Sprintf("does not follow from the row before it and its amount: a difference of %s", r.part.show(b.off)),
			`all rows of the statement; or balance = "-" in the profile, if it is another balance`)
	}
}
