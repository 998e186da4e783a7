package ledger

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// matcher is where lines and payouts are laid side by side: a temporary database
// to which the book is attached. The book is only read through it, in one
// transaction, so that it stands still.
type matcher struct {
	ctx        context.Context
	merchant   Merchant
	origin     Origin
	statements []int64
	policy     MatchPolicy
	periods    map[int64]Statement // of all that lines lie on the desk of
	first      time.Time           // the first day of them
	last       time.Time           // the last day of those given

	upTo int64 // the last event about matches that was seen

	folder string
	path   string
	db     *sql.DB
	tx     *sql.Tx
}

// The desk is of this moment: nothing of it need survive a crash. Its cache is
// small: what is sorted takes as much once more, and most of it is gone through
// once, from one end to the other.
const deskPragmas = "_txlock=deferred&_pragma=busy_timeout(60000)&_pragma=journal_mode(OFF)&_pragma=synchronous(OFF)" +
	"&_pragma=cache_size(-8192)&_pragma=temp_store(1)"

// deskSQL is what lies on it. Of a line there is what rules look at; pairs are
// lines and payouts that a number connects; results are the matches to be.
const deskSQL = `
CREATE TABLE line (id INTEGER PRIMARY KEY, statement INTEGER NOT NULL, day INTEGER NOT NULL, status TEXT NOT NULL, amount INTEGER NOT NULL,
	trade_no TEXT NOT NULL, platform TEXT NOT NULL, entry TEXT NOT NULL, account INTEGER NOT NULL) STRICT;
CREATE TABLE pair (line INTEGER NOT NULL, payout INTEGER NOT NULL, rule TEXT NOT NULL, PRIMARY KEY (line, payout)) STRICT, WITHOUT ROWID;
CREATE TABLE crowded (payout INTEGER PRIMARY KEY) STRICT;
CREATE TABLE gone (line INTEGER PRIMARY KEY) STRICT;
CREATE TABLE twin (line INTEGER PRIMARY KEY, of INTEGER NOT NULL) STRICT;
CREATE TABLE paid (payout INTEGER PRIMARY KEY) STRICT;
CREATE TABLE result (line INTEGER NOT NULL, payout INTEGER NOT NULL, form TEXT NOT NULL, rule TEXT NOT NULL, score INTEGER NOT NULL,
	fee INTEGER NOT NULL, note TEXT NOT NULL, standing TEXT NOT NULL) STRICT;
CREATE TABLE free (id INTEGER PRIMARY KEY, batch INTEGER NOT NULL, day INTEGER NOT NULL, amount INTEGER NOT NULL, account INTEGER NOT NULL, state TEXT NOT NULL) STRICT;
CREATE TABLE loose (id INTEGER PRIMARY KEY, day INTEGER NOT NULL, amount INTEGER NOT NULL, account INTEGER NOT NULL, status TEXT NOT NULL,
	named INTEGER NOT NULL) STRICT;
`

func (l *Ledger) openMatcher(ctx context.Context, m Merchant, origin Origin, statements []int64, policy MatchPolicy) (_ *matcher, err error) {
	d := &matcher{ctx: ctx, merchant: m, origin: origin, statements: statements, policy: policy}
	if d.folder, err = os.MkdirTemp("", "bulkpay-reconcile-"); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			d.close()
		}
	}()
	d.path = filepath.Join(d.folder, "desk.db")
	if d.db, err = sql.Open("sqlite", dsn(d.path, deskPragmas)); err != nil {
		return nil, err
	}
	d.db.SetMaxOpenConns(1)
	if _, err = d.db.ExecContext(ctx, deskSQL); err != nil {
		return nil, err
	}
	if _, err = d.db.ExecContext(ctx, "ATTACH ? AS book", l.path); err != nil {
		return nil, err
	}
	if d.tx, err = d.db.BeginTx(ctx, nil); err != nil {
		return nil, err
	}
	if d.upTo, err = matchedUpTo(ctx, d.tx, "book.events"); err != nil {
		return nil, err
	}
	return d, d.period()
}

// period learns what days the statements have.
func (d *matcher) period() error {
	d.periods = map[int64]Statement{}
	text := strings.ReplaceAll(strings.ReplaceAll(statementColumns, "FROM statements", "FROM book.statements"), "JOIN merchants", "JOIN book.merchants")
	for s, err := range query(d.ctx, d.tx, scanStatement, text+" WHERE s.merchant_id = ? AND s.origin = ?", d.merchant.ID, string(d.origin)) {
		if err != nil {
			return err
		}
		if d.periods[s.ID] = s; d.first.IsZero() || s.FirstDay.Before(d.first) {
			d.first = s.FirstDay
		}
	}
	for _, id := range d.statements {
		s, ok := d.periods[id]
		if !ok {
			return fmt.Errorf("statement %d of %s's %s: %w", id, d.merchant.Name, d.origin, ErrNotFound)
		}
		if s.LastDay.After(d.last) {
			d.last = s.LastDay
		}
	}
	return nil
}

