package samplegen

import (
	"math/rand/v2"
	"strconv"

	"github.com/bulkpay/bulkpay/paypro"
)

// Indonesian accounts and the second half of the mobile numbers begin with
// zeros.
var indonesia = maker{
	language: Indonesian, sheet: "Pembayaran", row: indonesian,
	columns: []Column{
		{"Nama Karyawan", "customerName", 26},
		{"Kode Bank", "bankCode", 12},
		{"No. Rekening", "bankAccountNo", 20},
		{"Nominal", "amount", 14},
		{"No. HP", "mobile", 16},
		{"Email", "email", 34},
		{"Keterangan", "remark", 24},
	},
}

func indonesian(random *rand.Rand, i int) paypro.Values {
	name := pick(random, indonesianFirst) + " " + pick(random, indonesianLast)
	return paypro.Values{
		"customerName":  name,
		"bankCode":      pick(random, []string{"0002", "0008", "0009", "0014"}),
		"bankAccountNo": number(random, "0000", 13),
		"amount":        strconv.Itoa(1_500_000 + 50_000*random.IntN(200)),
		"mobile":        number(random, "0811000", 12),
		"email":         address(name, i),
		"remark":        "Gaji November",
	}
}

var indonesianFirst = []string{"Budi", "Siti", "Agus", "Dewi", "Wayan", "Putri", "Joko", "Ratna", "Made", "Nurul", "Bambang", "Kartika"}

var indonesianLast = []string{"Santoso", "Wijaya", "Lestari", "Hidayat", "Siregar", "Simanjuntak", "Permata", "Nugroho", "Rahmawati", "Saputra"}
