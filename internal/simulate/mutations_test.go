package simulate

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// mutation is a deliberately wrong variant of the program: each edit replaces
// a text, which must be there exactly once, in one file.
type mutation struct {
	name  string // what it does
	edits []edit
}

type edit struct{ file, old, new string }

// How much is tried before a mutation counts as one that nobody notices.
const (
	mutationSeeds   = 1500
	mutationPayouts = 60
	mutationTime    = 4 * time.Minute
)

// TestMutations proves the auditor: every mutation of the table must be
// caught by the campaign. Each is compiled with an overlay, so that no file
// is changed and nothing of it is in the program.
//
//	BULKPAY_MUTATIONS=1 go test ./internal/simulate -run 'TestMutations$' -v -timeout 2h
//	BULKPAY_MUTATIONS='sent before' …      # those whose name has this in it
func TestMutations(t *testing.T) {
	only := os.Getenv("BULKPAY_MUTATIONS")
	if only == "" {
		t.Skip("compiles the program once for each: set BULKPAY_MUTATIONS=1")
	}
	if only == "1" {
		only = ""
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range mutations {
		if strings.Contains(m.name, only) {
			t.Run(m.name, func(t *testing.T) { m.mustBeCaught(t, root) })
		}
	}
}

// TestMutationsFit: the texts that mutations replace are where they were. This
// is cheap, so it runs always; a mutation that has moved is found at once.
func TestMutationsFit(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range mutations {
		if _, err := m.overlay(root, t.TempDir()); err != nil {
			t.Errorf("%s: %v", m.name, err)
		}
	}
}

// overlay writes the mutated files and what tells the compiler of them.
func (m mutation) overlay(root, folder string) (path string, err error) {
	replaced := map[string]string{}
	for i, e := range m.edits {
		from := filepath.Join(root, filepath.FromSlash(e.file))
		if replaced[from] != "" {
			from = replaced[from]
		}
		text, err := os.ReadFile(from)
		if err != nil {
			return "", err
		}
		if n := strings.Count(string(text), e.old); n != 1 {
			return "", fmt.Errorf("%s: the text of edit %d is there %d times", e.file, i+1, n)
		}
		to := filepath.Join(folder, fmt.Sprintf("%d-%s", i, filepath.Base(e.file)))
		if err := os.WriteFile(to, []byte(strings.Replace(string(text), e.old, e.new, 1)), 0o600); err != nil {
			return "", err
		}
		replaced[filepath.Join(root, filepath.FromSlash(e.file))] = to
	}
	encoded, err := json.Marshal(map[string]any{"Replace": replaced})
	if err != nil {
		return "", err
	}
	path = filepath.Join(folder, "overlay.json")
	return path, os.WriteFile(path, encoded, 0o600)
}

var foundBySeed = regexp.MustCompile(`seed (\d+) found \d+ things that must not be:\n\s*(.*)`)

// mustBeCaught compiles the mutation and simulates until it is noticed.
func (m mutation) mustBeCaught(t *testing.T, root string) {
	folder := t.TempDir()
	overlay, err := m.overlay(root, folder)
	if err != nil {
		t.Fatal(err)
	}
	binary := filepath.Join(folder, "simulate.test")
	build := exec.CommandContext(t.Context(), "go", "test", "-c", "-overlay", overlay, "-o", binary, "./internal/simulate")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("it does not compile: %v\n%s", err, out)
	}
	seeds := number(t, "SEEDS", mutationSeeds)
	ctx, cancel := context.WithTimeout(t.Context(), mutationTime)
	defer cancel()
	run := exec.CommandContext(ctx, binary, "-test.run=^TestSimulate$")
	run.Dir = filepath.Join(root, "internal", "simulate")
	run.Env = append(os.Environ(), "BULKPAY_MUTATIONS=", "SEED=1", "SEEDS="+strconv.Itoa(seeds), "PAYOUTS="+strconv.Itoa(mutationPayouts), "VERBOSE=")
	out, err := run.CombinedOutput()
	found := foundBySeed.FindStringSubmatch(string(out))
	switch {
	case ctx.Err() != nil:
		t.Errorf("not caught within %v", mutationTime)
	case err == nil:
		t.Errorf("survived %d seeds", seeds)
	case found == nil:
		t.Errorf("it failed without a finding: %v\n%.2000s", err, out)
	default:
		t.Logf("caught by seed %s: %s", found[1], found[2])
	}
}
