package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/bulkpay/bulkpay/internal/money"
)

// lineClassSQL is the class of a line l that match m says is of payout p, all
// of which may be missing but the line.
const lineClassSQL = `CASE
	WHEN m.id IS NULL THEN 'unknown_to_us'
	WHEN m.form = 'repeat' THEN 'repeated'
	WHEN m.form = 'extra' THEN 'doubled_there'
	WHEN m.form = 'return' THEN CASE WHEN p.state <> 'reversed' THEN 'status_differs'
		WHEN p.amount_minor = (SELECT -sum(b.amount_minor) FROM matches o CROSS JOIN statement_lines b ON b.id = o.line_id
			WHERE o.payout_id = m.payout_id AND o.origin = m.origin AND o.form = 'return' AND o.standing = 'confirmed') THEN 'matched'
		ELSE 'amount_differs' END
	WHEN m.form = 'attempt' AND l.status = 'failed' THEN CASE
		WHEN p.state IN ('failed', 'rejected', 'cancelled', 'reversed') THEN 'matched'
		WHEN p.state = 'succeeded' AND EXISTS (SELECT 1 FROM matches o WHERE o.payout_id = m.payout_id AND o.origin = m.origin AND o.standing = 'confirmed'
			AND o.form IN ('main', 'lump', 'split') AND o.line_id > m.line_id) THEN 'matched'
		ELSE 'status_differs' END
	WHEN m.form = 'attempt' THEN CASE
		WHEN p.state IN ('processing', 'in_doubt', 'submitting') THEN 'matched'
		WHEN p.state = 'succeeded' AND EXISTS (SELECT 1 FROM matches o WHERE o.payout_id = m.payout_id AND o.origin = m.origin AND o.standing = 'confirmed'
			AND o.form IN ('main', 'lump', 'split')) THEN 'matched'
		WHEN p.state = 'succeeded' AND l.day > LATE THEN 'timing'
		ELSE 'status_differs' END
	WHEN p.state <> 'succeeded' AND NOT (p.state = 'reversed' AND EXISTS (SELECT 1 FROM matches o CROSS JOIN statement_lines b ON b.id = o.line_id
		WHERE o.payout_id = m.payout_id AND o.origin = m.origin AND o.standing = 'confirmed' AND (o.form = 'return' OR o.form = 'attempt' AND b.status = 'failed'))) THEN 'status_differs'
	WHEN m.note = '` + NoteNumberDiffers + `' THEN 'status_differs'
	WHEN m.form = 'main' AND l.amount_minor - m.fee_minor <> p.amount_minor THEN 'amount_differs'
	WHEN m.form = 'lump' AND l.amount_minor <> (SELECT lump.amount FROM lump WHERE lump.line = m.line_id) THEN 'amount_differs'
	WHEN m.form = 'split' AND p.amount_minor <> (SELECT sum(b.amount_minor - o.fee_minor) FROM matches o CROSS JOIN statement_lines b ON b.id = o.line_id
		WHERE o.payout_id = m.payout_id AND o.origin = m.origin AND o.form = 'split' AND o.standing = 'confirmed') THEN 'amount_differs'
	ELSE 'matched' END`

// periodSQL tells a match that is in order, of a payout of other days, out of
// what is called classed.
const periodSQL = `CASE WHEN classed.class = 'matched' AND classed.form IN ('main', 'lump', 'split') AND classed.state = 'succeeded' AND NOT classed.covered
	THEN 'other_period' ELSE classed.class END`

// linesFrom is every line of the statements with what it was matched to; a
// lump has one of its payouts.
const linesFrom = ` FROM statement_lines l
	LEFT JOIN matches m ON m.line_id = l.id AND m.standing = 'confirmed'
		AND (m.form <> 'lump' OR NOT EXISTS (SELECT 1 FROM matches o WHERE o.line_id = l.id AND o.standing = 'confirmed' AND o.id < m.id))
	LEFT JOIN payouts p ON p.id = m.payout_id
	WHERE l.statement_id IN (STATEMENTS)`

