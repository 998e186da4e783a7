package dispatch

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"testing"
	"time"

	"github.com/bulkpay/bulkpay/ledger"
	"github.com/bulkpay/bulkpay/paypro"
)

// watching looks after payouts for two days.
func (d *desk) watching() { d.o.Policy.Watch = []time.Duration{time.Hour, 48 * time.Hour} }

func TestSettledPayoutsAreAskedAboutAgainWhenTheyAreDue(t *testing.T) {
	virtual(t, 12, func(d *desk) {
		d.watching()
		first := d.numbers()[0]
		if result := d.mustRun(); result != (Result{Sent: 12}) {
			t.Errorf("a run waits for nothing that is due in an hour: %+v", result)
		}
		d.gate.query = func(c call) paypro.Verdict {
			if c.tradeNo == first {
				return notPaid(c)
			}
			return paid(c)
		}
		if result := d.mustRun(); result != (Result{}) {
			t.Errorf("at once: %+v", result)
		}
		d.later(61 * time.Minute)
		if result := d.mustRun(); result != (Result{Asked: 12}) {
			t.Errorf("after an hour: %+v", result)
		}
		d.stand(map[ledger.State]int{ledger.Succeeded: 11, ledger.Reversed: 1})
		if result := d.mustRun(); result != (Result{}) {
			t.Errorf("once more: %+v", result)
		}
		d.later(48 * time.Hour)
		if result := d.mustRun(); result != (Result{Asked: 11}) {
			t.Errorf("after two days: %+v", result)
		}
		d.later(1000 * time.Hour)
		if result := d.mustRun(); result != (Result{}) {
			t.Errorf("for ever: %+v", result)
		}
		d.once()
		d.tied()
	})
}

// A question that is not answered stands; the run's deadline ends it.
func TestWatchedPayoutsAreNotAskedAboutInALoop(t *testing.T) {
	virtual(t, 5, func(d *desk) {
		d.watching()
		d.mustRun()
		d.later(2 * time.Hour)
		d.gate.query = noAnswer
		began := time.Now()
		result := d.mustRun()
		if result.Asked < 5 || result.Asked > 5*3 || result.TimedOut || time.Since(began) > d.o.Deadline+time.Minute {
			t.Errorf("%+v after %v", result, time.Since(began))
		}
		d.stand(map[ledger.State]int{ledger.Succeeded: 5})
	})
}

func TestTheDeadlineCoversWhatIsWatched(t *testing.T) {
	virtual(t, 100, func(d *desk) {
		d.watching()
		d.mustRun()
		d.later(2 * time.Hour)
		d.o.QueryRate, d.o.Deadline = 1, 20*time.Second
		result := d.mustRun()
		if result.Asked < 15 || result.Asked > 25 || result.TimedOut {
			t.Errorf("%+v: one question a second for 20 seconds", result)
		}
	})
}

func TestWhatIsOpenIsAskedAboutBeforeWhatIsWatched(t *testing.T) {
	virtual(t, 40, func(d *desk) {
		d.watching()
		d.o.Policy.Watch = []time.Duration{time.Minute}
		numbers := d.numbers()
		d.gate.place = func(c call) paypro.Verdict {
			if slices.Contains(numbers[:20], c.tradeNo) {
				return paid(c)
			}
			return processing(c)
		}
		d.o.NoSettle = true
		d.mustRun()
		time.Sleep(time.Hour)
		d.o.NoSettle, d.o.QueryRate, d.o.Workers = false, 1, 1
		var order []string
		d.gate.query = func(c call) paypro.Verdict {
			order = append(order, c.tradeNo)
			return paid(c)
		}
		if result := d.mustRun(); result.Asked != 40 {
			t.Fatalf("result %+v", result)
		}
		for _, number := range order[:20] {
			if slices.Contains(numbers[:20], number) {
				t.Fatalf("%s is watched and was asked about before what is open", number)
			}
		}
	})
}

// What is watched comes due while the run is still sending.
func TestWatchedPayoutsAreAskedAboutDuringARun(t *testing.T) {
	virtual(t, 600, func(d *desk) {
		d.o.Policy.Watch = []time.Duration{time.Minute}
		d.o.Rate = 2
		result := d.mustRun()
		// Those that settled a minute before the end, and no others.
		if result.Sent != 600 || result.Asked < 450 || result.Asked > 500 {
			t.Errorf("result %+v", result)
		}
	})
}

func TestAPayoutThatStaysOpenForTooLongIsHeld(t *testing.T) {
	virtual(t, 3, func(d *desk) {
		d.o.Policy.StuckAfter = time.Minute
		d.gate.place, d.gate.query = processing, processing
		if result := d.mustRun(); result.TimedOut {
			t.Errorf("result %+v", result)
		}
		d.stand(map[ledger.State]int{ledger.Held: 3})
	})
}

