package intake

import (
	"errors"
	"strings"
	"testing"

	"github.com/bulkpay/bulkpay/ingest"
	"github.com/bulkpay/bulkpay/internal/money"
)

func pesos(minor int64) money.Amount { return money.FromMinor(money.MXN, minor) }

func TestTotalsThatDoNotAgreeAreSaidWithTheDifference(t *testing.T) {
	t.Parallel()
	count := func(n int) Expect { return Expect{Count: &n} }
	sum := func(minor int64) Expect { a := pesos(minor); return Expect{Sum: &a} }
	both := count(1000)
	both.Sum = sum(2_500_000_00).Sum
	for _, c := range []struct {
		expect Expect
		totals *ingest.Totals
		want   string
	}{
		{Expect{}, nil, ""},
		{count(999), nil, ""},
		{sum(2_499_000_00), nil, ""},
		{Expect{}, &ingest.Totals{Row: 1002, HasCount: true, Count: 999, HasSum: true, Sum: pesos(2_499_000_00)}, ""},
		{Expect{}, &ingest.Totals{Row: 1002, Count: 7, Sum: pesos(7)}, ""}, // it has neither
		{count(1000), nil, "s.csv: has 999 rows, and should have 1,000 as expected: 1 too little"},
		{count(0), nil, "s.csv: has 999 rows, and should have 0 as expected: 999 too much"},
		{sum(2_500_000_00), nil, "s.csv: adds up to 2,499,000.00 MXN, and should to 2,500,000.00 MXN as expected: 1,000.00 MXN too little"},
		{both, nil, "s.csv: has 999 rows, and should have 1,000 as expected: 1 too little; " +
			"adds up to 2,499,000.00 MXN, and should to 2,500,000.00 MXN as expected: 1,000.00 MXN too little"},
		{
			count(999), &ingest.Totals{Row: 1002, HasSum: true, Sum: pesos(2_498_999_50)},
			"s.csv: adds up to 2,499,000.00 MXN, and should to 2,498,999.50 MXN by row 1002: 0.50 MXN too much",
		},
		{
			count(1), &ingest.Totals{Row: 1002, HasCount: true, Count: 998},
			"s.csv: has 999 rows, and should have 998 by row 1002: 1 too much\ns.csv: has 999 rows, and should have 1 as expected: 998 too much",
		},
	} {
		e := Examined{File: "s.csv", Rows: 999, Sum: pesos(2_499_000_00), Totals: c.totals}
		got := ""
		if err := e.Check(c.expect); err != nil {
			got = err.Error()
			if disagree := (*TotalsError)(nil); !errors.As(err, &disagree) {
				t.Errorf("%v is of another kind", err)
			}
		}
		if got != c.want {
			t.Errorf("got\n%s\nwant\n%s", got, c.want)
		}
	}
	e := Examined{File: "s.csv", Rows: 2, Sum: pesos(5), Unreadable: 1}
	if got := e.Check(sum(9)).Error(); got != "s.csv: adds up to 0.05 MXN, and should to 0.09 MXN as expected: 0.04 MXN too little (1 rows whose amount cannot be read are not in it)" {
		t.Error(got)
	}
}

func TestSheetWithOtherTotalsIsNotImported(t *testing.T) {
	t.Parallel()
	d := setup(t)
	path := d.sheet("s.csv", to("Ana", 1, 100), to("Bea", 2, 250))
	e, _, _ := d.examine(path)
	two, three, right, wrong := 2, 3, pesos(350_00), pesos(350_01)
	for _, expect := range []Expect{{Count: &three, Sum: &right}, {Count: &two, Sum: &wrong}} {
		o := d.order()
		o.Expect = expect
		var disagree *TotalsError
		if _, err := Import(t.Context(), d.book, d.open(path), e, o); !errors.As(err, &disagree) {
			t.Errorf("error %v", err)
		}
		rows, sum := disagree.Difference()
		if (rows == 0) == sum.IsZero() || rows > 0 {
			t.Errorf("the difference is %d rows and %s", rows, sum)
		}
	}
	d.equal(d.batches(), 0)
	o := d.order()
	o.Expect = Expect{Count: &two, Sum: &right}
	_, err := Import(t.Context(), d.book, d.open(path), e, o)
	d.must(err)
	d.equal(d.batches(), 1)
}

// A total of the sheet itself that does not agree stops the sheet, whatever
// rows are left out, and is no row.
func TestSheetThatContradictsItselfIsNotImported(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		lines []string
		want  string
	}{
		"a total that agrees": {[]string{to("Ana", 1, 100), to("Bea", 2, 250), ",TOTAL,,,350,,"}, ""},
		"a row is missing": {
			[]string{to("Ana", 1, 100), to("Bea", 2, 250), ",TOTAL,,,450,,"},
			"s.csv: adds up to 350.00 MXN, and should to 450.00 MXN by row 4: 100.00 MXN too little",
		},
		"a subtotal": {
			[]string{to("Ana", 1, 100), ",Subtotal,,,100,,", to("Bea", 2, 250), ",TOTAL,,,350,,"}, "row 3",
		},
	} {
		d := setup(t)
		path := d.sheet("s.csv", c.lines...)
		e, problems, _ := d.examine(path)
		d.equal([]any{e.Rows, e.Invalid, e.Valid(), e.Sum.Plain()}, []any{2, 0, 2, "350"})
		_, err := Import(t.Context(), d.book, d.open(path), e, d.order())
		switch {
		case c.want == "":
			d.must(err)
			d.equal([]int{len(problems), e.Problems, d.batches()}, []int{0, 0, 1})
			continue
		case err == nil || !strings.Contains(err.Error(), c.want):
			t.Errorf("%s: error %v", name, err)
		}
		d.equal([]any{len(problems) > 0, e.Problems == len(problems), d.batches()}, []any{true, true, 0})
	}
}
