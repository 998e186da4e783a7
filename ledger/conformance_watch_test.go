package ledger

import (
	"fmt"
	"testing"
	"time"
)

// looked is the policy of tests about watching and getting stuck.
var looked = Policy{
	Unknowns: 3, Quarantine: 15 * time.Minute, MaxAttempts: 2, StuckAfter: 24 * time.Hour,
	Watch: []time.Duration{time.Hour, 6 * time.Hour, 48 * time.Hour},
}

// watches asserts when a payout is to be asked about next, after this time.
func (d *desk) watches(what string, p Payout, in time.Duration) {
	d.t.Helper()
	want := time.Time{}
	if in > 0 {
		want = d.clock.now().Add(in)
	}
	equal(d.t, what, d.reload(p).DueAt, want)
	equal(d.t, what+", of the batch", d.outstanding(p).WatchDue, want)
}

var watching = map[string]func(*testing.T, *desk){
	"what has settled is asked about again, and not for ever": func(t *testing.T, d *desk) {
		for kind, state := range map[Kind]State{Paid: Succeeded, NotPaid: Failed, Refused: Rejected} {
			p := d.claimed()
			d.recordUnder(looked, answer(p, kind))
			d.watches("first", p, time.Hour)
			equal(t, "open", d.outstanding(p).Open, false)
			equal(t, "not yet", len(all(t, d.Watched(t.Context(), p.BatchID, d.clock.now(), 10))), 0)
			again := map[State]Kind{Succeeded: Paid, Failed: NotPaid, Rejected: Unknown}[state]
			history := len(d.history(p))
			for _, c := range []struct{ wait, next time.Duration }{{time.Hour, 5 * time.Hour}, {10 * time.Hour, 37 * time.Hour}, {40 * time.Hour, 0}} {
				d.later(c.wait)
				equal(t, "unsettled", len(all(t, d.Unsettled(t.Context(), d.merchant.ID, d.clock.now()))), 1)
				for _, due := range all(t, d.Watched(t.Context(), p.BatchID, d.clock.now(), 10)) {
					equal(t, "ignored", d.recordUnder(looked, asked(due, again)).Ignored, true)
				}
				d.watches("next", p, c.next)
			}
			equal(t, "history", len(d.history(p)), history)
			d.stands(p, state)
		}
	},
	"whatever a question brings moves the next one on": func(t *testing.T, d *desk) {
		for _, state := range []State{Succeeded, Failed, Held} {
			for _, kind := range []Kind{NoAnswer, Unknown, Doubt} {
				p := d.claimed()
				d.recordUnder(looked, answer(p, map[State]Kind{Succeeded: Paid, Failed: NotPaid, Held: Conflict}[state]))
				d.later(time.Hour)
				due := all(t, d.Watched(t.Context(), p.BatchID, d.clock.now(), 10))
				equal(t, "due", len(due), 1)
				d.recordUnder(looked, asked(due[0], kind))
				d.watches(fmt.Sprintf("%s when %s", kind, state), p, 5*time.Hour)
				d.stands(p, state)
			}
		}
	},
	"a question that nobody answered is asked soon again": func(t *testing.T, d *desk) {
		p := d.claimed()
		d.recordUnder(looked, answer(p, Paid))
		d.later(time.Hour)
		o := asked(d.reload(p), NoAnswer)
		o.NextAsk = d.clock.now().Add(5 * time.Minute)
		d.recordUnder(looked, o)
		d.watches("soon", p, 5*time.Minute)
	},
	"a question asked before it was due changes nothing": func(t *testing.T, d *desk) {
		p := d.claimed()
		d.recordUnder(looked, answer(p, Paid))
		before := d.reload(p)
		for _, kind := range []Kind{Paid, NoAnswer, Doubt} {
			o := asked(before, kind)
			o.NextAsk = d.clock.now().Add(time.Minute)
			d.recordUnder(looked, o)
		}
		equal(t, "unchanged", fmt.Sprintf("%+v", d.reload(p)), fmt.Sprintf("%+v", before))
	},
	"a policy that watches nothing asks nothing": func(t *testing.T, d *desk) {
		p := d.claimed()
		o := answer(p, Paid)
		o.NextAsk = d.clock.now().Add(time.Minute)
		d.record(o)
		d.watches("never", p, 0)
	},
	"what is held is watched from when it was held, if it was sent": func(t *testing.T, d *desk) {
		p := d.in(InDoubt)
		d.later(10 * time.Hour)
		d.recordUnder(looked, asked(d.reload(p), Hold))
		d.watches("held", p, time.Hour)
		d.later(7 * time.Hour)
		d.recordUnder(looked, asked(d.reload(p), NoAnswer))
		d.watches("then", p, 41*time.Hour)
		never := d.payouts(d.batch(1))[0]
		d.recordUnder(looked, asked(never, Hold))
		d.watches("never sent", never, 0)
	},
	"what was withdrawn or taken back is not watched": func(t *testing.T, d *desk) {
		p := d.payouts(d.batch(1))[0]
		d.recordUnder(looked, asked(p, Cancel))
		d.watches("cancelled", p, 0)
		p = d.in(Succeeded)
		d.recordUnder(looked, asked(p, NotPaid))
		d.stands(p, Reversed)
		d.watches("reversed", p, 0)
	},
	"what ends anew is watched anew": func(t *testing.T, d *desk) {
		p := d.claimed()
		d.recordUnder(looked, answer(p, NotPaid))
		d.later(50 * time.Hour)
		d.recordUnder(looked, asked(d.reload(p), Paid))
		equal(t, "final at", d.stands(p, Succeeded).FinalAt, d.clock.now())
		d.watches("succeeded", p, time.Hour)
	},
	"the longest overdue come first, and no more than asked for": func(t *testing.T, d *desk) {
		b := d.batch(3)
		claimed := d.claim(b, 3)
		for _, i := range []int{2, 0, 1} {
			d.recordUnder(looked, answer(claimed[i], Paid))
			d.clock.advance(time.Second)
		}
		now := d.clock.now().Add(2 * time.Hour)
		equal(t, "order", rowNumbers(all(t, d.Watched(t.Context(), b.ID, now, 10))), []int{4, 2, 3})
		equal(t, "two", rowNumbers(all(t, d.Watched(t.Context(), b.ID, now, 2))), []int{4, 2})
		equal(t, "none", len(all(t, d.Watched(t.Context(), b.ID, now, 0))), 0)
	},
	"a payout that is denied after it was paid is never unseen": func(t *testing.T, d *desk) {
		p := d.in(InDoubt)
		d.deny(p, 2, 20*time.Minute)
		d.recordUnder(looked, asked(d.reload(p), Paid))
		d.deny(p, 2, 20*time.Minute) // denials of what was in doubt do not count
		equal(t, "flagged", d.stands(p, Succeeded).Flagged, false)
		d.record(asked(d.reload(p), Paid)) // known again: they count anew
		d.deny(p, 2, 20*time.Minute)
		equal(t, "flagged", d.stands(p, Succeeded).Flagged, false)
		d.deny(p, 1, 0)
		now := d.stands(p, Succeeded)
		equal(t, "flagged", []any{now.Flagged, now.Reason}, []any{true, ReasonDenied})
		history := len(d.history(p))
		d.deny(p, 10, time.Hour)
		equal(t, "told once", len(d.history(p)), history)
	},
	"a contradiction heard ten times is never told twice": func(t *testing.T, d *desk) {
		cancelled := d.payouts(d.batch(1))[0]
		_, err := d.Cancel(t.Context(), cancelled.TradeNo, "maria", "a duplicate")
		must(t, err)
		for _, c := range []struct {
			p     Payout
			kinds []Kind
		}{
			{d.in(Succeeded), []Kind{Accepted, Conflict}},
			{d.in(Reversed), []Kind{Paid, Accepted, Conflict}},
			{d.contradicted(), []Kind{Paid, NotPaid, Accepted}},
			{d.in(Failed), []Kind{Conflict}},
			{d.in(Rejected), []Kind{Conflict}},
			{d.reload(cancelled), []Kind{Paid, NotPaid}},
		} {
			before := len(d.history(c.p))
			for range 10 {
				for _, kind := range c.kinds { // in turn
					_, err := d.Record(t.Context(), looked, []Outcome{asked(d.reload(c.p), kind), asked(d.reload(c.p), kind)})
					must(t, err)
				}
				d.later(5 * time.Hour)
			}
			equal(t, fmt.Sprintf("%s, %v", c.p.State, c.kinds), len(d.history(c.p))-before, len(c.kinds))
			equal(t, "flagged", d.stands(c.p, c.p.State).Flagged, true)
			d.watches("not asked in a loop", c.p, 0)
		}
	},
	"a contradiction with another reason is never taken for the same": func(t *testing.T, d *desk) {
		p := d.in(Succeeded)
		before := len(d.history(p))
		for _, change := range []func(*Outcome){
			func(*Outcome) {}, func(o *Outcome) { o.Reason = "amount_differs" }, func(o *Outcome) { o.Code = "77" }, func(o *Outcome) { o.Message = "twice" },
		} {
			o := asked(d.reload(p), Conflict)
			change(&o)
			d.record(o)
		}
		equal(t, "told", len(d.history(p))-before, 4)
	},
	"a stale snapshot is never asked about for ever": func(t *testing.T, d *desk) {
		p := d.claimed()
		d.recordUnder(looked, answer(p, Paid))
		d.later(time.Hour)
		d.recordUnder(looked, asked(p, Paid)) // as it was on the wire
		due := all(t, d.Watched(t.Context(), p.BatchID, d.clock.now(), 1))
		d.recordUnder(looked, asked(due[0], Paid))
		d.watches("next", p, 5*time.Hour)
	},
}

