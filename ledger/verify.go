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
	Head                     string // hash of the last event, hex
	Findings                 []Finding
}

// Verify checks the whole book: the database itself, the chain of events,
// every payout against its history, every batch against its import event,
// and every tie-out. It changes nothing and works offline.
func (l *Ledger) Verify(ctx context.Context) (Verification, error) {
	c := checker{}
	err := l.Snapshot(ctx, func(v View) error {
		c.View = v
		for _, check := range []func(context.Context) error{c.database, c.chain, c.payouts, c.batches} {
			if err := check(ctx); err != nil {
				return err
			}
		}
		return nil
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return c.found, err
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
	return nil
}

// last is a payout beside the last transition its history knows.
type last struct {
	tradeNo       string
	state         State
	to            sql.NullString
	attempts      int
	intents, nots int
	succeeded     int
}

func scanLast(rows *sql.Rows) (last, error) {
	var p last
	err := rows.Scan(&p.tradeNo, &p.state, &p.attempts, &p.to, &p.intents, &p.nots, &p.succeeded)
	return p, err
}

// payouts holds each payout against its history: the state is the one the
// last event led to, the attempts are the intents less those never sent, and
// nothing is paid without an answer that says so.
func (c *checker) payouts(ctx context.Context) error {
	rows := query(ctx, c.q, scanLast, `SELECT p.trade_no, p.state, p.attempts,
		(SELECT e.to_state FROM events e WHERE e.payout_id = p.id AND e.payout_id > 0 ORDER BY e.seq DESC LIMIT 1),
		(SELECT count(*) FROM events e WHERE e.payout_id = p.id AND e.payout_id > 0 AND e.kind = 'submitted'),
		(SELECT count(*) FROM events e WHERE e.payout_id = p.id AND e.payout_id > 0 AND e.kind = 'not_sent'),
		(SELECT count(*) FROM events e WHERE e.payout_id = p.id AND e.payout_id > 0 AND e.kind = 'paid' AND length(e.evidence) > 0)
		FROM payouts p ORDER BY p.id`)
	for p, err := range rows {
		if err != nil {
			return err
		}
		c.found.Payouts++
		want := State(orDefault(p.to.String, string(Ready)))
		what := "payout " + p.tradeNo
		switch {
		case p.state != want:
			err = c.find(what, "is %s, but its history ends in %s", p.state, want)
		case p.attempts != p.intents-p.nots:
			err = c.find(what, "counts %d attempts, its history %d", p.attempts, p.intents-p.nots)
		case p.state == Succeeded && p.succeeded == 0:
			err = c.find(what, "is succeeded without an answer that says so")
		}
		if err != nil {
			return err
		}
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
	var anchor struct {
		Rows         int
		SumMinor     int64
		SourceSHA256 string
		Digest       string
	}
	if err := json.Unmarshal(imported.Evidence, &anchor); err != nil {
		return c.find(what, "import event %d cannot be read", imported.Seq)
	}
	digest, err := c.digest(ctx, batch)
	if err != nil {
		return err
	}
	sum, _ := batch.Sum.Minor()
	if digest != anchor.Digest {
		return c.find(what, "a row, number, amount or instruction is not what was imported (event %d)", imported.Seq)
	}
	if anchor.Rows != batch.Rows || anchor.SumMinor != sum || anchor.SourceSHA256 != batch.SourceSHA256 {
		return c.find(what, "its totals or its source are not what was imported (event %d)", imported.Seq)
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
		var tradeNo, text, name, account, bank string
		if err := rows.Scan(&row, &minor, &tradeNo, &text, &name, &account, &bank); err != nil {
			return struct{}{}, err
		}
		switch {
		case tradeNo != "":
			digestPayout(sum, row, tradeNo, minor.Int64, text, name, account, bank)
		case minor.Valid:
			digestInvalid(sum, row, minor.Int64, text)
		default:
			digestInvalid(sum, row, nil, text)
		}
		return struct{}{}, nil
	}
	for _, err := range query(ctx, c.q, scan, `SELECT p.row, p.amount_minor, p.trade_no, i.fields,
		i.payee_name, i.payee_account, i.bank FROM payouts p
		JOIN instructions i ON i.payout_id = p.id WHERE p.batch_id = ?1
		UNION ALL SELECT row, amount_minor, '', problems, '', '', '' FROM invalid_rows WHERE batch_id = ?1 ORDER BY 1`, batch.ID) {
		if err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}
