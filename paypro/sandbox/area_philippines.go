package sandbox

import "time"

// philippines pays to bank accounts and wallets. Only the payout's page could be
// read: paths and answers of the others are assumed, as India has them.
var philippines = area{
	slug: "philippines", name: "Philippines",
	placePath:   "/v1/paypro/payOut",
	queryPath:   "/v1/paypro/queryPayOutResult",
	balancePath: "/v1/paypro/queryBalance",
	fields: []field{
		signField, timestampField, tradeNoField, amountField,
		{name: "accountName", required: true, check: notBlank}, // the example has a number here
		{name: "bankName", required: true, check: notBlank},
		{name: "bankNumber", required: true, check: accountNumber}, // or a telephone number
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
	zone:           time.FixedZone("Philippines", 8*60*60),
}
