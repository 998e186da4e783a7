package money

import (
	"errors"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestParseAcceptsOnlyPlainNumbers(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		text, plain, human string
		want               error
	}{
		{text: "200", plain: "200", human: "200.00 MXN"},
		{text: "0200", plain: "200", human: "200.00 MXN"},
		{text: "1500.50", plain: "1500.5", human: "1,500.50 MXN"},
		{text: "300.0000", plain: "300", human: "300.00 MXN"},
		{text: "0", plain: "0", human: "0.00 MXN"},
		{text: "1234567.89", plain: "1234567.89", human: "1,234,567.89 MXN"},
		{text: "9999999999999", plain: "9999999999999", human: "9,999,999,999,999.00 MXN"},
		{text: "10000000000000", want: ErrTooLarge},
		{text: "1.005", want: ErrDecimals},
		{text: "", want: ErrSyntax},
		{text: ".5", want: ErrSyntax},
		{text: "5.", want: ErrSyntax},
		{text: "+5", want: ErrSyntax},
		{text: "-5", want: ErrSyntax},
		{text: "1e3", want: ErrSyntax},
		{text: "1,000", want: ErrSyntax},
		{text: " 5", want: ErrSyntax},
		{text: "1_000", want: ErrSyntax},
		{text: "٣", want: ErrSyntax},
		{text: "NaN", want: ErrSyntax},
	} {
		got, err := Parse(MXN, test.text)
		if !errors.Is(err, test.want) {
			t.Errorf("Parse(%q): error %v, want %v", test.text, err, test.want)
			continue
		}
		if err == nil && (got.Plain() != test.plain || got.String() != test.human) {
			t.Errorf("Parse(%q) = %s, %s; want %s, %s", test.text, got.Plain(), got, test.plain, test.human)
		}
	}
}

func TestCurrencyWithoutDecimals(t *testing.T) {
	t.Parallel()
	amount, err := Parse(KRW, "1200")
	if err != nil || amount.String() != "1,200 KRW" {
		t.Fatalf("got %s, %v", amount, err)
	}
	if _, err := Parse(KRW, "1200.5"); !errors.Is(err, ErrDecimals) {
		t.Fatalf("decimals of won: %v", err)
	}
}

func TestMinorUnitsThereAndBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		minor := rapid.Int64Range(0, 999_999_999_999_999).Draw(t, "minor")
		currency := rapid.SampledFrom([]Currency{MXN, KRW}).Draw(t, "currency")
		amount := FromMinor(currency, minor)
		if got, ok := amount.Minor(); !ok || got != minor {
			t.Fatalf("%d came back as %d, %v", minor, got, ok)
		}
		again, err := Parse(currency, amount.Plain())
		if err != nil || !again.Equal(amount) {
			t.Fatalf("%s read again: %s, %v", amount.Plain(), again, err)
		}
	})
}

func TestDifferenceIsExact(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		minors := rapid.Int64Range(-1_000_000_000_000, 1_000_000_000_000)
		a, b := minors.Draw(t, "a"), minors.Draw(t, "b")
		got, err := FromMinor(MXN, a).Sub(FromMinor(MXN, b))
		if minor, ok := got.Minor(); err != nil || !ok || minor != a-b {
			t.Fatalf("%d - %d = %d, %v", a, b, minor, err)
		}
	})
	if _, err := FromMinor(MXN, 1).Sub(FromMinor(INR, 1)); !errors.Is(err, ErrCurrency) {
		t.Errorf("rupees from pesos: %v", err)
	}
}

func TestSumsAreExact(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		minors := rapid.SliceOf(rapid.Int64Range(-1_000_000_000_000, 1_000_000_000_000)).Draw(t, "minors")
		sum, want := Amount{}, new(big.Int)
		for _, minor := range minors {
			var err error
			if sum, err = sum.Add(FromMinor(MXN, minor)); err != nil {
				t.Fatal(err)
			}
			want.Add(want, big.NewInt(minor))
		}
		if got, ok := sum.Minor(); !ok || big.NewInt(got).Cmp(want) != 0 {
			t.Fatalf("sum %d, want %s", got, want)
		}
	})
}

func TestAddRefusesToMixCurrencies(t *testing.T) {
	t.Parallel()
	if _, err := FromMinor(MXN, 1).Add(FromMinor(INR, 1)); !errors.Is(err, ErrCurrency) {
		t.Fatalf("got %v", err)
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"0", "200", "1500.50", "1e3", "+5", "..", "999999999999999999999"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		amount, err := Parse(MXN, text)
		if err != nil {
			return
		}
		again, err := Parse(MXN, amount.Plain())
		if err != nil || !again.Equal(amount) {
			t.Fatalf("%q read as %s, which reads as %s, %v", text, amount.Plain(), again, err)
		}
		if strings.ContainsAny(amount.Plain(), "eE+- ,") {
			t.Fatalf("%q has the plain form %q", text, amount.Plain())
		}
	})
}
