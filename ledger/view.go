package ledger

import (
	"context"
	"database/sql"
	"iter"
	"sync"
)

// View answers questions about the book. A [Ledger] is a view of the latest
// state; [Ledger.Snapshot] gives one that stands still.
type View struct{ q querier }

// querier is what reads: the pool, or a transaction.
type querier interface {
	QueryContext(ctx context.Context, text string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, text string, args ...any) *sql.Row
}

// prepared is a pool that parses each statement once. The texts of views are
// constants, so there are few of them.
type prepared struct {
	db    *sql.DB
	mu    sync.Mutex
	stmts map[string]*sql.Stmt
}

func (p *prepared) statement(ctx context.Context, text string) (*sql.Stmt, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if statement, ok := p.stmts[text]; ok {
		return statement, nil
	}
	statement, err := p.db.PrepareContext(ctx, text)
	if err == nil {
		p.stmts[text] = statement
	}
	return statement, err
}

// QueryContext runs a statement that is prepared by then.
func (p *prepared) QueryContext(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	statement, err := p.statement(ctx, text)
	if err != nil {
		return nil, err
	}
	return statement.QueryContext(ctx, args...)
}

// QueryRowContext runs a statement for one row. Errors of preparing it come
// out of the row, as they do without.
func (p *prepared) QueryRowContext(ctx context.Context, text string, args ...any) *sql.Row {
	statement, err := p.statement(ctx, text)
	if err != nil {
		return p.db.QueryRowContext(ctx, text, args...)
	}
	return statement.QueryRowContext(ctx, args...)
}

// Snapshot gives a view in which nothing moves while do runs, so that a
// report's totals and its rows are of one moment even while a run goes on.
func (l *Ledger) Snapshot(ctx context.Context, do func(View) error) error {
	tx, err := l.reader.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return cancelled(ctx, err)
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
			yield(none, cancelled(ctx, err))
			return
		}
		defer rows.Close() //nolint:errcheck // reading is over, and Err has spoken
		for rows.Next() {
			item, err := scan(rows)
			if !yield(item, cancelled(ctx, err)) || err != nil {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(none, cancelled(ctx, err))
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
