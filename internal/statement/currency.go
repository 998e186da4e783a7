package statement

import (
	"slices"

	"github.com/bulkpay/bulkpay/internal/money"
)

// The currencies whose minor unit is not a hundredth, by ISO 4217.
var (
	noDecimals = []string{
		"BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF",
	}
	threeDecimals = []string{"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"}
)

// LookupCurrency finds the currency of an account: one of those that payouts
// are made in, or any other by its ISO 4217 code of three capitals.
func LookupCurrency(code string) (money.Currency, bool) {
	if known, ok := money.Lookup(code); ok {
		return known, true
	}
	if len(code) != 3 {
		return money.Currency{}, false
	}
	for i := range len(code) {
		if code[i] < 'A' || code[i] > 'Z' {
			return money.Currency{}, false
		}
	}
	decimals := 2
	switch {
	case slices.Contains(noDecimals, code):
		decimals = 0
	case slices.Contains(threeDecimals, code):
		decimals = 3
	}
	return money.Currency{Code: code, Decimals: decimals}, true
}

// minorOf reads a plain amount ("1500.50") in minor units.
func minorOf(of money.Currency, plain string) (int64, error) {
	amount, err := money.Parse(of, plain)
	if err != nil {
		return 0, err
	}
	minor, ok := amount.Minor()
	if !ok {
		return 0, money.ErrTooLarge
	}
	return minor, nil
}
