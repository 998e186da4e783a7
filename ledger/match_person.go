package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
)

// MatchError refuses what a person's word cannot do to a match as it stands.
type MatchError struct {
	ID  int64 // 0: it is none yet
	Why string
}

func (e *MatchError) Error() string {
	if e.ID == 0 {
		return e.Why
	}
	return fmt.Sprintf("match %d: %s", e.ID, e.Why)
}

// ConfirmMatch makes a proposed match a confirmed one on a person's word. Who
// and why are kept in the history. A line that is used by now, or a payout that
// stands on another line, makes it a [MatchError], and nothing has changed.
func (l *Ledger) ConfirmMatch(ctx context.Context, id int64, actor, reason string) error {
	return l.matchWord(ctx, id, Proposed, Confirmed, actor, reason)
}

// UndoMatch undoes a match, with all payouts of a lump and all lines of a
// split, on a person's word. Lines and payouts are open again, and no rule
// ever matches these pairs anew.
func (l *Ledger) UndoMatch(ctx context.Context, id int64, actor, reason string) error {
	return l.matchWord(ctx, id, Confirmed, Undone, actor, reason)
}

// matchWordEvidence is what a person's word about a match was.
type matchWordEvidence struct {
	Match     int64     `json:"match"`
	Statement string    `json:"statement"`
	Line      int       `json:"line"`
	TradeNo   string    `json:"tradeNo"`
	Form      MatchForm `json:"form"`
	From      Standing  `json:"from"`
	To        Standing  `json:"to"`
	Matches   int       `json:"matches"` // this one and those that stand and fall with it
	Reason    string    `json:"reason"`
}

func (l *Ledger) matchWord(ctx context.Context, id int64, from, to Standing, actor, reason string) error {
	if err := whoAndWhy(actor, reason); err != nil {
		return err
	}
	return l.write(ctx, "match", func(t *tx) error {
		said := matchWordEvidence{Match: id, To: to, Reason: reason}
		var line, payout int64
		var origin Origin
		err := t.QueryRowContext(ctx, `SELECT m.standing, m.form, m.origin, m.line_id, m.payout_id, f.name, s.number, p.trade_no FROM matches m
			JOIN statement_lines s ON s.id = m.line_id JOIN statements f ON f.id = s.statement_id JOIN payouts p ON p.id = m.payout_id WHERE m.id = ?`, id).
			Scan(&said.From, &said.Form, &origin, &line, &payout, &said.Statement, &said.Line, &said.TradeNo)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return fmt.Errorf("match %d: %w", id, ErrNotFound)
		case err != nil:
			return err
		case said.From != from:
			return &MatchError{id, fmt.Sprintf("it is %s", said.From)}
		}
		if to == Confirmed {
			if err := t.isOpen(id, line, payout, origin, said.Form); err != nil {
				return err
			}
		}
		if said.Matches, err = t.setStanding(id, line, payout, origin, said.Form, from, to); err != nil {
			return err
		}
		evidence, err := json.Marshal(said)
		t.append(Event{Kind: kindMatch, Actor: actor, Reason: string(to), Message: clip(reason), Evidence: evidence})
		return errors.Join(err, t.holdShown(actor, shownByLineSQL, line))
	})
}

// isOpen makes sure that a line is nothing yet, and that a payout stands on no
// line with money if this one has some: the indexes know nothing of lines that are several
// payouts, and of payouts that stand on several.
func (t *tx) isOpen(match, line, payout int64, origin Origin, form MatchForm) error {
	var used int
	err := t.QueryRowContext(t.ctx, `SELECT EXISTS (SELECT 1 FROM matches WHERE line_id = ?1 AND standing = 'confirmed')
		OR ?4 = 'main' AND EXISTS (SELECT 1 FROM matches WHERE payout_id = ?2 AND origin = ?3 AND standing = 'confirmed' AND form IN ('main', 'lump', 'split'))`,
		line, payout, string(origin), string(form)).Scan(&used)
	if err == nil && used > 0 {
		return &MatchError{match, "the line or the payout is matched already: undo that first"}
	}
	return err
}

// setStanding moves a match and what stands and falls with it.
func (t *tx) setStanding(id, line, payout int64, origin Origin, form MatchForm, from, to Standing) (int, error) {
	text, args := "UPDATE matches SET standing = ?2 WHERE id = ?3 AND standing = ?1", []any{string(from), string(to), id}
	switch form {
	case LumpLine:
		text, args[2] = "UPDATE matches SET standing = ?2 WHERE line_id = ?3 AND form = 'lump' AND standing = ?1", line
	case SplitLine:
		text, args[2] = "UPDATE matches SET standing = ?2 WHERE payout_id = ?3 AND origin = ?4 AND form = 'split' AND standing = ?1", payout
		args = append(args, string(origin))
	}
	done, err := t.ExecContext(t.ctx, text, args...)
	if err != nil {
		return 0, err
	}
	n, err := done.RowsAffected()
	return int(n), err
}

// MatchByHand says on a person's word that a line is a payout. It is a
// [MatchError] if either is matched otherwise; undo that first.
func (l *Ledger) MatchByHand(ctx context.Context, statement int64, number int, tradeNo, actor, reason string) (id int64, err error) {
	if err := whoAndWhy(actor, reason); err != nil {
		return 0, err
	}
	err = l.write(ctx, "match", func(t *tx) error {
		said := matchWordEvidence{Line: number, TradeNo: tradeNo, To: Confirmed, Matches: 1, Reason: reason}
		var line, payout, merchant int64
		var origin Origin
		err := t.QueryRowContext(ctx, `SELECT l.id, s.merchant_id, s.origin, s.name,
			CASE WHEN l.status IN ('failed', 'open') THEN 'attempt' WHEN l.amount_minor < 0 OR l.status = 'returned' THEN 'return' ELSE 'main' END
			FROM statement_lines l JOIN statements s ON s.id = l.statement_id WHERE s.id = ? AND l.number = ?`, statement, number).
			Scan(&line, &merchant, &origin, &said.Statement, &said.Form)
		if errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("statement %d, line %d: %w", statement, number, ErrNotFound)
		}
		if err != nil {
			return err
		}
		err = t.QueryRowContext(ctx, "SELECT id FROM payouts WHERE trade_no = upper(?) AND merchant_id = ?", tradeNo, merchant).Scan(&payout)
		if errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("payout %s of this merchant: %w", tradeNo, ErrNotFound)
		}
		if err != nil {
			return err
		}
		if err := t.isOpen(0, line, payout, origin, said.Form); err != nil {
			return err
		}
		made, err := t.ExecContext(ctx, `INSERT INTO matches (run, origin, line_id, payout_id, form, rule, score, standing)
			VALUES (?, ?, ?, ?, ?, 'person', 100, 'confirmed')`, t.seq+1, string(origin), line, payout, string(said.Form))
		if err != nil {
			return err
		}
		if id, err = made.LastInsertId(); err != nil {
			return err
		}
		said.Match = id
		evidence, err := json.Marshal(said)
		t.append(Event{Kind: kindMatch, Actor: actor, Reason: string(Confirmed), Message: clip(reason), Evidence: evidence})
		return errors.Join(err, t.holdShown(actor, shownByLineSQL, line))
	})
	return id, err
}
