package report

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bulkpay/bulkpay/internal/lang"
)

// pass is one in which all but one of 20 payouts were answered.
func pass() *Asked {
	return &Asked{
		First: noon.Add(-4 * time.Minute), Last: noon, Payouts: 20, Asked: 20, Answered: 19, Definite: 18, Agreed: 17,
		Rest: 2, RestSince: noon.Add(-31 * 24 * time.Hour),
	}
}

// unbroken undoes how a form breaks lines.
func unbroken(text string) string { return strings.Join(strings.Fields(text), " ") }

func TestHowFreshAnEquationIsStandsInEveryForm(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		asked *Asked
		want  string
	}{
		"a pass": {
			pass(), "as asked from 21 Nov 2026, 11:56:00 UTC to 21 Nov 2026, 12:00:00 UTC: 19 of 20 payouts answered, 18 of them definitely, 17 as the ledger had it; " +
				"2 more rest on what was heard before, from 21 Oct 2026, 12:00:00 UTC on",
		},
		"none":        {&Asked{Rest: 20}, "rests on the last answers, heard from 21 Nov 2026, 11:00:00 UTC to 21 Nov 2026, 11:59:00 UTC; nothing was asked anew: bulkpay settle BATCH --again"},
		"no answer":   {&Asked{Payouts: 20, Asked: 20, Rest: 20}, "asked anew, and none of 20 payouts answered: it rests on the last answers before"},
		"nobody says": {nil, "heard from 21 Nov 2026, 11:00:00 UTC to 21 Nov 2026, 11:59:00 UTC"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := sample()
			e := gatewayOf(s.Batches[0].Summary, 0)
			e.Asked = c.asked
			s.Batches[0].Equations = []Equation{e}
			for format, text := range texts(t, s) {
				if format != "json" && !strings.Contains(unbroken(text), c.want) {
					t.Errorf("%s lacks %q", format, c.want)
				}
			}
			h := &head{paper: &paper{Options: Options{Lang: lang.Spanish}}}
			if got := h.saying(e).Heard; got == "" || strings.Contains(got, "answer") {
				t.Errorf("in Spanish: %q", got)
			}
		})
	}
}

func TestPassesOverSeveralBatchesAreAddedUp(t *testing.T) {
	t.Parallel()
	s := severalBatches()
	s.Batches[0].Equations[0].Asked = pass()
	s.Batches[1].Equations[0].Asked = &Asked{Rest: 3, RestSince: noon.Add(-time.Hour)}
	d := document(t, texts(t, s)["json"])
	want := &AskedJSON{
		From: "2026-11-21T11:56:00Z", To: "2026-11-21T12:00:00Z", Payouts: 20, Asked: 20, Answered: 19, Definite: 18, Agreed: 17,
		Rest: 5, RestSince: "2026-10-21T12:00:00Z",
	}
	if diff := cmp.Diff(want, d.Parts[0].Equations[1].Asked); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if d.Batches[1].Equations[1].Asked != nil {
		t.Error("a batch that was not asked about says that it was")
	}
}