// linesOfBatch are those of the statements that are matched with payouts of a
// batch.
const linesOfBatch = ` FROM payouts p CROSS JOIN matches m ON m.payout_id = p.id AND m.standing = 'confirmed' AND m.origin = ORIGIN
		AND (m.form <> 'lump' OR NOT EXISTS (SELECT 1 FROM matches o CROSS JOIN payouts q ON q.id = o.payout_id
			WHERE o.line_id = m.line_id AND o.standing = 'confirmed' AND o.id < m.id AND q.batch_id = p.batch_id))
	CROSS JOIN statement_lines l ON l.id = m.line_id
	WHERE l.statement_id IN (STATEMENTS)BATCH`

// lumpSumsSQL adds up the payouts of lines that are several, once for each line and
// not for each payout.
const lumpSumsSQL = `WITH lump AS MATERIALIZED (SELECT o.line_id AS line, sum(q.amount_minor + o.fee_minor) AS amount
	FROM matches o INDEXED BY matches_lumps CROSS JOIN statement_lines b ON b.id = o.line_id CROSS JOIN payouts q ON q.id = o.payout_id
	WHERE o.form = 'lump' AND o.standing = 'confirmed' AND b.statement_id IN (STATEMENTS) GROUP BY o.line_id)`

// lineTotalsSQL counts besides how many payouts each line is listed with.
const lineTotalsSQL = lumpSumsSQL + ` SELECT ` + periodSQL + ` AS class, sum(moved), sum(iif(moved, amount, 0)), sum(NOT moved), sum(listed)
	FROM (SELECT ` + lineClassSQL + ` AS class, iif(m.form = 'lump', (SELECT count(*) FROM matches m2 CROSS JOIN payouts p ON p.id = m2.payout_id
			WHERE m2.line_id = m.line_id AND m2.form = 'lump' AND m2.standing = 'confirmed'BATCH), 1) AS listed, l.status IN ('booked', 'paid', 'returned') AS moved, l.amount_minor AS amount,
		coalesce(m.form, '') AS form, coalesce(p.state, '') AS state, coalesce(COVERED, 0) AS covered LINESFROM) AS classed GROUP BY 1`

// payoutsPaid is every payout that the statements should have: paid on their
// days, or before and on no statement yet. Most were sent shortly before.
const payoutsPaid = ` FROM (SELECT id FROM payouts INDEXED BY payouts_submitted WHERE merchant_id = MERCHANT AND submitted_at BETWEEN SINCE AND UNTIL AND submitted_at > 0 AND attempts > unsent
		UNION ALL SELECT id FROM payouts INDEXED BY payouts_late WHERE merchant_id = MERCHANT AND state = 'succeeded' AND (attempts = unsent OR final_at > submitted_at + 2592000000)
			AND NOT (submitted_at BETWEEN SINCE AND UNTIL AND submitted_at > 0 AND attempts > unsent)) paid
	CROSS JOIN payouts p ON p.id = paid.id`

// payoutsFrom is those payouts with the line that each was matched to; a split
// has one of its lines.
const payoutsFrom = payoutsPaid + `
	LEFT JOIN matches m ON m.payout_id = p.id AND m.origin = ORIGIN AND m.standing = 'confirmed' AND m.form IN ('main', 'lump', 'split')
		AND (m.form <> 'split' OR NOT EXISTS (SELECT 1 FROM matches o WHERE o.payout_id = p.id AND o.origin = m.origin AND o.form = 'split' AND o.standing = 'confirmed' AND o.id < m.id))
	LEFT JOIN statement_lines l ON l.id = m.line_id
	WHERE EXPECTEDBATCH`

// attemptSQL is the line on which no money moved, of a payout that has no other.
const attemptSQL = `SELECT %s FROM matches o CROSS JOIN statement_lines b ON b.id = o.line_id WHERE o.payout_id = p.id AND o.origin = ORIGIN
	AND o.standing = 'confirmed' AND o.form = 'attempt' AND b.statement_id IN (STATEMENTS) ORDER BY o.line_id DESC LIMIT 1`

