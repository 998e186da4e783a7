package ledger

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"
)

// A pass asks about everything that was sent in a batch once more, settled
// payouts too, so that it can be said what the gateway says now and not what
// it said last month. It begins with an event of the batch and fixes what is
// asked; each answer is put down in the transaction in which it is applied;
// it ends with an event when all are answered. A pass outlives whoever began
// it: [Ledger.AskAgain] goes on with what is unfinished.
//
// An answer of a pass is believed as any answer to a question is, no more and
// no less, and what it changes is an event. What it merely repeats is a row of
// the table questions, some thirty bytes: as events, with hashes and raw
// answers, a month of a million payouts would double the book each time. The
// event that ends the pass has the digest of its rows, which puts them into
// the chain all the same.

// ErrNothingSent is a batch of which nothing may have reached the gateway.
var ErrNothingSent = errors.New("nothing of it was sent: there is nothing to ask about")

// passLife is how long a pass may lie before it is left as it is and a new one
// begun: answers of last month and of today are not one pass.
const passLife = 24 * time.Hour

// Pass is a pass and what it has found so far.
type Pass struct {
	ID      int64 // the event that began it
	BatchID int64
	Begun   time.Time
	Ended   bool // nothing is added to it any more

	Payouts  int // that it is about: all that may have reached the gateway by then
	Asked    int // about which at least one question was asked
	Answered int // about which the gateway has said something
	Definite int // of these, said to be paid, in progress or failed
	Agreed   int // of the answers, those that say what the ledger said

	First, Last time.Time // the first answer and the last; zero: none yet
}

// Unanswered is how many payouts are still to be answered.
func (p Pass) Unanswered() int { return p.Payouts - p.Answered }

// agrees tells whether the answer to a question says what the ledger says of a
// payout. A denial agrees with what is not paid.
func (k Kind) agrees(s State) bool {
	switch k {
	case Paid:
		return s == Succeeded
	case Accepted:
		return s == Processing
	case NotPaid, Unknown:
		return slices.Contains([]State{Failed, Rejected, Reversed}, s)
	}
	return false
}

// definite answers alone settle anything.
func (k Kind) definite() bool { return k == Paid || k == Accepted || k == NotPaid }

// passEvidence is what the events of a pass say: the one that begins it how
// many payouts it is about, the one that ends it all of it.
type passEvidence struct {
	Pass     int64  `json:"pass,omitempty"`
	Payouts  int    `json:"payouts"`
	Asked    int    `json:"asked,omitempty"`
	Answered int    `json:"answered,omitempty"`
	Definite int    `json:"definite,omitempty"`
	Agreed   int    `json:"agreed,omitempty"`
	First    int64  `json:"first,omitempty"` // Unix milliseconds
	Last     int64  `json:"last,omitempty"`
	Digest   string `json:"digest,omitempty"` // SHA-256 over its questions, hex
}

func evidenceOf(p Pass, digest string) passEvidence {
	return passEvidence{p.ID, p.Payouts, p.Asked, p.Answered, p.Definite, p.Agreed, millis(p.First), millis(p.Last), digest}
}

const (
	beginAskingSQL     = "INSERT INTO passes (id, batch_id, begun_at) VALUES (?, ?, ?)"
	fillAskingSQL      = "INSERT INTO questions (pass_id, payout_id) SELECT ?1, p.id FROM payouts p WHERE p.batch_id = ?2 AND (p.attempts > p.unsent OR p.known = 1) ORDER BY p.id"
	endAskingSQL       = "UPDATE passes SET ended = ? WHERE id = ?"
	answerAskingSQL    = "UPDATE questions SET tries = tries + 1, heard = ?1, stood = ?2, at = ?3, seq = ?6 WHERE pass_id = ?4 AND payout_id = ?5 AND heard = '' AND EXISTS (SELECT 1 FROM passes WHERE id = ?4 AND ended = 0)"
	latestAskingSQL    = "SELECT id, batch_id, begun_at, ended FROM passes WHERE batch_id = ? ORDER BY id DESC LIMIT 1"
	askingAnswersSQL   = "SELECT heard, stood, tries > 0, count(*), min(at), max(at) FROM questions WHERE pass_id = ? GROUP BY 1, 2, 3"
	askingQuestionsSQL = "SELECT p.trade_no, q.tries, q.heard, q.stood, q.at, q.seq FROM questions q CROSS JOIN payouts p ON p.id = q.payout_id WHERE q.pass_id = ? ORDER BY q.payout_id"
	unansweredSQL      = "SELECT " + payoutColumns + ` FROM questions q CROSS JOIN payouts p ON p.id = q.payout_id` + payoutJoins +
		" WHERE q.pass_id = ? AND q.heard = '' AND q.payout_id > ? ORDER BY q.payout_id"
)

