//go:generate go test . -run TestErrorsDocument -update

package explain

import (
	"fmt"
	"slices"
	"strings"

	"github.com/bulkpay/bulkpay/internal/lang"
)

// headings are what the levels are called, and what is to be known of them.
var headings = map[Level]struct{ name, says lang.Key }{
	LevelInner:   {"Inner codes of the gateway", "They stand in data.status and say what became of the payout. Any other code there settles nothing: the payout is in doubt."},
	LevelOuter:   {"Outer codes of the gateway", "They stand in code and say what became of the call. In an answer to a question they say nothing about the payout. Any other code leaves the payout in doubt."},
	LevelHTTP:    {"HTTP statuses", "The gateway's documents know 200 alone. Everything else may come from a machine in between."},
	LevelReason:  {"Reasons", "Why a payout is in its state: in the history of `bulkpay show TRADENO`, in the reports, in the exports."},
	LevelState:   {"States", "How a payout stands."},
	LevelVerdict: {"What one answer means", "The first thing made of an answer. What it does to the payout depends on how that stands."},
	LevelEvent:   {"Events", "The entries of a payout's history."},
	LevelHalt:    {"Why a run stops by itself", "Going on would do harm. What is unsent stays ready, and requests on their way finish."},
	LevelReport:  {"Words of the reports", "Those that are no states."},
	LevelMatch:   {"Matching with statements", "What a payout and a line of a statement are to one another."},
	LevelExit:    {"Exit codes", "What a command ends with, for cron and scripts. Any other code is an error."},
}

// Heading is what a level is called.
func (l Level) Heading(in lang.Lang) string { return in.Text(headings[l].name) }

// About is what is to be known of a level.
func (l Level) About(in lang.Lang) string { return in.Text(headings[l].says) }

// Where says in which areas an entry of the gateway holds; "" for all others.
func (e Entry) Where(l lang.Lang) string {
	switch {
	case len(e.Areas) == 0:
		return ""
	case e.everyArea():
		return l.Text("everywhere")
	}
	names := e.areaNames()
	for i, name := range names {
		names[i] = l.Text(lang.Key(name))
	}
	return l.List(names...)
}

// Document is the whole catalogue as Markdown.
func Document(l lang.Lang) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n", l.Text("What every code means"))
	for _, text := range []lang.Key{
		"For whoever finds a code, a word or an exit status and must decide what to do. `bulkpay explain CODE` says the same of one code.",
		"One rule stands above all of it: nothing is paid again that may have been paid. A code alone never proves that a payout was not paid: how the payout stands does, and `bulkpay show TRADENO` says that.",
		"This page is made of the program's own table.",
	} {
		fmt.Fprintf(&b, "%s\n\n", l.Text(text))
	}
	fmt.Fprintf(&b, "%s\n\n", l.Text("The column %q answers whether a payout may be paid anew because of this:", l.Text("pay again?")))
	for _, again := range answers() {
		says := again.Because(l)
		if again == AfterAsking {
			says = Speak(l).join(says, l.Text(standFirst))
		}
		fmt.Fprintf(&b, "- %s\n", l.Text("%s: %s", "**"+again.In(l)+"**", says))
	}
	b.WriteString("\n")
	for _, level := range Levels() {
		fmt.Fprintf(&b, "## %s\n\n%s\n\n", level.Heading(l), level.About(l))
		section(&b, l, level)
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}

// section is the table of one level.
func section(b *strings.Builder, l lang.Lang, level Level) {
	entries := pick(Catalogue(), func(e Entry) bool { return e.Level == level })
	line := func(cells ...string) {
		if len(entries[0].Areas) == 0 {
			cells = slices.Delete(cells, 1, 2) // where
		}
		b.WriteString("| " + strings.Join(cells, " | ") + " |\n")
	}
	line(l.Text("code"), l.Text("where"), l.Text("means"), l.Text("whose job"), l.Text("pay again?"), l.Text("what to do"))
	line("---", "---", "---", "---", "---", "---")
	for _, e := range entries {
		does := slices.DeleteFunc(slices.Clone(e.does), func(key lang.Key) bool { return key == standFirst }) // said above
		line("`"+e.Code+"`", e.Where(l), e.Meaning(l), e.Whose.In(l), e.Again.In(l), Speak(l).sentences(does...))
	}
	b.WriteString("\n")
}
