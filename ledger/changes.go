package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/bulkpay/bulkpay/internal/money"
)

// Changes is what has moved in a batch since an earlier report of it.
type Changes struct {
	Since time.Time // when the earlier report was written
	First bool      // there is no earlier report
	Moved []Change  // in the order of [Buckets]
}

// Change is how many payouts moved from one bucket to another.
type Change struct {
	From, To string // buckets
	Count    int
	Sum      money.Amount
}

const endOfBatchSQL = "SELECT seq FROM events WHERE batch_id = ? ORDER BY seq DESC LIMIT 1"

// MarkReported remembers how far a batch's history went when it was summed up
// for a report; what a run has moved since is for the next one to tell. Reports
// with nothing between them have one mark, so that they say the same.
func (l *Ledger) MarkReported(ctx context.Context, s Summary) error {
	return l.write(ctx, "mark", func(t *tx) error {
		var there int
		if err := t.QueryRowContext(ctx, "SELECT count(*) FROM events WHERE seq = ? AND batch_id = ?", s.Seq, s.Batch.ID).Scan(&there); err != nil {
			return err
		}
		if there != 1 {
			return fmt.Errorf("batch %d: event %d: %w", s.Batch.ID, s.Seq, ErrNotFound)
		}
		_, err := t.ExecContext(ctx, "INSERT INTO report_marks (batch_id, seq, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", s.Batch.ID, s.Seq, millis(t.now))
		return err
	})
}

// movedSQL finds what moved since an event. A payout stood where the first of
// its events since then found it. The payouts of a batch were numbered one
// after the other, so that their part of the index is read in one go.
const movedSQL = `SELECT e.from_state, p.state, count(*), sum(p.amount_minor) FROM (
		SELECT payout_id, min(seq) AS first FROM events
		WHERE payout_id > 0 AND payout_id BETWEEN ?1 AND ?2 AND seq > ?3 GROUP BY payout_id) since
	JOIN payouts p ON p.id = since.payout_id AND p.batch_id = ?4 JOIN events e ON e.seq = since.first
	GROUP BY e.from_state, p.state`

const rangeSQL = `SELECT (SELECT id FROM payouts WHERE batch_id = ?1 ORDER BY row LIMIT 1),
	(SELECT id FROM payouts WHERE batch_id = ?1 ORDER BY row DESC LIMIT 1)`

// Changes tells what has moved since the earlier report: the last one before
// the present end of the batch's history.
func (v View) Changes(ctx context.Context, batchID int64) (Changes, error) {
	batch, err := v.BatchByID(ctx, batchID)
	if err != nil {
		return Changes{}, err
	}
	var end, mark, at int64
	err = v.q.QueryRowContext(ctx, endOfBatchSQL, batchID).Scan(&end)
	if err == nil {
		err = v.q.QueryRowContext(ctx, "SELECT seq, at FROM report_marks WHERE batch_id = ? AND seq < ? ORDER BY seq DESC LIMIT 1", batchID, end).Scan(&mark, &at)
	}
	if errors.Is(err, sql.ErrNoRows) {
		return Changes{First: true}, nil
	}
	if err != nil {
		return Changes{}, fmt.Errorf("batch %s: reports: %w", batch.Code, cancelled(ctx, err))
	}
	c := Changes{Since: fromMillis(at)}
	c.Moved, err = v.moved(ctx, batch, mark)
	return c, err
}

func (v View) moved(ctx context.Context, batch Batch, mark int64) ([]Change, error) {
	var low, high sql.NullInt64
	err := v.q.QueryRowContext(ctx, rangeSQL, batch.ID).Scan(&low, &high)
	if err != nil || !low.Valid {
		return nil, cancelled(ctx, err)
	}
	currency := batch.Merchant.Currency
	scan := func(rows *sql.Rows) (Change, error) {
		var from, to State
		var minor int64
		c := Change{}
		err := rows.Scan(&from, &to, &c.Count, &minor)
		c.From, c.To, c.Sum = from.Bucket(), to.Bucket(), money.FromMinor(currency, minor)
		return c, err
	}
	sums := map[[2]string]Change{}
	for c, err := range query(ctx, v.q, scan, movedSQL, low.Int64, high.Int64, mark, batch.ID) {
		if err != nil {
			return nil, err
		}
		if c.From == c.To {
			continue
		}
		key := [2]string{c.From, c.To}
		if was, ok := sums[key]; ok {
			c.Count += was.Count
			if c.Sum, err = c.Sum.Add(was.Sum); err != nil {
				return nil, err
			}
		}
		sums[key] = c
	}
	return inOrder(sums), nil
}

// inOrder sorts changes as the equation has its buckets.
func inOrder(sums map[[2]string]Change) []Change {
	order := Buckets()
	var moved []Change
	for _, c := range sums {
		moved = append(moved, c)
	}
	slices.SortFunc(moved, func(a, b Change) int {
		if a.From != b.From {
			return slices.Index(order, a.From) - slices.Index(order, b.From)
		}
		return slices.Index(order, a.To) - slices.Index(order, b.To)
	})
	return moved
}

// stopped is the evidence of a note that a run stopped itself: what has been
// submitted by then tells whether anything was since.
type stopped struct {
	Attempts int64 `json:"attempts"`
}

// Stop notes that a run stopped itself, and why. [Summary].Stopped shows it
// until a payout of the batch is submitted again.
func (l *Ledger) Stop(ctx context.Context, batchID int64, actor, why string) error {
	if actor == "" || why == "" {
		return errors.New("ledger: a stop needs an actor and a reason")
	}
	return l.write(ctx, "stop", func(t *tx) error {
		var s stopped
		if err := t.QueryRowContext(ctx, "SELECT coalesce(sum(attempts), 0) FROM payouts WHERE batch_id = ?", batchID).Scan(&s.Attempts); err != nil {
			return err
		}
		evidence, err := json.Marshal(s)
		if err != nil {
			return err
		}
		t.append(Event{BatchID: batchID, Kind: kindNote, Actor: actor, Reason: ReasonStopped, Message: clip(why), Evidence: evidence})
		return nil
	})
}

const stoppedSQL = `SELECT message, evidence FROM events
	WHERE batch_id = ? AND payout_id = 0 AND kind = 'note' AND reason = '` + ReasonStopped + `' ORDER BY seq DESC LIMIT 1`

// stopped adds why the last run stopped itself, if nothing has been submitted
// since.
func (v View) stopped(ctx context.Context, s *Summary, attempts int64) error {
	var why string
	var evidence []byte
	err := v.q.QueryRowContext(ctx, stoppedSQL, s.Batch.ID).Scan(&why, &evidence)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return cancelled(ctx, err)
	}
	var then stopped
	if err := json.Unmarshal(evidence, &then); err != nil {
		return fmt.Errorf("batch %s: stop: %w", s.Batch.Code, err)
	}
	if then.Attempts == attempts {
		s.Stopped = why
	}
	return nil
}
