package sandbox

import "time"

// egypt pays to wallets.
var egypt = area{
	slug: "egypt", name: "Egypt",
	placePath:   "/v1/paypro/payOut",
	queryPath:   "/v1/paypro/queryPayOutResult",
	balancePath: "/v1/paypro/queryBalance", // assumed: its page is not to be had
	fields: []field{
		signField, timestampField,
		{name: "customerName", required: true, check: notBlank},
		amountField,
		must(remarkField),
		tradeNoField, notifyURLField,
		{name: "walletId", required: true, check: mobileWallet},
	},
	queryFields: askFields,
	least:       100, // both "adjustable"
	most:        10_000,
	codes: map[string]string{
		"0000":  "success",
		"0015":  "processing",
		"00029": "failed", // assumed: as on every error page that could be read
	},
	placedID:       "platFormTradeNo",
	placedTradeNo:  true, // assumed
	orderAmountKey: "amount",
	queryStyle:     plainString,
	availableKey:   "availableAmount", // assumed, as is its form
	balanceStyle:   string4,
	zone:           time.FixedZone("Egypt", 2*60*60), // its summer time is left out
}
