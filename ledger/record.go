package ledger

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"
)

// Who acts, when it is not a person.
const (
	ActorSubmit  = "submit"
	ActorSettle  = "settle"
	ActorRecover = "recover"
)

// The reasons the ledger itself gives.
const (
	ReasonNumberDiffers = "platform_number_differs" // the gateway named another number of its own than before
	ReasonNumberTaken   = "platform_number_taken"   // the gateway's number belongs to another payout
	ReasonDenied        = "denied_after_accepting"  // the gateway no longer knows what it has known
	ReasonSpent         = "doubt_did_not_clear"     // denied again after as many attempts as allowed
	ReasonSendAgain     = "denied_send_again"       // denied often and long enough: same number, once more
)

// Limits of what is kept of an answer.
const (
	maxMessage  = 500       // characters
	maxEvidence = 16 * 1024 // bytes
)

// Outcome is what was learned about a payout, or decided by a person.
type Outcome struct {
	Payout          Payout // as it was claimed or read; only its id and version matter
	Attempt         int    // the attempt that a placement's answer belongs to; 0: a query or a person
	Kind            Kind
	Reason          string // a token
	Code            string // the gateway's
	Message         string // the gateway's words; must not hold a person's data
	PlatformTradeNo string
	Evidence        []byte // the raw answer
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
	attempts = ?, asks = ?, unknowns = ?, first_unknown_at = ?, due_at = ?, final_at = ?, updated_at = ?,
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

// apply applies one outcome. The payout is taken as remembered first; only
// if it has moved since is it read again.
func (t *tx) apply(policy Policy, o Outcome) (Applied, error) {
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
		reason := o.Reason
		if o.Kind == Unknown && was.State != payout.State {
			reason = payout.Reason // what the denials led to
		}
		t.append(Event{
			BatchID: payout.BatchID, PayoutID: payout.ID, Kind: string(o.Kind), From: was.State, To: payout.State,
			Attempt: o.Attempt, Actor: o.Actor, Reason: reason, Code: o.Code, Message: clip(o.Message), Evidence: clipEvidence(o.Evidence),
		})
	}
	return Applied{Payout: payout, From: was.State, Flagged: decided.flagged}, true, nil
}

// advance works out how the payout stands after the outcome.
func (t *tx) advance(policy Policy, p *Payout, o Outcome) decision {
	query := o.Attempt == 0
	if o.Kind == Unknown {
		p.unknowns++
		if p.firstUnknown.IsZero() {
			p.firstUnknown = t.now
		}
	}
	decided := decide(standing{
		state: p.State, attempts: p.Attempts, known: p.known,
		conflict: isConflict(p.Reason),
		denied:   p.unknowns >= policy.Unknowns && policy.Unknowns > 0 && t.now.Sub(p.firstUnknown) >= policy.Quarantine,
		spent:    policy.NeverResend || p.Attempts >= policy.MaxAttempts,
	}, o.Kind, query || o.Attempt == p.Attempts)
	if decided.ignored {
		return decided
	}
	if query {
		p.Asks++
	}
	p.DueAt, p.UpdatedAt = o.NextAsk, t.now
	p.Flagged = p.Flagged || decided.flagged
	p.known = p.known || o.PlatformTradeNo != "" || o.Kind == Accepted || o.Kind == Paid || o.Kind == NotPaid
	if p.PlatformTradeNo == "" {
		p.PlatformTradeNo = o.PlatformTradeNo
	}
	if decided.event && (decided.to != p.State || o.Kind == Doubt || decided.flagged) {
		p.Reason, p.Code, p.Message = o.Reason, o.Code, clip(o.Message)
	}
	t.enter(p, o.Kind, decided.to)
	return decided
}

// enter moves the payout into a state and puts its bookkeeping right.
func (t *tx) enter(p *Payout, kind Kind, to State) {
	switch {
	case kind == NotSent:
		p.Attempts-- // nothing reached the wire: it does not count
	case kind == Unknown && to == Ready:
		p.Reason = ReasonSendAgain
		p.DueAt = t.now
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
		p.Attempts, p.Asks, p.unknowns, millis(p.firstUnknown), millis(p.DueAt), millis(p.FinalAt), millis(p.UpdatedAt),
		platform, p.ID, p.version)
	if err != nil {
		return false, err
	}
	n, err := result.RowsAffected()
	return n == 1, err
}

// isConflict tells whether a payout is held because an answer contradicts
// the ledger: later answers do not lift that by themselves.
func isConflict(reason string) bool {
	return strings.HasPrefix(reason, "platform_number_") || strings.HasPrefix(reason, "amount_") || reason == ReasonDenied
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
