package ledger

import (
	"testing"
	"time"
)

func (c *counter) toOneAccount(minor ...int64) []Payout {
	c.t.Helper()
	var rows []NewRow
	for i, m := range minor {
		r := row(i+2, m)
		r.PayeeAccount = "646180000000000999"
		rows = append(rows, r)
	}
	batch := c.imported(rows...)
	for _, p := range c.claim(batch, len(minor)) {
		c.record(numbered(answer(p, Paid), "one"+p.TradeNo))
	}
	return c.payouts(batch)
}

func TestALineWithoutMoneyThatNamesSeveralStopsNothing(t *testing.T) {
	t.Parallel()
	for name, n := range map[string]NewLine{
		"failed":   {Status: LineFailed, Amount: pesos(300)},
		"open":     {Status: LineOpen, Amount: pesos(300)},
		"returned": {Status: LineReturned, Amount: pesos(-300)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := atCounter(t)
			p := c.paidFor(Paid, 100, 200)
			n.Narrative = p[0].TradeNo + " " + p[1].TradeNo
			c.line(n)
			s := c.statement(today.AddDate(0, 0, -20), today)
			c.reconcile(MatchPolicy{}, s)
			if got := c.found(s); len(got) != 3 || got[0] != "2 unknown_to_us proposed "+map[string]string{"failed": "attempt", "open": "attempt", "returned": "return"}[name]+" narrative 50 sum_differs" {
				t.Errorf("%q", got)
			}
		})
	}
}

func TestAPayoutIsNeverTakenForAFee(t *testing.T) {
	t.Parallel()
	c := atCounter(t)
	p := c.paidFor(Paid, 10000, 500)
	c.line(NewLine{Narrative: p[0].TradeNo + " " + p[1].TradeNo, Amount: pesos(10000)})
	s := c.statement(today.AddDate(0, 0, -20), today.AddDate(0, 0, 9))
	c.reconcile(MatchPolicy{FeeMinor: 600}, s)
	c.sees(s, "2 matched confirmed main narrative 95", "0 missing_there")
}

func TestAPayoutOfAHeapIsNeverTakenForAFee(t *testing.T) {
	t.Parallel()
	c := atCounter(t)
	c.paidFor(Paid, 10000, 20000, 500)
	c.line(NewLine{Narrative: "payroll", Amount: pesos(30000), Status: LineBooked})
	s := c.statement(today.AddDate(0, 0, -20), today.AddDate(0, 0, 9))
	c.reconcile(MatchPolicy{FeeMinor: 600}, s)
	c.sees(s, "2 unknown_to_us", "0 missing_there", "0 missing_there", "0 missing_there")
}

func TestHeapsThatShareAPayoutAreLeftAlone(t *testing.T) {
	t.Parallel()
	c := atCounter(t)
	first := c.imported(row(2, 100), row(3, 200))
	claimed := c.claim(first, 2)
	c.record(numbered(answer(claimed[0], Paid), "h1"))
	c.later(24 * time.Hour)
	c.record(numbered(asked(claimed[1], Paid), "h2"))
	c.paidFor(Paid, 50)
	tomorrow := today.AddDate(0, 0, 1)
	c.line(NewLine{Narrative: "batch", Amount: pesos(300), Status: LineBooked, Day: tomorrow})
	c.line(NewLine{Narrative: "day", Amount: pesos(250), Status: LineBooked, Day: tomorrow})
	s := c.statement(today, today.AddDate(0, 0, 9))
	c.reconcile(MatchPolicy{}, s)
	c.sees(s, "2 unknown_to_us", "3 unknown_to_us", "0 missing_there", "0 missing_there", "0 missing_there")
}

func TestASumIsNotTakenWhereALineAloneFits(t *testing.T) {
	t.Parallel()
	c := atCounter(t)
	p := c.toOneAccount(100)
	for _, minor := range []int64{100, 100, 60, 40} {
		c.line(NewLine{Account: p[0].PayeeAccount, Amount: pesos(minor), Status: LineBooked})
	}
	s := c.statement(today.AddDate(0, 0, -20), today.AddDate(0, 0, 9))
	c.reconcile(MatchPolicy{}, s)
	for _, text := range c.found(s)[:4] {
		if text[2:] != "unknown_to_us" && text[2:] != "unknown_to_us proposed main account 50 several_candidates" {
			t.Error(text)
		}
	}
}

func TestALongTextLosesNoNumber(t *testing.T) {
	t.Parallel()
	c := atCounter(t)
	var minor []int64
	var sum int64
	for i := range 60 {
		minor = append(minor, int64(1000+i))
		sum += int64(1000 + i)
	}
	var text string
	for _, p := range c.paidFor(Paid, minor...) {
		text += p.TradeNo + " "
	}
	c.line(NewLine{Narrative: text, Amount: pesos(sum), Status: LineBooked})
	s := c.statement(today, today)
	if result := c.reconcile(MatchPolicy{}, s); result.Row(ClassMatched).Payouts != 60 || !result.Clean() {
		t.Errorf("%+v", result)
	}
}
