package paypro

import "github.com/bulkpay/bulkpay/internal/money"

// kenya pays to M-Pesa: the mobile number is the account, and there is no
// name and no bank.
//
// Kenya is its own make of gateway: other paths, another name for the
// gateway's number (serialNumber), queries without a timestamp, callbacks
// without a signature.
var kenya = &Area{
	Code:     "KE",
	Name:     "Kenya",
	Slug:     "kenya",
	Currency: money.KES,

	PayoutPath:  "/api/payout",
	QueryPath:   "/api/queryPayOutResult",
	BalancePath: "/api/queryBalance",

	BalanceBody: true,

	Fields: []Field{
		{
			Name: "amount", Label: "Amount", Role: RoleAmount, Required: true,
			Aliases: words(amountWords, "kiasi", "kiasi cha malipo"),
			Rules:   []Rule{wholeAmount(money.KES)},
			Doubts:  []Rule{lessThan(money.KES, 50)},
			Example: "1500",
		},
		remark("maelezo"),
		{
			Name: "mobile", Label: "M-Pesa number", Role: RoleAccount, Required: true, Personal: true, ID: true,
			Aliases: words(mobileWords, "mpesa", "mpesa no", "mpesa mobile", "account", "account number", "account no", "msisdn", "simu", "nambari ya simu", "namba ya simu"),
			Rules:   []Rule{kenyanMobile},
			Example: "254712345678",
		},
		optional(notifyURL),
	},

	Statuses: map[string]Status{
		"0000":  {MeansPaid, "paid"},
		"0015":  {MeansProcessing, "accepted, not final yet"},
		"00029": {MeansFailed, "rejected"},
	},
	Outers: commonOuters,
	Assumed: []string{
		"the balance is asked under /api/queryBalance with a signed body; its page could not be read",
		"the list of codes could not be read: 00029 is a failure, as the examples show, and outer 5000 and 8000 mean what they mean in the other areas; every other code leaves a payout in doubt",
		"the currency is KES, kept in 2 decimals; payouts are whole shillings",
		"an amount below 50 is a warning: the page recommends more and its example has exactly 50",
		"query answers need not repeat tradeNo: the table leaves it out, the example has it. Without it an answer must name the amount and the gateway's number",
	},
}
