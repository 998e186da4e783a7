package sandbox

import "time"

// southKorea pays to bank accounts.
var southKorea = area{
	slug: "southkorea", name: "South Korea",
	placePath:   "/v1/paypro/payOut",
	queryPath:   "/v1/paypro/queryPayOutResult",
	balancePath: "/v1/paypro/queryBalance",
	fields:      bankTransferFields,
	queryFields: askFields,
	codes: map[string]string{
		"0000":  "Success",
		"0001":  "Part Success",
		"0015":  "Paying",
		"00029": "Fail",
	},
	placedID:       "platFormTradeNo",
	placedTradeNo:  true, // assumed
	orderAmountKey: "orderAmount",
	payAmountKey:   "payAmount",
	queryStyle:     string4, // assumed: as the balance
	queryTime:      timeIsAbsent,
	availableKey:   "availableAmount",
	balanceStyle:   string4,
	zone:           time.FixedZone("South Korea", 9*60*60),
}
