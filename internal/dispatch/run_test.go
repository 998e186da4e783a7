package dispatch

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/bulkpay/bulkpay/ledger"
	"github.com/bulkpay/bulkpay/paypro"
)

func TestEverythingIsPaidOnce(t *testing.T) {
	virtual(t, 200, func(d *desk) {
		result := d.mustRun()
		d.stand(map[ledger.State]int{ledger.Succeeded: 200})
		if requests, payouts := d.gate.placements(); requests != 200 || payouts != 200 {
			t.Errorf("%d placements of %d payouts, want 200 of 200", requests, payouts)
		}
		if result != (Result{Sent: 200}) {
			t.Errorf("result %+v", result)
		}
		if d.gate.most > d.o.Workers {
			t.Errorf("%d requests in flight, %d workers", d.gate.most, d.o.Workers)
		}
		d.tied()
	})
}

func TestSettledRunSendsNothingAsksNothingAndAppendsNothing(t *testing.T) {
	virtual(t, 20, func(d *desk) {
		d.mustRun()
		before, requests := d.events(), len(d.gate.placedAt)
		began := time.Now()
		if result := d.mustRun(); result != (Result{}) {
			t.Errorf("result %+v", result)
		}
		if waited := time.Since(began); waited > 100*time.Millisecond {
			t.Errorf("took %v to find that there is nothing to do", waited)
		}
		if d.events() != before || len(d.gate.placedAt) != requests || d.gate.queries() != 0 {
			t.Errorf("%d new events, %d placements, %d queries", d.events()-before, len(d.gate.placedAt)-requests, d.gate.queries())
		}
	})
}

func TestProcessingIsAskedAboutUntilFinal(t *testing.T) {
	virtual(t, 30, func(d *desk) {
		d.gate.place = processing
		d.gate.query = func(c call) paypro.Verdict {
			if c.nth < 4 {
				return processing(c)
			}
			return paid(c)
		}
		result := d.mustRun()
		d.stand(map[ledger.State]int{ledger.Succeeded: 30})
		if result.Asked != 120 || result.Sent != 30 {
			t.Errorf("result %+v, want 30 sent and 120 asked", result)
		}
		d.onSchedule()
	})
}

// onSchedule demands that the fourth question about each payout, which was
// the last, was asked when the schedule says and not much later.
func (d *desk) onSchedule() {
	d.Helper()
	var scheduled time.Duration
	for i := range 4 {
		scheduled += d.o.after(i)
	}
	for _, p := range d.payouts() {
		var accepted, final time.Time
		for event, err := range d.book.Events(context.Background(), p.ID) {
			d.must(err)
			switch event.To {
			case ledger.Processing:
				accepted = event.At
			case ledger.Succeeded:
				final = event.At
			}
		}
		if took := final.Sub(accepted); accepted.IsZero() || took < scheduled || took > scheduled+time.Second {
			d.Errorf("%s: final after %v, the schedule says %v", p.TradeNo, took, scheduled)
		}
	}
}

func TestAnswersEndWhereTheyBelong(t *testing.T) {
	virtual(t, 6, func(d *desk) {
		answers := []func(call) paypro.Verdict{
			paid, notPaid, func(call) paypro.Verdict { return refused("8000") },
			func(c call) paypro.Verdict {
				v := paid(c)
				v.Kind, v.Reason = paypro.Conflict, paypro.ReasonAmountDiffers
				return v
			},
			func(call) paypro.Verdict {
				return paypro.Verdict{Kind: paypro.NotSent, Reason: paypro.ReasonInvalidRequest}
			},
			processing,
		}
		numbers := d.numbers()
		d.gate.place = func(c call) paypro.Verdict { return answers[slices.Index(numbers, c.tradeNo)](c) }
		d.o.Deadline = -1
		result := d.mustRun()
		d.stand(map[ledger.State]int{
			ledger.Succeeded: 1, ledger.Failed: 1, ledger.Rejected: 1, ledger.Held: 2, ledger.Processing: 1,
		})
		if result.Sent != 5 || !result.TimedOut {
			t.Errorf("result %+v: a request that cannot be written was never sent, and one payout is open", result)
		}
		d.tied()
	})
}

func (d *desk) numbers() []string {
	var numbers []string
	for _, p := range d.payouts() {
		numbers = append(numbers, p.TradeNo)
	}
	return numbers
}

func TestNoSubmitSendsNothing(t *testing.T) {
	virtual(t, 5, func(d *desk) {
		d.o.NoSubmit = true
		if result := d.mustRun(); result != (Result{}) {
			t.Errorf("result %+v", result)
		}
		d.stand(map[ledger.State]int{ledger.Ready: 5})
	})
}

func TestNoSettleAsksNothing(t *testing.T) {
	virtual(t, 20, func(d *desk) {
		d.o.NoSettle = true
		d.gate.place = timedOut
		if result := d.mustRun(); result != (Result{Sent: 20}) {
			t.Errorf("result %+v", result)
		}
		d.stand(map[ledger.State]int{ledger.InDoubt: 20})
		if d.gate.queries() != 0 {
			t.Errorf("%d questions", d.gate.queries())
		}
	})
}

