package ledger

import (
	"testing"
	"time"
)

var doubting = map[string]func(*testing.T, *desk){
	"a payout in doubt is never sent blind": func(t *testing.T, d *desk) {
		b := d.batch(1)
		p := d.claim(b, 1)[0]
		d.record(answer(p, Doubt))
		for range 5 {
			d.later(24 * time.Hour)
			d.record(asked(d.reload(p), NoAnswer))
			d.record(asked(d.reload(p), Doubt))
			equal(t, "to send", len(d.claim(b, 10)), 0)
		}
		d.stands(p, InDoubt)
	},
	"yesterday's denials are never enough": func(t *testing.T, d *desk) {
		p := d.claimed()
		d.record(answer(p, Doubt))
		d.deny(p, 4, 8*time.Minute)
		d.stands(p, Ready) // to be sent again; but the run ends here
		d.later(24 * time.Hour)
		recovered, err := d.Recover(t.Context(), d.lease)
		must(t, err)
		equal(t, "recovered", recovered, 1)
		d.stands(p, InDoubt)
		d.deny(p, 2, 8*time.Minute)
		d.stands(p, InDoubt) // they count anew
	},
	"a second attempt that never left is never tried again blind": func(t *testing.T, d *desk) {
		second := d.resent(d.claimed())
		d.record(answer(second, NotSent))
		d.stands(second, InDoubt)
	},
	"what was never sent is never doubted by the next run": func(t *testing.T, d *desk) {
		p := d.claimed()
		d.record(answer(p, NotSent))
		recovered, err := d.Recover(t.Context(), d.lease)
		must(t, err)
		equal(t, "recovered", recovered, 0)
		d.stands(p, Ready)
	},
	"a burst of denials is never enough": func(t *testing.T, d *desk) {
		p := d.claimed()
		d.record(answer(p, Doubt))
		d.deny(p, 50, 0)
		d.stands(p, InDoubt)
		d.later(14*time.Minute + 59*time.Second)
		d.deny(p, 1, 0)
		d.stands(p, InDoubt)
		d.later(time.Second)
		d.deny(p, 1, 0)
		d.stands(p, Ready)
	},
	"two denials are never enough however long apart": func(t *testing.T, d *desk) {
		p := d.claimed()
		d.record(answer(p, Doubt))
		d.deny(p, 2, 24*time.Hour)
		d.stands(p, InDoubt)
		d.deny(p, 1, 0)
		now := d.stands(p, Ready)
		equal(t, "why", now.Reason, ReasonSendAgain)
		equal(t, "due", now.DueAt, d.clock.now())
	},
	"a second send never has a new number": func(t *testing.T, d *desk) {
		first := d.claimed()
		second := d.resent(first)
		equal(t, "number", second.TradeNo, first.TradeNo)
		equal(t, "amount and fields", second.Fields, first.Fields)
		equal(t, "id", second.ID, first.ID)
	},
	"denials of one attempt never count for the next": func(t *testing.T, d *desk) {
		second := d.resent(d.claimed())
		d.recordUnder(Policy{Unknowns: 3, Quarantine: 15 * time.Minute, MaxAttempts: 9}, answer(second, Doubt))
		d.deny(second, 2, time.Hour)
		d.stands(second, InDoubt)
	},
	"no payout is sent more often than allowed": func(t *testing.T, d *desk) {
		second := d.resent(d.claimed())
		d.record(answer(second, Doubt))
		d.deny(second, 3, 8*time.Minute)
		now := d.stands(second, Held)
		equal(t, "why", now.Reason, ReasonSpent)
		equal(t, "a person must decide", now.Flagged, false)
	},
	"a policy that never sends again is never broken": func(t *testing.T, d *desk) {
		never := retry
		never.NeverResend = true
		p := d.claimed()
		d.record(answer(p, Doubt))
		for range 3 {
			d.later(8 * time.Minute)
			d.recordUnder(never, asked(d.reload(p), Unknown))
		}
		d.stands(p, Held)
	},
	"a policy that says nothing never sends again": func(t *testing.T, d *desk) {
		p := d.claimed()
		d.record(answer(p, Doubt))
		for range 10 {
			d.later(time.Hour)
			d.recordUnder(Policy{}, asked(d.reload(p), Unknown))
		}
		d.stands(p, InDoubt)
	},
	"what the gateway has known is never sent again": func(t *testing.T, d *desk) {
		for _, knew := range []func(Payout) Outcome{
			func(p Payout) Outcome { return numbered(answer(p, Doubt), "P-"+p.TradeNo) }, // it named its number
			func(p Payout) Outcome { return answer(p, Accepted) },
		} {
			p := d.claimed()
			d.record(knew(p))
			if now := d.reload(p); now.State == Processing {
				d.record(asked(now, Doubt))
			}
			d.deny(p, 4, 8*time.Minute)
			now := d.stands(p, Held)
			equal(t, "why", now.Reason, ReasonDenied)
			equal(t, "flagged", now.Flagged, true)
		}
	},
	"a denial of what is in progress is never believed at once": func(t *testing.T, d *desk) {
		p := d.claimed()
		d.record(answer(p, Accepted))
		d.deny(p, 2, 20*time.Minute)
		d.stands(p, Processing)
		d.deny(p, 1, 0)
		d.stands(p, Held)
	},
	"an answer between denial and second send is never ignored": func(t *testing.T, d *desk) {
		for kind, want := range map[Kind]State{Paid: Succeeded, Accepted: Processing, NotPaid: Failed} {
			b := d.batch(1)
			p := d.claim(b, 1)[0]
			d.record(answer(p, Doubt))
			d.deny(p, 3, 8*time.Minute)
			d.stands(p, Ready)
			d.record(asked(d.reload(p), kind))
			d.stands(p, want)
			equal(t, "to send", len(d.claim(b, 1)), 0)
		}
	},
	"a clock set back never shortens the quarantine": func(t *testing.T, d *desk) {
		p := d.claimed()
		d.record(answer(p, Doubt))
		d.deny(p, 3, 0)
		d.clock.advance(-time.Hour)
		d.acquire()
		d.deny(p, 5, 0)
		d.stands(p, InDoubt)
	},
	"each denial is never left out of the history": func(t *testing.T, d *desk) {
		p := d.claimed()
		d.record(answer(p, Doubt))
		d.deny(p, 3, 8*time.Minute)
		equal(t, "history", d.history(p)[1:], []string{
			"doubt: submitting → in_doubt (token_doubt)", "unknown: in_doubt → in_doubt (token_unknown)",
			"unknown: in_doubt → in_doubt (token_unknown)", "unknown: in_doubt → ready (denied_send_again)",
		})
		equal(t, "asks", d.reload(p).Asks, 3)
	},
}

