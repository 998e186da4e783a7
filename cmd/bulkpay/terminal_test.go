package main

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

// onTerminal runs a command line as if a person watched.
func onTerminal(t *testing.T, args ...string) spoken {
	t.Helper()
	var out, err buffer // progress, log and signals print from goroutines of their own
	code := execute(t.Context(), args, &streams{out: &out, err: &err, outTerminal: true, errTerminal: true})
	return spoken{code, out.String(), err.String()}
}

const escape = "\x1b["

// A terminal gets colours and a progress bar; a pipe gets neither; NO_COLOR,
// --no-color and --json turn them off.
func TestTerminalForm(t *testing.T) {
	t.Setenv("NO_COLOR", "")
	tr := newTrial(t)
	for i, c := range []struct {
		name      string
		call      func(*testing.T, ...string) spoken
		flags     []string
		env       string
		bar, tint bool
	}{
		{"terminal", onTerminal, nil, "", true, true},
		{"terminal without colour", onTerminal, []string{"--no-color"}, "", true, false},
		{"NO_COLOR", onTerminal, nil, "1", true, false},
		{"pipe", call, nil, "", false, false},
		{"JSON on a terminal", onTerminal, []string{"--json"}, "", false, false},
	} {
		t.Setenv("NO_COLOR", c.env)
		sheet := tr.sheet(t, "sheet.csv", "mexico", 0, 0)
		writeOutcomes(t, sheet, slices.Repeat([]string{"paid"}, i+1)...)
		said := c.call(t, tr.with(append([]string{"run", "--duplicates", "pay", "--reason", "a test", sheet}, c.flags...)...)...)
		if said.code != exitDone {
			t.Errorf("%s: exit code %d: %s", c.name, said.code, said.err)
		}
		if tint := strings.Contains(said.out, escape); tint != c.tint {
			t.Errorf("%s: colour %t on standard output:\n%q", c.name, tint, said.out)
		}
		if bar := strings.Contains(said.err, " final, paid "); bar != c.bar {
			t.Errorf("%s: progress bar %t:\n%q", c.name, bar, said.err)
		}
		if !c.bar && strings.Contains(said.err, escape) {
			t.Errorf("%s: escapes on standard error: %q", c.name, said.err)
		}
		if c.name == "JSON on a terminal" && !json.Valid([]byte(said.out)) {
			t.Errorf("%s: not JSON: %s", c.name, said.out)
		}
	}
}

// A bar for a run that has nothing to do, one that fails at once, and one of
// a batch already half done: nothing hangs, nothing is left running.
func TestTerminalFormEnds(t *testing.T) {
	before := goleak.IgnoreCurrent()
	tr := newTrial(t)
	sheet := tr.sheet(t, "sheet.csv", "mexico", 4, 1)
	for _, c := range []struct {
		args []string
		code int
	}{
		{tr.with("run", sheet), exitDone},
		{tr.with("run", sheet), exitDone},
		{tr.with("status", "last"), exitDone},
		{tr.with("run", "nowhere.csv"), exitError},
		{[]string{"run", "--sandbox=http://127.0.0.1:1", "--sandbox-folder", tr.folder, "--deadline", "1s", sheet}, exitUnfinished},
	} {
		if said := onTerminal(t, c.args...); said.code != c.code {
			t.Errorf("%q: exit code %d, want %d: %s", c.args, said.code, c.code, said.err)
		}
	}
	goleak.VerifyNone(t, before)
}
