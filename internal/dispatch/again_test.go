package dispatch

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/bulkpay/bulkpay/ledger"
	"github.com/bulkpay/bulkpay/paypro"
)

// passOver begins a pass over the batch, or goes on with it, and asks.
func (d *desk) passOver() (Result, error) {
	d.Helper()
	pass, _, err := d.book.AskAgain(context.Background(), d.batch.ID, "person:maria", "")
	d.must(err)
	return New(d.book, d.lease, d.gate, d.o).AskAgain(d.drain, d.now, pass, func(ledger.Payout, paypro.Verdict) {})
}

func (d *desk) mustPass() Result {
	d.Helper()
	result, err := d.passOver()
	d.must(err)
	return result
}

// pass is the latest as it stands.
func (d *desk) pass() ledger.Pass {
	d.Helper()
	p, err := d.book.LatestPass(context.Background(), d.batch.ID)
	d.must(err)
	return p
}

func TestAPassAsksOnceAboutAllThatWasSentAndSendsNothing(t *testing.T) {
	virtual(t, 250, func(d *desk) { // more than two pages
		d.mustRun()
		d.later(30 * 24 * time.Hour)
		sent, _ := d.gate.placements()
		changed := d.numbers()[7]
		d.gate.query = func(c call) paypro.Verdict {
			if c.tradeNo == changed {
				return notPaid(c)
			}
			return paid(c)
		}
		d.o.QueryRate = 100
		began := time.Now()
		if result := d.mustPass(); result != (Result{Asked: 250}) {
			t.Errorf("result %+v", result)
		}
		if took := time.Since(began); took < 2*time.Second || took > 4*time.Second {
			t.Errorf("250 questions at 100 a second took %v", took)
		}
		if again, _ := d.gate.placements(); again != sent || len(d.gate.askedTwice) > 0 {
			t.Errorf("%d placements, %d before; asked twice %v", again, sent, d.gate.askedTwice)
		}
		p := d.pass()
		if p.Payouts != 250 || p.Answered != 250 || p.Definite != 250 || p.Agreed != 249 || !p.Ended {
			t.Errorf("pass %+v", p)
		}
		d.stand(map[ledger.State]int{ledger.Succeeded: 249, ledger.Reversed: 1})
		d.tied()
	})
}

func TestAPassThatWasKilledGoesOnWhereItWas(t *testing.T) {
	virtual(t, 100, func(d *desk) {
		d.mustRun()
		d.o.QueryRate = 10
		time.AfterFunc(4*time.Second, d.stopNow)
		if result := d.mustPass(); !result.Drained || result.Asked < 30 || result.Asked > 50 {
			t.Errorf("killed: %+v", result)
		}
		first := d.pass()
		d.reopen()
		rest := 100 - first.Answered
		if result := d.mustPass(); result.Asked != rest || result.Drained {
			t.Errorf("%+v, %d were left", result, rest)
		}
		if p := d.pass(); p.ID != first.ID || p.Answered != 100 || !p.Ended {
			t.Errorf("pass %+v", p)
		}
		d.tied()
	})
}

func TestAPassAsksAgainWhereNobodyAnsweredAndDoesNotForget(t *testing.T) {
	virtual(t, 20, func(d *desk) {
		d.mustRun()
		shy := d.numbers()[3]
		d.gate.query = func(c call) paypro.Verdict {
			if c.tradeNo == shy && c.nth < 5 {
				return noAnswer(c)
			}
			return paid(c)
		}
		if result := d.mustPass(); result.Asked != 19+againRounds {
			t.Errorf("result %+v", result)
		}
		if p := d.pass(); p.Asked != 20 || p.Answered != 19 || p.Ended {
			t.Errorf("pass %+v", p)
		}
		if result := d.mustPass(); result.Asked != 2 {
			t.Errorf("gone on: %+v", result)
		}
		if p := d.pass(); p.Answered != 20 || !p.Ended {
			t.Errorf("pass %+v", p)
		}
		d.tied()
	})
}

func TestAPassGivesUpWhereNothingIsLearned(t *testing.T) {
	for name, c := range map[string]struct {
		want  error
		query func(call) paypro.Verdict
	}{
		"unreachable": {ErrUnreachable, func(call) paypro.Verdict {
			return paypro.Verdict{Kind: paypro.NoAnswer, Reason: paypro.ReasonNotConnected}
		}},
		"credentials": {ErrCredentials, func(call) paypro.Verdict {
			return paypro.Verdict{Kind: paypro.NoAnswer, Reason: paypro.ReasonCredentials}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			virtual(t, 100, func(d *desk) {
				d.mustRun()
				d.o.QueryRate, d.gate.query = 10, c.query
				if result := d.mustPass(); !errors.Is(result.Halted, c.want) {
					t.Errorf("result %+v", result)
				}
				if p := d.pass(); p.Answered != 0 || p.Ended {
					t.Errorf("pass %+v", p)
				}
				d.stand(map[ledger.State]int{ledger.Succeeded: 100})
				d.tied()
			})
		})
	}
}

func TestAPassStopsWhenAnotherRunHasTakenOver(t *testing.T) {
	virtual(t, 100, func(d *desk) {
		d.mustRun()
		d.o.QueryRate = 1
		d.raw("UPDATE leases SET holder = 'another'")
		if _, err := d.passOver(); !errors.Is(err, ledger.ErrLeaseLost) {
			t.Errorf("error %v", err)
		}
		if p := d.pass(); p.Answered > 90 || p.Ended {
			t.Errorf("pass %+v", p)
		}
	})
}
