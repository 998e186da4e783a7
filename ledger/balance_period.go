package ledger

import (
	"context"
	"database/sql"
	"iter"
	"time"

	"github.com/bulkpay/bulkpay/internal/money"
)

// BalancesOf are the balances heard by all runs of a merchant, the oldest
// first.
func (v View) BalancesOf(ctx context.Context, merchantID int64) iter.Seq2[Balance, error] {
	return query(ctx, v.q, scanBalance, `SELECT e.seq, e.at, e.reason, e.evidence, e.batch_id FROM batches b CROSS JOIN events e ON e.batch_id = b.id
		WHERE b.merchant_id = ? AND e.payout_id = 0 AND e.kind = '`+kindBalance+`' ORDER BY e.seq`, merchantID)
}

// Spending is a payout that has moved money, or may have.
type Spending struct {
	BatchID int64
	State   State
	SentAt  time.Time // last
	Resent  bool      // it was sent before, too
	PaidAt  time.Time // zero: it never was
	BackAt  time.Time // of what was reversed
	Amount  money.Amount
	Fee     money.Amount // as statements have it
	Stated  bool         // a statement has it
}

const spendingSQL = `SELECT p.batch_id, p.state, p.submitted_at, p.attempts - p.unsent > 1, p.final_at,
	iif(p.state = 'reversed', (SELECT min(e.at) FROM events e WHERE e.payout_id = p.id AND e.payout_id > 0 AND e.to_state = 'succeeded'), 0), p.amount_minor,
	` + chargedSQL + `
	FROM payouts p INDEXED BY payouts_submitted WHERE p.merchant_id = ?1 AND p.submitted_at > 0 AND p.attempts > p.unsent AND p.submitted_at <= ?3
	AND (p.final_at = 0 OR p.final_at >= ?2) AND p.state NOT IN ('failed', 'rejected', 'cancelled')`

// chargedSQL is the fee of a payout, a lump's with its first.
const chargedSQL = `(SELECT sum(l.fee_minor + m.fee_minor) FROM matches m CROSS JOIN statement_lines l ON l.id = m.line_id
		WHERE m.payout_id = p.id AND m.standing = 'confirmed' AND m.form IN ('main', 'lump', 'split')
		AND (m.form <> 'lump' OR NOT EXISTS (SELECT 1 FROM matches o WHERE o.line_id = m.line_id AND o.standing = 'confirmed' AND o.id < m.id))),
	EXISTS (SELECT 1 FROM matches m WHERE m.payout_id = p.id AND m.standing = 'confirmed' AND m.form IN ('main', 'lump', 'split'))`

// Spendings streams the payouts of a merchant that may have moved money
// between two moments: sent before the second, and not final before the first.
func (v View) Spendings(ctx context.Context, m Merchant, from, to time.Time) iter.Seq2[Spending, error] {
	scan := func(rows *sql.Rows) (s Spending, err error) {
		var sent, final, paid, minor int64
		var fee sql.NullInt64
		err = rows.Scan(&s.BatchID, &s.State, &sent, &s.Resent, &final, &paid, &minor, &fee, &s.Stated)
		s.SentAt = fromMillis(sent)
		switch s.State {
		case Succeeded:
			s.PaidAt = fromMillis(final)
		case Reversed:
			s.PaidAt, s.BackAt = fromMillis(paid), fromMillis(final)
		}
		s.Amount, s.Fee = money.FromMinor(m.Currency, minor), money.FromMinor(m.Currency, fee.Int64)
		return s, err
	}
	return query(ctx, v.q, scan, spendingSQL, m.ID, millis(from), millis(to))
}
