package ledger

import (
	"testing"
	"time"
)

func TestAnEntryOfTwoStatementsIsNeverTwoPayouts(t *testing.T) {
	t.Parallel()
	for name, apart := range map[string]bool{"one after the other": true, "both at once": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := atCounter(t)
			p := c.toOneAccount(100)
			entry := NewLine{Account: p[0].PayeeAccount, Amount: pesos(100), Status: LineBooked, Narrative: "salary"}
			c.line(entry)
			first := c.statement(today.AddDate(0, 0, -20), today.AddDate(0, 0, 1))
			if apart {
				c.reconcile(MatchPolicy{}, first)
			}
			c.later(24 * time.Hour)
			if apart {
				c.toOneAccount(100) // and the bank has not paid it
			}
			c.line(entry)
			second := c.statement(today.AddDate(0, 0, -3), today.AddDate(0, 0, 20))
			c.reconcile(MatchPolicy{}, first, second)
			if got := c.found(first); got[0] != "2 matched confirmed main account 80" {
				t.Errorf("%q", got)
			}
			want := []string{"2 repeated confirmed repeat account 80"}
			if apart {
				want = append(want, "0 missing_there")
			} else {
				want = append(want, "0 elsewhere")
			}
			got := c.found(second)
			if len(got) == 0 || got[0] != want[0] || apart && got[len(got)-1] != want[1] {
				t.Errorf("%q, want %q", got, want)
			}
		})
	}
}

func TestARepeatedEntryIsNoPart(t *testing.T) {
	t.Parallel()
	c := atCounter(t)
	p := c.toOneAccount(100)
	half := NewLine{Account: p[0].PayeeAccount, Amount: pesos(50), Status: LineBooked}
	c.line(half)
	first := c.statement(today.AddDate(0, 0, -20), today.AddDate(0, 0, 5))
	c.line(half)
	second := c.statement(today.AddDate(0, 0, -3), today.AddDate(0, 0, 20))
	c.reconcile(MatchPolicy{}, first, second)
	c.sees(first, "2 unknown_to_us", "0 missing_there")
	c.sees(second, "2 unknown_to_us", "0 missing_there")
}

// A bank that puts the same number on every line must not make a reconciliation
// take the square of their number: 30,000 lines would take a minute.
func TestAPayoutThatEveryLineNamesIsSoonDone(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("one goroutine, and many lines")
	}
	const lines = 20_000
	c := atCounter(t)
	p := c.paidFor(Paid, 100)
	for range lines {
		c.line(NewLine{TradeNo: p[0].TradeNo, Amount: pesos(100)})
	}
	s := c.statement(today, today)
	if result := c.reconcile(MatchPolicy{}, s); result.Row(ClassDoubled).Lines != lines-1 {
		t.Errorf("%+v", result.Row(ClassDoubled))
	}
}

// A line that is several payouts is repeated like any other, and so is what is
// matched by sum.
func TestALineOfSeveralIsRepeatedLikeAnyOther(t *testing.T) {
	t.Parallel()
	c := atCounter(t)
	p := c.paidFor(Paid, 100, 250)
	c.paidFor(Paid, 11, 12, 13)
	lines := []NewLine{
		{Narrative: p[0].TradeNo + " " + p[1].TradeNo, Amount: pesos(350), Status: LineBooked},
		{Narrative: "payroll", Amount: pesos(36), Status: LineBooked},
	}
	for _, n := range lines {
		c.line(n)
	}
	first := c.statement(today.AddDate(0, 0, -20), today.AddDate(0, 0, 5))
	c.reconcile(MatchPolicy{}, first)
	for _, n := range lines {
		c.line(n)
	}
	second := c.statement(today.AddDate(0, 0, -3), today.AddDate(0, 0, 20))
	if result := c.reconcile(MatchPolicy{}, second); !result.Clean() || result.Row(ClassRepeated).Lines != 2 {
		t.Errorf("%q", c.found(second))
	}
}

// A statement without a line says that nothing was paid.
func TestAStatementWithoutLinesMissesAll(t *testing.T) {
	t.Parallel()
	c := atCounter(t)
	c.paidFor(Paid, 100)
	s := c.statement(today, today.AddDate(0, 0, 9))
	if result := c.reconcile(MatchPolicy{}, s); result.Row(ClassMissing).Payouts != 1 || result.Clean() {
		t.Errorf("%+v", result)
	}
}
