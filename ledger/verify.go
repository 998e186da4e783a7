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

// told is a payout beside what its history tells of it.
type told struct {
	Payout
	to       sql.NullString // of the last event
	why      sql.NullString // its reason, code and message
	intents  int
	unsent   int
	platform sql.NullString
	flagged  sql.NullBool
	proof    bool // the event that made it succeeded has an answer
}

func scanTold(rows *sql.Rows) (told, error) {
	var p told
	err := rows.Scan(&p.TradeNo, &p.State, &p.Attempts, &p.Unsent, &p.PlatformTradeNo, &p.Flagged, &p.Reason, &p.Code, &p.Message,
		&p.to, &p.why, &p.intents, &p.unsent, &p.platform, &p.flagged, &p.proof)
	return p, err
}

// historyOf is a part of the query below: the condition has to name
// payout_id > 0 for the index to be used.
const historyOf = " FROM events e WHERE e.payout_id = p.id AND e.payout_id > 0 "

const toldSQL = `SELECT p.trade_no, p.state, p.attempts, p.unsent, coalesce(p.platform_trade_no, ''), p.flagged, p.reason, p.code, p.message,
	(SELECT e.to_state` + historyOf + `ORDER BY e.seq DESC LIMIT 1),
	(SELECT e.reason || char(10) || e.code || char(10) || e.message` + historyOf + `ORDER BY e.seq DESC LIMIT 1),
	(SELECT count(*)` + historyOf + `AND e.kind = 'submitted'),
	(SELECT count(*)` + historyOf + `AND e.kind = 'not_sent'),
	(SELECT e.platform_trade_no` + historyOf + `AND e.platform_trade_no <> '' ORDER BY e.seq LIMIT 1),
	(SELECT max(e.flagged)` + historyOf + `),
	EXISTS (SELECT 1` + historyOf + `AND e.kind = 'paid' AND e.to_state = 'succeeded' AND length(e.evidence) > 0)
	FROM payouts p ORDER BY p.id`

// payouts holds each payout against its history: the state is the one the
// last event led to, every attempt is an intent, the gateway's number was in
// an answer, and nothing is paid without an answer that says so.
func (c *checker) payouts(ctx context.Context) error {
	for p, err := range query(ctx, c.q, scanTold, toldSQL) {
		if err != nil {
			return err
		}
		c.found.Payouts++
		for _, why := range p.contradictions() {
			if err := c.find("payout "+p.TradeNo, "%s", why); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p told) contradictions() []string {
	var whys []string
	if want := State(orDefault(p.to.String, string(Ready))); p.State != want {
		whys = append(whys, fmt.Sprintf("is %s, but its history ends in %s", p.State, want))
	}
	if why := p.Reason + "\n" + p.Code + "\n" + p.Message; p.why.Valid && p.why.String != why || !p.why.Valid && why != "\n\n" {
		whys = append(whys, "gives another reason, code or message than its last event")
	}
	if p.Attempts != p.intents || p.Unsent != p.unsent {
		whys = append(whys, fmt.Sprintf("counts %d attempts, %d of them not sent; its history %d and %d", p.Attempts, p.Unsent, p.intents, p.unsent))
	}
	if p.PlatformTradeNo != p.platform.String {
		whys = append(whys, "has another platFormTradeNo than its history")
	}
	if p.Flagged != p.flagged.Bool {
		whys = append(whys, "is flagged otherwise than its history")
	}
	if p.State == Succeeded && !p.proof {
		whys = append(whys, "is succeeded without an answer that says so")
	}
	return whys
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
