package ledger

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

// Finding is something that is not as it must be.
type Finding struct {
	What string // "event 1204", "payout BP2026…", "batch MX-…", "database"
	Why  string
}

// maxFindings bounds what Verify reports: after that many, the file is
// beyond reading line by line.
const maxFindings = 1000

// Verification is what Verify went through.
type Verification struct {
	Events, Payouts, Batches int
	Sources                  int    // files that batches were made of
	Head                     string // hash of the last event, hex
	Findings                 []Finding
}

// Verify checks the whole book: the database itself, the chain of events,
// every payout against its history, every batch against its import event and
// the file it was made of, and every tie-out. It changes nothing and works offline.
func (l *Ledger) Verify(ctx context.Context) (found Verification, err error) {
	err = l.Snapshot(ctx, func(v View) (err error) {
		found, err = v.verify(ctx)
		return err
	})
	var old *OldCopyError
	if err == nil && errors.As(l.CheckWitness(ctx), &old) && old.Made.IsZero() {
		found.Findings = append(found.Findings, Finding{"ledger", old.Error()})
	}
	return found, err
}

// verify is Verify for what can be read of a book that stands still.
func (v View) verify(ctx context.Context) (Verification, error) {
	c := checker{View: v}
	for _, check := range []func(context.Context) error{c.database, c.chain, c.payouts, c.batches, c.sources, c.statements, c.passes} {
		if err := check(ctx); errors.Is(err, errEnough) {
			break
		} else if err != nil {
			return c.found, err
		}
	}
	return c.found, nil
}

var errEnough = errors.New("too many findings")

type checker struct {
	View
	found Verification
}

func (c *checker) find(what, why string, args ...any) error {
	c.found.Findings = append(c.found.Findings, Finding{what, fmt.Sprintf(why, args...)})
	if len(c.found.Findings) >= maxFindings {
		return errEnough
	}
	return nil
}

func (c *checker) database(ctx context.Context) error {
	text := func(rows *sql.Rows) (string, error) {
		var s string
		err := rows.Scan(&s)
		return s, err
	}
	for line, err := range query(ctx, c.q, text, "PRAGMA integrity_check(100)") {
		if err != nil {
			return err
		}
		if line != "ok" {
			if err := c.find("database", "%s", line); err != nil {
				return err
			}
		}
	}
	for table, err := range query(ctx, c.q, text, "SELECT \"table\" FROM pragma_foreign_key_check") {
		if err != nil {
			return err
		}
		if err := c.find("database", "a row of %s refers to nothing", table); err != nil {
			return err
		}
	}
	return nil
}

// chain recomputes every hash. After a broken link it goes on from the hash
// that is written or from the one that should be, whichever fits, so that one
// changed event is one finding, be it the content or the hash that changed.
func (c *checker) chain(ctx context.Context) error {
	written, seq := make([]byte, hashBytes), int64(0)
	should := written
	for event, err := range c.events(ctx, "ORDER BY seq") {
		if err != nil {
			return err
		}
		c.found.Events++
		next := event.chain(written)
		fits := bytes.Equal(next, event.Hash)
		if !fits && !bytes.Equal(should, written) {
			next = event.chain(should)
			fits = bytes.Equal(next, event.Hash)
		}
		switch {
		case event.Seq != seq+1:
			err = c.find(fmt.Sprintf("event %d", seq+1), "is missing: the history goes on with %d", event.Seq)
		case !fits:
			err = c.find(fmt.Sprintf("event %d", event.Seq), "was changed: its hash does not fit its content and the event before")
		}
		if err != nil {
			return err
		}
		written, should, seq = event.Hash, next, event.Seq
	}
	c.found.Head = hex.EncodeToString(written)
	var end int64
	var head []byte
	if err := c.q.QueryRowContext(ctx, "SELECT seq, hash FROM head").Scan(&end, &head); err != nil {
		return c.find("history", "has no end: %v", err)
	}
	if end != seq || !bytes.Equal(head, written) {
		return c.find(fmt.Sprintf("event %d", seq+1), "is missing: the history ended with event %d", end)
	}
	return nil
}

