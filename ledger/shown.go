package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// Statements may show as paid what was called off here. Nobody settles that but
// a person: until the match is undone, or the payout resolved, such a payout may
// have been paid, and is not paid anew.

// shownSQL finds the line of a confirmed match on which a payout's money left,
// unless it is back on another one. What was reversed was paid anyway, and that it
// is not any more is the gateway's later word.
const shownSQL = ` FROM matches m CROSS JOIN statement_lines l ON l.id = m.line_id
	WHERE m.payout_id = p.id AND m.standing = 'confirmed' AND m.form IN ('main', 'lump', 'split')
	AND l.status IN ('booked', 'paid') AND l.amount_minor > 0 AND p.state IN ('failed', 'rejected', 'cancelled')
	AND NOT EXISTS (SELECT 1 FROM matches r WHERE r.payout_id = p.id AND r.standing = 'confirmed' AND r.form = 'return')`

// shownPaid tells whether there is such a line.
const shownPaid = "EXISTS (SELECT 1" + shownSQL + ")"

const shownWhereSQL = "SELECT (SELECT s.name FROM statements s WHERE s.id = x.statement_id), x.number FROM payouts p CROSS JOIN statement_lines x" +
	" WHERE p.id = ? AND x.id = (SELECT min(l.id)" + shownSQL + ")"

// ShownPaid says which line of which statement has a payout as paid that was
// called off here, as "november.csv, line 3"; "" if none does.
func (v View) ShownPaid(ctx context.Context, payoutID int64) (string, error) {
	var name string
	var line int
	err := v.q.QueryRowContext(ctx, shownWhereSQL, payoutID).Scan(&name, &line)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	if err != nil {
		return "", cancelled(ctx, err)
	}
	return fmt.Sprintf("%s, line %d", name, line), nil
}

// The payouts that matches show as paid: those that a reconciliation has just
// made, and those of a line of which a person has just said so.
const (
	shownByRunSQL  = "SELECT DISTINCT p.id FROM desk.result d CROSS JOIN payouts p ON p.id = d.payout WHERE d.standing = 'confirmed' AND " + shownPaid
	shownByLineSQL = "SELECT DISTINCT p.id FROM matches x CROSS JOIN payouts p ON p.id = x.payout_id WHERE x.line_id = ? AND x.standing = 'confirmed' AND " + shownPaid
)

// holdShown holds what is to be sent in the place of payouts that a statement
// shows as paid.
func (t *tx) holdShown(actor, text string, args ...any) error {
	ids, err := t.ids(text, args...)
	if err != nil {
		return err
	}
	for _, id := range ids {
		was, err := t.reload(id)
		if err != nil {
			return err
		}
		if err := t.holdStandIns(Policy{}, was, actor, "which a statement shows as paid"); err != nil {
			return err
		}
	}
	return nil
}
