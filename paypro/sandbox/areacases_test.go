package sandbox

import "encoding/json"

// areaCase is what the documents say of one area, written down a second time: nothing
// in here is worked out from the area's own data.
type areaCase struct {
	slug                  string
	place, query, balance string // paths

	body     body // a valid placement, without tradeNo; a json.Number is one
	required []string
	bareAsk  bool // the query has no timestamp
	bareBal  bool // the balance has no body

	desc   string // of what is in progress
	codes  string // documented codes besides 0000, 0015 and 00029
	failed string // text of 00029

	placed  string // keys of the placement's data
	asked   string // keys of the query's data in progress
	paid    string // keys that a paid order has besides
	amounts string // as they stand in the query's answer of a paid order
	money   string // as it stands in the balance's answer: %s for what is left, %s for what is frozen
	at      string // local time of 2026-11-18 11:06:41 UTC

	told     string // keys of the callback of a paid order
	lost     string // and of a failed one
	toldHow  any    // its amount
	unsigned bool
}

// The two shapes that most callbacks have.
const (
	toldPaid = "amount message platFormTradeNo sign status successTime timestamp tradeNo"
	toldLost = "amount message platFormTradeNo sign status timestamp tradeNo"
)

// The two shapes that most queries have.
const (
	askedOne = "amount message platFormTradeNo status tradeNo"
	askedTwo = "message orderAmount payAmount platFormTradeNo status tradeNo"
)

const (
	placedMost    = "desc platFormTradeNo remark status tradeNo"
	balanceText   = `"availableAmount":"%s.0000","freezeAmount":"%s.0000","unsettledAmount":"0.0000"`
	balanceNumber = `"availablAmount":%s.00,"freezeAmount":%s.00,"unsettledAmount":0.00`
)

const testNotify = "https://merchant.example/notify"

