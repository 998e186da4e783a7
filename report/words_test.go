package report

import (
	"context"
	"errors"
	"iter"
	"strings"
	"testing"

	"github.com/bulkpay/bulkpay/ledger"
)

// lineOf is a source of one payout.
func lineOf(p *ledger.Payout) Source { return source([]ledger.Line{{Row: p.Row, Payout: p}}) }

// Whoever checks the books must see in every form who it was, and why, and
// that no answer of the gateway stands behind it.
func TestEveryFormSaysOnWhoseWordAPayoutStands(t *testing.T) {
	t.Parallel()
	for _, one := range []struct {
		reason string
		kind   ledger.Kind
		state  ledger.State
	}{
		{ledger.ReasonSaidPaid, ledger.SaidPaid, ledger.Succeeded},
		{ledger.ReasonSaidNotPaid, ledger.SaidNotPaid, ledger.Failed},
		{ledger.ReasonSaidNotPaid, ledger.SaidNotPaid, ledger.Reversed},
	} {
		p := payout(2, one.state, "Ana", 100_00)
		say(p, one.reason, "statement of 21 Nov, line 88")
		s := lineOf(p)
		s.Batches[0].History = historyOf(map[int64]ledger.Event{2: {Kind: string(one.kind), Actor: "person:maria"}})
		files, err := Write(t.Context(), t.TempDir(), "x", s, Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			text := string(read(t, file.Path))
			if file.Format == "xlsx" {
				text = content(t, file)
				for _, sheet := range []string{string(rowsSheet), string(exceptionsSheet)} {
					for _, row := range cells(t, open(t, file.Path), sheet) {
						text += strings.Join(row, " ")
					}
				}
			}
			for _, want := range []string{
				"person:maria", "statement of 21 Nov, line 88", "no answer of the gateway stands behind it", "on the word of person:maria: ",
			} {
				if !strings.Contains(strings.ReplaceAll(text, "&#39;", "'"), want) {
					t.Errorf("%s, %s: lacks %q", one.state, file.Format, want)
				}
			}
			if file.Format != "json" && !strings.Contains(strings.ReplaceAll(text, "&#39;", "'"), "1 payout, 100.00 MXN, stands as it does on a person's word") {
				t.Errorf("%s, %s: the summary does not say it", one.state, file.Format)
			}
			if strings.Contains(text, "Gateway: ") {
				t.Errorf("%s, %s: the gateway is said to have said it", one.state, file.Format)
			}
			if file.Format == "json" {
				if row := document(t, text).Rows[0]; row.WordOf != "person:maria" || row.Message != "" {
					t.Errorf("%s: %+v", one.state, row)
				}
			}
		}
	}
}

// A word that was overtaken by an answer is history.
func TestOnlyWhatStandsOnAWordSaysSo(t *testing.T) {
	t.Parallel()
	for _, state := range ledger.States() {
		for _, reason := range []string{
			ledger.ReasonSaidPaid, ledger.ReasonSaidNotPaid, ledger.ReasonResend, ledger.ReasonReleased, ledger.ReasonStuck, "paid", "failed",
		} {
			p := payout(2, state, "Ana", 100)
			p.Reason = reason
			want := reason == ledger.ReasonSaidPaid && state == ledger.Succeeded ||
				reason == ledger.ReasonSaidNotPaid && (state == ledger.Failed || state == ledger.Reversed)
			asked := false
			s := lineOf(p)
			s.Batches[0].History = func(context.Context, int64) iter.Seq2[ledger.Event, error] {
				asked = true
				return func(func(ledger.Event, error) bool) {}
			}
			e, err := entryOf(t, ledger.Line{Row: 2, Payout: p})
			if err == nil {
				err = newPaper(s, Options{}).sections[0].nameSpeaker(t.Context(), &e, p)
			}
			if err != nil || (e.WordOf != "") != want || asked != want || want && !e.exception() {
				t.Errorf("%s because of %s: on the word of %q, history read: %v, %v", state, reason, e.WordOf, asked, err)
			}
		}
	}
}

