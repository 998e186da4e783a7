package ledger

import (
	"regexp"
	"strings"
	"testing"
)

// A ledger holds years, a statement a month: nothing that matches or adds up
// may read tables of the book from end to end, and nothing of the desk may be
// read from end to end for each line of it.
func TestNoQueryOfAMatchingReadsTheWholeTable(t *testing.T) {
	t.Parallel()
	c := atCounter(t)
	p := c.paidFor(Paid, 100, 200, 300)
	c.line(NewLine{TradeNo: p[0].TradeNo, Amount: pesos(100)})
	c.line(NewLine{Narrative: "?", Amount: pesos(500)})
	s := c.statement(today, today.AddDate(0, 0, 9))
	c.line(NewLine{Narrative: "?", Amount: pesos(500)})
	both := []int64{s.ID, c.statement(today, today.AddDate(0, 0, 9)).ID}
	scope, err := c.ledger().scope(t.Context(), MatchScope{Merchant: c.merchant, Origin: OfGateway, Statements: both})
	must(t, err)
	plans := map[string]string{"drop proposals": explain(t, c.ledger(), dropProposalsSQL)}
	for name, text := range map[string]string{
		"line totals": lineTotalsSQL, "payout totals": payoutTotalsSQL, "wanted payouts": wantPayoutsSQL, "fees": feesSQL, "proposed": proposedSQL,
		"findings": strings.Replace(findingLinesSQL, "CONDITION", "IN ('matched')", 1), "missing": strings.Replace(findingPayoutsSQL, "CONDITION", "IN ('matched')", 1),
	} {
		plans[name] = explain(t, c.ledger(), scope.fill(text))
	}
	// Indexes of what is rare are read whole.
	rare := regexp.MustCompile(`SCAN \w+ USING (COVERING )?INDEX matches_(lumps|proposed|undone)`)
	whole := regexp.MustCompile(`SCAN (p|payouts|m|matches|o|u|w|q|b|l|statement_lines|events)\b`)
	for name, plan := range plans {
		if plan = rare.ReplaceAllString(plan, ""); whole.MatchString(plan) {
			t.Errorf("%s:\n%s", name, plan)
		}
	}
	desk, err := c.ledger().openMatcher(t.Context(), c.merchant, OfGateway, both, MatchPolicy{}.withDefaults())
	must(t, err)
	defer desk.close()
	must(t, desk.match())
	if desk.tx, err = desk.db.BeginTx(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	texts := []string{pairTradeSQL, pairPlatformSQL, pairWordTradeSQL, pairWordPlatformSQL, undoneSQL, crowdedSQL, takeSimpleSQL, namedTwiceSQL, crowdSQL, takeTwinsSQL, partsSQL}
	for _, more := range [][]string{leftSQL, byAccountSQL, heapSQL, likelySQL} {
		texts = append(texts, more...)
	}
	for _, text := range texts {
		if strings.HasPrefix(text, "CREATE") {
			continue
		}
		text = inDays(text, desk.first, desk.last, desk.policy.Location)
		rows, err := desk.tx.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+text, desk.args(text)...)
		must(t, err)
		var plan strings.Builder
		for rows.Next() {
			var id, parent, unused int
			var detail string
			must(t, rows.Scan(&id, &parent, &unused, &detail))
			plan.WriteString(detail + "\n")
		}
		must(t, rows.Close())
		must(t, rows.Err())
		// Lines of the desk, and what each step leaves, are read once.
		found := strings.ReplaceAll(rare.ReplaceAllString(plan.String(), ""), "SCAN l\n", "")
		if whole.MatchString(found) || strings.Contains(found, "AUTOMATIC PARTIAL") {
			t.Errorf("%s\n%s", text, plan.String())
		}
	}
}