var contradicting = map[string]func(*testing.T, *desk){
	"a payment reported after a failure is never silent": func(t *testing.T, d *desk) {
		for _, before := range []Kind{NotPaid, Refused} {
			p := d.claimed()
			d.record(answer(p, before))
			equal(t, "flagged", d.record(asked(d.reload(p), Paid)).Flagged, true)
			equal(t, "flag stays", d.stands(p, Succeeded).Flagged, true)
		}
	},
	"a reversal is never silent and never undone": func(t *testing.T, d *desk) {
		p := d.claimed()
		d.record(answer(p, Paid))
		equal(t, "flagged", d.record(asked(d.reload(p), NotPaid)).Flagged, true)
		d.stands(p, Reversed)
		equal(t, "flagged", d.record(asked(d.reload(p), Paid)).Flagged, true)
		d.stands(p, Reversed)
	},
	"another number of the gateway is never taken for ours": func(t *testing.T, d *desk) {
		p := d.claimed()
		d.record(numbered(answer(p, Accepted), "P-1"))
		applied := d.record(numbered(asked(d.reload(p), Paid), "P-2"))
		equal(t, "flagged", applied.Flagged, true)
		now := d.stands(p, Held)
		equal(t, "why", []string{now.Reason, now.PlatformTradeNo}, []string{ReasonNumberDiffers, "P-1"})
	},
	"one number of the gateway never stands for two payouts": func(t *testing.T, d *desk) {
		one, two := d.claimed(), d.claimed()
		d.record(numbered(answer(one, Paid), "P-1"))
		d.record(numbered(answer(two, Paid), "P-1"))
		now := d.stands(two, Held)
		equal(t, "why", []string{now.Reason, now.PlatformTradeNo}, []string{ReasonNumberTaken, ""})
		d.stands(one, Succeeded)
	},
	"the gateway's numbers of two merchants never collide": func(t *testing.T, d *desk) {
		d.record(numbered(answer(d.claimed(), Paid), "P-1"))
		other := &desk{store: d.store, t: t, clock: d.clock, merchant: d.register("other-mx"), sheets: 50}
		other.acquire()
		p := other.claimed()
		d.record(numbered(answer(p, Paid), "P-1"))
		d.stands(p, Succeeded)
		must(t, other.lease.Release())
	},
	"another amount is never a silent success": func(t *testing.T, d *desk) {
		p := d.claimed()
		o := answer(p, Conflict)
		o.Reason = "amount_differs"
		d.record(o)
		d.stands(p, Held)
		d.record(asked(d.reload(p), Paid))
		d.stands(p, Held)
		_, err := d.Resolve(t.Context(), p.TradeNo, SaidPaid, "maria", "the statement of 21 November has it")
		must(t, err)
		d.stands(p, Succeeded)
	},
	"an answer about what was never sent is never believed": func(t *testing.T, d *desk) {
		for _, kind := range []Kind{Paid, Accepted, NotPaid, Conflict} {
			b := d.batch(1)
			p := *all(t, d.Lines(t.Context(), b.ID))[0].Payout
			equal(t, "flagged", d.record(asked(p, kind)).Flagged, true)
			d.stands(p, Held)
			equal(t, "to send", len(d.claim(b, 1)), 0)
		}
	},
}