func TestTheSpeaker(t *testing.T) {
	t.Parallel()
	p := payout(2, ledger.Succeeded, "Ana", 100)
	say(p, ledger.ReasonSaidPaid, "seen")
	broken := errors.New("broken")
	events := func(events []ledger.Event, err error) func(context.Context, int64) iter.Seq2[ledger.Event, error] {
		return func(_ context.Context, id int64) iter.Seq2[ledger.Event, error] {
			if id != p.ID {
				t.Errorf("asked about %d", id)
			}
			return func(yield func(ledger.Event, error) bool) {
				for _, event := range events {
					if !yield(event, nil) {
						return
					}
				}
				if err != nil {
					yield(ledger.Event{}, err)
				}
			}
		}
	}
	paid := func(actor string) ledger.Event { return ledger.Event{Kind: string(ledger.SaidPaid), Actor: actor} }
	for name, one := range map[string]struct {
		history func(context.Context, int64) iter.Seq2[ledger.Event, error]
		who     string
		err     error
	}{
		"no history":      {nil, "a person", nil},
		"not in it":       {events([]ledger.Event{{Kind: string(ledger.SaidNotPaid), Actor: "person:otto"}}, nil), "a person", nil},
		"the last one":    {events([]ledger.Event{paid("person:maria"), paid("person:tomás"), {Kind: "hint", Actor: "callback"}}, nil), "person:tomás", nil},
		"a broken ledger": {events([]ledger.Event{paid("person:maria")}, broken), "", broken},
	} {
		s := lineOf(p)
		s.Batches[0].History = one.history
		files, err := Write(t.Context(), t.TempDir(), "x", s, Options{})
		if !errors.Is(err, one.err) {
			t.Errorf("%s: error %v", name, err)
		}
		for _, file := range files {
			if file.Format != "json" {
				continue
			}
			row := document(t, string(read(t, file.Path))).Rows[0]
			want := "paid on the word of " + one.who + ": seen; no answer of the gateway stands behind it"
			if one.who == "a person" {
				want = "paid on a person's word: seen; no answer of the gateway stands behind it"
			}
			if row.WordOf != one.who || row.Reason != want {
				t.Errorf("%s: %+v", name, row)
			}
		}
	}
}

// Whoever explains, the name is in the row.
func TestTheSpeakerIsNamedWhoeverExplains(t *testing.T) {
	t.Parallel()
	p := payout(2, ledger.Succeeded, "Ana", 100)
	say(p, ledger.ReasonSaidPaid, "seen")
	s := lineOf(p)
	s.Batches[0].History = historyOf(map[int64]ledger.Event{2: {Kind: string(ledger.SaidPaid), Actor: "person:maria"}})
	for said, want := range map[string]string{
		"Paid on a person's word: written on a person's word.": "Paid on the word of person:maria: written on a person's word.",
		"Seen by somebody.": "Seen by somebody. Said by person:maria.",
	} {
		e, err := explainedEntry(ledger.Line{Row: 2, Payout: p}, func(ledger.Payout) Advice { return Advice{said, "", ""} })
		if err == nil {
			err = newPaper(s, Options{}).sections[0].nameSpeaker(t.Context(), &e, p)
		}
		if err != nil || e.Reason != want {
			t.Errorf("%q, %v, want %q", e.Reason, err, want)
		}
	}
}

func TestAStrangersNameIsNoMarkup(t *testing.T) {
	t.Parallel()
	var lines []ledger.Line
	events := map[int64]ledger.Event{}
	for i, text := range hostile {
		p := payout(i+2, ledger.Succeeded, "Ana", 100)
		say(p, ledger.ReasonSaidPaid, text)
		lines = append(lines, ledger.Line{Row: p.Row, Payout: p})
		events[p.ID] = ledger.Event{Kind: string(ledger.SaidPaid), Actor: text}
	}
	s := source(lines)
	s.Batches[0].History = historyOf(events)
	paths := write(t, s)
	page := string(read(t, paths["html"]))
	for _, bad := range []string{"<script", "<img", "\u202e", "\x1b", "\x00"} {
		if strings.Contains(page, bad) {
			t.Errorf("page holds %q", bad)
		}
	}
	onlyOurFormulas(t, paths["xlsx"])
	for i, row := range document(t, string(read(t, paths["json"]))).Rows {
		if want := strings.ToValidUTF8(hostile[i], "\uFFFD"); row.WordOf != want {
			t.Errorf("%q, want %q", row.WordOf, want)
		}
	}
}

// What stands between backquotes is something to type; whatever else a text
// holds stays text.
func TestCommandsAreMarked(t *testing.T) {
	t.Parallel()
	for action, want := range map[string]string{
		"wait": "<bdi>wait</bdi>", "": "",
		"Ask: `bulkpay settle B`.":      "<bdi>Ask: </bdi><code>bulkpay settle B</code><bdi>.</bdi>",
		"`a --reason \"…\"`":            "<code>a <span class=\"option\">--reason</span> &#34;…&#34;</code>",
		"one ` alone <b>":               "<bdi>one ` alone &lt;b&gt;</bdi>",
		"`<script>`":                    "<code>&lt;script&gt;</code>",
		"`a`, or with `b` or `c` or so": "<code>a</code><bdi>, or with </bdi><code>b</code><bdi> or </bdi><code>c</code><bdi> or so</bdi>",
	} {
		if got := commands(action); got != want {
			t.Errorf("%q: %q, want %q", action, got, want)
		}
	}
}
