package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// Statements may show as paid what was called off here, or what the gateway
// denies. Nobody settles that but a person: until the match is undone, or the
// payout is said to be paid, it is neither paid anew nor sent once more.

// goneOutSQL finds the line of a confirmed match on which a payout's money left,
// unless it is back on another one.
const goneOutSQL = ` FROM matches m CROSS JOIN statement_lines l ON l.id = m.line_id
	WHERE m.payout_id = p.id AND m.standing = 'confirmed' AND m.form IN ('main', 'lump', 'split')
	AND l.status IN ('booked', 'paid') AND l.amount_minor > 0
	AND NOT EXISTS (SELECT 1 FROM matches r WHERE r.payout_id = p.id AND r.standing = 'confirmed' AND r.form = 'return')`

// shownSQL finds it for what was called off. What was reversed was paid anyway,
// and that it is not any more is the gateway's later word.
const shownSQL = goneOutSQL + " AND p.state IN ('failed', 'rejected', 'cancelled')"

// shownPaid tells whether there is such a line.
const shownPaid = "EXISTS (SELECT 1" + shownSQL + ")"

// deniedPaid tells whether there is a line for what is about to be sent once more,
// because the gateway denies it.
const deniedPaid = "p.state = 'ready' AND p.attempts > p.unsent AND EXISTS (SELECT 1" + goneOutSQL + ")"

const shownWhereSQL = "SELECT (SELECT s.name FROM statements s WHERE s.id = x.statement_id), x.number FROM payouts p CROSS JOIN statement_lines x" +
	" WHERE p.id = ? AND x.id = (SELECT min(l.id)" + shownSQL + ")"

// ShownPaid says which line of which statement has a payout as paid that was
// called off here, as "november.csv, line 3"; "" if none does.
func (v View) ShownPaid(ctx context.Context, payoutID int64) (string, error) {
	line, err := lineOf(v.q.QueryRowContext(ctx, shownWhereSQL, payoutID))
	return line, cancelled(ctx, err)
}

// The payouts that matches show as paid: those that a reconciliation has just
// made, and those of a line of which a person has just said so.
const (
	shownByRunSQL  = "SELECT DISTINCT p.id FROM desk.result d CROSS JOIN payouts p ON p.id = d.payout WHERE d.standing = 'confirmed' AND (" + shownPaid + " OR " + deniedPaid + ")"
	shownByLineSQL = "SELECT DISTINCT p.id FROM matches x CROSS JOIN payouts p ON p.id = x.payout_id WHERE x.line_id = ? AND x.standing = 'confirmed' AND (" + shownPaid + " OR " + deniedPaid + ")"
)

// holdShown holds what is to be sent in the place of payouts that a statement
// shows as paid, and those themselves if they are to be sent once more.
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
		if was.State == Ready {
			if _, err := t.holdIfMoved(Policy{}, was, actor); err != nil {
				return err
			}
			continue
		}
		if err := t.holdStandIns(Policy{}, was, actor, "which a statement shows as paid"); err != nil {
			return err
		}
	}
	return nil
}

const deniedWhereSQL = "SELECT (SELECT s.name FROM statements s WHERE s.id = x.statement_id), x.number FROM payouts p CROSS JOIN statement_lines x" +
	" WHERE p.id = ? AND x.id = (SELECT min(l.id)" + goneOutSQL + ")"

// holdIfMoved holds a payout that is to be sent once more on the strength of
// denials, if a statement has its money as gone. No word but that of who undoes
// the match, or settles the payout, lets it go.
func (t *tx) holdIfMoved(policy Policy, payout Payout, actor string) (Payout, error) {
	if payout.Sends() == 0 {
		return payout, nil
	}
	line, err := lineOf(t.QueryRowContext(t.ctx, deniedWhereSQL, payout.ID))
	if err != nil || line == "" {
		return payout, err
	}
	applied, err := t.applyOne(policy, Outcome{
		Payout: payout, Kind: Hold, Reason: ReasonSpent, Message: "denied, and a statement shows it as paid: " + line, Actor: actor,
	})
	return applied.Payout, err
}

// lineOf is a line as people find it; "" if there is none.
func lineOf(row *sql.Row) (string, error) {
	var name string
	var number int
	err := row.Scan(&name, &number)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return fmt.Sprintf("%s, line %d", name, number), err
}
