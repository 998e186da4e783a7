package ledger

import (
	"bytes"
	"database/sql"
	"slices"
	"time"
)

// advance works out how a payout stands after an outcome.
func (t *tx) advance(policy Policy, p *Payout, o Outcome) (decision, error) {
	was := *p
	if replay, err := t.isReplay(was, o); replay || err != nil {
		return ignore(standing{state: was.State}), err
	}
	decided, err := t.judge(policy, p, o)
	if err != nil {
		return decided, err
	}
	if decided.ignored {
		*p = was
		return t.postpone(policy, p, o)
	}
	if o.Attempt == 0 && o.Kind.answers() {
		p.Asks++
	}
	p.UpdatedAt = t.now
	p.Flagged = p.Flagged || decided.flagged
	p.known = p.known || o.shows()
	p.conflict = decided.to == Held && (p.conflict || decided.flagged)
	if p.PlatformTradeNo == "" && !decided.hint {
		p.PlatformTradeNo = o.PlatformTradeNo
	}
	if decided.event && !decided.hint {
		// A payout says what its last event says.
		p.Reason, p.Code, p.Message = orDefault(decided.reason, o.Reason), o.Code, clip(o.Message)
	}
	t.enter(p, o.Kind, decided.to)
	p.DueAt, err = t.due(policy, was, *p, o, decided)
	return decided, err
}

// judge decides about an outcome with all that is known of the payout. It
// counts the denials.
func (t *tx) judge(policy Policy, p *Payout, o Outcome) (decision, error) {
	if o.Kind == Unknown {
		p.unknowns++
		if p.firstUnknown.IsZero() {
			p.firstUnknown, p.firstDate = t.now, o.Date
		}
	}
	s := standing{
		state: p.State, sends: p.Sends(), known: p.known || o.Known, conflict: p.conflict,
		denied: policy.Unknowns > 0 && p.unknowns >= policy.Unknowns && p.deniedFor(t.now, o.Date) >= policy.Quarantine,
		spent:  p.Sends() >= p.resendsTo && (policy.NeverResend || p.Sends() >= policy.MaxAttempts),
		stuck:  p.stuck(policy, t.now),
	}
	decided := decide(s, o.Kind, o.source(*p))
	numbered := o.PlatformTradeNo != "" && p.PlatformTradeNo == ""
	switch {
	case decided.ignored && numbered && p.agrees(o.Kind):
		// That much is known already; the gateway's number is not, and must
		// not be lost.
		decided = stay(s)
	case decided.ignored && o.shows() && !p.known && s.sent() && s.in(Ready, Submitting, InDoubt, Held):
		decided = learn(s)
	case decided.flagged && decided.to == p.State && !numbered:
		if told, err := t.isTold(*p, o, orDefault(decided.reason, o.Reason)); told || err != nil {
			return ignore(s), err
		}
	}
	if !decided.ignored && !decided.hint && numbered {
		decided.event = true // the number rests on an event, whatever else it says
	}
	return decided, nil
}

// stuck tells whether a payout was last sent so long ago that no answer is to
// leave it open any more. A person's permission to send it once more takes the
// time that it takes: it is to be denied anew before.
func (p Payout) stuck(policy Policy, now time.Time) bool {
	permitted := !p.known && p.resendsTo > p.Sends()
	return policy.StuckAfter > 0 && !p.SubmittedAt.IsZero() && now.Sub(p.SubmittedAt) >= policy.StuckAfter && !permitted
}

// learn is what an answer does that comes too late to say anything but that
// the gateway knows the number: it is never sent again.
func learn(s standing) decision {
	if s.state == Ready {
		return move(InDoubt)
	}
	return quietly(s)
}

// agrees tells whether an outcome says of a payout what is known of it.
func (p Payout) agrees(kind Kind) bool {
	return kind == Paid && p.State == Succeeded || kind == NotPaid && p.State == Failed || kind == Accepted && p.State == Processing
}

