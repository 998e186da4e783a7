package paypro

import "github.com/bulkpay/bulkpay/internal/money"

// southKorea pays to bank accounts by the gateway's own bank numbers. Its table of
// parameters is Nigeria's.
var southKorea = &Area{
	Code:     "KR",
	Name:     "South Korea",
	Slug:     "southkorea",
	Currency: money.KRW,

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
			Aliases: words(amountWords, "금액", "지급액", "이체금액", "송금액", "실수령액"),
			Rules:   []Rule{wholeAmount(money.KRW)},
			Example: "150000",
		},
		{
			Name: "bankCode", Label: "Bank code", Role: RoleBank, Required: true, MaxChars: 32, ID: true,
			Aliases: words(bankWords, "은행", "은행명", "은행코드", "입금은행"),
			Rules:   []Rule{letters("the gateway's code of the bank, for example 0001", bankCodeChar)},
			Example: "0001",
		},
		{
			Name: "bankAccountNo", Label: "Account number", Role: RoleAccount, Required: true, Personal: true, ID: true,
			Aliases: words(accountWords, "계좌", "계좌번호", "입금계좌", "입금계좌번호"),
			Rules:   []Rule{digitsBetween("an account number", 6, 24)},
			Example: "110123456789",
			tidy:    withoutDashes,
		},
		{
			Name: "customerName", Label: "Name", Role: RoleName, Required: true, MaxChars: 140, Personal: true,
			Aliases: words(nameWords, "이름", "성명", "예금주", "예금주명", "받는분", "수취인", "직원명"),
			Example: "Kim Minjun",
		},
		{
			Name: "mobile", Label: "Mobile", Required: true, Personal: true, ID: true,
			Aliases: words(mobileWords, "휴대폰", "휴대폰번호", "휴대전화", "전화번호", "연락처", "핸드폰"),
			Rules:   []Rule{phone},
			Doubts:  []Rule{knownPhone("KR", "a South Korean phone number")},
			Example: "01012345678",
		},
		{
			Name: "email", Label: "E-mail", Required: true, MaxChars: 254, Personal: true,
			Aliases: words(emailWords, "이메일", "메일", "이메일주소"),
			Rules:   []Rule{email},
			Example: "minjun@example.com",
		},
		notifyURL,
		remark("적요"),
	},

	Statuses: map[string]Status{
		"0000":  {MeansPaid, "paid"},
		"0015":  {MeansProcessing, "accepted, not final yet"},
		"00029": {MeansFailed, "the payout failed"},
		"0001":  {MeansUnclear, "partially paid"},
	},
	Outers: commonOuters,
	Assumed: []string{
		"the currency is KRW, which has no decimals",
		"an outer refusal is final, as the page says, except for 5000, on which the same page asks for a confirmation",
		"0001 leaves a payout in doubt, although the page lets every code but 0000 and 0015 be treated as failure",
		"the timestamp is a number, as in the example",
		"an account number has 6 to 24 digits, and dashes between them are taken out: the example has 9 and none",
		"a mobile number is any phone number; one that is none of South Korea's is a warning, because the example is none either",
		"callbacks are signed like Brazil's and Indonesia's",
	},
}
