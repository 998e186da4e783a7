package house

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// A rule says what of ours a package may import.
type rule struct {
	may   []string // in the package
	tests []string // in its tests besides; the package itself goes without saying
	all   bool     // everything but cmd
	why   string
}

// rules has one line for every package with more than tests in it. The same
// rules stand in .golangci.yml; change both, with the reason.
var rules = map[string]rule{
	"cmd/bulkpay": {all: true, why: "the commands wire everything together"},

	"ledger": {
		may: []string{"internal/money"},
		why: "the ledger knows neither sheets nor gateways, so that both can change under batches that are years old",
	},
	"paypro": {
		may: []string{"internal/money"}, tests: []string{"paypro/sandbox"},
		why: "the client turns requests into verdicts; whether and when to send is not its business",
	},
	"paypro/sandbox": {
		why: "a second reading of the gateway's documents must not share the first one's mistakes",
	},
	"ingest": {
		may: []string{"paypro", "internal/money", "internal/textfile", "internal/visible", "internal/xlsx"}, tests: []string{"internal/samplegen"},
		why: "a sheet is checked without a ledger and without a gateway",
	},
	"report": {
		may: []string{"ledger", "internal/money", "internal/mask", "internal/atomicfile", "internal/neutral", "internal/lang", "internal/spoolzip", "internal/visible"},
		why: "a report tells what the ledger holds and nothing else, or it could not be defended",
	},
	"internal/export": {
		may: []string{"ledger", "internal/mask", "internal/atomicfile", "internal/neutral", "internal/spoolzip"}, tests: []string{"internal/money"},
		why: "gives out what the ledger holds, for whatever program: it explains and adds nothing",
	},
	"internal/backup": {
		may: []string{"ledger", "internal/atomicfile"}, tests: []string{"internal/money"},
		why: "copies a ledger, whatever is in it",
	},
	"internal/spoolzip": {
		may: []string{"internal/atomicfile"},
		why: "writes any workbook, whatever is in it",
	},
	"internal/evidence": {
		may:   []string{"ledger", "internal/evidence/pack", "internal/atomicfile", "internal/mask", "internal/neutral", "internal/visible"},
		tests: []string{"internal/evidence/offline", "internal/money", "internal/iso20022", "internal/journal"},
		why:   "gathers what the ledger holds; what others have to add is handed to it",
	},
	"internal/evidence/pack": {
		may: []string{"internal/atomicfile"},
		why: "the form of a pack, for who writes it and for who checks it without a ledger",
	},
	"internal/evidence/offline": {
		may:   []string{"internal/evidence/pack", "internal/money", "internal/neutral", "internal/spill", "internal/visible"},
		tests: []string{"ledger"},
		why:   "a check that used the ledger's own code would repeat its mistakes",
	},
	"internal/dispatch": {
		may:   []string{"ledger", "paypro", "internal/money", "internal/recorder"},
		tests: []string{"paypro/sandbox"},
		why:   "dispatch knows neither sheets nor reports",
	},
	"internal/recorder": {
		may:   []string{"ledger"},
		tests: []string{"internal/money"},
		why:   "writes down what others have learned, wherever they learned it",
	},
	"internal/receive": {
		may:   []string{"ledger", "paypro", "internal/recorder"},
		tests: []string{"paypro/sandbox", "internal/dispatch", "internal/money"},
		why:   "callbacks are read, held against the ledger and recorded; nothing is sent there",
	},
	"internal/retry": {
		may: []string{"ledger", "paypro", "internal/dispatch", "internal/money"},
		why: "what was called off is asked about and made anew; no sheet is involved",
	},
	"internal/audit": {
		may: []string{"internal/money"},
		why: "an auditor that used the ledger's own code would believe its mistakes",
	},
	"internal/textfile": {why: "a leaf: sheets and statements are text in the same encodings"},
	"internal/memnet":   {why: "a leaf: connections within a process"},
	"internal/simulate": {all: true, why: "lets everything run against a misbehaving gateway"},
	"internal/intake": {
		may:   []string{"ingest", "ledger", "paypro", "internal/money", "internal/mask", "internal/spill"},
		tests: []string{"internal/samplegen"},
		why:   "intake carries rows from a sheet into the ledger; nothing is sent and nothing reported there",
	},
	"internal/compare": {
		may:   []string{"ingest", "ledger", "paypro", "internal/money", "internal/mask", "internal/spill", "internal/visible"},
		tests: []string{"internal/samplegen"},
		why:   "sets a sheet beside the ledger; nothing is written",
	},
	"internal/journal": {
		may: []string{"ledger", "internal/money", "internal/neutral", "internal/visible"},
		why: "bookings tell what the ledger's events say and nothing else",
	},
	"internal/iso20022": {
		may: []string{"ledger", "internal/mask", "internal/money"},
		why: "a bank's message tells how the ledger's payouts stand and nothing else",
	},
	"internal/config": {
		may: []string{"paypro", "internal/money", "internal/atomicfile", "internal/lang", "internal/statement"},
		why: "a configuration is read before anything is opened",
	},
	"internal/tieout": {
		may:   []string{"ledger", "report", "internal/money"},
		tests: []string{"internal/reconcile", "internal/reconcile/month"},
		why:   "holds what the ledger says against what the gateway said; both are in the ledger's history",
	},
	"internal/reconcile": {
		may:   []string{"ledger", "report", "internal/statement", "internal/money", "internal/mask"},
		tests: []string{"internal/reconcile/month", "internal/statement/statementgen"},
		why:   "carries statements into the ledger and what they came to into reports; the gateway is not asked",
	},
	"internal/reconcile/month": {
		may: []string{"ledger", "internal/money"},
		why: "a month is made of lines as the ledger takes them, whatever they were read from",
	},
	"internal/statement": {
		may:   []string{"internal/money", "internal/mask", "internal/textfile", "internal/visible", "internal/xlsx"},
		tests: []string{"internal/statement/statementgen"},
		why:   "a statement is read without a ledger, so that it cannot be read as the ledger would like it",
	},
	"internal/statement/statementgen": {
		may: []string{"internal/money", "internal/statement"},
		why: "writes statements from the reader's types and none of its code, so that the two check one another",
	},
	"internal/explain": {
		may: []string{"ledger", "paypro", "internal/lang"}, tests: []string{"internal/money", "report"},
		why: "states and codes in plain words: it looks at both vocabularies and does nothing",
	},
	"internal/money":      {why: "a leaf, used from everywhere"},
	"internal/mask":       {why: "a leaf, used from everywhere"},
	"internal/atomicfile": {why: "a leaf, used from everywhere"},
	"internal/lang":       {why: "a leaf: whoever writes for people asks it for the words"},

	"internal/neutral": {why: "a leaf, used from everywhere"},
	"internal/visible": {why: "a leaf: whoever shows texts of strangers to people"},
	"internal/spill":   {why: "sorts records of any kind"},
	"internal/xlsx":    {why: "reads any workbook, whatever it is for"},
	"internal/handback": {
		may: []string{"internal/atomicfile", "internal/neutral"},
		why: "marks any sheet, whatever is wrong with it",
	},
	"internal/template": {
		may: []string{"paypro"}, tests: []string{"ingest", "internal/samplegen"},
		why: "a template made with the reader would prove nothing about it",
	},

	"internal/bench": {all: true, why: "measures the whole way of a row"},
	"internal/samplegen": {
		may: []string{"paypro"}, tests: []string{"ingest"},
		why: "samples made with the reader would prove nothing about it",
	},
	"internal/samplegen/cmd/samplegen": {
		may: []string{"internal/samplegen", "paypro"},
		why: "samples made with the reader would prove nothing about it",
	},
}

