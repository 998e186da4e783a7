package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// MatchForm is what a line of a statement is of a payout.
type MatchForm string

// The forms. Money of a payout stands on main, lump and split lines; a payout
// has one main or lump line, or several split ones, in the books of each
// [Origin].
const (
	MainLine    MatchForm = "main"    // the line is the payout
	LumpLine    MatchForm = "lump"    // the line is several payouts, this one among them
	SplitLine   MatchForm = "split"   // the line is a part of the payout
	ReturnLine  MatchForm = "return"  // the payout's money came back
	AttemptLine MatchForm = "attempt" // the line is about the payout and no money moved on it
	ExtraLine   MatchForm = "extra"   // the payout's money once more: it left twice
	RepeatLine  MatchForm = "repeat"  // the same entry as one of an overlapping statement
)

// MatchRule is by what a line and a payout were found to belong together.
type MatchRule string

// The rules, in the order in which they are tried.
const (
	ByTradeNo    MatchRule = "trade_no"    // our number stands in its column
	ByPlatformNo MatchRule = "platform_no" // the gateway's number stands in its column
	ByNarrative  MatchRule = "narrative"   // either number stands in the narrative
	ByAccount    MatchRule = "account"     // same account and amount, a few days apart
	ByLump       MatchRule = "lump"        // the payouts' sum is the line's amount
	BySplit      MatchRule = "split"       // the lines' sum is the payout's amount
	ByPerson     MatchRule = "person"      // on a person's word
)

// Standing is how sure a match is.
type Standing string

// The standings.
const (
	Confirmed Standing = "confirmed" // by a rule that leaves no other choice, or by a person
	Proposed  Standing = "proposed"  // ambiguous: a person must choose
	Undone    Standing = "undone"    // by a person; the pair is never matched by a rule again
)

// Notes say more about a match than its rule.
const (
	NoteNumberDiffers = "number_differs"     // the gateway's number on the line is not the payout's
	NoteTruncated     = "number_truncated"   // the line has the beginning of our number
	NoteSeveral       = "several_candidates" // more than one line or payout fits
	NoteNoAccount     = "no_account"         // amount and days fit, and there is no account to go by
	NoteSumDiffers    = "sum_differs"        // the payouts named do not add up to the line
	NotePassedFee     = "fee"                // the difference is taken for a fee
)

// MatchPolicy is how lines and payouts are matched. The zero value of a field
// is its default, but for fees, where it is none.
type MatchPolicy struct {
	DayWindow int            // days that a line may lie from its payout where no number names it; 3
	Carry     int            // days before the earliest statement from which open lines and payouts are taken along; 92
	Location  *time.Location // whose days the statements have; nil: UTC
	FeeMinor  int64          // of a line's amount, what may be a fee, in minor units
	FeeShare  float64        // the same as a share of the payout; the larger of both is allowed
}

func (p MatchPolicy) withDefaults() MatchPolicy {
	if p.DayWindow <= 0 {
		p.DayWindow = 3
	}
	if p.Carry <= 0 {
		p.Carry = 92
	}
	if p.Location == nil {
		p.Location = time.UTC
	}
	return p
}

// fee tells whether a difference may be a fee: the payee got less, or the
// account paid more.
func (p MatchPolicy) fee(difference, payout int64) bool {
	return difference != 0 && max(difference, -difference) <= p.mostFee(payout)
}

func (p MatchPolicy) mostFee(payout int64) int64 {
	return max(p.FeeMinor, int64(p.FeeShare*float64(payout)))
}

// Reconciled is what a reconciliation did.
type Reconciled struct {
	Lines     int // that were open when it began
	Confirmed int // matches that no other fits as well
	Proposed  int // that a person must look at
	Seq       int64
	Digest    string // over all matches made, hex

	Rules []RuleCount // in their order, those that found something
}

// RuleCount is how many matches a rule has made.
type RuleCount struct {
	Rule     MatchRule
	Standing Standing
	Count    int
}

