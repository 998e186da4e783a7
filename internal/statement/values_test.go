package statement

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/bulkpay/bulkpay/internal/money"
)

func TestNumbersAreReadAsBanksWriteThem(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][2]string{ // with a point, with a comma
		"1500":         {"1500", "1500"},
		"1500.50":      {"1500.50", ""},
		"1500,50":      {"", "1500.50"},
		"1,500.50":     {"1500.50", ""},
		"1.500,50":     {"", "1500.50"},
		"1,500":        {"1500", "1.500"},
		"1 500.50":     {"1500.50", ""},
		"1 500,50":     {"", "1500.50"},
		"1'500.50":     {"1500.50", ""},
		"1,50,000.00":  {"150000.00", ""},
		"12,34,56,789": {"123456789", ""},
		"1,2,3":        {"", ""},
		"1,50,00.00":   {"", ""},
		"-1500.50":     {"-1500.50", ""},
		"1500.50-":     {"-1500.50", ""},
		"(1,500.50)":   {"-1500.50", ""},
		"−5":           {"-5", "-5"},
		"+5":           {"5", "5"},
		"$ 1,500.50":   {"1500.50", ""},
		"-$1,500.50":   {"-1500.50", ""},
		"$-1,500.50":   {"-1500.50", ""},
		"₹1,50,000":    {"150000", ""},
		"Rs. 200":      {"200", "200"},
		"MXN 200.00":   {"200.00", ""},
		"8.500,00 €":   {"", "8500.00"},
		"200 DR":       {"200 out", "200 out"},
		"200.00Cr.":    {"200.00 in", ""},
		".50":          {"0.50", ""},
		"5.":           {"5", ""},
		"":             {"", ""},
		"--5":          {"", ""},
		"1e3":          {"", ""},
		"0x10":         {"", ""},
		"12/11":        {"", ""},
		"abcdefgh 5":   {"", ""},
		"1.2.3":        {"", ""},
		"５":            {"", ""},
	} {
		for i, decimal := range []byte{'.', ','} {
			got := ""
			if n, ok := parseNumber(text, decimal); ok {
				got = n.plain
				if n.negative {
					got = "-" + got
				}
				got += map[int]string{0: "", 1: " out", -1: " in"}[n.side]
			}
			if got != want[i] {
				t.Errorf("%q with %c is %q, want %q", text, decimal, got, want[i])
			}
		}
	}
}

// What was written as an amount is read as the same amount, however it is dressed.
func TestDressedNumbersKeepTheirValue(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		minor := rapid.Int64Range(0, 99_999_999_999).Draw(t, "minor")
		text := money.FromMinor(money.MXN, minor).String() // 1,500.50 MXN
		switch rapid.IntRange(0, 3).Draw(t, "dress") {
		case 1:
			text = "$" + strings.TrimSuffix(text, " MXN")
		case 2:
			text = "(" + strings.TrimSuffix(text, " MXN") + ")"
		case 3:
			text = strings.NewReplacer(",", ".", ".", ",").Replace(strings.TrimSuffix(text, " MXN"))
			n, ok := parseNumber(text, ',')
			if got, err := minorOf(money.MXN, n.plain); !ok || err != nil || got != minor {
				t.Fatalf("%q is %v", text, n)
			}
			return
		}
		n, ok := parseNumber(text, '.')
		if got, err := minorOf(money.MXN, n.plain); !ok || err != nil || got != minor {
			t.Fatalf("%q is %v", text, n)
		}
	})
}

func TestDatesAreReadInTheOrdersThatFit(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"2026-11-22":                "YYYY-MM-DD 2026-11-22",
		"2026/11/22 10:15:00":       "YYYY-MM-DD 2026-11-22",
		"2026-11-22T10:15:00+05:30": "YYYY-MM-DD 2026-11-22",
		"20261122":                  "YYYY-MM-DD 2026-11-22",
		"20261122101500":            "YYYY-MM-DD 2026-11-22",
		"2026年11月22日":               "YYYY-MM-DD 2026-11-22",
		"22/11/2026":                "DD/MM/YYYY 2026-11-22",
		"22.11.26":                  "DD/MM/YYYY 2026-11-22",
		"22-Nov-2026":               "DD/MM/YYYY 2026-11-22 MM/DD/YYYY 2026-11-22",
		"22 nov. 2026":              "DD/MM/YYYY 2026-11-22 MM/DD/YYYY 2026-11-22",
		"01/ENE/2026":               "DD/MM/YYYY 2026-01-01 MM/DD/YYYY 2026-01-01",
		"Nov 22, 2026":              "DD/MM/YYYY 2026-11-22 MM/DD/YYYY 2026-11-22",
		"01/02/2026":                "DD/MM/YYYY 2026-02-01 MM/DD/YYYY 2026-01-02",
		"11/22/2026 3:04 PM":        "MM/DD/YYYY 2026-11-22",
		"29/02/2027":                "",
		"31/11/2026":                "",
		"2026-13-01":                "",
		"45983":                     "",
		"22/11":                     "",
		"22/11/202":                 "",
		"22/11/0026":                "",
		"22/11/2026 secret":         "",
		"Total":                     "",
		"2026-11-22x":               "",
		"":                          "",
	} {
		var got []string
		if parts, ok := splitDate(text); ok {
			for _, o := range []order{orderYMD, orderDMY, orderMDY} {
				if day, _ := parts.in(o); parts.orders()&o != 0 {
					got = append(got, orderNames[o]+" "+day.String())
				}
			}
		}
		if diff := cmp.Diff(want, strings.Join(got, " ")); diff != "" {
			t.Errorf("%q: (-want +got)\n%s", text, diff)
		}
	}
}

