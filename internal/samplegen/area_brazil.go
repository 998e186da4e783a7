package samplegen

import (
	"fmt"
	"math/rand/v2"

	"github.com/bulkpay/bulkpay/paypro"
)

// Brazilian payees have PIX keys of every kind. Their tax numbers begin with
// 999 or 99, and their random keys with zeros.
var brazil = maker{
	language: Portuguese, sheet: "Pagamentos", row: brazilian,
	columns: []Column{
		{"Nome do favorecido", "name", 32},
		{"Tipo de chave", "bankType", 14},
		{"Chave PIX", "bankNumber", 38},
		{"Valor", "amount", 12},
		{"Tipo de documento", "identityType", 18},
		{"CPF/CNPJ", "userIdentity", 18},
		{"E-mail", "email", 34},
		{"Celular", "mobile", 14},
		{"Observação", "remark", 24},
	},
}

func brazilian(random *rand.Rand, i int) paypro.Values {
	name := pick(random, brazilianFirst) + " " + pick(random, brazilianLast) + " " + pick(random, brazilianLast)
	row := paypro.Values{
		"name":         name,
		"identityType": "CPF",
		"userIdentity": CPF(random.Uint64N(1_000_000)),
		"email":        address(name, i),
		"mobile":       number(random, "1190000", 11),
		"amount":       fmt.Sprintf("%d.%02d", 900+random.IntN(9000), 1+random.IntN(99)),
		"remark":       "Salário novembro",
	}
	switch kind := pick(random, []string{"CPF", "CPF", "EMAIL", "PHONE", "EVP", "CNPJ"}); kind {
	case "CPF":
		row["bankType"], row["bankNumber"] = kind, row["userIdentity"]
	case "EMAIL":
		row["bankType"], row["bankNumber"] = kind, row["email"]
	case "PHONE":
		row["bankType"], row["bankNumber"] = kind, "+55"+row["mobile"]
	case "EVP":
		row["bankType"], row["bankNumber"] = kind, fmt.Sprintf("00000000-0000-4000-8000-%012d", random.IntN(1_000_000_000))
	case "CNPJ":
		row["name"] = pick(random, brazilianLast) + " " + pick(random, brazilianLast) + " Serviços Ltda"
		row["identityType"], row["userIdentity"] = kind, CNPJ(random.Uint64N(1_000_000))
		row["bankType"], row["bankNumber"] = kind, row["userIdentity"]
	}
	return row
}

var brazilianFirst = []string{
	"Ana", "João", "Márcia", "Antônio", "Luíza", "Pedro", "Conceição", "Otávio", "Beatriz", "Caio",
	"Fernanda", "Gonçalo", "Inês", "Thiago", "Vitória", "Zé Carlos",
}

var brazilianLast = []string{
	"Souza", "Silva", "Araújo", "Gonçalves", "Conceição", "Magalhães", "Brandão", "Sá", "Müller", "Falcão",
	"Prudêncio", "Assunção", "Leão", "Nóbrega",
}
