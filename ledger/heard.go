package ledger

import (
	"context"
	"database/sql"
	"iter"
	"time"

	"github.com/bulkpay/bulkpay/internal/money"
)

// Heard is what the gateway said last of some payouts of a batch, beside what
// the ledger says of them. It comes out of the history and not out of the
// payouts' states, so that the two can be held against each other.
type Heard struct {
	Kind   Kind  // Paid, Accepted, NotPaid or Refused; "": nothing definite
	State  State // as the payouts stand
	Spoken bool  // they stand on a person's word
	Count  int
	Sum    money.Amount

	First, Last time.Time // when it was heard
}

// lastHeardSQL: definite answers alone settle anything. What the gateway merely
// repeats is not written down, so the time is that of the first time.
const lastHeardSQL = `SELECT coalesce(e.kind, ''), p.state, p.reason IN ('` + ReasonSaidPaid + `', '` + ReasonSaidNotPaid + `') AND p.state IN ('succeeded', 'failed', 'reversed') AS spoken,
	count(*), sum(p.amount_minor), min(e.at), max(e.at)
	FROM payouts p LEFT JOIN events e ON e.seq = (SELECT x.seq FROM events x WHERE x.payout_id = p.id AND x.payout_id > 0
		AND x.kind IN ('paid', 'accepted', 'not_paid', 'refused') ORDER BY x.seq DESC LIMIT 1)
	WHERE p.batch_id = ? AND (p.attempts > p.unsent OR p.known = 1) GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`

// Heard tells what the gateway said last of the payouts of a batch that were
// sent.
func (v View) Heard(ctx context.Context, batch Batch) iter.Seq2[Heard, error] {
	scan := func(rows *sql.Rows) (h Heard, err error) {
		var minor int64
		var first, last sql.NullInt64
		err = rows.Scan(&h.Kind, &h.State, &h.Spoken, &h.Count, &minor, &first, &last)
		h.Sum, h.First, h.Last = money.FromMinor(batch.Merchant.Currency, minor), fromMillis(first.Int64), fromMillis(last.Int64)
		return h, err
	}
	return query(ctx, v.q, scan, lastHeardSQL, batch.ID)
}
