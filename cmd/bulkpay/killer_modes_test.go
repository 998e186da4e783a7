package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

// halfway starts paying and stops in good order before all is sent, so that
// the ledger is closed and has something left to do.
func (s *scene) halfway(t *testing.T) {
	t.Helper()
	noSignals(t)
	run := s.pay(t, "--rate", "20")
	waitFor(t, "the first orders", func() bool { return s.ordered() >= 3 })
	run.signal(t, syscall.SIGTERM)
	run.exit(t, exitCancelled)
	if n := s.ordered(); n >= len(s.given) {
		t.Fatalf("all %d are ordered", n)
	}
}

// denied is how it is said that something may not be written.
var denied = regexp.MustCompile(`read-?only|permission denied|unable to open`)

// refusesToWrite wants a run to end in an error that says why, with nothing
// sent.
func (s *scene) refusesToWrite(t *testing.T) {
	t.Helper()
	before := s.ordered()
	run := s.pay(t)
	run.exit(t, exitError)
	_, said, _ := strings.Cut(run.err.String(), "error: ")
	if !denied.MatchString(said) {
		t.Errorf("it said: %s", &run.err)
	}
	if n := s.ordered(); n != before {
		t.Errorf("%d payouts were sent", n-before)
	}
	t.Logf("it said: %s", strings.TrimSpace(said))
}

// What may not be written to is said, nothing is sent, and the same command
// completes when it may.
func TestKillReadOnly(t *testing.T) {
	if testing.Short() {
		t.Skip("takes as long as several runs")
	}
	t.Parallel()
	for _, c := range []struct {
		name, path string
		mode       os.FileMode
		fresh      bool // there is no ledger yet
		long       bool
	}{
		{name: "ledger", path: "bulkpay-sandbox/ledger.db", mode: 0o400},
		{name: "ledger that others may read", path: "bulkpay-sandbox/ledger.db", mode: 0o444, long: true},
		{name: "ledger that may not be read", path: "bulkpay-sandbox/ledger.db", mode: 0o000, long: true},
		{name: "folder of the ledger", path: "bulkpay-sandbox", mode: 0o500, long: true},
		{name: "folder without a ledger", path: "bulkpay-sandbox", mode: 0o500, fresh: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.long && !longKilling() {
				t.Skip("in the long form")
			}
			t.Parallel()
			s := newScene(t, "--delay", "50ms")
			s.add(t, "sheet.csv", "mexico", 40, 3, nil)
			s.enter = bound(t)
			path := filepath.Join(s.folder, filepath.FromSlash(c.path))
			if c.fresh {
				if err := os.Mkdir(path, 0o700); err != nil {
					t.Fatal(err)
				}
			} else {
				s.halfway(t)
			}
			was := s.allow(t, path, c.mode)
			s.refusesToWrite(t)
			s.allow(t, path, was)
			s.finish(t)
			s.audit(t)
			s.discreet(t)
		})
	}
}

// Reports that may not be written are an error, although everything is paid.
func TestKillReadOnlyReports(t *testing.T) {
	if testing.Short() {
		t.Skip("takes as long as several runs")
	}
	t.Parallel()
	s := newScene(t, "--delay", "50ms")
	s.add(t, "sheet.csv", "mexico", 40, 3, nil)
	s.enter = bound(t)
	path := filepath.Join(s.folder, "bulkpay-sandbox", "reports")
	if err := os.MkdirAll(path, 0o700); err != nil {
		t.Fatal(err)
	}
	was := s.allow(t, path, 0o500)
	run := s.pay(t)
	run.exit(t, exitError)
	if !strings.Contains(run.err.String(), "permission denied") || s.ordered() != len(s.given) {
		t.Errorf("%d orders; it said: %s", s.ordered(), &run.err)
	}
	s.allow(t, path, was)
	s.reported(t, s.finish(t), 1)
	s.audit(t)
	s.discreet(t)
}

// allow gives a file another mode until the test ends, and returns the one it
// had.
func (s *scene) allow(t *testing.T, path string, mode os.FileMode) os.FileMode {
	t.Helper()
	info, err := os.Stat(path)
	if err == nil {
		err = os.Chmod(path, mode)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(path, info.Mode()) }) // or it could not be removed
	return info.Mode()
}
