package paypro

import (
	"strings"
	"testing"
)

// verdictCase is one answer and what it must mean.
type verdictCase struct {
	name   string
	status int // 0: 200
	header map[string]string
	body   string
	mexico verdictWant
	india  verdictWant // zero: as Mexico
}

type verdictWant struct {
	kind   Kind
	reason Reason
}

func (c verdictCase) run(t *testing.T, ask func(*Client, Request) Verdict) {
	t.Parallel()
	for _, area := range []*Area{mexico, india} {
		status, expected := c.status, c.mexico
		if status == 0 {
			status = 200
		}
		if area == india && c.india.reason != "" {
			expected = c.india
		}
		g := answering(t, status, c.header, c.body)
		v := ask(newClient(t, area, g.URL, nil), payout(area, testNo))
		if v.Kind != expected.kind || v.Reason != expected.reason {
			t.Errorf("%s: got %v (%s), want %v (%s)", area.Name, v.Kind, v.Reason, expected.kind, expected.reason)
		}
		if v.HTTPStatus != status {
			t.Errorf("%s: HTTP status %d, want %d", area.Name, v.HTTPStatus, status)
		}
		if len(v.Raw) == 0 {
			t.Errorf("%s: no evidence", area.Name)
		}
		g.once(t, 1)
	}
}

// accepted is an answer with an outer 0000 about our number.
func accepted(members string) string {
	return `{"msg":"success","code":"0000","timestamp":1728611805322,"success":true,"data":{"tradeNo":"T1","platFormTradeNo":"P1",` + members + `}}`
}

// refused is an answer with another outer code.
func refused(code, msg string) string {
	return `{"msg":"` + msg + `","code":"` + code + `","timestamp":1728611805322,"success":false,"data":null}`
}

var (
	isPaid       = verdictWant{Succeeded, ReasonPaid}
	isProcessing = verdictWant{Processing, ReasonProcessing}
	isFailed     = verdictWant{Failed, ReasonFailed}
	isRefused    = verdictWant{Refused, ReasonRefused}
	badKey       = doubt(ReasonCredentials)
	differs      = verdictWant{Conflict, ReasonAmountDiffers}
	unread       = verdictWant{Conflict, ReasonAmountUnread}
)

func doubt(reason Reason) verdictWant { return verdictWant{InDoubt, reason} }

