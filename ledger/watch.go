package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"iter"
	"time"

	"github.com/bulkpay/bulkpay/internal/money"
)

// A payout that has settled is watched: asked about again after the times of
// [Policy].Watch, because what was paid can be taken back, and what failed can
// be paid after all. The times count from the moment at which it came into its
// state; that of a held payout, which has no FinalAt, is in its history. Only
// what was sent and may still change is watched: succeeded, failed, rejected
// and held payouts. A payout that is held anew is watched anew. What a person
// has said is not watched, for [Ledger.Resolve] knows no policy. DueAt is when
// the next question is due, zero if there is none; a [Hint] makes it now.

// settled tells whether a state is one that payouts rest in.
func (s State) settled() bool { return s == Held || s.Final() }

// due is when to ask, or to send, next.
func (t *tx) due(policy Policy, was, now Payout, o Outcome, d decision) (time.Time, error) {
	switch {
	case d.hint && (now.Sends() > 0 || now.known || now.State.Final()):
		return t.now, nil
	case d.hint:
		return was.DueAt, nil // nobody asks about what was never sent
	case now.State.settled() && now.State != was.State:
		return policy.watch(now, t.now, t.now), nil
	case now.State.settled():
		return t.nextWatch(policy, was, o)
	case o.Kind == Unknown && now.State == Ready, now.State != Ready && o.NextAsk.IsZero():
		return t.now, nil
	}
	return o.NextAsk, nil
}

// postpone is about an outcome that says nothing new of a payout: the answer
// to a question moves the next one on all the same, or it would be asked in a
// loop.
func (t *tx) postpone(policy Policy, p *Payout, o Outcome) (decision, error) {
	d := ignore(standing{state: p.State})
	if !p.State.settled() || !o.answers() {
		return d, nil
	}
	due, err := t.nextWatch(policy, *p, o)
	if err != nil {
		return d, err
	}
	d.later = !due.Equal(p.DueAt)
	if o.Kind == Paid && p.State == Succeeded && p.unknowns > 0 {
		p.unknowns, p.firstUnknown, d.later = 0, time.Time{}, true // known again: denials count anew
	}
	if d.later {
		p.DueAt, p.Asks = due, p.Asks+1
	}
	return d, nil
}

// nextWatch is when to ask next about a settled payout. Only the answer to
// the question that was due moves it: if there was a hint since that question
// was asked, the answer is older than the news.
func (t *tx) nextWatch(policy Policy, p Payout, o Outcome) (time.Time, error) {
	if !o.answers() || p.DueAt.IsZero() || p.DueAt.After(t.now) || millis(o.Payout.DueAt) != millis(p.DueAt) {
		return p.DueAt, nil
	}
	if o.Kind == NoAnswer && o.NextAsk.After(t.now) {
		return o.NextAsk, nil // nothing was learned: the question stands
	}
	settled, err := t.settledAt(p)
	return policy.watch(p, settled, t.now), err
}

// watch is the first time after now at which to ask again about a payout that
// settled then; zero if there is none.
func (policy Policy) watch(p Payout, settled, now time.Time) time.Time {
	var next time.Time
	if p.State == Cancelled || p.State == Reversed || p.Sends() == 0 {
		return next
	}
	for _, offset := range policy.Watch {
		at := settled.Add(offset).Truncate(time.Millisecond)
		if at.After(now) && (next.IsZero() || at.Before(next)) {
			next = at
		}
	}
	return next
}

const heldAtSQL = `SELECT max(at) FROM events WHERE payout_id = ? AND payout_id > 0 AND to_state = 'held' AND from_state <> 'held'`

// settledAt is when a payout came into the state in which it rests.
func (t *tx) settledAt(p Payout) (time.Time, error) {
	if p.State != Held {
		return p.FinalAt, nil
	}
	for _, e := range t.pending {
		if e.PayoutID == p.ID && e.To == Held && e.From != Held {
			return t.now, nil
		}
	}
	var at sql.NullInt64
	err := t.QueryRowContext(t.ctx, heldAtSQL, p.ID).Scan(&at)
	return fromMillis(at.Int64), err
}

// watched is the condition of the index payouts_watched.
const watched = "p.due_at > 0 AND p.state <> 'ready' AND p.state <> 'submitting' AND p.state <> 'in_doubt' AND p.state <> 'processing'"

const watchedSQL = "SELECT " + payoutColumns + payoutTables + " WHERE p.batch_id = ? AND " + watched + " AND p.due_at <= ? ORDER BY p.due_at"

// Watched lists up to n payouts of a batch that are settled and should be
// asked about again now. The longest overdue come first.
func (v View) Watched(ctx context.Context, batchID int64, now time.Time, n int) iter.Seq2[Payout, error] {
	return atMost(n, query(ctx, v.q, scanPayout, watchedSQL, batchID, millis(now)))
}

// atMost ends a stream after n items.
func atMost[T any](n int, rows iter.Seq2[T, error]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		left := n
		if left <= 0 {
			return
		}
		for item, err := range rows {
			if left--; !yield(item, err) || left == 0 {
				return
			}
		}
	}
}

const unsettledSQL = "SELECT " + batchColumns + batchTables + ` WHERE b.merchant_id = ? AND (
	EXISTS (SELECT 1 FROM payouts p WHERE p.batch_id = b.id AND p.state IN ('in_doubt', 'processing'))
	OR EXISTS (SELECT 1 FROM payouts p WHERE p.batch_id = b.id AND p.state = 'submitting')
	OR EXISTS (SELECT 1 FROM payouts p WHERE p.batch_id = b.id AND ` + watched + ` AND p.due_at <= ?)) ORDER BY b.id`

// Unsettled lists the batches of a merchant that have something open, or
// something settled that should be asked about again now, the oldest first.
func (v View) Unsettled(ctx context.Context, merchantID int64, now time.Time) iter.Seq2[Batch, error] {
	return query(ctx, v.q, scanBatch, unsettledSQL, merchantID, millis(now))
}

const submittedSinceSQL = `SELECT m.currency, coalesce((SELECT sum(amount_minor) FROM payouts
	WHERE merchant_id = m.id AND submitted_at > 0 AND submitted_at >= ?2 AND attempts > unsent), 0)
	FROM merchants m WHERE m.id = ?1`

// SubmittedSince is the sum of a merchant's payouts whose last submission is
// since then, whatever has become of them; what provably never left does not
// count.
func (v View) SubmittedSince(ctx context.Context, merchantID int64, since time.Time) (money.Amount, error) {
	var code string
	var minor int64
	if err := v.q.QueryRowContext(ctx, submittedSinceSQL, merchantID, millis(since)).Scan(&code, &minor); err != nil {
		return money.Amount{}, fmt.Errorf("submitted since: %w", cancelled(ctx, err))
	}
	return amount(code, minor)
}

const calledOffSQL = "SELECT " + payoutColumns + payoutTables + ` WHERE p.batch_id = ? AND p.state IN ('failed', 'rejected', 'reversed')
	AND NOT EXISTS (SELECT 1 FROM payouts r WHERE r.replaces = p.id) ORDER BY p.row`

// CalledOff lists the payouts of a batch that failed, were rejected or
// reversed, and for which no other one stands in yet, in sheet order.
func (v View) CalledOff(ctx context.Context, batchID int64) iter.Seq2[Payout, error] {
	return query(ctx, v.q, scanPayout, calledOffSQL, batchID)
}
