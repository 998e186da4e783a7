package samplegen

import (
	"math/rand/v2"
	"strconv"
	"strings"

	"github.com/bulkpay/bulkpay/paypro"
)

// Vietnamese names are written as banks write them, without accents. Accounts
// begin with zeros.
var vietnam = maker{
	language: Vietnamese, sheet: "Chi lương", row: vietnamese,
	columns: []Column{
		{"Tên chủ tài khoản", "accountName", 28},
		{"Ngân hàng", "bankName", 14},
		{"Số tài khoản", "bankNumber", 20},
		{"Số tiền", "amount", 14},
		{"Nội dung", "remark", 24},
	},
}

func vietnamese(random *rand.Rand, _ int) paypro.Values {
	name := pick(random, vietnameseLast) + " " + pick(random, vietnameseMiddle) + " " + pick(random, vietnameseFirst)
	return paypro.Values{
		"accountName": strings.ToUpper(plain(name)),
		"bankName":    pick(random, []string{"ACB", "VCB", "BIDV", "TPB", "VPB"}),
		"bankNumber":  number(random, "0000", 12),
		"amount":      strconv.Itoa(5_000_000 + 100_000*random.IntN(200)),
		"remark":      "Lương tháng 11",
	}
}

var vietnameseLast = []string{"Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi", "Đỗ", "Ngô"}

var vietnameseMiddle = []string{"Thị", "Văn", "Thế", "Minh", "Ngọc", "Quang"}

var vietnameseFirst = []string{"Việt", "Hương", "Đức", "Lan", "Tuấn", "Mai", "Hùng", "Phượng", "Sơn", "Yến"}
