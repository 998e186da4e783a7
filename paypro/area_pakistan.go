package paypro

import "github.com/bulkpay/bulkpay/internal/money"

// pakistan pays to bank accounts and wallets, and is the one area with an
// identity card that the gateway checks.
//
// The page prints the mask of the card with dashes and one digit too few, its
// example without dashes and right; 13 digits are sent. Its example has the
// timestamp in seconds; milliseconds are sent, as everywhere.
var pakistan = &Area{
	Code:     "PK",
	Name:     "Pakistan",
	Slug:     "pakistan",
	Currency: money.PKR,

	PayoutPath:  "/v1/payproPK/payout",
	QueryPath:   "/v1/payproPK/queryPayOutResult",
	BalancePath: "/v1/payproPK/queryBalance",

	QueryTimestamp: true,
	QueryTradeNo:   true,
	BalanceBody:    true,
	CallbackSigned: true,

	Fields: []Field{
		{
			Name: "amount", Label: "Amount", Role: RoleAmount, Required: true,
			Aliases: words(amountWords, "payable", "net payable", "raqam", "rakam"),
			Rules:   []Rule{wholeAmount(money.PKR)},
			Example: "5000",
		},
		{
			Name: "name", Label: "Name", Role: RoleName, Required: true, MaxChars: 140, Personal: true,
			Aliases: words(nameWords, "account title", "title of account", "naam", "pura naam", "mulazim"),
			Example: "Ayesha Khan",
		},
		{
			Name: "customerCert", Label: "CNIC", Required: true, Personal: true, ID: true,
			Aliases: []string{"cnic number", "cnic no", "nic", "nic number", "national id", "identity card", "identity card number", "id card", "id card number", "shanakhti card", "shanakhti card number"},
			Rules:   []Rule{cnic},
			Example: "1730123456789",
			tidy:    withoutMask(cnicMasks),
		},
		{
			Name: "email", Label: "E-mail", Required: true, MaxChars: 254, Personal: true,
			Aliases: words(emailWords, "email id"),
			Rules:   []Rule{email},
			Example: "ayesha@example.com",
		},
		{
			Name: "mobile", Label: "Mobile", Required: true, Personal: true, ID: true,
			Aliases: words(mobileWords, "cell", "cell no", "cell number", "mobile phone", "raabta number"),
			Rules:   []Rule{pakistaniMobile},
			Example: "3115112345",
		},
		{
			Name: "accountType", Label: "Account type", Required: true,
			Aliases: []string{"account kind", "bank or wallet", "payment method", "khata ki qism"},
			Choices: []string{"BANK", "WALLET"},
			Synonyms: map[string]string{
				"bank account": "BANK", "bank transfer": "BANK", "account": "BANK", "iban": "BANK",
				"e-wallet": "WALLET", "ewallet": "WALLET", "mobile wallet": "WALLET", "mobile account": "WALLET",
			},
			Example: "BANK",
		},
		{
			Name: "bankName", Label: "Bank", Role: RoleBank, Required: true, MaxChars: 64,
			Aliases: []string{"bank code", "beneficiary bank", "bank or wallet name"},
			Rules:   []Rule{letters("the gateway's name of the bank in capital letters, as in ALLIED_BANK_LIMITED", bankCodeChar)},
			Example: "ALLIED_BANK_LIMITED",
		},
		{
			Name: "bankNumber", Label: "Account number", Role: RoleAccount, Required: true, Personal: true, ID: true,
			Aliases: words(accountWords, "iban", "iban number", "a/c no", "a/c number", "wallet number", "khata number", "account iban"),
			Rules:   []Rule{pakistaniAccount},
			Example: "9876543210",
			tidy:    withoutMask(ibanMasks),
		},
		notifyURL,
		required(remark()),
	},

	Statuses: map[string]Status{
		"0000":  {MeansPaid, "paid"},
		"0015":  {MeansProcessing, "accepted, not final yet"},
		"00029": {MeansFailed, "the payout failed"},
	},
	Outers: commonOuters,
	Assumed: []string{
		"the list of codes could not be read: 00029 is a failure and outer 5000 and 8000 mean what they mean in the other areas; every other code leaves a payout in doubt",
		"the CNIC is sent as 13 digits without dashes, as in the example, although the page prints a mask with dashes",
		"the timestamp is in milliseconds, although the example has seconds",
		"an account is 6 to 24 digits or an IBAN of Pakistan; the page gives no form",
	},
}
