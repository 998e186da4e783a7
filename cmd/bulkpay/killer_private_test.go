package main

import (
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/bulkpay/bulkpay/ledger"
)

// halfWritten are files that a kill has left without their names. One of them
// may be a sheet that was to be handed back.
var halfWritten = regexp.MustCompile(`\.bulkpay-[0-9]+\.tmp$`)

// discreet looks for what is private wherever it must not be (P8): in all that
// was printed, crash dumps included, in the gateway's log, in the words of the
// ledger's events, in reports and in the names of files. It returns how many
// texts it went through.
func (s *scene) discreet(t *testing.T) int {
	t.Helper()
	for _, name := range s.sheets {
		if text := readReport(t, filepath.Join(s.folder, name)); !strings.Contains(text, s.people[0].account) && !strings.Contains(text, s.people[len(s.people)-1].account) {
			t.Fatal("the sheet does not have what is looked for")
		}
	}
	texts := 0
	private := func(where, text string, names bool) {
		texts++
		discreet(t, where, text, s.people, names)
	}
	for _, p := range s.spoken {
		private("a command's output", p.out.String()+p.err.String(), false)
	}
	if text, err := os.ReadFile(s.log); err == nil {
		private("the gateway's log", string(text), false)
	}
	private("the events of the ledger", s.events(t), false)
	err := filepath.WalkDir(s.folder, func(path string, entry os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		private("the name of a file", entry.Name(), false)
		if entry.IsDir() || filepath.Base(filepath.Dir(path)) != "reports" {
			return nil
		}
		if handedBack.MatchString(path) || halfWritten.MatchString(path) {
			info, err := entry.Info()
			if err == nil && runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
				t.Errorf("%s can be read by others: %v", entry.Name(), info.Mode())
			}
			return err
		}
		private("report "+entry.Name(), readReport(t, path), true)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return texts
}

// events are the words of all events: not their evidence, which is what the
// gateway answered.
func (s *scene) events(t *testing.T) string {
	t.Helper()
	book := s.book(t)
	var all strings.Builder
	add := func(e ledger.Event, err error) {
		if err != nil {
			t.Fatal(err)
		}
		all.WriteString(strings.Join([]string{e.Kind, e.Actor, e.Reason, e.Code, e.Message}, "\t") + "\n")
	}
	for batch, err := range book.Batches(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		for e, err := range book.BatchEvents(t.Context(), batch.ID) {
			add(e, err)
		}
		for line, err := range book.Lines(t.Context(), batch.ID) {
			if err != nil {
				t.Fatal(err)
			}
			for e, err := range book.Events(t.Context(), line.Payout.ID) {
				add(e, err)
			}
		}
	}
	return all.String()
}
