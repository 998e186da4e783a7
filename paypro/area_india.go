package paypro

import "github.com/bulkpay/bulkpay/internal/money"

// india pays to bank accounts by account number and IFSC.
//
// The documents contradict themselves here. The table of parameters calls
// the IFSC bankNCode, the example bankCode. The table is the default: it
// marks the field as required, while the example breaks three other rules of
// the same table (it has no ipAddress, a mobile of twelve digits, and an
// address outside gmail.com) and so was not made from a request that the
// current gateway accepts. A wrong choice costs a refusal, never money; the
// setting `wire = { bankNCode = "bankCode" }` of a merchant turns it round.
var india = &Area{
	Code:     "IN",
	Name:     "India",
	Slug:     "india",
	Currency: money.INR,

	PayoutPath:  "/v1/paypro/payout",
	QueryPath:   "/v1/paypro/queryPayOutResult",
	BalancePath: "/v1/paypro/queryBalance",

	QueryTimestamp: true,
	QueryTradeNo:   true,
	BalanceBody:    true,
	CallbackSigned: true,

	Fields: []Field{
		{
			Name: "ipAddress", Label: "Payer's IP address", Role: RoleAddress, Required: true, MaxChars: 45,
			Aliases: []string{"ip", "ip address", "payer ip"},
			Rules:   []Rule{ipAddress},
			Example: "203.0.113.10",
		},
		{
			Name: "amount", Label: "Amount", Role: RoleAmount, Required: true,
			Aliases: []string{
				"payment amount", "net pay", "net salary", "amount inr", "amount (inr)",
				"payable", "net payable",
			},
			// "Decimals are not recommended": a gateway that might cut them
			// off would break the books, so they are refused.
			Rules:   []Rule{wholeAmount(money.INR)},
			Example: "1500",
		},
		{
			// The page says "payer's name"; every other field of the row is
			// the payee's, and so is the name in all other areas.
			Name: "name", Label: "Name", Role: RoleName, Required: true, MaxChars: 140, Personal: true,
			Aliases: []string{
				"payee", "payee name", "beneficiary", "beneficiary name", "employee", "employee name", "full name",
				"account holder", "account holder name", "recipient", "recipient name",
			},
			Example: "Asha Verma",
		},
		{
			Name: "mobile", Label: "Mobile", Required: true, Personal: true, ID: true,
			Aliases: []string{"mobile number", "mobile no", "phone", "phone number", "contact", "contact number"},
			Rules:   []Rule{indianMobile},
			Example: "9123456789",
		},
		{
			// gmail.com is recommended by the page, not demanded.
			Name: "email", Label: "E-mail", Required: true, MaxChars: 254, Personal: true,
			Aliases: []string{"e-mail", "mail", "email address", "email id"},
			Rules:   []Rule{email},
			Example: "asha@gmail.com",
		},
		{
			Name: "bankNumber", Label: "Account number", Role: RoleAccount, Required: true, Personal: true, ID: true,
			Aliases: []string{
				"account", "account number", "account no", "a/c no", "a/c number", "bank account",
				"bank account number", "bank account no", "beneficiary account number",
			},
			Rules:   []Rule{digitsBetween("an account number", 9, 18)},
			Example: "10094038292",
		},
		{
			Name: "bankNCode", Wire: []string{"bankNCode", "bankCode"}, Label: "IFSC", Role: RoleBank, Required: true, ID: true,
			Aliases: []string{"ifsc", "ifsc code", "bank ifsc", "bank code", "bankcode", "branch code"},
			Rules:   []Rule{ifsc},
			Example: "IDFB0043121",
		},
		notifyURL,
		remark(),
	},

	Statuses: map[string]Status{
		"0000":  {MeansPaid, "paid"},
		"0015":  {MeansProcessing, "accepted, not final yet"},
		"00029": {MeansFailed, "the payout failed"},
		// The prose of the error page prints 0029 where its table has 00029.
		"0029": {MeansFailed, "the payout failed"},
		"0001": {MeansUnclear, "partially paid"},
	},
	Outers: map[string]string{
		"5000": "system error at the gateway: the payout may exist",
		"8000": "the gateway refused the order",
	},
	Assumed: []string{
		"the IFSC travels as bankNCode, as the table says, unless the merchant's setting names bankCode, as the example does",
		"the balance is asked like in the other areas; India's page could not be read",
		"the currency is INR, kept in 2 decimals; payouts are whole rupees",
		"an account number has 9 to 18 digits; the page gives no length",
		"0001 leaves a payout in doubt, although the page lets every code but 0000 and 0015 be treated as failure",
		"callbacks are signed like Brazil's and Indonesia's",
	},
}
