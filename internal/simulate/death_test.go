package simulate

import (
	"maps"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bulkpay/bulkpay/internal/audit"
)

// TestTheDeadDoNothing: a process that dies at a commit has written nothing
// and sent nothing a minute later, whatever it was about to do; and the books
// are in order right after its death.
func TestTheDeadDoNothing(t *testing.T) {
	for _, write := range []string{"merchant", "import", "lease", "claim", "record", "recover", "release lease"} {
		for when, committed := range map[string]bool{"before ": false, "after ": true} {
			t.Run(when+write, func(t *testing.T) {
				t.Parallel()
				folder, err := os.MkdirTemp(scratch, "simulate")
				if err != nil {
					t.Fatal(err)
				}
				defer os.RemoveAll(folder)
				synctest.Test(t, func(t *testing.T) {
					time.Sleep(time.Until(monday))
					dieAt(t, folder, fate{write: write, nth: 1, committed: committed})
				})
			})
		}
	}
}

func dieAt(t *testing.T, folder string, f fate) {
	s := newScenario(7, 40)
	s.serve, s.callbacks, s.persons, s.repair, s.retry, s.plan.Faults, s.plan.Outages = false, false, false, false, false, nil, nil
	w := newWorld(t, s, folder, newCounts())
	defer w.close()
	w.lay(w.newSheet(0, 40))
	p := w.startRun("run", f)
	<-p.ended
	if !p.dead.Load() {
		t.Fatalf("it lives, after %v", p.commits)
	}
	time.Sleep(s.latency + time.Millisecond) // what was on the wire has arrived
	events, arrived := w.standing(t)
	time.Sleep(time.Minute)
	later, then := w.standing(t)
	if later != events {
		t.Errorf("%d events at its death, %d a minute later", events, later)
	}
	if !maps.Equal(arrived, then) {
		t.Errorf("%d numbers had reached the gateway at its death, %d a minute later", len(arrived), len(then))
	}
	for _, finding := range w.findings {
		t.Error(finding)
	}
	// Whoever comes next finds everything as it was left, and finishes it.
	next := w.startRun("next", fate{quiet: true})
	<-next.ended
	if !next.finished {
		t.Error("the next run did not come to an end")
	}
	for _, finding := range w.findings {
		t.Error(finding)
	}
}

// standing is how far things have come; the books must be in order.
func (w *world) standing(t *testing.T) (events int, arrived map[string]int) {
	t.Helper()
	w.mu.Lock()
	arrived = maps.Clone(w.arrived)
	w.mu.Unlock()
	books := audit.Books{Given: w.given, Arrived: arrived}
	for o := range w.gateway.Orders() {
		books.Orders = append(books.Orders, orderOf(o))
	}
	report, err := audit.Audit(t.Context(), w.book, books, audit.Options{Secret: merchantSecret})
	if err != nil {
		t.Fatal(err)
	}
	for _, finding := range report.Findings {
		t.Errorf("after its death: %s", finding)
	}
	return report.Events, arrived
}
