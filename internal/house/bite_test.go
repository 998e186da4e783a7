package house

import (
	"fmt"
	"strings"
	"testing"
)

// Each rule is shown something good and something bad.

func fake(t *testing.T, name, text string) []source {
	t.Helper()
	s, err := parse(name, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return []source{s}
}

func TestImportRulesBite(t *testing.T) {
	for _, c := range []struct {
		file, imported string
		good           bool
	}{
		{"ledger/x.go", module + "/internal/money", true},
		{"ledger/x.go", module + "/paypro", false},
		{"ledger/x.go", module + "/ingest", false},
		{"ledger/x_test.go", module + "/ledger", true},
		{"ledger/x_test.go", module + "/paypro", false},
		{"paypro/x.go", module + "/paypro/sandbox", false},
		{"paypro/x_test.go", module + "/paypro/sandbox", true},
		{"paypro/sandbox/x.go", module + "/paypro", false},
		{"paypro/sandbox/x.go", module + "/internal/money", false},
		{"paypro/sandbox/x_test.go", module + "/paypro", false},
		{"report/x.go", module + "/paypro", false},
		{"internal/money/x.go", module + "/internal/mask", false},
		{"internal/dispatch/x.go", module + "/ingest", false},
		{"internal/bench/x.go", module + "/internal/dispatch", true},
		{"internal/bench/x.go", module + "/cmd/bulkpay", false},
		{"internal/house/x_test.go", module + "/cmd/bulkpay", false},
		{"internal/somewhere/x.go", module + "/ledger", false},
		{"cmd/bulkpay/x.go", module + "/report", true},
		{"cmd/bulkpay/x.go", "github.com/google/go-cmp/cmp", false},
		{"cmd/bulkpay/x.go", "testing/fstest", false},
		{"cmd/bulkpay/x_test.go", "github.com/google/go-cmp/cmp", true},
		{"cmd/bulkpay/x.go", "log/slog", true},
		{"cmd/bulkpay/x.go", "log", false},
		{"cmd/bulkpay/x_test.go", "log", true},
		{"cmd/bulkpay/x_test.go", "math/rand", false},
		{"cmd/bulkpay/x_test.go", "math/rand/v2", true},
		{"ingest/x.go", "unsafe", false},
		{"ingest/x.go", "encoding/gob", false},
		{"ingest/x.go", "net/http", false},
		{"report/x.go", "database/sql", false},
	} {
		got := importComplaints(fake(t, c.file, fmt.Sprintf("package x\nimport _ %q\n", c.imported)))
		if good := len(got) == 0; good != c.good {
			t.Errorf("%s importing %s: good = %t", c.file, c.imported, good)
		}
	}
	if len(ruleComplaints(fake(t, "internal/somewhere/x.go", "package somewhere"))) != 1 {
		t.Error("a package without a rule passes")
	}
}

func TestShapeRulesBite(t *testing.T) {
	long := "package x\nfunc f() {" + strings.Repeat("\n", maxFunctionLines) + "}\n"
	words := strings.Repeat("word ", minCommentWords)
	never := func(string) bool { return false }
	barren := func(all []source) []string { return barrenTargets(all, never) }
	for _, c := range []struct {
		what       string
		check      func([]source) []string
		file, text string
		good       bool
	}{
		{"short file", longFiles, "x/x.go", "package x\n" + strings.Repeat("\n", maxFileLines-1), true},
		{"long file", longFiles, "x/x.go", "package x\n" + strings.Repeat("\n", maxFileLines), false},
		{"short function", longFunctions, "x/x.go", strings.Replace(long, "\n}", "}", 1), true},
		{"long function", longFunctions, "x/x.go", long, false},
		{"long helper of a test", longFunctions, "x/x_test.go", long, false},
		{"long test", longFunctions, "x/x_test.go", strings.Replace(long, "f()", "TestF()", 1), true},
		{"comment", mutePackages, "x/x.go", "// Package x " + words + "\npackage x\n", true},
		{"no comment", mutePackages, "x/x.go", "package x\n", false},
		{"empty comment", mutePackages, "x/x.go", "// Package x does x.\npackage x\n", false},
		{"comment on something else", mutePackages, "x/x.go", "// Package y " + words + "\npackage x\n", false},
		{"seed", barren, "x/x_test.go", "package x\nfunc FuzzX(f *testing.F) { for range 3 { f.Add(1) } }\n", true},
		{"seeds by a helper", barren, "x/x_test.go", "package x\nfunc FuzzX(f *testing.F) { seeds(f) }\n", true},
		{"no seed", barren, "x/x_test.go", "package x\nfunc FuzzX(f *testing.F) { f.Fuzz(nil) }\n", false},
	} {
		if got := c.check(fake(t, c.file, c.text)); (len(got) == 0) != c.good {
			t.Errorf("%s: complaints %q", c.what, got)
		}
	}
	if unfinished.MatchString("todos los pagos, TODOS") || !unfinished.MatchString("// TO"+"DO: later") {
		t.Error("what is unfinished is not told from Spanish")
	}
}

func TestModuleRulesBite(t *testing.T) {
	const (
		mod = "module m\n\nrequire example.org/a v1.0.0\n\nrequire (\n\tmodernc.org/libc v1.77.1 // indirect\n)\n"
		doc = "| `example.org/a` | v1.0.0 | because |\n| `modernc.org/libc` | v1.77.1 | because |\n"
	)
	for _, c := range []struct {
		what, mod, doc string
		good           bool
	}{
		{"pinned", mod, doc, true},
		{"another version", strings.Replace(mod, "v1.0.0", "v1.0.1", 1), doc, false},
		{"another libc", strings.Replace(mod, "v1.77.1", "v1.77.2", 1), doc, false},
		{"no libc", strings.Replace(mod, "modernc.org/libc", "modernc.org/other", 1), doc, false},
		{"not justified", mod, strings.Replace(doc, "| because |", "| |", 1), false},
		{"not listed", mod, "", false},
		{"gone", mod, doc + "| `example.org/b` | v1.0.0 | because |\n", false},
		{"replaced", mod + "replace example.org/a => ../a\n", doc, false},
	} {
		if got := moduleComplaints(c.mod, c.doc); (len(got) == 0) != c.good {
			t.Errorf("%s: complaints %q", c.what, got)
		}
	}
}
