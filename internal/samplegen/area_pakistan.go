package samplegen

import (
	"math/rand/v2"
	"strconv"

	"github.com/bulkpay/bulkpay/paypro"
)

// Pakistani identity cards have the district 0000, which does not exist;
// accounts begin with zeros.
var pakistan = maker{
	language: English, sheet: "Payouts", row: pakistani,
	columns: []Column{
		{"Account Title", "name", 26},
		{"CNIC No.", "customerCert", 16},
		{"Account Type", "accountType", 14},
		{"Bank", "bankName", 24},
		{"Account No.", "bankNumber", 20},
		{"Net Salary", "amount", 12},
		{"Mobile No.", "mobile", 14},
		{"Email", "email", 34},
		{"Remarks", "remark", 24},
	},
}

func pakistani(random *rand.Rand, i int) paypro.Values {
	name := pick(random, pakistaniFirst) + " " + pick(random, pakistaniLast)
	row := paypro.Values{
		"name":         name,
		"customerCert": number(random, pick(random, []string{"1", "3", "4"})+"0000", 13),
		"accountType":  "BANK",
		"bankName":     pick(random, []string{"ALLIED_BANK_LIMITED", "HABIB_BANK_LIMITED", "MEEZAN_BANK"}),
		"bankNumber":   number(random, "0000", 14),
		"amount":       strconv.Itoa(30_000 + 500*random.IntN(200)),
		"mobile":       number(random, "300000", 10),
		"email":        address(name, i),
		"remark":       "Salary November",
	}
	if random.IntN(4) == 0 {
		row["accountType"], row["bankName"] = "WALLET", pick(random, []string{"EASYPAISA", "JAZZCASH"})
		row["bankNumber"] = "0" + row["mobile"]
	}
	return row
}

var pakistaniFirst = []string{"Ayesha", "Muhammad", "Fatima", "Bilal", "Sana", "Usman", "Zainab", "Hamza", "Maryam", "Imran", "Rabia", "Tariq"}

var pakistaniLast = []string{"Khan", "Ahmed", "Malik", "Qureshi", "Butt", "Siddiqui", "Chaudhry", "Shaikh", "Baloch", "Afridi"}
