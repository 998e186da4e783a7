package paypro

import (
	"errors"
	"strconv"
	"strings"

	"github.com/bulkpay/bulkpay/internal/money"
)

// The rules for amounts.

// wholeAmount demands a positive amount without decimals. "200.00" is
// refused as well: whether the point was meant as a thousands mark is for a
// person to say.
func wholeAmount(currency money.Currency) Rule { return wholeAmountBetween(currency, 0, 0) }

// wholeAmountBetween is wholeAmount within limits; 0 is no limit.
func wholeAmountBetween(currency money.Currency, least, most int64) Rule {
	want := "a whole number above 0, digits only, for example 1500"
	switch {
	case least > 0 && most > 0:
		want = "a whole number from " + strconv.FormatInt(least, 10) + " to " + strconv.FormatInt(most, 10)
	case least > 0:
		want = "a whole number of at least " + strconv.FormatInt(least, 10)
	}
	low, high := whole(currency, least), whole(currency, most)
	return func(value string, _ Values) (string, string) {
		amount, err := money.Parse(currency, value)
		switch {
		case errors.Is(err, money.ErrTooLarge):
			return "is larger than any payout", want
		case errors.Is(err, money.ErrDecimals), err == nil && strings.Contains(value, "."):
			return "has decimals, which the gateway does not take", want
		case err != nil:
			return "is not a plain number", want
		case amount.IsZero():
			return "is zero", want
		case value[0] == '0':
			return "starts with a zero", want
		case least > 0 && amount.Cmp(low) < 0:
			return "is less than the gateway pays", want
		case most > 0 && amount.Cmp(high) > 0:
			return "is more than the gateway pays", want
		}
		return "", ""
	}
}

// whole is an amount of whole units of a currency.
func whole(currency money.Currency, units int64) money.Amount {
	amount, err := money.Parse(currency, strconv.FormatInt(units, 10))
	if err != nil {
		panic(err) // a limit in an area's table
	}
	return amount
}

// lessThan doubts an amount below what the documents recommend.
func lessThan(currency money.Currency, least int64) Rule {
	low, want := whole(currency, least), strconv.FormatInt(least, 10)+" or more"
	return func(value string, _ Values) (string, string) {
		if amount, err := money.Parse(currency, value); err == nil && amount.Cmp(low) < 0 {
			return "is less than the gateway recommends", want
		}
		return "", ""
	}
}

// centAmount demands a positive amount with at most two decimals. Three are
// refused even when they are zeros: "1.500" is fifteen hundred to whoever
// writes a point between the thousands.
func centAmount(currency money.Currency) Rule {
	const want = "a number above 0 with at most two decimals after a point, for example 1500.50"
	return func(value string, _ Values) (string, string) {
		amount, err := money.Parse(currency, value)
		units, decimals, _ := strings.Cut(value, ".")
		switch {
		case errors.Is(err, money.ErrTooLarge):
			return "is larger than any payout", want
		case errors.Is(err, money.ErrDecimals), err == nil && len(decimals) > currency.Decimals:
			return "has more than two decimals, or a point between the thousands", want
		case err != nil:
			return "is not a plain number", want
		case amount.IsZero():
			return "is zero", want
		case units[0] == '0' && units != "0":
			return "starts with a zero", want
		}
		return "", ""
	}
}

// tidyCents writes an amount in one way: without decimals if they are zeros,
// else with both. The same payout is then recognised in a sheet that has
// 1500.5 and in one that has 1500.50.
func tidyCents(value string) string {
	units, decimals, ok := strings.Cut(value, ".")
	if !ok || digitsIn(units) != len(units) || digitsIn(decimals) != len(decimals) || units == "" {
		return value
	}
	switch {
	case decimals == "0" || decimals == "00":
		return units
	case len(decimals) == 1:
		return value + "0"
	}
	return value
}
