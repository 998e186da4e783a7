package ledger

import (
	"fmt"
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
		var whens []string
		for _, line := range cell(way.From, kind) {
			words := strings.Fields(line)
			loud := words[len(words)-1] == "!"
			if loud {
				words = words[:len(words)-1]
			}
			if words[len(words)-1] != string(way.To) {
				continue
			}
			flagged = flagged || loud
			whens = append(whens, when(words[:len(words)-1]))
		}
		if len(whens) > 0 {
			whats = append(whats, strings.TrimSpace("`"+string(kind)+"` "+merged(whens)))
		}
	}
	return whats, flagged
}

var circumstances = map[string]string{
	"attempts=0": "never sent", "attempts=1": "sent once", "attempts=2": "sent again",
	"current=0": "of an older attempt", "current=1": "of the latest attempt",
	"known=0": "never known to the gateway", "known=1": "known to the gateway before",
	"conflict=0": "not held by a contradiction", "conflict=1": "held by a contradiction",
	"denied=0": "not denied long enough", "denied=1": "denied often and long enough",
	"spent=0": "may be sent again", "spent=1": "may not be sent again",
}

func when(words []string) string {
	var phrases []string
	for _, word := range words {
		phrase, known := circumstances[word]
		if !known {
			phrase = word
		}
		phrases = append(phrases, phrase)
	}
	return strings.Join(phrases, ", ")
}

// merged says "sent" where a way is open after one attempt and after more.
func merged(whens []string) string {
	var out []string
	for _, w := range whens {
		if again := strings.Replace(w, "sent once", "sent again", 1); again != w && slices.Contains(whens, again) {
			w = strings.Replace(w, "sent once", "sent", 1)
		} else if once := strings.Replace(w, "sent again", "sent once", 1); once != w && slices.Contains(whens, once) {
			continue
		}
		if w != "" {
			out = append(out, w)
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
