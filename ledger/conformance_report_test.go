package ledger

import (
	"testing"
	"time"
)

// changes are those that a report written now would tell, as text.
func (d *desk) changes(b Batch) (since time.Time, first bool, moved []string) {
	d.t.Helper()
	c, err := d.Changes(d.t.Context(), b.ID)
	must(d.t, err)
	for _, m := range c.Moved {
		moved = append(moved, m.From+" > "+m.To+": "+m.Sum.Plain())
	}
	return c.Since, c.First, moved
}

var reporting = map[string]func(*testing.T, *desk){
	"a report written twice never says two things": func(t *testing.T, d *desk) {
		b := d.batch(4)
		tells := func(wantFirst bool, wantSince time.Time, want ...string) {
			t.Helper()
			for range 2 {
				since, first, moved := d.changes(b)
				equal(t, "moved", moved, want)
				equal(t, "since", []any{first, since}, []any{wantFirst, wantSince})
				d.reported(b.ID)
				d.later(time.Minute)
			}
		}
		tells(true, time.Time{})
		one := d.clock.now().Add(-2 * time.Minute)
		claimed := d.claim(b, 3)
		d.record(answer(claimed[0], Paid))
		d.record(answer(claimed[1], Doubt))
		d.record(asked(d.reload(claimed[1]), Paid))
		d.record(answer(claimed[2], Doubt))
		tells(false, one, "waiting > in doubt: 100.02", "waiting > succeeded: 200.01")
		two := d.clock.now().Add(-2 * time.Minute)
		must(t, d.Note(t.Context(), b.ID, "maria", "looked", "", nil)) // the history goes on, nothing moves
		tells(false, two)
		three := d.clock.now().Add(-2 * time.Minute)
		d.record(asked(d.reload(claimed[2]), Accepted))
		d.record(asked(d.reload(claimed[2]), NotPaid))
		d.record(asked(d.reload(claimed[0]), NotPaid))
		tells(false, three, "in doubt > failed: 100.02", "succeeded > reversed: 100")
	},
	"what came back to where it was never counts as moved": func(t *testing.T, d *desk) {
		b := d.batch(1)
		d.reported(b.ID)
		p := d.claim(b, 1)[0]
		d.record(answer(p, NotSent))
		_, first, moved := d.changes(b)
		equal(t, "moved", []any{first, len(moved)}, []any{false, 0})
	},
	"another batch never counts": func(t *testing.T, d *desk) {
		one, two := d.batch(2), d.batch(2)
		d.reported(one.ID)
		d.reported(two.ID)
		d.record(answer(d.claim(two, 1)[0], Paid))
		_, first, moved := d.changes(one)
		equal(t, "of the first", []any{first, len(moved)}, []any{true, 0})
		_, _, moved = d.changes(two)
		equal(t, "of the second", moved, []string{"waiting > succeeded: 100"})
		empty := d.imported(invalid(2, "x"))
		d.reported(empty.ID)
		must(t, d.Note(t.Context(), empty.ID, "maria", "looked", "", nil))
		_, first, moved = d.changes(empty)
		equal(t, "of none", []any{first, len(moved)}, []any{false, 0})
		if err := d.MarkReported(t.Context(), Summary{Batch: Batch{ID: 99}, Seq: 1}); err == nil {
			t.Error("a batch that is not there was reported")
		}
	},
	"a stop is shown until something is sent again": func(t *testing.T, d *desk) {
		b := d.batch(4)
		shows := func(want string) {
			t.Helper()
			s, err := d.Summary(t.Context(), b.ID)
			must(t, err)
			equal(t, "stopped", s.Stopped, want)
		}
		shows("")
		p := d.claim(b, 2)
		must(t, d.Stop(t.Context(), b.ID, ActorSubmit, "20 failed in a row"))
		shows("20 failed in a row")
		d.record(answer(p[0], Doubt))
		d.record(asked(d.reload(p[0]), Paid))
		d.record(answer(p[1], NotSent))
		must(t, d.Note(t.Context(), b.ID, "maria", "looked", "", nil))
		shows("20 failed in a row")
		d.claim(d.batch(1), 1) // another batch's
		shows("20 failed in a row")
		must(t, d.Stop(t.Context(), b.ID, ActorSubmit, "the balance dropped"))
		shows("the balance dropped")
		d.claim(b, 1)
		shows("")
		for _, who := range [][2]string{{"", "why"}, {"who", ""}} {
			if d.Stop(t.Context(), b.ID, who[0], who[1]) == nil {
				t.Error("stopped without who and why")
			}
		}
	},
	"what was called off is found until another stands in": func(t *testing.T, d *desk) {
		b := d.batch(8)
		claimed := d.claim(b, 6)
		for i, kind := range []Kind{NotPaid, Refused, Paid, Paid, Doubt, NotPaid} {
			d.record(answer(claimed[i], kind))
		}
		d.record(asked(d.reload(claimed[2]), NotPaid)) // reversed
		cancelled := d.payouts(b)[7]
		_, err := d.Cancel(t.Context(), cancelled.TradeNo, "maria", "a duplicate")
		must(t, err)
		equal(t, "called off", rowNumbers(all(t, d.CalledOff(t.Context(), b.ID))), []int{2, 3, 4, 7})
		d.imported(inPlaceOf(2, 100, claimed[1].TradeNo))
		equal(t, "one is replaced", rowNumbers(all(t, d.CalledOff(t.Context(), b.ID))), []int{2, 4, 7})
	},
	"what was sent since is never more or less than left": func(t *testing.T, d *desk) {
		sum := func(since time.Time) string {
			t.Helper()
			amount, err := d.SubmittedSince(t.Context(), d.merchant.ID, since)
			must(t, err)
			return amount.String()
		}
		begun := d.clock.now()
		equal(t, "nothing", sum(begun), "0.00 MXN")
		b := d.batch(4)
		claimed := d.claim(b, 2)
		d.record(answer(claimed[0], NotPaid))
		d.record(answer(claimed[1], NotSent))
		equal(t, "one left", sum(begun), "100.00 MXN")
		d.later(time.Hour)
		morning := d.clock.now()
		equal(t, "none since", sum(morning), "0.00 MXN")
		d.claim(b, 1)
		d.claim(b, 1)
		equal(t, "two since", sum(morning), "200.03 MXN")
		equal(t, "in all", sum(begun), "300.03 MXN")
		amount, err := d.SubmittedSince(t.Context(), d.register("other-mx").ID, begun)
		must(t, err)
		equal(t, "of another", amount.String(), "0.00 MXN")
	},
	"what is unsettled is never another merchant's, and never what only waits": func(t *testing.T, d *desk) {
		codes := func() (found []int64) {
			for _, b := range all(t, d.Unsettled(t.Context(), d.merchant.ID, d.clock.now())) {
				found = append(found, b.ID)
			}
			return found
		}
		d.batch(1)
		submitting, doubtful, done := d.in(Submitting), d.in(InDoubt), d.in(Succeeded)
		d.in(Held)
		equal(t, "open", codes(), []int64{submitting.BatchID, doubtful.BatchID})
		d.record(d.called(done, NotPaid))
		equal(t, "and due", codes(), []int64{submitting.BatchID, doubtful.BatchID, done.BatchID})
		equal(t, "of another", len(all(t, d.Unsettled(t.Context(), d.register("other-mx").ID, d.clock.now()))), 0)
	},
}
