package paypro

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

var (
	isUnknown    = verdictWant{Unknown, ReasonUnknownNumber}
	queryRefused = verdictWant{NoAnswer, ReasonQueryRefused}
	queryBadKey  = verdictWant{NoAnswer, ReasonCredentials}
)

var queryCases = []verdictCase{
	{name: "paid, amounts as numbers", body: accepted(`"orderAmount":300.00,"payAmount":300.0,"status":"0000","message":"SUCCESS"`), mexico: isPaid},
	{name: "paid, amounts as strings", body: accepted(`"orderAmount":"300","payAmount":"300.0000","status":"0000"`), mexico: isPaid},
	{name: "paid, one amount", body: accepted(`"amount":"300","status":"0000","utr":"U1"`), mexico: isPaid},
	{name: "paid, no amount", body: accepted(`"status":"0000"`), mexico: isPaid},
	{name: "paid, amount null", body: accepted(`"amount":null,"status":"0000"`), mexico: isPaid},
	{name: "paid, no platform number", body: `{"code":"0000","data":{"tradeNo":"T1","amount":"300","status":"0000"}}`, mexico: isPaid},
	{name: "paid, other ordered amount", body: accepted(`"orderAmount":"301","payAmount":"300","status":"0000"`), mexico: differs},
	{name: "paid, other amount", body: accepted(`"amount":"300.01","status":"0000"`), mexico: differs},
	{name: "paid, two ordered amounts", body: accepted(`"orderAmount":"300","amount":"200","status":"0000"`), mexico: differs},
	{name: "paid less", body: accepted(`"orderAmount":"300","payAmount":"299.99","status":"0000"`), mexico: differs},
	{name: "paid nothing", body: accepted(`"orderAmount":"300","payAmount":0,"status":"0000"`), mexico: differs},
	{name: "paid, ordered amount unreadable, paid differs", body: accepted(`"orderAmount":"?","payAmount":"1","status":"0000"`), mexico: differs},
	{name: "paid, garbage", body: accepted(`"orderAmount":"three hundred","status":"0000"`), mexico: unread},
	{name: "paid, exponent", body: accepted(`"orderAmount":3e2,"status":"0000"`), mexico: unread},
	{name: "paid, thousands mark", body: accepted(`"amount":"3,00","status":"0000"`), mexico: unread},
	{name: "paid, negative", body: accepted(`"amount":-300,"status":"0000"`), mexico: unread},
	{name: "paid, more decimals than money has", body: accepted(`"amount":300.001,"status":"0000"`), mexico: unread},
	{name: "paid, true", body: accepted(`"amount":true,"status":"0000"`), mexico: unread},
	{name: "paid, payAmount garbage", body: accepted(`"orderAmount":"300","payAmount":"?","status":"0000"`), mexico: unread},
	{name: "processing, nothing paid yet", body: accepted(`"orderAmount":"300.00","payAmount":"200.00","status":"0015"`), mexico: isProcessing},
	{name: "processing, garbage", body: accepted(`"orderAmount":"?","status":"0015"`), mexico: isProcessing},
	{name: "processing, other ordered amount", body: accepted(`"orderAmount":"301","status":"0015"`), mexico: differs},
	{name: "failed", body: accepted(`"orderAmount":300,"payAmount":0,"status":"00029","successTime":"2026-11-21 10:00:00"`), mexico: isFailed},
	{name: "failed, other ordered amount", body: accepted(`"orderAmount":301,"status":"00029"`), mexico: differs},
	{name: "failed, garbage", body: accepted(`"orderAmount":"three","status":"00029"`), mexico: verdictWant{NoAnswer, ReasonAmountUnread}},
	{name: "failed, nothing paid", body: accepted(`"orderAmount":300,"payAmount":"-","status":"00029"`), mexico: isFailed},
	{name: "partially paid", body: accepted(`"orderAmount":300,"payAmount":150,"status":"0001"`), mexico: doubt(ReasonUnclearStatus)},
	{name: "unknown error", body: accepted(`"orderAmount":300,"status":"00032"`), mexico: doubt(ReasonUnclearStatus)},
	{name: "undocumented status", body: accepted(`"status":"0777"`), mexico: doubt(ReasonUnclearStatus)},

	{name: "no tradeNo", body: `{"code":"0000","data":{"platFormTradeNo":"P1","status":"0000"}}`, mexico: verdictWant{NoAnswer, ReasonNoNumber}},
	{name: "data empty", body: `{"code":"0000","data":{}}`, mexico: verdictWant{NoAnswer, ReasonNoNumber}},
	{name: "no data", body: `{"code":"0000","msg":"success"}`, mexico: queryRefused},
	{name: "data null", body: `{"code":"0000","data":null}`, mexico: queryRefused},
	{name: "no data, order not found", body: `{"code":"0000","msg":"order not found"}`, mexico: isUnknown},
	{name: "data null, order not found", body: `{"code":"0000","msg":"order not found","data":null}`, mexico: isUnknown},
	{name: "data empty, order not found", body: `{"code":"0000","msg":"order not found","data":{}}`, mexico: verdictWant{NoAnswer, ReasonNoNumber}},

	{name: "order does not exist", body: refused("8000", "Order Does NOT EXIST"), mexico: isUnknown},
	{name: "not found", body: refused("8000", "order not found"), mexico: isUnknown},
	{name: "in Spanish", body: refused("8000", "la orden no existe"), mexico: isUnknown},
	{name: "in Chinese", body: refused("8000", "商户订单不存在"), mexico: isUnknown},
	{name: "merchant's order", body: refused("8000", "merchant order not found"), mexico: isUnknown},
	{name: "merchant not found", body: refused("8000", "merchant not found"), mexico: queryBadKey},
	{name: "merchant not found for the order", body: refused("8000", "merchant not found for this order"), mexico: queryBadKey},
	{name: "merchant in Chinese", body: refused("8000", "商户不存在"), mexico: queryBadKey},
	{name: "sign error", body: refused("8000", "sign not found"), mexico: queryBadKey},
	{name: "channel not found", body: refused("8000", "channel not found"), mexico: queryRefused},
	{name: "page not found", body: refused("8000", "API path does not exist"), mexico: queryRefused},
	{name: "channel in Chinese", body: refused("8000", "通道不存在"), mexico: queryRefused},
	{name: "channel of the order", body: refused("8000", "channel order not found"), mexico: isUnknown},
	{name: "not found, already closed", body: refused("8000", "order not found: already closed"), mexico: queryRefused},
	{name: "not found yet", body: refused("8000", "order not found, still processing"), mexico: queryRefused},
	{name: "not found, and a failed order", body: `{"code":"8000","msg":"order not found","data":{"tradeNo":"T1","status":"00029"}}`, mexico: queryRefused},
	{name: "no data, in progress", body: `{"code":"0000","msg":"query in progress"}`, mexico: queryRefused},
	{name: "no data, duplicate", body: `{"code":"0000","msg":"duplicate request","data":null}`, mexico: queryRefused},
	{name: "no data, a wrong signature", body: `{"code":"0000","msg":"sign error","data":null}`, mexico: queryRefused},
	{name: "8000", body: refused("8000", "busy"), mexico: queryRefused},
	{name: "00029 outside", body: refused("00029", "fail"), mexico: queryRefused},
	{name: "0015 outside", body: refused("0015", "paying"), mexico: queryRefused},
	{name: "8000 with a failed order", body: `{"code":"8000","msg":"no","data":{"tradeNo":"T1","status":"00029"}}`, mexico: queryRefused},
	{name: "not found under HTTP 404", status: 404, body: refused("40400", "not found"), mexico: queryRefused},
	{name: "not found under HTTP 400", status: 400, body: refused("8000", "order does not exist"), mexico: queryRefused},
}

