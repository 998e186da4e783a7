package statement

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/bulkpay/bulkpay/internal/money"
)

// part is one statement of a file: a bank's file may have one for each day.
type part struct {
	row      int    // where it begins
	field    string // what it is called there
	account  string
	currency money.Currency

	opening, closing balance
	first, last      Day // as stated

	stated struct{ all, out, in tally } // what it says its entries are
	booked struct{ all, out, in tally } // what they are
	every  struct{ all, out, in tally } // the same with those that are not booked yet

	movement int64 // of booked lines, in minor units
	overflow bool
	faulty   bool // a line could not be read, so that sums say nothing

	orders        bool // a list of orders, which has no balances
	decided, skip bool
}

// balance is what was in the account, in minor units.
type balance struct {
	minor int64
	known bool
	day   Day
}

// tally is a number of entries and their sum; either may not be stated.
type tally struct {
	count            int
	sum              int64
	hasCount, hasSum bool
}

// count takes a line into what its statement adds up to.
func (p *part) count(l *Line, amount, fee int64) {
	if l.Moved() {
		var t totals
		p.movement = t.sum(p.movement, amount+fee)
		p.overflow = p.overflow || t.overflow
	}
}

// entry counts a booking, by what left the account.
func (p *part) entry(movement int64, booked bool) {
	size := max(movement, -movement)
	tallies := []*tally{&p.every.all, &p.every.in}
	if movement > 0 {
		tallies[1] = &p.every.out
	}
	if booked {
		tallies = append(tallies, &p.booked.all, &p.booked.in)
		if movement > 0 {
			tallies[3] = &p.booked.out
		}
	}
	for _, t := range tallies {
		t.count++
		t.sum += size // at most maxLines times 10^15
	}
}

// check holds a statement against its own arithmetic.
func (p *part) check(to *faults) {
	if p.faulty {
		return
	}
	if p.opening.known && p.closing.known {
		computed := p.opening.minor - p.movement
		if computed != p.closing.minor || p.overflow {
			to.add(Problem{
				Row: p.row, Field: p.field,
				What: fmt.Sprintf("does not add up: opening %s, less what left the account %s, is %s, and it closes with %s: a difference of %s",
					p.show(p.opening.minor), p.show(p.movement), p.show(computed), p.show(p.closing.minor), p.show(p.closing.minor-computed)),
				Want: "the file as the bank gave it",
			})
		}
	}
	p.checkTally(to, "entries", p.stated.all, p.booked.all, p.every.all)
	p.checkTally(to, "debit entries", p.stated.out, p.booked.out, p.every.out)
	p.checkTally(to, "credit entries", p.stated.in, p.booked.in, p.every.in)
}

// checkTally compares what is stated with what is there. Banks differ on
// whether entries count that are not booked yet, so either will do.
func (p *part) checkTally(to *faults, what string, stated, booked, every tally) {
	if stated.hasCount && stated.count != booked.count && stated.count != every.count {
		to.add(Problem{
			Row: p.row, Field: p.field, What: fmt.Sprintf("says that it has %d %s, and has %d", stated.count, what, booked.count),
			Want: "the file as the bank gave it",
		})
	}
	if stated.hasSum && stated.sum != booked.sum && stated.sum != every.sum {
		to.add(Problem{
			Row: p.row, Field: p.field,
			What: fmt.Sprintf("says that its %s add up to %s, and they add up to %s: a difference of %s",
				what, p.show(stated.sum), p.show(booked.sum), p.show(stated.sum-booked.sum)),
			Want: "the file as the bank gave it",
		})
	}
}

// follows holds a statement against the one before it.
func (p *part) follows(before *part, to *faults) {
	if before == nil || !before.closing.known || !p.opening.known || before.closing.minor == p.opening.minor {
		return
	}
	to.add(Problem{
		Row: p.row, Field: p.field,
		What: fmt.Sprintf("opens with %s, and the statement before it closed with %s: one between them is missing, or they are out of order",
			p.show(p.opening.minor), p.show(before.closing.minor)),
		Want: "all statements of the period, oldest first",
	})
}

func (p *part) show(minor int64) string { return money.FromMinor(p.currency, minor).String() }

// sameAccount compares two accounts by their letters and digits. Either
// may be the end of the other: banks write the same account with and without its bank,
// its country and its currency.
func sameAccount(a, b string) bool {
	const least = 4
	a, b = accountKey(a), accountKey(b)
	if len(a) > len(b) {
		a, b = b, a
	}
	return a == b || len(a) >= least && strings.HasSuffix(b, a)
}

func accountKey(account string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToUpper(r)
		}
		return -1
	}, account)
}
