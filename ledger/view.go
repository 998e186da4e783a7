package ledger

import (
	"context"
	"database/sql"
	"iter"
)

// View answers questions about the book. A [Ledger] is a view of the latest
// state; [Ledger.Snapshot] gives one that stands still.
type View struct{ q querier }

// querier is what reads: the pool, or a transaction.
type querier interface {
	QueryContext(ctx context.Context, text string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, text string, args ...any) *sql.Row
}

// Snapshot gives a view in which nothing moves while do runs, so that a
// report's totals and its rows are of one moment even while a run goes on.
func (l *Ledger) Snapshot(ctx context.Context, do func(View) error) error {
	tx, err := l.reader.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // nothing was written
	return do(View{tx})
}

// query streams the rows of a statement.
func query[T any](ctx context.Context, q querier, scan func(*sql.Rows) (T, error), text string, args ...any) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		rows, err := q.QueryContext(ctx, text, args...)
		if err != nil {
			yield(none, err)
			return
		}
		defer rows.Close() //nolint:errcheck // reading is over, and Err has spoken
		for rows.Next() {
			item, err := scan(rows)
			if !yield(item, err) || err != nil {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(none, err)
		}
	}
}

// first is the first row of a query, or ErrNotFound.
func first[T any](rows iter.Seq2[T, error]) (T, error) {
	for item, err := range rows {
		return item, err
	}
	var none T
	return none, ErrNotFound
}