func TestQueryVerdicts(t *testing.T) {
	t.Parallel()
	for _, test := range queryCases {
		t.Run(test.name, func(t *testing.T) {
			test.run(t, func(c *Client, r Request) Verdict { return c.Query(t.Context(), r) })
		})
	}
	// Whatever leaves a placement in doubt by its form says nothing as the
	// answer to a query.
	for _, test := range envelopeCases {
		t.Run(test.name, func(t *testing.T) {
			test.mexico.kind = NoAnswer
			test.run(t, func(c *Client, r Request) Verdict { return c.Query(t.Context(), r) })
		})
	}
}

// TestAQueryThatFailsSaysNothing draws answers at random: none but a 0000
// about our number gives a status, and only the known words or a 0000 without
// data give Unknown.
func TestAQueryThatFailsSaysNothing(t *testing.T) {
	t.Parallel()
	for _, area := range Areas() {
		c := newClient(t, area, "https://gateway.invalid", nil)
		r := payout(area, testNo)
		rapid.Check(t, func(t *rapid.T) {
			status := rapid.SampledFrom([]int{200, 200, 200, 201, 301, 400, 403, 404, 429, 500, 503}).Draw(t, "http")
			code := rapid.SampledFrom([]string{"0000", "5000", "8000", "00029", "0015", "9999"}).Draw(t, "code")
			number := rapid.SampledFrom([]string{"T1", "T2", ""}).Draw(t, "number")
			inner := rapid.SampledFrom([]string{"0000", "0015", "00029", "0777"}).Draw(t, "status")
			msg := rapid.SampledFrom([]string{"", "busy", "order not found", "sign error"}).Draw(t, "msg")
			data := `{"tradeNo":"` + number + `","platFormTradeNo":"P1","status":"` + inner + `"}`
			if rapid.Bool().Draw(t, "without data") {
				data = "null"
			}
			body := `{"code":"` + code + `","msg":"` + msg + `","data":` + data + `}`
			// Kenya and Egypt may leave the number out, but then the answer has to
			// name an amount besides the gateway's number.
			amount := rapid.SampledFrom([]string{"", `,"amount":` + testAmount(area)}).Draw(t, "amount")
			body = strings.Replace(body, `,"status":"`+inner, amount+`,"status":"`+inner, 1)
			named := number == testNo || number == "" && amount != "" && (area == kenya || area == egypt)
			about := status == 200 && code == "0000" && data != "null" && named
			v := c.judgeQuery(exchange{status: status, body: []byte(body), left: true}, r)
			switch v.Kind {
			case Succeeded, Processing, Failed, InDoubt, Conflict:
				if !about {
					t.Fatalf("%d %s: %v (%s)", status, body, v.Kind, v.Reason)
				}
			case Unknown:
				if status != 200 || data != "null" && code == "0000" || msg != "order not found" {
					t.Fatalf("%d %s: unknown", status, body)
				}
			case NoAnswer:
				if about {
					t.Fatalf("%d %s: no answer (%s)", status, body, v.Reason)
				}
			default:
				t.Fatalf("%d %s: %v is no verdict of a query", status, body, v.Kind)
			}
		})
	}
}

