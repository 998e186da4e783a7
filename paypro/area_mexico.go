package paypro

import "github.com/bulkpay/bulkpay/internal/money"

// mexico pays to CLABE accounts and debit cards over SPEI.
//
// The documents type the timestamp as an integer and send a string in the
// example; a string is sent, because what is signed is the same text. The
// balance page documents a header and no body, and that is what is sent.
var mexico = &Area{
	Code:     "MX",
	Name:     "Mexico",
	Slug:     "mexico",
	Currency: money.MXN,

	PayoutPath:  "/v1/paypro/payOut",
	QueryPath:   "/v1/paypro/queryPayOutResult",
	BalancePath: "/v1/paypro/queryBalance",

	QueryTimestamp: true,
	QueryTradeNo:   true,
	AnswersTradeNo: true,
	CallbackSigned: true,

	prefixed: func(row Values) bool { return row["customerAccountType"] == "CLABE" },

	Fields: []Field{
		{
			Name: "wayCode", Label: "Bank", Role: RoleBank, Required: true, MaxChars: 32,
			Aliases: []string{
				"bank", "bank code", "bank name", "banco", "clave del banco", "codigo de banco",
				"clave banco", "banco destino", "institucion", "institucion bancaria",
			},
			// The gateway's own list of codes is not public; the one code in
			// its examples is a name in capitals.
			Rules:   []Rule{letters("capital letters, digits and spaces, as in BANXICO", bankCodeChar)},
			Example: "BANXICO",
		},
		{
			Name: "amount", Label: "Amount", Role: RoleAmount, Required: true,
			Aliases: []string{
				"monto", "importe", "cantidad", "pago", "monto a pagar", "importe a pagar",
				"net pay", "payment amount", "neto a pagar",
			},
			Rules:   []Rule{wholeAmount(money.MXN)},
			Example: "1500",
		},
		{
			Name: "customerName", Label: "Name", Role: RoleName, Required: true, MaxChars: 140, Personal: true,
			Aliases: []string{
				"name", "payee", "beneficiary", "beneficiary name", "recipient", "recipient name", "employee",
				"employee name", "full name", "nombre", "nombre completo", "beneficiario", "nombre del beneficiario",
				"empleado", "nombre del empleado", "titular", "destinatario",
			},
			Example: "Maria Lopez Garcia",
		},
		{
			Name: "customerMobile", Label: "Mobile", MaxChars: 20, Personal: true, ID: true,
			Aliases: []string{
				"mobile", "phone", "phone number", "mobile number", "celular", "telefono", "movil",
				"numero de celular", "telefono celular",
			},
			Rules:   []Rule{phone},
			Doubts:  []Rule{knownPhone("MX", "a Mexican phone number of 10 digits")},
			Example: "5512345678",
		},
		{
			Name: "customerEmail", Label: "E-mail", MaxChars: 254, Personal: true,
			Aliases: []string{"email", "e-mail", "mail", "correo", "correo electronico", "email address"},
			Rules:   []Rule{email},
			Example: "maria@example.com",
		},
		{
			Name: "customerAccountType", Label: "Account type", Required: true,
			Aliases: []string{"account type", "type", "tipo de cuenta", "tipo cuenta", "tipo"},
			Choices: []string{"CLABE", "DebitCard"},
			Synonyms: map[string]string{
				"debit card": "DebitCard", "debit": "DebitCard", "card": "DebitCard", "debit-card": "DebitCard",
				"tarjeta": "DebitCard", "tarjeta de debito": "DebitCard", "tarjeta de débito": "DebitCard",
				"tarjeta debito": "DebitCard", "tarjeta débito": "DebitCard", "debito": "DebitCard", "débito": "DebitCard",
				"cuenta clabe": "CLABE", "clabe interbancaria": "CLABE",
			},
			Example: "CLABE",
		},
		{
			Name: "customerAccount", Label: "Account number", Role: RoleAccount, Required: true, MaxChars: 34, Personal: true, ID: true,
			Aliases: []string{
				"account", "account number", "account no", "bank account", "clabe", "card number", "cuenta",
				"numero de cuenta", "no de cuenta", "cuenta clabe", "clabe interbancaria", "numero de tarjeta",
				"cuenta destino", "cuenta bancaria", "cuenta de deposito", "clabe o tarjeta",
			},
			Rules:   []Rule{mexicanAccount},
			Example: "001180000000000013", // of the bank in the example above
		},
		{
			Name: "identity", Label: "ID number", MaxChars: 64, Personal: true, ID: true,
			Aliases: []string{
				"id number", "identity number", "tax id", "rfc", "curp", "identificacion",
				"numero de identificacion", "ine",
			},
			Example: "58452586558",
		},
		notifyURL,
		remark("concept", "concepto", "concepto de pago"),
	},

	Statuses: map[string]Status{
		"0000":    {MeansPaid, "paid"},
		"0015":    {MeansProcessing, "accepted, not final yet"},
		"00029":   {MeansFailed, "rejected by the bank"},
		"0100019": {MeansFailed, "the payee has reached the daily limit of what they may receive"},
		// Documented, but neither says that no money moved.
		"0001":  {MeansUnclear, "partially paid"},
		"00032": {MeansUnclear, "unknown error at the bank"},
	},
	Outers: map[string]string{
		"5000": "system error at the gateway: the payout may exist",
		"8000": "the gateway refused the order",
	},
	Assumed: []string{
		"outer codes 5000 and 8000 mean what the pages of India, South Korea and Brazil say; Mexico's page lists none",
		"the currency is MXN, kept in 2 decimals; payouts are whole pesos",
		"notifyUrl is sent although the page says that the merchant's setting stands in for it",
		"0001 and 00032 leave a payout in doubt, although the page lets every code but 0000 and 0015 be treated as failure",
	},
}
