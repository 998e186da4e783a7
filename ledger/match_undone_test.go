package ledger

import (
	"errors"
	"testing"
)

func TestWhatWasUndoneIsNotFoundAgain(t *testing.T) {
	t.Parallel()
	for name, lay := range map[string]func(c *counter){
		"heap": func(c *counter) {
			c.paidFor(Paid, 11, 12, 13)
			c.line(NewLine{Narrative: "payroll", Amount: pesos(36), Status: LineBooked})
		},
		"split": func(c *counter) {
			p := c.toOneAccount(100)
			c.line(NewLine{Account: p[0].PayeeAccount, Amount: pesos(60), Status: LineBooked})
			c.line(NewLine{Account: p[0].PayeeAccount, Amount: pesos(40), Status: LineBooked})
		},
		"lump": func(c *counter) {
			p := c.toOneAccount(60, 40)
			c.paidFor(Paid, 7)
			c.line(NewLine{Account: p[0].PayeeAccount, Amount: pesos(100), Status: LineBooked, Day: today.AddDate(0, 0, -1)})
		},
		"account": func(c *counter) {
			p := c.toOneAccount(100)
			c.line(NewLine{Account: p[0].PayeeAccount, Amount: pesos(100), Status: LineBooked})
		},
		"number": func(c *counter) { c.line(NewLine{TradeNo: c.paidFor(Paid, 100)[0].TradeNo, Amount: pesos(100)}) },
		"cut number": func(c *counter) {
			c.line(NewLine{TradeNo: c.paidFor(Paid, 100)[0].TradeNo[:20], Amount: pesos(100)})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := atCounter(t)
			lay(c)
			s := c.statement(today.AddDate(0, 0, -20), today.AddDate(0, 0, 9))
			c.reconcile(MatchPolicy{}, s)
			line := all(t, c.ledger().Findings(t.Context(), c.scope(s), MatchClasses()...))[0]
			if line.MatchID == 0 {
				t.Fatalf("nothing was found: %q", c.found(s))
			}
			if line.Standing == Proposed {
				must(t, c.ledger().ConfirmMatch(t.Context(), line.MatchID, "maria", "so it seems"))
			}
			must(t, c.ledger().UndoMatch(t.Context(), line.MatchID, "maria", "it is not"))
			c.reconcile(MatchPolicy{}, s)
			for _, line := range all(t, c.ledger().Findings(t.Context(), c.scope(s), MatchClasses()...)) {
				if line.MatchID != 0 {
					t.Errorf("%q", c.found(s))
				}
			}
		})
	}
}

func TestNumbersOfMatchesAreNotUsedTwice(t *testing.T) {
	t.Parallel()
	c := atCounter(t)
	p := c.paidFor(Paid, 100, 200)
	c.line(NewLine{TradeNo: p[0].TradeNo[:20], Amount: pesos(100)})
	c.line(NewLine{TradeNo: p[1].TradeNo[:20], Amount: pesos(200)})
	s := c.statement(today, today)
	c.reconcile(MatchPolicy{}, s)
	seen := map[int64]bool{}
	for range 2 {
		for _, line := range all(t, c.ledger().Findings(t.Context(), c.scope(s), ClassUnknown)) {
			if line.MatchID == 0 || seen[line.MatchID] {
				t.Errorf("match %d once more", line.MatchID)
			}
			seen[line.MatchID] = true
		}
		c.reconcile(MatchPolicy{}, s)
	}
}

func TestAPersonNeverMatchesTwice(t *testing.T) {
	t.Parallel()
	c := atCounter(t)
	lump, split, other := c.paidFor(Paid, 100, 250), c.paidFor(Paid, 1000), c.paidFor(Paid, 350, 5000)
	c.line(NewLine{Narrative: lump[0].TradeNo + " " + lump[1].TradeNo, Amount: pesos(350)})
	c.line(NewLine{TradeNo: split[0].TradeNo, Amount: pesos(400)})
	c.line(NewLine{TradeNo: split[0].TradeNo, Amount: pesos(600)})
	c.line(NewLine{Narrative: "?", Amount: pesos(1000)})
	s := c.statement(today.AddDate(0, 0, -20), today.AddDate(0, 0, 9))
	c.reconcile(MatchPolicy{}, s)
	for name, try := range map[string]struct {
		line int
		of   Payout
	}{
		"a line that is several payouts":     {2, other[0]},
		"a payout that stands on several":    {5, split[0]},
		"a part of a payout":                 {3, other[1]},
		"a payout that is part of one line":  {5, lump[0]},
		"a line that is several, one of its": {2, lump[0]},
	} {
		var refused *MatchError
		if _, err := c.ledger().MatchByHand(t.Context(), s.ID, try.line, try.of.TradeNo, "maria", "because"); !errors.As(err, &refused) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestALineWithoutMoneyIsNeverProposedAsPaid(t *testing.T) {
	t.Parallel()
	c := atCounter(t)
	p := c.paidFor(Paid, 100, 200)
	c.line(NewLine{TradeNo: p[0].TradeNo[:20], Amount: pesos(100), Status: LineFailed})
	c.line(NewLine{TradeNo: p[1].TradeNo, Amount: pesos(200)})
	c.line(NewLine{TradeNo: p[1].TradeNo[:20], Amount: pesos(200)}) // the payout is on the line above
	s := c.statement(today.AddDate(0, 0, -20), today.AddDate(0, 0, 9))
	c.reconcile(MatchPolicy{}, s)
	c.sees(s, "2 unknown_to_us", "3 matched confirmed main trade_no 100", "4 unknown_to_us", "0 missing_there")
}

// What a reconciliation found in a book that has been matched otherwise since is
// not kept, or a payout could stand on two lines by two rules.
func TestResultsOfAnotherStateAreNotKept(t *testing.T) {
	t.Parallel()
	c := atCounter(t)
	p := c.paidFor(Paid, 1000)
	c.line(NewLine{TradeNo: p[0].TradeNo, Amount: pesos(400)})
	c.line(NewLine{TradeNo: p[0].TradeNo, Amount: pesos(600)})
	parts := c.statement(today, today)
	c.line(NewLine{Narrative: "?", Amount: pesos(1000)})
	whole := c.statement(today, today)
	desk, err := c.ledger().openMatcher(t.Context(), c.merchant, OfGateway, []int64{parts.ID}, MatchPolicy{}.withDefaults())
	must(t, err)
	defer desk.close()
	must(t, desk.match())
	_, err = c.ledger().MatchByHand(t.Context(), whole.ID, 2, p[0].TradeNo, "maria", "seen")
	must(t, err)
	if _, err := c.ledger().keep(t.Context(), desk, "maria"); !errors.Is(err, errMatchedMeanwhile) {
		t.Error(err)
	}
	c.reconcile(MatchPolicy{}, parts, whole)
}
