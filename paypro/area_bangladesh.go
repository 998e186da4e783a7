package paypro

import "github.com/bulkpay/bulkpay/internal/money"

// bangladesh pays to wallets of two providers, and asks for no name.
//
// Newer copies of the documents call the providers BKASH and NAGAD, older
// ones EWALLET_BKASH, EWALLET_NAGAD and EWALLET_ROCKET; the example of both
// sends EWALLET_BKASH. The newer table is the default: tables have been kept
// up with the gateway, examples have not (India's breaks four rules of its
// own table), and Rocket is gone from it. A wrong choice costs a refusal,
// never money; `wire = { "wayCode=BKASH" = "EWALLET_BKASH" }` of a merchant
// turns it round. In a sheet both spellings are one provider, so that the
// same payout is recognised whichever was used.
var bangladesh = &Area{
	Code:     "BD",
	Name:     "Bangladesh",
	Slug:     "bangladesh",
	Currency: money.BDT,

	PayoutPath:  "/v1/paypro/payout",
	QueryPath:   "/v1/paypro/queryPayOutResult",
	BalancePath: "/v1/paypro/queryBalance",

	QueryTimestamp: true,
	QueryTradeNo:   true,
	BalanceBody:    true,
	CallbackSigned: true,

	Fields: []Field{
		{
			Name: "amount", Label: "Amount", Role: RoleAmount, Required: true,
			Aliases: words(amountWords, "net payable", "taka", "টাকা", "পরিমাণ", "টাকার পরিমাণ", "নিট বেতন"),
			Rules:   []Rule{wholeAmount(money.BDT)},
			Example: "1500",
		},
		{
			Name: "walletId", Label: "Wallet number", Role: RoleAccount, Required: true, Personal: true, ID: true,
			Aliases: words(walletWords, words(mobileWords, "mobile", "bkash number", "nagad number", "মোবাইল", "মোবাইল নম্বর", "ওয়ালেট নম্বর", "ফোন নম্বর", "অ্যাকাউন্ট নম্বর")...),
			Rules:   []Rule{bangladeshiWallet},
			Doubts:  []Rule{knownPhone("BD", "a mobile number of Bangladesh")},
			Example: "01712345678",
		},
		{
			Name: "wayCode", Label: "Wallet", Role: RoleBank, Required: true,
			Aliases: []string{"wallet type", "wallet name", "wallet provider", "provider", "mfs", "e-wallet", "bank", "bank code", "ওয়ালেট"},
			Choices: []string{"BKASH", "NAGAD"},
			Synonyms: map[string]string{
				"ewallet_bkash": "BKASH", "ewallet_nagad": "NAGAD", "b-kash": "BKASH", "bkash wallet": "BKASH", "nagad wallet": "NAGAD",
				"বিকাশ": "BKASH", "নগদ": "NAGAD",
			},
			WireChoices: map[string][]string{"BKASH": {"BKASH", "EWALLET_BKASH"}, "NAGAD": {"NAGAD", "EWALLET_NAGAD"}},
			Example:     "BKASH",
		},
		notifyURL,
		remark("মন্তব্য"),
	},

	Statuses: map[string]Status{
		"0000":  {MeansPaid, "paid"},
		"0015":  {MeansProcessing, "accepted, not final yet"},
		"00029": {MeansFailed, "the payout failed"},
	},
	Outers: commonOuters,
	Assumed: []string{
		"wayCode is BKASH or NAGAD, as the newer page says, although both examples send EWALLET_BKASH; the merchant's setting can name the older spelling",
		"queries and the balance are asked like in the other areas, and query answers repeat tradeNo; their pages could not be read",
		"the list of codes could not be read: 00029 is a failure and outer 5000 and 8000 mean what they mean in the other areas; every other code leaves a payout in doubt",
		"the currency is BDT, kept in 2 decimals; decimals are not recommended, so payouts are whole taka",
		"a wallet number has 11 digits and starts with 01, as the example does",
		"callbacks are signed like Brazil's and Indonesia's",
	},
}