// Reconcile matches the open lines of a merchant's statements of one origin
// with its payouts: those of the given statements, and those of earlier ones
// that are still open. What was matched before stays as it is. The same ledger
// gives the same matches.
//
// It reads a state of the ledger that stands still, works in a temporary file
// of its own, and writes once, at the end, all or nothing; a run may go on
// meanwhile.
func (l *Ledger) Reconcile(ctx context.Context, m Merchant, origin Origin, statements []int64, policy MatchPolicy, actor string) (Reconciled, error) {
	if actor == "" || len(statements) == 0 {
		return Reconciled{}, errors.New("ledger: a reconciliation needs statements and an actor")
	}
	desk, err := l.openMatcher(ctx, m, origin, statements, policy.withDefaults())
	if err != nil {
		return Reconciled{}, cancelled(ctx, err)
	}
	defer desk.close()
	if err := desk.match(); err != nil {
		return Reconciled{}, cancelled(ctx, err)
	}
	r, err := l.keep(ctx, desk, actor)
	return r, cancelled(ctx, err)
}

// keep writes the desk's results into the book.
func (l *Ledger) keep(ctx context.Context, d *matcher, actor string) (r Reconciled, err error) {
	if r, err = d.summary(); err != nil {
		return r, err
	}
	err = l.writeFrom(ctx, d.path, "reconcile", func(t *tx) error {
		r.Seq = t.seq + 1
		if now, err := matchedUpTo(ctx, t, "events"); err != nil || now != d.upTo {
			return errors.Join(err, errMatchedMeanwhile)
		}
		for _, one := range []struct {
			text string
			args []any
		}{
			{dropProposalsSQL, []any{d.merchant.ID, string(d.origin)}},
			{keepMatchesSQL, []any{r.Seq, string(d.origin)}},
		} {
			if _, err := t.ExecContext(ctx, one.text, one.args...); err != nil {
				return matchedMeanwhile(err)
			}
		}
		evidence, err := json.Marshal(d.evidence(r))
		if err != nil {
			return err
		}
		t.append(Event{Kind: kindReconciled, Actor: actor, Reason: "reconciled", Message: d.merchant.Name, Evidence: evidence})
		return t.holdShown(actor, shownByRunSQL)
	})
	return r, err
}

const dropProposalsSQL = `DELETE FROM matches WHERE standing = 'proposed' AND origin = ?2
	AND EXISTS (SELECT 1 FROM statement_lines l CROSS JOIN statements s ON s.id = l.statement_id WHERE l.id = matches.line_id AND s.merchant_id = ?1)`

const keepMatchesSQL = `INSERT INTO matches (run, origin, line_id, payout_id, form, rule, score, fee_minor, note, standing)
	SELECT ?1, ?2, line, payout, form, rule, score, fee, note, standing FROM desk.result ORDER BY line, payout`

// errMatchedMeanwhile is that matches were made or undone since the book was
// looked at: the results are of a state that is no more.
var errMatchedMeanwhile = errors.New("something was matched or undone meanwhile: reconcile once more")

// matchedUpTo is the last event about matches, by which results are known to be
// of the book as it is.
func matchedUpTo(ctx context.Context, q querier, events string) (seq int64, err error) {
	err = q.QueryRowContext(ctx, "SELECT coalesce(max(seq), 0) FROM "+events+" WHERE batch_id = 0 AND payout_id = 0 AND kind IN ('"+kindReconciled+"', '"+kindMatch+"')").Scan(&seq)
	return seq, err
}

// matchedMeanwhile is the same as the database says it.
func matchedMeanwhile(err error) error {
	if sqliteCode(err) == codeConstraintUnique {
		return fmt.Errorf("%w: %w", errMatchedMeanwhile, err)
	}
	return err
}

// reconciledEvidence is what the event of a reconciliation says.
type reconciledEvidence struct {
	Merchant   string      `json:"merchant"`
	Origin     Origin      `json:"origin"`
	Statements []int64     `json:"statements"`
	DayWindow  int         `json:"dayWindow"`
	Carry      int         `json:"carry"`
	Location   string      `json:"location"`
	FeeMinor   int64       `json:"feeMinor"`
	FeeShare   float64     `json:"feeShare"`
	Lines      int         `json:"lines"`
	Confirmed  int         `json:"confirmed"`
	Proposed   int         `json:"proposed"`
	Rules      []RuleCount `json:"rules"`
	Digest     string      `json:"digest"`
}

func (d *matcher) evidence(r Reconciled) reconciledEvidence {
	p := d.policy
	return reconciledEvidence{
		d.merchant.Name, d.origin, d.statements, p.DayWindow, p.Carry, p.Location.String(), p.FeeMinor, p.FeeShare,
		r.Lines, r.Confirmed, r.Proposed, r.Rules, r.Digest,
	}
}
