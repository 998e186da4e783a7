package ledger

import (
	"context"
	"errors"
	"strings"
	"time"
	"unicode/utf8"
)

// Who acts, when it is not a person.
const (
	ActorSubmit   = "submit"
	ActorSettle   = "settle"
	ActorRecover  = "recover"
	ActorImport   = "import"
	ActorCallback = "callback"
)

// The reasons the ledger itself gives.
const (
	ReasonIntent        = "intent"                  // claimed: a request may be on the wire
	ReasonInterrupted   = "interrupted"             // a run ended with the request possibly on the wire
	ReasonNumberDiffers = "platform_number_differs" // the gateway named another number of its own than before
	ReasonNumberTaken   = "platform_number_taken"   // the gateway's number belongs to another payout
	ReasonDenied        = "denied_after_accepting"  // the gateway no longer knows what it has known
	ReasonSpent         = "doubt_did_not_clear"     // denied again after as many attempts as allowed
	ReasonSendAgain     = "denied_send_again"       // denied often and long enough: same number, once more
	ReasonSuspect       = "suspect"                 // a rule holds it: it looks like another payout; the message says which
	ReasonAdopted       = "ledger_adopted"          // a person goes on with a ledger that has forgotten what was sent from it
	ReasonAboveLimit    = "above_limit"             // a rule holds it: a larger amount than is paid without a person's word
	ReasonReleased      = "released"                // a person lets it go on; the message is in the person's words
	ReasonWithdrawn     = "withdrawn"               // a person cancelled it; the message is in the person's words
	ReasonStuck         = "stuck"                   // open for longer than policy allows since it was last sent
	ReasonSaidPaid      = "said_paid"               // a person has seen that it was paid; the message is in the person's words
	ReasonSaidNotPaid   = "said_not_paid"           // a person has seen that it was not paid; the message is in the person's words
	ReasonResend        = "resend_allowed"          // a person lets it be sent once more; the message is in the person's words
	ReasonStopped       = "run_stopped"             // of a batch: a run stopped itself; the message says why
	ReasonAnew          = "asked_anew"              // of a batch: all that was sent is asked about anew; the message says why, or what came of it
	ReasonUnmasked      = "unmasked"                // of the ledger: a person was given whole account numbers and names; the message says by what
)

// Limits of what is kept of an answer.
const (
	maxMessage  = 500       // characters
	maxEvidence = 16 * 1024 // bytes
)

// Outcome is what was learned about a payout, or decided by a person.
type Outcome struct {
	Payout          Payout // as it was claimed or read; if it has moved since, it is read again
	Attempt         int    // the attempt that a placement's answer belongs to; 0: a query or a person
	Kind            Kind
	Reason          string // a token
	Code            string // the gateway's
	Message         string // the gateway's words; must not hold a person's data
	PlatformTradeNo string
	Known           bool   // the answer shows that the gateway knows the number
	Evidence        []byte // the raw answer; Paid is not accepted without
	Actor           string
	NextAsk         time.Time // when to ask, or to send, next if it is not final
	Pass            int64     // the [Pass] that it answers a question of; 0: none

	// Callback says that the gateway called, with Attempt 0. What it says of
	// an open payout is as good as an answer to a question. It never
	// contradicts: what would be flagged, or names another amount or number,
	// becomes a [Hint], and the answer to the next question decides.
	Callback bool

	// Date is when the gateway answered, by its own clock: the quarantine is as
	// long as the shorter of two clocks says. Zero: it did not say.
	Date time.Time
}

// Policy is when a payout in doubt may be sent again (P4), and for how long a
// payout is looked after.
type Policy struct {
	Unknowns    int           // this many answers "unknown" …
	Quarantine  time.Duration // … spread over at least this long
	MaxAttempts int           // and no more sends than this in all
	NeverResend bool          // hold for a person instead

	// StuckAfter is how long after its last submission an open payout is held
	// for a person if an answer leaves it open; 0: never.
	StuckAfter time.Duration

	// Watch is how long after a payout has settled to ask about it again, in
	// rising order: settled is what succeeded, failed or was rejected, and what
	// was sent and is held. nil: never.
	Watch []time.Duration
}

// Applied is what an outcome did.
type Applied struct {
	Payout  Payout // as it stands now
	From    State
	Flagged bool // this outcome contradicted what was known
	Ignored bool // it said nothing about the payout as it stands

	heard Kind // what the answer was taken for
}

// permitSQL is a statement of its own: a person's permission is rare, and
// every other outcome would pay for one more column.
const permitSQL = "UPDATE payouts SET resends_to = ? WHERE id = ?"

// dateSQL likewise: few payouts are ever denied.
const dateSQL = "UPDATE payouts SET first_unknown_date = ? WHERE id = ?"

const updatePayoutSQL = `UPDATE payouts SET state = ?, reason = ?, code = ?, message = ?, flagged = ?, known = ?,
	conflict = ?, unsent = ?, asks = ?, unknowns = ?, first_unknown_at = ?, due_at = ?, final_at = ?, updated_at = ?,
	platform_trade_no = ?, version = version + 1 WHERE id = ? AND version = ?`

