package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bulkpay/bulkpay/internal/samplegen"
	"github.com/bulkpay/bulkpay/paypro"
)

var update = flag.Bool("update", false, "write the golden files and the generated part of docs/commands.md anew")

// spoken is what one command line printed.
type spoken struct {
	code     int
	out, err string
}

// call runs a command line in this process, as if piped.
func call(t *testing.T, args ...string) spoken {
	t.Helper()
	var out, err buffer // progress, log and signals print from goroutines of their own
	code := execute(t.Context(), args, &streams{out: &out, err: &err})
	return spoken{code, out.String(), err.String()}
}

// trial is a folder for one simulation, and the flags that lead there.
type trial struct {
	folder string
	sim    []string // flags
}

func newTrial(t *testing.T) trial {
	t.Helper()
	folder := t.TempDir()
	return trial{folder, []string{"--sandbox", "--sandbox-folder", filepath.Join(folder, "sim")}}
}

// with puts the flags of the simulation behind a command line.
func (tr trial) with(args ...string) []string { return append(args, tr.sim...) }

// sheet writes a valid sheet of an area.
func (tr trial) sheet(t *testing.T, name, area string, rows int, seed uint64) string {
	t.Helper()
	a, ok := paypro.LookupArea(area)
	if !ok {
		t.Fatal(area)
	}
	var text bytes.Buffer
	if err := samplegen.WriteCSV(&text, a, samplegen.LanguageOf(a), samplegen.Rows(a, rows, seed)); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(tr.folder, name)
	if err := os.WriteFile(path, text.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// fieldPaths lists the fields of a JSON value: "batches[].batch string".
// Elements of an array count together.
func fieldPaths(t *testing.T, text string) []string {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(text))
	var value any
	if err := decoder.Decode(&value); err != nil {
		t.Fatalf("%v in %q", err, text)
	}
	if decoder.More() {
		t.Fatalf("more than one JSON value in %q", text)
	}
	found := map[string]bool{}
	walk(found, "", value)
	return slices.Sorted(maps.Keys(found))
}

func walk(found map[string]bool, path string, value any) {
	switch value := value.(type) {
	case map[string]any:
		for name, inner := range value {
			walk(found, strings.TrimPrefix(path+"."+name, "."), inner)
		}
		return
	case []any:
		found[path+"[]"] = true
		for _, inner := range value {
			walk(found, path+"[]", inner)
		}
		return
	}
	found[path+" "+map[string]string{"string": "string", "float64": "number", "bool": "boolean", "<nil>": "null"}[fmt.Sprintf("%T", value)]] = true
}

// TestJSONFields pins the names and kinds of all fields that --json prints:
// programs of other people read them.
func TestJSONFields(t *testing.T) {
	if testing.Short() {
		t.Skip("starts every command")
	}
	t.Parallel()
	tr := newTrial(t)
	clean := tr.sheet(t, "clean.csv", "mexico", 3, 1)
	faults := filepath.Join(samples(t), "faults-mexico.xlsx")
	larger := tr.sheet(t, "larger.csv", "mexico", 5, 1)
	outcomes := tr.sheet(t, "outcome.csv", "mexico", 0, 0)
	writeOutcomes(t, outcomes, "paid", "00029")
	pack := filepath.Join(tr.folder, "pack.zip")

	for _, c := range []struct {
		name   string
		code   int
		args   []string
		golden string
	}{
		{"a run", exitDone, tr.with("run", clean), "run"},
		{"a run with failures", exitNotPaid, tr.with("run", outcomes), "run"},
		{"refused for faults", exitNotPaid, tr.with("run", faults), "run-refused"},
		{"refused for overlaps", exitNotPaid, tr.with("run", larger), "run-overlap"},
		{"a clean sheet", exitDone, tr.with("check", clean), "check"},
		{"a faulty workbook", exitNotPaid, tr.with("check", faults), "check-faults"},
		{"submit", exitNotPaid, tr.with("submit", "last"), "run"},
		{"settle", exitNotPaid, tr.with("settle", "last"), "run"},
		{"report", exitNotPaid, tr.with("report", "last"), "run"},
		{"a batch", exitNotPaid, tr.with("status", "last"), "status"},
		{"all batches", exitDone, tr.with("status"), "status-all"},
		{"mapping", exitDone, tr.with("mapping", "last"), "mapping"},
		{"balance", exitDone, tr.with("balance"), "balance"},
		{"doctor", exitDone, tr.with("doctor"), "doctor"},
		{"verify", exitDone, tr.with("verify"), "verify"},
		{"evidence", exitDone, tr.with("evidence", "last", "--out", pack), "evidence"},
		{"verify a pack", exitDone, []string{"verify", pack}, "verify-pack"},
		{"verify what is none of it", exitError, []string{"verify", pack, "--digest", strings.Repeat("0", 64)}, "verify-pack"},
		{"version", exitDone, []string{"version"}, "version"},
	} {
		// One after the other: they share the simulation.
		said := call(t, append([]string{"--json"}, c.args...)...)
		if said.code != c.code {
			t.Errorf("%s: exit code %d, want %d; %s", c.name, said.code, c.code, said.err)
		}
		if said.err != "" {
			t.Errorf("%s: noise on standard error: %s", c.name, said.err)
		}
		golden(t, c.golden, fieldPaths(t, said.out))
	}
	t.Run("show", func(t *testing.T) { showFields(t, tr) })
	t.Run("errors", func(t *testing.T) { errorFields(t, tr) })
}

func showFields(t *testing.T, tr trial) {
	var numbers []struct {
		TradeNo string
		State   string
	}
	if err := json.Unmarshal([]byte(call(t, tr.with("--json", "mapping", "last")...).out), &numbers); err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, number := range numbers {
		said := call(t, tr.with("--json", "show", number.TradeNo)...)
		if said.code != exitDone || said.err != "" {
			t.Errorf("show: exit code %d, %s", said.code, said.err)
		}
		all = append(all, fieldPaths(t, said.out)...)
	}
	slices.Sort(all)
	golden(t, "show", slices.Compact(all))
}

func errorFields(t *testing.T, tr trial) {
	for _, args := range [][]string{
		tr.with("status", "nope"),
		tr.with("run", "nowhere.csv"),
		{"run", "--nonsense", "--json"},
		{"--ledger", filepath.Join(tr.folder, "none.db"), "status"},
	} {
		said := call(t, append([]string{"--json"}, args...)...)
		if said.code == exitDone || said.out != "" {
			t.Errorf("%q: exit code %d, standard output %q", args, said.code, said.out)
		}
		golden(t, "error", fieldPaths(t, said.err))
	}
}

// golden compares lines with testdata/json/NAME.golden. Fields of the golden
// file that end in "?" may be missing.
func golden(t *testing.T, name string, got []string) {
	t.Helper()
	path := filepath.Join("testdata", "json", name+".golden")
	text, err := os.ReadFile(path)
	if *update {
		text, err = mergeGolden(text, got), nil
		if err := os.WriteFile(path, text, 0o644); err != nil { //nolint:gosec // a file of the project
			t.Fatal(err)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	var want, full []string
	for line := range strings.Lines(string(text)) {
		field, optional := strings.CutSuffix(strings.TrimSuffix(line, "\n"), " ?")
		full = append(full, field)
		if !optional || slices.Contains(got, field) {
			want = append(want, field)
		}
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s: the fields changed (-want +got):\n%s\nAll that may be there: %q\nWrite them anew with -update, and tell in docs/commands.md.", name, diff, full)
	}
}

// mergeGolden adds what is new and marks what was not always there.
func mergeGolden(old []byte, got []string) []byte {
	var lines []string
	known := map[string]bool{}
	for line := range strings.Lines(string(old)) {
		line = strings.TrimSuffix(line, "\n")
		field, optional := strings.CutSuffix(line, " ?")
		known[field] = true
		if !optional && !slices.Contains(got, field) {
			line += " ?"
		}
		lines = append(lines, line)
	}
	for _, field := range got {
		switch {
		case known[field]:
		case len(old) > 0:
			lines = append(lines, field+" ?")
		default:
			lines = append(lines, field)
		}
	}
	slices.Sort(lines)
	return []byte(strings.Join(lines, "\n") + "\n")
}

// writeOutcomes makes of a sheet one that asks the simulated gateway for
// outcomes, one a row.
func writeOutcomes(t *testing.T, path string, outcomes ...string) {
	t.Helper()
	area, _ := paypro.LookupArea("mexico")
	i := 0
	rows := func(yield func(paypro.Values) bool) {
		for row := range samplegen.Rows(area, len(outcomes), 99) {
			row["remark"] = "SANDBOX:" + outcomes[i]
			i++
			if !yield(row) {
				return
			}
		}
	}
	var text bytes.Buffer
	if err := samplegen.WriteCSV(&text, area, samplegen.English, rows); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, text.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}
