package ledger

import (
	"context"
	"database/sql"
	"errors"
	"iter"
	"time"

	"github.com/bulkpay/bulkpay/internal/money"
)

// Heard is what the gateway said last of some payouts of a batch, beside what
// the ledger says of them. It comes out of the history and the latest [Pass],
// and not out of the payouts' states, so that the two can be held against
// each other.
type Heard struct {
	Kind   Kind  // Paid, Accepted, NotPaid or Refused; of a pass Unknown or Conflict, too; "": nothing definite
	State  State // as the payouts stand
	Spoken bool  // they stand on a person's word
	Anew   bool  // it was heard in the latest pass
	Count  int
	Sum    money.Amount

	First, Last time.Time // when it was heard
}

// spokenSQL tells what stands on a person's word.
const spokenSQL = "(p.reason IN ('" + ReasonSaidPaid + "', '" + ReasonSaidNotPaid + "') AND p.state IN ('succeeded', 'failed', 'reversed'))"

// anewSQL tells whether the answer of a pass is the latest that can be held
// against the payout: nothing definite was heard since, and no person has
// spoken since. A person has spoken because the gateway knew no better: that
// it still does not is no news.
const anewSQL = `(q.heard IN ('paid', 'accepted', 'not_paid') AND q.seq >= coalesce(e.seq, 0) AND NOT (` + spokenSQL + ` AND p.final_at > q.at)
	OR q.heard IN ('unknown', 'conflict') AND q.seq >= coalesce(e.seq, 0) AND NOT ` + spokenSQL + `)`

// lastHeardSQL: definite answers alone settle anything. What the gateway merely
// repeats is not in the history, so the time is that of the first time, unless
// a pass was told it again. A denial, and what does not fit, count only there:
// for the rules of the ledger they may not settle anything yet, but whoever
// asks what the gateway says now is to see it.
const lastHeardSQL = `SELECT iif(anew, heard, kind), state, spoken AND NOT anew, anew, count(*), sum(amount_minor), min(iif(anew, asked, at)), max(iif(anew, asked, at))
	FROM (SELECT p.state, p.amount_minor, coalesce(e.kind, '') AS kind, e.at, q.heard, q.at AS asked, ` + spokenSQL + ` AS spoken, coalesce(` + anewSQL + `, 0) AS anew
		FROM payouts p LEFT JOIN events e ON e.seq = (SELECT x.seq FROM events x WHERE x.payout_id = p.id AND x.payout_id > 0
			AND x.kind IN ('paid', 'accepted', 'not_paid', 'refused') ORDER BY x.seq DESC LIMIT 1)
		LEFT JOIN questions q ON q.pass_id = ?2 AND q.payout_id = p.id
		WHERE p.batch_id = ?1 AND (p.attempts > p.unsent OR p.known = 1))
	GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4`

// Heard tells what the gateway said last of the payouts of a batch that were
// sent.
func (v View) Heard(ctx context.Context, batch Batch) iter.Seq2[Heard, error] {
	scan := func(rows *sql.Rows) (h Heard, err error) {
		var minor int64
		var first, last sql.NullInt64
		err = rows.Scan(&h.Kind, &h.State, &h.Spoken, &h.Anew, &h.Count, &minor, &first, &last)
		h.Sum, h.First, h.Last = money.FromMinor(batch.Merchant.Currency, minor), fromMillis(first.Int64), fromMillis(last.Int64)
		return h, err
	}
	pass, err := v.LatestPass(ctx, batch.ID)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return func(yield func(Heard, error) bool) { yield(Heard{}, err) }
	}
	return query(ctx, v.q, scan, lastHeardSQL, batch.ID, pass.ID)
}
