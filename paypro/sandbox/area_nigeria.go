package sandbox

import "time"

// bankTransferFields are the same table on two pages: Nigeria's and South Korea's.
var bankTransferFields = []field{
	signField, timestampField, tradeNoField, amountField,
	{name: "bankCode", required: true, check: digitsBetween(3, 6)},
	{name: "bankAccountNo", required: true, check: accountNumber},
	{name: "customerName", required: true, check: notBlank},
	{name: "mobile", required: true, check: phone},
	{name: "email", required: true, check: email},
	notifyURLField, remarkField,
}

// nigeria pays to bank accounts.
var nigeria = area{
	slug: "nigeria", name: "Nigeria",
	placePath:   "/v1/paypro/payOut",
	queryPath:   "/v1/paypro/queryPayOutResult",
	balancePath: "/v1/paypro/queryBalance",
	fields:      bankTransferFields,
	queryFields: askFields,
	codes: map[string]string{
		"0000":  "Success",
		"0015":  "Paying",
		"00029": "Fail",
		"8000":  "System Error",
	},
	placedID:       "platFormTradeNo",
	placedTradeNo:  true,     // assumed
	orderAmountKey: "amount", // the page breaks off after the "a"
	queryStyle:     string4,  // assumed: as the balance
	availableKey:   "availableAmount",
	balanceStyle:   string4,
	zone:           time.FixedZone("Nigeria", 1*60*60),
}
