package audit

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"time"
)

// The states that the auditor tells apart, as they stand in the file.
const (
	stateReady      = "ready"
	stateSubmitting = "submitting"
	stateHeld       = "held"
	stateSucceeded  = "succeeded"
	stateFailed     = "failed"
	stateRejected   = "rejected"
	stateCancelled  = "cancelled"
	stateReversed   = "reversed"
)

// actorCallback is who has learned something by being called.
const actorCallback = "callback"

// endStates are those that an answer rather than a callback has to contradict.
var endStates = map[string]bool{
	stateSucceeded: true, stateFailed: true, stateRejected: true, stateCancelled: true, stateReversed: true,
}

// event is an entry of the history as it stands in the file.
type event struct {
	seq, at, batchID, payoutID, attempt                      int64
	kind, from, to, actor, reason, code, message, platformNo string
	flagged                                                  bool
	evidence, hash                                           []byte
}

// readEvents goes through the whole history once, in order.
func (a *auditor) readEvents(ctx context.Context, tx *sql.Tx) error {
	const query = `SELECT seq, at, batch_id, payout_id, kind, from_state, to_state, attempt, actor, reason, code, message,
		platform_trade_no, flagged, evidence, hash FROM events ORDER BY seq`
	c := chain{auditor: a, hash: make([]byte, sha256.Size)}
	var e event
	err := each(ctx, tx, query, func(rows *sql.Rows) error {
		err := rows.Scan(&e.seq, &e.at, &e.batchID, &e.payoutID, &e.kind, &e.from, &e.to, &e.attempt, &e.actor,
			&e.reason, &e.code, &e.message, &e.platformNo, &e.flagged, &e.evidence, &e.hash)
		if err != nil {
			return err
		}
		a.report.Events++
		c.link(&e)
		a.follow(&e)
		return nil
	})
	if err != nil {
		return err
	}
	var seq int64
	var hash []byte
	if err := tx.QueryRowContext(ctx, "SELECT seq, hash FROM head").Scan(&seq, &hash); err != nil {
		return err
	}
	if seq != c.seq || !bytes.Equal(hash, c.hash) {
		a.find("history", "ends with event %d, and should with %d", c.seq, seq)
	}
	a.endHistories()
	return nil
}

// chain recomputes the hashes.
type chain struct {
	*auditor
	seq    int64
	hash   []byte
	buffer []byte
}

// link holds an event against the one before it. A broken link is one
// finding: the chain goes on from what is written.
func (c *chain) link(e *event) {
	if e.seq != c.seq+1 {
		c.find("history", "event %d is followed by event %d", c.seq, e.seq)
	}
	c.seq = e.seq
	b := append(c.buffer[:0], c.hash...)
	for _, number := range [...]int64{e.seq, e.at, e.batchID, e.payoutID, e.attempt} {
		b = binary.BigEndian.AppendUint64(b, uint64(number)) //nolint:gosec // the bits as they are
	}
	for _, text := range [...]string{e.kind, e.from, e.to, e.actor, e.reason, e.code, e.message, e.platformNo} {
		b = binary.BigEndian.AppendUint32(b, uint32(len(text))) //nolint:gosec // far below
		b = append(b, text...)
	}
	mark := byte(0)
	if e.flagged {
		mark = 1
	}
	b = binary.BigEndian.AppendUint32(append(b, mark), uint32(len(e.evidence))) //nolint:gosec // far below
	b = append(b, e.evidence...)
	c.buffer = b
	if sum := sha256.Sum256(b); !bytes.Equal(sum[:], e.hash) {
		c.find("history", "event %d does not fit the one before it: something was changed", e.seq)
	}
	c.hash = append(c.hash[:0], e.hash...)
}

// history is what the events of a payout have led to so far.
type history struct {
	begun    bool
	state    string
	reason   string
	attempts int64
	unsent   int
	flagged  bool
	platform string
	known    bool // the gateway has shown that it knows the number

	denials     int   // since it was sent, released, or last cleared
	firstDenied int64 // Unix milliseconds
	cleared     bool  // it may be sent again
	words       int   // of persons who let it be sent once more

	contradicted bool // an answer to a question contradicted itself or the ledger, and was flagged

	proven bool // a success rests on an answer that says so
}