// AskAgain begins a pass over a batch, or gives the one that is unfinished;
// goesOn tells which. One that nothing was added to for a day is ended as it
// is. reason is in the words of whoever wants it, and may be empty. It asks
// nothing itself: see [View.Unanswered] and [Outcome].Pass.
func (l *Ledger) AskAgain(ctx context.Context, batchID int64, actor, reason string) (p Pass, goesOn bool, err error) {
	if actor == "" {
		return p, false, errors.New("ledger: a pass needs an actor")
	}
	err = l.write(ctx, "ask again", func(t *tx) error {
		p, err = View{t.Tx}.LatestPass(ctx, batchID)
		switch {
		case errors.Is(err, ErrNotFound) || err == nil && p.Ended:
		case err != nil:
			return err
		case t.now.Sub(later(p.Begun, p.Last)) < passLife:
			goesOn = true
			return nil
		default:
			if err := t.endPass(p, actor); err != nil {
				return err
			}
		}
		p, err = t.beginPass(batchID, actor, reason)
		return err
	})
	return p, goesOn, err
}

// FinishPass ends a pass if all of it is answered, and tells what it has
// found. A pass that has ended stays as it is.
func (l *Ledger) FinishPass(ctx context.Context, p Pass, actor string) (found Pass, err error) {
	err = l.write(ctx, "finish pass", func(t *tx) error {
		found, err = View{t.Tx}.LatestPass(ctx, p.BatchID)
		if err != nil || found.ID != p.ID || found.Ended || found.Unanswered() > 0 {
			return err
		}
		found.Ended = true
		return t.endPass(found, actor)
	})
	return found, err
}

// LatestPass is the last pass over a batch, or ErrNotFound.
func (v View) LatestPass(ctx context.Context, batchID int64) (Pass, error) {
	p, err := v.latestPass(ctx, batchID)
	if err != nil {
		return p, err
	}
	return v.fold(ctx, p)
}

// latestPass is LatestPass without what it has found.
func (v View) latestPass(ctx context.Context, batchID int64) (Pass, error) {
	return first(query(ctx, v.q, scanPass, latestAskingSQL, batchID))
}

// Unanswered lists up to n payouts that a pass has no answer about, after one
// with this id, by id. Pages, because questions wait for their pace, and
// nobody should hold a reading of the ledger open for hours.
func (v View) Unanswered(ctx context.Context, p Pass, after int64, n int) iter.Seq2[Payout, error] {
	return atMost(n, query(ctx, v.q, scanPayout, unansweredSQL, p.ID, after))
}

func (t *tx) beginPass(batchID int64, actor, reason string) (Pass, error) {
	p := Pass{ID: t.seq + 1, BatchID: batchID, Begun: t.now} // the event appended below
	if _, err := t.ExecContext(t.ctx, beginAskingSQL, p.ID, batchID, millis(t.now)); err != nil {
		return p, err
	}
	filled, err := t.ExecContext(t.ctx, fillAskingSQL, p.ID, batchID)
	if err != nil {
		return p, err
	}
	n, err := filled.RowsAffected()
	if err == nil && n == 0 {
		err = ErrNothingSent
	}
	if err != nil {
		return p, err
	}
	p.Payouts = int(n)
	evidence, err := json.Marshal(passEvidence{Payouts: p.Payouts})
	t.append(Event{BatchID: batchID, Kind: kindAskingAgain, Actor: actor, Reason: ReasonAnew, Message: clip(reason), Evidence: evidence})
	return p, err
}