func TestUnknownWordsAreASetting(t *testing.T) {
	t.Parallel()
	g := answering(t, 200, nil, refused("8000", "Never Heard Of It"))
	ask := func(words []string) Verdict {
		return newClient(t, mexico, g.URL, func(c *Config) { c.UnknownWords = words }).Query(t.Context(), payout(mexico, testNo))
	}
	want(t, ask(nil), NoAnswer, ReasonQueryRefused)
	want(t, ask([]string{" never HEARD "}), Unknown, ReasonUnknownNumber)
	want(t, ask([]string{}), NoAnswer, ReasonQueryRefused)
	for _, words := range [][]string{{""}, {"x", " "}} {
		_, err := NewClient(Config{
			Area: mexico, BaseURL: g.URL, MerchantNo: "1", Secret: secret(t, "s"), UnknownWords: words,
		})
		if err == nil || !strings.Contains(err.Error(), "empty") {
			t.Errorf("words %q: %v", words, err)
		}
	}
}

func TestAQueryWithoutANumberNeverLeaves(t *testing.T) {
	t.Parallel()
	g := answering(t, 200, nil, accepted(`"status":"0000"`))
	want(t, newClient(t, india, g.URL, nil).Query(t.Context(), Request{}), NoAnswer, ReasonInvalidRequest)
	g.once(t, 0)
}
