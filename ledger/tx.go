package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"modernc.org/sqlite"
)

// SQLite's result codes that are told apart; constraint codes are the
// extended ones.
const (
	codeBusy             = 5
	codeInterrupt        = 9
	codeIOError          = 10
	codeCorrupt          = 11
	codeFull             = 13
	codeNotADatabase     = 26
	codeConstraintUnique = 2067
)

func sqliteCode(err error) int {
	var failure *sqlite.Error
	if errors.As(err, &failure) {
		return failure.Code()
	}
	return 0
}

// cancelled says of an error that comes of a context's end that it does.
// SQLite calls a statement that was stopped midway "interrupted", and
// database/sql a transaction it has rolled back "done"; neither tells a caller
// that it was the one who asked for it. Any other error stays what it is, also
// when the context has ended meanwhile.
func cancelled(ctx context.Context, err error) error {
	ended := ctx.Err()
	if err == nil || ended == nil || errors.Is(err, ended) {
		return err
	}
	if sqliteCode(err)&0xff == codeInterrupt || errors.Is(err, sql.ErrTxDone) {
		return fmt.Errorf("%w: %w", ended, err)
	}
	return err
}

// statements are prepared once on the writer's connection: parsing would
// otherwise cost more than running them.
type statements struct {
	updatePayout, reload, ready, claim *sql.Stmt
	permit, date                       *sql.Stmt
	insertEvent, insertEvents          *sql.Stmt
	insertPayout, insertInstruction    *sql.Stmt
	insertLeftOut, isKnown             *sql.Stmt
	replaced, chain                    *sql.Stmt
	heard, told, answerAsking          *sql.Stmt
	readHead, moveHead, holding        *sql.Stmt
}

func (s *statements) prepare(ctx context.Context, db *sql.DB) error {
	for _, statement := range []struct {
		to   **sql.Stmt
		text string
	}{
		{&s.updatePayout, updatePayoutSQL},
		{&s.permit, permitSQL},
		{&s.date, dateSQL},
		{&s.reload, "SELECT " + payoutColumns + payoutTables + " WHERE p.id = ?"},
		{&s.ready, readySQL},
		{&s.claim, claimSQL},
		{&s.insertEvent, insertEventSQL(1)},
		{&s.insertEvents, insertEventSQL(eventsAtOnce)},
		{&s.insertPayout, insertPayoutSQL},
		{&s.insertInstruction, insertInstructionSQL},
		{&s.insertLeftOut, "INSERT INTO left_out (batch_id, row, amount_minor, known, notes) VALUES (?, ?, ?, ?, ?)"},
		{&s.isKnown, "SELECT count(*) FROM payouts WHERE trade_no = ? AND merchant_id = ? AND batch_id < ?"},
		{&s.replaced, "SELECT id FROM payouts WHERE trade_no = ? AND merchant_id = ? AND batch_id < ?"},
		{&s.chain, chainSQL},
		{&s.heard, heardSQL},
		{&s.told, toldBeforeSQL},
		{&s.answerAsking, answerAskingSQL},
		{&s.readHead, "SELECT seq, hash FROM head"},
		{&s.moveHead, "UPDATE head SET seq = ?, hash = ?"},
		{&s.holding, "SELECT count(*) FROM leases WHERE merchant_id = ? AND holder = ?"},
	} {
		prepared, err := db.PrepareContext(ctx, statement.text)
		if err != nil {
			return fmt.Errorf("prepare: %w", err)
		}
		*statement.to = prepared
	}
	return nil
}

// tx is one write. It carries one now and the end of the event chain; events
// appended to it are written together before it commits.
type tx struct {
	*sql.Tx
	ctx     context.Context
	l       *Ledger
	now     time.Time
	began   int64 // the last event before
	seq     int64
	hash    []byte
	pending []Event
	own     map[*sql.Stmt]*sql.Stmt // of this transaction, by the ledger's
}

// write runs do in one immediate transaction. Public methods call it once;
// helpers take the tx. The name is for [Options].Commit.
func (l *Ledger) write(ctx context.Context, name string, do func(*tx) error) (err error) {
	defer func() { err = cancelled(ctx, err) }()
	if err := l.seam.ended(); err != nil {
		return err
	}
	begun, err := l.writer.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer begun.Rollback() //nolint:errcheck // after a commit it does nothing
	t := &tx{Tx: begun, ctx: ctx, l: l, now: l.now().UTC().Truncate(time.Millisecond), own: map[*sql.Stmt]*sql.Stmt{}}
	if err := t.stmt(l.stmts.readHead).QueryRowContext(ctx).Scan(&t.seq, &t.hash); err != nil {
		return err
	}
	t.began = t.seq
	if err := do(t); err != nil {
		return err
	}
	if err := t.flush(); err != nil {
		return err
	}
	return l.seam.commit(name, begun)
}

// seam lets a test end the ledger's life at a commit; see [Options].Commit.
type seam struct {
	ask  func(write string, committed bool) error // nil: nobody is asked
	mu   sync.Mutex                               // one commit at a time, with what is asked about it
	dead error
}

// ended is the error that ended this process, as far as the book can tell.
func (s *seam) ended() error {
	if s.ask == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.dead
}

// commit commits. No other write does between its questions, or there would be
// writes after the end.
func (s *seam) commit(name string, tx *sql.Tx) error {
	if s.ask == nil {
		return tx.Commit()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.dead != nil {
		return s.dead
	}
	if s.dead = s.ask(name, false); s.dead != nil {
		return s.dead
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	s.dead = s.ask(name, true)
	return s.dead
}

// stmt is a prepared statement within this write. database/sql keeps each one
// that it makes until the write ends, so each is made once and not for every
// row of an import.
func (t *tx) stmt(prepared *sql.Stmt) *sql.Stmt {
	own, ok := t.own[prepared]
	if !ok {
		own = t.StmtContext(t.ctx, prepared)
		t.own[prepared] = own
	}
	return own
}

func (t *tx) exec(prepared *sql.Stmt, args ...any) (sql.Result, error) {
	return t.stmt(prepared).ExecContext(t.ctx, args...)
}

func millis(at time.Time) int64 {
	if at.IsZero() {
		return 0
	}
	return at.UnixMilli()
}

func fromMillis(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// placeholders is "(?, ?), (?, ?)" for rows of columns.
func placeholders(rows, columns int) string {
	row := "(" + strings.TrimSuffix(strings.Repeat("?, ", columns), ", ") + ")"
	return strings.TrimSuffix(strings.Repeat(row+", ", rows), ", ")
}
