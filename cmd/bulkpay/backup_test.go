package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bulkpay/bulkpay/internal/backup"
)

// While a run goes on, the ledger is backed up again and again: every backup is
// sound, every payout is paid once, and how much slower the run was is said.
func TestBackupsDuringARun(t *testing.T) {
	if testing.Short() {
		t.Skip("takes as long as several runs")
	}
	t.Parallel()
	const rows = 800
	alone := newStage(t)
	undisturbed := alone.timed(t, rows, nil)
	alone.audit(t, rows)

	s := newStage(t)
	var backups int
	var seqs []int64
	disturbed := s.timed(t, rows, func(n int) {
		path := filepath.Join(s.folder, "backup.db")
		s.start(t, "backup", path, "--force", "--sandbox").exit(t, exitDone)
		made, err := backup.Check(t.Context(), path)
		if err != nil || len(made.Verification.Findings) > 0 || made.Payouts != rows {
			t.Errorf("backup %d: %+v, %v", n, made, err)
		}
		backups++
		seqs = append(seqs, made.Seq)
	})
	end, _, err := s.book(t).Head(t.Context())
	if err != nil || backups == 0 || seqs[0] >= end || !slices.IsSorted(seqs) {
		t.Errorf("backups up to the events %v of %d were not made during the run: %v", seqs, end, err)
	}
	s.audit(t, rows)
	t.Logf("%d payouts in %v; with %d backups meanwhile in %v (%+.0f %%)",
		rows, undisturbed.Round(time.Millisecond), backups, disturbed.Round(time.Millisecond), 100*(disturbed.Seconds()/undisturbed.Seconds()-1))
}

// timed pays a sheet as fast as can be, and does something again and again
// meanwhile, once the batch is there.
func (s *stage) timed(t *testing.T, rows int, meanwhile func(n int)) time.Duration {
	t.Helper()
	sheet := s.sheet(t, "sheet.csv", "mexico", rows, 5)
	began := time.Now()
	run := s.run(t, sheet, "--rate", "500", "--workers", "32")
	waitFor(t, "the first order", func() bool { return run.hasEnded() || s.ordered() > 0 })
	for n := 1; meanwhile != nil && !run.hasEnded(); n++ {
		meanwhile(n)
	}
	run.exit(t, exitDone)
	return time.Since(began)
}

// Whenever a backup is killed, the name has the backup before it or the new one,
// whole in both cases.
func TestAKilledBackupLeavesAWholeOne(t *testing.T) {
	if testing.Short() {
		t.Skip("takes as long as several runs")
	}
	t.Parallel()
	s := &stage{trial: newTrial(t)}
	sheet := s.sheet(t, "sheet.csv", "mexico", 200, 5)
	s.start(t, "run", "--sandbox", sheet).exit(t, exitDone)
	path := filepath.Join(s.folder, "backup.db")
	s.start(t, "backup", path, "--sandbox").exit(t, exitDone)
	temporary := filepath.Join(s.folder, ".bulkpay-*")
	for i := range 6 {
		clearAway(t, temporary)
		p := s.start(t, "backup", path, "--force", "--sandbox")
		waitFor(t, "the moment to kill it", func() bool { return p.hasEnded() || largest(temporary) >= int64(i)*60<<10 })
		_ = p.cmd.Process.Kill() // it may have ended
		p.code(t)
		made, err := backup.Check(t.Context(), path)
		if err != nil || len(made.Verification.Findings) > 0 || made.Payouts != 200 {
			t.Fatalf("after kill %d: %+v, %v", i, made, err)
		}
	}
	s.start(t, "backup", path, "--force", "--sandbox").exit(t, exitDone)
	s.start(t, "verify", "--sandbox").exit(t, exitDone)
}

func clearAway(t *testing.T, pattern string) {
	t.Helper()
	left, _ := filepath.Glob(pattern) // the pattern is ours
	for _, path := range left {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
}

// largest is the size of the largest file of a pattern; -1: there is none.
func largest(pattern string) int64 {
	size := int64(-1)
	found, _ := filepath.Glob(pattern) // the pattern is ours
	for _, path := range found {
		if info, err := os.Stat(path); err == nil {
			size = max(size, info.Size())
		}
	}
	return size
}

// A disk on which the copy cannot be written drops it, says so, and leaves the
// backup before it and the ledger as they were.
func TestABackupThatCannotBeWrittenHarmsNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("takes as long as several runs")
	}
	if !canLimitFiles {
		t.Skip("the size of files cannot be limited here")
	}
	t.Parallel()
	s := &stage{trial: newTrial(t)}
	s.backsUpIntoNothing(t, "backup.db", "the disk cannot be written", func() {
		s.enter = func(cmd *exec.Cmd) { cmd.Env = append(cmd.Env, fmt.Sprintf("%s=%d", fileLimit, 100<<10)) }
	})
}

// backsUpIntoNothing makes a backup, sees to it that there is no room, and
// tries to make another.
func (s *stage) backsUpIntoNothing(t *testing.T, path, word string, spoil func()) {
	t.Helper()
	sheet := s.sheet(t, "sheet.csv", "mexico", 200, 5)
	s.start(t, "run", "--sandbox", sheet).exit(t, exitDone)
	s.start(t, "backup", path, "--sandbox").exit(t, exitDone)
	spoil()
	failed := s.start(t, "backup", path, "--force", "--sandbox")
	failed.exit(t, exitError)
	if said := failed.err.String(); !strings.Contains(said, "error: copy: "+word) || !strings.Contains(said, "hint: make room") {
		t.Errorf("it said: %s", said)
	}
	s.start(t, "backup", "--verify", path).exit(t, exitDone)
	if left, err := filepath.Glob(filepath.Join(s.folder, filepath.Dir(path), ".bulkpay-*")); err != nil || len(left) > 0 {
		t.Errorf("left: %v, %v", left, err)
	}
	s.enter = nil
	s.start(t, "verify", "--sandbox").exit(t, exitDone)
}
