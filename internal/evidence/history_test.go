package evidence

import (
	"flag"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/bulkpay/bulkpay/ledger"
)

func TestMain(m *testing.M) {
	// Each check is a book on disk, committed durably.
	if err := flag.Set("rapid.checks", "20"); err != nil {
		panic(err)
	}
	m.Run()
}

var patience = ledger.Policy{
	Unknowns: 2, Quarantine: 10 * time.Minute, MaxAttempts: 2, StuckAfter: 45 * time.Minute, Watch: []time.Duration{time.Hour},
}

// TestNoHistoryMakesAPackThatIsUnsound does to payouts whatever can be done to
// them: the second reading of the history must agree with the first about all
// of it, whether or not it is masked.
func TestNoHistoryMakesAPackThatIsUnsound(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("many books on disk")
	}
	rapid.Check(t, func(rt *rapid.T) {
		d := setup(t)
		held := row(4, 300)
		held.Hold = "like row 2"
		batch := d.imported("nóminas.csv", row(2, 100), row(3, 200), held, ledger.NewRow{Row: 5, Problems: []string{"row 5: amount: unreadable"}}, row(6, 400))
		d.paid(d.imported("other.csv", row(2, 900)), ledger.Paid)
		for range rapid.IntRange(5, 60).Draw(rt, "steps") {
			d.step(rt, batch)
		}
		for _, o := range []Options{options(), {Unmasked: true}} {
			file, _ := d.write(batch, o)
			if result := d.check(file); !result.Sound() {
				rt.Errorf("unmasked %v: %v", o.Unmasked, result.Findings)
			}
		}
	})
}

func (d *desk) step(rt *rapid.T, batch ledger.Batch) {
	p := rapid.SampledFrom(d.payouts(batch)).Draw(rt, "payout")
	switch rapid.IntRange(0, 7).Draw(rt, "what") {
	case 0:
		_, err := d.book.Claim(d.Context(), d.lease, batch.ID, 2)
		d.must(err)
	case 1, 2:
		if p.Attempts > 0 {
			kinds := []ledger.Kind{ledger.Paid, ledger.Accepted, ledger.NotPaid, ledger.Refused, ledger.Doubt, ledger.NotSent, ledger.Conflict}
			d.hear(p, rapid.SampledFrom(kinds).Draw(rt, "answer"), rapid.IntRange(1, p.Attempts).Draw(rt, "attempt"))
		}
	case 3, 4:
		kinds := []ledger.Kind{ledger.Paid, ledger.Accepted, ledger.NotPaid, ledger.Doubt, ledger.Unknown, ledger.Unknown, ledger.NoAnswer, ledger.Conflict, ledger.Hint}
		d.hear(p, rapid.SampledFrom(kinds).Draw(rt, "asked"), 0)
	case 5:
		d.word(rt, p)
	case 6:
		d.now = d.now.Add(time.Duration(rapid.IntRange(1, 90).Draw(rt, "minutes")) * time.Minute)
		d.must(d.lease.Release())
		var err error
		d.lease, err = d.book.Acquire(d.Context(), d.merchant)
		d.must(err)
	case 7:
		_, err := d.book.Recover(d.Context(), d.lease)
		d.must(err)
	}
}

func (d *desk) hear(p ledger.Payout, kind ledger.Kind, attempt int) {
	d.Helper()
	o := ledger.Outcome{
		Payout: p, Attempt: attempt, Kind: kind, Reason: "token", Actor: ledger.ActorSettle, Code: "0001",
		Message: "to " + account, Evidence: []byte(`{"account":"` + account + `"}`),
	}
	if kind == ledger.Paid || kind == ledger.Accepted || kind == ledger.NotPaid {
		o.PlatformTradeNo = "gw" + p.TradeNo
	}
	_, err := d.book.Record(d.Context(), patience, []ledger.Outcome{o})
	d.must(err)
}

// word is what a person says; what a word cannot do is refused.
func (d *desk) word(rt *rapid.T, p ledger.Payout) {
	const reason = "seen on " + account
	switch rapid.IntRange(0, 4).Draw(rt, "word") {
	case 0:
		_, _ = d.book.Release(d.Context(), p.TradeNo, "person:maria", reason)
	case 1:
		_, _ = d.book.Cancel(d.Context(), p.TradeNo, "person:maria", reason)
	case 2:
		_, _ = d.book.Resolve(d.Context(), p.TradeNo, ledger.SaidPaid, "person:maria", reason)
	case 3:
		_, _ = d.book.Resolve(d.Context(), p.TradeNo, ledger.SaidNotPaid, "person:maria", reason)
	case 4:
		_, _ = d.book.Resolve(d.Context(), p.TradeNo, ledger.Resend, "person:maria", reason)
	}
}
