package ledger

import (
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestStatesDocument holds the generated parts of docs/states.md against the
// code; -update writes them.
func TestStatesDocument(t *testing.T) {
	t.Parallel()
	const path = "../docs/states.md"
	raw, err := os.ReadFile(path)
	must(t, err)
	text := string(raw)
	for name, part := range map[string]string{"table": transitionTable(), "diagram": transitionDiagram()} {
		section := regexp.MustCompile(`(?s)(<!-- generated: ` + name + ` -->\n).*?(<!-- end -->)`)
		if !section.MatchString(text) {
			t.Fatalf("%s has no section %q", path, name)
		}
		text = section.ReplaceAllStringFunc(text, func(was string) string {
			marks := section.FindStringSubmatch(was)
			return marks[1] + part + marks[2]
		})
	}
	if *update {
		must(t, os.WriteFile(path, []byte(text), 0o644))
		return
	}
	equal(t, path+" (go test ./ledger -run TestStatesDocument -update rewrites it)", string(raw), text)
	for _, state := range States() {
		if !strings.Contains(text, "### `"+string(state)+"`") {
			t.Errorf("%s says nothing about %s", path, state)
		}
	}
}

// ways lists what leads from a state to another, and when.
func ways(way Transition) (whats []string, flagged bool) {
	if way == (Transition{Ready, Submitting}) {
		return []string{"claim, when it is due"}, false
	}
	for _, kind := range Kinds() {
		var whens []condition
		for _, line := range cell(way.From, kind) {
			words := strings.Fields(line)
			loud := words[len(words)-1] == "!"
			if loud || words[len(words)-1] == "?" {
				words = words[:len(words)-1]
			}
			if words[len(words)-1] != string(way.To) {
				continue
			}
			flagged = flagged || loud
			whens = append(whens, conditionOf(words[:len(words)-1]))
		}
		if len(whens) > 0 {
			whats = append(whats, strings.TrimSpace("`"+string(kind)+"` "+phrase(kind, merged(way.From, whens))))
		}
	}
	return whats, flagged
}

// condition is when a way is open: the values that each circumstance may
// have; one that is not named may have any.
type condition map[string][]string

func conditionOf(words []string) condition {
	c := condition{}
	for _, word := range words {
		name, value, _ := strings.Cut(word, "=")
		c[name] = []string{value}
	}
	return c
}

// merged joins conditions that differ in one circumstance only.
func merged(from State, whens []condition) []condition {
	all := map[string]int{"sends": 3 - fewestSends(from), "from": len(sources), "known": 2, "conflict": 2, "denied": 2, "spent": 2, "stuck": 2}
	for i := 0; i < len(whens); i++ {
		for k := i + 1; k < len(whens); k++ {
			name, ok := onlyDifference(whens[i], whens[k])
			if !ok {
				continue
			}
			values := append(slices.Clone(whens[i][name]), whens[k][name]...)
			whens[i] = maps.Clone(whens[i])
			if whens[i][name] = values; len(values) == all[name] {
				delete(whens[i], name)
			}
			return merged(from, slices.Delete(whens, k, k+1))
		}
	}
	return whens
}

func onlyDifference(a, b condition) (name string, ok bool) {
	if len(a) != len(b) {
		return "", false
	}
	for key, values := range a {
		others, named := b[key]
		if !named || !slices.Equal(values, others) && name != "" {
			return "", false
		}
		if !slices.Equal(values, others) {
			name = key
		}
	}
	return name, name != ""
}

var circumstances = []struct{ name, values, phrase string }{
	{"sends", "0", "never sent"},
	{"sends", "1", "sent once"},
	{"sends", "2", "sent more than once"},
	{"sends", "1 2", "sent"},
	{"from", "query", "asked"},
	{"from", "current", "the latest attempt's own answer"},
	{"from", "older", "an older attempt's answer"},
	{"from", "callback", "called back"},
	{"from", "query callback", "asked or called back"},
	{"from", "query current", "asked, or the latest attempt's own answer"},
	{"from", "current older", "an attempt's own answer"},
	{"from", "query current callback", "no older attempt's answer"},
	{"from", "query current older", "not called back"},
	{"from", "current older callback", "not asked"},
	{"from", "query older callback", "not the latest attempt's own answer"},
	{"known", "0", "never known to the gateway"},
	{"known", "1", "known to the gateway before"},
	{"conflict", "0", "not held by a contradiction"},
	{"conflict", "1", "held by a contradiction"},
	{"denied", "0", "not denied long enough"},
	{"denied", "1", "denied often and long enough"},
	{"spent", "0", "may be sent again"},
	{"spent", "1", "may not be sent again"},
	{"stuck", "0", "not stuck"},
	{"stuck", "1", "stuck"},
}

// phrase says conditions in words. Whose word a person's is needs none.
func phrase(kind Kind, whens []condition) string {
	persons := slices.Contains([]Kind{Hold, Release, Cancel, SaidPaid, SaidNotPaid, Resend, Interrupted}, kind)
	var out []string
	for _, when := range whens {
		var words []string
		for _, c := range circumstances {
			if values, named := when[c.name]; named && strings.Join(values, " ") == c.values && (!persons || c.name != "from") {
				words = append(words, c.phrase)
			}
		}
		if line := strings.Join(words, ", "); line != "" && !slices.Contains(out, line) {
			out = append(out, line)
		}
	}
	if len(out) == 0 {
		return ""
	}
	return "(" + strings.Join(out, "; or ") + ")"
}

func transitionTable() string {
	var b strings.Builder
	b.WriteString("\n| from | to | by | flagged |\n|---|---|---|---|\n")
	for _, way := range Transitions() {
		whats, flagged := ways(way)
		mark := ""
		if flagged {
			mark = "yes"
		}
		fmt.Fprintf(&b, "| `%s` | `%s` | %s | %s |\n", way.From, way.To, strings.Join(whats, "<br>"), mark)
	}
	b.WriteString("\n")
	return b.String()
}

func transitionDiagram() string {
	var b strings.Builder
	b.WriteString("\n```mermaid\nstateDiagram-v2\n    [*] --> ready: import\n    [*] --> held: import of a suspect\n")
	for _, way := range Transitions() {
		label := "claim"
		if way != (Transition{Ready, Submitting}) {
			var kinds []string
			whats, _ := ways(way)
			for _, what := range whats {
				kinds = append(kinds, strings.Trim(strings.Fields(what)[0], "`"))
			}
			label = strings.Join(kinds, ", ")
		}
		fmt.Fprintf(&b, "    %s --> %s: %s\n", way.From, way.To, label)
	}
	for _, state := range []State{Cancelled, Reversed} {
		fmt.Fprintf(&b, "    %s --> [*]\n", state)
	}
	b.WriteString("```\n\n")
	return b.String()
}
