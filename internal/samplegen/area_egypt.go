package samplegen

import (
	"math/rand/v2"
	"strconv"

	"github.com/bulkpay/bulkpay/paypro"
)

// Egyptian wallets are mobile numbers with zeros in the middle.
var egypt = maker{
	language: Arabic, sheet: "المدفوعات", row: egyptian,
	columns: []Column{
		{"اسم الموظف", "customerName", 28},
		{"رقم المحفظة", "walletId", 18},
		{"صافي الراتب", "amount", 14},
		{"ملاحظات", "remark", 24},
	},
}

func egyptian(random *rand.Rand, _ int) paypro.Values {
	return paypro.Values{
		"customerName": pick(random, egyptianFirst) + " " + pick(random, egyptianLast),
		"walletId":     number(random, pick(random, []string{"010000", "011000", "012000", "015000"}), 11),
		"amount":       strconv.Itoa(1_000 + 50*random.IntN(180)),
		"remark":       "راتب نوفمبر",
	}
}

var egyptianFirst = []string{"منى", "أحمد", "فاطمة", "محمود", "سارة", "كريم", "نورا", "يوسف", "هبة", "طارق"}

var egyptianLast = []string{"حسن", "إبراهيم", "السيد", "عبد الرحمن", "مصطفى", "شحاتة", "رمضان", "فؤاد"}