// close drops the desk with all that is on it.
func (d *matcher) close() {
	if d.tx != nil {
		_ = d.tx.Rollback() // nothing of it is kept
	}
	if d.db != nil {
		_ = d.db.Close()
	}
	_ = os.RemoveAll(d.folder) // what is left, the system's own sweeping takes
}

// match finds all matches, and ends the reading of the book.
func (d *matcher) match() error {
	for _, step := range []func() error{
		d.layOut, d.pairUp, d.findTwins, d.takeSimple, d.takeCrowded, d.gatherLeft, d.byAccount, d.lumps, d.splits, d.takeTwins, d.likely,
	} {
		if err := step(); err != nil {
			return err
		}
	}
	// Matches get their numbers in the order of lines. It is found here, where
	// nobody waits.
	if err := d.exec("CREATE INDEX result_line ON result (line, payout)"); err != nil {
		return err
	}
	err := d.tx.Commit()
	d.tx = nil
	return err
}

// exec runs a statement with named arguments that all of them know.
func (d *matcher) exec(text string) error {
	text = inDays(text, d.first.AddDate(-1, 0, 0), d.last.AddDate(0, 1, 0), d.policy.Location)
	_, err := d.tx.ExecContext(d.ctx, text, d.args(text)...)
	return err
}

// args are the arguments of a statement: SQLite refuses names it has no use
// for.
func (d *matcher) args(text string) []any {
	var args []any
	for name, value := range map[string]any{
		"merchant": d.merchant.ID, "origin": string(d.origin), "window": d.policy.DayWindow, "carry": d.policy.Carry,
		"fee": d.policy.FeeMinor, "share": d.policy.FeeShare, "few": few,
	} {
		if strings.Contains(text, ":"+name) {
			args = append(args, sql.Named(name, value))
		}
	}
	return args
}

// ids is a list of numbers as SQL has it.
func ids(numbers []int64) string {
	texts := make([]string, len(numbers))
	for i, n := range numbers {
		texts[i] = fmt.Sprint(n)
	}
	return strings.Join(texts, ", ")
}

// layOutSQL takes the lines that are still open, of the statements given and
// of earlier ones that reach into the days taken along.
const layOutSQL = `INSERT INTO line SELECT s.id, s.statement_id, s.day, s.status, s.amount_minor, s.trade_no, s.platform_trade_no, s.entry_ref, s.account_key
	FROM book.statements f CROSS JOIN book.statement_lines s ON s.statement_id = f.id
	WHERE f.merchant_id = :merchant AND f.origin = :origin
	AND (f.id IN (%[1]s) OR f.last_day >= (SELECT min(first_day) FROM book.statements WHERE id IN (%[1]s)) - :carry
		AND f.last_day <= (SELECT max(last_day) FROM book.statements WHERE id IN (%[1]s)))
	AND NOT EXISTS (SELECT 1 FROM book.matches m WHERE m.line_id = s.id AND m.standing = 'confirmed')`

func (d *matcher) layOut() error { return d.exec(fmt.Sprintf(layOutSQL, ids(d.statements))) }

// Pairs are found by the first rule that finds one. What a person has undone
// is no pair.
const (
	pairTradeSQL = `INSERT OR IGNORE INTO pair SELECT l.id, p.id, 'trade_no' FROM line l CROSS JOIN book.payouts p ON p.trade_no = upper(l.trade_no)
		WHERE l.trade_no <> '' AND p.merchant_id = :merchant`
	pairPlatformSQL = `INSERT OR IGNORE INTO pair SELECT l.id, p.id, 'platform_no'
		FROM line l CROSS JOIN book.payouts p ON p.merchant_id = :merchant AND p.platform_trade_no = l.platform
		WHERE l.platform <> '' AND NOT EXISTS (SELECT 1 FROM pair x WHERE x.line = l.id)`
	pairWordTradeSQL = `INSERT OR IGNORE INTO pair SELECT l.id, p.id, 'narrative'
		FROM line l CROSS JOIN book.line_words w ON w.line_id = l.id CROSS JOIN book.payouts p ON p.trade_no = w.word
		WHERE l.trade_no = '' AND l.platform = '' AND p.merchant_id = :merchant`
	pairWordPlatformSQL = `INSERT OR IGNORE INTO pair SELECT l.id, p.id, 'narrative'
		FROM line l CROSS JOIN book.line_words w ON w.line_id = l.id CROSS JOIN book.payouts p ON p.merchant_id = :merchant AND p.platform_trade_no = w.word
		WHERE l.trade_no = '' AND l.platform = '' AND NOT EXISTS (SELECT 1 FROM pair x WHERE x.line = l.id)`
	undoneSQL    = `DELETE FROM pair WHERE (line, payout) IN (SELECT m.line_id, m.payout_id FROM book.matches m WHERE m.standing = 'undone')`
	pairIndexSQL = `CREATE INDEX pair_payout ON pair (payout)`
	crowdedSQL   = `INSERT OR IGNORE INTO crowded
		SELECT payout FROM pair GROUP BY payout HAVING count(*) > 1
		UNION ALL SELECT payout FROM pair WHERE line IN (SELECT line FROM pair GROUP BY line HAVING count(*) > 1)
		UNION ALL SELECT x.payout FROM pair x WHERE EXISTS (SELECT 1 FROM book.matches m WHERE m.payout_id = x.payout AND m.origin = :origin AND m.standing = 'confirmed')`
)

