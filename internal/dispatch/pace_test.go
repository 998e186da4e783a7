package dispatch

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/bulkpay/bulkpay/ledger"
	"github.com/bulkpay/bulkpay/paypro"
)

// In no second more than the rate and the stated burst may go, however many
// workers wait and whatever the gateway says.
func TestRateIsNeverExceededInAnySecond(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		rapid.Check(bubbled{t}, func(r *rapid.T) {
			perSecond := rapid.OneOf(rapid.Float64Range(0.3, 10), rapid.Float64Range(10, 3000)).Draw(r, "rate")
			workers := rapid.IntRange(1, 64).Draw(r, "workers")
			trouble := rapid.SliceOfN(rapid.IntRange(0, 200), 0, 5).Draw(r, "trouble")
			times := sendAll(newPace(perSecond, time.Now), workers, int(3*perSecond)+workers, trouble)
			most := perSecond + float64(Burst(perSecond))
			first := 0
			for i, at := range times {
				for at.Sub(times[first]) >= time.Second {
					first++
				}
				if float64(i-first+1) > most+1e-6 {
					r.Fatalf("%d requests in a second at %v/s, burst %d", i-first+1, perSecond, Burst(perSecond))
				}
			}
		})
	})
}

// bubbled keeps rapid from asking for the test's deadline, which is in
// another time.
type bubbled struct{ rapid.TB }

// sendAll lets workers send n requests and returns when each left. The
// requests in trouble are answered with 429 or not at all.
func sendAll(p *pace, workers, n int, trouble []int) []time.Time {
	var mu sync.Mutex
	var times []time.Time
	var all sync.WaitGroup
	for range workers {
		all.Go(func() {
			for {
				if p.wait(context.Background()) != nil {
					return
				}
				mu.Lock()
				nth := len(times)
				times = append(times, time.Now())
				mu.Unlock()
				if nth >= n-workers {
					return
				}
				v := paypro.Verdict{Kind: paypro.Succeeded, Elapsed: time.Millisecond}
				for i, bad := range trouble {
					if bad == nth && i%2 == 0 {
						v = throttled(0)
					} else if bad == nth {
						v = notConnected(call{})
					}
				}
				time.Sleep(time.Millisecond)
				p.learn(v)
			}
		})
	}
	all.Wait()
	return times
}

func TestConfiguredRateIsReached(t *testing.T) {
	for _, workers := range []int{1, 64} {
		virtualRate(t, workers)
	}
}

func virtualRate(t *testing.T, workers int) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		times := sendAll(newPace(50, time.Now), workers, 1000, nil)
		if average := float64(len(times)-1) / times[len(times)-1].Sub(times[0]).Seconds(); average < 49 {
			t.Errorf("%d workers: %.1f a second, want 98 %% of 50", workers, average)
		}
	})
}

func TestThrottlingHalvesTheRateOnceAnIncident(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPace(100, time.Now)
		for range 16 { // as many workers hear of it
			p.learn(throttled(10 * time.Second))
		}
		p.learn(throttled(0)) // asks for less of a pause than was asked for before
		if p.rate() != 50 {
			t.Errorf("rate %v, want 50", p.rate())
		}
		began := time.Now()
		if err := p.wait(t.Context()); err != nil || time.Since(began) != 10*time.Second {
			t.Errorf("waited %v: %v", time.Since(began), err)
		}
		p.learn(throttled(0))
		if p.rate() != 25 {
			t.Errorf("rate %v, want 25", p.rate())
		}
		for range 20 {
			time.Sleep(time.Minute)
			p.learn(throttled(0))
		}
		if p.rate() != 100*leastShare {
			t.Errorf("rate %v, want no less than %v", p.rate(), 100*leastShare)
		}
	})
}

