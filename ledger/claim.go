package ledger

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"strconv"
	"time"
)

// readySQL finds what may be sent, in the order in which it is, and claimSQL
// takes those of it that were read, in the same transaction. No statement has a
// parameter for a limit, with which SQLite would plan it anew each time it
// runs: whoever reads stops after so many.
const (
	readySQL = "SELECT " + payoutColumns + payoutTables +
		" WHERE p.batch_id = ? AND p.merchant_id = ? AND p.state = 'ready' AND p.due_at <= ? ORDER BY p.due_at, p.id"
	claimSQL = `UPDATE payouts SET state = 'submitting', attempts = attempts + 1, submitted_at = ?1, updated_at = ?1,
	unknowns = 0, first_unknown_at = 0, reason = 'intent', code = '', message = '', version = version + 1
	WHERE id IN (SELECT value FROM json_each(?2)) AND state = 'ready'`
)

// Claim takes up to n payouts that may be sent now, in sheet order, and
// commits the intent to send them: state, attempt and time are durable when
// it returns (P2). Each must be followed by one outcome. It is ErrLeaseLost
// when another runner has taken over; another merchant's batch has nothing to
// claim.
func (l *Ledger) Claim(ctx context.Context, lease *Lease, batchID int64, n int) ([]Payout, error) {
	var claimed []Payout
	var seq int64
	var hash []byte
	err := l.write(ctx, "claim", func(t *tx) error {
		if err := t.holds(lease); err != nil {
			return err
		}
		var err error
		if claimed, err = t.ready(lease, batchID, n); err != nil || len(claimed) == 0 {
			return err
		}
		result, err := t.exec(l.stmts.claim, millis(t.now), idsOf(claimed))
		if err != nil {
			return err
		}
		if changed, err := result.RowsAffected(); err != nil || changed != int64(len(claimed)) {
			return errors.Join(fmt.Errorf("ledger: claimed %d payouts of %d", changed, len(claimed)), err)
		}
		for i := range claimed {
			claimed[i].intend(t.now)
			t.append(Event{
				BatchID: batchID, PayoutID: claimed[i].ID, Kind: kindSubmitted, From: Ready, To: Submitting,
				Attempt: claimed[i].Attempts, Actor: ActorSubmit, Reason: ReasonIntent,
			})
		}
		seq, hash = t.seq, bytes.Clone(t.hash)
		return nil
	})
	if err != nil || len(claimed) == 0 {
		return nil, err
	}
	// Nothing of it has left: if this fails, the next run finds it as a killed
	// one leaves it.
	if err := l.testify(seq, hash); err != nil {
		return nil, err
	}
	return claimed, nil
}

// ready reads the first n payouts that may be sent.
func (t *tx) ready(lease *Lease, batchID int64, n int) ([]Payout, error) {
	rows, err := t.stmt(t.l.stmts.ready).QueryContext(t.ctx, batchID, lease.merchant, millis(t.now))
	if err != nil {
		return nil, err
	}
	defer rows.Close() //nolint:errcheck // reading is over, and Err has spoken
	var payouts []Payout
	for len(payouts) < n && rows.Next() {
		payout, err := scanPayout(rows)
		if err != nil {
			return nil, err
		}
		payouts = append(payouts, payout)
	}
	return payouts, rows.Err()
}

// idsOf are the ids of payouts as a JSON array.
func idsOf(payouts []Payout) string {
	text := []byte{'['}
	for i, p := range payouts {
		if i > 0 {
			text = append(text, ',')
		}
		text = strconv.AppendInt(text, p.ID, 10)
	}
	return string(append(text, ']'))
}

// intend does to a payout in memory what the claim does to its row.
func (p *Payout) intend(now time.Time) {
	p.State, p.Attempts, p.SubmittedAt, p.UpdatedAt = Submitting, p.Attempts+1, now, now
	p.unknowns, p.firstUnknown = 0, time.Time{}
	p.Reason, p.Code, p.Message = ReasonIntent, "", ""
	p.version++
}

// reload reads a payout within the transaction.
func (t *tx) reload(id int64) (Payout, error) {
	rows, err := t.stmt(t.l.stmts.reload).QueryContext(t.ctx, id)
	if err != nil {
		return Payout{}, err
	}
	defer rows.Close() //nolint:errcheck // a single row has been read
	if !rows.Next() {
		return Payout{}, errors.Join(ErrNotFound, rows.Err())
	}
	return scanPayout(rows)
}

