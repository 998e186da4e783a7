package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"iter"

	"github.com/bulkpay/bulkpay/internal/money"
)

// A group is a line that is several payouts, or several lines that are one
// payout. Its lines are found by [View.Findings] like any others; here they
// are said to belong together.

const lumpSQL = `SELECT min(m.id), coalesce(sum(p.amount_minor), 0) FROM matches m CROSS JOIN payouts p ON p.id = m.payout_id
	WHERE m.line_id = ?1 AND m.form = 'lump' AND m.standing = 'confirmed'`

// splitSQL finds the lines of a payout in one set of books, and which is the
// first of them among the statements that are looked at.
const splitSQL = `SELECT min(m.id), sum(l.amount_minor), min(iif(l.statement_id IN (STATEMENTS), m.id, NULL)) FROM matches m CROSS JOIN statement_lines l ON l.id = m.line_id
	WHERE m.payout_id = ?1 AND m.origin = ORIGIN AND m.form = 'split' AND m.standing = 'confirmed'`

// lumpRestSQL are the payouts of a lump behind its first.
const lumpRestSQL = `SELECT m.id, m.standing, m.form, m.rule, m.score, m.note, m.fee_minor, p.trade_no, p.platform_trade_no, b.code, p.row, p.state, p.amount_minor, p.final_at
	FROM matches m CROSS JOIN payouts p ON p.id = m.payout_id CROSS JOIN batches b ON b.id = p.batch_id
	WHERE m.line_id = ?1 AND m.form = 'lump' AND m.standing = 'confirmed' AND m.id > ?2BATCH ORDER BY m.id`

// group says of a line of a group which one it is, and by how much its sides
// differ.
func (v View) group(ctx context.Context, c scoped, m *MatchLine) error {
	var first, sum int64
	var here sql.NullInt64
	var err error
	switch {
	case m.Standing != Confirmed || m.lineID == 0:
		return nil
	case m.Form == LumpLine:
		err = v.q.QueryRowContext(ctx, lumpSQL, m.lineID).Scan(&first, &sum)
		sum = m.thereMinor - sum
	case m.Form == SplitLine:
		err = v.q.QueryRowContext(ctx, c.fill(splitSQL), m.payoutID).Scan(&first, &sum, &here)
		m.Again = here.Valid && here.Int64 != m.MatchID
		sum -= m.hereMinor
	default:
		return nil
	}
	m.Group, m.GroupOver = first, money.FromMinor(c.Merchant.Currency, sum)
	return cancelled(ctx, err)
}

// others are the payouts of a lump that the line has not been shown with yet.
func (v View) others(ctx context.Context, c scoped, first MatchLine) iter.Seq2[MatchLine, error] {
	scan := func(rows *sql.Rows) (MatchLine, error) {
		m := first
		m.Again = true
		var fee, here, final int64
		err := rows.Scan(&m.MatchID, &m.Standing, &m.Form, &m.Rule, &m.Score, &m.Note, &fee,
			&m.TradeNo, &m.PlatformTradeNo, &m.Batch, &m.Row, &m.State, &here, &final)
		if err != nil {
			return m, fmt.Errorf("group %d: %w", first.Group, err)
		}
		m.Fee, m.Here, m.FinalAt = money.FromMinor(c.Merchant.Currency, fee), money.FromMinor(c.Merchant.Currency, here), fromMillis(final)
		return m, nil
	}
	return query(ctx, v.q, scan, c.fill(lumpRestSQL), first.lineID, first.MatchID)
}

// grouped yields a line, and behind it what else is one with it.
func (v View) grouped(ctx context.Context, c scoped, line MatchLine, yield func(MatchLine, error) bool) bool {
	if err := v.group(ctx, c, &line); err != nil {
		yield(line, err)
		return false
	}
	if !yield(line, nil) {
		return false
	}
	if line.Group == 0 || line.Form != LumpLine {
		return true
	}
	for other, err := range v.others(ctx, c, line) {
		if !yield(other, err) || err != nil {
			return false
		}
	}
	return true
}
