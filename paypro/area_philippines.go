package paypro

import "github.com/bulkpay/bulkpay/internal/money"

// philippines pays to bank accounts and to wallets that go by a phone number;
// both travel in one field.
//
// Only the page for payouts could be read.
var philippines = &Area{
	Code:     "PH",
	Name:     "Philippines",
	Slug:     "philippines",
	Currency: money.PHP,

	PayoutPath:  "/v1/paypro/payOut",
	QueryPath:   "/v1/paypro/queryPayOutResult",
	BalancePath: "/v1/paypro/queryBalance",

	TimestampAsNumber: true,
	QueryTimestamp:    true,
	QueryTradeNo:      true,
	BalanceBody:       true,
	CallbackSigned:    true,

	Fields: []Field{
		{
			Name: "amount", Label: "Amount", Role: RoleAmount, Required: true,
			Aliases: words(amountWords, "halaga", "halaga ng bayad"),
			Rules:   []Rule{wholeAmount(money.PHP)},
			Example: "1500",
		},
		{
			Name: "accountName", Label: "Name", Role: RoleName, Required: true, MaxChars: 140, Personal: true,
			Aliases: words(nameWords, "pangalan", "buong pangalan", "empleyado", "tatanggap", "pangalan ng tatanggap"),
			Example: "Maria Santos",
		},
		{
			Name: "bankName", Label: "Bank or wallet", Role: RoleBank, Required: true, MaxChars: 64,
			Aliases: []string{"bank", "bank code", "beneficiary bank", "wallet", "wallet name", "e-wallet", "bangko"},
			Rules:   []Rule{letters("the gateway's code of the bank or wallet, as in Maya", mixedBankCodeChar)},
			Example: "Maya",
		},
		{
			Name: "bankNumber", Label: "Account or mobile number", Role: RoleAccount, Required: true, Personal: true, ID: true,
			Aliases: words(accountWords, words(mobileWords, "mobile", "account or phone number", "wallet number", "gcash number", "maya number", "numero ng account", "numero ng telepono")...),
			Rules:   []Rule{digitsBetween("an account number or a mobile number", 6, 24)},
			Doubts:  []Rule{philippineWallet},
			Example: "09171234567",
		},
		notifyURL,
		remark("puna"),
	},

	Statuses: map[string]Status{
		"0000":  {MeansPaid, "paid"},
		"0015":  {MeansProcessing, "accepted, not final yet"},
		"00029": {MeansFailed, "the payout failed"},
	},
	Outers: commonOuters,
	Assumed: []string{
		"queries and the balance are asked like in the other areas, and query answers repeat tradeNo; their pages could not be read",
		"the list of codes could not be read: 00029 is a failure and outer 5000 and 8000 mean what they mean in the other areas; every other code leaves a payout in doubt",
		"the currency is PHP, kept in 2 decimals; decimals are not recommended, so payouts are whole pesos",
		"the timestamp is a number, as in the example",
		"an account or mobile number has 6 to 24 digits; the page gives no form",
		"callbacks are signed like Brazil's and Indonesia's",
	},
}