var payoutClassSQL = `CASE
	WHEN m.id IS NULL THEN coalesce((` + fmt.Sprintf(attemptSQL, "iif(b.status = 'open' AND b.day > LATE, 'timing', 'status_differs')") + `), iif(p.final_at >= LATEST, 'timing', 'missing_there'))
	WHEN l.statement_id NOT IN (STATEMENTS) THEN 'elsewhere'
	ELSE ` + lineClassSQL + ` END`

// payoutTotalsSQL counts besides how many are listed by themselves, because
// they are on no line.
var payoutTotalsSQL = lumpSumsSQL + ` SELECT iif(class = 'matched' AND NOT covered, 'other_period', class), count(*), sum(amount), sum(alone)
	FROM (SELECT ` + payoutClassSQL + ` AS class, COVERED AS covered, p.amount_minor AS amount,
	m.id IS NULL AND NOT EXISTS (` + fmt.Sprintf(attemptSQL, "1") + `) AS alone` + payoutsFrom + `) GROUP BY 1`

const wantLinesSQL = `SELECT sum(paid_lines), sum(paid_minor), sum(lines - paid_lines), sum(fees_minor) FROM statements WHERE id IN (STATEMENTS)`

const wantPayoutsSQL = `SELECT count(*), coalesce(sum(p.amount_minor), 0)` + payoutsPaid + ` WHERE EXPECTEDBATCH`

const feesSQL = `SELECT coalesce(sum(m.fee_minor), 0) FROM statement_lines l CROSS JOIN matches m ON m.line_id = l.id AND m.standing = 'confirmed'
	WHERE m.fee_minor <> 0 AND l.statement_id IN (STATEMENTS)`

const proposedSQL = `SELECT count(*) FROM matches m INDEXED BY matches_proposed CROSS JOIN statement_lines l ON l.id = m.line_id WHERE m.standing = 'proposed' AND l.statement_id IN (STATEMENTS)`

// Matching is that of [View], from one state of the book: a run goes on meanwhile,
// and what is paid between two sums would tie out with nothing.
func (l *Ledger) Matching(ctx context.Context, scope MatchScope) (r MatchResult, err error) {
	err = l.Snapshot(ctx, func(v View) error {
		r, err = v.Matching(ctx, scope)
		return err
	})
	return r, err
}

// Matching is the tie-out of a merchant's payouts with statements.
func (v View) Matching(ctx context.Context, scope MatchScope) (MatchResult, error) {
	c, err := v.scope(ctx, scope)
	if err != nil {
		return MatchResult{}, err
	}
	r := MatchResult{}
	nothing := money.FromMinor(scope.Merchant.Currency, 0)
	at := map[MatchClass]int{}
	for i, class := range MatchClasses() {
		r.Rows, at[class] = append(r.Rows, MatchRow{Class: class, There: nothing, Here: nothing}), i
	}
	if err := v.lineTotals(ctx, c, r.Rows, at); err != nil {
		return r, err
	}
	if err := v.payoutTotals(ctx, c, r.Rows, at); err != nil {
		return r, err
	}
	if r.Total, err = total(r.Rows, nothing); err != nil {
		return r, err
	}
	err = v.wanted(ctx, c, &r)
	if c.BatchID > 0 {
		r.Want = r.Total
	}
	return r, err
}

func (v View) lineTotals(ctx context.Context, c scoped, rows []MatchRow, at map[MatchClass]int) error {
	type one struct {
		class                MatchClass
		lines, still, listed int
		minor                int64
	}
	for o, err := range query(ctx, v.q, func(rows *sql.Rows) (o one, err error) {
		return o, rows.Scan(&o.class, &o.lines, &o.minor, &o.still, &o.listed)
	}, c.fill(lineTotalsSQL)) {
		if err != nil {
			return err
		}
		row := &rows[at[o.class]]
		row.Lines, row.Still, row.There = o.lines, o.still, money.FromMinor(c.Merchant.Currency, o.minor)
		row.Listed += o.listed
	}
	return nil
}

