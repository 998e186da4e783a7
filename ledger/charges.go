package ledger

import (
	"context"
	"database/sql"
	"iter"
	"strings"
	"time"

	"github.com/bulkpay/bulkpay/internal/money"
)

// Charge is what a confirmed match says besides that a payout was paid: that a
// fee was charged, or that the money of a payout came back. A match that is
// undone takes its charges back by others: those that were learned stay, so
// that what is made of them never changes.
type Charge struct {
	Seq      int64 // of the event by which it was learned: a reconciliation, or a person's word
	At       time.Time
	Hash     []byte
	MatchID  int64
	Returned bool // the money came back; otherwise it is a fee
	Undone   bool // the match was undone
	Amount   money.Amount

	Statement string // its file
	Line      int
	Day       time.Time // of the line

	Batch           string
	Row             int
	TradeNo         string
	PlatformTradeNo string // "": not known by then
}

// A person's word about a match is about all payouts of its lump, or all lines
// of its split. The first one that confirms, and the first one that undoes, is
// when it happened: neither happens twice to one match. The line of a lump
// charges its fee once.
const chargesSQL = `WITH word AS MATERIALIZED (
		SELECT seq, json_extract(CAST(evidence AS TEXT), '$.match') AS match, json_extract(CAST(evidence AS TEXT), '$.to') AS said
		FROM events WHERE batch_id = 0 AND payout_id = 0 AND kind = 'match'),
	touched AS MATERIALIZED (SELECT id, min(iif(said = 'confirmed', seq, NULL)) AS confirmed, min(iif(said = 'undone', seq, NULL)) AS undone FROM (
		SELECT m.id, word.seq, word.said FROM word CROSS JOIN matches m ON m.id = word.match
		UNION ALL SELECT m.id, word.seq, word.said FROM word CROSS JOIN matches w ON w.id = word.match AND w.form = 'lump'
			CROSS JOIN matches m ON m.line_id = w.line_id AND m.form = 'lump' AND m.run <= word.seq
		UNION ALL SELECT m.id, word.seq, word.said FROM word CROSS JOIN matches w ON w.id = word.match AND w.form = 'split'
			CROSS JOIN matches m ON m.payout_id = w.payout_id AND m.origin = w.origin AND m.form = 'split' AND m.run <= word.seq
		) GROUP BY id),
	charged AS MATERIALIZED (SELECT m.id, m.line_id, m.payout_id,
		iif(t.confirmed IS NOT NULL AND (t.undone IS NULL OR t.confirmed < t.undone), t.confirmed, m.run) AS made,
		iif(m.standing = 'undone', t.undone, NULL) AS undone,
		max(m.fee_minor, 0) + iif(m.form = 'lump' AND EXISTS (SELECT 1 FROM matches o WHERE o.line_id = m.line_id AND o.form = 'lump' AND o.run = m.run AND o.id < m.id),
			0, max(l.fee_minor, 0)) AS fee,
		iif(m.form = 'return', max(-l.amount_minor, 0), 0) AS back
		FROM payouts p CROSS JOIN matches m ON m.payout_id = p.id CROSS JOIN statement_lines l ON l.id = m.line_id LEFT JOIN touched t ON t.id = m.id
		WHERE SCOPE AND m.origin = ? AND m.standing IN ('confirmed', 'undone') AND m.form <> 'repeat' AND (m.fee_minor > 0 OR l.fee_minor > 0 OR m.form = 'return'))
	SELECT e.seq, e.at, e.hash, c.id, c.returned, c.taken, c.amount, x.currency, f.name, l.number, l.day, b.code, p.row, p.trade_no,
		coalesce((SELECT n.platform_trade_no FROM events n WHERE n.payout_id = p.id AND n.payout_id > 0
			AND n.seq <= e.seq AND n.platform_trade_no <> '' ORDER BY n.seq LIMIT 1), '')
	FROM (SELECT id, line_id, payout_id, made AS seq, 0 AS returned, 0 AS taken, fee AS amount FROM charged WHERE fee > 0
		UNION ALL SELECT id, line_id, payout_id, made, 1, 0, back FROM charged WHERE back > 0
		UNION ALL SELECT id, line_id, payout_id, undone, 0, 1, fee FROM charged WHERE fee > 0 AND undone IS NOT NULL
		UNION ALL SELECT id, line_id, payout_id, undone, 1, 1, back FROM charged WHERE back > 0 AND undone IS NOT NULL) c
	CROSS JOIN events e ON e.seq = c.seq CROSS JOIN statement_lines l ON l.id = c.line_id CROSS JOIN statements f ON f.id = l.statement_id
	CROSS JOIN payouts p ON p.id = c.payout_id CROSS JOIN batches b ON b.id = p.batch_id CROSS JOIN merchants x ON x.id = p.merchant_id
	ORDER BY e.seq, c.id, c.returned, c.taken`

// Charges streams what statements of one origin have shown besides payouts, in
// the order in which it was learned.
func (v View) Charges(ctx context.Context, within Within, origin Origin) iter.Seq2[Charge, error] {
	scope, id := "p.merchant_id = ?", within.MerchantID
	if within.BatchID != 0 {
		scope, id = "p.batch_id = ?", within.BatchID
	}
	return query(ctx, v.q, scanCharge, strings.Replace(chargesSQL, "SCOPE", scope, 1), id, string(origin))
}

func scanCharge(rows *sql.Rows) (Charge, error) {
	var c Charge
	var at, minor, days int64
	var currency string
	err := rows.Scan(&c.Seq, &at, &c.Hash, &c.MatchID, &c.Returned, &c.Undone, &minor, &currency, &c.Statement, &c.Line, &days,
		&c.Batch, &c.Row, &c.TradeNo, &c.PlatformTradeNo)
	if err != nil {
		return c, err
	}
	c.At, c.Day = fromMillis(at), time.Unix(days*int64(day/time.Second), 0).UTC()
	c.Amount, err = amount(currency, minor)
	return c, err
}
