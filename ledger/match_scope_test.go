package ledger

import (
	"path/filepath"
	"testing"
	"time"
)

func TestWhatNeverCameIsNotLostBetweenTwoStatements(t *testing.T) {
	t.Parallel()
	c := atCounter(t)
	p := c.paidFor(Paid, 100, 200, 300)
	c.line(NewLine{TradeNo: p[0].TradeNo, Amount: pesos(100)})
	november := c.statement(today.AddDate(0, 0, -20), today)
	c.reconcile(MatchPolicy{}, november)
	c.sees(november, "2 matched confirmed main trade_no 100", "0 timing", "0 timing")
	c.line(NewLine{TradeNo: p[1].TradeNo, Amount: pesos(200), Day: today.AddDate(0, 0, 1)})
	december := c.statement(today.AddDate(0, 0, 1), today.AddDate(0, 0, 30))
	result := c.reconcile(MatchPolicy{}, december)
	c.sees(december, "2 other_period confirmed main trade_no 100", "0 missing_there")
	if result.Clean() {
		t.Error("clean")
	}
}

func TestWhatWasPaidBetweenTwoStatementsIsMissed(t *testing.T) {
	t.Parallel()
	c := atCounter(t)
	c.line(NewLine{TradeNo: "BP20261101000000AAAAAAAAAAAA", Amount: pesos(1), Day: today.AddDate(0, 0, -2)})
	before := c.statement(today.AddDate(0, 0, -9), today.AddDate(0, 0, -2))
	c.reconcile(MatchPolicy{}, before)
	c.paidFor(Paid, 100)
	c.line(NewLine{TradeNo: "BP20261101000000AAAAAAAAAAAB", Amount: pesos(1), Day: today.AddDate(0, 0, 2)})
	after := c.statement(today.AddDate(0, 0, 2), today.AddDate(0, 0, 9))
	c.reconcile(MatchPolicy{}, after)
	c.sees(after, "2 unknown_to_us", "0 missing_there")
}

func TestMoneyThatCameBackOtherwiseIsSeen(t *testing.T) {
	t.Parallel()
	c := atCounter(t)
	p := c.paidFor(Paid, 100, 200, 300)
	for _, one := range p {
		_, err := c.Resolve(t.Context(), one.TradeNo, SaidNotPaid, "maria", "came back")
		must(t, err)
		c.line(NewLine{TradeNo: one.TradeNo, Amount: one.Amount})
	}
	c.line(NewLine{TradeNo: p[0].TradeNo, Amount: pesos(-90), Status: LineReturned})
	c.line(NewLine{TradeNo: p[1].TradeNo, Amount: pesos(-200), Status: LineReturned})
	c.line(NewLine{TradeNo: p[1].TradeNo, Amount: pesos(-200), Status: LineReturned, Day: today.AddDate(0, 0, 1)})
	c.line(NewLine{TradeNo: p[2].TradeNo, Amount: pesos(-100), Status: LineReturned})
	c.line(NewLine{TradeNo: p[2].TradeNo, Amount: pesos(-200), Status: LineReturned})
	s := c.statement(today, today.AddDate(0, 0, 9))
	c.reconcile(MatchPolicy{}, s)
	c.sees(s, "2 matched confirmed main trade_no 100", "3 matched confirmed main trade_no 100", "4 matched confirmed main trade_no 100",
		"5 amount_differs confirmed return trade_no 100", "6 amount_differs confirmed return trade_no 100", "7 amount_differs confirmed return trade_no 100",
		"8 matched confirmed return trade_no 100", "9 matched confirmed return trade_no 100")
}

func TestAReversedPayoutOfAnotherAmountIsSeen(t *testing.T) {
	t.Parallel()
	c := atCounter(t)
	p := c.paidFor(Paid, 100)
	_, err := c.Resolve(t.Context(), p[0].TradeNo, SaidNotPaid, "maria", "came back")
	must(t, err)
	c.line(NewLine{TradeNo: p[0].TradeNo, Amount: pesos(150)})
	c.line(NewLine{TradeNo: p[0].TradeNo, Amount: pesos(-100), Status: LineReturned})
	s := c.statement(today, today)
	c.reconcile(MatchPolicy{}, s)
	c.sees(s, "2 amount_differs confirmed main trade_no 100", "3 matched confirmed return trade_no 100")
}

