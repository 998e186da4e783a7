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
	ActorSubmit  = "submit"
	ActorSettle  = "settle"
	ActorRecover = "recover"
	ActorImport  = "import"
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
	ReasonReleased      = "released"                // a person lets it go on; the message is in the person's words
	ReasonWithdrawn     = "withdrawn"               // a person cancelled it; the message is in the person's words
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
}

// Policy is when a payout in doubt may be sent again (P4).
type Policy struct {
	Unknowns    int           // this many answers "unknown" …
	Quarantine  time.Duration // … spread over at least this long
	MaxAttempts int           // and no more sends than this in all
	NeverResend bool          // hold for a person instead
}

// Applied is what an outcome did.
type Applied struct {
	Payout  Payout // as it stands now
	From    State
	Flagged bool // this outcome contradicted what was known
	Ignored bool // it said nothing about the payout as it stands
}

const updatePayoutSQL = `UPDATE payouts SET state = ?, reason = ?, code = ?, message = ?, flagged = ?, known = ?,
	conflict = ?, unsent = ?, asks = ?, unknowns = ?, first_unknown_at = ?, due_at = ?, final_at = ?, updated_at = ?,
	platform_trade_no = ?, version = version + 1 WHERE id = ? AND version = ?`

// Record applies outcomes in one transaction, in order, each to its payout as
// it stands by then: a guarded update and an event. It is idempotent in
// effect: the same answer again changes nothing. It returns one Applied for
// each outcome.
func (l *Ledger) Record(ctx context.Context, policy Policy, outcomes []Outcome) ([]Applied, error) {
	applied := make([]Applied, 0, len(outcomes))
	err := l.write(ctx, func(t *tx) error {
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
		err = t.holdStandIns(p, o.Actor)
	case p.Replaces != "" && p.State == Ready && applied.From != Ready && o.Kind != Release:
		applied.Payout, err = t.holdIfPaid(p, o.Actor)
	}
	return applied, err
}

// applyOne takes the payout as remembered first; only if it has moved since is
// it read again.
func (t *tx) applyOne(policy Policy, o Outcome) (Applied, error) {
	if o.Kind == Paid && len(o.Evidence) == 0 {
		return Applied{}, errors.New("ledger: nothing counts as paid without the answer that says so")
	}
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

func (t *tx) tryApply(policy Policy, payout Payout, o Outcome) (_ Applied, done bool, _ error) {
	if o.PlatformTradeNo != "" && payout.PlatformTradeNo != "" && o.PlatformTradeNo != payout.PlatformTradeNo {
		o.Kind, o.Reason = Conflict, ReasonNumberDiffers
		o.PlatformTradeNo = "" // the evidence has it
	}
	was := payout
	decided := t.advance(policy, &payout, o)
	if decided.ignored && o.Kind == Paid && o.PlatformTradeNo != "" && was.PlatformTradeNo == "" {
		// Paid is known already; the gateway's number is not, and must not
		// be lost.
		decided = stay(standing{state: was.State})
		payout.PlatformTradeNo, payout.UpdatedAt, payout.known = o.PlatformTradeNo, t.now, true
		payout.Reason, payout.Code, payout.Message = o.Reason, o.Code, clip(o.Message)
	}
	if decided.ignored {
		// Even an answer that changes nothing must be judged on the payout
		// as it stands, not as it was remembered.
		current, err := t.reload(payout.ID)
		if err != nil || current.version != was.version {
			return Applied{}, false, err
		}
		return Applied{Payout: was, From: was.State, Ignored: true}, true, nil
	}
	changed, err := t.update(payout)
	if err != nil || !changed {
		return Applied{}, false, err
	}
	payout.version++
	if decided.event {
		t.append(Event{
			BatchID: payout.BatchID, PayoutID: payout.ID, Kind: string(o.Kind), From: was.State, To: payout.State,
			Attempt: o.Attempt, Actor: o.Actor, Reason: payout.Reason, Code: payout.Code, Message: payout.Message,
			PlatformTradeNo: o.PlatformTradeNo, Flagged: decided.flagged, Evidence: clipEvidence(o.Evidence),
		})
	}
	return Applied{Payout: payout, From: was.State, Flagged: decided.flagged}, true, nil
}

// advance works out how the payout stands after the outcome.
func (t *tx) advance(policy Policy, p *Payout, o Outcome) decision {
	if o.Kind == Unknown {
		p.unknowns++
		if p.firstUnknown.IsZero() {
			p.firstUnknown = t.now
		}
	}
	decided := decide(standing{
		state: p.State, sends: p.Sends(), known: p.known, conflict: p.conflict,
		denied: policy.Unknowns > 0 && p.unknowns >= policy.Unknowns && t.now.Sub(p.firstUnknown) >= policy.Quarantine,
		spent:  policy.NeverResend || p.Sends() >= policy.MaxAttempts,
	}, o.Kind, o.source(*p))
	if !decided.ignored && o.PlatformTradeNo != "" && p.PlatformTradeNo == "" {
		decided.event = true // the number rests on an event, whatever else it says
	}
	if decided.ignored {
		return decided
	}
	if o.Attempt == 0 {
		p.Asks++
	}
	p.DueAt, p.UpdatedAt = o.NextAsk, t.now
	p.Flagged = p.Flagged || decided.flagged
	p.known = p.known || o.shows()
	p.conflict = (p.conflict || decided.flagged && decided.to == Held) && o.Kind != Release
	if p.PlatformTradeNo == "" {
		p.PlatformTradeNo = o.PlatformTradeNo
	}
	if decided.event {
		// A payout says what its last event says.
		p.Reason, p.Code, p.Message = o.Reason, o.Code, clip(o.Message)
	}
	t.enter(p, o.Kind, decided.to)
	return decided
}

// source is where the outcome comes from, as the payout stands.
func (o Outcome) source(p Payout) source {
	switch o.Attempt {
	case 0:
		return fromQuery
	case p.Attempts:
		return fromCurrent
	}
	return fromOlder
}

// shows tells whether the answer shows that the gateway knows the number. A
// placement that only left a doubt shows nothing; a query that is answered
// with any status does.
func (o Outcome) shows() bool {
	switch o.Kind {
	case Accepted, Paid, NotPaid, Conflict:
		return true
	case Doubt:
		return o.Known || o.Attempt == 0
	}
	return o.Known
}

// enter moves the payout into a state and puts its bookkeeping right.
func (t *tx) enter(p *Payout, kind Kind, to State) {
	switch {
	case kind == NotSent:
		p.Unsent++ // nothing reached the wire: it does not count as sent
	case kind == Release:
		p.unknowns, p.firstUnknown = 0, time.Time{} // denials count anew
	case kind == Unknown && to == Ready:
		p.Reason = ReasonSendAgain
		p.DueAt = t.now
		p.unknowns, p.firstUnknown = 0, time.Time{} // used up: they count anew
	case kind == Unknown && to == Held && p.known:
		p.Reason = ReasonDenied
	case kind == Unknown && to == Held:
		p.Reason = ReasonSpent
	}
	switch {
	case to.Final() && !p.State.Final():
		p.FinalAt = t.now
	case !to.Final():
		p.FinalAt = time.Time{}
	}
	p.State = to
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
