package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
)

// strayQuestionsSQL finds questions about payouts of another batch.
const strayQuestionsSQL = `SELECT q.pass_id, count(*) FROM questions q JOIN passes s ON s.id = q.pass_id JOIN payouts p ON p.id = q.payout_id
	WHERE p.batch_id <> s.batch_id GROUP BY 1 ORDER BY 1`

// passes holds every pass against the events that began and ended it. While one
// is unfinished its answers rest on its rows alone; from its end on they are
// under the digest in the history.
func (c *checker) passes(ctx context.Context) error {
	known := map[int64]Pass{}
	for p, err := range query(ctx, c.q, scanPass, "SELECT id, batch_id, begun_at, ended FROM passes ORDER BY id") {
		if err != nil {
			return err
		}
		known[p.ID] = p
	}
	ended := map[int64]bool{}
	for event, err := range c.events(ctx, "WHERE payout_id = 0 AND kind IN ('"+kindAskingAgain+"', '"+kindAskedAgain+"') ORDER BY seq") {
		if err == nil {
			err = c.pass(ctx, known, ended, event)
		}
		if err != nil {
			return err
		}
	}
	for id, p := range known {
		if err := c.passEnds(ctx, id, p, ended[id]); err != nil {
			return err
		}
	}
	return c.strayQuestions(ctx)
}

// pass holds the event that begins or ends a pass against what the pass is.
func (c *checker) pass(ctx context.Context, known map[int64]Pass, ended map[int64]bool, event Event) error {
	var was passEvidence
	if err := json.Unmarshal(event.Evidence, &was); err != nil {
		return c.find(fmt.Sprintf("event %d", event.Seq), "of a pass cannot be read")
	}
	id := event.Seq
	if event.Kind == kindAskedAgain {
		id = was.Pass
		ended[id] = true
	}
	p, ok := known[id]
	what := fmt.Sprintf("pass %d", id)
	if !ok || p.BatchID != event.BatchID {
		return c.find(what, "is missing, or of another batch than in the history (event %d)", event.Seq)
	}
	p, err := c.fold(ctx, p)
	if err != nil {
		return err
	}
	if event.Kind == kindAskingAgain {
		if p.Payouts != was.Payouts || !p.Begun.Equal(event.At) {
			return c.find(what, "is about %d payouts; %d were asked about (event %d)", p.Payouts, was.Payouts, event.Seq)
		}
		return nil
	}
	digest, err := c.passDigest(ctx, id)
	if err != nil {
		return err
	}
	if was != evidenceOf(p, digest) {
		return c.find(what, "an answer was changed, added or removed since it ended (event %d)", event.Seq)
	}
	return nil
}

// passEnds tells whether a pass began and ended as the history says.
func (c *checker) passEnds(ctx context.Context, id int64, p Pass, ended bool) error {
	what := fmt.Sprintf("pass %d", id)
	began, err := first(c.events(ctx, "WHERE seq = ?", id))
	switch {
	case err != nil && !errors.Is(err, ErrNotFound):
		return err
	case err != nil || began.Kind != kindAskingAgain:
		return c.find(what, "was never begun: the history does not know it")
	case p.Ended != ended:
		return c.find(what, "has ended in one of the table and the history, and not in the other")
	}
	return nil
}

func (c *checker) strayQuestions(ctx context.Context) error {
	scan := func(rows *sql.Rows) (s [2]int64, err error) { return s, rows.Scan(&s[0], &s[1]) }
	for s, err := range query(ctx, c.q, scan, strayQuestionsSQL) {
		if err == nil {
			err = c.find(fmt.Sprintf("pass %d", s[0]), "asks about %d payouts of another batch", s[1])
		}
		if err != nil {
			return err
		}
	}
	return nil
}
