package ledger

import (
	"context"
	"errors"
	"slices"
	"time"

	"pgregory.net/rapid"
)

// allDue holds what the book says is due against the model.
func (m *model) allDue(rt *rapid.T, b Batch, due []Payout) {
	now := m.clock.now()
	for _, p := range m.payouts {
		open := oneOf(p.State, InDoubt, Processing)
		settled := p.State.settled() && !p.DueAt.IsZero()
		want := p.BatchID == b.ID && (open || settled) && !p.DueAt.After(now)
		if want != slices.ContainsFunc(due, func(d Payout) bool { return d.ID == p.ID }) {
			rt.Fatalf("due %v: %+v", !want, p.Payout)
		}
	}
}

// resolve lets a person say what became of a payout that may have been sent.
func (m *model) resolve(rt *rapid.T) {
	p := m.some(rt)
	kind := rapid.SampledFrom([]Kind{SaidPaid, SaidNotPaid, Resend}).Draw(rt, "word")
	was := p.Payout
	now, err := m.book.Resolve(context.Background(), p.TradeNo, kind, "maria", "said so")
	if refused := (*WordError)(nil); errors.As(err, &refused) {
		if m.says(p, kind) {
			rt.Fatalf("%s of %+v: %v", kind, was, err)
		}
		return
	}
	ok(rt, err)
	if !m.says(p, kind) {
		rt.Fatalf("%s of %+v passed", kind, was)
	}
	o := Outcome{Payout: was, Kind: kind, Reason: wordReasons[kind], Message: "said so", Actor: "maria"}
	if m.expectUnder(Policy{}, p, o) && was.State.CalledOff() {
		for _, standIn := range m.after(p) {
			m.suspect(standIn, standIn.State == Ready)
		}
	}
	p.seen = append(p.seen, now)
}

// says tells whether a person's word can do something to a payout.
func (m *model) says(p *twin, kind Kind) bool {
	heard := p.Sends() > 0 || p.known
	open := oneOf(p.State, InDoubt, Processing) || oneOf(p.State, Ready, Held) && heard
	switch kind {
	case SaidPaid:
		return open || oneOf(p.State, Failed, Rejected)
	case SaidNotPaid:
		return open || p.State == Succeeded
	}
	again := p.State == InDoubt && p.resendsTo <= p.Sends() || p.State == Held && p.Sends() > 0 && !p.conflict
	return again && !p.known
}

// suspect holds what stands in for a payout that may have been paid.
func (m *model) suspect(p *twin, is bool) {
	if !is {
		return
	}
	p.Reason = map[bool]string{true: ReasonSpent, false: ReasonSuspect}[p.heardOf()]
	m.bring(brief, p, Held)
}

// bring brings a payout into another state.
func (m *model) bring(policy Policy, p *twin, to State) {
	if p.State == to {
		return
	}
	p.State = to
	if to.Final() {
		p.unknowns, p.firstUnknown = 0, time.Time{}
	}
	if to.settled() {
		p.settledAt = m.clock.now()
		p.DueAt = m.nextWatch(policy, p)
	}
}

func (m *model) nextWatch(policy Policy, p *twin) time.Time {
	if p.Sends() > 0 && oneOf(p.State, Succeeded, Failed, Rejected, Held) {
		for _, offset := range policy.Watch { // they rise
			if at := p.settledAt.Add(offset); at.After(m.clock.now()) {
				return at
			}
		}
	}
	return time.Time{}
}

// moveOn moves the due time of a settled payout on when its question is
// answered.
func (m *model) moveOn(policy Policy, p *twin, o Outcome) {
	answered := o.Attempt == 0 && !o.Callback && slices.Contains([]Kind{Paid, Accepted, NotPaid, Doubt, Unknown, NoAnswer, Conflict}, o.Kind)
	if !answered || !p.State.settled() || p.DueAt.IsZero() || p.DueAt.After(m.clock.now()) || !o.Payout.DueAt.Equal(p.DueAt) {
		return
	}
	if p.DueAt = m.nextWatch(policy, p); o.Kind == NoAnswer && o.NextAsk.After(m.clock.now()) {
		p.DueAt = o.NextAsk
	}
}

// expect does to the model what the outcome should do to the book, and tells
// whether the outcome is contrary to what was known.
func (m *model) expect(p *twin, o Outcome) bool { return m.expectUnder(brief, p, o) }