// source is where the outcome comes from, as the payout stands.
func (o Outcome) source(p Payout) source {
	switch {
	case o.Callback:
		return fromCallback
	case o.Attempt == 0:
		return fromQuery
	case o.Attempt == p.Attempts:
		return fromCurrent
	}
	return fromOlder
}

// answers tells whether the outcome is what a question brought.
func (o Outcome) answers() bool { return o.Attempt == 0 && !o.Callback && o.Kind.answers() }

// shows tells whether the answer shows that the gateway knows the number. A
// placement that only left a doubt shows nothing; a query that is answered
// with any status does.
func (o Outcome) shows() bool {
	switch o.Kind {
	case Accepted, Paid, NotPaid, Conflict:
		return true
	case Doubt:
		return o.Known || o.Attempt == 0
	case Hint:
		return false // whoever sent it
	}
	return o.Known
}

// deniedFor is for how long a payout has been denied, by whichever of two
// clocks went less far: the ledger's may have been set since the first denial,
// and a quarantine that a wrong clock shortens protects nobody.
func (p Payout) deniedFor(now, date time.Time) time.Duration {
	denied := now.Sub(p.firstUnknown)
	if !p.firstDate.IsZero() && !date.IsZero() {
		denied = min(denied, date.Sub(p.firstDate))
	}
	return denied
}

// enter moves the payout into a state and puts its bookkeeping right.
func (t *tx) enter(p *Payout, kind Kind, to State) {
	if kind == NotSent && p.State == Submitting && to != Submitting {
		p.Unsent++ // nothing reached the wire: it does not count as sent
	}
	if kind == Resend {
		p.resendsTo = p.Sends() + 1
	}
	anew := kind == Release || kind == Resend || kind == Unknown && to == Ready || to.Final() && to != p.State
	if anew {
		p.unknowns, p.firstUnknown = 0, time.Time{} // denials count anew
	}
	switch {
	case !to.Final():
		p.FinalAt = time.Time{}
	case p.State != to:
		p.FinalAt = t.now
	}
	p.State = to
}

// isReplay tells whether a callback is one that was heard before: its
// evidence is in the payout's history, of which there is little.
func (t *tx) isReplay(p Payout, o Outcome) (bool, error) {
	evidence := clipEvidence(o.Evidence)
	if !o.Callback || len(evidence) == 0 {
		return false, nil
	}
	if slices.ContainsFunc(t.pending, func(e Event) bool { return e.PayoutID == p.ID && bytes.Equal(e.Evidence, evidence) }) {
		return true, nil
	}
	return t.exists(t.l.stmts.heard, p.ID, evidence)
}

// isTold tells whether a contradiction that moves nothing is in the history
// already: asked again, the gateway says it again.
func (t *tx) isTold(p Payout, o Outcome, reason string) (bool, error) {
	message := clip(o.Message)
	if slices.ContainsFunc(t.pending, func(e Event) bool {
		return e.PayoutID == p.ID && e.Flagged && e.Kind == string(o.Kind) && e.From == p.State && e.To == p.State &&
			e.Reason == reason && e.Code == o.Code && e.Message == message
	}) {
		return true, nil
	}
	return t.exists(t.l.stmts.told, p.ID, string(o.Kind), string(p.State), reason, o.Code, message)
}

const (
	heardSQL      = "SELECT EXISTS (SELECT 1 FROM events WHERE payout_id = ? AND payout_id > 0 AND evidence = ?)"
	toldBeforeSQL = `SELECT EXISTS (SELECT 1 FROM events WHERE payout_id = ?1 AND payout_id > 0 AND flagged = 1
		AND kind = ?2 AND from_state = ?3 AND to_state = ?3 AND reason = ?4 AND code = ?5 AND message = ?6)`
)

func (t *tx) exists(question *sql.Stmt, args ...any) (found bool, err error) {
	err = t.stmt(question).QueryRowContext(t.ctx, args...).Scan(&found)
	return found, err
}
