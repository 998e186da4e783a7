package paypro

import "github.com/bulkpay/bulkpay/internal/money"

// vietnam pays to bank accounts by the name of the bank.
//
// Later copies of the documents leave Vietnam out of their menu: ask whether
// it is still served before the first payout.
var vietnam = &Area{
	Code:     "VN",
	Name:     "Vietnam",
	Slug:     "vietnam",
	Currency: money.VND,

	PayoutPath:  "/v1/payproVN/payout",
	QueryPath:   "/v1/payproVN/queryPayOutResult",
	BalancePath: "/v1/payproVN/queryBalance",

	QueryTimestamp: true,
	QueryTradeNo:   true,
	BalanceBody:    true,
	CallbackSigned: true,

	Fields: []Field{
		{
			Name: "amount", Label: "Amount", Role: RoleAmount, Required: true,
			Aliases: words(amountWords, "số tiền", "số tiền chuyển", "số tiền thanh toán", "thực lĩnh", "lương thực nhận"),
			Rules:   []Rule{wholeAmountBetween(money.VND, 50_000, 0)},
			Example: "500000",
		},
		{
			Name: "accountName", Label: "Name", Role: RoleName, Required: true, MaxChars: 140, Personal: true,
			Aliases: words(nameWords, "họ tên", "họ và tên", "tên", "tên người nhận", "người nhận", "người thụ hưởng", "tên người thụ hưởng", "tên chủ tài khoản", "chủ tài khoản", "tên tài khoản", "nhân viên", "tên nhân viên"),
			Rules:   []Rule{letters("English letters and spaces only, without accents, for example NGUYEN THE VIET", latinLetter)},
			Example: "NGUYEN THE VIET",
		},
		{
			Name: "bankName", Label: "Bank", Role: RoleBank, Required: true, MaxChars: 64,
			Aliases: []string{"bank code", "beneficiary bank", "ngân hàng", "tên ngân hàng", "mã ngân hàng", "ngân hàng thụ hưởng"},
			Rules:   []Rule{letters("the gateway's name of the bank in capital letters, as in ACB", bankCodeChar)},
			Example: "ACB",
		},
		{
			Name: "bankNumber", Label: "Account number", Role: RoleAccount, Required: true, Personal: true, ID: true,
			Aliases: words(accountWords, "số tài khoản", "stk", "tài khoản", "số tk", "tài khoản ngân hàng", "tài khoản thụ hưởng", "số tài khoản thụ hưởng"),
			Rules:   []Rule{digitsBetween("an account number", 5, 24)},
			Example: "18199852",
		},
		notifyURL,
		remark("nội dung", "nội dung chuyển khoản"),
	},

	Statuses: map[string]Status{
		"0000":    {MeansPaid, "paid"},
		"0015":    {MeansProcessing, "accepted, not final yet"},
		"00029":   {MeansFailed, "rejected by the bank"},
		"0100019": {MeansFailed, "the payee has reached the daily limit of what they may receive"},
		"00032":   {MeansUnclear, "unknown error at the bank"},
	},
	Outers: commonOuters,
	Assumed: []string{
		"the balance is asked like in the other areas, under Vietnam's own paths; its page could not be read",
		"outer codes 5000 and 8000 mean what the pages of India, South Korea and Brazil say; Vietnam's page lists none",
		"the currency is VND, which has no decimals",
		"00032 leaves a payout in doubt, although the page lets every code but 0000 and 0015 be treated as failure",
		"an account number has 5 to 24 digits; the page gives no length",
	},
}
