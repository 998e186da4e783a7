package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/bulkpay/bulkpay/internal/dispatch"
)

// The rate is held against the gateway's own log: never more than it and the
// burst in any second. With BULKPAY_LONG set to a number of seconds it runs for
// so long, and must come to 98 % of the rate as well.
//
// It does not run beside other tests of the package: a machine that stands
// still for a moment delivers requests late and all at once. How long it did
// is measured here and granted.
func TestRate(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds of real time")
	}
	const rate = 50
	seconds, err := strconv.Atoi(os.Getenv("BULKPAY_LONG"))
	long := err == nil
	if !long {
		seconds = 3
	}
	for _, workers := range []int{1, 64} {
		t.Run(fmt.Sprintf("%d workers", workers), func(t *testing.T) {
			if !long {
				t.Parallel() // with the other one only
			}
			rows := rate * seconds
			s := newStage(t)
			sheet := s.sheet(t, "sheet.csv", "mexico", rows, 5)
			stalls := watchStalls()
			s.run(t, sheet, "--rate", fmt.Sprint(rate), "--workers", fmt.Sprint(workers)).exit(t, exitDone)
			stall := stalls()
			times := s.placements(t)
			if len(times) != rows {
				t.Fatalf("%d placements, want %d", len(times), rows)
			}
			most, average := busiestSecond(times), float64(rows-1)/times[rows-1].Sub(times[0]).Seconds()
			granted := int(math.Ceil(stall.Seconds() * rate))
			t.Logf("%d rows: at most %d in a second, %.2f/s on average; the machine stood still for up to %v",
				rows, most, average, stall.Round(time.Millisecond))
			if allowed := rate + dispatch.Burst(rate) + granted; most > allowed {
				t.Errorf("%d placements within one second, allowed are %d", most, allowed)
			}
			if long && average < 0.98*rate {
				t.Errorf("%.2f a second on average, want 98 %% of %d", average, rate)
			}
			s.audit(t, rows)
		})
	}
}

// placements are the times of placements in the gateway's log.
func (s *stage) placements(t *testing.T) []time.Time {
	t.Helper()
	s.close()
	text, err := os.ReadFile(s.log)
	if err != nil {
		t.Fatal(err)
	}
	var times []time.Time
	for line := range bytes.Lines(text) {
		var request struct {
			At       time.Time `json:"at"`
			Endpoint string    `json:"endpoint"`
		}
		if err := json.Unmarshal(line, &request); err != nil {
			t.Fatal(err)
		}
		if request.Endpoint == "placement" {
			times = append(times, request.At)
		}
	}
	slices.SortFunc(times, time.Time.Compare)
	return times
}

// busiestSecond is the most of times that any second has.
func busiestSecond(times []time.Time) int {
	most, first := 0, 0
	for last := range times {
		for times[last].Sub(times[first]) >= time.Second {
			first++
		}
		most = max(most, last-first+1)
	}
	return most
}

// watchStalls measures until it is called how much longer than asked this
// process sleeps at worst. Up to 2 ms are no stall.
func watchStalls() (stop func() time.Duration) {
	const nap = 2 * time.Millisecond
	end, worst := make(chan struct{}), make(chan time.Duration)
	go func() {
		longest := time.Duration(0)
		for {
			began := time.Now()
			select {
			case <-end:
				worst <- longest
				return
			case <-time.After(nap):
			}
			if late := time.Since(began) - 2*nap; late > longest {
				longest = late
			}
		}
	}()
	return func() time.Duration {
		close(end)
		return <-worst
	}
}
