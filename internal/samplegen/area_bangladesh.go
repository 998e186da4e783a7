package samplegen

import (
	"math/rand/v2"
	"strconv"

	"github.com/bulkpay/bulkpay/paypro"
)

// Bangladeshi wallets are mobile numbers with zeros in the middle.
var bangladesh = maker{
	language: Bengali, sheet: "বেতন", row: bangladeshi,
	columns: []Column{
		{"ওয়ালেট", "wayCode", 14},
		{"ওয়ালেট নম্বর", "walletId", 18},
		{"টাকার পরিমাণ", "amount", 14},
		{"মন্তব্য", "remark", 28},
	},
}

func bangladeshi(random *rand.Rand, i int) paypro.Values {
	return paypro.Values{
		"wayCode":  pick(random, []string{"BKASH", "NAGAD"}),
		"walletId": number(random, pick(random, []string{"017000", "018000"}), 11),
		"amount":   strconv.Itoa(8_000 + 100*random.IntN(300)),
		"remark":   "নভেম্বরের বেতন " + strconv.Itoa(i+1),
	}
}
