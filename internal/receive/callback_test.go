package receive

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/bulkpay/bulkpay/ledger"
	"github.com/bulkpay/bulkpay/paypro"
)

// A signed callback closes what is open, and OK means that it is committed: it
// is read through another handle of the ledger.
func TestASignedCallbackSettlesWhatIsOpen(t *testing.T) {
	for _, test := range []struct {
		name   string
		before func(*desk, ledger.Payout) ledger.Payout
		status string
		after  ledger.State
	}{
		{"paid before the placement's answer", func(_ *desk, p ledger.Payout) ledger.Payout { return p }, "0000", ledger.Succeeded},
		{"paid, in doubt before", func(d *desk, p ledger.Payout) ledger.Payout { return d.heard(p, 1, ledger.Doubt, "") }, "0000", ledger.Succeeded},
		{"paid, in progress before", func(d *desk, p ledger.Payout) ledger.Payout { return d.heard(p, 1, ledger.Accepted, "P"+p.TradeNo) }, "0000", ledger.Succeeded},
		{"failed, in progress before", func(d *desk, p ledger.Payout) ledger.Payout { return d.heard(p, 1, ledger.Accepted, "P"+p.TradeNo) }, "00029", ledger.Failed},
	} {
		t.Run(test.name, func(t *testing.T) {
			virtual(t, "mexico", 1, func(d *desk) {
				p := test.before(d, d.claim(1)[0])
				d.post(signed(notice(p, test.status), testSecret), 200)
				other, err := ledger.Open(context.Background(), d.path, ledger.Options{})
				d.must(err)
				defer other.Close()
				now, err := other.Payout(context.Background(), p.TradeNo)
				d.must(err)
				if now.State != test.after || now.PlatformTradeNo != "P"+p.TradeNo || now.Message != "said so" {
					t.Errorf("after the OK: %s, %q, %q", now.State, now.PlatformTradeNo, now.Message)
				}
				d.settle()
				if asked := d.gate.questions(); len(asked) > 0 {
					t.Errorf("asked about %v, although nothing is open", asked)
				}
				d.verified()
			})
		})
	}
}

// Failed before the placement's answer: nobody knows yet what that answer is
// about, so the gateway is asked.
func TestAFailureFasterThanThePlacementsAnswer(t *testing.T) {
	virtual(t, "mexico", 1, func(d *desk) {
		p := d.claim(1)[0]
		d.gate.say(p.TradeNo, answer{status: "00029", amount: "100", platform: "P" + p.TradeNo})
		d.post(signed(notice(p, "00029"), testSecret), 200)
		d.stands(p, ledger.InDoubt, false)
		d.settle()
		d.stands(p, ledger.Failed, false)
		d.heard(p, 1, ledger.Accepted, "P"+p.TradeNo)
		d.verified()
	})
}

// The placement's answer comes after the callback that was faster: it changes
// nothing.
func TestThePlacementsAnswerAfterTheCallback(t *testing.T) {
	virtual(t, "mexico", 1, func(d *desk) {
		p := d.claim(1)[0]
		d.post(signed(notice(p, "0000"), testSecret), 200)
		d.heard(p, 1, ledger.Accepted, "P"+p.TradeNo)
		d.settle()
		if now := d.now(p); now.State != ledger.Succeeded {
			t.Errorf("%s: money that was paid looks open", now.State)
		}
		d.verified()
	})
}

func TestWhatIsNotFromTheGatewayHasNoEffect(t *testing.T) {
	virtual(t, "mexico", 2, func(d *desk) {
		p := d.claim(1)[0]
		genuine := signed(notice(p, "0000"), testSecret)
		before := d.events(p)
		for name, test := range map[string]struct {
			body   string
			status int
			is     result
		}{
			"another secret":   {string(signed(notice(p, "0000"), "guessed")), 401, forged},
			"no signature":     {string(plain(notice(p, "0000"))), 401, forged},
			"another status":   {strings.Replace(string(genuine), "0000", "0029", 1), 401, forged},
			"another payout":   {strings.Replace(string(genuine), p.TradeNo, "X"+p.TradeNo, 1), 401, forged},
			"a form":           {"status=0000&tradeNo=" + p.TradeNo, 400, unreadable},
			"half":             {string(genuine[:len(genuine)-9]), 400, unreadable},
			"nothing":          {"", 400, unreadable},
			"too long":         {strings.Repeat(" ", paypro.MaxNoticeBytes) + string(genuine), 400, unreadable},
			"a request of us":  {string(signed(map[string]string{"tradeNo": p.TradeNo, "timestamp": "1"}, testSecret)), 400, unreadable},
			"name with equals": {strings.Replace(string(genuine), `"message":"said so"`, `"message=said so":""`, 1), 400, unreadable},
		} {
			was := d.count(test.is)
			d.post([]byte(test.body), test.status)
			if d.count(test.is) != was+1 {
				t.Errorf("%s is not counted as %s", name, meanings[test.is].label)
			}
		}
		d.settle()
		if after := d.events(p); len(after) != len(before) || len(d.gate.questions()) > 0 {
			t.Errorf("history %v, was %v", after, before)
		}
		d.stands(p, ledger.Submitting, false)
		if log := d.logged.String(); strings.Contains(log, p.TradeNo) || strings.Contains(log, "said so") || strings.Count(log, "wrong signature") != 1 {
			t.Errorf("log: %s", log)
		}
	})
}

