package samplegen

import (
	"fmt"
	"math/rand/v2"
	"strconv"

	"github.com/bulkpay/bulkpay/paypro"
)

// Indian accounts begin with 0000, and their branches with 999.
var india = maker{
	language: English, sheet: "Payouts", row: indian, distinct: otherIndian,
	columns: []Column{
		{"Employee Name", "name", 26},
		{"Mobile No.", "mobile", 14},
		{"Email ID", "email", 34},
		{"Bank Account No.", "bankNumber", 20},
		{"IFSC Code", "bankNCode", 16},
		{"Net Pay", "amount", 12},
		{"Remarks", "remark", 24},
	},
}

func indian(random *rand.Rand, i int) paypro.Values {
	name := pick(random, indianFirst) + " " + pick(random, indianLast)
	return paypro.Values{
		"name":       name,
		"mobile":     fmt.Sprintf("60000%05d", random.IntN(100_000)),
		"email":      address(name, i),
		"bankNumber": fmt.Sprintf("0000%08d", random.IntN(100_000_000)),
		"bankNCode":  fmt.Sprintf("%s0999%03d", pick(random, indianBanks), random.IntN(1000)),
		"amount":     strconv.Itoa(2500 + 25*random.IntN(2400)),
		"remark":     "Salary November",
	}
}

func otherIndian(row paypro.Values, i int, number uint64) {
	row["name"] += " " + coined(i)
	row["email"] = address(row["name"], i)
	row["bankNumber"] = fmt.Sprintf("0000%010d", number)
}

var indianFirst = []string{
	"Asha", "Ravi", "Priya", "Arjun", "Lakshmi", "Sanjay", "Meera", "Vikram", "Kavita", "Imran",
	"Deepa", "Rahul", "Fatima", "Suresh", "Anjali", "Harpreet", "Nisha", "Ganesh", "Pooja", "Joseph",
}

var indianLast = []string{
	"Verma", "Sharma", "Iyer", "Nair", "Patel", "Singh", "Reddy", "Khan", "Das", "Gupta",
	"Menon", "Joshi", "Rao", "Mehta", "Fernandes", "Bose", "Kulkarni", "Chauhan", "Pillai", "Mishra",
}

var indianBanks = []string{"SBIN", "HDFC", "ICIC", "UTIB", "KKBK", "PUNB", "IDFB", "YESB"}
