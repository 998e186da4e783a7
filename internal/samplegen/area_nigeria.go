package samplegen

import (
	"math/rand/v2"
	"strconv"

	"github.com/bulkpay/bulkpay/paypro"
)

// Nigerian accounts begin with zeros.
var nigeria = maker{
	language: English, sheet: "Payouts", row: nigerian,
	columns: []Column{
		{"Beneficiary Name", "customerName", 28},
		{"Bank Code", "bankCode", 12},
		{"Account Number", "bankAccountNo", 18},
		{"Net Pay", "amount", 12},
		{"Phone Number", "mobile", 16},
		{"Email", "email", 34},
		{"Narration", "remark", 24},
	},
}

func nigerian(random *rand.Rand, i int) paypro.Values {
	name := pick(random, nigerianFirst) + " " + pick(random, nigerianLast)
	return paypro.Values{
		"customerName":  name,
		"bankCode":      pick(random, []string{"0001", "0002", "0003"}),
		"bankAccountNo": number(random, "0000", 10),
		"amount":        strconv.Itoa(90_000 + 500*random.IntN(500)),
		"mobile":        number(random, "0803000", 11),
		"email":         address(name, i),
		"remark":        "Salary November",
	}
}

var nigerianFirst = []string{"Chinedu", "Ngozi", "Adébáyọ̀", "Folake", "Ibrahim", "Aisha", "Emeka", "Tọ́pẹ́", "Yusuf", "Ifeoma"}

var nigerianLast = []string{"Okafor", "Adeyemi", "Bello", "Eze", "Ogunleye", "Abubakar", "Nwosu", "Danjuma", "Ọlátúnjí"}
