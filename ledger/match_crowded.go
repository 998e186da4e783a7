package ledger

import (
	"cmp"
	"database/sql"
	"slices"
)

// near is a line beside a payout, as crowded ones are looked at. Earlier ones
// have been matched before and have a form.
type near struct {
	payout, line, statement, day int64
	status                       LineStatus
	amount                       int64
	platform, entry              string
	rule                         MatchRule
	earlier                      MatchForm

	worth     int64  // the payout's amount
	platform2 string // the gateway's number as the payout has it
}

func (n near) money() bool { return (n.status == LineBooked || n.status == LinePaid) && n.amount > 0 }
func (n near) back() bool  { return n.status == LineReturned || n.status.Moved() && n.amount < 0 }

// form is what the line is of a payout that it names alone.
func (n near) form() MatchForm {
	switch {
	case n.back():
		return ReturnLine
	case !n.money():
		return AttemptLine
	}
	return MainLine
}

const namedTwiceSQL = `SELECT x.payout, x.line, l.statement, l.day, l.status, l.amount, l.platform, l.entry, x.rule, '', p.amount_minor, coalesce(p.platform_trade_no, '')
	FROM pair x CROSS JOIN line l ON l.id = x.line CROSS JOIN book.payouts p ON p.id = x.payout
	WHERE x.line IN (SELECT line FROM pair GROUP BY line HAVING count(*) > 1) AND x.line NOT IN (SELECT line FROM gone) ORDER BY x.line, x.payout`

const crowdSQL = `SELECT x.payout, x.line, l.statement, l.day, l.status, l.amount, l.platform, l.entry, x.rule, '', p.amount_minor, coalesce(p.platform_trade_no, '')
	FROM crowded c CROSS JOIN pair x ON x.payout = c.payout CROSS JOIN line l ON l.id = x.line CROSS JOIN book.payouts p ON p.id = x.payout
	WHERE NOT EXISTS (SELECT 1 FROM gone g WHERE g.line = x.line)
	UNION ALL
	SELECT m.payout_id, m.line_id, l.statement_id, l.day, l.status, l.amount_minor, l.platform_trade_no, l.entry_ref, m.rule, m.form, p.amount_minor, coalesce(p.platform_trade_no, '')
	FROM crowded c CROSS JOIN book.matches m ON m.payout_id = c.payout CROSS JOIN book.statement_lines l ON l.id = m.line_id CROSS JOIN book.payouts p ON p.id = m.payout_id
	WHERE m.origin = :origin AND m.standing = 'confirmed'
	ORDER BY 1, 10 DESC, 3, 2`

func scanNear(rows *sql.Rows) (n near, err error) {
	return n, rows.Scan(&n.payout, &n.line, &n.statement, &n.day, &n.status, &n.amount, &n.platform, &n.entry, &n.rule, &n.earlier, &n.worth, &n.platform2)
}

// takeCrowded is for lines that name several payouts, and for payouts that
// several lines name.
func (d *matcher) takeCrowded() error {
	if err := d.exec(`INSERT INTO paid SELECT DISTINCT m.payout_id FROM crowded c CROSS JOIN book.matches m ON m.payout_id = c.payout
		WHERE m.origin = :origin AND m.standing = 'confirmed' AND m.form IN ('main', 'lump', 'split')`); err != nil {
		return err
	}
	if err := d.inGroups(namedTwiceSQL, func(n near) int64 { return n.line }, d.lineOfSeveral); err != nil {
		return err
	}
	return d.inGroups(crowdSQL, func(n near) int64 { return n.payout }, d.payoutOfSeveral)
}

// inGroups streams rows and hands on those that belong together.
func (d *matcher) inGroups(text string, by func(near) int64, do func([]near) error) error {
	var group []near
	for n, err := range query(d.ctx, d.tx, scanNear, text, d.args(text)...) {
		if err != nil {
			return err
		}
		if len(group) > 0 && by(group[0]) != by(n) {
			if err := do(group); err != nil {
				return err
			}
			group = group[:0]
		}
		group = append(group, n)
	}
	if len(group) == 0 {
		return nil
	}
	return do(group)
}

// lineOfSeveral decides about a line that names several payouts: it is all of
// them if they add up to it; one of them if only that one has its amount; all
// of them but for a fee. Otherwise a person must say, and so for a line on which no
// money left.
func (d *matcher) lineOfSeveral(group []near) error {
	line := group[0]
	var sum int64
	var same []near
	free, least := true, line.worth
	for _, n := range group {
		taken, err := d.taken(n.payout)
		if err != nil {
			return err
		}
		free = free && !taken
		sum, least = sum+n.worth, min(least, n.worth)
		if n.worth == max(n.amount, -n.amount) {
			same = append(same, n)
		}
	}
	// A difference as large as one of the payouts is no fee: that one may not
	// have been paid.
	difference := line.amount - sum
	fee := d.policy.fee(difference, sum) && max(difference, -difference) < least
	switch {
	case line.money() && free && difference == 0:
		return d.lump(group, 0, ByNarrative, 90)
	case len(same) == 1:
		return d.onlyPair(same[0])
	case line.money() && free && fee:
		return d.lump(group, difference, ByNarrative, 90)
	}
	for _, n := range group {
		if err := d.add(found{line: n.line, payout: n.payout, form: line.form(), rule: n.rule, score: 50, note: NoteSumDiffers, standing: Proposed}); err != nil {
			return err
		}
	}
	return d.consume(line.line)
}

