package sandbox

import (
	"strings"
	"time"
)

// brazil pays by PIX, the one area here that takes cents. Older copies of its pages have the
// signature in an HTTP header, newer ones in the body.
var brazil = area{
	slug: "brazil", name: "Brazil",
	placePath:   "/v1/paypro/payout",
	queryPath:   "/v1/paypro/queryPayOutResult",
	balancePath: "/v1/paypro/queryBalance",
	fields: []field{
		{name: "timestamp", required: true, check: epochMillis},
		signField, tradeNoField, amountField,
		{name: "name", required: true, check: notBlank},
		{name: "email", required: true, check: email},
		{name: "mobile", required: true, check: phone},
		{name: "bankType", required: true, check: oneOf("CPF", "CNPJ", "EMAIL", "PHONE", "EVP")},
		{name: "bankNumber", required: true}, // brazilianKey
		{name: "identityType", required: true, check: oneOf("CPF", "CNPJ")},
		{name: "userIdentity", required: true},
		notifyURLField,
		must(remarkField),
	},
	queryFields: askFields,
	cross:       brazilianKey,
	signHeader:  true,
	decimals:    2, // assumed: no rule is stated, and a real has 100 centavos
	codes: map[string]string{
		"0000":  "Success",
		"0015":  "Paying",
		"00029": "Fail",
	},
	placedID:       "platFormTradeNo",
	placedTradeNo:  true,     // assumed
	orderAmountKey: "amount", // assumed: the page breaks off before it
	queryStyle:     plainString,
	availableKey:   "availableAmount",
	balanceStyle:   number2,
	zone:           time.FixedZone("Brasilia", -3*60*60), // no summer time since 2019
}

// brazilianKey checks the PIX key and the payee's number as what their types say they are.
func brazilianKey(p params, _ *Options) string {
	for _, c := range [...]struct{ kind, value string }{{"bankType", "bankNumber"}, {"identityType", "userIdentity"}} {
		kind, _ := p.get(c.kind)
		value, _ := p.get(c.value)
		if !pixKey(kind, value) {
			return c.value + " is not of its " + c.kind
		}
	}
	return ""
}

func pixKey(kind, s string) bool {
	switch kind {
	case "CPF":
		return len(s) == 11 && digits(s) && mod11Twice(s, 10)
	case "CNPJ":
		return cnpj(s)
	case "EMAIL":
		return email(s)
	case "PHONE":
		return brazilianPhone(s)
	}
	return evp(s)
}

// cnpj is a company's number. Since 2026 it may have capital letters before its check digits.
func cnpj(s string) bool {
	if len(s) != 14 || !digits(s[12:]) {
		return false
	}
	for i := range 12 {
		if c := s[i]; !upper(c) && (c < '0' || c > '9') {
			return false
		}
	}
	return mod11Twice(s, 8)
}

// mod11Twice holds the last two digits against what is before them: the weights
// are 2, 3, … from the right, and begin anew after so many. One digit
// throughout passes the sum and is nobody's.
func mod11Twice(s string, weights int) bool {
	check := func(s string) byte {
		sum := 0
		for i := range len(s) {
			sum += int(s[len(s)-1-i]-'0') * (2 + i%weights)
		}
		if r := sum % 11; r > 1 {
			return byte('0' + 11 - r)
		}
		return '0'
	}
	n := len(s) - 2
	return s[n] == check(s[:n]) && s[n+1] == check(s[:n+1]) && strings.Trim(s, s[:1]) != ""
}

// brazilianPhone has an area code of two digits, and may have the country's 55 before it, with a "+" or
// without.
func brazilianPhone(s string) bool {
	national, international := strings.CutPrefix(s, "+55")
	if !international && len(s) > 11 {
		national = strings.TrimPrefix(s, "55")
	}
	return digitsBetween(10, 11)(national) && national[0] != '0'
}

// evp is a random key: a UUID.
func evp(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		c := s[i]
		dash := i == 8 || i == 13 || i == 18 || i == 23
		if dash && c != '-' || !dash && !(c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'f') {
			return false
		}
	}
	return true
}
