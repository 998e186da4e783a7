package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"
)

// killPlan is how much TestKill does: BULKPAY_KILLS sets the number of kills,
// and makes each a run of 5,000 rows.
func killPlan(t *testing.T) (kills, rows int, rate string) {
	t.Helper()
	text := os.Getenv("BULKPAY_KILLS")
	if text == "" {
		return 2, 600, "400"
	}
	kills, err := strconv.Atoi(text)
	if err != nil || kills < 1 {
		t.Fatalf("BULKPAY_KILLS=%q", text)
	}
	return kills, 5000, "1500"
}

func killSeed(t *testing.T) uint64 {
	t.Helper()
	if text := os.Getenv("BULKPAY_SEED"); text != "" {
		seed, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		return seed
	}
	return uint64(time.Now().UnixNano())
}

// A run is killed by SIGKILL somewhere between its first and its last
// instruction and run again, sometimes killed once more while it recovers.
// In the end the gateway holds exactly one order a row and the ledger agrees
// on every one (P7).
//
// The moments are spread evenly over the time an undisturbed run takes, one
// in each kill's share of it; every other one waits for that share of the
// orders instead, because sending is where it hurts.
func TestKill(t *testing.T) {
	if testing.Short() {
		t.Skip("takes as long as several runs")
	}
	t.Parallel()
	kills, rows, rate := killPlan(t)
	seed := killSeed(t)
	random := rand.New(rand.NewPCG(seed, 1))
	t.Logf("BULKPAY_SEED=%d: %d kills of %d rows", seed, kills, rows)
	k := &killing{rows: rows, flags: []string{"--rate", rate, "--deadline", "40s"}}
	k.measure(t)
	for i := range kills {
		share := (float64(i) + random.Float64()) / float64(kills)
		again := -1.0
		if random.IntN(2) == 0 {
			again = random.Float64()
		}
		t.Run(fmt.Sprint(i+1), func(t *testing.T) {
			k.once(t, uint64(i), share, i%2 == 1, again)
			if t.Failed() {
				t.Logf("run it again with BULKPAY_SEED=%d", seed)
			}
		})
	}
}

// killing is what all kills of a test share.
type killing struct {
	rows  int
	flags []string
	whole time.Duration // of an undisturbed run
}

func (k *killing) start(t *testing.T, s *stage, sheet string) *process {
	t.Helper()
	return s.run(t, append([]string{sheet}, k.flags...)...)
}

// measure runs once without a kill.
func (k *killing) measure(t *testing.T) {
	t.Helper()
	s := newStage(t)
	sheet := s.sheet(t, "sheet.csv", "mexico", k.rows, 1000)
	began := time.Now()
	k.start(t, s, sheet).exit(t, exitDone)
	k.whole = time.Since(began)
	s.audit(t, k.rows)
	t.Logf("undisturbed: %v", k.whole.Round(time.Millisecond))
}

// once kills a run at a share of its time, or of its orders, runs it again,
// kills that too at a share of the recovery if again is not negative, and
// runs it to the end.
func (k *killing) once(t *testing.T, sheetSeed uint64, share float64, byOrders bool, again float64) {
	s := newStage(t)
	sheet := s.sheet(t, "sheet.csv", "mexico", k.rows, sheetSeed)
	moment := fmt.Sprintf("at %2.0f%% of the time", 100*share)
	until := k.after(share)
	if byOrders {
		moment = fmt.Sprintf("at %2.0f%% of the orders", 100*share)
		until = func() bool { return s.ordered() >= int(share*float64(k.rows)) }
	}
	k.kill(t, s, sheet, moment, until)
	if again >= 0 {
		k.kill(t, s, sheet, fmt.Sprintf("again at %2.0f%%", 100*again), k.after(again))
	}
	last := k.start(t, s, sheet)
	began := time.Now()
	last.exit(t, exitDone)
	t.Logf("completed in %v", time.Since(began).Round(time.Millisecond))
	if !tied(last) {
		t.Errorf("not tied:\n%s", &last.out)
	}
	s.reported(t, last)
	s.audit(t, k.rows)
}

// after is true when a share of an undisturbed run's time has passed since
// the first call.
func (k *killing) after(share float64) func() bool {
	var began time.Time
	return func() bool {
		if began.IsZero() {
			began = time.Now()
		}
		return time.Since(began) >= time.Duration(share*float64(k.whole))
	}
}

// kill starts a run and kills it, and says where that hit.
func (k *killing) kill(t *testing.T, s *stage, sheet, moment string, until func() bool) {
	t.Helper()
	run := k.start(t, s, sheet)
	waitFor(t, moment, func() bool { return run.hasEnded() || until() })
	if err := run.cmd.Process.Kill(); err != nil && !run.hasEnded() {
		t.Fatal(err)
	}
	<-run.ended
	sent := s.ordered()
	where := "while sending"
	switch {
	case run.cmd.ProcessState.ExitCode() == exitDone:
		where = "too late: it was done"
	case sent == 0:
		where = "before the first order"
	case sent >= k.rows:
		where = "while settling or reporting"
	}
	t.Logf("kill %s: %d of %d rows were ordered, %s", moment, sent, k.rows, where)
}
