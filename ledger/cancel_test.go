package ledger

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"testing"
	"time"
)

// Whoever stops a call hears that it was stopped, also when SQLite is caught
// in the middle of a statement; or a run that a person interrupts would end in
// an error of the ledger, which it is not.
func TestStoppedCallsSaySo(t *testing.T) {
	// This statement takes a hundred times as long as it is given, unless it is
	// interrupted. It does end: the time may be up just before it begins, and
	// SQLite forgets an interruption that finds nothing to interrupt.
	const long = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000) SELECT count(*) FROM n"
	ledger := setup(t).ledger()
	number := func(rows *sql.Rows) (n int, err error) { return n, rows.Scan(&n) }
	for name, call := range map[string]func(context.Context) error{
		"write": func(ctx context.Context) error {
			return ledger.write(ctx, "test", func(t *tx) error {
				_, err := t.ExecContext(ctx, long)
				return err
			})
		},
		"write after the end": func(ctx context.Context) error {
			return ledger.write(ctx, "test", func(t *tx) error {
				_, _ = t.ExecContext(ctx, long)
				_, err := t.ExecContext(context.WithoutCancel(ctx), "SELECT 1")
				for err == nil { // until it has been rolled back
					_, err = t.ExecContext(context.WithoutCancel(ctx), "SELECT 1")
				}
				return err
			})
		},
		"read": func(ctx context.Context) error {
			_, err := first(query(ctx, ledger.q, number, long))
			return err
		},
		"snapshot": func(ctx context.Context) error {
			return ledger.Snapshot(ctx, func(v View) error {
				_, err := first(query(ctx, v.q, number, long))
				return err
			})
		},
	} {
		t.Run(name, func(t *testing.T) {
			stopped := 0
			for try := 0; try < 20 && stopped < 5; try++ {
				ctx, stop := context.WithTimeout(t.Context(), 3*time.Millisecond) // the statement is under way by then
				err := call(ctx)
				stop()
				switch {
				case errors.Is(err, context.DeadlineExceeded):
					stopped++
				case err != nil:
					t.Fatalf("got %v, want %v", err, context.DeadlineExceeded)
				}
			}
			if stopped == 0 {
				t.Error("nothing was stopped")
			}
		})
	}
}

// An error of its own stays one, also when the call was stopped meanwhile.
func TestStoppingHidesNothing(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if err := cancelled(ctx, io.ErrShortWrite); errors.Is(err, context.Canceled) {
		t.Errorf("the disk's error became %v", err)
	}
	if err := cancelled(t.Context(), sql.ErrTxDone); errors.Is(err, context.Canceled) {
		t.Errorf("a mistake of ours became %v", err)
	}
}
