package paypro

import "github.com/bulkpay/bulkpay/internal/money"

// nigeria pays to bank accounts by the gateway's own bank numbers.
var nigeria = &Area{
	Code:     "NG",
	Name:     "Nigeria",
	Slug:     "nigeria",
	Currency: money.NGN,

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
			Aliases: words(amountWords, "net payable", "naira"),
			Rules:   []Rule{wholeAmount(money.NGN)},
			Example: "150000",
		},
		{
			Name: "bankCode", Label: "Bank code", Role: RoleBank, Required: true, MaxChars: 32, ID: true,
			Aliases: words(bankWords),
			Rules:   []Rule{letters("the gateway's code of the bank, for example 0001", bankCodeChar)},
			Example: "0001",
		},
		{
			Name: "bankAccountNo", Label: "Account number", Role: RoleAccount, Required: true, Personal: true, ID: true,
			Aliases: words(accountWords, "nuban", "nuban number"),
			Rules:   []Rule{digitsBetween("an account number", 6, 24)},
			Example: "0123456789",
			Doubts:  []Rule{tenDigits},
		},
		{
			Name: "customerName", Label: "Name", Role: RoleName, Required: true, MaxChars: 140, Personal: true,
			Aliases: words(nameWords),
			Example: "Chinedu Okafor",
		},
		{
			Name: "mobile", Label: "Mobile", Required: true, Personal: true, ID: true,
			Aliases: words(mobileWords),
			Rules:   []Rule{phone},
			Doubts:  []Rule{knownPhone("NG", "a Nigerian phone number")},
			Example: "08031234567",
		},
		{
			Name: "email", Label: "E-mail", Required: true, MaxChars: 254, Personal: true,
			Aliases: words(emailWords),
			Rules:   []Rule{email},
			Example: "chinedu@example.com",
		},
		notifyURL,
		remark("narration"),
	},

	Statuses: map[string]Status{
		"0000":  {MeansPaid, "paid"},
		"0015":  {MeansProcessing, "accepted, not final yet"},
		"00029": {MeansFailed, "the payout failed"},
		// One table for both codes; "system error" does not say that no
		// money moved.
		"8000": {MeansUnclear, "system error"},
	},
	Outers: map[string]string{
		"5000": "system error at the gateway: the payout may exist",
		"8000": "system error at the gateway: the payout may exist",
	},
	Assumed: []string{
		"the currency is NGN, kept in 2 decimals; decimals are not recommended, so payouts are whole naira",
		"outer code 5000 means what the pages of India, South Korea and Brazil say; Nigeria's page has one table for both codes, without it",
		"8000 leaves a payout in doubt as an inner and as an outer code: the page calls it system error, where other areas say order error",
		"the timestamp is a number, as in the example",
		"an account number has 6 to 24 digits: the example has 9. One without 10, as a NUBAN has, is a warning",
		"a mobile number is any phone number; one that is none of Nigeria's is a warning, because the example is none either",
		"callbacks are signed like Brazil's and Indonesia's",
	},
}
