package ledger

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"iter"
	"os"
	"path/filepath"

	"github.com/bulkpay/bulkpay/internal/money"
)

// A statement is read into a temporary file first, which may take minutes, and then
// into the book in one go: nobody who pays meanwhile waits for a file to be
// parsed.

const stageSQL = `
CREATE TABLE line (id INTEGER PRIMARY KEY, number INTEGER NOT NULL, day INTEGER NOT NULL, status TEXT NOT NULL, amount INTEGER NOT NULL, fee INTEGER NOT NULL,
	trade_no TEXT NOT NULL, platform TEXT NOT NULL, entry TEXT NOT NULL, narrative TEXT NOT NULL, account INTEGER NOT NULL, CHECK (status <> 'returned' OR amount <= 0)) STRICT;
CREATE TABLE word (line INTEGER NOT NULL, word TEXT NOT NULL) STRICT;
`

const (
	stageLineSQL = "INSERT INTO line VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
	stageWordSQL = "INSERT INTO word VALUES (?, ?)"

	putStatementSQL = `INSERT INTO statements (id, merchant_id, name, sha256, part, origin, format, assumed, first_day, last_day,
		opening_minor, closing_minor, lines, paid_lines, paid_minor, fees_minor, digest, read_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
	putLinesSQL = `INSERT INTO statement_lines (id, statement_id, number, day, status, amount_minor, fee_minor, trade_no, platform_trade_no, entry_ref, narrative, account_key)
		SELECT ?1 + id, ?2, number, day, status, amount, fee, trade_no, platform, entry, narrative, account FROM desk.line ORDER BY id`
	putWordsSQL = `INSERT OR IGNORE INTO line_words (line_id, word) SELECT ?1 + line, word FROM desk.word ORDER BY line, word`
)

// TakeStatement takes a statement in, whole or not at all. One that is there
// already, by its bytes, is returned as it is and again is true; its lines are
// not asked for. An error from lines leaves the book as it was. Others may write
// to it while lines are read.
func (l *Ledger) TakeStatement(ctx context.Context, n NewStatement, lines iter.Seq2[NewLine, error]) (s Statement, again bool, err error) {
	if n.Actor == "" {
		return s, false, errors.New("ledger: a statement needs an actor")
	}
	id, err := statementOf(ctx, l.reader, n)
	if again = err == nil; !again && errors.Is(err, sql.ErrNoRows) {
		var in *taking
		if in, err = read(ctx, n, lines); err == nil {
			id, again, err = l.putStatement(ctx, in)
			err = errors.Join(err, os.RemoveAll(in.folder))
		}
	}
	if err != nil {
		return Statement{}, false, cancelled(ctx, err)
	}
	s, err = l.Statement(ctx, id)
	return s, again, err
}

// statementOf finds a statement that was taken in by its bytes.
func statementOf(ctx context.Context, q querier, n NewStatement) (id int64, err error) {
	err = q.QueryRowContext(ctx, "SELECT id FROM statements WHERE merchant_id = ? AND sha256 = ? AND part = ?", n.Merchant.ID, n.SHA256, n.Part).Scan(&id)
	return id, err
}

// taking is a statement on its way in.
type taking struct {
	ctx          context.Context
	n            NewStatement
	folder, path string // of the temporary file
	line, word   *sql.Stmt
	digest       hash.Hash
	lines, moved int
	minor, fees  int64
}

// read reads all lines into a temporary file. Its folder is the caller's to
// remove, unless there is an error.
func read(ctx context.Context, n NewStatement, lines iter.Seq2[NewLine, error]) (in *taking, err error) {
	in = &taking{ctx: ctx, n: n, digest: sha256.New()}
	if in.folder, err = os.MkdirTemp("", "bulkpay-statement-"); err != nil {
		return nil, err
	}
	in.path = filepath.Join(in.folder, "desk.db")
	db, err := sql.Open("sqlite", dsn(in.path, deskPragmas))
	if err == nil {
		err = errors.Join(in.stage(db, lines), db.Close())
	}
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(in.folder))
	}
	return in, nil
}

func (in *taking) stage(db *sql.DB, lines iter.Seq2[NewLine, error]) error {
	if _, err := db.ExecContext(in.ctx, stageSQL); err != nil {
		return err
	}
	tx, err := db.BeginTx(in.ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after a commit it does nothing
	if in.line, err = tx.PrepareContext(in.ctx, stageLineSQL); err != nil {
		return err
	}
	if in.word, err = tx.PrepareContext(in.ctx, stageWordSQL); err != nil {
		return err
	}
	for line, err := range lines {
		if err == nil {
			err = in.add(line)
		}
		if err != nil {
			return err
		}
	}
	return tx.Commit()
}

// putStatement puts what was read into the book, unless somebody else was faster.
func (l *Ledger) putStatement(ctx context.Context, in *taking) (id int64, again bool, err error) {
	err = l.writeFrom(ctx, in.path, "statement", func(t *tx) error {
		id, err = statementOf(ctx, t, in.n)
		if again = err == nil; again || !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		var base int64
		if err := t.QueryRowContext(ctx, "SELECT (SELECT coalesce(max(id), 0) + 1 FROM statements), (SELECT coalesce(max(id), 0) FROM statement_lines)").Scan(&id, &base); err != nil {
			return err
		}
		if err := t.putStatement(id, in); err != nil {
			return err
		}
		if _, err := t.ExecContext(ctx, putLinesSQL, base, id); err != nil {
			return err
		}
		_, err := t.ExecContext(ctx, putWordsSQL, base)
		return err
	})
	return id, again, err
}

// writeFrom is write with a temporary file at hand, as desk. It is attached to
// the one connection that writes, which nothing else uses it on until it is
// detached.
func (l *Ledger) writeFrom(ctx context.Context, path, name string, do func(*tx) error) (err error) {
	l.attach.Lock()
	defer l.attach.Unlock()
	if _, err := l.writer.ExecContext(ctx, "ATTACH ? AS desk", path); err != nil {
		return err
	}
	defer func() {
		_, failure := l.writer.ExecContext(context.WithoutCancel(ctx), "DETACH desk")
		err = errors.Join(err, failure)
	}()
	return l.write(ctx, name, do)
}

// putStatement writes the statement's row and its event.
func (t *tx) putStatement(id int64, in *taking) error {
	assumed, err := json.Marshal(in.n.Assumed)
	if err != nil {
		return err
	}
	balances := [2]*int64{}
	for i, balance := range []*money.Amount{in.n.Opening, in.n.Closing} {
		if balance == nil {
			continue
		}
		minor, err := in.minorOf(*balance)
		if err != nil {
			return fmt.Errorf("balance: %w", err)
		}
		balances[i] = &minor
	}
	digest := in.digest.Sum(nil)
	_, err = t.ExecContext(t.ctx, putStatementSQL, id, in.n.Merchant.ID, in.n.Name, in.n.SHA256, in.n.Part, string(in.n.Origin), in.n.Format, string(assumed),
		daysOf(in.n.FirstDay), daysOf(in.n.LastDay), balances[0], balances[1], in.lines, in.moved, in.minor, in.fees, digest, millis(t.now))
	if err != nil {
		return err
	}
	evidence, err := json.Marshal(taken{
		id, in.n.Merchant.Name, in.n.Name, in.n.SHA256, in.n.Part, in.n.Origin, in.lines, in.moved, in.minor, in.fees,
		balances[0], balances[1], hex.EncodeToString(digest), in.n.Account,
	})
	t.append(Event{Kind: kindStatement, Actor: in.n.Actor, Reason: "statement taken in", Message: in.n.Name, Evidence: evidence})
	return err
}
