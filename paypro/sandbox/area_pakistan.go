package sandbox

import "time"

// pakistan pays to bank accounts and wallets, under paths of its own.
var pakistan = area{
	slug: "pakistan", name: "Pakistan",
	placePath:   "/v1/payproPK/payout",
	queryPath:   "/v1/payproPK/queryPayOutResult",
	balancePath: "/v1/payproPK/queryBalance",
	fields: []field{
		tradeNoField, amountField,
		{name: "name", required: true, check: notBlank},
		{name: "customerCert", required: true, check: cnic},
		{name: "email", required: true, check: email},
		{name: "mobile", required: true, check: pakistaniMobile},
		{name: "accountType", required: true, check: oneOf("BANK", "WALLET")},
		{name: "bankName", required: true, check: notBlank},
		{name: "bankNumber", required: true, check: accountNumber},
		notifyURLField,
		must(remarkField),
		{name: "timestamp", required: true, check: epoch},
		signField,
	},
	queryFields: askFields,
	least:       1,
	codes: map[string]string{
		"0000":  "success",
		"0015":  "processing",
		"00029": "failed", // assumed: as on every error page that could be read
	},
	placedID:       "platFormTradeNo",
	placedTradeNo:  true, // assumed
	orderAmountKey: "amount",
	queryStyle:     plainString,
	availableKey:   "availableAmount",
	balanceStyle:   string4, // assumed
	balanceQuoted:  true,
	zone:           time.FixedZone("Pakistan", 5*60*60),
}

// cnic is the number of an identity card without its dashes. No card begins with 0.
func cnic(s string) bool { return len(s) == 13 && digits(s) && s[0] != '0' }

func pakistaniMobile(s string) bool { return len(s) == 10 && digits(s) && s[0] == '3' }

// epoch is in milliseconds as everywhere, or in seconds as in the page's example.
func epoch(s string) bool { return epochMillis(s) || len(s) == 10 && s[0] != '0' && digits(s) }
