package sandbox

import (
	"strconv"
	"strings"
)

// Amounts are kept in hundredths of a currency's unit, exactly; no area takes finer ones.
const hundredths = 100

// maxAmountDigits are those before the point. The balance bounds the sums.
const maxAmountDigits = 12

// parseAmount reads an amount of at most so many decimals. It refuses signs, exponents, leading
// zeros and nothing, so that an amount is written in one way only, but for zeros at the
// end. places is how many decimals were written.
func parseAmount(s string, decimals int) (units int64, places int, ok bool) {
	whole, fraction, point := strings.Cut(s, ".")
	if !digits(whole) || len(whole) > maxAmountDigits || whole[0] == '0' && whole != "0" {
		return 0, 0, false
	}
	if point && (!digits(fraction) || len(fraction) > decimals) {
		return 0, 0, false
	}
	units, err := strconv.ParseInt(whole+(fraction + "00")[:2], 10, 64)
	return units, len(fraction), err == nil && units > 0
}

// appendAmount writes an amount with so many decimals, which are zeros from the third on.
func appendAmount(dst []byte, units int64, places int) []byte {
	if units < 0 { // a balance, when less was opened with than is booked
		dst, units = append(dst, '-'), -units
	}
	dst = strconv.AppendInt(dst, units/hundredths, 10)
	if places == 0 {
		return dst
	}
	cents := units % hundredths
	dst = append(dst, '.', byte('0'+cents/10), byte('0'+cents%10))
	for p := 2; p < places; p++ {
		dst = append(dst, '0')
	}
	return dst[:len(dst)-max(0, 2-places)]
}

// amountStyle is how an area writes amounts: each page has its own way.
type amountStyle uint8

const (
	plainString amountStyle = iota // "300", "300.50": decimals only if there are any
	string2                        // "300.00"
	string4                        // "300.0000"
	number2                        // 300.00
	number4                        // 300.0000
)

// append writes an amount as JSON.
func (style amountStyle) append(dst []byte, units int64) []byte {
	places := 0
	switch style {
	case string2, number2:
		places = 2
	case string4, number4:
		places = 4
	default:
		if units%hundredths != 0 {
			places = 2
		}
	}
	if style == number2 || style == number4 {
		return appendAmount(dst, units, places)
	}
	return append(appendAmount(append(dst, '"'), units, places), '"')
}

// unit is the smallest step of an area's amounts, in hundredths.
func (a *area) unit() int64 {
	if a.decimals == 0 {
		return hundredths
	}
	return 1
}

// amountComplaint reads the amount of a placement and says what is wrong with it,
// "" if nothing.
func (a *area) amountComplaint(text string) (units int64, places int, wrong string) {
	units, places, ok := parseAmount(text, a.decimals)
	switch {
	case !ok:
		wrong = "amount is not valid"
	case units < a.least*hundredths:
		wrong = "amount is less than " + strconv.FormatInt(a.least, 10)
	case a.most > 0 && units > a.most*hundredths:
		wrong = "amount is more than " + strconv.FormatInt(a.most, 10)
	}
	return units, places, wrong
}