func (m *model) expectUnder(policy Policy, p *twin, o Outcome) bool {
	if o.Callback && p.heard[string(o.Evidence)] {
		return false
	}
	if slices.Contains([]Kind{Hold, Release, Cancel, SaidPaid, SaidNotPaid, Resend}, o.Kind) {
		o.PlatformTradeNo = "" // a word names none
	}
	o.Known = o.PlatformTradeNo != ""
	if o.PlatformTradeNo != "" && p.PlatformTradeNo != "" && o.PlatformTradeNo != p.PlatformTradeNo {
		o.Kind, o.Reason, o.PlatformTradeNo = Conflict, ReasonNumberDiffers, ""
	}
	d, unknowns, since := m.decide(policy, p, o)
	taken := !d.ignored && !d.hint && o.PlatformTradeNo != "" && p.PlatformTradeNo == "" &&
		slices.ContainsFunc(m.payouts, func(other *twin) bool { return other.PlatformTradeNo == o.PlatformTradeNo })
	if taken {
		o.Kind, o.Reason, o.PlatformTradeNo = Conflict, ReasonNumberTaken, ""
		d, unknowns, since = m.decide(policy, p, o)
	}
	if d.ignored {
		m.moveOn(policy, p, o)
		if o.Kind == Paid && p.State == Succeeded && o.Attempt == 0 && !o.Callback {
			p.unknowns, p.firstUnknown = 0, time.Time{}
		}
		return false
	}
	p.unknowns, p.firstUnknown = unknowns, since
	m.learn(p, o, d)
	m.schedule(policy, p, o, d)
	p.succeeded = p.succeeded || p.State == Succeeded
	p.meant = p.meant || o.Kind == Release
	return d.flagged
}

// learn takes over what an outcome tells of a payout.
func (m *model) learn(p *twin, o Outcome, d decision) {
	if d.event {
		if p.heard == nil {
			p.heard, p.told = map[string]bool{}, map[string]bool{}
		}
		p.heard[string(o.Evidence)] = true
	}
	if d.flagged && d.to == p.State {
		p.told[contradiction(p, o, d)] = true
	}
	p.Flagged = p.Flagged || d.flagged
	p.known = p.known || o.Known && o.Kind != Hint || slices.Contains([]Kind{Accepted, Paid, NotPaid, Conflict}, o.Kind) || o.Kind == Doubt && o.Attempt == 0
	if d.hint {
		return
	}
	p.conflict = d.to == Held && (p.conflict || d.flagged)
	if p.PlatformTradeNo == "" {
		p.PlatformTradeNo = o.PlatformTradeNo
	}
	if d.event {
		p.Reason = orDefault(d.reason, o.Reason)
	}
	switch {
	case o.Kind == NotSent && p.State == Submitting && d.to != Submitting:
		p.Unsent++
	case o.Kind == Resend:
		p.resendsTo = p.Sends() + 1
	}
	if o.Kind == Release || o.Kind == Resend || o.Kind == Unknown && d.to == Ready {
		p.unknowns, p.firstUnknown = 0, time.Time{}
	}
}

// schedule moves a payout, and says when it is due.
func (m *model) schedule(policy Policy, p *twin, o Outcome, d decision) {
	was := p.State
	m.bring(policy, p, d.to)
	switch now := m.clock.now(); {
	case d.hint && (p.Sends() > 0 || p.known || p.State.Final()):
		p.DueAt = now
	case d.hint || p.State.settled() && p.State != was:
	case p.State.settled():
		m.moveOn(policy, p, o)
	case o.Kind == Unknown && p.State == Ready, p.State != Ready && o.NextAsk.IsZero():
		p.DueAt = now
	default:
		p.DueAt = o.NextAsk
	}
}

func contradiction(p *twin, o Outcome, d decision) string {
	return string(p.State) + string(o.Kind) + orDefault(d.reason, o.Reason) + o.Code + o.Message
}

// decide is what the state machine says, and what comes of it: a number that
// is new is not lost, and what was said before is not said again.
func (m *model) decide(policy Policy, p *twin, o Outcome) (d decision, unknowns int, since time.Time) {
	unknowns, since = p.unknowns, p.firstUnknown
	now := m.clock.now()
	if o.Kind == Unknown {
		if unknowns++; since.IsZero() {
			since = now
		}
	}
	from := o.source(p.Payout)
	d = decide(standing{
		state: p.State, sends: p.Sends(), known: p.known || o.Known, conflict: p.conflict,
		denied: policy.Unknowns > 0 && unknowns >= policy.Unknowns && now.Sub(since) >= policy.Quarantine,
		spent:  p.Sends() >= max(policy.MaxAttempts, p.resendsTo),
		stuck:  policy.StuckAfter > 0 && p.Attempts > 0 && now.Sub(p.SubmittedAt) >= policy.StuckAfter && (p.known || p.resendsTo <= p.Sends()),
	}, o.Kind, from)
	numbered := o.PlatformTradeNo != "" && p.PlatformTradeNo == ""
	agrees := o.Kind == Paid && p.State == Succeeded || o.Kind == NotPaid && p.State == Failed || o.Kind == Accepted && p.State == Processing
	late := o.Kind != Hint && (shows(o) || o.Known) && !p.known && p.Sends() > 0 && !p.State.Final()
	switch {
	case d.ignored && numbered && agrees:
		d = decision{to: p.State, event: true}
	case d.ignored && late && p.State == Ready:
		d = decision{to: InDoubt, event: true}
	case d.ignored && late:
		d = decision{to: p.State}
	case d.flagged && d.to == p.State && !numbered && p.told[contradiction(p, o, d)]:
		d = decision{to: p.State, ignored: true}
	}
	d.event = d.event || numbered && !d.ignored && !d.hint
	return d, unknowns, since
}
