package audit

import (
	"context"
	"maps"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestNothingIsWrong(t *testing.T) {
	t.Parallel()
	d := ledgerOf(t, tales())
	report, err := Audit(t.Context(), d.path, good(), options())
	d.must(err)
	for _, finding := range report.Findings {
		t.Error(finding)
	}
	if report.Batches != 2 || report.Payouts != 5 || report.Events != 15 || report.Orders != 4 || report.Paid != 3 ||
		report.Resent != 1 || report.Replaced != 1 || report.Held["suspect"] != 1 || report.States["succeeded"] != 3 {
		t.Errorf("counted %+v", report)
	}
}

// changed finds a tale by its number.
func changed(all []tale, number string, change func(*tale)) {
	for i := range all {
		if all[i].number == number {
			change(&all[i])
		}
	}
}

// TestEveryDemandIsMade: for each demand, books in which it alone does not
// hold.
func TestEveryDemandIsMade(t *testing.T) {
	t.Parallel()
	history := func(number string, i int, change func(*event)) func([]tale, *Books, *Options) {
		return func(all []tale, _ *Books, _ *Options) {
			changed(all, number, func(p *tale) { change(&p.events[i]) })
		}
	}
	payout := func(number string, change func(*tale)) func([]tale, *Books, *Options) {
		return func(all []tale, _ *Books, _ *Options) { changed(all, number, change) }
	}
	order := func(i int, change func(*Order)) func([]tale, *Books, *Options) {
		return func(_ []tale, b *Books, _ *Options) { change(&b.Orders[i]) }
	}
	for _, c := range []struct {
		name   string
		change func([]tale, *Books, *Options)
		want   string
	}{
		{"a debt paid twice", order(2, func(o *Order) { o.Status = "0000" }), "sheet.csv row 4: is paid 2 times: BP3, BP5"},
		{"a second order", order(0, func(o *Order) { o.Nth = 2 }), "number BP1: the gateway has 2 orders for it"},
		{"two orders", func(_ []tale, b *Books, _ *Options) {
			second := b.Orders[2]
			second.Nth = 2
			b.Orders = append(b.Orders, second)
		}, "number BP3: the gateway has 2 orders for it"},
		{"an unknown order", order(0, func(o *Order) { o.TradeNo = "BP9" }), "number BP9: the gateway has an order that the ledger does not know"},
		{"an unknown request", func(_ []tale, b *Books, _ *Options) { b.Arrived["BP9"] = 1 }, "number BP9: 1 requests to pay it reached the gateway"},
		{"a request without intent", func(_ []tale, b *Books, _ *Options) { b.Arrived["BP1"] = 2 }, "payout BP1: 2 requests reached the gateway, and the ledger has sent it 1 times"},
		{"an order that was never sent", func(_ []tale, b *Books, _ *Options) {
			b.Orders = append(b.Orders, Order{TradeNo: "BP4", PlatFormTradeNo: "P-BP4", Amount: "400", Status: "0015", Nth: 1})
		}, "payout BP4: was never sent, and the gateway has an order for it"},
		{"another amount at the gateway", order(0, func(o *Order) { o.Amount = "1000" }), "payout BP1: the gateway's order has another amount"},
		{"another number at the gateway", order(0, func(o *Order) { o.PlatFormTradeNo = "P-BP8" }), "payout BP1: has another number of the gateway's"},

		{"not paid at the gateway", order(0, func(o *Order) { o.Status, o.WasPaid = "00029", false }), "payout BP1: is succeeded, and the gateway has no paid order"},
		{"taken back unseen", order(0, func(o *Order) { o.Status = "00029" }), "payout BP1: is succeeded, and the gateway has no paid order"},
		{"failed and paid", func(_ []tale, b *Books, _ *Options) {
			b.Orders[2].Status, b.Orders[3].Status, b.Orders[3].WasPaid = "0000", "00029", false
		}, "payout BP3: is failed, and the gateway has paid it"},
		{"rejected and paid in part", func(all []tale, b *Books, _ *Options) {
			b.Orders[2].Status = "0001"
		}, "payout BP3: is failed, and the gateway has paid it"},
		{"reversed and never paid", payout("BP1", func(p *tale) {
			p.state, p.reason = "reversed", "failed"
			p.events = append(p.events, back("BP1"))
		}), "payout BP1: is reversed, and the gateway has not paid it and taken it back"},
		{"cancelled and known", payout("BP3", func(p *tale) {
			p.state, p.attempts, p.platform = "cancelled", 0, ""
			p.events = []event{{kind: "cancel", from: "ready", to: "cancelled", reason: "failed", at: day}}
		}), "payout BP3: is cancelled, and the gateway knows it"},
		{"left open", payout("BP1", func(p *tale) {
			p.state, p.reason, p.platform = "in_doubt", "timeout", ""
			p.events[1] = lost(1, day+20)
		}), "payout BP1: is in_doubt still"},
		{"held without a reason", payout("BP4", func(p *tale) { p.reason, p.events[0].reason = "", "" }), "payout BP4: is held without a reason"},
		{"held for nothing", payout("BP4", func(p *tale) { p.reason, p.events[0].reason = "processing", "processing" }), `payout BP4: is held for "processing", which is no reason to`},

		{"no evidence", history("BP1", 1, func(e *event) { e.evidence = nil }), "payout BP1: event 3 is said to prove the payment, and there is no answer in it"},
		{"an HTTP error as evidence", history("BP1", 1, func(e *event) {
			e.evidence = []byte(strings.Replace(string(e.evidence), "HTTP 200", "HTTP 502", 1))
		}), "the answer is not an HTTP 200"},
		{"an unsigned callback as evidence", history("BP1", 1, func(e *event) {
			e.evidence = []byte(`callback, unsigned {"tradeNo":"BP1","status":"0000","amount":"100"}`)
		}), "payout BP1: event 3 is said to prove the payment, and anybody may have sent the callback"},
		{"broken evidence", history("BP1", 1, func(e *event) { e.evidence = e.evidence[:40] }), "its answer cannot be read"},
		{"an outer refusal as evidence", history("BP1", 1, func(e *event) {
			e.evidence = []byte(strings.Replace(string(e.evidence), `"code":"0000"`, `"code":"8000"`, 1))
		}), "its answer cannot be read"},
		{"evidence in progress", history("BP1", 1, func(e *event) { e.evidence = answer("BP1", "0015", "100") }), "its answer does not say 0000"},
		{"evidence about another", history("BP1", 1, func(e *event) { e.evidence = answer("BP2", "0000", "100") }), "its answer is about another number"},
		{"evidence about nobody", history("BP1", 1, func(e *event) {
			e.evidence = []byte(`HTTP 200 {"code":"0000","data":{"status":"0000"}}`)
		}), "its answer does not say about which payout it is"},
		{"evidence of another amount", history("BP1", 1, func(e *event) { e.evidence = answer("BP1", "0000", "100.5") }), "its answer names another amount"},
		{"success from another kind", history("BP1", 1, func(e *event) { e.kind = "accepted" }), "payout BP1: event 3: accepted leads from submitting to succeeded"},

		{"sent again without asking", payout("BP2", func(p *tale) {
			p.events[2] = event{kind: "release", from: "in_doubt", to: "in_doubt", reason: "released", at: day + 50}
			p.events[3] = event{kind: "not_sent", from: "in_doubt", to: "ready", attempt: 0, reason: "x", at: day + 60}
			p.unsent = 1
			p.events = append(p.events[:4:4], sent(2, day+71_000), lost(2, day+72_000), denied(day+73_000, "ready"),
				sent(3, day+74_000), paid("BP2", "submitting", "200", 3, day+75_000))
			p.attempts = 3
		}), "may be sent again after 1 denials over 0s"},
		{"sent again too early", history("BP2", 3, func(e *event) { e.at = day + 60_000 }), "payout BP2: event 7: may be sent again after 2 denials over 59s"},
		{"sent again after one denial", payout("BP2", func(p *tale) {
			p.events = append(p.events[:2:2], p.events[3:]...)
		}), "payout BP2: event 6: may be sent again after 1 denials"},
		{"sent again although known", history("BP2", 2, func(e *event) { e.kind, e.to = "accepted", "in_doubt" }), "may be sent again, although the gateway has known it"},
		{"sent too often", func(_ []tale, _ *Books, o *Options) { o.Resend.Most = 1 }, "payout BP2: event 8: sent 2 times, 1 are allowed"},

		{"a refusal of the second attempt", payout("BP2", func(p *tale) {
			p.events[5] = event{kind: "refused", from: "submitting", to: "rejected", attempt: 2, reason: "refused", at: day + 72_000}
		}), "payout BP2: event 9: rejected by the refusal of attempt 2"},

		{"another account", payout("BP1", func(p *tale) { p.account = "646180000000000009" }), "payout BP1: sheet.csv row 2: is to pay another account"},
		{"another amount", func(_ []tale, b *Books, _ *Options) { b.Given[0].Amount = "101" }, "payout BP1: sheet.csv row 2: is to pay another amount"},
		{"a row too many", func(_ []tale, b *Books, _ *Options) { b.Given = append(b.Given[:3:3], b.Given[4:]...) }, "payout BP4: sheet.csv row 5: there is no such row"},
		{"a row too few", func(_ []tale, b *Books, _ *Options) {
			b.Given = append(b.Given, Row{Sheet: "sheet.csv", Row: 7, Amount: "1", Account: "646180000000000007"})
		}, "sheet.csv row 7: was given, and the ledger knows nothing of it"},
		{"a sheet that was lost", func(_ []tale, b *Books, _ *Options) {
			b.Given = append(b.Given, Row{Sheet: "lost.csv", Row: 2, Amount: "1", Account: "646180000000000007"})
		}, "lost.csv row 2: was given, and the ledger knows nothing of it"},
		{"left out with an amount", func(_ []tale, b *Books, _ *Options) { b.Given[4].Amount = "5" }, "sheet.csv row 6: was left out with another amount"},
		{"known as another", func(_ []tale, b *Books, _ *Options) { b.Given[6].Debt = "sheet.csv row 3" }, "repaired.csv row 3: is said to be payout BP1, which is another debt"},
		{"stands in for another", func(_ []tale, b *Books, _ *Options) { b.Given[5].Debt = "sheet.csv row 5" }, "payout BP5: stands in for payout BP3, which is another debt"},
		{"a sheet that nobody gave", func(_ []tale, b *Books, _ *Options) {
			for i := range b.Given[:5] {
				b.Given[i].Sheet = "other.csv"
			}
		}, "payout BP1: is of batch MX-1, which is none of the sheets that were given"},

		{"a callback that contradicts", payout("BP1", func(p *tale) {
			p.state, p.reason = "reversed", "failed"
			again := back("BP1")
			again.actor = "callback"
			p.events = append(p.events, again)
		}), "payout BP1: event 4: a callback contradicts, and nobody has asked"},

		{"an event out of place", history("BP1", 1, func(e *event) { e.from = "in_doubt" }), "payout BP1: event 3 leads from in_doubt, and it was submitting"},
		{"another state", payout("BP3", func(p *tale) { p.state = "rejected" }), "payout BP3: is rejected, and its history ends in failed"},
		{"another reason", payout("BP3", func(p *tale) { p.reason = "refused" }), "payout BP3: gives another reason than its last event"},
		{"an attempt nobody wrote down", payout("BP3", func(p *tale) { p.attempts = 2 }), "payout BP3: counts 2 attempts, 0 of them not sent; its history 1 and 0"},
		{"a number in no event", history("BP3", 1, func(e *event) { e.platformNo = "" }), "payout BP3: has a number of the gateway's that is in no event"},
		{"two numbers of the gateway's", payout("BP1", func(p *tale) {
			p.events = append(p.events, event{kind: "paid", from: "succeeded", to: "succeeded", reason: "paid", platformNo: "P-BP7", evidence: answer("BP1", "0000", "100"), at: day + 30})
		}), "payout BP1: event 4 gives it another number of the gateway's"},
		{"success that ends otherwise", payout("BP1", func(p *tale) {
			p.events = append(p.events, event{kind: "doubt", from: "succeeded", to: "in_doubt", reason: "x", at: day + 30})
			p.state, p.reason = "in_doubt", "x"
		}), "payout BP1: event 4: doubt leads from succeeded to in_doubt"},

		{"an account in a message", history("BP3", 1, func(e *event) { e.message = "account 646180000000000003 is closed" }), "holds a value of the payee's"},
		{"a name in evidence", history("BP1", 1, func(e *event) {
			e.evidence = []byte(strings.Replace(string(e.evidence), "success", "paid to María Hernández", 1))
		}), "payout BP1 event 3 evidence: holds a value of the payee's"},
		{"somebody else's account", history("BP3", 1, func(e *event) { e.message = "see 646180000000000001." }), "holds an account that was given"},
		{"the secret in evidence", history("BP3", 1, func(e *event) { e.evidence = []byte(secret) }), "holds the merchant's secret"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			all, b, o := tales(), good(), options()
			c.change(all, &b, &o)
			d := ledgerOf(t, all)
			d.tamper("SELECT 1")
			d.finds(b, o, c.want)
		})
	}
}