func (t *tx) endPass(p Pass, actor string) error {
	digest, err := View{t.Tx}.passDigest(t.ctx, p.ID)
	if err != nil {
		return err
	}
	evidence, err := json.Marshal(evidenceOf(p, digest))
	if err != nil {
		return err
	}
	t.append(Event{
		BatchID: p.BatchID, Kind: kindAskedAgain, Actor: actor, Reason: ReasonAnew, Evidence: evidence,
		Message: fmt.Sprintf("%d of %d answered, %d definitely, %d as it stood here", p.Answered, p.Payouts, p.Definite, p.Agreed),
	})
	_, err = t.ExecContext(t.ctx, endAskingSQL, t.seq, p.ID)
	return err
}

// answered puts an answer down in its pass, beside what it did. A second one
// about the same payout, and one that comes when the pass has ended, are not.
func (t *tx) answered(o Outcome, a Applied) error {
	if o.Pass == 0 || !o.answers() {
		return nil
	}
	heard, stood, at, seq := string(a.heard), string(a.From), millis(t.now), t.seq
	if a.heard == NoAnswer {
		heard, stood, at, seq = "", "", 0, 0
	}
	_, err := t.exec(t.l.stmts.answerAsking, heard, stood, at, o.Pass, a.Payout.ID, seq)
	return err
}

func scanPass(rows *sql.Rows) (p Pass, err error) {
	var begun, ended int64
	err = rows.Scan(&p.ID, &p.BatchID, &begun, &ended)
	p.Begun, p.Ended = fromMillis(begun), ended != 0
	return p, err
}

// passAnswer is how many questions of a pass were answered alike.
type passAnswer struct {
	heard       Kind
	stood       State
	asked       bool
	count       int
	first, last time.Time
}

func scanPassAnswer(rows *sql.Rows) (a passAnswer, err error) {
	var first, last int64
	err = rows.Scan(&a.heard, &a.stood, &a.asked, &a.count, &first, &last)
	a.first, a.last = fromMillis(first), fromMillis(last)
	return a, err
}

// fold counts what a pass has found.
func (v View) fold(ctx context.Context, p Pass) (Pass, error) {
	for a, err := range query(ctx, v.q, scanPassAnswer, askingAnswersSQL, p.ID) {
		if err != nil {
			return p, err
		}
		p.Payouts += a.count
		if a.asked {
			p.Asked += a.count
		}
		if a.heard == "" {
			continue
		}
		p.Answered += a.count
		if a.heard.definite() {
			p.Definite += a.count
		}
		if a.heard.agrees(a.stood) {
			p.Agreed += a.count
		}
		p.Last = later(p.Last, a.last)
		if p.First.IsZero() || a.first.Before(p.First) {
			p.First = a.first
		}
	}
	return p, nil
}

// passDigest covers every question of a pass and its answer: SHA-256 over a
// line for each, in the order of the sheet. Whoever has the view v_questions
// can work it out, for it has nothing of the tables in it.
func (v View) passDigest(ctx context.Context, id int64) (string, error) {
	sum := sha256.New()
	scan := func(rows *sql.Rows) (struct{}, error) {
		var tries, at, seq int64
		var tradeNo, heard, stood string
		err := rows.Scan(&tradeNo, &tries, &heard, &stood, &at, &seq)
		fmt.Fprintf(sum, "%s %d %s %s %d %d\n", tradeNo, tries, heard, stood, at, seq)
		return struct{}{}, err
	}
	for _, err := range query(ctx, v.q, scan, askingQuestionsSQL, id) {
		if err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
