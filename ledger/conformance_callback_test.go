package ledger

import (
	"fmt"
	"testing"
	"time"
)

// called is what the gateway says when it calls, each time in other words.
func (d *desk) called(p Payout, kind Kind) Outcome {
	d.calls++
	return Outcome{
		Payout: p, Callback: true, Kind: kind, Reason: "called_" + string(kind), Actor: ActorCallback,
		Evidence: fmt.Appendf(nil, `{"call":%d}`, d.calls), NextAsk: d.clock.now().Add(time.Minute),
	}
}

// in brings a payout into a state, as far as it was sent.
func (d *desk) in(state State) Payout {
	d.t.Helper()
	p := d.claimed()
	for _, kind := range map[State][]Kind{
		InDoubt: {Doubt}, Processing: {Accepted}, Succeeded: {Paid}, Failed: {NotPaid}, Rejected: {Refused},
		Reversed: {Paid, NotPaid}, Held: {Doubt, Hold}, Ready: {Doubt},
	}[state] {
		if now := d.reload(p); now.State == Submitting {
			d.record(answer(now, kind))
		} else {
			d.record(asked(now, kind))
		}
	}
	if state == Ready {
		d.deny(p, 3, 8*time.Minute)
	}
	return d.stands(p, state)
}

// contradicted is a payout that is held by a contradiction.
func (d *desk) contradicted() Payout {
	d.t.Helper()
	p := d.claimed()
	d.record(answer(p, Conflict))
	return d.stands(p, Held)
}

// outstanding is what the batch of a payout has to do.
func (d *desk) outstanding(p Payout) Outstanding {
	d.t.Helper()
	o, err := d.Outstanding(d.t.Context(), p.BatchID)
	must(d.t, err)
	return o
}

// hinted asserts that an outcome was a hint and nothing more.
func (d *desk) hinted(name string, o Outcome) Payout {
	d.t.Helper()
	before := d.reload(o.Payout)
	applied := d.record(o)
	now := d.reload(o.Payout)
	equal(d.t, name+": did", []any{applied.Flagged, applied.Ignored, now.State, now.Flagged, now.DueAt}, []any{false, false, before.State, before.Flagged, d.clock.now()})
	equal(d.t, name+": reason", []string{now.Reason, now.Code, now.Message, now.PlatformTradeNo}, []string{before.Reason, before.Code, before.Message, before.PlatformTradeNo})
	events := all(d.t, d.Events(d.t.Context(), now.ID))
	last := events[len(events)-1]
	equal(d.t, name+": event", []any{last.Kind, last.From, last.To, last.Actor, last.Flagged, string(last.Evidence), last.PlatformTradeNo},
		[]any{string(Hint), before.State, before.State, o.Actor, false, string(o.Evidence), ""})
	return now
}

