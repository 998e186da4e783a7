package ingest

import (
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/bulkpay/bulkpay/internal/money"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// amountOf reads one text by a convention: the plain digits, or the problem.
func amountOf(slug, value string, by convention) string {
	a := newAmounts(area(slug), by)
	plain, fault := a.read(value, kindPlain)
	if fault.Field != "" {
		return fault.Problem
	}
	return plain
}

func TestAmountsPeopleWrite(t *testing.T) {
	t.Parallel()
	const either = "can be read in two ways: the mark before its last three digits may group thousands or separate decimals"
	const notPlain, groups, negative = "is not a plain number", "is not a plain number: its thousands are not in groups of three", "is negative"
	for value, want := range map[string]string{
		"1500": "1500", "0": "0", "007": "007", "1500.00": "1500", "1500,00": "1500", "1500.5": "1500.50", "1500,50": "1500.50", "1500.505": "1500.505",
		"1,234.00": "1234", "1.234,00": "1234", "1.234,5": "1234.50", "1.234.567": "1234567", "1,234,567": "1234567", "1,23,456": "123456", "12,34,567.50": "1234567.50",
		"1 234": "1234", "1 234 567,00": "1234567", "1\u00a0234": "1234", "1\u202f234,50": "1234.50", "1'234.00": "1234", "1’234": "1234", "12'345'678": "12345678",
		"$1500": "1500", "$ 1,500.00": "1500", "MXN 1500": "1500", "1500 mxn": "1500", "MX$1500": "1500", "1500 M.N.": "1500", "$1,500.00 MXN": "1500",
		"１５００": "1500", "１，２３４．００": "1234", "١٥٠٠": "1500", "१५००": "1500", "১৫০০": "1500", "1\u200b500": "1500", "'1500": "1500",
		"1.234": either, "1,234": either, "12.500": either, "999,999": either, "0.500": "0.50", "0,125": "0.125", "1234.567": "1234.567", "1234,000": "1234",
		"": notPlain, "x": notPlain, "1..2": notPlain, ".5": notPlain, "5.": notPlain, "1-2": notPlain, "1 ": "1", "1,2,3": groups, "1.23.456": groups,
		"1,2345,678": groups, "1 23 456": groups, "01,234,567": groups, "1234,567.00": groups, "1,234 567": groups, "1.234,567.8": groups, "1,234,56": groups,
		"-5": negative, "−5": negative, "5-": negative, "(1,500)": negative, "$-5": negative, "-$5": negative, "+5": "has a sign in front",
		"5%": "is a percentage", "=A1*2": "is the text of a formula, not its result", "1.5E+03": "was turned into a rounded number by a spreadsheet",
		"US$ 5": "has something beside the number that is not MXN", "5 EUR": "has something beside the number that is not MXN", "€5": "has something beside the number that is not MXN",
		"1500 pesos": "has something beside the number that is not MXN", "$": notPlain, "$ $": notPlain, "$$": notPlain, "-": notPlain, "1.5k": "has something beside the number that is not MXN",
	} {
		if got := amountOf("mexico", value, noConvention); got != want {
			t.Errorf("%q: %q, want %q", value, got, want)
		}
	}
	for _, test := range []struct {
		value, area, want string
		by                convention
	}{
		{"1.234", "mexico", "1234", decimalComma},
		{"1,234", "mexico", "1234", decimalPoint},
		{"1.234", "mexico", "1.234", decimalPoint},
		{"1,234", "mexico", "1.234", decimalComma},
		{"1,500.00", "mexico", "has its marks the other way round than a sheet with a decimal comma", decimalComma},
		{"1.5", "mexico", "has its marks the other way round than a sheet with a decimal comma", decimalComma},
		{"1 500", "mexico", "1500", decimalComma},
		{"₹ 1,23,456", "india", "123456", noConvention},
		{"Rs. 500", "india", "500", noConvention},
		{"$ 500", "india", "has something beside the number that is not INR", noConvention},
		{"R$ 1.500,50", "brazil", "1500.50", noConvention},
		{"PHP 500", "philippines", "500", noConvention},
		{"P500", "philippines", "500", noConvention},
		{"500 ₫", "vietnam", "500", noConvention},
		{"KSh 500", "kenya", "500", noConvention},
	} {
		if got := amountOf(test.area, test.value, test.by); got != test.want {
			t.Errorf("%s: %q by %s: %q, want %q", test.area, test.value, test.by, got, test.want)
		}
	}
}

// What one row settles holds for the column; rows that contradict one another
// are all faults, because nobody can say which are right.
func TestMarksMeanTheSameInTheWholeColumn(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		amounts []string
		decimal string
		want    []string
		assumed string
	}{
		"a point settles it":  {[]string{"1,234", "2,500.00", "3.50", "700"}, "", []string{"1234", "2500", "3.50", "700"}, "amounts have a decimal point, as row 3 shows"},
		"a comma settles it":  {[]string{"1.234", "2.500.000", "700"}, "", []string{"1234", "2500000", "700"}, "amounts have a decimal comma, as row 3 shows"},
		"nothing settles it":  {[]string{"1.234", "700"}, "", []string{"can be read in two ways", "700"}, ""},
		"told":                {[]string{"1.234", "700"}, "comma", []string{"1234", "700"}, "amounts have a decimal comma, as set"},
		"told otherwise":      {[]string{"1,234.00", "1.234"}, "comma", []string{"has its marks the other way round", "1234"}, "as set"},
		"contradiction":       {[]string{"1,234.00", "1.234,00", "1.234", "700"}, "", []string{"the other way round than row 3", "the other way round than row 2", "one thing in row 2 and another in row 3", "700"}, ""},
		"contradiction, told": {[]string{"1,234.00", "1.234,00", "1.234", "700"}, "comma", []string{"the other way round", "1234", "1234", "700"}, "as set"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			content := mexicanHeader + "\n"
			for _, amount := range test.amounts {
				content += strings.Replace(mexicanRow, "1500", `"`+amount+`"`, 1) + "\n"
			}
			sheet := must(setup(t, "a.csv", []byte(content), Options{Decimal: test.decimal}))
			if assumed := strings.Join(sheet.Assumed(), "\n"); !strings.Contains(assumed, test.assumed) || test.assumed == "" && strings.Contains(assumed, "decimal") {
				t.Error(assumed)
			}
			for i, row := range drain(t, sheet) {
				got := row.Values["amount"]
				for _, problem := range row.Problems {
					got += problem.What
				}
				if !strings.Contains(got, test.want[i]) {
					t.Errorf("row %d: %q, want %q", row.Number, got, test.want[i])
				}
			}
		})
	}
	if _, err := setup(t, "a.csv", []byte(mexicanHeader), Options{Decimal: "dot"}); err == nil || !strings.Contains(err.Error(), "--decimal point or --decimal comma") {
		t.Error(err)
	}
}