// envelopeCases are answers whose form decides, for a placement and for a
// query alike.
var envelopeCases = []verdictCase{
	{name: "code as number", body: strings.Replace(accepted(`"status":"0000"`), `"code":"0000"`, `"code":0`, 1), mexico: doubt(ReasonUnreadable)},
	{name: "code null", body: strings.Replace(accepted(`"status":"0000"`), `"code":"0000"`, `"code":null`, 1), mexico: doubt(ReasonUnreadable)},
	{name: "code absent", body: `{"msg":"success","data":{"tradeNo":"T1","status":"0000"}}`, mexico: doubt(ReasonUnreadable)},
	{name: "code empty", body: `{"code":"","data":{"tradeNo":"T1","status":"0000"}}`, mexico: doubt(ReasonUnreadable)},
	{name: "code in other case", body: `{"Code":"0000","data":{"tradeNo":"T1","status":"0000"}}`, mexico: doubt(ReasonUnreadable)},
	{name: "code with a space", body: `{"code":"0000 ","data":{"tradeNo":"T1","status":"0000"}}`, mexico: doubt(ReasonUnreadable)},
	{name: "code of another machine", body: `{"code":"502","msg":"order not found"}`, mexico: doubt(ReasonUnreadable)},
	{name: "code in words", body: `{"code":"BadRequest","msg":"order not exist"}`, mexico: doubt(ReasonUnreadable)},
	{name: "code beyond any length", body: refused(strings.Repeat("8", 17), "no"), mexico: doubt(ReasonUnreadable)},
	{name: "code of broken text", body: refused("0000\xff", "no"), mexico: doubt(ReasonUnreadable)},
	{name: "status as number", body: accepted(`"status":0`), mexico: doubt(ReasonUnreadable)},
	{name: "status as number 15", body: accepted(`"status":15`), mexico: doubt(ReasonUnreadable)},
	{name: "status as object", body: accepted(`"status":{"code":"0000"}`), mexico: doubt(ReasonUnreadable)},
	{name: "status true", body: accepted(`"status":true`), mexico: doubt(ReasonUnreadable)},
	{name: "status null", body: accepted(`"status":null`), mexico: doubt(ReasonUnreadable)},
	{name: "status empty", body: accepted(`"status":""`), mexico: doubt(ReasonUnreadable)},
	{name: "status absent", body: accepted(`"desc":"CREATED"`), mexico: doubt(ReasonUnreadable)},
	{name: "data is an array", body: `{"code":"0000","data":[{"tradeNo":"T1","status":"0000"}]}`, mexico: doubt(ReasonUnreadable)},
	{name: "data is a string", body: `{"code":"0000","data":"{\"tradeNo\":\"T1\",\"status\":\"0000\"}"}`, mexico: doubt(ReasonUnreadable)},
	{name: "data is a number", body: `{"code":"0000","data":0}`, mexico: doubt(ReasonUnreadable)},
	{name: "tradeNo is an array", body: `{"code":"0000","data":{"tradeNo":["T1"],"platFormTradeNo":"P1","status":"0000"}}`, mexico: doubt(ReasonUnreadable)},
	{name: "amount is an object", body: accepted(`"status":"0000","orderAmount":{"value":"1"}`), mexico: doubt(ReasonUnreadable)},
	{name: "msg is an object", body: `{"code":"0000","msg":{},"data":{"tradeNo":"T1","status":"0000"}}`, mexico: doubt(ReasonUnreadable)},
	{name: "success false with 0000", body: strings.Replace(accepted(`"status":"0000"`), "true", "false", 1), mexico: doubt(ReasonContradiction)},
	{name: "success \"false\" with 0000", body: strings.Replace(accepted(`"status":"0000"`), "true", `"false"`, 1), mexico: doubt(ReasonContradiction)},
	{name: "success \"FALSE\" with 0000", body: strings.Replace(accepted(`"status":"0000"`), "true", `"FALSE"`, 1), mexico: doubt(ReasonContradiction)},
	{name: "success \"failed\" with 0000", body: strings.Replace(accepted(`"status":"0000"`), "true", `"failed"`, 1), mexico: doubt(ReasonContradiction)},
	{name: "success true with 8000", body: strings.Replace(refused("8000", "not exist"), "false", "true", 1), mexico: doubt(ReasonContradiction)},
	{name: "8000 with a paid order", body: strings.Replace(accepted(`"status":"0000"`), `"code":"0000"`, `"code":"8000"`, 1), mexico: doubt(ReasonContradiction)},
	{name: "8000 with a status", body: `{"code":"8000","data":{"tradeNo":"T1","status":"0015"}}`, mexico: doubt(ReasonContradiction)},
	{name: "8000 with a platform number", body: `{"code":"8000","data":{"kiliTradeNo":"P1"}}`, mexico: doubt(ReasonContradiction)},
	{name: "8000 about another number", body: `{"code":"8000","msg":"not found","data":{"tradeNo":"T2"}}`, mexico: doubt(ReasonOtherNumber)},
	{name: "5000", body: refused("5000", "System operation exception"), mexico: doubt(ReasonSystemError)},
	{name: "5000 with success", body: strings.Replace(refused("5000", "x"), "false", "true", 1), mexico: doubt(ReasonSystemError)},
	{name: "5000 with a paid order", body: `{"code":"5000","data":{"tradeNo":"T1","platFormTradeNo":"P1","status":"0000"}}`, mexico: doubt(ReasonSystemError)},
	{name: "5000 that names a duplicate", body: refused("5000", "duplicate order not exist"), mexico: doubt(ReasonSystemError)},
	{name: "other tradeNo", body: strings.Replace(accepted(`"status":"0000"`), "T1", "T2", 1), mexico: doubt(ReasonOtherNumber)},
	{name: "tradeNo in other case", body: strings.Replace(accepted(`"status":"0000"`), "T1", "t1", 1), mexico: doubt(ReasonOtherNumber)},
	{name: "tradeNo true", body: strings.Replace(accepted(`"status":"0000"`), `"T1"`, "true", 1), mexico: doubt(ReasonOtherNumber)},
	{name: "duplicate code", body: `{"code":"8000","code":"0000","data":{"tradeNo":"T1","platFormTradeNo":"P1","status":"0000"}}`, mexico: doubt(ReasonUnreadable)},
	{name: "duplicate status", body: accepted(`"status":"00029","status":"0000"`), mexico: doubt(ReasonUnreadable)},
	{name: "duplicate status, escaped", body: accepted(`"status":"00029","st\u0061tus":"0000"`), mexico: doubt(ReasonUnreadable)},
	{name: "duplicate data", body: `{"code":"0000","data":{"tradeNo":"T2"},"data":{"tradeNo":"T1","platFormTradeNo":"P1","status":"0000"}}`, mexico: doubt(ReasonUnreadable)},
	{name: "empty body", body: "", mexico: doubt(ReasonUnreadable)},
	{name: "null", body: "null", mexico: doubt(ReasonUnreadable)},
	{name: "array", body: "[" + accepted(`"status":"0000"`) + "]", mexico: doubt(ReasonUnreadable)},
	{name: "HTML", body: "<html><body>0000 success</body></html>", mexico: doubt(ReasonUnreadable)},
	{name: "trailing garbage", body: accepted(`"status":"0000"`) + "x", mexico: doubt(ReasonUnreadable)},
	{name: "two answers", body: accepted(`"status":"0000"`) + accepted(`"status":"0000"`), mexico: doubt(ReasonUnreadable)},
	{name: "byte order mark", body: "\ufeff" + accepted(`"status":"0000"`), mexico: doubt(ReasonUnreadable)},
	{name: "deep nesting", body: `{"code":"0000","data":` + strings.Repeat(`{"a":`, 11000) + "1" + strings.Repeat("}", 11000) + "}", mexico: doubt(ReasonTooLong)},
	{name: "deep nesting within the size", body: `{"code":"0000","data":` + strings.Repeat(`[`, 20000) + strings.Repeat("]", 20000) + "}", mexico: doubt(ReasonUnreadable)},
	{name: "1 MiB", body: accepted(`"status":"0000","desc":"` + strings.Repeat("x", 1<<20) + `"`), mexico: doubt(ReasonTooLong)},
	{name: "1 MiB of white space after", body: accepted(`"status":"0000"`) + strings.Repeat(" ", 1<<20), mexico: doubt(ReasonTooLong)},
	{name: "HTTP 202 with 0000", status: 202, body: accepted(`"status":"0000"`), mexico: doubt(ReasonContradiction)},
	{name: "HTTP 204", status: 204, mexico: doubt(ReasonHTTPStatus)},
	{name: "HTTP 301", status: 301, header: map[string]string{"Location": "/elsewhere"}, body: accepted(`"status":"0000"`), mexico: doubt(ReasonHTTPStatus)},
	{name: "HTTP 302", status: 302, header: map[string]string{"Location": "/elsewhere"}, mexico: doubt(ReasonHTTPStatus)},
	{name: "HTTP 307", status: 307, header: map[string]string{"Location": "/elsewhere"}, mexico: doubt(ReasonHTTPStatus)},
	{name: "HTTP 308", status: 308, header: map[string]string{"Location": "/elsewhere"}, mexico: doubt(ReasonHTTPStatus)},
	{name: "HTTP 400 with 0000", status: 400, body: accepted(`"status":"0000"`), mexico: doubt(ReasonContradiction)},
	{name: "HTTP 400 without an envelope", status: 400, body: `{"error":"bad request"}`, mexico: doubt(ReasonHTTPStatus)},
	{name: "HTTP 401", status: 401, body: "<h1>401</h1>", mexico: doubt(ReasonCredentials)},
	{name: "HTTP 403", status: 403, mexico: doubt(ReasonCredentials)},
	{name: "HTTP 404 HTML", status: 404, body: "<h1>not found</h1>", mexico: doubt(ReasonHTTPStatus)},
	{name: "HTTP 404 of a framework", status: 404, body: `{"timestamp":1,"status":404,"error":"Not Found","path":"/"}`, mexico: doubt(ReasonHTTPStatus)},
	{name: "HTTP 429", status: 429, mexico: doubt(ReasonThrottled)},
	{name: "HTTP 429 with an envelope", status: 429, body: refused("8000", "not exist"), mexico: doubt(ReasonThrottled)},
	{name: "HTTP 500 with a refusal", status: 500, body: refused("8000", "not exist"), mexico: doubt(ReasonHTTPStatus)},
	{name: "HTTP 500 with 0000", status: 500, body: accepted(`"status":"0000"`), mexico: doubt(ReasonHTTPStatus)},
	{name: "HTTP 502", status: 502, body: "<h1>502</h1>", mexico: doubt(ReasonHTTPStatus)},
	{name: "HTTP 503", status: 503, mexico: doubt(ReasonHTTPStatus)},
	{name: "HTTP 504", status: 504, mexico: doubt(ReasonHTTPStatus)},
	{name: "HTTP 599", status: 599, mexico: doubt(ReasonHTTPStatus)},
}

