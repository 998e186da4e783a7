package ledger

import (
	"strings"
	"testing"
	"time"
)

// filtered is a book with two batches of two days: of the first, a payout is
// paid, one failed and flagged, one in doubt; of the second nothing was sent.
func filtered(t *testing.T) (d *desk, one, two Batch) {
	t.Helper()
	d = setup(t)
	one = d.batch(3)
	d.later(time.Hour)
	claimed := d.claim(one, 3)
	d.record(numbered(answer(claimed[0], Paid), "G-1"))
	failed := answer(claimed[1], NotPaid)
	failed.Code = "00029"
	d.record(failed)
	d.record(asked(d.reload(claimed[1]), Paid)) // a contrary answer
	d.record(answer(claimed[2], Doubt))
	d.later(24 * time.Hour)
	two = d.batch(2)
	return d, one, two
}

func TestAFilterLetsThroughWhatItSaysAndNothingElse(t *testing.T) {
	t.Parallel()
	d, one, two := filtered(t)
	first := d.payouts(one)
	imported := d.clock.now().Add(-25 * time.Hour)
	for name, c := range map[string]struct {
		filter Filter
		want   []int // rows of the first batch, then of the second
	}{
		"nothing set":         {Filter{}, []int{2, 3, 4, 2, 3}},
		"a batch in any case": {Filter{Batches: []string{strings.ToLower(one.Code)}}, []int{2, 3, 4}},
		"two batches":         {Filter{Batches: []string{two.Code, one.Code}}, []int{2, 3, 4, 2, 3}},
		"merchant":            {Filter{Merchants: []string{"acme-mx"}}, []int{2, 3, 4, 2, 3}},
		"other merchant":      {Filter{Merchants: []string{"acme"}}, nil},
		"state":               {Filter{States: []State{InDoubt, Ready}}, []int{4, 2, 3}},
		"flagged":             {Filter{Flagged: true}, []int{3}},
		"reason":              {Filter{Reasons: []string{"token_doubt"}}, []int{4}},
		"our number":          {Filter{TradeNos: []string{first[1].TradeNo}}, []int{3}},
		"our number, small":   {Filter{TradeNos: []string{strings.ToLower(first[1].TradeNo)}}, []int{3}},
		"the gateway's":       {Filter{TradeNos: []string{"G-1"}}, []int{2}},
		"either":              {Filter{TradeNos: []string{"G-1", first[2].TradeNo}}, []int{2, 4}},
		"account":             {Filter{AccountEnds: " 00-03 "}, []int{3, 3}},
		"account and batch":   {Filter{AccountEnds: "0003", Batches: []string{two.Code}}, []int{3}},
		"created before":      {Filter{To: imported.Add(time.Minute)}, []int{2, 3, 4}},
		"created from":        {Filter{From: imported.Add(time.Minute)}, []int{2, 3}},
		"a border belongs":    {Filter{From: imported, To: imported.Add(time.Millisecond)}, []int{2, 3, 4}},
		"a border does not":   {Filter{From: imported.Add(-time.Hour), To: imported}, nil},
		"submitted before":    {Filter{By: BySubmitted, To: d.clock.now()}, []int{2, 3, 4}},
		"final before":        {Filter{By: ByFinal, To: d.clock.now()}, []int{2, 3}},
		"no code":             {Filter{Codes: []string{"1"}}, nil},
		"unknown batch":       {Filter{Batches: []string{"MX-20260101-AAAAA"}}, nil},
	} {
		equal(t, name, rowNumbers(all(t, d.ledger().SelectPayouts(t.Context(), c.filter))), c.want)
	}
}

func TestAFilterOfEventsNamesWhatTheyAreAbout(t *testing.T) {
	t.Parallel()
	d, one, two := filtered(t)
	first := d.payouts(one)
	count := func(f Filter) int { return len(all(t, d.ledger().SelectEvents(t.Context(), f))) }
	seq, hash, err := d.ledger().Head(t.Context())
	must(t, err)
	events := all(t, d.ledger().SelectEvents(t.Context(), Filter{}))
	if int64(len(events)) != seq || len(hash) != 64 {
		t.Fatalf("%d events of %d, head %q", len(events), seq, hash)
	}
	of := all(t, d.ledger().SelectEvents(t.Context(), Filter{TradeNos: []string{first[1].TradeNo}}))
	equal(t, "of a payout", len(of), len(d.history(first[1])))
	for _, e := range of {
		if e.TradeNo != first[1].TradeNo || e.Row != 3 || e.Batch != one.Code || e.Merchant != "acme-mx" || e.PayeeAccount == "" {
			t.Errorf("event %d is about %+v", e.Seq, e)
		}
	}
	for name, c := range map[string]struct {
		filter Filter
		want   int
	}{
		"of the second batch": {Filter{Batches: []string{two.Code}}, 1},
		"claims":              {Filter{Kinds: []string{kindSubmitted}}, 3},
		"that led to a state": {Filter{States: []State{InDoubt}}, 1},
		"flagged":             {Filter{Flagged: true}, 1},
		"by somebody":         {Filter{Actors: []string{"maria"}}, 2},
		"with a code":         {Filter{Codes: []string{"00029"}}, 1},
		"since":               {Filter{From: d.clock.now()}, 1},
		"before":              {Filter{To: d.clock.now()}, len(events) - 1},
	} {
		equal(t, name, count(c.filter), c.want)
	}
}

// A million payouts are given out in the order of an index: sorting them would
// take a temporary file as large as they are.
func TestNothingIsSortedToBeExported(t *testing.T) {
	t.Parallel()
	d, one, _ := filtered(t)
	for name, f := range map[string]Filter{
		"all": {}, "a state": {States: []State{Succeeded}}, "final": {By: ByFinal, From: d.clock.now()}, "flagged": {Flagged: true},
		"a merchant": {Merchants: []string{"acme-mx"}}, "a batch": {Batches: []string{one.Code}},
	} {
		if plan := explainPlan(t, d.ledger(), f); strings.Contains(plan, "FOR ORDER BY") {
			t.Errorf("%s:\n%s", name, plan)
		}
	}
}

func explainPlan(t *testing.T, l *Ledger, f Filter) string {
	t.Helper()
	text, args := selectPayoutsSQL(f)
	rows, err := l.reader.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+text, args...)
	must(t, err)
	defer rows.Close()
	var plan strings.Builder
	for rows.Next() {
		var id, parent, unused int
		var detail string
		must(t, rows.Scan(&id, &parent, &unused, &detail))
		plan.WriteString(detail + "\n")
	}
	must(t, rows.Err())
	return plan.String()
}

func TestWhoAskedForWholeAccountNumbersIsRemembered(t *testing.T) {
	t.Parallel()
	d := setup(t)
	must(t, d.ledger().NoteUnmasked(t.Context(), "person:ana", "export payouts"))
	events := all(t, d.ledger().SelectEvents(t.Context(), Filter{Actors: []string{"person:ana"}}))
	if len(events) != 1 || events[0].Reason != ReasonUnmasked || events[0].Message != "export payouts" || events[0].Batch != "" {
		t.Errorf("the history has %+v", events)
	}
}

// Counting the matches of a line must not read all matches for each line.
func TestMatchesOfALineAreFoundByAnIndex(t *testing.T) {
	t.Parallel()
	d := setup(t)
	for _, text := range []string{pastLineSQL, "SELECT * FROM v_statement_lines"} {
		plan := explain(t, d.ledger(), text)
		if strings.Contains(plan, "SCAN x") || strings.Count(plan, "SEARCH x USING") == 0 {
			t.Errorf("%s:\n%s", text, plan)
		}
	}
}
