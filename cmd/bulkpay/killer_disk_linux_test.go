package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// full is how a disk gets full.
type full struct {
	name, delay, rate string
	until             func(*scene) bool // it is filled when this is true; nil: before the run begins
	unfinished        func(*scene) bool // how far the run must have come when it ends; nil: nothing was sent
}

// A disk that is full ends a run with an error that says so, and nothing is
// sent of which the disk does not know. With room made, the same command
// completes.
func TestKillFullDisk(t *testing.T) {
	if testing.Short() {
		t.Skip("takes as long as several runs")
	}
	t.Parallel()
	cases := []full{{
		"while sending", "50ms", "60",
		func(s *scene) bool { return s.ordered() >= 20 },
		func(s *scene) bool { return s.ordered() < len(s.given) },
	}}
	if longKilling() {
		cases = append(cases, full{"before anything", "50ms", "400", nil, func(s *scene) bool { return s.ordered() == 0 }}, full{
			"while settling", "1500ms", "400",
			func(s *scene) bool { return s.ordered() == len(s.given) },
			func(s *scene) bool { return s.ordered() == len(s.given) },
		})
		random := rand.New(rand.NewPCG(killSeed(t), 3))
		for i := range 12 {
			wait := time.Duration(random.IntN(1500)) * time.Millisecond
			cases = append(cases, full{fmt.Sprintf("%d after %v", i+1, wait), "1s", "100", after(wait), func(*scene) bool { return true }})
		}
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.test(t)
		})
	}
}

// after is true when so much time has passed since it was first called.
func after(wait time.Duration) func(*scene) bool {
	var began time.Time
	return func(*scene) bool {
		if began.IsZero() {
			began = time.Now()
		}
		return time.Since(began) >= wait
	}
}

func (c full) test(t *testing.T) {
	s := newScene(t, "--delay", c.delay)
	s.add(t, "sheet.csv", "mexico", 120, 3, nil)
	home := filepath.Join(s.folder, "bulkpay-sandbox")
	r := newRoom(t, home, 8<<10)
	s.enter, s.carryOut = r.enter, r.carryOut
	if c.until == nil {
		r.fill(t)
	}
	run := s.pay(t, "--rate", c.rate)
	if c.until != nil {
		waitFor(t, "the moment to fill the disk", func() bool { return run.hasEnded() || c.until(s) })
		r.fill(t)
	}
	s.ranOut(t, run, "full")
	if !c.unfinished(s) {
		t.Errorf("%d orders when it ended", s.ordered())
	}
	// Without room the same command ends in the same way, and harms nothing.
	s.ranOut(t, s.pay(t, "--rate", c.rate), "full")
	r.empty(t)
	s.finish(t, "--rate", "400")
	s.enter, s.carryOut = nil, nil
	r.leave(t)
	s.audit(t)
	s.discreet(t)
}

// Reports that find no room are an error too, although everything is paid; with
// room made, the same command writes them.
func TestKillFullReports(t *testing.T) {
	if testing.Short() {
		t.Skip("takes as long as several runs")
	}
	t.Parallel()
	s := newScene(t, "--delay", "50ms")
	s.add(t, "sheet.csv", "mexico", 40, 3, nil)
	r := newRoom(t, filepath.Join(s.folder, "bulkpay-sandbox", "reports"), 256)
	s.enter = r.enter
	r.fill(t)
	run := s.pay(t)
	s.ranOut(t, run, "no space left on device")
	if n := s.ordered(); n != len(s.given) {
		t.Errorf("%d orders", n)
	}
	r.empty(t)
	s.reports(t, s.finish(t), r.carryOut(t))
	s.audit(t)
	s.discreet(t)
}

// reports wants what a process named to lie in a folder.
func (s *scene) reports(t *testing.T, p *process, folder string) {
	t.Helper()
	found := reportLine.FindAllString(p.out.String(), -1)
	if len(found) != 5*len(s.sheets) {
		t.Errorf("reports named: %q", found)
	}
	for _, path := range found {
		if info, err := os.Stat(filepath.Join(folder, filepath.Base(path))); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", path, err)
		}
	}
}
