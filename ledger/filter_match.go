package ledger

import (
	"context"
	"database/sql"
	"iter"
	"time"

	"github.com/bulkpay/bulkpay/internal/money"
)

// PastMatch is a match with the line and the payout that it is about.
type PastMatch struct {
	ID       int64
	Standing Standing
	Form     MatchForm
	Rule     MatchRule
	Score    int
	Note     string
	Origin   Origin
	Seq      int64 // the event of the reconciliation, or of the person, that made it

	Statement   string // the file's name
	StatementID int64
	Number      int       // where the line stands in it
	Day         time.Time // of the line
	Status      LineStatus
	LineAmount  money.Amount // more than zero: it left the account
	Fee         money.Amount // of that, what is taken for a fee

	Merchant string
	Batch    string // code
	Row      int
	TradeNo  string
	State    State // of the payout, as it stands
	Amount   money.Amount
}

const pastMatchSQL = `SELECT x.id, x.standing, x.form, x.rule, x.score, x.note, x.origin, x.run, s.name, s.id, l.number, l.day, l.status,
	l.amount_minor, x.fee_minor, m.name, m.currency, b.code, p.row, p.trade_no, p.state, p.amount_minor
	FROM matches x
	JOIN statement_lines l ON l.id = x.line_id
	JOIN statements s ON s.id = l.statement_id
	JOIN payouts p ON p.id = x.payout_id
	JOIN batches b ON b.id = p.batch_id
	JOIN merchants m ON m.id = p.merchant_id`

// SelectMatches streams the matches that a filter lets through, the first one
// first, also those only proposed and those undone. It looks at batches, merchants,
// numbers, states and notes (as reasons) and, by From and To, at the day of the line.
func (v View) SelectMatches(ctx context.Context, f Filter) iter.Seq2[PastMatch, error] {
	var w where
	w.batches("p.batch_id", f.Batches)
	in(&w, "m.name", f.Merchants)
	in(&w, "p.state", f.States)
	in(&w, "x.note", f.Reasons)
	w.tradeNos("p.id", f.TradeNos)
	w.days("l.day", f)
	return query(ctx, v.q, scanPastMatch, pastMatchSQL+w.text()+" ORDER BY x.id", w.args...)
}

func scanPastMatch(rows *sql.Rows) (m PastMatch, err error) {
	var day, line, fee, minor int64
	var code string
	err = rows.Scan(&m.ID, &m.Standing, &m.Form, &m.Rule, &m.Score, &m.Note, &m.Origin, &m.Seq, &m.Statement, &m.StatementID, &m.Number, &day, &m.Status,
		&line, &fee, &m.Merchant, &code, &m.Batch, &m.Row, &m.TradeNo, &m.State, &minor)
	if err != nil {
		return m, err
	}
	m.Day = fromDays(day)
	if m.Amount, err = amount(code, minor); err != nil {
		return m, err
	}
	m.LineAmount, m.Fee = money.FromMinor(m.Amount.Currency(), line), money.FromMinor(m.Amount.Currency(), fee)
	return m, nil
}

// PastLine is a line of a statement with what it was matched with.
type PastLine struct {
	StatementID int64
	Statement   string // the file's name
	Origin      Origin
	Merchant    string
	Number      int
	Day         time.Time
	Status      LineStatus
	Amount      money.Amount // more than zero: it left the account
	Fee         money.Amount
	Confirmed   int // matches
	Proposed    int

	TradeNo, PlatformTradeNo string // where it has columns for them
	EntryRef, Narrative      string
}

const pastLineSQL = `SELECT * FROM (SELECT s.id AS statement, s.name, s.origin, m.name AS merchant, m.currency, l.number, l.day, l.status, l.amount_minor, l.fee_minor,
	l.trade_no, l.platform_trade_no, l.entry_ref, l.narrative,
	(SELECT count(*) FROM matches x WHERE x.line_id = l.id AND x.standing = 'confirmed') AS confirmed,
	(SELECT count(*) FROM matches x WHERE x.line_id = l.id AND x.standing = 'proposed') AS proposed
	FROM statements s JOIN statement_lines l ON l.statement_id = s.id JOIN merchants m ON m.id = s.merchant_id) l`

// SelectLines streams the lines of statements that a filter lets through, as they
// stand in them. It looks at merchants, the numbers on the line, its day, and Unmatched.
func (v View) SelectLines(ctx context.Context, f Filter) iter.Seq2[PastLine, error] {
	var w where
	in(&w, "l.merchant", f.Merchants)
	if len(f.TradeNos) > 0 {
		text := list(f.TradeNos)
		w.add("(l.trade_no IN (SELECT value FROM json_each(?)) OR l.platform_trade_no IN (SELECT value FROM json_each(?)))", text, text)
	}
	if f.Unmatched {
		w.add("l.confirmed = 0")
	}
	w.days("l.day", f)
	return query(ctx, v.q, scanPastLine, pastLineSQL+w.text()+" ORDER BY l.statement, l.number", w.args...)
}

func scanPastLine(rows *sql.Rows) (l PastLine, err error) {
	var day, minor, fee int64
	var code string
	err = rows.Scan(&l.StatementID, &l.Statement, &l.Origin, &l.Merchant, &code, &l.Number, &day, &l.Status, &minor, &fee,
		&l.TradeNo, &l.PlatformTradeNo, &l.EntryRef, &l.Narrative, &l.Confirmed, &l.Proposed)
	if err != nil {
		return l, err
	}
	l.Day = fromDays(day)
	if l.Amount, err = amount(code, minor); err != nil {
		return l, err
	}
	l.Fee, err = amount(code, fee)
	return l, err
}

// days narrows to the days of a filter, which begin at midnight in UTC: days
// of statements have no zone.
func (w *where) days(column string, f Filter) {
	if !f.From.IsZero() {
		w.add(column+" * 86400000 >= ?", f.From.UnixMilli())
	}
	if !f.To.IsZero() {
		w.add(column+" * 86400000 < ?", f.To.UnixMilli())
	}
}