// Record applies outcomes in one transaction, in order, each to its payout as
// it stands by then: a guarded update and an event. It is idempotent in
// effect: the same answer again changes nothing. It returns one Applied for
// each outcome.
func (l *Ledger) Record(ctx context.Context, policy Policy, outcomes []Outcome) ([]Applied, error) {
	applied := make([]Applied, 0, len(outcomes))
	err := l.write(ctx, "record", func(t *tx) error {
		for _, outcome := range outcomes {
			one, err := t.apply(policy, outcome)
			if err != nil {
				return err
			}
			applied = append(applied, one)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return applied, nil
}

// apply applies one outcome, and sees to it that of payouts of which one
// stands in for the other no second one is sent.
func (t *tx) apply(policy Policy, o Outcome) (Applied, error) {
	applied, err := t.applyOne(policy, o)
	switch p := applied.Payout; {
	case err != nil:
	case applied.Flagged && applied.From.CalledOff():
		err = t.holdStandIns(policy, p, o.Actor, "about which there are contrary answers")
	case p.State == Ready && applied.From != Ready && o.Kind != Release:
		applied.Payout, err = t.holdIfPaid(policy, p, o.Actor)
	}
	if err == nil {
		err = t.answered(o, applied)
	}
	return applied, err
}

// applyOne takes the payout as remembered first; only if it has moved since is
// it read again.
func (t *tx) applyOne(policy Policy, o Outcome) (Applied, error) {
	if o.Kind == Paid && len(o.Evidence) == 0 {
		return Applied{}, errors.New("ledger: nothing counts as paid without the answer that says so")
	}
	if err := o.swear(); err != nil {
		return Applied{}, err
	}
	o.Code, o.Message, o.PlatformTradeNo = asText(o.Code), asText(o.Message), asText(o.PlatformTradeNo)
	// Said of the answer as it came: what follows may take its number away.
	o.Known = o.Known || o.PlatformTradeNo != ""
	payout := o.Payout
	for {
		applied, done, err := t.tryApply(policy, payout, o)
		if sqliteCode(err) == codeConstraintUnique && o.PlatformTradeNo != "" {
			// The only unique column an outcome writes: the gateway gave two
			// payouts one number. Neither can be believed.
			o.Kind, o.Reason, o.PlatformTradeNo = Conflict, ReasonNumberTaken, ""
			continue
		}
		if err != nil || done {
			return applied, err
		}
		if payout, err = t.reload(payout.ID); err != nil {
			return Applied{}, err
		}
	}
}

// tryApply applies an outcome to a payout as it is remembered; it is not done
// if the payout has moved since.
func (t *tx) tryApply(policy Policy, payout Payout, o Outcome) (_ Applied, done bool, _ error) {
	if o.PlatformTradeNo != "" && payout.PlatformTradeNo != "" && o.PlatformTradeNo != payout.PlatformTradeNo {
		o.Kind, o.Reason = Conflict, ReasonNumberDiffers
		o.PlatformTradeNo = "" // the evidence has it
	}
	was := payout
	decided, err := t.advance(policy, &payout, o)
	if err != nil {
		return Applied{}, false, err
	}
	applied := Applied{Payout: was, From: was.State, Flagged: decided.flagged, Ignored: decided.ignored, heard: o.Kind}
	if decided.ignored && !decided.later {
		// Even an answer that changes nothing must be judged on the payout
		// as it stands, not as it was remembered.
		current, err := t.reload(payout.ID)
		if err != nil || current.version != was.version {
			return Applied{}, false, err
		}
		return applied, true, nil
	}
	changed, err := t.update(payout)
	if err != nil || !changed {
		return Applied{}, false, err
	}
	payout.version++
	if o.Kind == Resend && !decided.ignored {
		if _, err := t.exec(t.l.stmts.permit, payout.resendsTo, payout.ID); err != nil {
			return Applied{}, false, err
		}
	}
	if payout.firstDate != was.firstDate {
		if _, err := t.exec(t.l.stmts.date, millis(payout.firstDate), payout.ID); err != nil {
			return Applied{}, false, err
		}
	}
	if decided.event {
		t.append(eventOf(was, payout, o, decided))
	}
	applied.Payout = payout
	return applied, true, nil
}

// eventOf is the entry of the history for what an outcome did.
func eventOf(was, now Payout, o Outcome, d decision) Event {
	e := Event{
		BatchID: now.BatchID, PayoutID: now.ID, Kind: string(o.Kind), From: was.State, To: now.State,
		Attempt: o.Attempt, Actor: o.Actor, Reason: now.Reason, Code: now.Code, Message: now.Message,
		PlatformTradeNo: o.PlatformTradeNo, Flagged: d.flagged, Evidence: clipEvidence(o.Evidence),
	}
	if d.hint {
		// A hint proves nothing: the payout keeps its own reason, and is given
		// no number.
		e.Kind, e.PlatformTradeNo = string(Hint), ""
		e.Reason, e.Code, e.Message = o.Reason, o.Code, clip(o.Message)
	}
	return e
}

func (t *tx) update(p Payout) (changed bool, err error) {
	var platform any
	if p.PlatformTradeNo != "" {
		platform = p.PlatformTradeNo
	}
	result, err := t.exec(t.l.stmts.updatePayout, string(p.State), p.Reason, p.Code, p.Message, p.Flagged, p.known,
		p.conflict, p.Unsent, p.Asks, p.unknowns, millis(p.firstUnknown), millis(p.DueAt), millis(p.FinalAt), millis(p.UpdatedAt),
		platform, p.ID, p.version)
	if err != nil {
		return false, err
	}
	n, err := result.RowsAffected()
	return n == 1, err
}

func clip(text string) string {
	text = strings.ToValidUTF8(text, "\uFFFD")
	if utf8.RuneCountInString(text) <= maxMessage {
		return text
	}
	return string([]rune(text)[:maxMessage-1]) + "…"
}

func clipEvidence(raw []byte) []byte {
	if len(raw) > maxEvidence {
		return raw[:maxEvidence:maxEvidence]
	}
	return raw
}
