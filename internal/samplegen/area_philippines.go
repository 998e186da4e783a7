package samplegen

import (
	"math/rand/v2"
	"strconv"

	"github.com/bulkpay/bulkpay/paypro"
)

// Philippine payees have a wallet by its mobile number, or a bank account
// that begins with zeros.
var philippines = maker{
	language: English, sheet: "Payouts", row: philippine,
	columns: []Column{
		{"Employee Name", "accountName", 28},
		{"Bank or Wallet", "bankName", 16},
		{"Account Number", "bankNumber", 20},
		{"Net Pay", "amount", 12},
		{"Remarks", "remark", 24},
	},
}

func philippine(random *rand.Rand, _ int) paypro.Values {
	row := paypro.Values{
		"accountName": pick(random, philippineFirst) + " " + pick(random, philippineLast),
		"bankName":    pick(random, []string{"Maya", "GCash"}),
		"bankNumber":  number(random, "0917000", 11),
		"amount":      strconv.Itoa(12_000 + 250*random.IntN(150)),
		"remark":      "Payroll November",
	}
	if random.IntN(3) == 0 {
		row["bankName"] = pick(random, []string{"BDO", "BPI"})
		row["bankNumber"] = number(random, "0000", 12)
	}
	return row
}

var philippineFirst = []string{"Maria", "Jose", "Angelica", "Ramon", "Rosario", "Niño", "Corazon", "Emilio", "Ligaya", "Andres"}

var philippineLast = []string{"Santos", "Reyes", "Cruz", "Bautista", "Dela Peña", "Villanueva", "Macaraeg", "Ocampo", "Aquino"}
