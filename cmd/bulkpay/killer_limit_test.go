package main

import (
	"fmt"
	"os/exec"
	"strings"
	"testing"
)

// What a full disk does, a limit on the size of files does too, also on systems
// on which no file system can be made for a test: writing fails, in the middle
// of a page if need be, while the ledger is made, a sheet is imported, payouts
// are claimed, answers are recorded.
func TestKillFileLimit(t *testing.T) {
	if testing.Short() {
		t.Skip("takes as long as several runs")
	}
	if !canLimitFiles {
		t.Skip("the size of files cannot be limited here")
	}
	t.Parallel()
	sizes := []int{100, 500}
	if longKilling() {
		sizes = []int{0, 4, 20, 40, 70, 100, 150, 200, 250, 300, 350, 400, 450, 500, 600, 700}
	}
	t.Run("sizes", func(t *testing.T) {
		for _, kib := range sizes {
			t.Run(fmt.Sprint(kib, " KiB"), func(t *testing.T) {
				t.Parallel()
				s := newScene(t, "--delay", "50ms")
				s.add(t, "sheet.csv", "mexico", 120, 3, nil)
				s.enter = func(cmd *exec.Cmd) { cmd.Env = append(cmd.Env, fmt.Sprintf("%s=%d", fileLimit, kib<<10)) }
				s.ranOut(t, s.pay(t, "--rate", "400"), "disk")
				s.enter = nil
				s.finish(t, "--rate", "400")
				s.audit(t)
				s.discreet(t)
			})
		}
	})
}

// ranOut wants a run to have ended in an error that says what is wrong with
// the disk, and nothing to have been sent of which the ledger does not know.
func (s *scene) ranOut(t *testing.T, run *process, word string) {
	t.Helper()
	run.exit(t, exitError)
	_, said, found := strings.Cut(run.err.String(), "error: ")
	if !found || !strings.Contains(said, word) {
		t.Errorf("it said: %s", &run.err)
	}
	seen := s.look(t)
	t.Logf("%d of %d ordered, %v; it said: %s", s.ordered(), len(s.given), seen.states, strings.TrimSpace(said))
}
