package samplegen

import (
	"fmt"
	"math/rand/v2"
	"strconv"

	"github.com/bulkpay/bulkpay/paypro"
)

// South Korean accounts begin with zeros, and so does the middle of the
// mobile numbers.
var southKorea = maker{
	language: Korean, sheet: "지급", row: southKorean,
	columns: []Column{
		{"예금주", "customerName", 16},
		{"은행코드", "bankCode", 12},
		{"계좌번호", "bankAccountNo", 20},
		{"실수령액", "amount", 14},
		{"휴대폰번호", "mobile", 16},
		{"이메일", "email", 28},
		{"적요", "remark", 20},
	},
}

func southKorean(random *rand.Rand, i int) paypro.Values {
	return paypro.Values{
		"customerName":  pick(random, koreanLast) + pick(random, koreanFirst),
		"bankCode":      pick(random, []string{"0001", "0002", "0003"}),
		"bankAccountNo": number(random, "0000", 13),
		"amount":        strconv.Itoa(2_000_000 + 10_000*random.IntN(300)),
		"mobile":        number(random, "0100000", 11),
		"email":         fmt.Sprintf("staff.%d@example.com", i+1),
		"remark":        "11월 급여",
	}
}

var koreanLast = []string{"김", "이", "박", "최", "정", "강", "조", "윤", "남궁"}

var koreanFirst = []string{"민준", "서연", "도윤", "하은", "지호", "수빈", "예린", "준서", "다인", "현우"}
