package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// race is how two runs of a sheet meet.
type race struct {
	name    string
	prepare func(*testing.T, *scene) // before both are started
	second  func(*testing.T, *scene) []string
}

var races = []race{
	{name: "nothing there yet"},
	{name: "a batch half paid", prepare: func(t *testing.T, s *scene) {
		begun := s.pay(t, "--rate", "20")
		waitFor(t, "the first orders", func() bool { return s.ordered() >= 2 })
		if err := begun.cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		begun.code(t)
	}},
	{name: "the same rows in two files", second: func(t *testing.T, s *scene) []string {
		text, err := os.ReadFile(filepath.Join(s.folder, s.sheets[0]))
		if err != nil {
			t.Fatal(err)
		}
		// Another line's end makes other bytes, and the same rows.
		text = []byte(strings.ReplaceAll(strings.ReplaceAll(string(text), "\r\n", "\n"), "\n", "\r\n"))
		text = append(text, "\r\n"...)
		if err := os.WriteFile(filepath.Join(s.folder, "copy.csv"), text, 0o600); err != nil {
			t.Fatal(err)
		}
		return []string{"copy.csv"}
	}},
}

// unnamed is how it goes when the winner takes so long to write down that it
// has the lease that nobody waits for it: on a machine that hardly moves.
const unnamed = "locked out, by whom was not said"

// heldBy is how the one that came second says who is at work.
var heldBy = regexp.MustCompile(`(?m)^error: .*: another run holds the ledger: process ([0-9]+) on \S+$`)

// Two runs of one sheet, started in the same instant: exactly one works, the
// other says who does and leaves with its own exit code; each row is ordered
// once. Whoever comes first cannot end before the other has: the gateway
// answers nobody until one of the two has left.
func TestKillTwoAtOnce(t *testing.T) {
	if testing.Short() {
		t.Skip("starts many processes")
	}
	t.Parallel()
	pairs := 5
	if longKilling() {
		pairs = 100
	}
	seed := killSeed(t)
	var mu sync.Mutex
	met, began := map[string]int{}, time.Now()
	t.Run("pairs", func(t *testing.T) {
		for lane := range 2 {
			t.Run(fmt.Sprint(lane+1), func(t *testing.T) {
				t.Parallel()
				random := rand.New(rand.NewPCG(seed, uint64(lane)))
				for i := lane; i < pairs; i += 2 {
					r := races[i/2%len(races)]
					t.Run(fmt.Sprintf("%d %s", i+1, r.name), func(t *testing.T) {
						how := r.run(t, random)
						mu.Lock()
						met[r.name+": "+how]++
						mu.Unlock()
					})
				}
			})
		}
	})
	t.Logf("BULKPAY_SEED=%d: %d pairs in %v: %v", seed, pairs, time.Since(began).Round(time.Second), met)
	n := 0
	for how, times := range met {
		if strings.HasSuffix(how, unnamed) {
			n += times
		}
	}
	if n > 1+pairs/50 {
		t.Errorf("%d of %d times it was not said who holds the ledger", n, pairs)
	}
}

// run lets two runs race, and says how they met.
func (r race) run(t *testing.T, random *rand.Rand) string {
	t.Helper()
	s := newScene(t, "--delay", "50ms")
	s.add(t, "sheet.csv", "mexico", 6+random.IntN(15), random.Uint64(), nil)
	if r.prepare != nil {
		r.prepare(t, s)
	}
	first, second := s.sheets, s.sheets
	if r.second != nil {
		second = r.second(t, s)
	}
	pass := s.relay.hold()
	one := s.command(t, append([]string{"run", "--sandbox=" + s.address}, first...)...)
	time.Sleep(time.Duration(random.IntN(4)*random.IntN(10)) * time.Millisecond)
	two := s.command(t, append([]string{"run", "--sandbox=" + s.address}, second...)...)
	select {
	case <-one.ended:
	case <-two.ended:
	case <-time.After(patience):
		t.Fatal("neither ended")
	}
	pass()
	winner, loser := one, two
	if one.code(t) == exitLocked {
		winner, loser = two, one
	}
	winner.exit(t, exitDone)
	how := s.lockedOut(t, winner, loser)
	if again := s.pay(t); again.code(t) != exitDone || !tied(again) {
		t.Errorf("once more: exit code %d\n%s%s", again.code(t), &again.out, &again.err)
	}
	s.oncePaid(t)
	s.discreet(t)
	return how
}

// lockedOut wants the loser to have left as it must, and says how it did.
func (s *scene) lockedOut(t *testing.T, winner, loser *process) string {
	t.Helper()
	if code := loser.code(t); code != exitLocked {
		t.Errorf("one exits %d, the other %d\n%s%s", winner.code(t), code, &loser.out, &loser.err)
		return "not locked out"
	}
	if loser.out.String() != "" || !strings.Contains(loser.err.String(), "hint: wait for it to end") {
		t.Errorf("it said: %s%s", &loser.out, &loser.err)
	}
	found := heldBy.FindStringSubmatch(loser.err.String())
	if found == nil || found[1] != fmt.Sprint(winner.cmd.Process.Pid) {
		t.Logf("process %d holds it; it said: %s", winner.cmd.Process.Pid, &loser.err)
		return unnamed
	}
	return "locked out"
}

// oncePaid wants one batch, and of each of its rows one order.
func (s *scene) oncePaid(t *testing.T) {
	t.Helper()
	s.verify(t)
	orders, book := s.orders(t), s.book(t)
	batches := 0
	for batch, err := range book.Batches(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		batches++
		for i := range s.given {
			s.given[i].sheet = batch.Source // whichever of the two was first
		}
	}
	if batches != 1 {
		t.Errorf("%d batches of one sheet", batches)
	}
	s.auditBooks(t, orders, s.payouts(t, book))
}
