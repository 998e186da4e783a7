package receive

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/bulkpay/bulkpay/ledger"
)

// Where nobody signs, a callback moves nothing. The gateway's answer does.
func TestAnUnsignedCallbackIsOnlyAReasonToAsk(t *testing.T) {
	for _, test := range []struct {
		name, status string
		answer       *answer
		after        ledger.State
	}{
		{"says paid, and it is", "0000", &answer{status: "0000", amount: "100", platform: "K1"}, ledger.Succeeded},
		{"says paid, and it is not", "0000", &answer{status: "0015", amount: "100", platform: "K1"}, ledger.Processing},
		{"says paid, and the gateway has never heard of it", "0000", nil, ledger.InDoubt},
		{"says failed, and it is paid", "00029", &answer{status: "0000", amount: "100", platform: "K1"}, ledger.Succeeded},
		{"says nothing known", "0777", &answer{status: "0015", amount: "100", platform: "K1"}, ledger.Processing},
	} {
		t.Run(test.name, func(t *testing.T) {
			virtual(t, "kenya", 1, func(d *desk) {
				p := d.heard(d.claim(1)[0], 1, ledger.Doubt, "")
				if test.answer != nil {
					d.gate.say(p.TradeNo, *test.answer)
				}
				d.post(plain(notice(p, test.status, "platFormTradeNo", "forged", "amount", "3.0000")), 200)
				now := d.now(p)
				if now.State != ledger.InDoubt || now.PlatformTradeNo != "" || now.Message == "said so" {
					t.Errorf("believed: %s %q %q", now.State, now.PlatformTradeNo, now.Message)
				}
				d.settle()
				d.stands(p, test.after, false)
				if asked := d.gate.questions(); len(asked) != 1 || d.hints(p) != 1 {
					t.Errorf("asked %v, history %v", asked, d.events(p))
				}
				d.verified()
			})
		})
	}
}

// Nor does it make anything known to the gateway that is not: what was denied
// may still be sent again.
func TestAFloodOfUnsignedCallbacksDoesNotGrowTheLedger(t *testing.T) {
	virtual(t, "kenya", 1, func(d *desk) {
		p := d.heard(d.claim(1)[0], 1, ledger.Doubt, "")
		same := plain(notice(p, "0000"))
		for i := range 180 { // three minutes, one a second, each another text
			d.receiver.Handler().ServeHTTP(discard(), request(plain(notice(p, "0000", "message", fmt.Sprint(i)))))
			d.receiver.Handler().ServeHTTP(discard(), request(same))
			time.Sleep(time.Second)
		}
		if n := d.hints(p); n != 3 {
			t.Errorf("%d hints in three minutes", n)
		}
		if asked := d.gate.questions(); len(asked) > 3 {
			t.Errorf("asked %d times", len(asked))
		}
		if total := d.count(limited) + d.count(replayed) + d.count(hinted); total != 360 || d.count(hinted) != 3 {
			t.Errorf("%d hinted of %d", d.count(hinted), total)
		}
		d.verified()
	})
}

func TestWhatAnUnsignedCallbackMayBeAbout(t *testing.T) {
	for _, test := range []struct {
		name   string
		before func(*desk) ledger.Payout
		wait   time.Duration
		status int
		is     result
	}{
		{"never sent", func(d *desk) ledger.Payout { return d.first() }, 0, 200, idle},
		{"on the wire", func(d *desk) ledger.Payout { return d.claim(1)[0] }, 0, 200, hinted},
		{"paid and watched", func(d *desk) ledger.Payout { return d.heard(d.claim(1)[0], 1, ledger.Paid, "K1") }, time.Minute, 200, hinted},
		{"paid long ago", func(d *desk) ledger.Payout { return d.heard(d.claim(1)[0], 1, ledger.Paid, "K1") }, 2 * time.Hour, 200, idle},
		{"nobody's", func(d *desk) ledger.Payout { return ledger.Payout{TradeNo: "nobody's", Amount: d.first().Amount} }, 0, 404, unknown},
	} {
		t.Run(test.name, func(t *testing.T) {
			virtual(t, "kenya", 1, func(d *desk) {
				p := test.before(d)
				before := d.now(d.first())
				time.Sleep(test.wait)
				d.post(plain(notice(p, "00029")), test.status)
				if d.count(test.is) != 1 {
					t.Errorf("not counted as %s", meanings[test.is].label)
				}
				after := d.now(d.first())
				if after.State != before.State || after.Flagged || test.is != hinted && len(d.events(after)) != len(d.events(before)) {
					t.Errorf("was %s, is %s", before.State, after.State)
				}
				if strings.Contains(d.logged.String(), "nobody's") {
					t.Error("an unsigned number is logged")
				}
			})
		})
	}
}

// The second hint within a minute is not confirmed: the gateway repeats it,
// and then it is taken.
func TestAHintThatCameTooSoonIsNotConfirmed(t *testing.T) {
	virtual(t, "kenya", 1, func(d *desk) {
		p := d.claim(1)[0]
		d.post(plain(notice(p, "0015")), 200)
		time.Sleep(hintEvery - time.Second)
		w := d.post(plain(notice(p, "0000")), 503)
		if w.Header().Get("Retry-After") == "" {
			t.Error("it does not say when")
		}
		time.Sleep(time.Second)
		d.post(plain(notice(p, "0000")), 200)
		if d.hints(p) != 2 {
			t.Errorf("history %v", d.events(p))
		}
	})
}