// The kinds of event that matter here, as they stand in the file.
const (
	kindImported    = "imported"
	kindSubmitted   = "submitted"
	kindNotSent     = "not_sent"
	kindRefused     = "refused"
	kindUnknown     = "unknown"
	kindPaid        = "paid"
	kindAccepted    = "accepted"
	kindNotPaid     = "not_paid"
	kindConflict    = "conflict"
	kindDoubt       = "doubt"
	kindRelease     = "release"
	kindResend      = "resend"
	kindHint        = "hint"
	kindSaidPaid    = "said_paid"
	kindSaidNotPaid = "said_not_paid"
)

// follow leads a payout's history one event further.
func (a *auditor) follow(e *event) {
	if e.payoutID == 0 {
		if e.kind == kindImported {
			a.mayStandIn(e)
		}
		a.lookForSecret("event "+itoa(e.seq), e.message, e.reason, string(e.evidence))
		return
	}
	p := a.payouts[e.payoutID]
	if p == nil {
		a.find("event "+itoa(e.seq), "is of a payout that is not there")
		return
	}
	h := &p.history
	if !h.begun {
		h.begun, h.state = true, stateReady
	}
	if e.batchID != p.batchID {
		a.find("payout "+p.number, "event %d is of another batch", e.seq)
	}
	if e.from != h.state {
		a.find("payout "+p.number, "event %d leads from %s, and it was %s", e.seq, e.from, h.state)
	}
	a.followKind(p, e)
	h.state = e.to
	if e.kind != kindHint {
		h.reason = e.reason // a hint is about what there is to ask, not about how it stands
	}
	h.flagged = h.flagged || e.flagged
	if e.platformNo != "" {
		if h.platform != "" && h.platform != e.platformNo {
			a.find("payout "+p.number, "event %d gives it another number of the gateway's", e.seq)
		}
		h.platform, h.known = e.platformNo, true
	}
	a.mayFollow(p, e)
	a.mayCall(p, e)
	a.lookAtEvent(p, e)
}

// mayStandIn: when a batch was imported, everything that its payouts stand in
// for was called off.
func (a *auditor) mayStandIn(e *event) {
	for _, p := range a.standIns[e.batchID] {
		for was := a.payouts[p.replaces]; was != nil; was = a.payouts[was.replaces] {
			if state := was.history.state; !calledOff[state] {
				a.find("payout "+p.number, "stands in for payout %s, which was %s by then", was.number, orReady(state))
			}
		}
	}
}

// calledOff are the states of what is not paid and will not be.
var calledOff = map[string]bool{stateFailed: true, stateRejected: true, stateCancelled: true, stateReversed: true}

func orReady(state string) string {
	if state == "" {
		return stateReady
	}
	return state
}

// mayFollow repeats the rules of states that end.
func (a *auditor) mayFollow(p *payout, e *event) {
	if e.from == e.to {
		return
	}
	wrong := e.from == stateCancelled || e.from == stateReversed || // they never end
		e.from == stateSucceeded && e.to != stateReversed ||
		e.to == stateSubmitting && e.kind != kindSubmitted ||
		e.to == stateSucceeded && e.kind != kindPaid && e.kind != kindSaidPaid ||
		e.to == stateReversed && e.kind != kindNotPaid && e.kind != kindSaidNotPaid
	if wrong {
		a.find("payout "+p.number, "event %d: %s leads from %s to %s", e.seq, e.kind, e.from, e.to)
	}
}

// mayCall: a callback about what was sent never contradicts. It is believed
// about what is open, and is a reason to ask about everything else.
func (a *auditor) mayCall(p *payout, e *event) {
	if e.actor != actorCallback || int(p.history.attempts) == p.history.unsent {
		return
	}
	if e.flagged || e.from != e.to && endStates[e.from] {
		a.find("payout "+p.number, "event %d: a callback contradicts, and nobody has asked", e.seq)
	}
}