func TestFormatsOfDates(t *testing.T) {
	t.Parallel()
	for format, want := range map[string]order{
		"DD/MM/YYYY": orderDMY, "dd.mm.yy": orderDMY, "02/01/2006": orderDMY, "02-Jan-2006": orderDMY, "02.01.06": orderDMY,
		"MM/DD/YYYY": orderMDY, "01/02/2006": orderMDY, "Jan 02, 2006": orderMDY, "YYYY-MM-DD": orderYMD, "2006-01-02": orderYMD, "AAAA-MM-DD": orderYMD,
		"DD/MM": 0, "": 0, "YYYY": 0, "secret": 0, "YY/DD/MM": 0,
	} {
		if got, ok := orderOf(format); got != want || ok != (want != 0) {
			t.Errorf("%q is %d, %t", format, got, ok)
		}
	}
}

func TestDaysCount(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		at := time.Unix(rapid.Int64Range(-30_000_000_000, 30_000_000_000).Draw(t, "at"), 0).UTC()
		day := DayOf(at)
		if day.String() != at.Format(time.DateOnly) || DayOf(day.Time()) != day || DayOf(at.AddDate(0, 0, 1)) != day+1 {
			t.Fatalf("%s is %s", at, day)
		}
		var read Day
		if text, _ := day.MarshalText(); read.UnmarshalText(text) != nil || read != day {
			t.Fatalf("%s is read as %s", day, read)
		}
	})
	first, err := ParseDay("0001-01-01")
	if err != nil || first != 1 || Day(0).String() != "" || !Day(0).Time().IsZero() {
		t.Error(first, err)
	}
	for _, bad := range []string{"2026-02-30", "22/11/2026", "0000-01-01", "x"} {
		if _, err := ParseDay(bad); err == nil {
			t.Errorf("%q is a day", bad)
		}
	}
}

func TestWordsAreFoundWhereverABankBreaksThem(t *testing.T) {
	t.Parallel()
	const number = "BP20261121101500ABCDEFGHJKMN"
	rapid.Check(t, func(t *rapid.T) {
		width := rapid.IntRange(10, 70).Draw(t, "width")
		text := rapid.StringMatching(`[A-Z ]{0,40}`).Draw(t, "before") + rapid.SampledFrom([]string{" ", "/", "+", "REF"}).Draw(t, "glue") + number +
			rapid.SampledFrom([]string{"", " AND MORE", "/X"}).Draw(t, "after")
		l := &Line{}
		for text != "" {
			end := min(width, len(text))
			l.NarrativeLines, text = append(l.NarrativeLines, text[:end]), text[end:]
		}
		if !slices.Contains(slices.Collect(l.Words()), number) {
			t.Fatalf("not found in %q", l.NarrativeLines)
		}
	})
}

func TestWordsLeaveOutWhatSaysNothing(t *testing.T) {
	t.Parallel()
	l := &Line{References: []string{"AB-1234"}, NarrativeLines: []string{"PAY NOV 26 short12 noDigitsHere -" + strings.Repeat("9", 65) + "- x_12345_"}}
	want := []string{"AB-1234", "short12", "x_12345"}
	if diff := cmp.Diff(want, slices.Collect(l.Words())); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	for range l.Words() {
		break // whoever has enough gets no more
	}
}

func TestSameAccountInOtherForms(t *testing.T) {
	t.Parallel()
	for _, one := range []struct {
		a, b string
		same bool
	}{
		{"DE02 1203 0000 0000 2020 51", "12030000/0000202051", true},
		{"12030000/0000202051", "12030000/0000202052", false},
		{"012180015000000004", "0004", true},
		{"012180015000000004", "004", false},
		{"A-1", "a1", true},
		{"", "0004", false},
	} {
		if got := sameAccount(one.a, one.b); got != one.same || sameAccount(one.b, one.a) != got {
			t.Errorf("%q and %q: %t", one.a, one.b, got)
		}
	}
}

func TestCurrencies(t *testing.T) {
	t.Parallel()
	for code, decimals := range map[string]int{"MXN": 2, "EUR": 2, "JPY": 0, "KRW": 0, "KWD": 3} {
		if c, ok := LookupCurrency(code); !ok || c.Code != code || c.Decimals != decimals {
			t.Errorf("%s: %v %t", code, c, ok)
		}
	}
	for _, bad := range []string{"", "mxn", "MX", "MXNN", "M1N"} {
		if _, ok := LookupCurrency(bad); ok {
			t.Errorf("%q is a currency", bad)
		}
	}
}

// A reading that adds up to too much says so instead of running over.
func TestSumsDoNotRunOver(t *testing.T) {
	t.Parallel()
	var all totals
	a := money.FromMinor(money.MXN, 1<<62)
	for range 3 {
		all.add(&Line{Amount: a, Status: StatusBooked}, 1<<62, 0)
	}
	if !all.overflow {
		t.Errorf("%+v", all)
	}
}
