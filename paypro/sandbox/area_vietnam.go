package sandbox

import "time"

// vietnam pays to bank accounts, under paths of its own.
var vietnam = area{
	slug: "vietnam", name: "Vietnam",
	placePath:   "/v1/payproVN/payout",
	queryPath:   "/v1/payproVN/queryPayOutResult",
	balancePath: "/v1/payproVN/queryBalance", // assumed: its page is not to be had
	fields: []field{
		signField, timestampField, tradeNoField, amountField,
		{name: "accountName", required: true, check: englishLetters},
		{name: "bankName", required: true, check: notBlank},
		{name: "bankNumber", required: true, check: accountNumber},
		notifyURLField, remarkField,
	},
	queryFields: askFields,
	least:       50_000,
	codes: map[string]string{
		"0000":    "Success",
		"0015":    "CREDIT_INPROGRESS",
		"0100019": "PAYEE_DAILY_CUMULATIVE_AMT_REACHED",
		"00029":   "REJECTED_TRANSACTION",
		"00032":   "UNKNOWN_ERROR",
	},
	placedID:       "platFormTradeNo",
	placedTradeNo:  true, // assumed
	orderAmountKey: "amount",
	queryStyle:     plainString,
	availableKey:   "availableAmount", // assumed, as is its form
	balanceStyle:   string4,
	zone:           time.FixedZone("Vietnam", 7*60*60),
}

// englishLetters is a name without Vietnamese marks: letters and spaces.
func englishLetters(s string) bool {
	for i := range len(s) {
		if c := s[i] | 0x20; c != ' ' && (c < 'a' || c > 'z') {
			return false
		}
	}
	return notBlank(s)
}
