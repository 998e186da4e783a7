package sandbox

import (
	"strings"
	"time"
)

// kenya pays to M-Pesa. Its pages are of another make: other paths, no timestamp on the query,
// numbers for amounts, callbacks that nobody signed.
var kenya = area{
	slug: "kenya", name: "Kenya",
	placePath:   "/api/payout",
	queryPath:   "/api/queryPayOutResult",
	balancePath: "/api/queryBalance", // assumed: its page is not to be had
	fields: []field{
		signField, timestampField,
		amountField, // "above 50" is recommended, and the example has 50: no least
		remarkField, tradeNoField,
		{name: "mobile", required: true, check: kenyanMobile},
		{name: "notifyUrl", check: httpURL},
	},
	queryFields: []field{signField, tradeNoField},
	codes: map[string]string{
		"0000":  "success",
		"0015":  "processing",
		"00029": "REJECTED_TRANSACTION", // of the examples; the error page is not to be had
	},
	placedID:       "serialNumber", // everywhere else it is platFormTradeNo
	placedTradeNo:  true,           // assumed
	orderAmountKey: "amount",
	queryStyle:     number4,
	queryTime:      timeIfFinal,
	availableKey:   "availableAmount", // assumed, as is its form
	balanceStyle:   string4,
	zone:           time.FixedZone("Kenya", 3*60*60),
	notifyUnsigned: true,
	notifyStyle:    number4,
	notifyTime:     timeIfFinal,
}

func kenyanMobile(s string) bool {
	return len(s) == 12 && digits(s) && (strings.HasPrefix(s, "2541") || strings.HasPrefix(s, "2547"))
}
