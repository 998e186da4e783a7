package samplegen

import (
	"math/rand/v2"
	"strconv"

	"github.com/bulkpay/bulkpay/paypro"
)

// Kenyan payees are their mobile numbers and nothing else.
var kenya = maker{
	language: English, sheet: "Payouts", row: kenyan,
	columns: []Column{
		{"Mpesa No.", "mobile", 16},
		{"Net Pay", "amount", 12},
		{"Remarks", "remark", 32},
	},
}

func kenyan(random *rand.Rand, i int) paypro.Values {
	return paypro.Values{
		"mobile": number(random, pick(random, []string{"25470000", "25411000"}), 12),
		"amount": strconv.Itoa(5_000 + 50*random.IntN(400)),
		"remark": "Wages November " + strconv.Itoa(i+1),
	}
}
