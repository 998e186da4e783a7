package paypro

import "github.com/bulkpay/bulkpay/internal/money"

// brazil pays to PIX keys. What bankNumber is depends on bankType, and the
// payee's own number (CPF or CNPJ) is asked for besides.
//
// Older copies of the documents put the signature into an HTTP header, newer
// ones into the body, whose example still lacks it. The body is the default;
// `sign_place = "header"` of a merchant turns it round. A wrong choice costs
// a refusal, never money.
var brazil = &Area{
	Code:     "BR",
	Name:     "Brazil",
	Slug:     "brazil",
	Currency: money.BRL,
	decimals: 2,

	PayoutPath:  "/v1/paypro/payout",
	QueryPath:   "/v1/paypro/queryPayOutResult",
	BalancePath: "/v1/paypro/queryBalance",

	SignPlaces:     []SignPlace{SignInBody, SignInHeader},
	QueryTimestamp: true,
	QueryTradeNo:   true,
	BalanceBody:    true,
	CallbackSigned: true,

	Fields: []Field{
		{
			Name: "amount", Label: "Amount", Role: RoleAmount, Required: true,
			Aliases: words(amountWords, "valor", "montante", "quantia", "valor a pagar", "valor do pagamento", "valor líquido", "salário líquido"),
			Rules:   []Rule{centAmount(money.BRL)},
			Example: "1500.50",
			tidy:    tidyCents,
		},
		{
			Name: "name", Label: "Name", Role: RoleName, Required: true, MaxChars: 140, Personal: true,
			Aliases: words(nameWords, "nome", "nome completo", "favorecido", "nome do favorecido", "beneficiário", "nome do beneficiário", "funcionário", "nome do funcionário", "titular", "destinatário", "colaborador"),
			Example: "Ana Souza",
		},
		{
			Name: "email", Label: "E-mail", Required: true, MaxChars: 254, Personal: true,
			Aliases: words(emailWords, "correio eletrônico", "endereço de e-mail"),
			Rules:   []Rule{email},
			Example: "ana@example.com",
		},
		{
			Name: "mobile", Label: "Mobile", Required: true, Personal: true, ID: true,
			Aliases: words(mobileWords, "celular", "telefone", "telefone celular", "número de celular", "número de telefone", "whatsapp"),
			Rules:   []Rule{phone},
			Doubts:  []Rule{knownPhone("BR", "a Brazilian phone number with its area code")},
			Example: "11961234567",
		},
		{
			Name: "bankType", Label: "PIX key type", Required: true,
			Aliases: []string{"key type", "pix type", "type of pix key", "tipo de chave", "tipo de chave pix", "tipo da chave", "tipo da chave pix", "tipo chave", "tipo pix"},
			Choices: []string{"CPF", "CNPJ", "EMAIL", "PHONE", "EVP"},
			Synonyms: map[string]string{
				"e-mail": "EMAIL", "mail": "EMAIL", "telefone": "PHONE", "celular": "PHONE", "telefone celular": "PHONE", "mobile": "PHONE",
				"aleatória": "EVP", "aleatoria": "EVP", "chave aleatória": "EVP", "chave aleatoria": "EVP", "random": "EVP", "random key": "EVP",
			},
			Example: "CPF",
		},
		{
			Name: "bankNumber", Label: "PIX key", Role: RoleAccount, Required: true, MaxChars: 77, Personal: true, ID: true,
			Aliases: words([]string{"pix", "key", "chave", "chave pix", "conta", "conta pix"}, accountWords...),
			Rules:   []Rule{pixKey},
			Doubts:  []Rule{doubtfulKey},
			Example: "52998224725",
			tidy:    tidyPixKey,
		},
		{
			Name: "identityType", Label: "ID type", Required: true,
			Aliases:  []string{"identity type", "document type", "tax id type", "tipo de documento", "tipo documento", "tipo de identidade", "tipo de identificação"},
			Choices:  []string{"CPF", "CNPJ"},
			Synonyms: map[string]string{"pessoa física": "CPF", "pessoa fisica": "CPF", "pf": "CPF", "pessoa jurídica": "CNPJ", "pessoa juridica": "CNPJ", "pj": "CNPJ"},
			Example:  "CPF",
		},
		{
			Name: "userIdentity", Label: "ID number", Required: true, Personal: true, ID: true,
			Aliases: []string{"identity", "identity number", "tax id", "tax number", "document", "document number", "cpf", "cnpj", "cpf/cnpj", "cpf ou cnpj", "documento", "número do documento"},
			Rules:   []Rule{brazilianIdentity},
			Example: "52998224725",
			tidy:    withoutMask(cpfMasks),
		},
		notifyURL,
		required(remark("observação", "observações")),
	},

	Statuses: map[string]Status{
		"0000":  {MeansPaid, "paid"},
		"0015":  {MeansProcessing, "accepted, not final yet"},
		"00029": {MeansFailed, "the payout failed"},
	},
	Outers: commonOuters,
	Assumed: []string{
		"the signature goes into the body, as newer copies of the page say, unless the merchant's setting names the header, as older ones do",
		"the currency is BRL; amounts may have centavos, up to two decimals with a point: the page states no rule, and PIX pays centavos",
		"outer code 8000 is a refusal, 5000 is in doubt, as the page says; its prose names a member result that no example has, and status is read",
		"PIX keys have the forms of Banco Central do Brasil: CPF and CNPJ without dots and dashes, a phone number with +55, an EVP as a UUID; the page gives no form",
		"a CNPJ may have letters, as Receita Federal gives them out from July 2026",
		"a PIX key that is another CPF or CNPJ than the payee's is a warning",
	},
}