// A request that never left comes back to ready after the last claim: the
// run must not have ended by then.
func TestNoSettleDoesNotEndWithPayoutsInTheAir(t *testing.T) {
	for _, deadline := range []time.Duration{time.Minute, -1} {
		t.Run(deadline.String(), func(t *testing.T) {
			virtual(t, 8, func(d *desk) {
				d.o.NoSettle, d.o.Deadline = true, deadline
				d.o.Workers = 8
				d.gate.takes = 3 * time.Second
				d.gate.place = func(c call) paypro.Verdict {
					if c.nth == 1 {
						return notConnected(c)
					}
					return paid(c)
				}
				if result := d.mustRun(); result != (Result{Sent: 8}) {
					t.Errorf("result %+v", result)
				}
				d.stand(map[ledger.State]int{ledger.Succeeded: 8})
			})
		})
	}
}

func TestDeadlineEndsTheWait(t *testing.T) {
	virtual(t, 5, func(d *desk) {
		d.gate.place, d.gate.query = processing, processing
		began := time.Now()
		result := d.mustRun()
		if !result.TimedOut || result.Halted != nil || result.Drained {
			t.Errorf("result %+v", result)
		}
		if took := time.Since(began); took > d.o.Deadline+time.Second || took < d.o.Deadline-20*time.Second {
			t.Errorf("ended after %v, the deadline is %v", took, d.o.Deadline)
		}
		d.stand(map[ledger.State]int{ledger.Processing: 5})
	})
}

// With more payouts open than can be asked about between two questions about
// one of them, some are always due.
func TestDeadlineEndsEvenIfSomethingIsAlwaysDue(t *testing.T) {
	virtual(t, 60, func(d *desk) {
		d.gate.place, d.gate.query = processing, processing
		d.o.QueryRate, d.o.Deadline = 1, time.Minute
		began := time.Now()
		result := d.mustRun()
		if took := time.Since(began); took > 62*time.Second || !result.TimedOut {
			t.Errorf("ended after %v: %+v", took, result)
		}
	})
}

func TestDeadlineEndsEvenIfTheGatewayAsksForALongPause(t *testing.T) {
	virtual(t, 10, func(d *desk) {
		d.gate.place = processing
		d.gate.query = func(call) paypro.Verdict { return throttled(time.Hour) }
		began := time.Now()
		result := d.mustRun()
		if took := time.Since(began); took > d.o.Deadline+2*time.Second || !result.TimedOut {
			t.Errorf("ended after %v: %+v", took, result)
		}
	})
}

func TestNothingIsAskedTwiceAtOnceNorTwiceForOneDue(t *testing.T) {
	virtual(t, 40, func(d *desk) {
		d.gate.place = processing
		d.gate.query = func(c call) paypro.Verdict {
			if c.nth < 3 {
				return processing(c)
			}
			return paid(c)
		}
		d.gate.takes = 1500 * time.Millisecond // longer than until the next question
		result := d.mustRun()
		if len(d.gate.askedTwice) > 0 {
			t.Errorf("asked while a question was in progress: %v", d.gate.askedTwice)
		}
		if result.Asked != 120 {
			t.Errorf("%d questions, want 3 about each of 40", result.Asked)
		}
	})
}

func TestProgressIsRight(t *testing.T) {
	virtual(t, 300, func(d *desk) {
		commits, outcomes, final := 0, 0, 0
		var last Progress
		var kept []map[string]int
		d.o.Observe = func(p Progress) {
			if p.Sent < last.Sent || p.Asked < last.Asked || p.Rate > d.o.Rate {
				t.Errorf("progress went from %+v to %+v", last, p)
			}
			last = p
			kept = append(kept, p.Moved)
			commits++
			outcomes += len(p.Transfers)
			for _, one := range p.Transfers {
				if !one.From.Final() && one.Payout.State.Final() {
					final++
				}
			}
		}
		d.gate.place = processing
		result := d.mustRun()
		if last.Sent != 300 || last.Asked != 300 || result.Sent != 300 || result.Asked != 300 {
			t.Errorf("last progress %+v, result %+v", last, result)
		}
		if final != 300 || last.Moved[ledger.BucketSucceeded] != 300 || last.Moved[ledger.BucketProcessing] != 300 {
			t.Errorf("%d became final, moved %v", final, last.Moved)
		}
		if outcomes != 600 || commits >= 300 {
			t.Errorf("%d commits for %d outcomes: one each costs more than sending", commits, outcomes)
		}
		if kept[0][ledger.BucketSucceeded] == 300 {
			t.Error("what an observer was told changed afterwards")
		}
	})
}

func TestAnswersFromElsewhereDuringTheRunDoNoHarm(t *testing.T) {
	virtual(t, 60, func(d *desk) {
		d.gate.place, d.gate.query = processing, processing
		callbacks := make(chan string, 200)
		d.gate.place = func(c call) paypro.Verdict {
			callbacks <- c.tradeNo
			callbacks <- c.tradeNo // gateways repeat themselves
			return processing(c)
		}
		wait := d.start()
		for range 120 {
			payout, err := d.book.Payout(context.Background(), <-callbacks)
			d.must(err)
			_, err = d.book.Record(context.Background(), d.o.Policy, []ledger.Outcome{{
				Payout: payout, Kind: ledger.Paid, Reason: "paid", Code: "0000", Actor: "callback",
				PlatformTradeNo: "PF" + payout.TradeNo, Evidence: []byte("callback"),
			}})
			d.must(err)
		}
		result, err := wait()
		d.must(err)
		if result.TimedOut || result.Sent != 60 {
			t.Errorf("result %+v", result)
		}
		d.stand(map[ledger.State]int{ledger.Succeeded: 60})
		d.tied()
	})
}