// nowhere is what no file imports.
var nowhere = map[string]string{
	"unsafe":       "nothing here is worth a memory error",
	"encoding/gob": "what is kept must be readable by people and other programs for years",
	"math/rand":    "use math/rand/v2 for tests and load, crypto/rand for numbers that are kept",
}

// testsOnly is what only tests import.
var testsOnly = map[string]string{
	"log":                             "a library returns what happened; take a *slog.Logger where a log is needed",
	"testing":                         "must not reach the binary",
	"github.com/rogpeppe/go-internal": "must not reach the binary",
	"github.com/google/go-cmp":        "may panic, and must not reach the binary",
	"pgregory.net/rapid":              "must not reach the binary",
	"go.uber.org/goleak":              "must not reach the binary",
}

// only names the packages in which a library is at home; elsewhere it would be
// a second place that knows about files, tables or the network. Tests are free.
var only = map[string][]string{
	"database/sql":                    {"ledger", "internal/audit", "internal/bench"},
	"modernc.org/sqlite":              {"ledger", "internal/audit", "internal/bench"},
	"github.com/gocarina/gocsv":       {"ingest", "cmd/bulkpay"},
	"github.com/xuri/excelize/v2":     {"report", "internal/export", "internal/spoolzip", "internal/statement/statementgen", "internal/samplegen", "internal/template"},
	"github.com/spf13/cobra":          {"cmd/bulkpay"},
	"github.com/pelletier/go-toml":    {"internal/config"},
	"github.com/govalues/decimal":     {"internal/money"},
	"net/http":                        {"paypro", "paypro/sandbox", "cmd/bulkpay", "internal/bench", "internal/receive", "internal/simulate"},
	"golang.org/x/time/rate":          {"internal/dispatch", "internal/receive"},
	"github.com/jedib0t/go-pretty":    {"cmd/bulkpay", "report"},
	"golang.org/x/term":               {"cmd/bulkpay"},
	"codeberg.org/go-pdf/fpdf":        {"report"},
	"golang.org/x/image":              {"report"},
	"github.com/nyaruka/phonenumbers": {"paypro"},
}