func (v View) payoutTotals(ctx context.Context, c scoped, rows []MatchRow, at map[MatchClass]int) error {
	type one struct {
		class          MatchClass
		payouts, alone int
		minor          int64
	}
	for o, err := range query(ctx, v.q, func(rows *sql.Rows) (o one, err error) {
		return o, rows.Scan(&o.class, &o.payouts, &o.minor, &o.alone)
	}, c.fill(payoutTotalsSQL)) {
		if err != nil {
			return err
		}
		row := &rows[at[o.class]]
		row.Payouts, row.Here = o.payouts, money.FromMinor(c.Merchant.Currency, o.minor)
		row.Listed += o.alone
	}
	return nil
}

func total(rows []MatchRow, nothing money.Amount) (t MatchRow, err error) {
	t.There, t.Here = nothing, nothing
	for _, row := range rows {
		t.Lines, t.Still, t.Payouts = t.Lines+row.Lines, t.Still+row.Still, t.Payouts+row.Payouts
		if t.There, err = t.There.Add(row.There); err != nil {
			return t, err
		}
		if t.Here, err = t.Here.Add(row.Here); err != nil {
			return t, err
		}
	}
	return t, nil
}

// wanted finds what the rows must add up to, without looking at matches.
func (v View) wanted(ctx context.Context, c scoped, r *MatchResult) error {
	var there, here, fees, passed int64
	for _, one := range []struct {
		text string
		to   []any
	}{
		{wantLinesSQL, []any{&r.Want.Lines, &there, &r.Want.Still, &fees}},
		{wantPayoutsSQL, []any{&r.Want.Payouts, &here}},
		{feesSQL, []any{&passed}},
		{proposedSQL, []any{&r.Proposed}},
	} {
		if err := v.q.QueryRowContext(ctx, c.fill(one.text)).Scan(one.to...); err != nil {
			return cancelled(ctx, err)
		}
	}
	amount := func(minor int64) money.Amount { return money.FromMinor(c.Merchant.Currency, minor) }
	r.Want.There, r.Want.Here, r.Fees = amount(there), amount(here), amount(fees+passed)
	return nil
}

// MatchLine is a line, a payout, or both, and what they have come to.
type MatchLine struct {
	Class    MatchClass
	MatchID  int64 // 0: not matched
	Standing Standing
	Form     MatchForm
	Rule     MatchRule
	Score    int
	Note     string
	Fee      money.Amount // of the line's amount, taken for one

	Statement string // its file; "": there is no line
	Number    int    // of the line
	Day       time.Time
	Status    LineStatus
	There     money.Amount

	TradeNo         string // of the payout; "": there is none
	PlatformTradeNo string
	Batch           string
	Row             int
	State           State
	Here            money.Amount // of the payout, whether it was paid or not
	FinalAt         time.Time

	Named string // the number that the line names, if no payout has it

	// Group is the number of the first match of a line that is several payouts,
	// or of a payout that is several lines; 0: neither. Such a line comes once
	// for each of its payouts, one after the other, the payout once for each of
	// its lines. Again tells that the side which is one was there before, so
	// that its amount is not added up twice.
	Group     int64
	Again     bool
	GroupOver money.Amount // what the lines of the group have more than its payouts

	lineID, payoutID, thereMinor, hereMinor int64
}

const matchLineColumns = `coalesce(m.id, 0), coalesce(m.standing, ''), coalesce(m.form, ''), coalesce(m.rule, ''), coalesce(m.score, 0), coalesce(m.note, ''), coalesce(m.fee_minor, 0),
	coalesce(f.name, ''), coalesce(l.number, 0), coalesce(l.day, 0), coalesce(l.status, ''), coalesce(l.amount_minor, 0),
	coalesce(p.trade_no, ''), coalesce(p.platform_trade_no, ''), coalesce(b.code, ''), coalesce(p.row, 0), coalesce(p.state, ''), coalesce(p.amount_minor, 0), coalesce(p.final_at, 0),
	coalesce(nullif(l.trade_no, ''), nullif(l.platform_trade_no, ''), ''), coalesce(l.id, 0), coalesce(p.id, 0)`