func back(number string) event {
	return event{kind: "not_paid", from: "succeeded", to: "reversed", reason: "failed", flagged: true, evidence: answer(number, "00029", "100"), at: day + 40}
}

// finds demands that one of the findings says so, and not more than a few
// that follow from it.
func (d *desk) finds(b Books, o Options, want string) {
	d.Helper()
	report, err := Audit(d.Context(), d.path, b, o)
	d.must(err)
	for _, finding := range report.Findings {
		if strings.Contains(finding, want) {
			return
		}
	}
	d.Errorf("want a finding %q, got %q", want, report.Findings)
}

// TestTamperedFiles: somebody has changed the file itself.
func TestTamperedFiles(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, tamper, want string }{
		{"a message", "UPDATE events SET message = 'x' WHERE seq = 4", "history: event 4 does not fit the one before it"},
		{"evidence", "UPDATE events SET evidence = x'00' WHERE seq = 1", "history: event 1 does not fit the one before it"},
		{"a hash", "UPDATE events SET hash = zeroblob(32) WHERE seq = 5", "history: event 5 does not fit"},
		{"a flag", "UPDATE events SET flagged = 1 WHERE seq = 3", "history: event 3 does not fit"},
		{"a gap", "DELETE FROM events WHERE seq = 6", "history: event 5 is followed by event 7"},
		{"a cut end", "DELETE FROM events WHERE seq = 15", "history: ends with event 14, and should with 15"},
		{"the end's hash", "UPDATE head SET hash = zeroblob(32)", "history: ends with event 15, and should with 15"},
		{"a lost payout", "DELETE FROM payouts WHERE id = 4; DELETE FROM instructions WHERE payout_id = 4", "batch MX-1: says 5 rows and 100000 minor units, and has 4 and 60000"},
		{"an event of nobody", "DELETE FROM payouts WHERE id = 4; DELETE FROM instructions WHERE payout_id = 4", "event 12: is of a payout that is not there"},
		{"a sum", "UPDATE batches SET sum_minor = 1 WHERE id = 1", "batch MX-1: says 5 rows and 1 minor units, and has 5 and 100000"},
		{"a row left out twice", "INSERT INTO left_out (batch_id, row, amount_minor, notes) VALUES (1, 7, 0, '[]')", "sheet.csv row 7: was left out, and there is no such row"},
		{"two stand in for one", "DROP INDEX payouts_by_replaced; UPDATE payouts SET replaces = 3 WHERE id = 4", "payout BP3: two payouts stand in for it: BP4, BP5"},
		{"it was not called off", "UPDATE payouts SET replaces = 1 WHERE id = 5", "payout BP5: stands in for payout BP1, which was succeeded by then"},
		{"an account in notes", `UPDATE left_out SET notes = '["646180000000000005"]'`, "sheet.csv row 6 notes: holds an account that was given"},
		{"a batch of nobody", "UPDATE payouts SET batch_id = 9 WHERE id = 1", "payout BP1: is of no batch"},
		{"a number that is not there", "UPDATE left_out SET known = 'BP77' WHERE batch_id = 2", "repaired.csv row 3: is said to be payout BP77, which is not there"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := ledgerOf(t, tales())
			d.tamper(c.tamper)
			d.finds(good(), options(), c.want)
		})
	}
}

