package sandbox

import (
	"strings"
	"time"
)

// indonesia pays to bank accounts. It is the one area whose payout page has its amount
// and its timestamp as JSON numbers, in the table and in the example.
var indonesia = area{
	slug: "indonesia", name: "Indonesia",
	placePath:   "/v1/paypro/payOut",
	queryPath:   "/v1/paypro/queryPayOutResult",
	balancePath: "/v1/paypro/queryBalance",
	fields: []field{
		signField,
		{name: "timestamp", required: true, form: formNumber, check: epochMillis},
		tradeNoField,
		{name: "amount", required: true, form: formNumber},
		{name: "customerName", required: true, check: notBlank},
		{name: "mobile", required: true, check: indonesianMobile},
		{name: "email", required: true, check: email},
		{name: "bankAccountNo", required: true, check: accountNumber},
		{name: "bankCode", required: true, check: digitsBetween(4, 4)},
		notifyURLField, remarkField,
	},
	queryFields: askFields,
	codes: map[string]string{
		"0000":  "SUCCESS",
		"0001":  "PARTIAL PAYMENT",
		"0015":  "PAYING",
		"00029": "FAILED",
		"8000":  "SYSTEM ERROR",
	},
	placedID:       "platFormTradeNo",
	placedTradeNo:  true, // assumed
	orderAmountKey: "orderAmount",
	payAmountKey:   "payAmount",
	queryStyle:     string2,
	queryTime:      timeIsAbsent, // only older copies of the page have it
	availableKey:   "availablAmount",
	balanceStyle:   number2, // assumed: as Mexico's, which is spelt alike
	zone:           time.FixedZone("Jakarta", 7*60*60),
}

func indonesianMobile(s string) bool {
	return digitsBetween(10, 13)(s) && (strings.HasPrefix(s, "08") || strings.HasPrefix(s, "628"))
}
