package sandbox

import "time"

// mexico pays to debit cards and CLABE accounts.
var mexico = area{
	slug: "mexico", name: "Mexico",
	placePath:   "/v1/paypro/payOut",
	queryPath:   "/v1/paypro/queryPayOutResult",
	balancePath: "/v1/paypro/queryBalance",
	fields: []field{
		signField, timestampField, tradeNoField,
		{name: "wayCode", required: true},
		amountField,
		{name: "customerName", required: true, check: notBlank},
		{name: "customerMobile"},
		{name: "customerEmail", check: email},
		{name: "customerAccountType", required: true, check: oneOf("DebitCard", "CLABE")},
		{name: "customerAccount", required: true},
		{name: "identity"},
		notifyURLField, remarkField,
	},
	queryFields: askFields,
	cross:       mexicoAccount,
	codes: map[string]string{
		"0000":    "Success",
		"0001":    "Partial payment",
		"0015":    "CREDIT_INPROGRESS",
		"00029":   "REJECTED_TRANSACTION",
		"00032":   "UNKNOWN_ERROR",
		"0100019": "PAYEE_DAILY_CUMULATIVE_AMT_REACHED",
	},
	placedDesc:     "CREATED",
	placedID:       "platFormTradeNo",
	placedTradeNo:  true,
	orderAmountKey: "orderAmount",
	payAmountKey:   "payAmount",
	queryStyle:     number2,
	availableKey:   "availablAmount", // as the documents spell it
	balanceStyle:   number2,
	balanceBare:    true,
	zone:           time.FixedZone("Mexico City", -6*60*60), // no summer time since 2022
}

// mexicoAccount checks the account as what its type says it is.
func mexicoAccount(p params, _ *Options) string {
	account, _ := p.get("customerAccount")
	if kind, _ := p.get("customerAccountType"); kind == "CLABE" {
		if !clabe(account) {
			return "customerAccount is not a CLABE"
		}
		return ""
	}
	if !card(account) {
		return "customerAccount is not a card number"
	}
	return ""
}