var sticking = map[string]func(*testing.T, *desk){
	"what stays open for too long is never left to itself": func(t *testing.T, d *desk) {
		for _, state := range []State{InDoubt, Processing} {
			for _, kind := range []Kind{Accepted, Doubt, NoAnswer, Unknown} {
				if state == InDoubt && kind == Unknown {
					continue // denials lead somewhere by themselves
				}
				p := d.in(state)
				d.later(24*time.Hour - time.Second)
				d.recordUnder(looked, asked(d.reload(p), kind))
				if now := d.reload(p); !oneOf(now.State, InDoubt, Processing) {
					t.Errorf("%s when %s: %s too soon", kind, state, now.State)
				}
				d.later(time.Second)
				applied := d.recordUnder(looked, asked(d.reload(p), kind))
				now := d.stands(p, Held)
				equal(t, "why", []any{now.Reason, now.Flagged, applied.Flagged}, []any{ReasonStuck, false, false})
				d.watches("watched", p, time.Hour)
			}
		}
	},
	"nothing but an answer to a question says that it is stuck": func(t *testing.T, d *desk) {
		p := d.in(Processing)
		d.later(48 * time.Hour)
		d.recordUnder(looked, d.called(p, Accepted))
		d.recordUnder(looked, d.called(p, Hint))
		d.recordUnder(looked, answer(p, Accepted))
		d.stands(p, Processing)
	},
	"a policy without a limit holds nothing": func(t *testing.T, d *desk) {
		p := d.in(Processing)
		d.later(1000 * time.Hour)
		d.record(asked(d.reload(p), Accepted))
		d.stands(p, Processing)
	},
	"what is stuck is moved by a definite answer, and by none that would stick again": func(t *testing.T, d *desk) {
		for kind, want := range map[Kind]State{Paid: Succeeded, NotPaid: Failed, Accepted: Held, Doubt: Held} {
			p := d.in(InDoubt)
			d.later(25 * time.Hour)
			d.recordUnder(looked, asked(d.reload(p), NoAnswer))
			d.stands(p, Held)
			d.recordUnder(looked, asked(d.reload(p), kind))
			history := d.history(p)
			d.recordUnder(looked, asked(d.reload(p), kind))
			now := d.stands(p, want)
			equal(t, "flagged", now.Flagged, false)
			equal(t, "once", d.history(p), history)
			if want == Held {
				equal(t, "why", now.Reason, ReasonStuck)
				_, err := d.Resolve(t.Context(), p.TradeNo, Resend, "maria", "send it")
				refusedFor(t, err, WordKnown)
			}
		}
	},
	"what is denied long enough is sent again, stuck or not": func(t *testing.T, d *desk) {
		p := d.in(InDoubt)
		d.deny(p, 2, 8*time.Minute)
		d.later(48 * time.Hour)
		d.recordUnder(looked, asked(d.reload(p), Unknown))
		d.stands(p, Ready)
	},
	"a doubt that nobody asked about for days is denied before it is sent again, and not held": func(t *testing.T, d *desk) {
		p := d.in(InDoubt)
		d.later(48 * time.Hour)
		for range 2 {
			d.recordUnder(looked, asked(d.reload(p), Unknown))
			d.stands(p, InDoubt)
			d.later(8 * time.Minute)
		}
		d.recordUnder(looked, asked(d.reload(p), Unknown))
		d.stands(p, Ready)
	},
	"what is held as stuck and let go once more is denied anew, whatever else is heard, and sent": func(t *testing.T, d *desk) {
		p := d.in(InDoubt)
		d.later(48 * time.Hour)
		d.recordUnder(looked, asked(d.reload(p), NoAnswer))
		d.stands(p, Held)
		_, err := d.Resolve(t.Context(), p.TradeNo, Resend, "maria", "support never saw it")
		must(t, err)
		for range 2 {
			d.recordUnder(looked, asked(d.reload(p), Unknown))
			d.recordUnder(looked, asked(d.reload(p), NoAnswer))
			d.stands(p, InDoubt)
			d.later(8 * time.Minute)
		}
		d.recordUnder(looked, asked(d.reload(p), Unknown))
		d.stands(p, Ready)
	},
}
