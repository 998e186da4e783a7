package house

import (
	"maps"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// libcVersion is the one the SQLite in go.mod was generated with. It reaches
// into libc's insides, and with any other version it may compile and then
// misbehave: see docs/dependencies.md.
const libcVersion = "v1.77.1"

// A requirement is one line of go.mod.
type requirement struct {
	module, version string
	indirect        bool
}

func TestModulesArePinned(t *testing.T) {
	report(t, moduleComplaints(read(t, "go.mod"), read(t, "docs/dependencies.md")))
}

// moduleComplaints holds go.mod against the table that justifies it.
func moduleComplaints(mod, doc string) []string {
	var complaints []string
	required := requirements(mod)
	justified := table(doc)
	libc := ""
	direct := map[string]bool{}
	for _, r := range required {
		if r.module == "modernc.org/libc" {
			libc = r.version
		}
		if r.indirect {
			continue
		}
		direct[r.module] = true
		switch version, ok := justified[r.module]; {
		case !ok:
			complaints = append(complaints, "docs/dependencies.md: no line says why "+r.module+" is used")
		case version != r.version:
			complaints = append(complaints, "go.mod: "+r.module+" "+r.version+", docs/dependencies.md says "+version)
		}
	}
	for _, m := range slices.Sorted(maps.Keys(justified)) {
		if !direct[m] && m != "modernc.org/libc" {
			complaints = append(complaints, "docs/dependencies.md: "+m+" is not a direct dependency any more")
		}
	}
	if libc != libcVersion {
		complaints = append(complaints, "go.mod: modernc.org/libc "+libc+", must be "+libcVersion+" exactly: go get modernc.org/libc@"+libcVersion)
	}
	if directive := overriding.FindString(mod); directive != "" {
		complaints = append(complaints, "go.mod: "+directive+": go install would ignore it")
	}
	return complaints
}

var overriding = regexp.MustCompile(`(?m)^(replace|exclude)\b`)

func requirements(mod string) []requirement {
	var all []requirement
	inside := false
	for line := range strings.Lines(mod) {
		code, comment, _ := strings.Cut(line, "//")
		words := strings.Fields(code)
		switch {
		case len(words) == 2 && words[0] == "require" && words[1] == "(":
			inside = true
			continue
		case len(words) == 1 && words[0] == ")":
			inside = false
		case len(words) == 3 && words[0] == "require":
			words = words[1:]
		case !inside:
			continue
		}
		if len(words) == 2 {
			all = append(all, requirement{words[0], words[1], strings.TrimSpace(comment) == "indirect"})
		}
	}
	return all
}

// tableRow is | `module` | version | …
var tableRow = regexp.MustCompile("(?m)^\\| `([^`]+)` \\| (v[^ |]+) \\| *[^ |]")

func table(doc string) map[string]string {
	versions := map[string]string{}
	for _, m := range tableRow.FindAllStringSubmatch(doc, -1) {
		versions[m[1]] = m[2]
	}
	return versions
}

// topLevel is what stands in the root of the project, and nothing else does.
var topLevel = []string{
	".ci", ".editorconfig", ".gitattributes", ".gitignore", ".golangci.yml",
	"LICENSE", "Makefile", "README.md", "cmd", "docs", "go.mod", "go.sum",
	"ingest", "internal", "ledger", "paypro", "report", "samples",
}

// A run started in the root leaves its folder there, so what git ignores does
// not count; without git there is nothing to compare with.
func TestRootIsTidy(t *testing.T) {
	list := exec.CommandContext(t.Context(), "git", "ls-files", "--cached", "--others", "--exclude-standard")
	list.Dir = root()
	out, err := list.Output()
	if err != nil {
		t.Skip("not a git checkout: ", err)
	}
	seen := map[string]bool{}
	for name := range strings.Lines(string(out)) {
		entry, _, _ := strings.Cut(strings.Trim(strings.TrimSpace(name), `"`), "/")
		if entry != "" && !seen[entry] && !slices.Contains(topLevel, entry) {
			t.Errorf("%s: does not belong in the root of the project", entry)
		}
		seen[entry] = true
	}
}