// lump makes one line of several payouts. The fee, if any, is the first one's.
func (d *matcher) lump(group []near, fee int64, rule MatchRule, score int) error {
	for i, n := range group {
		f := found{line: n.line, payout: n.payout, form: LumpLine, rule: rule, score: score}
		if i == 0 && fee != 0 {
			f.fee, f.note = fee, NotePassedFee
		}
		if err := d.add(f); err != nil {
			return err
		}
		if err := d.pay(n.payout); err != nil {
			return err
		}
	}
	return d.consume(group[0].line)
}

// onlyPair leaves a line with one of its payouts.
func (d *matcher) onlyPair(n near) error {
	_, err := d.tx.ExecContext(d.ctx, "DELETE FROM pair WHERE line = ? AND payout <> ?", n.line, n.payout)
	return err
}

// consume takes a line off: no rule looks at it again.
func (d *matcher) consume(line int64) error {
	_, err := d.tx.ExecContext(d.ctx, "INSERT OR IGNORE INTO gone VALUES (?)", line)
	return err
}

func (d *matcher) pay(payout int64) error {
	_, err := d.tx.ExecContext(d.ctx, "INSERT OR IGNORE INTO paid VALUES (?)", payout)
	return err
}

func (d *matcher) taken(payout int64) (bool, error) {
	var n int
	err := d.tx.QueryRowContext(d.ctx, "SELECT count(*) FROM paid WHERE payout = ?", payout).Scan(&n)
	return n > 0, err
}

// payoutOfSeveral decides about a payout that several lines name, or that was
// matched before.
func (d *matcher) payoutOfSeveral(group []near) error {
	taken, err := d.taken(group[0].payout)
	if err != nil {
		return err
	}
	var outs []near
	seen := sightings{}
	for _, n := range group {
		switch {
		case n.earlier != "":
		case d.repeats(n, seen):
			err = d.take(n, RepeatLine)
		case !n.money():
			err = d.take(n, n.form())
		default:
			outs = append(outs, n)
		}
		if err != nil {
			return err
		}
		seen.add(n)
	}
	return d.takeMoney(outs, taken)
}

// takeMoney decides which of a payout's lines with money are it, which are
// parts of it, and which are once too often.
func (d *matcher) takeMoney(outs []near, taken bool) error {
	if len(outs) == 0 {
		return nil
	}
	var sum int64
	whole := false
	for _, n := range outs {
		sum += n.amount
		whole = whole || n.amount == n.worth
	}
	if len(outs) > 1 && !taken && !whole && sum == outs[0].worth {
		return d.takeAll(outs, SplitLine)
	}
	// The best one first: the payout's own number, its amount, the earliest.
	slices.SortStableFunc(outs, func(a, b near) int {
		return cmp.Or(rank(b)-rank(a), cmp.Compare(a.day, b.day), cmp.Compare(a.line, b.line))
	})
	if !taken {
		if err := d.take(outs[0], MainLine); err != nil {
			return err
		}
		if err := d.pay(outs[0].payout); err != nil {
			return err
		}
		outs = outs[1:]
	}
	return d.takeAll(outs, ExtraLine)
}

// rank is how well a line fits its payout.
func rank(n near) (points int) {
	if n.platform != "" && n.platform == n.platform2 {
		points += 4
	}
	if n.amount == n.worth {
		points += 2
	}
	if n.platform == "" || n.platform2 == "" {
		points++
	}
	return points
}

func (d *matcher) takeAll(lines []near, form MatchForm) error {
	for _, n := range lines {
		if err := d.take(n, form); err != nil {
			return err
		}
	}
	return nil
}

// take makes a line of a crowd what it is.
func (d *matcher) take(n near, form MatchForm) error {
	f := found{line: n.line, payout: n.payout, form: form, rule: n.rule, score: 95}
	switch n.rule {
	case ByTradeNo:
		f.score = 100
	case ByPlatformNo:
		f.score = 99
	}
	if n.platform != "" && n.platform2 != "" && n.platform != n.platform2 {
		f.note = NoteNumberDiffers
	}
	if difference := n.amount - n.worth; form == MainLine && d.policy.fee(difference, n.worth) {
		f.fee = difference
	}
	if err := d.add(f); err != nil {
		return err
	}
	return d.consume(n.line)
}
