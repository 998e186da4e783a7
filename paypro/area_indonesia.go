package paypro

import "github.com/bulkpay/bulkpay/internal/money"

// indonesia pays to bank accounts by the gateway's own bank numbers.
//
// Its example is the only one with a JSON number for the amount; the
// timestamp is one too. What is signed is the text of the numbers as sent.
var indonesia = &Area{
	Code:     "ID",
	Name:     "Indonesia",
	Slug:     "indonesia",
	Currency: money.IDR,

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
			Name: "amount", Label: "Amount", Role: RoleAmount, Required: true, AsNumber: true,
			Aliases: words(amountWords, "jumlah", "nominal", "nilai", "jumlah transfer", "nominal transfer", "jumlah pembayaran", "gaji bersih"),
			Rules:   []Rule{wholeAmount(money.IDR)},
			Example: "150000",
		},
		{
			Name: "customerName", Label: "Name", Role: RoleName, Required: true, MaxChars: 140, Personal: true,
			Aliases: words(nameWords, "nama", "nama lengkap", "nama penerima", "penerima", "nama karyawan", "karyawan", "nama pemilik rekening", "atas nama"),
			Example: "Budi Santoso",
		},
		{
			Name: "mobile", Label: "Mobile", Required: true, Personal: true, ID: true,
			Aliases: words(mobileWords, "hp", "no hp", "nomor hp", "handphone", "telepon", "nomor telepon", "no telepon", "nomor ponsel", "ponsel", "whatsapp"),
			Rules:   []Rule{indonesianMobile},
			Example: "081234567890",
		},
		{
			Name: "email", Label: "E-mail", Required: true, MaxChars: 254, Personal: true,
			Aliases: words(emailWords, "surel", "alamat email"),
			Rules:   []Rule{email},
			Example: "budi@example.com",
		},
		{
			Name: "bankAccountNo", Label: "Account number", Role: RoleAccount, Required: true, Personal: true, ID: true,
			Aliases: words(accountWords, "rekening", "no rekening", "nomor rekening", "norek", "rekening tujuan", "nomor rekening tujuan", "no rek"),
			Rules:   []Rule{digitsBetween("an account number", 6, 24)},
			Example: "5464438554636",
		},
		{
			Name: "bankCode", Label: "Bank code", Role: RoleBank, Required: true, MaxChars: 32, ID: true,
			Aliases: words(bankWords, "kode bank", "nama bank", "bank tujuan"),
			Rules:   []Rule{letters("the gateway's code of the bank, for example 0002", bankCodeChar)},
			Example: "0002",
		},
		notifyURL,
		remark("keterangan"),
	},

	Statuses: map[string]Status{
		"0000":  {MeansPaid, "paid"},
		"0015":  {MeansProcessing, "accepted, not final yet"},
		"00029": {MeansFailed, "the payout failed"},
		"0001":  {MeansUnclear, "partially paid"},
		// One table for both codes; "system error" does not say that no
		// money moved.
		"8000": {MeansUnclear, "system error"},
	},
	Outers: map[string]string{
		"5000": "system error at the gateway: the payout may exist",
		"8000": "system error at the gateway: the payout may exist",
	},
	Assumed: []string{
		"the currency is IDR, kept in 2 decimals; payouts are whole rupiah",
		"outer code 5000 means what the pages of India, South Korea and Brazil say; Indonesia's page has one table for both codes, without it",
		"8000 leaves a payout in doubt as an inner and as an outer code: the page calls it system error, where other areas say order error",
		"0001 leaves a payout in doubt, although the page lets every code but 0000 and 0015 be treated as failure",
		"an account number has 6 to 24 digits; the page gives no length",
		"the timestamp of queries and of the balance is a number as well",
	},
}