// TestARunUnderWayIsAllowedToBeOpen: without Settled, what is on its way is no
// finding; what would be money lost or paid twice is one all the same.
func TestARunUnderWayIsAllowedToBeOpen(t *testing.T) {
	t.Parallel()
	all := tales()
	changed(all, "BP1", func(p *tale) {
		p.state, p.reason, p.platform = "submitting", "intent", ""
		p.events = p.events[:1]
	})
	d := ledgerOf(t, all)
	o := options()
	o.Settled = false
	report, err := Audit(t.Context(), d.path, good(), o)
	d.must(err)
	for _, finding := range report.Findings {
		t.Error(finding)
	}
	b := good()
	b.Orders[2].Status = "0000"
	d.finds(b, o, "is paid 2 times")
}

// TestPaidAndHeldIsCounted: what the gateway has paid and a person has to look
// at is no finding, and is not passed over.
func TestPaidAndHeldIsCounted(t *testing.T) {
	t.Parallel()
	all := tales()
	changed(all, "BP1", func(p *tale) {
		p.state, p.reason, p.conflict = "held", "amount_differs", true
		p.events[1].kind, p.events[1].to, p.events[1].reason, p.events[1].flagged = "conflict", "held", "amount_differs", true
	})
	d := ledgerOf(t, all)
	report, err := Audit(t.Context(), d.path, good(), options())
	d.must(err)
	for _, finding := range report.Findings {
		t.Error(finding)
	}
	want := map[string]int{"amount_differs": 1}
	if !maps.Equal(report.HeldPaid, want) || report.Flagged != 1 || report.Held["amount_differs"] != 1 {
		t.Errorf("held and paid %v, held %v, flagged %d", report.HeldPaid, report.Held, report.Flagged)
	}
}

