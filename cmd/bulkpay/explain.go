package main

import (
	"errors"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/spf13/cobra"

	"github.com/bulkpay/bulkpay/internal/explain"
	"github.com/bulkpay/bulkpay/internal/lang"
	"github.com/bulkpay/bulkpay/paypro"
)

type explainOptions struct {
	area     string
	language string
}

// explainJSON is what `bulkpay explain --json` prints.
type explainJSON struct {
	Language string          `json:"language"`
	Entries  []explainedJSON `json:"entries"`
}

// explainedJSON is one meaning of a code or word.
type explainedJSON struct {
	Code     string   `json:"code"`
	Level    string   `json:"level"`
	Areas    []string `json:"areas,omitempty"`
	Meaning  string   `json:"meaning"`
	Reason   string   `json:"reason,omitempty"`
	Whose    string   `json:"whose"`
	PayAgain string   `json:"payAgain"`
	Action   string   `json:"action,omitempty"`
}

func newExplain(a *app) *cobra.Command {
	o := &explainOptions{}
	cmd := &cobra.Command{
		Use:   "explain [CODE]",
		Short: "Say what a code, a reason, a state or an exit code means, and what to do",
		Long: `explain says what a code of the gateway (0000, 00029, 8000), a reason (timeout), a state (in_doubt), a word of the
reports (NOT TIED), the sentence with which a run stopped or an exit code (exit 4) means, whose job it is, whether it is safe
to pay again, and what to do. A code that means several things is explained once for each, with where it comes from.

Without CODE it lists all of them. About one payout, ask bulkpay show TRADENO: no code alone says how a payout stands.`,
		Example: `  bulkpay explain 00029 --area mexico
  bulkpay explain timeout
  bulkpay explain exit 4 --lang es`,
		Args: cobra.ArbitraryArgs, // "exit 4", or a whole sentence
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return codes(), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error { return a.explain(o, strings.Join(args, " ")) },
	}
	flags := cmd.Flags()
	flags.StringVar(&o.area, "area", "", "the gateway's codes of one area only: "+areaNames())
	flags.StringVar(&o.language, "lang", "", languageHelp)
	return cmd
}

// codes are what a shell offers to complete.
func codes() []string {
	var found []string
	for _, e := range explain.List(nil) {
		found = append(found, e.Code)
	}
	slices.Sort(found)
	return slices.Compact(found)
}

func (a *app) explain(o *explainOptions, code string) error {
	if _, err := a.loadConfig(); err != nil {
		a.log().Info("the configuration cannot be read; what codes mean does not depend on it", "why", err)
	}
	l, err := a.language(o.language)
	if err != nil {
		return err
	}
	var area *paypro.Area
	if o.area != "" {
		var ok bool
		if area, ok = paypro.LookupArea(o.area); !ok {
			return usageError{errors.New("there is no area " + o.area + ": choose one of " + areaNames())}
		}
	}
	entries := explain.List(area)
	if code != "" {
		if entries, err = explain.Find(code, area); err != nil {
			return unexplained(err)
		}
	}
	switch {
	case a.json:
		return a.printJSON(explained(entries, l))
	case code == "":
		a.printCatalogue(entries, l)
	default:
		a.printEntries(entries, l)
	}
	return nil
}

// unexplained is the error about what is no code.
func unexplained(err error) error {
	hint := "bulkpay explain lists all there are"
	var not *explain.NotFoundError
	if errors.As(err, &not) {
		var likely []string
		for _, code := range not.Nearest {
			likely = append(likely, "bulkpay explain "+code)
		}
		switch {
		case not.Hint != "":
			hint = not.Hint
		case len(likely) > 0:
			hint = strings.Join(likely, ", or ")
		}
	}
	return hinted{usageError{err}, hint}
}

func explained(entries []explain.Entry, l lang.Lang) explainJSON {
	found := explainJSON{Language: l.String(), Entries: []explainedJSON{}}
	for _, e := range entries {
		found.Entries = append(found.Entries, explainedJSON{
			e.Code, string(e.Level), e.Areas, e.Meaning(l), e.Reason, string(e.Whose), string(e.Again), e.Action(l),
		})
	}
	return found
}

// printEntries prints everything about a few entries.
func (a *app) printEntries(entries []explain.Entry, l lang.Lang) {
	for i, e := range entries {
		if i > 0 {
			a.tell("\n")
		}
		head := e.Code + " · " + e.Level.Heading(l)
		if where := e.Where(l); where != "" {
			head += " · " + where
		}
		a.tell("%s\n", head)
		lines := [][2]string{
			{l.Text("means"), e.Meaning(l)},
			{l.Text("whose job"), e.Whose.In(l)},
			{l.Text("pay again?"), l.Text("%s: %s", e.Again.In(l), e.Again.Because(l))},
			{l.Text("what to do"), e.Action(l)},
		}
		width := 0
		for _, line := range lines {
			width = max(width, text.StringWidth(line[0]))
		}
		for _, line := range lines {
			if line[1] != "" {
				a.tell("  %s  %s\n", text.Pad(line[0], width, ' '), line[1])
			}
		}
	}
}

// printCatalogue prints a line for each entry, level by level.
func (a *app) printCatalogue(entries []explain.Entry, l lang.Lang) {
	width := 0
	for _, e := range entries {
		width = max(width, len(e.Code))
	}
	level := explain.Level("")
	for _, e := range entries {
		if e.Level != level {
			if level != "" {
				a.tell("\n")
			}
			level = e.Level
			a.tell("%s\n", level.Heading(l))
		}
		meaning := e.Meaning(l)
		if where := e.Where(l); where != "" {
			meaning += " (" + where + ")"
		}
		a.tell("  %-*s  %s\n", width, e.Code, meaning)
	}
}