func TestImports(t *testing.T) { report(t, importComplaints(sources(t))) }

func importComplaints(all []source) []string {
	var complaints []string
	for _, s := range all {
		for _, spec := range s.file.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				panic(spec.Path.Value)
			}
			if why := objection(s.dir(), s.isTest(), imported); why != "" {
				complaints = append(complaints, fmt.Sprintf("%s: imports %s: %s", s.at(spec.Pos()), imported, why))
			}
		}
	}
	return complaints
}

// objection is why a file of the package must not have the import, or "".
func objection(pkg string, isTest bool, imported string) string {
	if why, ok := nowhere[imported]; ok {
		return why
	}
	if ours, ok := strings.CutPrefix(imported, module+"/"); ok {
		return objectionToOurs(pkg, isTest, ours)
	}
	if isTest {
		return ""
	}
	for library, why := range testsOnly {
		if imported == library || library != "log" && within(imported, library) {
			return "for tests: " + why
		}
	}
	for library, homes := range only {
		if within(imported, library) && !slices.Contains(homes, pkg) {
			return "belongs in " + strings.Join(homes, ", ") + " only"
		}
	}
	return ""
}

func objectionToOurs(pkg string, isTest bool, ours string) string {
	r := rules[pkg]
	switch {
	case isTest && (ours == pkg || slices.Contains(r.tests, ours)):
		return ""
	case within(ours, "cmd"):
		return "nobody reaches back into the commands"
	case r.all || slices.Contains(r.may, ours):
		return ""
	}
	if r.why == "" {
		if isTest {
			return "" // a package of nothing but tests is bound by the rule above only
		}
		return "no rule allows it"
	}
	return r.why
}

// within tells whether a path is the prefix or below it.
func within(imported, prefix string) bool {
	rest, ok := strings.CutPrefix(imported, prefix)
	return ok && (rest == "" || rest[0] == '/')
}

// Every package has its line, and no line is for a package that has gone.
func TestEveryPackageHasARule(t *testing.T) { report(t, ruleComplaints(sources(t))) }

func ruleComplaints(all []source) []string {
	var complaints []string
	there := map[string]bool{}
	for _, s := range all {
		if !s.isTest() {
			there[s.dir()] = true
		}
	}
	for _, pkg := range slices.Sorted(maps.Keys(there)) {
		if _, ok := rules[pkg]; !ok {
			complaints = append(complaints, pkg+": no rule says what it may import: "+
				"add it to internal/house/imports_test.go and .golangci.yml, with the reason")
		}
	}
	return complaints
}

// The linter's rules name the same packages.
func TestLinterHasTheSameRules(t *testing.T) {
	config := read(t, ".golangci.yml")
	for pkg, r := range rules {
		if r.all || path.Base(path.Dir(pkg)) == "cmd" {
			continue // bound by the rules for everywhere only
		}
		if !strings.Contains(config, `"**/`+pkg+`/*.go"`) {
			t.Errorf(".golangci.yml: no depguard rule for %s", pkg)
		}
	}
	denied := func(imported string) bool {
		return strings.Contains(config, "- pkg: "+imported+"\n") || strings.Contains(config, "- pkg: "+imported+"$\n")
	}
	for imported := range nowhere {
		if !denied(imported) {
			t.Errorf(".golangci.yml: depguard does not deny %s", imported)
		}
	}
	for imported := range testsOnly {
		if !denied(imported) {
			t.Errorf(".golangci.yml: depguard does not keep %s to tests", imported)
		}
	}
}
