package main

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// campaign is many kills: stages on which one or two small sheets are paid,
// killed again and again until they are through, and audited.
type campaign struct {
	seed  uint64
	kills int // as many are to be made
	long  bool
	plans bool          // the gateways may draw faults
	fixed time.Duration // what a run of any sheet takes here, for starting, reading and reporting

	mu     sync.Mutex
	taken  int
	total  sums
	stages int
	gone   int // gateways killed
	resent int // payouts sent once more on a person's word
	dumped int // of the kills, those that left a dump of every goroutine
	phases map[string]int
	texts  int // looked through for what is private
}

func newCampaign(t *testing.T) *campaign {
	t.Helper()
	c := &campaign{kills: 4, seed: killSeed(t), phases: map[string]int{}, plans: plansKnown(t)}
	if text := os.Getenv("BULKPAY_KILLS"); text != "" {
		var err error
		if c.kills, err = strconv.Atoi(text); err != nil || c.kills < 1 {
			t.Fatalf("BULKPAY_KILLS=%q", text)
		}
		c.long = true
	}
	return c
}

// manyKills is from how many on a campaign has the other tests of this kind in
// their long forms, too.
const manyKills = 100

// longKilling tells whether the long forms of these tests are wanted.
func longKilling() bool {
	kills, _ := strconv.Atoi(os.Getenv("BULKPAY_KILLS")) // newCampaign says what is no number
	return kills >= manyKills || os.Getenv("BULKPAY_LONG") != ""
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

// take counts a kill that is about to be made, and is false if there were
// enough.
func (c *campaign) take() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.taken == c.kills {
		return false
	}
	c.taken++
	return true
}

func (c *campaign) left() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.taken < c.kills
}

func (c *campaign) count(change func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	change()
}

// Runs are killed by SIGKILL somewhere between their first and their last
// instruction, several times while one sheet is paid, and completed. In the end
// the gateway holds exactly one order a row, and the ledger agrees on every one
// (P7). At every kill the ledger was sound and knew of each order that it was
// to be sent (P2).
//
// BULKPAY_KILLS sets the number of kills, BULKPAY_SEED the course of things.
func TestKill(t *testing.T) {
	if testing.Short() {
		t.Skip("takes as long as several runs")
	}
	t.Parallel()
	c, began := newCampaign(t), time.Now()
	c.measure(t)
	t.Run("stages", func(t *testing.T) {
		for lane := range 2 {
			t.Run(fmt.Sprint(lane+1), func(t *testing.T) {
				t.Parallel()
				random := rand.New(rand.NewPCG(c.seed, uint64(lane)))
				for i := 1; c.left() && !t.Failed(); i++ {
					t.Run(fmt.Sprint(i), func(t *testing.T) { c.stage(t, random) })
				}
			})
		}
	})
	c.report(t, time.Since(began))
}

// measure runs a row or two without a kill.
func (c *campaign) measure(t *testing.T) {
	t.Helper()
	s := newScene(t, "--delay", "1ms")
	s.add(t, "sheet.csv", "mexico", 2, 1, nil)
	began := time.Now()
	s.pay(t).exit(t, exitDone)
	c.fixed = time.Since(began)
	s.audit(t)
}

func (c *campaign) report(t *testing.T, took time.Duration) {
	t.Helper()
	t.Logf("BULKPAY_SEED=%d", c.seed)
	t.Logf("%d kills on %d stages in %v; the gateway was killed %d times besides", c.taken, c.stages, took.Round(time.Second), c.gone)
	for _, name := range phases {
		t.Logf("  %4d %s", c.phases[name], name)
	}
	t.Logf("%d rows given, %d orders: %d paid twice, %d lost; %d sent once more on a person's word",
		c.total.rows, c.total.orders, c.total.twice, c.total.lost, c.resent)
	t.Logf("%d texts looked through for what is private, %d crash dumps among them", c.texts, c.dumped)
	if c.taken < c.kills {
		t.Errorf("%d kills of %d", c.taken, c.kills)
	}
}

// troubles are the outcomes that a part of the stages asks for besides none.
var troubles = []string{
	"paid", "00029", "5000", "5000-lost", "reset", "reset-lost", "http-429", "http-500", "http-502", "html", "half-body", "other-tradeno", "invisible",
}

// faults are plans for the gateways of a part of the stages. None of them
// changes what becomes of an order in the end.
var faults = []string{
	"placement:reset=10%,placement:5000=5%,placement:http-500=5%,placement:half-body=5%,query:http-502=10%,query:reset=5%",
	"placement:reset-lost=5%,placement:5000-lost=5%,query:html=10%,balance:http-500=50%",
	"placement:timeout=1%,placement:timeout-lost=1%,query:timeout=1%,query:http-429=2%",
}

// plansKnown tells whether the simulated gateway takes plans of faults.
func plansKnown(t *testing.T) bool {
	t.Helper()
	help, err := program(t.TempDir(), "sandbox", "--help").Output()
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Contains(help, []byte(" --faults "))
}

// staged is one stage of a campaign.
type staged struct {
	*campaign
	*scene
	random *rand.Rand
	flags  []string
	whole  time.Duration // about, of an undisturbed run
	rows   int
	before sight
}