// Whatever contradicts the ledger is kept and asked about; the answer decides,
// not the callback.
func TestACallbackNeverContradicts(t *testing.T) {
	paid := func(d *desk, p ledger.Payout) ledger.Payout { return d.heard(p, 1, ledger.Paid, "P"+p.TradeNo) }
	for _, test := range []struct {
		name    string
		before  func(*desk, ledger.Payout) ledger.Payout
		status  string
		change  []string
		answer  func(ledger.Payout) *answer
		between ledger.State // after the callback, before the answer
		after   ledger.State
		flagged bool
	}{
		{
			"reversed, and the gateway says so", paid, "00029", nil,
			func(p ledger.Payout) *answer {
				return &answer{status: "00029", amount: "100", platform: "P" + p.TradeNo}
			},
			ledger.Succeeded, ledger.Reversed, true,
		},
		{
			"an old failure replayed: still paid", paid, "00029", nil,
			func(p ledger.Payout) *answer {
				return &answer{status: "0000", amount: "100", platform: "P" + p.TradeNo}
			},
			ledger.Succeeded, ledger.Succeeded, false,
		},
		{
			"paid after all", func(d *desk, p ledger.Payout) ledger.Payout { return d.heard(p, 1, ledger.Refused, "") }, "0000", nil,
			func(p ledger.Payout) *answer {
				return &answer{status: "0000", amount: "100", platform: "P" + p.TradeNo}
			},
			ledger.Rejected, ledger.Succeeded, true,
		},
		{
			"another amount, and the gateway says so", func(_ *desk, p ledger.Payout) ledger.Payout { return p }, "0000",
			[]string{"amount", "99"},
			func(p ledger.Payout) *answer { return &answer{status: "0000", amount: "99", platform: "P" + p.TradeNo} },
			ledger.Submitting, ledger.Held, true,
		},
		{
			"another amount, and the gateway does not", func(_ *desk, p ledger.Payout) ledger.Payout { return p }, "0000",
			[]string{"amount", "99"},
			func(p ledger.Payout) *answer {
				return &answer{status: "0000", amount: "100", platform: "P" + p.TradeNo}
			},
			ledger.Submitting, ledger.Succeeded, false,
		},
		{
			"another number of the gateway's", func(d *desk, p ledger.Payout) ledger.Payout { return d.heard(p, 1, ledger.Accepted, "P"+p.TradeNo) }, "0000",
			[]string{"platFormTradeNo", "Q1"},
			func(p ledger.Payout) *answer {
				return &answer{status: "0015", amount: "100", platform: "P" + p.TradeNo}
			},
			ledger.Processing, ledger.Processing, false,
		},
		{
			"in progress, in doubt before", func(d *desk, p ledger.Payout) ledger.Payout { return d.heard(p, 1, ledger.Doubt, "") }, "0015", nil,
			func(p ledger.Payout) *answer {
				return &answer{status: "0015", amount: "100", platform: "P" + p.TradeNo}
			},
			ledger.InDoubt, ledger.Processing, false,
		},
		{
			"unclear, in progress before", func(d *desk, p ledger.Payout) ledger.Payout { return d.heard(p, 1, ledger.Accepted, "P"+p.TradeNo) }, "00032", nil,
			func(p ledger.Payout) *answer {
				return &answer{status: "0000", amount: "100", platform: "P" + p.TradeNo}
			},
			ledger.Processing, ledger.Succeeded, false,
		},
		{
			"in progress, after it was paid", paid, "0015", nil,
			func(p ledger.Payout) *answer {
				return &answer{status: "0000", amount: "100", platform: "P" + p.TradeNo}
			},
			ledger.Succeeded, ledger.Succeeded, false,
		},
		{
			"no amount, no proof", func(_ *desk, p ledger.Payout) ledger.Payout { return p }, "0000",
			[]string{"amount", ""},
			func(p ledger.Payout) *answer {
				return &answer{status: "0015", amount: "100", platform: "P" + p.TradeNo}
			},
			ledger.Submitting, ledger.Processing, false,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			virtual(t, "mexico", 1, func(d *desk) {
				p := test.before(d, d.claim(1)[0])
				d.gate.say(p.TradeNo, *test.answer(p))
				body := signed(notice(p, test.status, test.change...), testSecret)
				d.post(body, 200)
				d.stands(p, test.between, false)
				if d.count(hinted) != 1 || d.hints(p) != 1 {
					t.Errorf("%d hints, history %v", d.count(hinted), d.events(p))
				}
				d.settle()
				if asked := d.gate.questions(); len(asked) != 1 {
					t.Errorf("asked %v", asked)
				}
				d.stands(p, test.after, test.flagged)
				for range 5 { // replayed as often as anybody likes: no more history
					before := len(d.events(p))
					d.post(body, 200)
					d.settle()
					if len(d.events(p)) != before || len(d.gate.questions()) > 0 {
						t.Errorf("a replay: %v", d.events(p))
					}
				}
				d.verified()
			})
		})
	}
}

