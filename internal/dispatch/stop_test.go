package dispatch

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bulkpay/bulkpay/ledger"
	"github.com/bulkpay/bulkpay/paypro"
)

func TestFirstStopLetsRequestsInFlightFinishAndSendsNothingMore(t *testing.T) {
	virtual(t, 100, func(d *desk) {
		release := make(chan struct{})
		d.gate.place = whenClosed(release, paid)
		wait := d.start()
		time.Sleep(time.Second)
		synctest.Wait()
		if d.gate.flying() != 4 {
			t.Fatalf("%d in flight", d.gate.flying())
		}
		d.stopDrain()
		time.Sleep(time.Second)
		close(release)
		result, err := wait()
		d.must(err)
		if result != (Result{Sent: 4, Drained: true}) {
			t.Errorf("result %+v", result)
		}
		if len(d.gate.placedAt) != 4 {
			t.Errorf("%d placements, want the 4 in flight", len(d.gate.placedAt))
		}
		d.stand(map[ledger.State]int{ledger.Succeeded: 4, ledger.Ready: 96})
		for _, p := range d.payouts() {
			if p.State == ledger.Ready && p.Sends() != 0 {
				t.Errorf("%s: was not sent, counts %d sends", p.TradeNo, p.Sends())
			}
		}
		d.tied()

		d.reopen()
		d.gate.place = paid
		if result := d.mustRun(); result != (Result{Sent: 96}) {
			t.Errorf("the next run: %+v", result)
		}
		d.once()
	})
}

func TestSecondStopLeavesRequestsInFlightInDoubt(t *testing.T) {
	virtual(t, 100, func(d *desk) {
		d.gate.place = untilCut
		wait := d.start()
		time.Sleep(time.Second)
		d.stopDrain()
		time.Sleep(time.Second)
		d.stopNow()
		result, err := wait()
		d.must(err)
		if result != (Result{Sent: 4, Drained: true}) {
			t.Errorf("result %+v", result)
		}
		d.stand(map[ledger.State]int{ledger.InDoubt: 4, ledger.Ready: 96})
		d.tied()

		d.reopen()
		d.gate.place = paid
		d.mustRun()
		d.once() // those in doubt turn out to be paid
		d.stand(map[ledger.State]int{ledger.Succeeded: 100})
	})
}

func TestStopWhileAskingWaitsForTheAnswers(t *testing.T) {
	virtual(t, 10, func(d *desk) {
		release := make(chan struct{})
		d.gate.place, d.gate.query = processing, whenClosed(release, paid)
		wait := d.start()
		time.Sleep(5 * time.Second)
		d.stopDrain()
		time.Sleep(time.Second)
		close(release)
		result, err := wait()
		d.must(err)
		if result != (Result{Sent: 10, Asked: 4, Drained: true}) {
			t.Errorf("result %+v", result)
		}
		d.stand(map[ledger.State]int{ledger.Succeeded: 4, ledger.Processing: 6})
	})
}

func TestStoppedBeforeItBeganSendsNothing(t *testing.T) {
	virtual(t, 10, func(d *desk) {
		d.stopDrain()
		if result := d.mustRun(); result != (Result{Drained: true}) || len(d.gate.placedAt) != 0 {
			t.Errorf("result %+v, %d placements", result, len(d.gate.placedAt))
		}
		d.stand(map[ledger.State]int{ledger.Ready: 10})
	})
}

func TestStopDuringAPauseDoesNotWaitForItsEnd(t *testing.T) {
	virtual(t, 50, func(d *desk) {
		d.gate.place = func(call) paypro.Verdict { return throttled(time.Hour) }
		d.gate.query = d.gate.place
		wait := d.start()
		time.Sleep(10 * time.Second)
		began := time.Now()
		d.stopDrain()
		_, err := wait()
		d.must(err)
		if took := time.Since(began); took > time.Second {
			t.Errorf("took %v to stop", took)
		}
		d.tied()
	})
}