func TestPolicyIsCompletedFromTheDefault(t *testing.T) {
	day := []time.Duration{24 * time.Hour}
	for name, c := range map[string]struct{ given, want ledger.Policy }{
		"nothing": {ledger.Policy{}, DefaultPolicy},
		"watch": {
			ledger.Policy{Watch: day},
			ledger.Policy{Unknowns: 3, Quarantine: 15 * time.Minute, MaxAttempts: 3, Watch: day},
		},
		"never": {ledger.Policy{NeverResend: true}, ledger.Policy{NeverResend: true}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := (Options{Policy: c.given}).withDefaults().Policy; fmt.Sprint(got) != fmt.Sprint(c.want) {
				t.Errorf("%+v, want %+v", got, c.want)
			}
		})
	}
}

// each collects what Ask tells.
type each map[string]paypro.Verdict

func (d *desk) ask(drain, now context.Context, told each) error {
	return New(d.book, d.lease, d.gate, d.o).Ask(drain, now, d.all(), func(p ledger.Payout, v paypro.Verdict) {
		told[p.TradeNo+" "+string(p.State)] = v
	})
}

// all are the payouts as a caller would give them.
func (d *desk) all() iter.Seq2[ledger.Payout, error] {
	return func(yield func(ledger.Payout, error) bool) {
		for _, p := range d.payouts() {
			if !yield(p, nil) {
				return
			}
		}
	}
}

func TestAskAsksOnceAboutEachAndRecords(t *testing.T) {
	virtual(t, 60, func(d *desk) {
		answers := []func(call) paypro.Verdict{paid, notPaid, func(call) paypro.Verdict { return refused("8000") }}
		numbers := d.numbers()
		d.gate.place = func(c call) paypro.Verdict { return answers[slices.Index(numbers, c.tradeNo)%3](c) }
		d.o.FailureShare = -1
		d.mustRun()
		d.gate.query = paid
		d.o.QueryRate = 10
		began := time.Now()
		told := each{}
		d.must(d.ask(d.drain, d.now, told))
		if took := time.Since(began); took < 5*time.Second || took > 7*time.Second {
			t.Errorf("60 questions at 10 a second took %v", took)
		}
		if len(told) != 60 || d.gate.queries() != 60 || len(d.gate.askedTwice) > 0 {
			t.Errorf("told of %d, %d questions", len(told), d.gate.queries())
		}
		for _, number := range numbers {
			if told[number+" succeeded"].Kind != paypro.Succeeded {
				t.Errorf("%s: told nothing, or something else", number)
			}
		}
		d.stand(map[ledger.State]int{ledger.Succeeded: 60})
		d.tied()
	})
}

func TestAskSaysWhenNotAllWereAsked(t *testing.T) {
	broken := errors.New("broken")
	for name, c := range map[string]struct {
		want   error
		script func(d *desk)
	}{
		"drained":     {context.Canceled, func(d *desk) { time.AfterFunc(2*time.Second, d.stopDrain) }},
		"before":      {context.Canceled, func(d *desk) { d.stopDrain() }},
		"at once":     {context.Canceled, func(d *desk) { time.AfterFunc(2*time.Second, d.stopNow) }},
		"unreachable": {ErrUnreachable, func(d *desk) { d.gate.query = notConnected }},
		"credentials": {ErrCredentials, func(d *desk) {
			d.gate.query = func(call) paypro.Verdict {
				return paypro.Verdict{Kind: paypro.NoAnswer, Reason: paypro.ReasonCredentials}
			}
		}},
		"ledger": {errLedger, func(d *desk) {
			d.raw("CREATE TRIGGER broken BEFORE UPDATE ON payouts BEGIN SELECT raise(ABORT, 'disk full'); END")
		}},
	} {
		t.Run(name, func(t *testing.T) {
			virtual(t, 100, func(d *desk) {
				d.gate.place, d.o.NoSettle = timedOut, true
				d.mustRun()
				d.o.QueryRate = 10
				c.script(d)
				told := each{}
				err := d.ask(d.drain, d.now, told)
				if err == nil || !errors.Is(c.want, errLedger) && !errors.Is(err, c.want) {
					t.Errorf("error %v, want %v", err, c.want)
				}
				if len(told) >= 100 {
					t.Errorf("told of %d", len(told))
				}
				if errors.Is(c.want, errLedger) {
					d.raw("DROP TRIGGER broken")
				}
			})
		})
	}
	virtual(t, 1, func(d *desk) {
		failing := func(yield func(ledger.Payout, error) bool) { yield(ledger.Payout{}, broken) }
		err := New(d.book, d.lease, d.gate, d.o).Ask(d.drain, d.now, failing, func(ledger.Payout, paypro.Verdict) { t.Error("told") })
		if !errors.Is(err, broken) {
			t.Error(err)
		}
	})
}

var errLedger = errors.New("the ledger")