func TestReversedIsReversed(t *testing.T) {
	t.Parallel()
	all, b := tales(), good()
	changed(all, "BP1", func(p *tale) {
		p.state, p.reason = "reversed", "failed"
		p.events = append(p.events, back("BP1"))
	})
	b.Orders[0].Status = "00029"
	d := ledgerOf(t, all)
	report, err := Audit(t.Context(), d.path, b, options())
	d.must(err)
	for _, finding := range report.Findings {
		t.Error(finding)
	}
}

// TestTakenBackAndFlagged: an answer that says so names another amount, so
// that a person has to look.
func TestTakenBackAndFlagged(t *testing.T) {
	t.Parallel()
	all, b := tales(), good()
	changed(all, "BP1", func(p *tale) {
		p.reason = "amount_differs"
		p.events = append(p.events, event{kind: "conflict", from: "succeeded", to: "succeeded", reason: "amount_differs", flagged: true, at: day + 40})
	})
	b.Orders[0].Status = "00029"
	d := ledgerOf(t, all)
	report, err := Audit(t.Context(), d.path, b, options())
	d.must(err)
	if len(report.Findings) > 0 || report.TakenBack != 1 {
		t.Errorf("taken back %d, findings %q", report.TakenBack, report.Findings)
	}
}

// TestASignedCallbackIsEvidence: it has no envelope around it.
func TestASignedCallbackIsEvidence(t *testing.T) {
	t.Parallel()
	all := tales()
	changed(all, "BP1", func(p *tale) {
		p.events[1].evidence = []byte("callback, signature checked\n\n" + `{"tradeNo":"BP1","status":"0000","amount":100.00}`)
	})
	report, err := Audit(t.Context(), ledgerOf(t, all).path, good(), options())
	if err != nil || len(report.Findings) > 0 {
		t.Errorf("%v, findings %q", err, report.Findings)
	}
}