// A number that was never sent, and the gateway knows it: another copy of the
// ledger has sent it. It must not leave a second time.
func TestACallbackAboutWhatWasNeverSentHoldsIt(t *testing.T) {
	for name, change := range map[string][]string{
		"paid": {"status", "0000"}, "in progress": {"status", "0015"}, "failed": {"status", "00029"}, "unclear": {"status", "00032"},
		"another amount": {"amount", "1"}, "no amount": {"amount", ""}, "no number of theirs": {"platFormTradeNo", ""},
	} {
		t.Run(name, func(t *testing.T) {
			virtual(t, "mexico", 1, func(d *desk) {
				p := d.first()
				body := signed(notice(p, "0000", change...), testSecret)
				d.post(body, 200)
				d.stands(p, ledger.Held, true)
				if claimed, err := d.book.Claim(context.Background(), d.lease, d.batch.ID, 1); err != nil || len(claimed) > 0 {
					t.Errorf("claimed %v, %v", claimed, err)
				}
				before := len(d.events(p))
				d.post(body, 200)
				d.settle()
				if len(d.events(p)) != before {
					t.Errorf("a replay: %v", d.events(p))
				}
				d.verified()
			})
		})
	}
}

func TestACallbackAboutWhatWasCancelled(t *testing.T) {
	virtual(t, "mexico", 1, func(d *desk) {
		p, err := d.book.Cancel(context.Background(), d.first().TradeNo, "maria", "a mistake")
		d.must(err)
		d.gate.say(p.TradeNo, answer{status: "0000", amount: "100", platform: "P1"})
		d.post(signed(notice(p, "0000"), testSecret), 200)
		d.stands(p, ledger.Cancelled, false)
		d.settle()
		d.stands(p, ledger.Cancelled, true) // the answer confirms it: a person must look
		d.verified()
	})
}

// A signed callback about a number that the ledger lacks is not confirmed, and
// is noted once, also over a restart.
func TestACallbackAboutAForgottenNumber(t *testing.T) {
	virtual(t, "mexico", 1, func(d *desk) {
		missing := ledger.Payout{TradeNo: "FORGOTTEN-1", Amount: d.first().Amount}
		body := signed(notice(missing, "0000"), testSecret)
		for range 3 {
			d.post(body, 404)
		}
		d.must(d.stop())
		d.start()
		d.post(body, 404)
		d.post(signed(notice(missing, "00029"), testSecret), 404)
		notes := 0
		for event, err := range d.book.BatchEvents(context.Background(), 0) {
			d.must(err)
			if event.Reason == ReasonForgotten {
				notes++
				if event.Actor != ledger.ActorCallback || !strings.Contains(event.Message, "FORGOTTEN-1") || len(event.Evidence) == 0 {
					t.Errorf("%+v", event)
				}
			}
		}
		if notes != 1 || strings.Count(d.logged.String(), "FORGOTTEN-1") != 1 || d.count(unknown) != 2 {
			t.Errorf("%d notes, %d counted, log %s", notes, d.count(unknown), d.logged)
		}
		d.post(signed(notice(missing, "0000"), "guessed"), 401)
		d.verified()
	})
}

