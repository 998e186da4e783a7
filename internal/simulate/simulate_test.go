package simulate

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bulkpay/bulkpay/ledger"
)

// template is an empty ledger, copied for each seed: making one anew costs
// more than many payouts.
var template []byte

// scratch is where ledgers lie: in memory, where the system has such a place.
var scratch = os.TempDir()

func TestMain(m *testing.M) {
	if info, err := os.Stat("/dev/shm"); err == nil && info.IsDir() {
		scratch = "/dev/shm"
	}
	debug.SetGCPercent(800) // memory is not what is short here
	if err := makeTemplate(); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

func makeTemplate() error {
	folder, err := os.MkdirTemp(scratch, "simulate")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "book.db")
	book, err := ledger.Create(context.Background(), path, ledger.Options{})
	if err != nil {
		return err
	}
	if err := book.Close(); err != nil {
		return err
	}
	template, err = os.ReadFile(path)
	return err
}

// campaign is how much is simulated.
type campaign struct {
	first   uint64
	seeds   int           // 0: as many as there is time for
	time    time.Duration // 0: as long as the seeds take
	payouts int           // a seed, on average
	single  bool          // somebody looks at these seeds
}

// number reads a setting from the environment.
func number(t *testing.T, name string, otherwise int) int {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		t.Fatalf("%s=%s is not a number", name, text)
	}
	return n
}

func settings(t *testing.T) campaign {
	t.Helper()
	c := campaign{first: 1, seeds: number(t, "SEEDS", 0), payouts: number(t, "PAYOUTS", meanRows)}
	switch minutes := number(t, "MINUTES", 0); {
	case os.Getenv("SEED") != "":
		c.first, c.seeds, c.single = uint64(number(t, "SEED", 0)), max(1, c.seeds), true
	case minutes > 0:
		c.time = time.Duration(minutes) * time.Minute
	case c.seeds > 0:
	case os.Getenv("BULKPAY_LONG") != "":
		c.seeds = 10_000
	case testing.Short():
		c.seeds, c.payouts = 3, number(t, "PAYOUTS", 60)
	default:
		c.seeds, c.payouts = 30, number(t, "PAYOUTS", 60)
	}
	return c
}

func TestSimulate(t *testing.T) {
	c := settings(t)
	total := c.run(t, newScenario)
	never := total.never()
	t.Logf("never happened: %s", orNone(never))
	if len(never) > 0 && total.get("seeds: all") >= thorough {
		t.Errorf("of all that can go wrong, in %d seeds this never did: %s", total.get("seeds: all"), orNone(never))
	}
}

// TestSimulateWithoutUniqueNumbers: a gateway that makes a second order of a
// number that it knows, and lets one placement in five time out, or more, is the one
// that pays twice whatever is sent again too early. A tenth of a campaign goes
// against it.
func TestSimulateWithoutUniqueNumbers(t *testing.T) {
	c := settings(t)
	if !c.single {
		c.seeds, c.time = (c.seeds+9)/10, c.time/10
		if c.time == 0 && !testing.Short() {
			c.seeds = max(c.seeds, telling)
		}
	}
	total := c.run(t, func(seed uint64, mean int) scenario {
		s := newScenario(seed, mean)
		s.careless()
		return s
	})
	if n := total.get("seeds: all"); n >= telling && total.get("payouts: sent more than once") == 0 {
		t.Errorf("of %d seeds nothing was ever sent a second time", n)
	}
}

// run simulates a campaign and prints what happened.
func (c campaign) run(t *testing.T, draw func(seed uint64, mean int) scenario) *counts {
	t.Helper()
	total, began := newCounts(), time.Now()
	over := func() bool { return c.time > 0 && time.Since(began) >= c.time }
	var next atomic.Int64
	var failed atomic.Bool
	t.Run("seeds", func(t *testing.T) {
		for range runtime.GOMAXPROCS(0) + 1 { // one of them waits for the disk or a lock now and then
			t.Run("", func(t *testing.T) {
				t.Parallel()
				for !failed.Load() && !over() {
					i := int(next.Add(1)) - 1
					if c.seeds > 0 && i >= c.seeds {
						return
					}
					seed := c.first + uint64(i)
					findings := simulate(t, draw(seed, c.payouts), total)
					total.add("seeds: all", 1)
					if len(findings) > 0 {
						failed.Store(true)
						t.Error(complaint(seed, c.payouts, findings))
					}
				}
			})
		}
	})
	took := time.Since(began)
	var text strings.Builder
	total.print(&text)
	fmt.Fprintf(&text, "%d seeds, %d payouts, %v of virtual time in %v: %.0f payouts a second\n", total.get("seeds: all"), total.get("payouts: all"),
		total.virtual.Round(time.Hour), took.Round(time.Millisecond), float64(total.get("payouts: all"))/took.Seconds())
	if !failed.Load() {
		fmt.Fprintln(&text, "0 paid twice, 0 lost, 0 unexplained")
	}
	t.Log("\n" + text.String())
	return total
}

// telling is how many seeds must have sent something a second time: nearly half
// of the small ones do.
const telling = 12

// thorough is how many seeds must have seen everything there is.
const thorough = 3000

func orNone(names []string) string {
	if len(names) == 0 {
		return "nothing, all of it did"
	}
	return strings.Join(names, ", ")
}

// complaint says what a seed has found, and how to see it again.
func complaint(seed uint64, payouts int, findings []string) string {
	const most = 20
	var text strings.Builder
	fmt.Fprintf(&text, "seed %d found %d things that must not be:\n", seed, len(findings))
	for i, finding := range findings {
		if i == most {
			fmt.Fprintln(&text, "  …")
			break
		}
		fmt.Fprintln(&text, "  "+finding)
	}
	fmt.Fprintf(&text, "see it again: make simulate SEED=%d", seed)
	if payouts != meanRows {
		fmt.Fprintf(&text, " PAYOUTS=%d", payouts)
	}
	return text.String()
}
