package ledger

import (
	"database/sql"
)

// What no number names is matched by account, amount and days, and only where
// one line fits one payout and no other fits either. Everything else is
// proposed at most, and so is a line with a number that nobody knows: it may
// be somebody else's.

// leftSQL gathers the lines that no number connects to a payout, and the
// payouts of those days that nothing is known to have paid.
var leftSQL = []string{
	`INSERT INTO loose SELECT l.id, l.day, l.amount, l.account, l.status, l.trade_no <> '' OR l.platform <> '' FROM line l
		WHERE l.status IN ('booked', 'paid', 'returned') AND l.amount <> 0 AND NOT EXISTS (SELECT 1 FROM pair x WHERE x.line = l.id) AND NOT EXISTS (SELECT 1 FROM twin t WHERE t.line = l.id)`,
	`INSERT INTO free SELECT p.id, p.batch_id, iif(p.final_at > 0, DAYOF(p.final_at), DAYOF(p.submitted_at)), p.amount_minor, p.account_key, p.state
		FROM (SELECT id FROM book.payouts INDEXED BY payouts_submitted WHERE merchant_id = :merchant AND submitted_at > 0 AND attempts > unsent
				AND submitted_at BETWEEN (SELECT min(day) - :window - 32 FROM loose) * 86400000 AND (SELECT max(day) + :window + 2 FROM loose) * 86400000
			UNION SELECT id FROM book.payouts INDEXED BY payouts_late WHERE EXISTS (SELECT 1 FROM loose) AND merchant_id = :merchant
				AND state = 'succeeded' AND (attempts = unsent OR final_at > submitted_at + 2592000000)) paid
		CROSS JOIN book.payouts p ON p.id = paid.id
		WHERE NOT EXISTS (SELECT 1 FROM pair x WHERE x.payout = p.id)
		AND NOT EXISTS (SELECT 1 FROM book.matches m WHERE m.payout_id = p.id AND m.origin = :origin AND m.standing = 'confirmed')`,
	`CREATE TABLE dense (account INTEGER NOT NULL, amount INTEGER NOT NULL, PRIMARY KEY (account, amount)) STRICT, WITHOUT ROWID`,
	`INSERT INTO dense SELECT account, amount FROM loose GROUP BY 1, 2 HAVING count(*) > :few`,
	`INSERT OR IGNORE INTO dense SELECT account, amount FROM free GROUP BY 1, 2 HAVING count(*) > :few`,
	`INSERT OR IGNORE INTO dense SELECT 0, amount FROM free GROUP BY amount HAVING count(*) > :few`,
	`CREATE INDEX loose_account ON loose (account, amount)`,
	`CREATE INDEX free_account ON free (account, amount)`,
	`CREATE TABLE fit (line INTEGER NOT NULL, payout INTEGER NOT NULL, form TEXT NOT NULL, apart INTEGER NOT NULL, sure INTEGER NOT NULL, PRIMARY KEY (line, payout)) STRICT, WITHOUT ROWID`,
}

func (d *matcher) gatherLeft() error { return d.execAll(leftSQL) }

func (d *matcher) execAll(texts []string) error {
	for _, text := range texts {
		if err := d.exec(text); err != nil {
			return err
		}
	}
	return nil
}

// few is how many lines, or payouts, of one amount are laid side by side one by
// one. Of more nobody can say which is which, and to try them all takes the square
// of their number.
const few = 100

const notDense = ` AND NOT EXISTS (SELECT 1 FROM dense x WHERE x.account = l.account AND x.amount = l.amount)`

// notUndone keeps what a person has undone from being matched again.
const notUndone = ` AND NOT EXISTS (SELECT 1 FROM book.matches u WHERE u.line_id = l.id AND u.payout_id = f.id AND u.standing = 'undone')`

// byAccountSQL: money out beside the payouts that nothing else has paid, and
// money back beside those that were paid to the same account, whether their
// line is known or not. Only what agrees with the ledger is sure.
var byAccountSQL = []string{
	`INSERT INTO fit SELECT l.id, f.id, 'main', abs(f.day - l.day), f.state = 'succeeded' AND NOT l.named FROM loose l CROSS JOIN free f ON f.account = l.account AND f.amount = l.amount
		WHERE l.account <> 0 AND l.amount > 0 AND l.status <> 'returned' AND abs(f.day - l.day) <= :window` + notDense + notUndone,
	`INSERT OR IGNORE INTO fit SELECT l.id, f.id, 'return', abs(DAYOF(f.final_at) - l.day), f.state = 'reversed' AND NOT l.named
		FROM loose l CROSS JOIN book.payouts f ON f.account_key = l.account AND f.amount_minor = -l.amount
		WHERE l.account <> 0 AND l.amount < 0 AND f.merchant_id = :merchant AND f.state IN ('succeeded', 'reversed')
		AND DAYOF(f.submitted_at) BETWEEN l.day - :carry AND l.day + :window` + notDense + notUndone,
	`CREATE INDEX fit_payout ON fit (payout)`,
	`INSERT INTO result SELECT t.line, t.payout, t.form, 'account', 80, 0, '', 'confirmed' FROM fit t WHERE t.sure
		AND (SELECT count(*) FROM fit o WHERE o.line = t.line) = 1 AND (SELECT count(*) FROM fit o WHERE o.payout = t.payout AND o.form = t.form) = 1`,
}

// byAccount confirms what leaves no choice.
func (d *matcher) byAccount() error {
	if err := d.execAll(byAccountSQL); err != nil {
		return err
	}
	return d.tidyUp(ByAccount)
}