var callingBack = map[string]func(*testing.T, *desk){
	"a callback about what is open is never worth less than an answer": func(t *testing.T, d *desk) {
		for _, c := range []struct {
			in   State
			kind Kind
			to   State
		}{
			{Submitting, Paid, Succeeded},
			{InDoubt, Paid, Succeeded},
			{Processing, Paid, Succeeded},
			{Ready, Paid, Succeeded},
			{Held, Paid, Succeeded},
			{Submitting, NotPaid, InDoubt},
			{InDoubt, NotPaid, Failed},
			{Processing, NotPaid, Failed},
			{Ready, NotPaid, Failed},
			{Held, NotPaid, Failed},
		} {
			p := d.in(c.in)
			applied := d.record(numbered(d.called(p, c.kind), "P-"+p.TradeNo))
			now := d.stands(p, c.to)
			equal(t, "flagged", applied.Flagged || now.Flagged, false)
			equal(t, "number", now.PlatformTradeNo, "P-"+p.TradeNo)
			equal(t, "why", now.Reason, "called_"+string(c.kind))
		}
	},
	"a callback never contradicts": func(t *testing.T, d *desk) {
		contradicted := d.contradicted()
		for _, c := range []struct {
			p     Payout
			kinds []Kind
		}{
			{d.in(Succeeded), []Kind{NotPaid, Accepted, Conflict, Doubt}},
			{d.in(Failed), []Kind{Paid, Accepted, Conflict, Doubt}},
			{d.in(Rejected), []Kind{Paid, Accepted, Conflict, Doubt}},
			{d.in(Reversed), []Kind{Paid, Accepted, Conflict, Doubt}},
			{contradicted, []Kind{Paid, NotPaid, Accepted, Conflict, Doubt}},
			{d.in(InDoubt), []Kind{Accepted, Conflict, Doubt}},
			{d.in(Processing), []Kind{Conflict, Doubt}},
			{d.in(Held), []Kind{Accepted, Conflict, Doubt}},
			{d.in(Submitting), []Kind{Accepted, Conflict, Doubt}},
		} {
			for _, kind := range c.kinds {
				d.hinted(fmt.Sprintf("%s when %s", kind, c.p.State), d.called(c.p, kind))
			}
		}
	},
	"another number or one that is taken is never believed of a callback": func(t *testing.T, d *desk) {
		p := d.claimed()
		d.record(numbered(answer(p, Accepted), "P-1"))
		d.hinted("another", numbered(d.called(p, Paid), "P-2"))
		d.hinted("taken", numbered(d.called(d.in(InDoubt), Paid), "P-1"))
		d.hinted("taken by what is paid", numbered(d.called(d.in(Succeeded), Paid), "P-1"))
	},
	"a call about what was never sent is never believed, and never unseen": func(t *testing.T, d *desk) {
		for _, kind := range []Kind{Paid, NotPaid, Accepted, Conflict} {
			b := d.batch(1)
			p := d.payouts(b)[0]
			equal(t, "flagged", d.record(d.called(p, kind)).Flagged, true)
			d.stands(p, Held)
			equal(t, "to send", len(d.claim(b, 1)), 0)
		}
		cancelled := d.payouts(d.batch(1))[0]
		_, err := d.Cancel(t.Context(), cancelled.TradeNo, "maria", "a duplicate")
		must(t, err)
		d.hinted("cancelled", d.called(cancelled, Paid))
		d.record(asked(d.reload(cancelled), Paid))
		equal(t, "flagged", d.stands(cancelled, Cancelled).Flagged, true)
	},
	"a replay never writes anything": func(t *testing.T, d *desk) {
		p := d.in(InDoubt)
		paid := d.called(p, Paid)
		d.record(paid)
		d.record(asked(d.reload(p), NotPaid)) // reversed since
		before := d.stands(p, Reversed)
		history := d.history(p)
		for _, kind := range []Kind{Paid, NotPaid, Accepted, Hint} {
			paid.Kind = kind
			equal(t, "ignored", d.record(paid).Ignored, true)
		}
		applied, err := d.Record(t.Context(), retry, []Outcome{d.called(p, Hint), d.called(p, Hint)})
		must(t, err)
		equal(t, "two that differ", []bool{applied[0].Ignored, applied[1].Ignored}, []bool{false, false})
		hint := d.called(p, Hint)
		applied, err = d.Record(t.Context(), retry, []Outcome{hint, hint})
		must(t, err)
		equal(t, "two that do not", []bool{applied[0].Ignored, applied[1].Ignored}, []bool{false, true})
		equal(t, "history", len(d.history(p)), len(history)+3)
		equal(t, "state", d.reload(p).State, before.State)
	},
	"a call that says what is known is never written, but for the number": func(t *testing.T, d *desk) {
		for state, kind := range map[State]Kind{Succeeded: Paid, Failed: NotPaid, Processing: Accepted} {
			p := d.in(state)
			equal(t, "ignored", d.record(d.called(p, kind)).Ignored, true)
			equal(t, "unchanged", fmt.Sprintf("%+v", d.reload(p)), fmt.Sprintf("%+v", p))
			equal(t, "number", d.record(numbered(d.called(p, kind), "P-"+p.TradeNo)).Ignored, false)
			now := d.stands(p, state)
			equal(t, "number", now.PlatformTradeNo, "P-"+p.TradeNo)
			equal(t, "again", d.record(numbered(d.called(p, kind), "P-"+p.TradeNo)).Ignored, true)
		}
	},
	"what was to be sent again never is when there may be news": func(t *testing.T, d *desk) {
		for _, kind := range []Kind{Hint, Accepted, Conflict, Doubt} {
			p := d.in(Ready)
			equal(t, "flagged", d.record(d.called(p, kind)).Flagged, false)
			now := d.stands(p, InDoubt)
			equal(t, "due", now.DueAt, d.clock.now())
			equal(t, "to send", len(d.claim(Batch{ID: p.BatchID}, 1)), 0)
			d.deny(p, 3, 8*time.Minute)
			d.stands(p, map[bool]State{true: Ready, false: Held}[kind == Hint]) // a hint shows nothing
		}
	},
	"a hint is asked about, and the answer decides": func(t *testing.T, d *desk) {
		p := d.in(Succeeded)
		equal(t, "quiet", d.outstanding(p), Outstanding{})
		d.hinted("reversed", d.called(p, NotPaid))
		equal(t, "due", d.outstanding(p), Outstanding{WatchDue: d.clock.now()})
		equal(t, "unsettled", len(all(t, d.Unsettled(t.Context(), d.merchant.ID, d.clock.now()))), 1)
		silent := asked(d.reload(p), NoAnswer)
		silent.NextAsk = d.clock.now().Add(time.Minute)
		d.record(silent)
		equal(t, "not lost", d.reload(p).DueAt, silent.NextAsk)
		d.later(time.Minute)
		due := all(t, d.Watched(t.Context(), p.BatchID, d.clock.now(), 10))
		equal(t, "asked", len(due), 1)
		equal(t, "flagged", d.record(asked(due[0], NotPaid)).Flagged, true)
		equal(t, "quiet again", []any{d.stands(p, Reversed).DueAt, d.outstanding(p)}, []any{time.Time{}, Outstanding{}})
	},
	"a hint that nothing follows from is asked about once": func(t *testing.T, d *desk) {
		p := d.in(Succeeded)
		d.hinted("reversed", d.called(p, NotPaid))
		d.record(asked(d.reload(p), Paid))
		equal(t, "quiet", []any{d.stands(p, Succeeded).Flagged, d.outstanding(p)}, []any{false, Outstanding{}})
	},
	"an answer that is older than the news never uses it up": func(t *testing.T, d *desk) {
		p := d.in(Succeeded)
		o := asked(p, Paid) // asked already when the gateway calls
		d.hinted("reversed", d.called(p, NotPaid))
		d.record(o)
		equal(t, "still due", d.reload(p).DueAt, d.clock.now())
	},
	"a hint about what was never sent never sends it sooner": func(t *testing.T, d *desk) {
		p := d.claimed()
		o := answer(p, NotSent)
		o.NextAsk = d.clock.now().Add(time.Hour)
		d.record(o)
		d.record(d.called(p, Hint))
		equal(t, "due", d.stands(p, Ready).DueAt, o.NextAsk)
		equal(t, "kept", d.history(p)[2], "hint: ready → ready (called_hint)")
	},
}