func (d *matcher) pairUp() error {
	for _, text := range []string{pairTradeSQL, pairPlatformSQL, pairWordTradeSQL, pairWordPlatformSQL, undoneSQL, pairIndexSQL, crowdedSQL} {
		if err := d.exec(text); err != nil {
			return err
		}
	}
	return nil
}

// takeSimpleSQL is for one line and one payout that only each other's numbers
// name: the line is the payout, whatever else it says of it.
const takeSimpleSQL = `INSERT INTO result
	SELECT x.line, x.payout,
		CASE WHEN l.status IN ('failed', 'open') THEN 'attempt' WHEN l.status = 'returned' OR l.amount < 0 THEN 'return' ELSE 'main' END AS form,
		x.rule, CASE x.rule WHEN 'trade_no' THEN 100 WHEN 'platform_no' THEN 99 ELSE 95 END,
		CASE WHEN l.status IN ('booked', 'paid') AND l.amount > 0 AND l.amount <> p.amount_minor
			AND abs(l.amount - p.amount_minor) <= max(:fee, CAST(:share * p.amount_minor AS INTEGER)) THEN l.amount - p.amount_minor ELSE 0 END AS fee,
		CASE WHEN l.platform <> '' AND p.platform_trade_no <> l.platform THEN '` + NoteNumberDiffers + `' ELSE '' END,
		'confirmed'
	FROM pair x NOT INDEXED CROSS JOIN line l ON l.id = x.line CROSS JOIN book.payouts p ON p.id = x.payout
	WHERE NOT EXISTS (SELECT 1 FROM crowded c WHERE c.payout = x.payout)`

func (d *matcher) takeSimple() error { return d.exec(takeSimpleSQL) }

// add puts a match among the results.
func (d *matcher) add(r found) error {
	if r.standing == "" {
		r.standing = Confirmed
	}
	_, err := d.tx.ExecContext(d.ctx, "INSERT INTO result VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
		r.line, r.payout, string(r.form), string(r.rule), r.score, r.fee, r.note, string(r.standing))
	return err
}

// found is a match to be.
type found struct {
	line, payout int64
	form         MatchForm
	rule         MatchRule
	score        int
	fee          int64
	note         string
	standing     Standing // "": confirmed
}

// summary counts the results and digests them in their order.
func (d *matcher) summary() (r Reconciled, err error) {
	if err := d.db.QueryRowContext(d.ctx, "SELECT count(*) FROM line").Scan(&r.Lines); err != nil {
		return r, err
	}
	counts := query(d.ctx, d.db, func(rows *sql.Rows) (c RuleCount, err error) {
		return c, rows.Scan(&c.Rule, &c.Standing, &c.Count)
	}, `SELECT rule, standing, count(*) FROM result GROUP BY rule, standing
		ORDER BY instr('trade_no platform_no narrative account lump split', rule), standing`)
	for c, err := range counts {
		if err != nil {
			return r, err
		}
		if r.Rules = append(r.Rules, c); c.Standing == Proposed {
			r.Proposed += c.Count
		} else {
			r.Confirmed += c.Count
		}
	}
	r.Digest, err = d.digest()
	return r, err
}

func (d *matcher) digest() (string, error) {
	digest := sha256.New()
	scan := func(rows *sql.Rows) (f found, err error) {
		return f, rows.Scan(&f.line, &f.payout, &f.form, &f.rule, &f.score, &f.fee, &f.note, &f.standing)
	}
	for f, err := range query(d.ctx, d.db, scan, "SELECT line, payout, form, rule, score, fee, note, standing FROM result ORDER BY line, payout, form") {
		if err != nil {
			return "", err
		}
		digestRow(digest, 'm', int(f.line), f.payout, string(f.form), string(f.rule), fmt.Sprint(f.score, " ", f.fee), f.note, string(f.standing))
	}
	return hex.EncodeToString(digest.Sum(nil)), nil
}
