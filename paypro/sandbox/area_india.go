package sandbox

import "time"

// The names that India's documents have for the IFSC: one in the table of
// parameters, another in the example. See [Options.IndiaBankField].
const (
	IndiaBankEither = "either"
	IndiaBankNCode  = "bankNCode"
	IndiaBankCode   = "bankCode"
)

// india pays to bank accounts by IFSC.
var india = area{
	slug: "india", name: "India",
	placePath:   "/v1/paypro/payout",
	queryPath:   "/v1/paypro/queryPayOutResult",
	balancePath: "/v1/paypro/queryBalance", // assumed: its page is not to be had
	fields: []field{
		signField,
		// The table says String here and integer elsewhere: no number.
		{name: "timestamp", required: true, check: epochMillis},
		{name: "ipAddress", required: true, check: ipAddress}, // missing in the example
		tradeNoField, amountField,
		{name: "name", required: true, check: notBlank},
		{name: "mobile", required: true, check: indianMobile},
		{name: "email", required: true, check: email},
		{name: "bankNumber", required: true, check: digitsBetween(9, 18)},
		// Which of the two is required: indiaBank.
		{name: IndiaBankNCode, check: ifsc},
		{name: IndiaBankCode, check: ifsc},
		notifyURLField, remarkField,
	},
	queryFields: askFields,
	cross:       indiaBank,
	codes: map[string]string{
		"0000":  "Success",
		"0001":  "Partial Success",
		"0015":  "Paying",
		"00029": "Fail",
	},
	placedDesc:     "CREDIT_INPROGRESS",
	placedID:       "kiliTradeNo",
	orderAmountKey: "amount",
	queryStyle:     plainString,
	utr:            true,
	availableKey:   "availableAmount",
	balanceStyle:   string4,
	zone:           time.FixedZone("India", 5*60*60+30*60),
}

// indiaBank asks for the IFSC under the name that this sandbox was told to believe
// in. The other name is let pass: a client may well send both.
func indiaBank(p params, opts *Options) string {
	n, _ := p.get(IndiaBankNCode)
	c, _ := p.get(IndiaBankCode)
	switch {
	case opts.IndiaBankField == IndiaBankNCode && n == "":
		return "bankNCode is required"
	case opts.IndiaBankField == IndiaBankCode && c == "":
		return "bankCode is required"
	case n == "" && c == "":
		return "bankNCode (or bankCode) is required"
	case n != "" && c != "" && n != c:
		return "bankNCode and bankCode differ"
	}
	return ""
}
