package ledger

import (
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

var tradeNoForm = regexp.MustCompile(`^BP[0-9]{14}[0-9A-HJKMNP-TV-Z]{12}$`)

var recording = map[string]func(*testing.T, *desk){
	"the same answer again never changes anything": func(t *testing.T, d *desk) {
		for _, kind := range []Kind{Paid, NotPaid, Refused} {
			p := d.claimed()
			first := d.record(answer(p, kind))
			events := d.history(p)
			for _, again := range []Outcome{answer(p, kind), answer(first.Payout, kind), asked(p, kind)} {
				if applied := d.record(again); !applied.Ignored || applied.Flagged {
					t.Errorf("%s again: %+v", kind, applied)
				}
			}
			equal(t, "history", d.history(p), events)
		}
	},
	"a stale snapshot never overwrites what is known since": func(t *testing.T, d *desk) {
		p := d.claimed()
		d.record(numbered(asked(p, Paid), "P-1")) // a callback was faster
		for _, kind := range []Kind{Doubt, Interrupted, NotSent, Refused, Unknown, NoAnswer, Hold, Release, Cancel} {
			if applied := d.record(answer(p, kind)); !applied.Ignored {
				t.Errorf("%s: %+v", kind, applied)
			}
		}
		d.stands(p, Succeeded)
	},
	"a late answer of an older attempt never frees or rejects the newer one": func(t *testing.T, d *desk) {
		first := d.claimed()
		second := d.resent(first)
		equal(t, "attempt", second.Attempts, 2)
		equal(t, "number", second.TradeNo, first.TradeNo)
		for _, kind := range []Kind{Refused, NotSent, Doubt, Interrupted} {
			if applied := d.record(answer(first, kind)); !applied.Ignored {
				t.Errorf("%s: %+v", kind, applied)
			}
		}
		d.stands(first, Submitting)
		d.record(answer(first, NotPaid)) // of that attempt; the second is on its way
		d.stands(first, Submitting)
		d.record(answer(first, Paid))
		d.stands(first, Succeeded)
	},
	"a refusal of the second attempt never says the first was not paid": func(t *testing.T, d *desk) {
		for _, kind := range []Kind{Refused, NotPaid} {
			second := d.resent(d.claimed())
			d.record(answer(second, kind))
			d.stands(second, InDoubt)
		}
	},
	"a refusal of the first attempt is never asked about again": func(t *testing.T, d *desk) {
		p := d.claimed()
		o := answer(p, Refused)
		o.Code, o.Message = "8000", "account does not exist"
		d.record(o)
		now := d.stands(p, Rejected)
		equal(t, "why", []string{now.Reason, now.Code, now.Message}, []string{"token_refused", "8000", "account does not exist"})
		equal(t, "final at", now.FinalAt, d.clock.now())
	},
	"an outcome about nothing never passes": func(t *testing.T, d *desk) {
		if _, err := d.Record(t.Context(), retry, []Outcome{asked(Payout{ID: 4711, State: Submitting}, Paid)}); !errors.Is(err, ErrNotFound) {
			t.Fatal(err)
		}
	},
	"one bad outcome never lets half of a group pass": func(t *testing.T, d *desk) {
		p := d.claimed()
		_, err := d.Record(t.Context(), retry, []Outcome{answer(p, Paid), asked(Payout{ID: 4711, State: Submitting}, Paid)})
		if err == nil {
			t.Fatal("passed")
		}
		d.stands(p, Submitting)
	},
	"two outcomes of one group never lose one another": func(t *testing.T, d *desk) {
		p := d.claimed()
		applied, err := d.Record(t.Context(), retry, []Outcome{answer(p, Doubt), answer(p, Accepted), answer(p, Paid), answer(p, Paid)})
		must(t, err)
		equal(t, "ignored", []bool{applied[0].Ignored, applied[1].Ignored, applied[2].Ignored, applied[3].Ignored}, []bool{false, false, false, true})
		equal(t, "history", d.history(p)[1:], []string{
			"doubt: submitting → in_doubt (token_doubt)", "accepted: in_doubt → processing (token_accepted)", "paid: processing → succeeded (token_paid)",
		})
	},
	"a long or broken message is never kept whole": func(t *testing.T, d *desk) {
		p := d.claimed()
		o := answer(p, Doubt)
		o.Message = strings.Repeat("ñ", 5000) + "\xff"
		o.Evidence = make([]byte, 1<<20)
		d.record(o)
		now := d.reload(p)
		events := all(t, d.Events(t.Context(), p.ID))
		last := events[len(events)-1]
		for _, message := range []string{now.Message, last.Message} {
			if n := utf8.RuneCountInString(message); n != maxMessage || !utf8.ValidString(message) {
				t.Errorf("message of %d characters", n)
			}
		}
		equal(t, "evidence", len(last.Evidence), maxEvidence)
		short := d.claimed()
		o = answer(short, Doubt)
		o.Message = "half \xff a character"
		d.record(o)
		equal(t, "message", d.reload(short).Message, "half \uFFFD a character")
	},
	"the raw answer is never separated from what it led to": func(t *testing.T, d *desk) {
		p := d.claimed()
		o := numbered(answer(p, Paid), "P-77")
		o.Evidence = []byte(`{"data":{"status":"0000"}}`)
		d.record(o)
		events := all(t, d.Events(t.Context(), p.ID))
		last := events[len(events)-1]
		equal(t, "evidence", string(last.Evidence), string(o.Evidence))
		equal(t, "who", last.Actor, ActorSubmit)
		equal(t, "the gateway's number", d.reload(p).PlatformTradeNo, "P-77")
	},
	"a person never withdraws what may have been sent": func(t *testing.T, d *desk) {
		b := d.batch(2)
		sent := d.claim(b, 1)[0]
		d.record(answer(sent, Doubt))
		d.record(asked(d.reload(sent), Hold))
		equal(t, "cancel", d.record(asked(d.reload(sent), Cancel)).Ignored, true)
		d.stands(sent, Held)
		equal(t, "release", d.record(asked(d.reload(sent), Release)).Ignored, true)
		d.stands(sent, Held)
		for _, line := range all(t, d.Lines(t.Context(), b.ID)) {
			if line.Payout.Row == 3 {
				d.record(asked(*line.Payout, Cancel))
				d.stands(*line.Payout, Cancelled)
			}
		}
		equal(t, "nothing to send", len(d.claim(b, 10)), 0)
	},
	"nothing is sent while held": func(t *testing.T, d *desk) {
		b := d.batch(1)
		p := *all(t, d.Lines(t.Context(), b.ID))[0].Payout
		d.record(asked(p, Hold))
		equal(t, "to send", len(d.claim(b, 10)), 0)
		d.record(asked(d.reload(p), Release))
		equal(t, "to send", len(d.claim(b, 10)), 1)
	},
}

// resent brings a claimed payout through doubt and denial to its next
// attempt.
func (d *desk) resent(p Payout) Payout {
	d.t.Helper()
	d.record(answer(p, Doubt))
	d.deny(p, 3, 8*time.Minute)
	d.stands(p, Ready)
	claimed, err := d.Claim(d.t.Context(), d.lease, p.BatchID, 1)
	must(d.t, err)
	return claimed[0]
}

// deny records n answers that the gateway does not know the payout, the
// clock moving before each but the first.
func (d *desk) deny(p Payout, n int, apart time.Duration) Payout {
	d.t.Helper()
	for i := range n {
		if i > 0 {
			d.later(apart)
		}
		d.record(asked(d.reload(p), Unknown))
	}
	return d.reload(p)
}