// A clock that was set forward between two denials makes no quarantine: the
// gateway's says how long it was.
func TestTheQuarantineIsAsLongAsTheShorterOfTwoClocksSays(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		dates [3]time.Duration // of the answers, after the first; negative: it has none
		want  State
	}{
		"both went on":               {[3]time.Duration{0, 8 * time.Minute, 16 * time.Minute}, Ready},
		"the gateway's hardly did":   {[3]time.Duration{0, time.Second, 2 * time.Second}, InDoubt},
		"the gateway's stands":       {[3]time.Duration{0, 0, 0}, InDoubt},
		"the gateway's was set back": {[3]time.Duration{0, time.Minute, 0}, InDoubt},
		"it never says":              {[3]time.Duration{-1, -1, -1}, Ready},
		"it says it once":            {[3]time.Duration{0, -1, -1}, Ready},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := setup(t)
			p := d.claimed()
			d.record(answer(p, Doubt))
			began := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
			for i, after := range tt.dates {
				o := asked(d.reload(p), Unknown)
				if after >= 0 {
					o.Date = began.Add(after)
				}
				d.record(o)
				if i < 2 {
					d.clock.advance(8 * time.Minute)
				}
			}
			d.stands(p, tt.want)
			d.isClean()
		})
	}
}

// What was denied before a payout was sent again says nothing about the
// quarantine after it, by either clock.
func TestTheGatewaysClockCountsAnewAfterASend(t *testing.T) {
	t.Parallel()
	d := setup(t)
	b := d.batch(1)
	p := d.claim(b, 1)[0]
	d.record(answer(p, Doubt))
	date := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	deny := func(after time.Duration) {
		t.Helper()
		d.clock.advance(8 * time.Minute)
		date = date.Add(after)
		o := asked(d.reload(p), Unknown)
		o.Date = date
		d.record(o)
	}
	for range 3 {
		deny(8 * time.Minute)
	}
	d.stands(p, Ready)
	p = d.claim(b, 1)[0]
	d.record(answer(p, Doubt))
	for range 3 {
		deny(time.Second)
	}
	d.stands(p, InDoubt)
}