// tidyUp takes off what a rule has confirmed.
func (d *matcher) tidyUp(rule MatchRule) error {
	for _, text := range []string{
		`DELETE FROM fit WHERE line IN (SELECT line FROM result WHERE rule = ?1 AND standing = 'confirmed')`,
		`DELETE FROM loose WHERE id IN (SELECT line FROM result WHERE rule = ?1 AND standing = 'confirmed')`,
		`DELETE FROM free WHERE id IN (SELECT payout FROM result WHERE rule = ?1 AND standing = 'confirmed' AND form <> 'return')`,
		`DELETE FROM fit WHERE form = 'main' AND payout IN (SELECT payout FROM result WHERE rule = ?1 AND standing = 'confirmed' AND form <> 'return')`,
	} {
		if _, err := d.tx.ExecContext(d.ctx, text, string(rule)); err != nil {
			return err
		}
	}
	return nil
}

// likelySQL proposes what is left and looks likely, the surest first. A line
// is proposed for one payout at most, and a payout for one line.
var likelySQL = []string{
	// The beginning of our number, cut off by whoever wrote the statement.
	`CREATE TABLE cut (line INTEGER NOT NULL, number TEXT NOT NULL, amount INTEGER NOT NULL) STRICT`,
	`INSERT INTO cut SELECT l.id, upper(n.trade_no), l.amount FROM loose l CROSS JOIN line n ON n.id = l.id
		WHERE length(n.trade_no) BETWEEN 12 AND 27 AND l.amount > 0 AND l.status <> 'returned'`,
	`CREATE TABLE stub (number TEXT NOT NULL, amount INTEGER NOT NULL, payout INTEGER NOT NULL) STRICT`,
	`INSERT INTO stub SELECT substr(p.trade_no, 1, n.size), f.amount, f.id
		FROM (SELECT DISTINCT length(number) AS size FROM cut) n CROSS JOIN free f CROSS JOIN book.payouts p ON p.id = f.id`,
	`CREATE INDEX cut_number ON cut (number, amount)`,
	`CREATE INDEX stub_number ON stub (number, amount)`,
	`INSERT OR IGNORE INTO likely SELECT l.line, f.payout, 'main', 'trade_no', 60, '` + NoteTruncated + `', 0
		FROM (SELECT number, amount FROM cut GROUP BY 1, 2 HAVING count(*) <= :few) c
		CROSS JOIN (SELECT number, amount FROM stub GROUP BY 1, 2 HAVING count(*) <= :few) s ON s.number = c.number AND s.amount = c.amount
		CROSS JOIN cut l ON l.number = c.number AND l.amount = c.amount CROSS JOIN stub f ON f.number = c.number AND f.amount = c.amount
		WHERE NOT EXISTS (SELECT 1 FROM book.matches u WHERE u.line_id = l.line AND u.payout_id = f.payout AND u.standing = 'undone')`,
	`INSERT OR IGNORE INTO likely SELECT t.line, t.payout, t.form, 'account', iif(t.sure, 50, 40), '` + NoteSeveral + `', t.apart FROM fit t`,
	`INSERT OR IGNORE INTO likely SELECT l.id, f.id, 'main', 'account', 30, '` + NoteNoAccount + `', abs(f.day - l.day)
		FROM loose l CROSS JOIN free f ON f.amount = l.amount WHERE l.account = 0 AND l.amount > 0 AND f.state = 'succeeded' AND abs(f.day - l.day) <= :window` + notDense + notUndone,
}

// likely proposes.
func (d *matcher) likely() error {
	if err := d.execAll([]string{
		`CREATE TABLE likely (line INTEGER NOT NULL, payout INTEGER NOT NULL, form TEXT NOT NULL, rule TEXT NOT NULL, score INTEGER NOT NULL, note TEXT NOT NULL, apart INTEGER NOT NULL,
			PRIMARY KEY (line, payout)) STRICT, WITHOUT ROWID`,
		`CREATE INDEX free_amount ON free (amount)`,
		`CREATE TABLE used (kind TEXT NOT NULL, id INTEGER NOT NULL, PRIMARY KEY (kind, id)) STRICT, WITHOUT ROWID`,
	}); err != nil {
		return err
	}
	if err := d.execAll(likelySQL); err != nil {
		return err
	}
	scan := func(rows *sql.Rows) (f found, err error) {
		return f, rows.Scan(&f.line, &f.payout, &f.form, &f.rule, &f.score, &f.note)
	}
	const best = `SELECT line, payout, form, rule, score, note FROM likely ORDER BY score DESC, apart, line, payout`
	for f, err := range query(d.ctx, d.tx, scan, best) {
		if err != nil {
			return err
		}
		f.standing = Proposed
		if fresh, err := d.use(f); err != nil || !fresh {
			if err != nil {
				return err
			}
			continue
		}
		if err := d.add(f); err != nil {
			return err
		}
	}
	return nil
}

// use marks both sides of a proposal as used, unless one of them is.
func (d *matcher) use(f found) (fresh bool, err error) {
	var used int
	err = d.tx.QueryRowContext(d.ctx, "SELECT count(*) FROM used WHERE kind = 'line' AND id = ?1 OR kind = ?3 AND id = ?2", f.line, f.payout, string(f.form)).Scan(&used)
	if err != nil || used > 0 {
		return false, err
	}
	_, err = d.tx.ExecContext(d.ctx, "INSERT INTO used VALUES ('line', ?1), (?3, ?2)", f.line, f.payout, string(f.form))
	return true, err
}