// However a number is written, reading it gives the number back or says that
// it could be two.
func TestAmountsWrittenInAnyWayReadTheSame(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		whole := rapid.Uint64Range(0, 999_999_999_999).Draw(r, "whole")
		cents := rapid.IntRange(-1, 99).Draw(r, "cents")
		style := rapid.SampledFrom([]struct {
			thousands, decimal string
			by                 convention
		}{{"", ".", decimalPoint}, {"", ",", decimalComma}, {",", ".", decimalPoint}, {".", ",", decimalComma}, {" ", ".", decimalPoint}, {" ", ",", decimalComma}, {"'", ".", decimalPoint}}).Draw(r, "style")
		digits := fmt.Sprint(whole)
		text := ""
		for i, digit := range digits {
			if i > 0 && (len(digits)-i)%3 == 0 {
				text += style.thousands
			}
			text += string(digit)
		}
		want := digits
		if cents >= 0 {
			text += fmt.Sprintf("%s%02d", style.decimal, cents)
			if cents > 0 {
				want += fmt.Sprintf(".%02d", cents)
			}
		}
		if got := amountOf("brazil", text, style.by); got != want {
			r.Fatalf("%q by %s: %q, want %q", text, style.by, got, want)
		}
		if got := amountOf("brazil", text, noConvention); got != want && !strings.HasPrefix(got, "can be read in two ways") {
			r.Fatalf("%q: %q, want %q", text, got, want)
		}
	})
}

func TestAmountCellsOfAWorkbook(t *testing.T) {
	t.Parallel()
	a := newAmounts(area("mexico"), noConvention)
	var got []string
	for _, cell := range []struct {
		text string
		kind kind
	}{{"1234", kindNumber}, {"1.234", kindNumber}, {"1500.5", kindNumber}, {"-3", kindNumber}, {"2026-11-21", kindDate}, {"TRUE", kindBool}, {"1,234", kindText}, {"1,234.00", kindText}} {
		plain, fault := a.read(cell.text, cell.kind)
		got = append(got, plain+fault.Problem)
	}
	want := []string{
		"1234", "1.234", "1500.50", "is negative", "is a date", "is TRUE or FALSE",
		"can be read in two ways: the mark before its last three digits may group thousands or separate decimals", "1234",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// Whatever is accepted is a number that money reads, of the same digits as the
// text, and reads the same again.
func FuzzAmount(f *testing.F) {
	for _, seed := range []string{"1500", "1,234.00", "1.234,5", "1 234", "$ 1’234.00", "１，２３４", "1.234", "(5)", "1E+5", "1,23,456", "٫١", "$ $", "12,34,567.8"} {
		f.Add(seed, byte(0))
		f.Add(seed, byte(1))
	}
	f.Fuzz(func(t *testing.T, text string, by byte) {
		text = trim(text)
		if text == "" {
			return
		}
		for _, slug := range []string{"mexico", "vietnam", "brazil"} {
			a := newAmounts(area(slug), convention(by%3))
			a.survey(text, kindPlain, 1)
			plain, fault := a.read(text, kindPlain)
			if fault.Field != "" {
				if plain != "" || fault.Problem == "" || fault.Want == "" {
					t.Fatalf("%q: %q %+v", text, plain, fault)
				}
				continue
			}
			if _, ok := new(big.Rat).SetString(plain); !ok || strings.Trim(plain, ".0123456789") != "" {
				t.Fatalf("%q is read as %q", text, plain)
			}
			sameDigits(t, text, plain)
			if again, fault := newAmountsRead(slug, plain); fault != "" || again != plain {
				t.Fatalf("%q is read as %q, and that as %q (%s)", text, plain, again, fault)
			}
			if _, err := money.Parse(money.BRL, plain); err != nil && !strings.Contains(plain, ".") && len(strings.TrimLeft(plain, "0")) <= 13 {
				t.Fatalf("%q: %v", plain, err)
			}
		}
	})
}

func newAmountsRead(slug, value string) (plain, problem string) {
	a := newAmounts(area(slug), decimalPoint)
	plain, fault := a.read(value, kindPlain)
	return plain, fault.Problem
}

// sameDigits: no digit is lost but zeros at the end, none is made up.
func sameDigits(t *testing.T, text, plain string) {
	t.Helper()
	digits := func(s string) string {
		return strings.Map(func(r rune) rune {
			if r >= '0' && r <= '9' {
				return r
			}
			return -1
		}, foldDigits(s))
	}
	from, to := digits(text), digits(plain)
	if strings.TrimRight(from, "0") != strings.TrimRight(to, "0") {
		t.Fatalf("%q is read as %q", text, plain)
	}
}
