package compare

import (
	"math"
	"testing"

	"github.com/bulkpay/bulkpay/internal/money"
)

func TestUsual(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		amount int64
		latest []int64
		usual  int64
		why    string
	}{
		{100, nil, 0, ""},
		{100, []int64{100}, 100, ""},
		{200, []int64{100}, 100, ""},
		{201, []int64{100}, 100, "2.0 times"},
		{50, []int64{100}, 100, ""},
		{49, []int64{100}, 100, "0.5 times"},
		{400, []int64{100, 5000}, 100, "4.0 times"}, // the latest counts
		// A salary that never changes: a quarter more is no news.
		{125, []int64{100, 100, 100}, 100, ""},
		{126, []int64{100, 100, 100}, 100, "1.3 times"},
		{75, []int64{100, 100, 100}, 100, ""},
		{74, []int64{100, 100, 100}, 100, "0.7 times"},
		{1000, []int64{100, 100, 100}, 100, "10.0 times"},
		// One bonus does not make the next one usual.
		{1000, []int64{1000, 100, 100, 100, 100}, 100, "10.0 times"},
		// Amounts that scatter: median 300, distances 200 100 0 100 200, scatter 100.
		{744, []int64{100, 200, 300, 400, 500}, 300, ""},
		{745, []int64{100, 200, 300, 400, 500}, 300, "2.5 times"},
		{1, []int64{100, 200, 300, 400, 500}, 300, ""},
		{math.MaxInt64 / 10_000, []int64{1, 1, 1}, 1, "many times"},
	} {
		var latest []money.Amount
		for _, minor := range c.latest {
			latest = append(latest, money.FromMinor(money.KRW, minor))
		}
		if c.why == "many times" {
			c.why = times(c.amount, 1)
		}
		usual, why := Usual(money.FromMinor(money.KRW, c.amount), latest)
		if minor, _ := usual.Minor(); minor != c.usual || why != c.why {
			t.Errorf("%d after %v: %q beside %d, want %q beside %d", c.amount, c.latest, why, minor, c.why, c.usual)
		}
	}
}

func TestShareIsRounded(t *testing.T) {
	t.Parallel()
	for _, c := range [][3]int64{{1, 1000, 1}, {1, 2001, 0}, {1, 2000, 1}, {-1, 2000, -1}, {-1, 2001, 0}, {0, 5, 0}, {-5, 5, -1000}, {999_999_999_999_999, 1, 999_999_999_999_999_000}} {
		if got := perMille(c[0], c[1]); got != c[2] {
			t.Errorf("%d of %d is %d, want %d", c[0], c[1], got, c[2])
		}
	}
	for perMille, want := range map[int64]string{0: "0.0", 4: "0.4", -4: "-0.4", -1234: "-123.4", 583: "58.3"} {
		if got := tenths(perMille); got != want {
			t.Errorf("%d is written %s", perMille, got)
		}
	}
}
