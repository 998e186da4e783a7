package ledger

import (
	"slices"
	"strings"
)

// twinSQL finds entries that stand in several statements whose days overlap, of
// those that have no number of a payout: by the bank's own number of the entry and its
// day, or by all of it. What stands twice in one statement and once in another is there
// twice. Of the same entries the one that is matched is the entry, or the one that came
// in first; the others are its repetitions, whatever it turns out to be.
var twinSQL = []string{
	`CREATE TABLE entry (id INTEGER PRIMARY KEY, statement INTEGER NOT NULL, day INTEGER NOT NULL, status TEXT NOT NULL, amount INTEGER NOT NULL,
		account INTEGER NOT NULL, said TEXT NOT NULL, used INTEGER NOT NULL) STRICT`,
	`INSERT INTO entry SELECT s.id, s.statement_id, s.day, s.status, s.amount_minor, iif(s.entry_ref <> '', 0, s.account_key), iif(s.entry_ref <> '', 'entry ' || s.entry_ref, 'text ' || s.narrative),
		EXISTS (SELECT 1 FROM book.matches m WHERE m.line_id = s.id AND m.standing = 'confirmed')
		FROM book.statement_lines s WHERE s.statement_id IN (OVERLAPPING) AND s.trade_no = '' AND s.platform_trade_no = ''`,
	`INSERT INTO twin SELECT id, first FROM (SELECT id, used, first_value(id) OVER (PARTITION BY day, status, amount, account, said, time ORDER BY used DESC, id) AS first
			FROM (SELECT *, row_number() OVER (PARTITION BY statement, day, status, amount, account, said ORDER BY id) AS time FROM entry))
		WHERE id <> first AND NOT used AND id IN (SELECT id FROM line)`,
}

// takeTwinsSQL makes the repetitions of what is matched repetitions.
const takeTwinsSQL = `INSERT INTO result SELECT t.line, w.payout, 'repeat', w.rule, w.score, 0, '', 'confirmed' FROM twin t
	CROSS JOIN (SELECT line, min(payout) AS payout, rule, score FROM (SELECT line, payout, rule, score FROM result WHERE standing = 'confirmed'
			UNION ALL SELECT m.line_id, m.payout_id, m.rule, m.score FROM book.matches m WHERE m.standing = 'confirmed' AND m.line_id IN (SELECT of FROM twin)) GROUP BY line) w ON w.line = t.of
	WHERE NOT EXISTS (SELECT 1 FROM book.matches u WHERE u.line_id = t.line AND u.payout_id = w.payout AND u.standing = 'undone')`

// findTwins finds repetitions, if any statements overlap.
func (d *matcher) findTwins() error {
	overlapping := d.overlapping()
	if len(overlapping) == 0 {
		return nil
	}
	for _, text := range twinSQL {
		if err := d.exec(strings.ReplaceAll(text, "OVERLAPPING", ids(overlapping))); err != nil {
			return err
		}
	}
	// No rule looks at them, but where one payout is named: that finds them by itself.
	return d.exec(`INSERT OR IGNORE INTO gone SELECT line FROM twin WHERE line IN (SELECT line FROM pair GROUP BY line HAVING count(*) > 1)`)
}

// takeTwins says of what repetitions are repetitions, once all rules are done.
func (d *matcher) takeTwins() error {
	if err := d.exec(`DELETE FROM twin WHERE line IN (SELECT line FROM result)`); err != nil {
		return err
	}
	return d.exec(takeTwinsSQL)
}

// overlapping are the statements that have days in common with another one, of
// those from which lines were taken along and those beside them.
func (d *matcher) overlapping() (found []int64) {
	first, last := d.last, d.last
	for _, id := range d.statements {
		if day := d.periods[id].FirstDay; day.Before(first) {
			first = day
		}
	}
	first = first.AddDate(0, 0, -d.policy.Carry)
	for id, s := range d.periods {
		if s.LastDay.Before(first) || s.FirstDay.After(last) {
			continue
		}
		for other, o := range d.periods {
			if other != id && !o.LastDay.Before(s.FirstDay) && !o.FirstDay.After(s.LastDay) {
				found = append(found, id)
				break
			}
		}
	}
	slices.Sort(found)
	return found
}

// sameness is what two lines that name the same payout have in common if they are the
// same entry: the bank's own number of it on that day; the gateway's number of the
// order; or, where neither is given, all of it.
type sameness struct {
	status      LineStatus
	amount, day int64
	number      string
}

func (n near) sameness() sameness {
	switch {
	case n.entry != "":
		return sameness{n.status, n.amount, n.day, "entry " + n.entry}
	case n.platform != "":
		return sameness{n.status, n.amount, 0, "order " + n.platform}
	}
	return sameness{n.status, n.amount, n.day, ""}
}

// sightings are how often an entry was seen in each statement, in their order.
type sightings map[sameness][]sighting

type sighting struct {
	statement int64
	times     int
}

// add adds a line, unless it was found to be a repetition long ago: what it
// repeats has been used up by it.
func (s sightings) add(n near) {
	if n.earlier == RepeatLine {
		return
	}
	key := n.sameness()
	for i := range s[key] {
		if s[key][i].statement == n.statement {
			s[key][i].times++
			return
		}
	}
	s[key] = append(s[key], sighting{n.statement, 1})
}

// repeats tells whether a line is the same entry as one that was seen in
// another statement that has its day, and uses that one up: what stands twice in one
// statement and once in another is there twice.
func (d *matcher) repeats(n near, seen sightings) bool {
	key := n.sameness()
	for i, s := range seen[key] {
		if s.statement == n.statement || s.times == 0 || key.number == "" && !d.covers(s.statement, n.day) {
			continue
		}
		seen[key][i].times--
		return true
	}
	return false
}

func (d *matcher) covers(statement, day int64) bool {
	period := d.periods[statement]
	return daysOf(period.FirstDay) <= day && day <= daysOf(period.LastDay)
}