// placementCases are answers about the placement itself.
var placementCases = []verdictCase{
	{name: "paid at once", body: accepted(`"status":"0000"`), mexico: isPaid},
	{name: "processing", body: accepted(`"status":"0015","desc":"CREATED"`), mexico: isProcessing},
	{name: "failed", body: accepted(`"status":"00029"`), mexico: isFailed},
	{name: "failed without a platform number", body: `{"code":"0000","data":{"tradeNo":"T1","status":"00029"}}`, mexico: isFailed},
	{name: "0029", body: accepted(`"status":"0029"`), mexico: doubt(ReasonUnclearStatus), india: isFailed},
	{name: "daily limit of the payee", body: accepted(`"status":"0100019"`), mexico: isFailed, india: doubt(ReasonUnclearStatus)},
	{name: "partially paid", body: accepted(`"status":"0001"`), mexico: doubt(ReasonUnclearStatus)},
	{name: "unknown error", body: accepted(`"status":"00032"`), mexico: doubt(ReasonUnclearStatus)},
	{name: "undocumented status", body: accepted(`"status":"0777"`), mexico: doubt(ReasonUnclearStatus)},
	{name: "status 5000", body: accepted(`"status":"5000"`), mexico: doubt(ReasonUnclearStatus)},
	{name: "status 8000", body: accepted(`"status":"8000"`), mexico: doubt(ReasonUnclearStatus)},
	{name: "status with a space", body: accepted(`"status":"0000 "`), mexico: doubt(ReasonUnclearStatus)},
	{name: "status without its zeros", body: accepted(`"status":"29"`), mexico: doubt(ReasonUnclearStatus)},
	{name: "timestamp as string", body: strings.Replace(accepted(`"status":"0000"`), "1728611805322", `"1728611805322"`, 1), mexico: isPaid},
	{name: "success as string", body: strings.Replace(accepted(`"status":"0000"`), "true", `"true"`, 1), mexico: isPaid},
	{name: "success absent", body: strings.Replace(accepted(`"status":"0000"`), `"success":true,`, "", 1), mexico: isPaid},
	{name: "success in other words", body: strings.Replace(accepted(`"status":"0000"`), "true", `"SUCCESS"`, 1), mexico: isPaid},
	{name: "members nobody knows", body: accepted(`"status":"0000","extra":{"a":[1]}`), mexico: isPaid},
	{name: "broken text in the message", body: accepted("\"status\":\"0000\",\"desc\":\"\xff\""), mexico: isPaid},
	{name: "kiliTradeNo", body: strings.Replace(accepted(`"status":"0015"`), "platFormTradeNo", "kiliTradeNo", 1), mexico: isProcessing},
	{name: "serialNumber", body: strings.Replace(accepted(`"status":"0015"`), "platFormTradeNo", "serialNumber", 1), mexico: isProcessing},
	{name: "processing without a platform number", body: `{"code":"0000","data":{"tradeNo":"T1","status":"0015"}}`, mexico: doubt(ReasonNoPlatform)},
	{name: "paid without a platform number", body: `{"code":"0000","data":{"tradeNo":"T1","status":"0000","platFormTradeNo":""}}`, mexico: doubt(ReasonNoPlatform)},
	{name: "platform number in other case", body: `{"code":"0000","data":{"tradeNo":"T1","status":"0000","platformTradeNo":"P1"}}`, mexico: doubt(ReasonNoPlatform)},
	{name: "no tradeNo", body: `{"code":"0000","data":{"platFormTradeNo":"P1","status":"0015"}}`, mexico: doubt(ReasonNoNumber), india: isProcessing},
	{name: "tradeNo null", body: `{"code":"0000","data":{"tradeNo":null,"kiliTradeNo":"P1","status":"0015"}}`, mexico: doubt(ReasonNoNumber), india: isProcessing},
	{name: "no data", body: `{"code":"0000","msg":"success"}`, mexico: doubt(ReasonNoNumber), india: doubt(ReasonUnreadable)},
	{name: "data null", body: `{"code":"0000","data":null}`, mexico: doubt(ReasonNoNumber), india: doubt(ReasonUnreadable)},
	{name: "data empty", body: `{"code":"0000","data":{}}`, mexico: doubt(ReasonNoNumber), india: doubt(ReasonUnreadable)},
	{name: "placement that names another amount", body: accepted(`"status":"0015","amount":"301"`), mexico: differs},
	{name: "placement that names the amount", body: accepted(`"status":"0000","amount":300.00`), mexico: isPaid},

	{name: "8000", body: refused("8000", "customerAccount is not valid"), mexico: isRefused},
	{name: "8000 without data", body: `{"code":"8000"}`, mexico: isRefused},
	{name: "8000 with empty data", body: `{"code":"8000","msg":"no","data":{}}`, mexico: isRefused},
	{name: "8000 with a failed order", body: `{"code":"8000","msg":"no","data":{"tradeNo":"T1","status":"00029"}}`, mexico: isRefused},
	{name: "undocumented outer code", body: refused("9999", "no"), mexico: doubt(ReasonUnknownCode)},
	{name: "outer 00029", body: refused("00029", "no"), mexico: isRefused},
	{name: "outer 0015", body: refused("0015", "CREDIT_INPROGRESS"), mexico: doubt(ReasonUnclearStatus)},
	{name: "outer 00032", body: refused("00032", "UNKNOWN_ERROR"), mexico: doubt(ReasonUnclearStatus), india: doubt(ReasonUnknownCode)},
	{name: "outer 0001", body: refused("0001", "partial"), mexico: doubt(ReasonUnclearStatus)},
	{name: "8000 under HTTP 400", status: 400, body: refused("8000", "no"), mexico: isRefused},
	{name: "undocumented code under HTTP 400", status: 400, body: refused("40001", "blocked by policy"), mexico: doubt(ReasonHTTPStatus)},
	{name: "undocumented code under HTTP 403", status: 403, body: refused("40301", "blocked by policy"), mexico: doubt(ReasonCredentials)},
	{name: "8000 under HTTP 403, about the signature", status: 403, body: refused("8000", "sign error"), mexico: badKey},
	{name: "HTTP 408", status: 408, body: "timeout", mexico: doubt(ReasonHTTPStatus)},

	{name: "duplicate tradeNo", body: refused("8000", "Duplicate tradeNo"), mexico: doubt(ReasonDuplicateNumber)},
	{name: "already exists", body: refused("8000", "order ALREADY exists"), mexico: doubt(ReasonDuplicateNumber)},
	{name: "in Spanish", body: refused("8000", "el número ya existe"), mexico: doubt(ReasonDuplicateNumber)},
	{name: "in Chinese", body: refused("8000", "商户订单号重复"), mexico: doubt(ReasonDuplicateNumber)},
	{name: "duplicate, said in data", body: `{"code":"8000","msg":"fail","data":{"tradeNo":"T1","desc":"order already exists"}}`, mexico: doubt(ReasonDuplicateNumber)},
	{name: "duplicate, said outside", body: `{"code":"8000","msg":"fail","message":"Duplicate order"}`, mexico: doubt(ReasonDuplicateNumber)},
	{name: "duplicate, in a list", body: `{"code":"8000","msg":"fail","errors":[{"text":"tradeNo \u91cd\u590d"}]}`, mexico: doubt(ReasonDuplicateNumber)},
	{name: "8000 under HTTP 409", status: 409, body: refused("8000", "conflict"), mexico: doubt(ReasonDuplicateNumber)},
	{name: "8000 under HTTP 202", status: 202, body: refused("8000", "no"), mexico: doubt(ReasonHTTPStatus)},
	{name: "8000 under HTTP 408", status: 408, body: refused("8000", "no"), mexico: doubt(ReasonHTTPStatus)},
	{name: "8000 under HTTP 425", status: 425, body: refused("8000", "no"), mexico: doubt(ReasonHTTPStatus)},
	{name: "refused, a channel timed out", body: refused("8000", "Channel TIMEOUT"), mexico: doubt(ReasonUnclearStatus)},
	{name: "refused, still processing", body: refused("8000", "the order is processing"), mexico: doubt(ReasonUnclearStatus)},
	{name: "refused, pending, in Spanish", body: refused("8000", "pago pendiente"), mexico: doubt(ReasonUnclearStatus)},
	{name: "refused, timed out, in Chinese", body: refused("8000", "通道超时"), mexico: doubt(ReasonUnclearStatus)},
	{name: "failed, amount unreadable", body: accepted(`"status":"00029","amount":"three"`), mexico: doubt(ReasonAmountUnread)},
	{name: "duplicate and signed", body: refused("8000", "duplicate sign"), mexico: doubt(ReasonDuplicateNumber)},

	{name: "sign error", body: refused("8000", "Sign error"), mexico: badKey},
	{name: "signature", body: refused("8000", "the signature is not valid"), mexico: badKey},
	{name: "unknown merchant", body: refused("8000", "unknown merchantNo"), mexico: badKey},
	{name: "merchant does not exist", body: refused("8000", "merchant does not exist"), mexico: badKey},
	{name: "signature in Chinese", body: refused("8000", "签名错误"), mexico: badKey},
	{name: "merchant's balance", body: refused("8000", "merchant balance insufficient"), mexico: isRefused},
	{name: "merchant's balance in Chinese", body: refused("8000", "商户余额不足"), mexico: isRefused},
	{name: "assigned", body: refused("8000", "channel not assigned"), mexico: isRefused},
	{name: "invalid merchant order", body: refused("8000", "invalid order amount for merchant"), mexico: isRefused},
	{name: "design", body: refused("8000", "by design"), mexico: isRefused},
}

func TestPlacementVerdicts(t *testing.T) {
	t.Parallel()
	for _, test := range append(envelopeCases[:len(envelopeCases):len(envelopeCases)], placementCases...) {
		t.Run(test.name, func(t *testing.T) {
			test.run(t, func(c *Client, r Request) Verdict { return c.Place(t.Context(), r) })
		})
	}
}

func TestVerdictCarriesWhatTheAnswerSaid(t *testing.T) {
	t.Parallel()
	g := answering(t, 200, nil, accepted(`"status":"00029","desc":"REJECTED","message":"other"`))
	v := newClient(t, mexico, g.URL, nil).Place(t.Context(), payout(mexico, testNo))
	want(t, v, Failed, ReasonFailed)
	if v.Code != "00029" || v.Message != "REJECTED" || v.PlatformTradeNo != "P1" || v.Elapsed <= 0 {
		t.Errorf("got %+v", v)
	}
	g = answering(t, 200, nil, refused("8000", "no bank"))
	v = newClient(t, mexico, g.URL, nil).Place(t.Context(), payout(mexico, testNo))
	if v.Code != "8000" || v.Message != "no bank" || v.PlatformTradeNo != "" {
		t.Errorf("got %+v", v)
	}
}
