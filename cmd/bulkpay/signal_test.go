package main

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/bulkpay/bulkpay/ledger"
)

// inBucket reads from a printed standing how many rows a bucket has.
func inBucket(out, bucket string) string {
	found := regexp.MustCompile(`(?m)^  ` + bucket + ` +([0-9,]+) `).FindStringSubmatch(out)
	if found == nil {
		return "0"
	}
	return found[1]
}

func noSignals(t *testing.T) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("signals cannot be sent here")
	}
}

// One signal: what is in flight finishes, what was claimed and not sent goes
// back, the reports say how far it came, and the next run does the rest.
func TestInterruptedOnceDrains(t *testing.T) {
	t.Parallel()
	noSignals(t)
	for _, signal := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		t.Run(signal.String(), func(t *testing.T) {
			t.Parallel()
			const rows = 120
			s := newStage(t)
			sheet := s.sheet(t, "sheet.csv", "mexico", rows, 1)
			run := s.run(t, sheet, "--rate", "40")
			waitFor(t, "the first orders", func() bool { return s.ordered() >= 10 })
			run.signal(t, signal)
			run.exit(t, exitCancelled)

			if !strings.Contains(run.err.String(), "stopping: requests in flight finish") {
				t.Errorf("nothing was said: %s", &run.err)
			}
			if !tied(run) || inBucket(run.out.String(), "waiting") == "0" || inBucket(run.out.String(), "in doubt") != "0" {
				t.Errorf("not drained:\n%s", &run.out)
			}
			s.reported(t, run, 1)
			stateCounts(t, s, func(counts map[ledger.State]int) {
				if counts[ledger.Submitting] > 0 || counts[ledger.InDoubt] > 0 || counts[ledger.Ready] == 0 {
					t.Errorf("after draining: %v", counts)
				}
			})

			again := s.run(t, sheet, "--rate", "500")
			again.exit(t, exitDone)
			if !tied(again) || !strings.Contains(again.err.String(), "already (the same file): resuming it") {
				t.Errorf("not resumed:\n%s%s", &again.out, &again.err)
			}
			s.audit(t, rows)
		})
	}
}

// stateCounts shows how many payouts are in which state.
func stateCounts(t *testing.T, s *stage, look func(map[ledger.State]int)) {
	t.Helper()
	book := s.book(t)
	counts := map[ledger.State]int{}
	for batch := range book.Batches(t.Context()) {
		for line, err := range book.Lines(t.Context(), batch.ID) {
			if err != nil {
				t.Fatal(err)
			}
			counts[line.Payout.State]++
		}
	}
	look(counts)
}

// A gateway that takes the orders and does not answer holds the first signal
// up; the second ends the run at once. What was in flight is asked about, not
// sent again.
func TestInterruptedTwiceStops(t *testing.T) {
	t.Parallel()
	noSignals(t)
	const rows = 4
	s := newStage(t)
	sheet := s.sheet(t, "sheet.csv", "mexico", 1, 1)
	writeOutcomes(t, sheet, slices.Repeat([]string{"timeout"}, rows)...)
	run := s.run(t, sheet)
	waitFor(t, "all orders", func() bool { return s.ordered() == rows })
	run.signal(t, os.Interrupt)
	waitFor(t, "the first signal to be heard", func() bool { return strings.Contains(run.err.String(), "once more to stop at once") })
	if run.hasEnded() {
		t.Error("the first signal cut requests off")
	}
	run.signal(t, os.Interrupt)
	run.exit(t, exitCancelled)
	if !strings.Contains(run.err.String(), "stopping at once") {
		t.Errorf("nothing was said: %s", &run.err)
	}
	s.reported(t, run, 1)
	if !tied(run) || inBucket(run.out.String(), "in doubt") != "4" {
		t.Errorf("what was cut off is not in doubt:\n%s", &run.out)
	}

	s.run(t, sheet).exit(t, exitDone)
	s.audit(t, rows)
}

// Two runs of one ledger: the second leaves with its own exit code, and the
// first is not disturbed.
func TestSecondRunIsLockedOut(t *testing.T) {
	t.Parallel()
	const rows = 3
	s := newStage(t)
	sheet := s.sheet(t, "sheet.csv", "mexico", 1, 1)
	writeOutcomes(t, sheet, slices.Repeat([]string{"timeout"}, rows)...)
	first := s.run(t, sheet)
	waitFor(t, "all orders", func() bool { return s.ordered() == rows })

	second := s.run(t, sheet)
	second.exit(t, exitLocked)
	if text := second.err.String(); !strings.Contains(text, "error: ") || !strings.Contains(text, "hint: wait for it to end") {
		t.Errorf("standard error: %s", text)
	}
	if second.out.String() != "" {
		t.Errorf("standard output: %s", &second.out)
	}
	// Looking is always allowed; what is on the wire counts as in doubt.
	s.start(t, "status", "--sandbox", "last").exit(t, exitInDoubt)

	first.exit(t, exitDone)
	s.audit(t, rows)
}

// A signal that arrives before anything is sent, or after, ends a command in
// the middle of what it reads; that is no error either.
func TestStoppedAnywhereIsCancelled(t *testing.T) {
	if code := codeOf(fmt.Errorf("read the sheet: %w", context.Canceled)); code != exitCancelled {
		t.Errorf("exit code %d, want %d", code, exitCancelled)
	}
}
