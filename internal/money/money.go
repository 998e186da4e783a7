// Package money is an exact amount of one currency.
//
// An amount is a decimal, never a float, together with its currency. It is
// read by a strict lexer: digits, and at most one full stop followed by as
// many digits as the currency has. Signs, exponents, spaces, thousands marks
// and commas are refused, because a file in which they occur means something
// that has to be decided before money moves, not guessed at here.
//
// The ledger keeps amounts as whole minor units ([Amount.Minor]) so that the
// database can sum them exactly; everything people read uses [Amount.String].
package money

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/govalues/decimal"
)

// MaxDigits is the most digits an amount may have in all. Eighteen of them
// fit an int64 of minor units, so that neither the database nor a sum of a
// million rows of plausible pay can run over silently.
const MaxDigits = 15

// The ways in which a text is not an amount. Errors of [Parse] wrap them.
var (
	ErrSyntax   = errors.New("not a plain number")
	ErrDecimals = errors.New("too many decimals")
	ErrTooLarge = errors.New("too large")
	ErrOverflow = errors.New("sum is too large")
	ErrCurrency = errors.New("currencies differ")
)

// Currency is an ISO 4217 currency and the number of decimals it is kept in.
type Currency struct {
	Code     string
	Decimals int
}

// The currencies of the areas. Decimals are ISO 4217's minor units.
var (
	BDT = Currency{"BDT", 2}
	BRL = Currency{"BRL", 2}
	EGP = Currency{"EGP", 2}
	IDR = Currency{"IDR", 2}
	INR = Currency{"INR", 2}
	KES = Currency{"KES", 2}
	KRW = Currency{"KRW", 0}
	MXN = Currency{"MXN", 2}
	NGN = Currency{"NGN", 2}
	PHP = Currency{"PHP", 2}
	PKR = Currency{"PKR", 2}
	VND = Currency{"VND", 0}
)

// Lookup finds a currency by its code.
func Lookup(code string) (Currency, bool) {
	for _, c := range []Currency{BDT, BRL, EGP, IDR, INR, KES, KRW, MXN, NGN, PHP, PKR, VND} {
		if c.Code == code {
			return c, true
		}
	}
	return Currency{}, false
}

// Amount is an exact amount of a currency. The zero value is nothing of no
// currency and may be added to any amount.
type Amount struct {
	value    decimal.Decimal
	currency Currency
}

// Parse reads a plain amount: "200", "1500.50". Trailing zeros beyond the
// currency's decimals are accepted ("300.0000" is 300), other digits there
// are ErrDecimals.
func Parse(currency Currency, text string) (Amount, error) {
	whole, fraction, hasPoint := strings.Cut(text, ".")
	if !digits(whole) || hasPoint && !digits(fraction) {
		return Amount{}, ErrSyntax
	}
	fraction = strings.TrimRight(fraction, "0")
	whole = strings.TrimLeft(whole, "0")
	if len(fraction) > currency.Decimals {
		return Amount{}, fmt.Errorf("%w: %s has %d", ErrDecimals, currency.Code, currency.Decimals)
	}
	if len(whole)+currency.Decimals > MaxDigits {
		return Amount{}, ErrTooLarge
	}
	plain := "0" + whole
	if fraction != "" {
		plain += "." + fraction
	}
	value, err := decimal.Parse(plain)
	if err != nil {
		return Amount{}, fmt.Errorf("%w: %w", ErrSyntax, err)
	}
	return Amount{value, currency}, nil
}

// FromMinor is the amount of that many minor units (cents, paise). It panics
// for a number of decimals no currency has: that is a programmer's error.
func FromMinor(currency Currency, minor int64) Amount {
	return Amount{decimal.MustNew(minor, currency.Decimals), currency}
}

// Minor is the amount in minor units. ok is false if it does not fit, or if
// it holds a fraction of a minor unit.
func (a Amount) Minor() (minor int64, ok bool) {
	value := a.value.Rescale(a.currency.Decimals)
	if value.Cmp(a.value) != 0 || value.Coef() > math.MaxInt64 {
		return 0, false
	}
	minor = int64(value.Coef())
	if value.IsNeg() {
		minor = -minor
	}
	return minor, true
}

// Currency is the amount's currency.
func (a Amount) Currency() Currency { return a.currency }

// IsZero tells whether the amount is nothing.
func (a Amount) IsZero() bool { return a.value.IsZero() }

// IsWhole tells whether the amount has no decimals.
func (a Amount) IsWhole() bool { return a.value.IsInt() }

// Cmp compares two amounts of one currency: -1, 0 or 1. Comparing amounts of
// two currencies panics; callers have established the currency before.
func (a Amount) Cmp(b Amount) int {
	if a.currency != b.currency {
		panic(fmt.Sprintf("compare %s with %s", a.currency.Code, b.currency.Code))
	}
	return a.value.Cmp(b.value)
}

// Equal tells whether both amounts and currencies are the same.
func (a Amount) Equal(b Amount) bool {
	return a.currency == b.currency && a.value.Cmp(b.value) == 0
}

// Add is the exact sum. It fails on two currencies and on overflow.
func (a Amount) Add(b Amount) (Amount, error) {
	if a.currency == (Currency{}) {
		return b, nil
	}
	if b.currency == (Currency{}) {
		return a, nil
	}
	if a.currency != b.currency {
		return Amount{}, fmt.Errorf("%w: %s and %s", ErrCurrency, a.currency.Code, b.currency.Code)
	}
	sum, err := a.value.AddExact(b.value, a.currency.Decimals)
	if err != nil {
		return Amount{}, ErrOverflow
	}
	return Amount{sum, a.currency}, nil
}

// Sub is the exact difference, which may be below zero. It fails on two
// currencies and on overflow.
func (a Amount) Sub(b Amount) (Amount, error) {
	b.value = b.value.Neg()
	return a.Add(b)
}

// Plain is the number alone in the shortest exact form: "200", "1500.5".
// It is what goes on the wire.
func (a Amount) Plain() string { return a.value.Trim(0).String() }

// Fixed is the number with all decimals of the currency: "200.00".
func (a Amount) Fixed() string { return a.value.Pad(a.currency.Decimals).String() }

// String is the form people read: "1,500.50 MXN".
func (a Amount) String() string {
	if a.currency == (Currency{}) {
		return "0"
	}
	whole, fraction, _ := strings.Cut(a.Fixed(), ".")
	sign := ""
	if strings.HasPrefix(whole, "-") {
		sign, whole = "-", whole[1:]
	}
	var b strings.Builder
	b.WriteString(sign)
	for i, digit := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(digit)
	}
	if fraction != "" {
		b.WriteString("." + fraction)
	}
	return b.String() + " " + a.currency.Code
}

func digits(text string) bool {
	if text == "" {
		return false
	}
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return false
		}
	}
	return true
}
