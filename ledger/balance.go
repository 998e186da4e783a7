package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/bulkpay/bulkpay/internal/money"
)

// BalanceMoment is when a balance was asked: before a run sends, or after it.
type BalanceMoment string

// The moments.
const (
	Opening BalanceMoment = "opening"
	Closing BalanceMoment = "closing"
)

// Balance is an answer about a merchant's account, as a run heard it.
type Balance struct {
	At        time.Time
	Seq       int64
	BatchID   int64 // whose run asked
	Moment    BalanceMoment
	Available money.Amount
	Frozen    money.Amount // held for payouts in progress; zero if it was not named
}

// Holdings is all that the account holds: what payouts in progress have bound
// has not left it.
func (b Balance) Holdings() (money.Amount, error) { return b.Available.Add(b.Frozen) }

// balanceEvidence is what the event of a balance says.
type balanceEvidence struct {
	AvailableMinor int64  `json:"availableMinor"`
	FrozenMinor    int64  `json:"frozenMinor"`
	Currency       string `json:"currency"`
	Answer         string `json:"answer"` // the raw answer
}

// NoteBalance appends what the gateway said of a merchant's balance to the
// history of a batch. raw is its answer, without secrets.
func (l *Ledger) NoteBalance(ctx context.Context, batchID int64, actor string, b Balance, raw []byte) error {
	available, ok := b.Available.Minor()
	frozen, ok2 := b.Frozen.Minor()
	if !ok || !ok2 && b.Frozen != (money.Amount{}) || actor == "" {
		return errors.New("ledger: a balance needs whole minor units and an actor")
	}
	evidence, err := json.Marshal(balanceEvidence{available, frozen, b.Available.Currency().Code, string(clipEvidence(raw))})
	if err != nil {
		return err
	}
	return l.write(ctx, "balance", func(t *tx) error {
		t.append(Event{BatchID: batchID, Kind: kindBalance, Actor: actor, Reason: string(b.Moment), Message: b.Available.String(), Evidence: evidence})
		return nil
	})
}

// Balances are the balances heard by the runs of a batch, the oldest first.
func (v View) Balances(ctx context.Context, batchID int64) iter.Seq2[Balance, error] {
	return query(ctx, v.q, scanBalance, `SELECT seq, at, reason, evidence, batch_id FROM events WHERE batch_id = ? AND payout_id = 0 AND kind = '`+kindBalance+`' ORDER BY seq`, batchID)
}

func scanBalance(rows *sql.Rows) (b Balance, err error) {
	var at int64
	var raw []byte
	if err := rows.Scan(&b.Seq, &at, &b.Moment, &raw, &b.BatchID); err != nil {
		return b, err
	}
	var e balanceEvidence
	if err := json.Unmarshal(raw, &e); err != nil {
		return b, fmt.Errorf("event %d: balance: %w", b.Seq, err)
	}
	b.At = fromMillis(at)
	if b.Available, err = amount(e.Currency, e.AvailableMinor); err != nil {
		return b, err
	}
	b.Frozen, err = amount(e.Currency, e.FrozenMinor)
	return b, err
}

// Outlay is what left a merchant's account, as the ledger knows it.
type Outlay struct {
	Paid   Bucket       // of the batch itself
	Others Bucket       // paid by other batches meanwhile
	Back   Bucket       // of all batches: paid before, and taken back meanwhile
	Open   Bucket       // of the batch: sent, and not final when the second balance was asked
	Fees   money.Amount // of the batch's payouts, as the gateway's statements have them; charged at any time
	Stated bool         // a statement of the gateway says something of fees: what a bank charges leaves another account
}

const outlaySQL = `SELECT
	count(*) FILTER (WHERE batch_id = ?2 AND state = 'succeeded' AND final_at <= ?4), coalesce(sum(amount_minor) FILTER (WHERE batch_id = ?2 AND state = 'succeeded' AND final_at <= ?4), 0),
	count(*) FILTER (WHERE batch_id <> ?2 AND state = 'succeeded' AND final_at BETWEEN ?3 AND ?4), coalesce(sum(amount_minor) FILTER (WHERE batch_id <> ?2 AND state = 'succeeded' AND final_at BETWEEN ?3 AND ?4), 0),
	count(*) FILTER (WHERE batch_id = ?2 AND attempts > unsent AND (final_at = 0 OR final_at > ?4)),
	coalesce(sum(amount_minor) FILTER (WHERE batch_id = ?2 AND attempts > unsent AND (final_at = 0 OR final_at > ?4)), 0)
	FROM payouts WHERE merchant_id = ?1 AND (batch_id = ?2 OR final_at BETWEEN ?3 AND ?4)`

// backSQL finds what was paid before a moment and reversed after it.
const backSQL = `SELECT count(*), coalesce(sum(p.amount_minor), 0) FROM payouts p WHERE p.merchant_id = ?1 AND p.state = 'reversed' AND p.final_at BETWEEN ?2 AND ?3
	AND EXISTS (SELECT 1 FROM events e WHERE e.payout_id = p.id AND e.payout_id > 0 AND e.to_state = 'succeeded' AND e.from_state <> 'succeeded' AND e.at < ?2)`

const feesOfBatchSQL = `SELECT count(*), coalesce(sum(l.fee_minor + m.fee_minor), 0) FROM payouts p CROSS JOIN matches m ON m.payout_id = p.id AND m.origin = 'gateway' AND m.standing = 'confirmed' AND m.form IN ('main', 'lump', 'split')
	CROSS JOIN statement_lines l ON l.id = m.line_id
	WHERE p.batch_id = ?1 AND (m.form <> 'lump' OR NOT EXISTS (SELECT 1 FROM matches o WHERE o.line_id = m.line_id AND o.standing = 'confirmed' AND o.id < m.id))`

// Outlay adds up what explains the change of a balance between two moments.
// Payouts of the batch count whenever they were paid before the second: the
// first is asked before any of them is sent.
func (v View) Outlay(ctx context.Context, batch Batch, from, to time.Time) (o Outlay, err error) {
	var paid, others, back, open, fees int64
	var lines int
	for _, one := range []struct {
		text     string
		args, to []any
	}{
		{outlaySQL, []any{batch.Merchant.ID, batch.ID, millis(from), millis(to)}, []any{&o.Paid.Count, &paid, &o.Others.Count, &others, &o.Open.Count, &open}},
		{backSQL, []any{batch.Merchant.ID, millis(from), millis(to)}, []any{&o.Back.Count, &back}},
		{feesOfBatchSQL, []any{batch.ID}, []any{&lines, &fees}},
	} {
		if err := v.q.QueryRowContext(ctx, one.text, one.args...).Scan(one.to...); err != nil {
			return o, cancelled(ctx, err)
		}
	}
	amount := func(minor int64) money.Amount { return money.FromMinor(batch.Merchant.Currency, minor) }
	o.Paid.Sum, o.Others.Sum, o.Back.Sum, o.Open.Sum = amount(paid), amount(others), amount(back), amount(open)
	o.Fees, o.Stated = amount(fees), lines > 0
	return o, nil
}