// Whoever queued for the rate before the gateway asked for a pause keeps it
// too.
func TestNothingGoesDuringAPause(t *testing.T) {
	virtual(t, 100, func(d *desk) {
		d.o.Rate, d.o.Workers, d.o.NoSettle = 5, 32, true
		var from, until time.Time
		d.gate.takes = 0
		d.gate.place = func(c call) paypro.Verdict {
			if c.total == 10 {
				from, until = time.Now(), time.Now().Add(time.Minute)
				return throttled(time.Minute)
			}
			return paid(c)
		}
		d.mustRun()
		for _, at := range d.gate.placedAt {
			if at.After(from) && at.Before(until) {
				t.Errorf("a placement %v after the gateway asked for a pause of a minute", at.Sub(from))
			}
		}
		d.stand(map[ledger.State]int{ledger.Succeeded: 99, ledger.InDoubt: 1})
	})
}

func TestRateClimbsBackAndNeverAboveWhatIsConfigured(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPace(100, time.Now)
		p.learn(throttled(0))
		last := p.rate()
		seconds := 0
		for ; p.rate() < 100 && seconds < 100; seconds++ {
			time.Sleep(time.Second)
			for range 10 {
				p.learn(paypro.Verdict{Kind: paypro.Succeeded, Elapsed: 20 * time.Millisecond})
			}
			if p.rate() < last || p.rate() > last+100*climbShare+1e-9 {
				t.Fatalf("rate went from %v to %v in a second of quiet", last, p.rate())
			}
			last = p.rate()
		}
		if seconds != 10 {
			t.Errorf("%d seconds from 50 back to 100, want 10", seconds)
		}
		time.Sleep(time.Hour)
		p.learn(paypro.Verdict{Kind: paypro.Succeeded})
		if p.rate() != 100 {
			t.Errorf("rate %v", p.rate())
		}
	})
}

func TestRisingLatencyLowersTheRate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPace(100, time.Now)
		answers := func(n int, elapsed time.Duration) {
			for range n {
				time.Sleep(10 * time.Millisecond)
				p.learn(paypro.Verdict{Kind: paypro.Succeeded, Elapsed: elapsed})
			}
		}
		answers(500, 50*time.Millisecond)
		if p.rate() != 100 {
			t.Errorf("rate %v although nothing changed", p.rate())
		}
		answers(500, 150*time.Millisecond) // slower, but nothing to worry about
		if p.rate() != 100 {
			t.Errorf("rate %v", p.rate())
		}
		answers(300, 3*time.Second)
		if p.rate() > 50 {
			t.Errorf("rate %v while answers take 3 s instead of 50 ms", p.rate())
		}
		answers(5000, 50*time.Millisecond)
		if p.rate() != 100 {
			t.Errorf("rate %v long after", p.rate())
		}
	})
}

func TestUnreachableCountsFromTheFirstFailureInARow(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPace(100, time.Now)
		time.Sleep(time.Hour)
		if p.unreachable() != 0 {
			t.Errorf("unreachable for %v before anything was tried", p.unreachable())
		}
		p.learn(notConnected(call{}))
		time.Sleep(time.Minute)
		p.learn(notConnected(call{}))
		if p.unreachable() != time.Minute {
			t.Errorf("unreachable for %v, want a minute", p.unreachable())
		}
		p.learn(paypro.Verdict{Reason: paypro.ReasonTimeout})
		if p.unreachable() != 0 {
			t.Errorf("unreachable for %v although bytes have left", p.unreachable())
		}
	})
}

// The limiter refuses at once what a context's deadline leaves no time for;
// that must not become a loop that claims and gives back.
func TestWaitDoesNotGiveUpBeforeItsContextDoes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPace(0.1, time.Now)
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		began := time.Now()
		if err := p.wait(ctx); err != nil {
			t.Error(err)
		}
		if err := p.wait(ctx); !errors.Is(err, context.DeadlineExceeded) || time.Since(began) != 5*time.Second {
			t.Errorf("gave up after %v: %v", time.Since(began), err)
		}
	})
}
