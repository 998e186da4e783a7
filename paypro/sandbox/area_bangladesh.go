package sandbox

import "time"

// bangladesh pays to wallets. Only the payout's page could be read: paths and
// answers of the others are assumed, as India has them.
var bangladesh = area{
	slug: "bangladesh", name: "Bangladesh",
	placePath:   "/v1/paypro/payout",
	queryPath:   "/v1/paypro/queryPayOutResult",
	balancePath: "/v1/paypro/queryBalance",
	fields: []field{
		signField, timestampField, tradeNoField, amountField,
		{name: "walletId", required: true, check: mobileWallet},
		// The newer page's table, and the older page's names for the same, one of which
		// is in the newer page's example. The older page's ROCKET is gone.
		{name: "wayCode", required: true, check: oneOf("BKASH", "NAGAD", "EWALLET_BKASH", "EWALLET_NAGAD")},
		notifyURLField, remarkField,
	},
	queryFields: askFields,
	codes: map[string]string{
		"0000":  "success",
		"0015":  "processing",
		"00029": "failed", // assumed: as on every error page that could be read
	},
	placedID:       "platFormTradeNo",
	placedTradeNo:  true,
	orderAmountKey: "amount",
	queryStyle:     plainString,
	availableKey:   "availableAmount",
	balanceStyle:   string4,
	zone:           time.FixedZone("Bangladesh", 6*60*60),
}