const findingLinesSQL = lumpSumsSQL + `, classed AS (SELECT l.id AS line, m.id AS match, ` + lineClassSQL + ` AS class, coalesce(m.form, '') AS form, coalesce(p.state, '') AS state,
		coalesce(COVERED, 0) AS covered LINESFROM)
	SELECT ` + periodSQL + ` AS class, ` + matchLineColumns + `
	FROM classed CROSS JOIN statement_lines l ON l.id = classed.line CROSS JOIN statements f ON f.id = l.statement_id
	LEFT JOIN matches m ON m.id = coalesce(classed.match, (SELECT o.id FROM matches o WHERE o.line_id = l.id AND o.standing = 'proposed' ORDER BY o.score DESC, o.id LIMIT 1))
	LEFT JOIN payouts p ON p.id = m.payout_id LEFT JOIN batches b ON b.id = p.batch_id
	WHERE ` + periodSQL + ` CONDITION ORDER BY l.statement_id, l.number`

var findingPayoutsSQL = lumpSumsSQL + `, classed AS (SELECT p.id AS payout, ` + payoutClassSQL + ` AS class` + payoutsFrom + ` AND m.id IS NULL AND NOT EXISTS (` + fmt.Sprintf(attemptSQL, "1") + `))
	SELECT classed.class, ` + matchLineColumns + `
	FROM classed CROSS JOIN payouts p ON p.id = classed.payout CROSS JOIN batches b ON b.id = p.batch_id
	LEFT JOIN matches m ON m.id = (SELECT o.id FROM matches o WHERE o.payout_id = p.id AND o.origin = ORIGIN AND o.standing = 'proposed' ORDER BY o.score DESC, o.id LIMIT 1)
	LEFT JOIN statement_lines l ON l.id = m.line_id LEFT JOIN statements f ON f.id = l.statement_id
	WHERE classed.class CONDITION ORDER BY p.id`

// toLookAt are the classes of which a person should see every line; what is
// only a matter of time is among them.
var toLookAt = []MatchClass{ClassAmount, ClassStatus, ClassMissing, ClassUnknown, ClassDoubled, ClassTiming}

// Findings streams lines and payouts of some classes, or, without any, those
// that a person should see: first the lines of the statements in their order,
// then the payouts that stand on none. A line that is several payouts comes with
// each of them.
func (v View) Findings(ctx context.Context, scope MatchScope, classes ...MatchClass) iter.Seq2[MatchLine, error] {
	return func(yield func(MatchLine, error) bool) {
		c, err := v.scope(ctx, scope)
		if err != nil {
			yield(MatchLine{}, err)
			return
		}
		if len(classes) == 0 {
			classes = toLookAt
		}
		scan := func(rows *sql.Rows) (MatchLine, error) { return scanMatchLine(rows, scope.Merchant.Currency) }
		for _, text := range []string{findingLinesSQL, findingPayoutsSQL} {
			text = strings.Replace(c.fill(text), "CONDITION", among(classes), 1)
			for line, err := range query(ctx, v.q, scan, text) {
				if err != nil {
					yield(line, err)
					return
				}
				if !v.grouped(ctx, c, line, yield) {
					return
				}
			}
		}
	}
}

// among is the condition that a class is one of some.
func among(classes []MatchClass) string {
	names := make([]string, len(classes))
	for i, class := range classes {
		names[i] = "'" + string(class) + "'"
	}
	return "IN (" + strings.Join(names, ", ") + ")"
}

func scanMatchLine(rows *sql.Rows, currency money.Currency) (MatchLine, error) {
	var m MatchLine
	var fee, day, final int64
	err := rows.Scan(&m.Class, &m.MatchID, &m.Standing, &m.Form, &m.Rule, &m.Score, &m.Note, &fee,
		&m.Statement, &m.Number, &day, &m.Status, &m.thereMinor,
		&m.TradeNo, &m.PlatformTradeNo, &m.Batch, &m.Row, &m.State, &m.hereMinor, &final, &m.Named, &m.lineID, &m.payoutID)
	amount := func(minor int64) money.Amount { return money.FromMinor(currency, minor) }
	m.Fee, m.There, m.Here, m.FinalAt = amount(fee), amount(m.thereMinor), amount(m.hereMinor), fromMillis(final)
	if m.Number > 0 {
		m.Day = fromDays(day)
	}
	return m, err
}
