package ledger

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"maps"
	"slices"
)

// statements holds every line of every statement against the digest that was
// taken when it came in, in the statement's own row and in the history, and its
// totals against its lines.
func (c *checker) statements(ctx context.Context) error {
	anchors, err := c.takenStatements(ctx)
	if err != nil {
		return err
	}
	sums := map[int64]*lineSums{}
	for line, err := range query(ctx, c.q, scanLineSum, `SELECT statement_id, number, day, status, amount_minor, fee_minor, trade_no, platform_trade_no, entry_ref, narrative, account_key
		FROM statement_lines ORDER BY id`) {
		if err != nil {
			return err
		}
		if sums[line.statement] == nil {
			sums[line.statement] = &lineSums{digest: sha256.New()}
		}
		sums[line.statement].add(line)
	}
	for s, err := range query(ctx, c.q, scanStatementSum, "SELECT id, name, lines, paid_lines, paid_minor, fees_minor, digest FROM statements ORDER BY id") {
		if err != nil {
			return err
		}
		if err := c.statement(s, sums[s.id], anchors[s.id]); err != nil {
			return err
		}
		delete(anchors, s.id)
	}
	for _, id := range slices.Sorted(maps.Keys(anchors)) {
		if err := c.find(fmt.Sprintf("statement %d", id), "is missing: %s was taken in", anchors[id].Name); err != nil {
			return err
		}
	}
	return c.matches(ctx)
}

// statementSum is a statement as its row has it.
type statementSum struct {
	id           int64
	name         string
	lines, moved int
	minor, fees  int64
	digest       []byte
}

func scanStatementSum(rows *sql.Rows) (s statementSum, err error) {
	return s, rows.Scan(&s.id, &s.name, &s.lines, &s.moved, &s.minor, &s.fees, &s.digest)
}

// lineSum is a line as it was digested.
type lineSum struct {
	statement, day, minor, fee, key          int64
	number                                   int
	status                                   LineStatus
	tradeNo, platformNo, entryRef, narrative string
}

func scanLineSum(rows *sql.Rows) (l lineSum, err error) {
	return l, rows.Scan(&l.statement, &l.number, &l.day, &l.status, &l.minor, &l.fee, &l.tradeNo, &l.platformNo, &l.entryRef, &l.narrative, &l.key)
}

// lineSums is what the lines of a statement come to.
type lineSums struct {
	digest       hash.Hash
	lines, moved int
	minor, fees  int64
}

func (s *lineSums) add(l lineSum) {
	digestLine(s.digest, l.number, l.day, l.minor, l.fee, l.key, string(l.status), l.tradeNo, l.platformNo, l.entryRef, l.narrative)
	s.lines++
	s.fees += l.fee
	if l.status.Moved() {
		s.moved++
		s.minor += l.minor
	}
}

// takenStatements are the statements that the history knows.
func (c *checker) takenStatements(ctx context.Context) (map[int64]taken, error) {
	anchors := map[int64]taken{}
	for event, err := range c.events(ctx, "WHERE batch_id = 0 AND payout_id = 0 AND kind = '"+kindStatement+"' ORDER BY seq") {
		if err != nil {
			return nil, err
		}
		var t taken
		if json.Unmarshal(event.Evidence, &t) == nil {
			anchors[t.Statement] = t
		}
	}
	return anchors, nil
}

func (c *checker) statement(s statementSum, sums *lineSums, anchor taken) error {
	what := fmt.Sprintf("statement %d", s.id)
	if sums == nil {
		sums = &lineSums{digest: sha256.New()}
	}
	digest := sums.digest.Sum(nil)
	switch {
	case !bytes.Equal(digest, s.digest):
		return c.find(what, "%s: a line was changed, added or removed: the digest is another", s.name)
	case hex.EncodeToString(s.digest) != anchor.Digest:
		return c.find(what, "%s: is not what the history says was taken in", s.name)
	case sums.lines != s.lines || sums.moved != s.moved || sums.minor != s.minor || sums.fees != s.fees,
		anchor.Lines != s.lines || anchor.Moved != s.moved || anchor.PaidMinor != s.minor || anchor.FeesMinor != s.fees:
		return c.find(what, "%s: its totals are not those of its lines", s.name)
	}
	return nil
}

// misusedSQL finds lines that are both a lump and something else, and matches
// of two merchants.
const misusedSQL = `SELECT m.id FROM matches m JOIN statement_lines l ON l.id = m.line_id JOIN statements s ON s.id = l.statement_id JOIN payouts p ON p.id = m.payout_id
	WHERE m.standing = 'confirmed' AND (p.merchant_id <> s.merchant_id OR s.origin <> m.origin
		OR m.form = 'lump' AND EXISTS (SELECT 1 FROM matches o WHERE o.line_id = m.line_id AND o.standing = 'confirmed' AND o.form <> 'lump')) ORDER BY m.id`

func (c *checker) matches(ctx context.Context) error {
	scan := func(rows *sql.Rows) (id int64, err error) { return id, rows.Scan(&id) }
	for id, err := range query(ctx, c.q, scan, misusedSQL) {
		if err == nil {
			err = c.find(fmt.Sprintf("match %d", id), "joins what does not belong together")
		}
		if err != nil {
			return err
		}
	}
	return nil
}
