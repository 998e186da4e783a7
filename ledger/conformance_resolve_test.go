package ledger

import (
	"errors"
	"fmt"
	"testing"
	"time"
)

// refusedFor asserts why a word was refused.
func refusedFor(t *testing.T, err error, why Refusal) {
	t.Helper()
	var word *WordError
	if !errors.As(err, &word) || word.Why != why {
		t.Fatalf("got %v, want a refusal: %s", err, why)
	}
}

var resolving = map[string]func(*testing.T, *desk){
	"a word never does anything but what it may": func(t *testing.T, d *desk) {
		never := func() Payout { return d.payouts(d.batch(1))[0] }
		heldNever := func() Payout { return d.payouts(d.imported(suspect(2, 100, "x")))[0] }
		unsentContrary := func() Payout { return d.record(asked(never(), Paid)).Payout }
		for _, c := range []struct {
			name                  string
			make                  func() Payout
			paid, notPaid, resend any // a state, or a refusal
		}{
			{"ready", never, WordNeverSent, WordNeverSent, WordNeverSent},
			{"ready to be sent again", func() Payout { return d.in(Ready) }, Succeeded, Failed, WordAlready},
			{"a suspect", heldNever, WordNeverSent, WordNeverSent, WordNeverSent},
			{"never sent and paid", unsentContrary, Succeeded, Failed, WordContradiction},
			{"held", func() Payout { return d.in(Held) }, Succeeded, Failed, InDoubt},
			{"contradicted", d.contradicted, Succeeded, Failed, WordContradiction},
			{"on the wire", func() Payout { return d.in(Submitting) }, WordRunning, WordRunning, WordRunning},
			{"in doubt", func() Payout { return d.in(InDoubt) }, Succeeded, Failed, InDoubt},
			{"in progress", func() Payout { return d.in(Processing) }, Succeeded, Failed, WordKnown},
			{"paid", func() Payout { return d.in(Succeeded) }, WordAlready, Reversed, WordState},
			{"failed", func() Payout { return d.in(Failed) }, Succeeded, WordAlready, WordState},
			{"refused", func() Payout { return d.in(Rejected) }, Succeeded, WordAlready, WordState},
			{"reversed", func() Payout { return d.in(Reversed) }, WordState, WordAlready, WordState},
			{"cancelled", func() Payout { p := never(); return d.record(asked(p, Cancel)).Payout }, WordState, WordAlready, WordState},
		} {
			for kind, want := range map[Kind]any{SaidPaid: c.paid, SaidNotPaid: c.notPaid, Resend: c.resend} {
				before := d.reload(c.make())
				now, err := d.Resolve(t.Context(), before.TradeNo, kind, "maria", "seen")
				if why, no := want.(Refusal); no {
					refusedFor(t, err, why)
					equal(t, c.name+": unchanged", fmt.Sprintf("%+v", d.reload(before)), fmt.Sprintf("%+v", before))
					continue
				}
				must(t, err)
				equal(t, fmt.Sprintf("%s when %s", kind, c.name), now.State, want.(State))
				equal(t, "what it returns is what is written", fmt.Sprintf("%+v", now), fmt.Sprintf("%+v", d.reload(before)))
				contrary := oneOf(before.State, Succeeded, Failed, Rejected)
				equal(t, "flagged", now.Flagged, before.Flagged || contrary)
				equal(t, "words", []any{now.Message, now.OwnWords(), now.Reason}, []any{"seen", true, wordReasons[kind]})
			}
		}
	},
	"a word is never without who and why, and both are kept": func(t *testing.T, d *desk) {
		p := d.in(InDoubt)
		for _, who := range [][2]string{{"", "why"}, {"who", ""}} {
			if _, err := d.Resolve(t.Context(), p.TradeNo, SaidPaid, who[0], who[1]); err == nil {
				t.Error("passed")
			}
		}
		for _, kind := range []Kind{Paid, Release, Cancel, Hint, "nonsense"} {
			if _, err := d.Resolve(t.Context(), p.TradeNo, kind, "maria", "seen"); err == nil {
				t.Errorf("%s passed", kind)
			}
		}
		if _, err := d.Resolve(t.Context(), "BP0", SaidPaid, "maria", "seen"); !errors.Is(err, ErrNotFound) {
			t.Errorf("no such number: %v", err)
		}
		d.stands(p, InDoubt)
		_, err := d.Resolve(t.Context(), p.TradeNo, SaidPaid, "maria", "BBVA, 21 Nov, line 88")
		must(t, err)
		events := all(t, d.Events(t.Context(), p.ID))
		last := events[len(events)-1]
		equal(t, "event", []string{last.Kind, last.Actor, last.Reason, last.Message, string(last.Evidence)},
			[]string{"said_paid", "maria", ReasonSaidPaid, "BBVA, 21 Nov, line 88", `{"who":"maria","word":"said_paid","reason":"BBVA, 21 Nov, line 88"}`})
	},
	"an answer that contradicts a person is never silent": func(t *testing.T, d *desk) {
		paid, not := d.in(InDoubt), d.in(InDoubt)
		_, err := d.Resolve(t.Context(), paid.TradeNo, SaidPaid, "maria", "seen")
		must(t, err)
		_, err = d.Resolve(t.Context(), not.TradeNo, SaidNotPaid, "maria", "seen")
		must(t, err)
		equal(t, "flagged", d.record(asked(d.reload(paid), NotPaid)).Flagged, true)
		equal(t, "flagged", d.record(asked(d.reload(not), Paid)).Flagged, true)
		d.stands(paid, Reversed)
		d.stands(not, Succeeded)
	},
	"what a person has said paid holds what was to be paid in its place": func(t *testing.T, d *desk) {
		first := d.settled(row(2, 100), NotPaid)
		second := d.payouts(d.imported(inPlaceOf(2, 100, first.TradeNo)))[0]
		_, err := d.Resolve(t.Context(), first.TradeNo, SaidPaid, "maria", "seen")
		must(t, err)
		d.stands(second, Held)
	},
	"a permission never sends by itself, and only once": func(t *testing.T, d *desk) {
		p := d.in(InDoubt)
		d.deny(p, 3, 8*time.Minute)
		second := d.claim(Batch{ID: p.BatchID}, 1)[0]
		d.record(answer(second, Doubt))
		d.deny(p, 3, 8*time.Minute)
		equal(t, "spent", d.stands(p, Held).Reason, ReasonSpent)
		for sends := 3; sends <= 4; sends++ {
			now, err := d.Resolve(t.Context(), p.TradeNo, Resend, "maria", "support asked for it")
			must(t, err)
			equal(t, "in doubt", []any{now.State, now.DueAt, d.outstanding(p).AskDue}, []any{InDoubt, d.clock.now(), d.clock.now()})
			equal(t, "to send", len(d.claim(Batch{ID: p.BatchID}, 1)), 0)
			_, err = d.Resolve(t.Context(), p.TradeNo, Resend, "maria", "again")
			refusedFor(t, err, WordAlready)
			d.deny(p, 2, time.Hour)
			d.stands(p, InDoubt) // denials count anew
			d.deny(p, 1, 0)
			d.stands(p, Ready)
			next := d.claim(Batch{ID: p.BatchID}, 1)[0]
			equal(t, "send", []any{next.Sends(), next.TradeNo}, []any{sends, p.TradeNo})
			d.record(answer(next, Doubt))
			d.deny(p, 3, 8*time.Minute)
			equal(t, "spent again", d.stands(p, Held).Reason, ReasonSpent)
		}
	},
	"a permission that was not used is never lost": func(t *testing.T, d *desk) {
		p := d.in(Held)
		_, err := d.Resolve(t.Context(), p.TradeNo, Resend, "maria", "support asked for it")
		must(t, err)
		never := retry
		never.NeverResend = true // a person's word stands above the policy
		again := func() Payout {
			for range 3 {
				d.later(8 * time.Minute)
				d.recordUnder(never, asked(d.reload(p), Unknown))
			}
			d.stands(p, Ready)
			return d.claim(Batch{ID: p.BatchID}, 1)[0]
		}
		d.record(answer(again(), NotSent)) // it did not leave
		d.stands(p, InDoubt)
		d.record(answer(again(), Doubt))
		for range 3 {
			d.later(8 * time.Minute)
			d.recordUnder(never, asked(d.reload(p), Unknown))
		}
		equal(t, "spent", d.stands(p, Held).Reason, ReasonSpent)
	},
	"what the gateway shows after a permission is never sent": func(t *testing.T, d *desk) {
		p := d.in(Held)
		_, err := d.Resolve(t.Context(), p.TradeNo, Resend, "maria", "support asked for it")
		must(t, err)
		d.record(asked(d.reload(p), Doubt)) // it has a status
		d.deny(p, 4, 8*time.Minute)
		equal(t, "why", d.stands(p, Held).Reason, ReasonDenied)
	},
	"a word during a run never sends twice": func(t *testing.T, d *desk) {
		for range 5 {
			b := d.batch(40)
			for _, p := range d.claim(b, 40) {
				d.record(answer(p, Doubt))
				d.record(asked(d.reload(p), Hold))
			}
			payouts := d.payouts(b)
			other := d.open().(*Ledger) // the command, beside the run
			done := make(chan struct{})
			go func() {
				defer close(done)
				for i, p := range payouts {
					kind := []Kind{SaidPaid, SaidNotPaid, Resend}[i%3]
					if _, err := other.Resolve(t.Context(), p.TradeNo, kind, "maria", "seen"); err != nil {
						var word *WordError
						if !errors.As(err, &word) {
							t.Error(err)
						}
					}
				}
			}()
			for _, p := range payouts {
				d.record(asked(p, Paid))
			}
			<-done
			equal(t, "to send", len(d.claim(b, 40)), 0)
			for _, p := range d.payouts(b) {
				if p.State == Ready || p.Sends() != 1 {
					t.Errorf("%+v", p)
				}
			}
		}
	},
}