// stage pays one or two sheets under kills.
func (c *campaign) stage(t *testing.T, random *rand.Rand) {
	delay := time.Duration(50+random.IntN(300)) * time.Millisecond
	flags := []string{"--delay", delay.String()}
	faulty := c.plans && random.IntN(3) == 0
	if faulty {
		flags = append(flags, "--faults", faults[random.IntN(len(faults))])
	}
	s := &staged{campaign: c, scene: newScene(t, flags...), random: random}
	s.faulty = faulty
	most := 30
	if c.long {
		most = 300
	}
	var word func(int) string
	if !faulty && random.IntN(3) == 0 {
		word = s.trouble
	}
	areas := []string{"mexico", "india"}
	first := random.IntN(2)
	s.add(t, "first.csv", areas[first], 20+random.IntN(most-19), random.Uint64(), word)
	if random.IntN(4) == 0 {
		s.add(t, "second.csv", areas[1-first], 1+random.IntN(30), random.Uint64(), word)
	}
	s.rows = len(s.given)
	rate := 100 + random.IntN(900)
	s.flags = []string{"--rate", fmt.Sprint(rate), "--deadline", "30s"}
	if random.IntN(2) == 0 {
		s.flags = append(s.flags, "--verbose")
	}
	s.whole = c.fixed + delay + time.Second*time.Duration(s.rows)/time.Duration(rate)
	t.Logf("%d rows in %d sheets at %d a second, final after %v", s.rows, len(s.sheets), rate, delay)

	for range 2 + random.IntN(9) {
		if !c.take() || !s.once(t) {
			break
		}
	}
	last := s.finish(t, s.flags...)
	if !tied(last) {
		t.Errorf("not tied:\n%s", &last.out)
	}
	s.reported(t, last, len(s.sheets))
	audited, texts := s.audit(t), s.discreet(t)
	c.count(func() {
		c.stages++
		c.texts += texts
		c.resent += s.scene.resent
		c.total.rows += audited.rows
		c.total.orders += audited.orders
		c.total.twice += audited.twice
		c.total.lost += audited.lost
	})
}

// trouble asks for an outcome on every eighth row or so.
func (s *staged) trouble(int) string {
	if s.random.IntN(8) > 0 {
		return ""
	}
	return troubles[s.random.IntN(len(troubles))]
}

// once kills one run, and is false if nothing was left to be killed.
func (s *staged) once(t *testing.T) bool {
	t.Helper()
	m := s.moment()
	run := s.pay(t, s.flags...)
	if s.random.IntN(8) == 0 {
		s.reach(t, run, s.moment())
		s.loseGateway(t, func() { time.Sleep(time.Duration(s.random.IntN(200)) * time.Millisecond) })
		s.count(func() { s.gone++ })
	}
	s.reach(t, run, m)
	dump := runtime.GOOS != "windows" && s.random.IntN(10) == 0
	if dump {
		run.signal(t, syscall.SIGQUIT)
	} else if err := run.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		t.Fatal(err)
	}
	s.killed = true
	run.code(t)
	before := s.before
	s.before = s.look(t)
	hit := phase(before, s.before, len(s.sheets))
	if run.cmd.ProcessState.ExitCode() >= 0 && !strings.Contains(run.err.String(), "SIGQUIT") {
		hit = phaseEnded
	}
	s.count(func() {
		s.phases[hit]++
		if dump && hit != phaseEnded {
			s.dumped++
		}
	})
	t.Logf("killed %s: %d of %d ordered, %s", m.name, s.ordered(), s.rows, hit)
	return hit != phaseEnded && (hit != phaseReport || s.random.IntN(2) == 0)
}

// moment is when to kill: once reached is true, after a further wait.
type moment struct {
	name    string
	reached func(*process) bool
	wait    time.Duration
}

// moment draws one: by the clock, by what has been done, or where little time
// is spent and much can be broken.
func (s *staged) moment() moment {
	upTo := func(most time.Duration) time.Duration { return time.Duration(s.random.Float64() * float64(most)) }
	at := func(name string, most time.Duration, reached func(*process) bool) moment {
		return moment{name, reached, upTo(most)}
	}
	now := func(*process) bool { return true }
	orders := int(s.random.Float64() * float64(s.rows))
	reports, begun := filepath.Join(s.folder, "bulkpay-sandbox", "reports"), time.Now()
	kinds := []moment{
		at(fmt.Sprintf("after %d orders", orders), 0, func(*process) bool { return s.ordered() >= orders }),
		at(fmt.Sprintf("after %d orders", orders), 0, func(*process) bool { return s.ordered() >= orders }),
		at("with the ledger made", s.fixed/4, func(*process) bool { return exists(s.ledgerFile()) }),
		at("with the batch known", s.fixed/4, func(p *process) bool { return strings.Contains(p.err.String(), " is batch ") }),
		at("with all ordered", s.whole/2, func(*process) bool { return s.ordered() >= s.rows }),
		at("as reports appeared", s.fixed/8, func(*process) bool { return changedSince(reports, begun) }),
	}
	if s.long {
		kinds = append(kinds, at("as it appeared", s.fixed/4, now), at("at some time", s.whole, now), at("at some time", s.whole, now))
	}
	if s.before.open() > 0 {
		kinds = append(kinds, at("while it recovered", s.fixed, now), at("while it recovered", s.fixed, now))
	}
	return kinds[s.random.IntN(len(kinds))]
}

// reach waits for a moment, or for the end of the run.
func (s *staged) reach(t *testing.T, run *process, m moment) {
	t.Helper()
	waitFor(t, m.name, func() bool { return run.hasEnded() || m.reached(run) })
	select {
	case <-run.ended:
	case <-time.After(m.wait):
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// changedSince tells whether a folder has a file that was written since.
func changedSince(folder string, since time.Time) bool {
	entries, _ := os.ReadDir(folder) // without one there are no files in it
	for _, entry := range entries {
		if info, err := entry.Info(); err == nil && info.ModTime().After(since) {
			return true
		}
	}
	return false
}