func (a *auditor) followKind(p *payout, e *event) {
	h := &p.history
	switch e.kind {
	case kindSubmitted:
		a.followSend(p, e)
	case kindNotSent:
		h.unsent++
	case kindRefused:
		if e.to == stateRejected && int(h.attempts)-h.unsent != 1 {
			a.find("payout "+p.number, "event %d: rejected by the refusal of attempt %d, which says nothing of the ones before", e.seq, e.attempt)
		}
	case kindUnknown:
		if h.denials == 0 {
			h.firstDenied = e.at
		}
		h.denials++
		if e.to == stateReady {
			a.followClearance(p, e)
		}
	case kindAccepted, kindNotPaid, kindConflict:
		h.known = true
		h.contradicted = h.contradicted || e.kind == kindConflict && e.flagged
	case kindDoubt:
		h.known = h.known || e.attempt == 0
	case kindPaid:
		h.known = true
		a.followPaid(p, e)
	case kindSaidPaid:
		p.saidPaidByAWord = true
		h.proven = h.proven || len(e.evidence) > 0
	case kindRelease:
		h.denials = 0
	case kindResend:
		h.denials = 0
		h.words++
	}
	if e.from == stateReady && e.to != stateReady && e.kind != kindSubmitted {
		h.cleared, h.denials = false, 0 // what it rested on is yesterday's
	}
}

// followClearance: a payout that was sent becomes ready again.
func (a *auditor) followClearance(p *payout, e *event) {
	h := &p.history
	h.cleared = true
	if a.Resend != nil {
		denied := time.Duration(e.at-h.firstDenied) * time.Millisecond
		if h.denials < a.Resend.Denials || denied < a.Resend.Quarantine {
			a.find("payout "+p.number, "event %d: may be sent again after %d denials over %v", e.seq, h.denials, denied)
		}
		if h.known {
			a.find("payout "+p.number, "event %d: may be sent again, although the gateway has known it", e.seq)
		}
	}
	h.denials = 0
}

// followSend: a request may leave from here on.
func (a *auditor) followSend(p *payout, e *event) {
	h := &p.history
	if e.from != stateReady || e.to != stateSubmitting || e.attempt != h.attempts+1 {
		a.find("payout "+p.number, "event %d: attempt %d follows on %d and leads from %s to %s", e.seq, e.attempt, h.attempts, e.from, e.to)
	}
	if sends := int(h.attempts) - h.unsent; sends > 0 && a.Resend != nil {
		if !h.cleared {
			a.find("payout "+p.number, "event %d: sent again without having been denied often and long enough", e.seq)
		}
		if sends >= a.Resend.Most+h.words {
			a.find("payout "+p.number, "event %d: sent %d times, %d are allowed", e.seq, sends+1, a.Resend.Most+h.words)
		}
	}
	h.attempts = e.attempt
	h.cleared, h.denials = false, 0
}

// endHistories holds each payout against where its history has led.
func (a *auditor) endHistories() {
	for _, p := range a.payouts {
		h := &p.history
		if !h.begun {
			h.state = stateReady
		}
		switch {
		case p.state != h.state:
			a.find("payout "+p.number, "is %s, and its history ends in %s", p.state, h.state)
		case h.begun && p.reason != h.reason:
			a.find("payout "+p.number, "gives another reason than its last event")
		}
		if int64(p.attempts) != h.attempts || p.unsent != h.unsent {
			a.find("payout "+p.number, "counts %d attempts, %d of them not sent; its history %d and %d", p.attempts, p.unsent, h.attempts, h.unsent)
		}
		if p.platform != h.platform {
			a.find("payout "+p.number, "has a number of the gateway's that is in no event")
		}
		if p.flagged != h.flagged {
			a.find("payout "+p.number, "is flagged otherwise than its history")
		}
		if p.state == stateSucceeded && !h.proven {
			a.find("payout "+p.number, "is succeeded without an answer that says so")
		}
	}
}