const submittingSQL = "SELECT id FROM payouts WHERE state = 'submitting' AND merchant_id = ? ORDER BY batch_id, id"

// againSQL finds what was to be sent again. Only payouts that were claimed
// before are due at any time but at once, which is what the index knows.
const againSQL = `SELECT p.id FROM batches b JOIN payouts p ON p.batch_id = b.id AND p.state = 'ready' AND p.due_at > 0
	WHERE b.merchant_id = ? AND p.attempts > p.unsent ORDER BY p.id`

// Recover turns what a killed run of the merchant left in submitting into
// doubt: a request may have been on the wire, so it is asked about before
// anything else. So is what an earlier run had decided to send again and did
// not: the denials that this rested on may be old. It returns how many there
// were.
func (l *Ledger) Recover(ctx context.Context, lease *Lease) (int, error) {
	recovered := 0
	err := l.write(ctx, "recover", func(t *tx) error {
		if err := t.holds(lease); err != nil {
			return err
		}
		var ids []int64
		for _, text := range []string{submittingSQL, againSQL} {
			found, err := t.ids(text, lease.merchant)
			if err != nil {
				return err
			}
			ids = append(ids, found...)
		}
		for _, id := range ids {
			payout, err := t.reload(id)
			if err != nil {
				return err
			}
			if _, err := t.apply(Policy{}, Outcome{
				Payout: payout, Attempt: payout.Attempts, Kind: Interrupted, Reason: ReasonInterrupted, Actor: ActorRecover, NextAsk: t.now,
			}); err != nil {
				return err
			}
		}
		recovered = len(ids)
		return nil
	})
	return recovered, err
}

// ids reads a column of ids, within the transaction.
func (t *tx) ids(text string, args ...any) ([]int64, error) {
	rows, err := t.QueryContext(t.ctx, text, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close() //nolint:errcheck // reading is over, and Err has spoken
	var ids []int64
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}

const dueSQL = "SELECT " + payoutColumns + payoutTables + `
	WHERE p.batch_id = ? AND p.state IN ('in_doubt', 'processing') AND p.due_at <= ? ORDER BY p.due_at`

// Due lists up to n payouts of a batch that should be asked about now: in
// doubt or in progress, and due. The longest overdue come first.
func (v View) Due(ctx context.Context, batchID int64, now time.Time, n int) iter.Seq2[Payout, error] {
	return atMost(n, query(ctx, v.q, scanPayout, dueSQL, batchID, millis(now)))
}

// Outstanding is what a batch still has to do.
type Outstanding struct {
	Ready    bool      // something may be sent, now or later
	Open     bool      // something is on the wire, in doubt or in progress
	ReadyDue time.Time // when the first of what is ready may be sent; zero: now, or nothing is
	AskDue   time.Time // when the first question is due; zero: none is
	WatchDue time.Time // when the first of what is settled is to be asked about again; zero: none is. It does not count as Open
}

// Outstanding looks at what a batch still has to do. It is cheap however
// large the batch: everything in it is the first entry of an index.
func (v View) Outstanding(ctx context.Context, batchID int64) (Outstanding, error) {
	var o Outstanding
	var ready, ask, watch sql.NullInt64
	var submitting bool
	err := v.q.QueryRowContext(ctx, outstandingSQL, batchID).Scan(&ready, &ask, &submitting, &watch)
	o.Ready, o.Open = ready.Valid, ask.Valid || submitting
	o.ReadyDue, o.AskDue, o.WatchDue = fromMillis(ready.Int64), fromMillis(ask.Int64), fromMillis(watch.Int64)
	return o, cancelled(ctx, err)
}

const outstandingSQL = `SELECT
	(SELECT min(due_at) FROM payouts WHERE batch_id = ?1 AND state = 'ready'),
	(SELECT min(due_at) FROM payouts WHERE batch_id = ?1 AND state IN ('in_doubt', 'processing')),
	EXISTS (SELECT 1 FROM payouts WHERE batch_id = ?1 AND state = 'submitting'),
	(SELECT min(p.due_at) FROM payouts p WHERE p.batch_id = ?1 AND ` + watched + `)`