// TestAPersonsWordIsEvidence: with who and why; without it is none.
func TestAPersonsWordIsEvidence(t *testing.T) {
	t.Parallel()
	said := func(evidence []byte) []tale {
		all := tales()
		changed(all, "BP1", func(p *tale) {
			p.platform, p.reason = "", "said_paid"
			p.events = []event{
				p.events[0], lost(1, day+20),
				{kind: "said_paid", from: "in_doubt", to: "succeeded", actor: "maria", reason: "said_paid", evidence: evidence, at: day + 30},
			}
		})
		return all
	}
	d := ledgerOf(t, said([]byte(`{"who":"maria"}`)))
	report, err := Audit(t.Context(), d.path, good(), options())
	d.must(err)
	if len(report.Findings) > 0 {
		t.Error(report.Findings)
	}
	ledgerOf(t, said(nil)).finds(good(), options(), "payout BP1: is succeeded without an answer that says so")
}

func TestAmounts(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int64{"1": 100, "1.5": 150, "1.50": 150, "0.01": 1, "1.500": 150, "123456789012345": 12345678901234500} {
		if got, err := minor(text, 2); err != nil || got != want {
			t.Errorf("%q is %d, %v", text, got, err)
		}
	}
	for _, text := range []string{"", ".5", "1.005", "-1", "1e3", "1,5", "12345678901234567", "１"} {
		if got, err := minor(text, 2); err == nil {
			t.Errorf("%q is %d", text, got)
		}
	}
	if got, err := minor("5", decimalsOf("KRW")); err != nil || got != 5 {
		t.Errorf("5 won are %d, %v", got, err)
	}
}

func TestNoLedger(t *testing.T) {
	t.Parallel()
	if _, err := Audit(t.Context(), filepath.Join(t.TempDir(), "none.db"), Books{}, Options{}); err == nil {
		t.Error("a ledger that is not there was audited")
	}
	d := ledgerOf(t, tales())
	ended, cancel := context.WithTimeout(t.Context(), time.Nanosecond)
	defer cancel()
	<-ended.Done()
	if _, err := Audit(ended, d.path, good(), options()); err == nil {
		t.Error("an audit went on after it was told to stop")
	}
}