// What is left in submitting by a killed run was perhaps sent: the next one
// asks.
func TestRowsOfAKilledRunAreAskedAboutAndNotSent(t *testing.T) {
	virtual(t, 20, func(d *desk) {
		claimed, err := d.book.Claim(context.Background(), d.lease, d.batch.ID, 8)
		d.must(err)
		d.reopen()
		result := d.mustRun()
		if result != (Result{Sent: 12, Asked: 8, Recovered: 8}) {
			t.Errorf("result %+v", result)
		}
		for _, p := range claimed {
			if d.gate.placed[p.TradeNo] != 0 || d.gate.asked[p.TradeNo] != 1 {
				t.Errorf("%s: placed %d times, asked %d times", p.TradeNo, d.gate.placed[p.TradeNo], d.gate.asked[p.TradeNo])
			}
		}
		d.stand(map[ledger.State]int{ledger.Succeeded: 20})
		d.tied()
	})
}

// Few payouts are claimed ahead of the rate: each costs a quarantine when the
// run is killed.
func TestOnlyAboutASecondOfTheRateIsClaimedAhead(t *testing.T) {
	virtual(t, 600, func(d *desk) {
		d.o.Rate, d.o.Workers = 4, 2
		wait := d.start()
		time.Sleep(30 * time.Second)
		synctest.Wait()
		claimed := d.states()[ledger.Submitting]
		if most := 2 + 2 + 2 + 1; claimed > most {
			t.Errorf("%d payouts are claimed, want at most %d", claimed, most)
		}
		d.stopDrain()
		_, err := wait()
		d.must(err)
	})
}

func TestLostLeaseStopsAtOnce(t *testing.T) {
	virtual(t, 100, func(d *desk) {
		d.gate.place = untilCut
		wait := d.start()
		time.Sleep(time.Second)
		d.takeOver()
		began := time.Now()
		_, err := wait()
		if !errors.Is(err, ledger.ErrLeaseLost) {
			t.Errorf("error %v", err)
		}
		if took := time.Since(began); took > 16*time.Second {
			t.Errorf("went on for %v", took)
		}
		if len(d.gate.placedAt) != 4 {
			t.Errorf("%d placements, want the 4 in flight", len(d.gate.placedAt))
		}
	})
}

// takeOver writes another holder into the lease, as a run on another machine
// would whose clock is ahead.
func (d *desk) takeOver() {
	d.Helper()
	d.raw("UPDATE leases SET holder = 'another', host = 'elsewhere'")
}

// Claim notices before the lease's own renewal does; the settler must not go
// on alone until then.
func TestLostLeaseNoticedByAClaimStopsAtOnce(t *testing.T) {
	virtual(t, 100, func(d *desk) {
		d.o.Rate = 10
		d.gate.place, d.gate.query = processing, processing
		wait := d.start()
		time.Sleep(2 * time.Second)
		d.takeOver()
		began := time.Now()
		_, err := wait()
		if !errors.Is(err, ledger.ErrLeaseLost) {
			t.Errorf("error %v", err)
		}
		if took := time.Since(began); took > 3*time.Second {
			t.Errorf("went on for %v", took)
		}
	})
}

// Payouts that came back unsent while the clock was ahead are due only then:
// a run does not wait for hours, and does not call it unreachable.
func TestClockThatWasSetBackDoesNotKeepARunWaiting(t *testing.T) {
	virtual(t, 5, func(d *desk) {
		d.raw(fmt.Sprintf("UPDATE payouts SET due_at = %d", time.Now().Add(24*time.Hour).UnixMilli()))
		began := time.Now()
		result := d.mustRun()
		if result != (Result{TimedOut: true}) || time.Since(began) > time.Minute {
			t.Errorf("result %+v after %v", result, time.Since(began))
		}
		d.stand(map[ledger.State]int{ledger.Ready: 5})
	})
}