var areaCases = []areaCase{
	{
		slug: "mexico", place: "/mexico/v1/paypro/payOut", query: "/mexico/v1/paypro/queryPayOutResult",
		balance: "/mexico/v1/paypro/queryBalance", bareBal: true,
		body: body{
			"timestamp": "1795000000000", "wayCode": "BANXICO", "amount": "200", "customerName": "Nobody Known",
			"customerAccountType": "CLABE", "customerAccount": "032180000118359719", "notifyUrl": testNotify, "remark": "wages",
		},
		required: []string{"timestamp", "tradeNo", "wayCode", "amount", "customerName", "customerAccountType", "customerAccount", "notifyUrl"},
		desc:     "CREATED", codes: "0001 00032 0100019", failed: "REJECTED_TRANSACTION",
		placed: placedMost, asked: askedTwo, paid: "successTime",
		amounts: `"orderAmount":200.00,"payAmount":200.00`, money: balanceNumber, at: "2026-11-18 05:06:41",
		told: toldPaid, lost: toldLost, toldHow: "200",
	},
	{
		slug: "india", place: "/india/v1/paypro/payout", query: "/india/v1/paypro/queryPayOutResult", balance: "/india/v1/paypro/queryBalance",
		body: body{
			"timestamp": "1795000000000", "ipAddress": "203.0.113.7", "amount": "300", "name": "Nobody Known", "mobile": "9123456789",
			"email": "nobody@gmail.com", "bankNumber": "10094038292", "bankNCode": "IDFB0043121", "notifyUrl": testNotify, "remark": "wages",
		},
		required: []string{"timestamp", "ipAddress", "tradeNo", "amount", "name", "mobile", "email", "bankNumber", "bankNCode", "notifyUrl"},
		desc:     "CREDIT_INPROGRESS", codes: "0001", failed: "Fail",
		placed: "desc kiliTradeNo remark status", asked: askedOne, paid: "successTime utr",
		amounts: `"amount":"300"`, money: balanceText, at: "2026-11-18 16:36:41",
		told: toldPaid, lost: toldLost, toldHow: "300",
	},
	{
		slug: "indonesia", place: "/indonesia/v1/paypro/payOut", query: "/indonesia/v1/paypro/queryPayOutResult",
		balance: "/indonesia/v1/paypro/queryBalance",
		body: body{
			"timestamp": json.Number("1795000000000"), "amount": json.Number("100000"), "customerName": "Nobody Known",
			"mobile": "6281245907765", "email": "nobody@example.com", "bankAccountNo": "5464438554636", "bankCode": "0002",
			"notifyUrl": testNotify, "remark": "wages",
		},
		required: []string{"timestamp", "tradeNo", "amount", "customerName", "mobile", "email", "bankAccountNo", "bankCode", "notifyUrl"},
		desc:     "PAYING", codes: "0001 8000-status", failed: "FAILED",
		placed: placedMost, asked: askedTwo, paid: "",
		amounts: `"orderAmount":"100000.00","payAmount":"100000.00"`, money: balanceNumber, at: "2026-11-18 18:06:41",
		told: toldPaid, lost: toldLost, toldHow: "100000",
	},
	{
		slug: "pakistan", place: "/pakistan/v1/payproPK/payout", query: "/pakistan/v1/payproPK/queryPayOutResult",
		balance: "/pakistan/v1/payproPK/queryBalance",
		body: body{
			"timestamp": "1795000000000", "amount": "5000", "name": "Jane Doe", "customerCert": "1730123456789",
			"email": "jane@example.com", "mobile": "3115112345", "accountType": "BANK", "bankName": "ALLIED_BANK_LIMITED",
			"bankNumber": "9876543210", "notifyUrl": testNotify, "remark": "wages",
		},
		required: []string{
			"timestamp", "tradeNo", "amount", "name", "customerCert", "email", "mobile", "accountType", "bankName",
			"bankNumber", "notifyUrl", "remark",
		},
		desc: "processing", failed: "failed",
		placed: placedMost, asked: askedOne, paid: "successTime",
		amounts: `"amount":"5000"`, money: balanceText, at: "2026-11-18 16:06:41",
		told: toldPaid, lost: toldLost, toldHow: "5000",
	},
	{
		slug: "vietnam", place: "/vietnam/v1/payproVN/payout", query: "/vietnam/v1/payproVN/queryPayOutResult",
		balance: "/vietnam/v1/payproVN/queryBalance",
		body: body{
			"timestamp": "1795000000000", "amount": "50000", "accountName": "NGUYEN THE VIET", "bankName": "ACB",
			"bankNumber": "18199852", "notifyUrl": testNotify, "remark": "wages",
		},
		required: []string{"timestamp", "tradeNo", "amount", "accountName", "bankName", "bankNumber", "notifyUrl"},
		desc:     "CREDIT_INPROGRESS", codes: "00032 0100019", failed: "REJECTED_TRANSACTION",
		placed: placedMost, asked: askedOne, paid: "successTime",
		amounts: `"amount":"50000"`, money: balanceText, at: "2026-11-18 18:06:41",
		told: toldPaid, lost: toldLost, toldHow: "50000",
	},
	{
		slug: "philippines", place: "/philippines/v1/paypro/payOut", query: "/philippines/v1/paypro/queryPayOutResult",
		balance: "/philippines/v1/paypro/queryBalance",
		body: body{
			"timestamp": json.Number("1795000000000"), "amount": "100", "accountName": "09539077075", "bankName": "Maya",
			"bankNumber": "09539077075", "notifyUrl": testNotify, "remark": "wages",
		},
		required: []string{"timestamp", "tradeNo", "amount", "accountName", "bankName", "bankNumber", "notifyUrl"},
		desc:     "processing", failed: "failed",
		placed: placedMost, asked: askedOne, paid: "successTime",
		amounts: `"amount":"100"`, money: balanceText, at: "2026-11-18 19:06:41",
		told: toldPaid, lost: toldLost, toldHow: "100",
	},
	{
		slug: "kenya", place: "/kenya/api/payout", query: "/kenya/api/queryPayOutResult", balance: "/kenya/api/queryBalance", bareAsk: true,
		body: body{
			"timestamp": "1795000000000", "amount": "50", "mobile": "254115555088", "notifyUrl": testNotify, "remark": "wages",
		},
		required: []string{"timestamp", "tradeNo", "amount", "mobile"},
		desc:     "processing", failed: "REJECTED_TRANSACTION",
		placed: "desc remark serialNumber status tradeNo", asked: askedOne, paid: "successTime",
		amounts: `"amount":50.0000`, money: balanceText, at: "2026-11-18 14:06:41",
		told:    "amount message platFormTradeNo status successTime tradeNo",
		lost:    "amount message platFormTradeNo status successTime tradeNo",
		toldHow: json.Number("50.0000"), unsigned: true,
	},
	{
		slug: "egypt", place: "/egypt/v1/paypro/payOut", query: "/egypt/v1/paypro/queryPayOutResult", balance: "/egypt/v1/paypro/queryBalance",
		body: body{
			"timestamp": "1795000000000", "amount": "100", "customerName": "Nobody Known", "walletId": "01012345678",
			"notifyUrl": testNotify, "remark": "wages",
		},
		required: []string{"timestamp", "tradeNo", "amount", "customerName", "walletId", "notifyUrl", "remark"},
		desc:     "processing", failed: "failed",
		placed: placedMost, asked: askedOne, paid: "successTime",
		amounts: `"amount":"100"`, money: balanceText, at: "2026-11-18 13:06:41",
		told: toldPaid, lost: toldLost, toldHow: "100",
	},
	{
		slug: "brazil", place: "/brazil/v1/paypro/payout", query: "/brazil/v1/paypro/queryPayOutResult", balance: "/brazil/v1/paypro/queryBalance",
		body: body{
			"timestamp": "1795000000000", "amount": "300", "name": "Nobody Known", "email": "nobody@example.com", "mobile": "123456789",
			"bankType": "CPF", "bankNumber": "52998224725", "identityType": "CPF", "userIdentity": "52998224725",
			"notifyUrl": testNotify, "remark": "wages",
		},
		required: []string{
			"timestamp", "tradeNo", "amount", "name", "email", "mobile", "bankType", "bankNumber", "identityType", "userIdentity",
			"notifyUrl", "remark",
		},
		desc: "Paying", failed: "Fail",
		placed: placedMost, asked: askedOne, paid: "successTime",
		amounts: `"amount":"300"`, money: `"availableAmount":%s.00,"freezeAmount":%s.00,"unsettledAmount":0.00`, at: "2026-11-18 08:06:41",
		told: toldPaid, lost: toldLost, toldHow: "300",
	},
	{
		slug: "nigeria", place: "/nigeria/v1/paypro/payOut", query: "/nigeria/v1/paypro/queryPayOutResult",
		balance: "/nigeria/v1/paypro/queryBalance",
		body: body{
			"timestamp": json.Number("1795000000000"), "amount": "500", "bankCode": "0001", "bankAccountNo": "123456789",
			"customerName": "Nobody Known", "mobile": "15875595997", "email": "nobody@gmail.com", "notifyUrl": testNotify, "remark": "wages",
		},
		required: []string{"timestamp", "tradeNo", "amount", "bankCode", "bankAccountNo", "customerName", "mobile", "email", "notifyUrl"},
		desc:     "Paying", codes: "8000-status", failed: "Fail",
		placed: placedMost, asked: askedOne, paid: "successTime",
		amounts: `"amount":"500.0000"`, money: balanceText, at: "2026-11-18 12:06:41",
		told: toldPaid, lost: toldLost, toldHow: "500",
	},
	{
		slug: "southkorea", place: "/southkorea/v1/paypro/payOut", query: "/southkorea/v1/paypro/queryPayOutResult",
		balance: "/southkorea/v1/paypro/queryBalance",
		body: body{
			"timestamp": json.Number("1795000000000"), "amount": "500", "bankCode": "0001", "bankAccountNo": "123456789",
			"customerName": "Nobody Known", "mobile": "15875595997", "email": "nobody@gmail.com", "notifyUrl": testNotify, "remark": "wages",
		},
		required: []string{"timestamp", "tradeNo", "amount", "bankCode", "bankAccountNo", "customerName", "mobile", "email", "notifyUrl"},
		desc:     "Paying", codes: "0001", failed: "Fail",
		placed: placedMost, asked: askedTwo, paid: "",
		amounts: `"orderAmount":"500.0000","payAmount":"500.0000"`, money: balanceText, at: "2026-11-18 20:06:41",
		told: toldPaid, lost: toldLost, toldHow: "500",
	},
	{
		slug: "bangladesh", place: "/bangladesh/v1/paypro/payout", query: "/bangladesh/v1/paypro/queryPayOutResult",
		balance: "/bangladesh/v1/paypro/queryBalance",
		body: body{
			"timestamp": "1795000000000", "amount": "300", "walletId": "01123456789", "wayCode": "BKASH",
			"notifyUrl": testNotify, "remark": "wages",
		},
		required: []string{"timestamp", "tradeNo", "amount", "walletId", "wayCode", "notifyUrl"},
		desc:     "processing", failed: "failed",
		placed: placedMost, asked: askedOne, paid: "successTime",
		amounts: `"amount":"300"`, money: balanceText, at: "2026-11-18 17:06:41",
		told: toldPaid, lost: toldLost, toldHow: "300",
	},
}

// caseOf is the case of an area, for tests of one area alone.
func caseOf(slug string) areaCase {
	for _, c := range areaCases {
		if c.slug == slug {
			return c
		}
	}
	panic(slug)
}
