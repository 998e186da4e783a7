package dispatch

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/bulkpay/bulkpay/ledger"
	"github.com/bulkpay/bulkpay/paypro"
)

// jumping is a clock that somebody sets while the run goes on. Like one that
// was read from a file it has no monotonic part.
type jumping struct{ ahead atomic.Int64 }

func (j *jumping) now() time.Time { return time.Now().Add(time.Duration(j.ahead.Load())).Round(0) }

func (j *jumping) set(ahead time.Duration) { j.ahead.Store(int64(ahead)) }

// onClock lets the ledger and the run go by a clock that jumps.
func (d *desk) onClock() *jumping {
	d.Helper()
	clock := &jumping{}
	d.closeBook()
	d.stopNow()
	d.clock = clock.now
	d.o.Now = clock.now
	d.open()
	return clock
}

func TestTheClockJumpsWhileARunSends(t *testing.T) {
	for name, jump := range map[string]time.Duration{"an hour ahead": time.Hour, "a day ahead": 24 * time.Hour, "an hour back": -time.Hour, "a day back": -24 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			virtual(t, 300, func(d *desk) {
				clock := d.onClock()
				d.o.Rate = 10
				began := time.Now()
				wait := d.start()
				time.Sleep(10 * time.Second)
				before, _ := d.gate.placements()
				clock.set(jump)
				result, err := wait()
				if err != nil || result.Sent != 300 {
					t.Errorf("%+v, %v; %d had been sent before the jump", result, err, before)
				}
				if took := time.Since(began); took > d.o.Deadline+time.Minute {
					t.Errorf("took %v", took)
				}
				d.once()
				d.stand(map[ledger.State]int{ledger.Succeeded: 300})
				d.tied()
			})
		})
	}
}

// An hour by the clock is no hour of denials.
func TestAClockSetForwardDoesNotShortenTheQuarantine(t *testing.T) {
	for name, jumps := range map[string][]time.Duration{
		"ahead":          {time.Hour},
		"a little":       {40 * time.Second},
		"back and ahead": {-5 * time.Minute, 0},
		"again":          {time.Hour, 2 * time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			virtual(t, 6, func(d *desk) {
				clock := d.onClock()
				d.gate.place, d.gate.query = timedOut, unknown
				var sent []time.Time
				number := d.numbers()[0]
				d.gate.place = func(c call) paypro.Verdict {
					if c.tradeNo == number {
						sent = append(sent, time.Now())
					}
					return timedOut(c)
				}
				wait := d.start()
				for _, jump := range jumps {
					time.Sleep(20 * time.Second)
					clock.set(jump)
				}
				_, err := wait()
				d.must(err)
				if len(sent) < 2 {
					t.Errorf("sent at %v: after the quarantine denials count again", sent)
				}
				for i := 1; i < len(sent); i++ {
					if gap := sent[i].Sub(sent[i-1]); gap < d.o.Policy.Quarantine {
						t.Errorf("sent again after %v, the quarantine is %v", gap, d.o.Policy.Quarantine)
					}
				}
				d.tied()
			})
		})
	}
}

// What was claimed before the jump is not sent after it.
func TestAClaimFromBeforeAJumpIsGivenBack(t *testing.T) {
	for name, jump := range map[string]time.Duration{"ahead": 45 * time.Second, "back": -time.Hour} {
		t.Run(name, func(t *testing.T) {
			virtual(t, 4, func(d *desk) {
				clock := d.onClock()
				d.o.Workers, d.o.Rate = 1, 8
				d.gate.place = func(c call) paypro.Verdict {
					if c.total == 1 {
						clock.set(jump)
					}
					return paid(c)
				}
				d.mustRun()
				d.once()
				d.stand(map[ledger.State]int{ledger.Succeeded: 4})
				given := 0
				for _, p := range d.payouts() {
					given += p.Unsent
				}
				if given == 0 {
					t.Error("nothing was given back")
				}
			})
		})
	}
}

// By a clock that was set back nothing open is due for hours: the run ends at
// its deadline rather than wait, and what is in doubt is not sent.
func TestAClockSetBackWhileAsking(t *testing.T) {
	for name, jump := range map[string]time.Duration{"a little": -2 * time.Minute, "hours": -5 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			virtual(t, 6, func(d *desk) {
				clock := d.onClock()
				d.gate.place, d.gate.query = timedOut, noAnswer
				began := time.Now()
				wait := d.start()
				time.Sleep(time.Minute)
				clock.set(jump)
				result, err := wait()
				d.must(err)
				if took := time.Since(began); !result.TimedOut || took > d.o.Deadline+time.Minute {
					t.Errorf("%+v after %v", result, took)
				}
				d.once()
				d.stand(map[ledger.State]int{ledger.InDoubt: 6})
			})
		})
	}
}

// A pause is measured by the process's own clock.
func TestAClockSetBackDoesNotLengthenAPause(t *testing.T) {
	virtual(t, 20, func(d *desk) {
		clock := d.onClock()
		d.o.Workers = 1
		d.gate.place = func(c call) paypro.Verdict {
			if c.total == 5 {
				time.AfterFunc(2*time.Second, func() { clock.set(-6 * time.Hour) })
				return throttled(10 * time.Second)
			}
			return paid(c)
		}
		began := time.Now()
		result := d.mustRun()
		if took := time.Since(began); took > d.o.Deadline+time.Minute || result.Sent != 20 {
			t.Errorf("%+v after %v", result, took)
		}
		d.once()
	})
}

// What is to be sent again goes after what was never sent. In a large batch
// that takes hours, and by then the denials are old.
func TestAPayoutIsNotSentAgainOnOldDenials(t *testing.T) {
	virtual(t, 1500, func(d *desk) {
		d.o.Rate, d.o.QueryRate, d.o.Workers = 1, 100, 2
		number := d.numbers()[0]
		late := false
		d.gate.place = func(c call) paypro.Verdict {
			if c.tradeNo == number {
				return timedOut(c)
			}
			return paid(c)
		}
		began := time.Now()
		d.gate.query = func(c call) paypro.Verdict {
			if time.Since(began) < 20*time.Minute {
				return unknown(c)
			}
			late = true
			return paid(c) // it took the gateway that long to show it
		}
		if result := d.mustRun(); result.Sent != 1500 {
			t.Errorf("result %+v", result)
		}
		d.once()
		if !late {
			t.Error("it was not asked about again")
		}
		d.stand(map[ledger.State]int{ledger.Succeeded: 1500})
		d.tied()
	})
}