// batches recomputes what each import wrote and ties every batch out.
func (c *checker) batches(ctx context.Context) error {
	var all []Batch
	for batch, err := range c.Batches(ctx) {
		if err != nil {
			return err
		}
		all = append(all, batch)
	}
	slices.Reverse(all)
	for _, batch := range all {
		c.found.Batches++
		if err := c.batch(ctx, batch); err != nil {
			return err
		}
	}
	return nil
}

func (c *checker) batch(ctx context.Context, batch Batch) error {
	what := "batch " + batch.Code
	summary, err := c.Summary(ctx, batch.ID)
	if err != nil {
		return c.find(what, "%v", err)
	}
	if !summary.Tied() {
		count, sum := summary.Total()
		if err := c.find(what, "does not tie out: sheet %d rows %s, payouts %d rows %s", batch.Rows, batch.Sum, count, sum); err != nil {
			return err
		}
	}
	imported, err := first(c.events(ctx, "WHERE batch_id = ? AND payout_id = 0 AND kind = 'imported' ORDER BY seq LIMIT 1", batch.ID))
	if err != nil {
		return c.find(what, "has no import in the history")
	}
	var was anchor
	if err := json.Unmarshal(imported.Evidence, &was); err != nil {
		return c.find(what, "import event %d cannot be read", imported.Seq)
	}
	if err := c.marks(ctx, batch); err != nil {
		return err
	}
	digest, err := c.digest(ctx, batch)
	if err != nil {
		return err
	}
	if digest != was.Digest {
		return c.find(what, "a row, number, amount or instruction is not what was imported (event %d)", imported.Seq)
	}
	if was != anchorOf(batch, digest) {
		return c.find(what, "its totals, source or merchant are not what was imported (event %d)", imported.Seq)
	}
	return nil
}

// marks holds the marks of reports against the history: each is of an event
// of its batch.
func (c *checker) marks(ctx context.Context, batch Batch) error {
	number := func(rows *sql.Rows) (seq int64, err error) { return seq, rows.Scan(&seq) }
	for seq, err := range query(ctx, c.q, number, `SELECT m.seq FROM report_marks m WHERE m.batch_id = ?1
		AND NOT EXISTS (SELECT 1 FROM events e WHERE e.seq = m.seq AND e.batch_id = ?1)`, batch.ID) {
		if err != nil {
			return err
		}
		if err := c.find("batch "+batch.Code, "a report was marked at event %d, which is none of the batch", seq); err != nil {
			return err
		}
	}
	return nil
}

// digest recomputes the digest over a batch's rows in the order in which
// they were imported, which is the order of the sheet.
func (c *checker) digest(ctx context.Context, batch Batch) (string, error) {
	sum := sha256.New()
	scan := func(rows *sql.Rows) (struct{}, error) {
		var row int
		var minor sql.NullInt64
		var accountKey, nameKey int64
		var payout bool
		var tradeNo, text, name, account, bank, fingerprint, replaces string
		err := rows.Scan(&row, &minor, &payout, &tradeNo, &accountKey, &nameKey, &text, &name, &account, &bank, &fingerprint, &replaces)
		if err != nil {
			return struct{}{}, err
		}
		switch {
		case payout:
			digestPayout(sum, row, tradeNo, minor.Int64, accountKey, nameKey, text, name, account, bank, fingerprint, replaces)
		case minor.Valid:
			digestLeftOut(sum, row, minor.Int64, tradeNo, text)
		default:
			digestLeftOut(sum, row, nil, tradeNo, text)
		}
		return struct{}{}, nil
	}
	for _, err := range query(ctx, c.q, scan, `SELECT p.row, p.amount_minor, 1, p.trade_no, p.account_key, p.name_key, i.fields,
		i.payee_name, i.payee_account, i.bank, i.fingerprint,
		coalesce((SELECT r.trade_no FROM payouts r WHERE r.id = p.replaces), '') FROM payouts p
		JOIN instructions i ON i.payout_id = p.id WHERE p.batch_id = ?1
		UNION ALL SELECT row, amount_minor, 0, coalesce(known, ''), 0, 0, notes, '', '', '', x'', '' FROM left_out WHERE batch_id = ?1 ORDER BY 1`, batch.ID) {
		if err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}