func TestNoPayoutFallsBetweenTwoMonthsWhenTheClocksChange(t *testing.T) {
	t.Parallel()
	zone, err := time.LoadLocation("America/Tijuana")
	must(t, err)
	c := atCounter(t)
	c.clock.advance(time.Date(2026, 11, 1, 0, 30, 0, 0, zone).AddDate(1, 0, 0).Sub(c.clock.now()))
	c.acquire()
	_, before := time.Date(2027, 10, 31, 12, 0, 0, 0, zone).Zone()
	_, after := time.Date(2027, 11, 30, 12, 0, 0, 0, zone).Zone()
	if before == after {
		t.Skip("the clocks do not change any more")
	}
	// The night of 7 November 2027: half past midnight, in summer time.
	c.clock.advance(time.Date(2027, 11, 7, 0, 30, 0, 0, zone).Sub(c.clock.now()))
	c.acquire()
	c.paidFor(Paid, 100)
	counted := 0
	for _, days := range [][2]int{{1, 6}, {7, 30}} {
		c.line(NewLine{TradeNo: "BP20261101000000AAAAAAAAAAAA", Amount: pesos(1), Day: time.Date(2027, 11, days[0], 0, 0, 0, 0, time.UTC)})
		s := c.statement(time.Date(2027, 11, days[0], 0, 0, 0, 0, time.UTC), time.Date(2027, 11, days[1], 0, 0, 0, 0, time.UTC))
		scope := c.scope(s)
		scope.Location = zone
		result, err := c.ledger().Matching(t.Context(), scope)
		must(t, err)
		counted += result.Want.Payouts
		if days[0] == 7 && result.Want.Payouts != 1 {
			t.Error("it is not of the day on which it was paid")
		}
	}
	if counted != 1 {
		t.Errorf("counted %d times", counted)
	}
}

func TestWhatWasLongInDoubtIsDemandedOfTheStatement(t *testing.T) {
	t.Parallel()
	c := atCounter(t)
	old := c.claimed()
	c.record(answer(old, Doubt))
	unsent := c.claim(c.imported(row(2, 70)), 1)[0]
	c.record(answer(unsent, NotSent))
	c.later(100 * 24 * time.Hour)
	c.record(numbered(asked(c.reload(old), Paid), "late"))
	c.record(numbered(asked(c.reload(unsent), Paid), "unsent"))
	_, err := c.Resolve(t.Context(), unsent.TradeNo, SaidPaid, "maria", "the gateway shows it as paid")
	must(t, err)
	c.stands(old, Succeeded)
	c.stands(unsent, Succeeded)
	day := today.AddDate(0, 0, 100)
	c.line(NewLine{TradeNo: "BP20261101000000AAAAAAAAAAAA", Amount: pesos(1), Day: day})
	s := c.statement(day, day.AddDate(0, 0, 9))
	result := c.reconcile(MatchPolicy{}, s)
	if result.Want.Payouts != 2 {
		t.Errorf("%d payouts were paid in these days: %q", result.Want.Payouts, c.found(s))
	}
}

// The day of a moment is the same in SQL as on the calendar, whatever clocks do.
func TestDaysAreThoseOfTheCalendar(t *testing.T) {
	t.Parallel()
	db := raw(t, filepath.Join(t.TempDir(), "days.db"))
	for _, name := range []string{"UTC", "America/Tijuana", "Australia/Lord_Howe", "Asia/Kolkata", "Pacific/Apia"} {
		zone, err := time.LoadLocation(name)
		must(t, err)
		from := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		query, err := db.Prepare("SELECT " + inDays("DAYOF(?1)", from, from.AddDate(1, 6, 0), zone))
		must(t, err)
		for at := from; at.Before(from.AddDate(1, 0, 0)); at = at.Add(1777 * time.Second) {
			var day int64
			must(t, query.QueryRow(at.UnixMilli()).Scan(&day))
			if want := daysOf(at.In(zone)); day != want {
				t.Fatalf("%s: %s is day %d, want %d", name, at.In(zone), day, want)
			}
		}
		must(t, query.Close())
	}
}

// Days that nobody looked at are found, and none is looked at twice.
func TestDaysBeforeAStatement(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		all  []period
		want []period
	}{
		"the first statement":   {nil, nil},
		"the next month":        {[]period{{1, 99}}, []period{{97, 99}}},
		"a gap":                 {[]period{{1, 90}}, []period{{88, 99}}},
		"an overlap":            {[]period{{1, 101}}, []period{{99, 99}}},
		"a long overlap":        {[]period{{1, 105}}, nil},
		"one that is within":    {[]period{{100, 104}}, nil},
		"one that comes after":  {[]period{{120, 130}}, nil},
		"one of another season": {[]period{{-50, 7}}, nil},
		"two of them":           {[]period{{1, 50}, {51, 99}}, []period{{97, 99}}},
	} {
		got := openBefore([]period{{100, 110}}, c.all, 3)
		if len(got) != len(c.want) || len(got) > 0 && got[0] != c.want[0] {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}
