package ledger

import (
	"database/sql"
)

// mostParts bounds what is tried: of so many lines or payouts of one account
// every combination is, and of more none.
const mostParts = 12

// part is a line or a payout of an account.
type part struct {
	account, id, day, amount int64
	line                     bool
}

// An account has parts if it has lines and payouts left, and more of one of
// them than one.
const partsSQL = `SELECT account, id, day, amount, 1 FROM loose WHERE amount > 0 AND status <> 'returned' AND NOT named AND account IN (SELECT account FROM free) AND account <> 0
	UNION ALL SELECT account, id, day, amount, 0 FROM free WHERE state = 'succeeded' AND account IN (SELECT account FROM loose WHERE amount > 0 AND NOT named) AND account <> 0
	ORDER BY 1, 5, 2`

// splits matches lines that are parts of a payout, and lines that are several
// payouts to one account, where exactly one combination adds up.
func (d *matcher) splits() error {
	var lines, payouts []part
	undone, err := d.undone()
	if err != nil {
		return err
	}
	done := func() error {
		err := d.partsOf(lines, payouts, undone)
		lines, payouts = lines[:0], payouts[:0]
		return err
	}
	var account int64
	for p, err := range query(d.ctx, d.tx, func(rows *sql.Rows) (p part, err error) {
		return p, rows.Scan(&p.account, &p.id, &p.day, &p.amount, &p.line)
	}, partsSQL) {
		if err != nil {
			return err
		}
		if p.account != account {
			if err := done(); err != nil {
				return err
			}
			account = p.account
		}
		switch {
		case p.line && len(lines) <= mostParts:
			lines = append(lines, p)
		case !p.line && len(payouts) <= mostParts:
			payouts = append(payouts, p)
		}
	}
	if err := done(); err != nil {
		return err
	}
	if err := d.tidyUp(ByLump); err != nil {
		return err
	}
	return d.tidyUp(BySplit)
}

// partsOf decides about one account. What a combination has used is not used
// by another, and where two combinations want the same, neither has it.
func (d *matcher) partsOf(lines, payouts []part, undone map[[2]int64]bool) error {
	if len(lines) == 0 || len(payouts) == 0 || len(lines) > mostParts || len(payouts) > mostParts {
		return nil
	}
	wanted := map[int64]int{} // lines as they are, payouts as their negatives
	type sum struct {
		whole part
		of    []part
	}
	var sums []sum
	for _, side := range [][2][]part{{lines, payouts}, {payouts, lines}} {
		for _, whole := range side[0] {
			of, only := onlySum(whole, d.within(whole, side[1], undone))
			if !only {
				continue
			}
			sums = append(sums, sum{whole, of})
			for _, p := range append(of, whole) {
				wanted[key2(p)]++
			}
		}
	}
	for _, s := range sums {
		alone := wanted[key2(s.whole)] == 1
		for _, p := range s.of {
			alone = alone && wanted[key2(p)] == 1
		}
		if !alone {
			continue
		}
		if err := d.addParts(s.whole, s.of); err != nil {
			return err
		}
	}
	return nil
}

func key2(p part) int64 {
	if p.line {
		return p.id
	}
	return -p.id
}

func (d *matcher) addParts(whole part, of []part) error {
	for _, p := range of {
		f := found{line: p.id, payout: whole.id, form: SplitLine, rule: BySplit, score: 70}
		if whole.line {
			f.line, f.payout, f.form, f.rule = whole.id, p.id, LumpLine, ByLump
		}
		if err := d.add(f); err != nil {
			return err
		}
	}
	return nil
}

// undone are the pairs of lines and payouts that a person has undone: as few as
// persons undo.
func (d *matcher) undone() (map[[2]int64]bool, error) {
	pairs := map[[2]int64]bool{}
	scan := func(rows *sql.Rows) (p [2]int64, err error) { return p, rows.Scan(&p[0], &p[1]) }
	for p, err := range query(d.ctx, d.tx, scan, "SELECT line_id, payout_id FROM book.matches WHERE standing = 'undone'") {
		if err != nil {
			return nil, err
		}
		pairs[p] = true
	}
	return pairs, nil
}

// within are those parts that lie in the window around a day, but those that a
// person has said are none.
func (d *matcher) within(whole part, parts []part, undone map[[2]int64]bool) []part {
	var near []part
	for _, p := range parts {
		pair := [2]int64{p.id, whole.id}
		if whole.line {
			pair = [2]int64{whole.id, p.id}
		}
		if apart := p.day - whole.day; max(apart, -apart) <= int64(d.policy.DayWindow) && !undone[pair] {
			near = append(near, p)
		}
	}
	return near
}

// onlySum finds the parts, two or more, that add up to a whole. only is false
// if there are none, or more ways than one; a part that is as much as the whole
// by itself is a way, too.
func onlySum(whole part, parts []part) (of []part, only bool) {
	ways := 0
	for set := 1; set < 1<<len(parts); set++ {
		var sum int64
		for i, p := range parts {
			if set>>i&1 == 1 {
				sum += p.amount
			}
		}
		if sum != whole.amount {
			continue
		}
		if ways++; ways > 1 {
			return nil, false
		}
		of = nil
		for i, p := range parts {
			if set>>i&1 == 1 {
				of = append(of, p)
			}
		}
	}
	return of, ways == 1 && len(of) > 1
}