// Two merchants have two secrets, and neither can speak of the other's
// payouts.
func TestAnotherMerchantsPayoutIsUnknown(t *testing.T) {
	virtual(t, "mexico", 1, func(d *desk) {
		p := d.claim(1)[0]
		other, err := d.book.Merchant(context.Background(), ledger.Merchant{Name: "other", Area: "MX", Currency: d.merchant.Currency, MerchantNo: "2", Gateway: "scripted"})
		d.must(err)
		d.must(d.stop())
		d.options.Accounts["acme"] = Account{Merchant: other, Client: d.client, Policy: patient}
		d.start()
		d.post(signed(notice(p, "0000"), testSecret), 404)
		d.stands(p, ledger.Submitting, false)
	})
}

func TestRepeatedCallbacksChangeNothing(t *testing.T) {
	virtual(t, "mexico", 1, func(d *desk) {
		p := d.claim(1)[0]
		for i := range 5 {
			// A repetition may have a new timestamp, and be signed anew.
			d.post(signed(notice(p, "0000", "timestamp", strings.Repeat("1", i+1)), testSecret), 200)
		}
		if got := strings.Join(d.events(p), " "); strings.Count(got, "paid") != 1 || d.count(accepted) != 1 || d.count(replayed) != 4 {
			t.Errorf("history %s, %d accepted, %d replayed", got, d.count(accepted), d.count(replayed))
		}
		d.verified()
	})
}

// A callback that something is in progress, replayed without end, must not put
// off the question.
func TestAReplayDoesNotPutOffTheQuestion(t *testing.T) {
	virtual(t, "mexico", 1, func(d *desk) {
		p := d.heard(d.claim(1)[0], 1, ledger.Doubt, "")
		due := d.now(p).DueAt
		for i := range 20 {
			d.post(signed(notice(p, "0015", "timestamp", strings.Repeat("1", i+1)), testSecret), 200)
			d.settle()
		}
		if now := d.now(p); now.DueAt.After(due) {
			t.Errorf("due at %v, was %v", now.DueAt, due)
		}
	})
}

func TestEvidenceHasNoSignatureAndReportsHaveNoPerson(t *testing.T) {
	virtual(t, "mexico", 1, func(d *desk) {
		p := d.heard(d.claim(1)[0], 1, ledger.Accepted, "P")
		body := signed(notice(p, "00029", "platFormTradeNo", "P", "message", "account 646180000000000000 of PAYEE NUMBER 0 is closed"), testSecret)
		d.post(body, 200)
		now := d.now(p)
		if now.State != ledger.Failed || strings.Contains(now.Message, "6461800") || strings.Contains(strings.ToUpper(now.Message), "PAYEE") {
			t.Errorf("%s %q", now.State, now.Message)
		}
		for event, err := range d.book.Events(context.Background(), p.ID) {
			d.must(err)
			if event.Kind == string(ledger.NotPaid) && (!strings.Contains(string(event.Evidence), `"sign":"[signature]"`) || event.Actor != ledger.ActorCallback) {
				t.Errorf("%s: %s", event.Actor, event.Evidence)
			}
		}
	})
}

func TestOnlyWhatIsServedIsServed(t *testing.T) {
	virtual(t, "mexico", 1, func(d *desk) {
		for target, status := range map[string]int{
			"GET /callback/acme": 405, "PUT /callback/acme": 405, "POST /callback/nobody": 404, "POST /callback/": 404,
			"POST /callback/acme/more": 404, "POST /": 404, "GET /healthz": 200, "POST /healthz": 405, "GET /readyz": 200, "GET /metrics": 404,
		} {
			method, path, _ := strings.Cut(target, " ")
			w := httptest.NewRecorder()
			d.receiver.Handler().ServeHTTP(w, httptest.NewRequest(method, path, http.NoBody))
			if w.Code != status {
				t.Errorf("%s: %d, want %d", target, w.Code, status)
			}
		}
	})
}

// first is the batch's first payout as it stands.
func (d *desk) first() ledger.Payout {
	d.Helper()
	for line, err := range d.book.Lines(context.Background(), d.batch.ID) {
		d.must(err)
		return *line.Payout
	}
	d.Fatal("no payout")
	return ledger.Payout{}
}
