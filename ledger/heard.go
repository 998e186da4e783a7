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

// lastHeardSQL: definite answers alone settle anything. What the gateway merely
// repeats is not in the history, so the time is that of the first time, unless
// a pass was told it again. Which of the two counts is told in Go: as
// expressions of SQL it took three times as long.
const lastHeardSQL = `SELECT coalesce(e.kind, ''), p.state, p.reason IN ('` + ReasonSaidPaid + `', '` + ReasonSaidNotPaid + `') AND p.state IN ('succeeded', 'failed', 'reversed'),
	coalesce(q.heard, ''), q.seq >= coalesce(e.seq, 0), p.final_at > q.at, count(*), sum(p.amount_minor), min(e.at), max(e.at), min(q.at), max(q.at)
	FROM payouts p LEFT JOIN events e ON e.seq = (SELECT x.seq FROM events x WHERE x.payout_id = p.id AND x.payout_id > 0
		AND x.kind IN ('paid', 'accepted', 'not_paid', 'refused') ORDER BY x.seq DESC LIMIT 1)
	LEFT JOIN questions q ON q.pass_id = ?2 AND q.payout_id = p.id
	WHERE p.batch_id = ?1 AND (p.attempts > p.unsent OR p.known = 1) GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5, 6`

// Heard tells what the gateway said last of the payouts of a batch that were
// sent. What agrees in everything else may come in several parts.
func (v View) Heard(ctx context.Context, batch Batch) iter.Seq2[Heard, error] {
	scan := func(rows *sql.Rows) (Heard, error) { return scanHeard(rows, batch.Merchant.Currency) }
	pass, err := v.latestPass(ctx, batch.ID)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return func(yield func(Heard, error) bool) { yield(Heard{}, err) }
	}
	return query(ctx, v.q, scan, lastHeardSQL, batch.ID, pass.ID)
}

func scanHeard(rows *sql.Rows, currency money.Currency) (h Heard, err error) {
	var told Kind // in the pass
	var newer, spokenSince sql.NullBool
	var minor int64
	var times [4]sql.NullInt64
	err = rows.Scan(&h.Kind, &h.State, &h.Spoken, &told, &newer, &spokenSince, &h.Count, &minor, &times[0], &times[1], &times[2], &times[3])
	h.Sum = money.FromMinor(currency, minor)
	if newer.Bool && anew(told, h.Spoken, spokenSince.Bool) {
		h.Kind, h.Spoken, h.Anew = told, false, true
		times[0], times[1] = times[2], times[3]
	}
	h.First, h.Last = fromMillis(times[0].Int64), fromMillis(times[1].Int64)
	return h, err
}

// anew tells whether an answer of a pass, after which nothing definite was
// heard, can be held against the payout. For the rules of the ledger a denial,
// and what does not fit, may settle nothing yet, but whoever asks what the
// gateway says now is to see it. A person has spoken because the gateway knew
// no better: that it still does not is no news.
func anew(told Kind, spoken, since bool) bool {
	switch {
	case told.definite():
		return !spoken || !since
	case told == Unknown, told == Conflict:
		return !spoken
	}
	return false
}
