package paypro

import "github.com/bulkpay/bulkpay/internal/money"

// egypt pays to wallets only.
var egypt = &Area{
	Code:     "EG",
	Name:     "Egypt",
	Slug:     "egypt",
	Currency: money.EGP,

	PayoutPath:  "/v1/paypro/payOut",
	QueryPath:   "/v1/paypro/queryPayOutResult",
	BalancePath: "/v1/paypro/queryBalance",

	QueryTimestamp: true,
	BalanceBody:    true,
	CallbackSigned: true,

	Fields: []Field{
		{
			Name: "customerName", Label: "Name", Role: RoleName, Required: true, MaxChars: 140, Personal: true,
			Aliases: words(nameWords, "الاسم", "اسم المستفيد", "المستفيد", "اسم الموظف", "الموظف", "الاسم الكامل", "الاسم بالكامل"),
			Example: "Mona Hassan",
		},
		{
			Name: "amount", Label: "Amount", Role: RoleAmount, Required: true,
			Aliases: words(amountWords, "المبلغ", "قيمة التحويل", "مبلغ التحويل", "صافي الراتب"),
			Rules:   []Rule{wholeAmountBetween(money.EGP, 100, 10_000)},
			Example: "1500",
		},
		required(remark("ملاحظات", "ملاحظة")),
		notifyURL,
		{
			Name: "walletId", Label: "Wallet number", Role: RoleAccount, Required: true, Personal: true, ID: true,
			Aliases: words(walletWords, words(mobileWords, "wallet", "mobile", "رقم المحفظة", "المحفظة", "رقم الموبايل", "الموبايل", "رقم الهاتف", "الهاتف", "رقم المحمول", "المحمول")...),
			Rules:   []Rule{digitsBetween("a wallet number", 6, 24)},
			Doubts:  []Rule{knownPhone("EG", "an Egyptian mobile number")},
			Example: "01012345678",
		},
	},

	Statuses: map[string]Status{
		"0000":  {MeansPaid, "paid"},
		"0015":  {MeansProcessing, "accepted, not final yet"},
		"00029": {MeansFailed, "the payout failed"},
	},
	Outers: commonOuters,
	Assumed: []string{
		"the balance is asked like in the other areas; its page could not be read",
		"the list of codes could not be read: 00029 is a failure and outer 5000 and 8000 mean what they mean in the other areas; every other code leaves a payout in doubt",
		"the currency is EGP, kept in 2 decimals; payouts are whole pounds",
		"100 and 10000 are limits for everybody; the page calls them adjustable",
		"a wallet number has 6 to 24 digits; the page gives no form. One that is no Egyptian mobile number is a warning",
		"query answers need not repeat tradeNo: what could be read of the table leaves it out. Without it an answer must name the amount and the gateway's number",
		"callbacks are signed like Brazil's and Indonesia's",
	},
}
