package sandbox

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

func keys(m map[string]any) string { return strings.Join(slices.Sorted(maps.Keys(m)), " ") }

// The shapes of the answers, field by field, as each area's page has them.
func TestAnswersHaveTheDocumentedShape(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{Delay: time.Second})
	m, i := b.mexico("M1", nil), b.india("I1", nil)
	if got := keys(m.Data); got != "desc platFormTradeNo remark status tradeNo" {
		t.Errorf("mexico placement: %s", got)
	}
	if m.Data["desc"] != "CREATED" || m.Data["remark"] != "wages" || m.Msg != "success" ||
		!strings.Contains(m.text, `"timestamp":1795000000000,"success":true`) {
		t.Errorf("mexico placement: %s", m.text)
	}
	if got := keys(i.Data); got != "desc kiliTradeNo remark status" || i.Data["desc"] != "CREDIT_INPROGRESS" {
		t.Errorf("india placement: %s", i.text)
	}
	if q := b.ask("mexico", "M1"); keys(q.Data) != "message orderAmount payAmount platFormTradeNo status tradeNo" ||
		q.Data["payAmount"] != json.Number("0.00") || q.Data["platFormTradeNo"] != m.Data["platFormTradeNo"] {
		t.Errorf("mexico query in progress: %s", q.text)
	}
	b.clock.Add(time.Second)
	q := b.ask("mexico", "M1")
	if q.Data["orderAmount"] != json.Number("200.00") || q.Data["payAmount"] != json.Number("200.00") ||
		q.Data["successTime"] != localTime(b.clock.Now().UnixMilli(), mexico.zone) || q.Data["message"] != "Success" {
		t.Errorf("mexico query: %s", q.text)
	}
	q = b.ask("india", "I1")
	if keys(q.Data) != "amount message platFormTradeNo status successTime tradeNo utr" || q.Data["amount"] != "300" ||
		q.Data["platFormTradeNo"] != i.Data["kiliTradeNo"] {
		t.Errorf("india query: %s", q.text)
	}
	if q := b.ask("india", "M1"); q.Code != "8000" || q.Msg != "order does not exist" || q.Data != nil ||
		!strings.Contains(q.text, `"success":false,"data":null`) {
		t.Errorf("query in another area: %s", q.text)
	}
}

func TestSuccessTimeIsLocal(t *testing.T) {
	t.Parallel()
	const ms = 1_719_829_933_893 // 2024-07-01 10:32:13 UTC
	if got := localTime(ms, mexico.zone); got != "2024-07-01 04:32:13" {
		t.Error("mexico", got)
	}
	if got := localTime(ms, india.zone); got != "2024-07-01 16:02:13" {
		t.Error("india", got)
	}
}

func TestDuplicateTradeNo(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{Delay: time.Second})
	first := b.mexico("A1", nil)
	if r := b.mexico("A1", body{"amount": "999"}); r.Msg != "duplicate tradeNo" {
		t.Errorf("%+v", r)
	}
	if r := b.india("A1", nil); r.Msg != "duplicate tradeNo" { // for the merchant, not for the area
		t.Errorf("%+v", r)
	}
	q := b.ask("mexico", "A1")
	if q.Data["platFormTradeNo"] != first.Data["platFormTradeNo"] || q.Data["orderAmount"] != json.Number("200.00") {
		t.Errorf("the first order was touched: %s", q.text)
	}
	if o := b.orders(); len(o) != 1 || o[0].Placements != 3 {
		t.Errorf("books: %+v", o)
	}
}

func TestDoubleOrdersCanBeAllowedAndAreSeen(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{AllowDuplicateTradeNo: true})
	b.mexico("A1", nil)
	second := b.mexico("A1", nil)
	if second.status() != "0000" {
		t.Fatalf("%+v", second)
	}
	if q := b.ask("mexico", "A1"); q.Data["platFormTradeNo"] != second.Data["platFormTradeNo"] {
		t.Errorf("query is not about the latest: %s", q.text)
	}
	o := b.orders()
	if len(o) != 2 || o[0].Nth != 1 || o[1].Nth != 2 || o[0].Placements != 2 || o[0].PlatFormTradeNo == o[1].PlatFormTradeNo {
		t.Errorf("books: %+v", o)
	}
	if s := b.Stats(); s.Orders != 2 || s.DoubleOrders != 1 || s.Requests != 3 {
		t.Errorf("stats: %+v", s)
	}
}

func TestBalance(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{Delay: time.Second, Balance: 1000})
	b.mexico("A1", nil)
	b.mexico("A2", body{"remark": "SANDBOX:00029", "amount": "300"})
	b.mexico("A3", body{"remark": "SANDBOX:paid", "amount": "100"})
	b.mexico("A4", body{"remark": "SANDBOX:reversed", "amount": "50"})
	b.mexico("A5", body{"remark": "SANDBOX:0001", "amount": "101"})
	want := func(available, frozen string) {
		t.Helper()
		r := b.post("/mexico/v1/paypro/queryBalance", nil, nil)
		if r.Data["availablAmount"] != json.Number(available) || r.Data["freezeAmount"] != json.Number(frozen) ||
			r.Data["unsettledAmount"] != json.Number("0.00") {
			t.Errorf("%s, want %s %s", r.text, available, frozen)
		}
	}
	want("249.00", "651.00")
	if r := b.mexico("A6", body{"amount": "250"}); r.Msg != "insufficient balance" || r.Code != "8000" {
		t.Errorf("over the balance: %+v", r)
	}
	b.clock.Add(time.Second)
	want("600.00", "0.00") // 200 + 100 + 50 + half of 101 are paid
	b.clock.Add(time.Second)
	want("650.00", "0.00")
	if r := b.mexico("A6", body{"amount": "250"}); r.Code != "0000" {
		t.Errorf("the same tradeNo later: %+v", r)
	}
	m := sign(body{"timestamp": "1795000000000"}, testSecret)
	r := b.post("/india/v1/paypro/queryBalance", encode(t, m), nil)
	if r.Data["availableAmount"] != "1000.0000" {
		t.Errorf("india: %s", r.text)
	}
	if r := b.post("/india/v1/paypro/queryBalance", nil, nil); r.Code != "8000" {
		t.Errorf("india without a body: %s", r.text)
	}
	if r := b.post("/mexico/v1/paypro/queryBalance", []byte(`{"sign":"0"}`), nil); r.Msg != "signature is not valid" {
		t.Errorf("mexico with a wrong sign: %s", r.text)
	}
	if r := b.post("/mexico/v1/paypro/queryBalance", encode(t, m), nil); r.Code != "0000" {
		t.Errorf("mexico with a body: %s", r.text)
	}
}

func TestRequestLogHasCoordinatesOnly(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	b := setup(t, Options{RequestLog: &log})
	b.mexico("A1", nil)
	b.mexico("A2", body{"remark": "SANDBOX:http-500"})
	b.ask("mexico", "A1")
	b.post("/nowhere", nil, nil)
	want := []map[string]any{
		{"area": "mexico", "endpoint": "placement", "tradeNo": "A1", "httpStatus": 200., "code": "0000", "status": "0000", "fault": "", "sign": "body"},
		{"area": "mexico", "endpoint": "placement", "tradeNo": "A2", "httpStatus": 500., "code": "", "status": "", "fault": "http-500", "sign": "body"},
		{"area": "mexico", "endpoint": "query", "tradeNo": "A1", "httpStatus": 200., "code": "0000", "status": "0000", "fault": "", "sign": "body"},
		{"area": "", "endpoint": "", "tradeNo": "", "httpStatus": 404., "code": "", "status": "", "fault": "", "sign": ""},
	}
	lines := strings.Split(strings.TrimSpace(log.String()), "\n")
	if len(lines) != len(want) {
		t.Fatalf("%d lines: %s", len(lines), log.String())
	}
	for i, line := range lines {
		var got map[string]any
		if err := json.Unmarshal([]byte(line), &got); err != nil {
			t.Fatal(err)
		}
		if _, err := time.Parse(time.RFC3339Nano, got["at"].(string)); err != nil {
			t.Error(err)
		}
		delete(got, "at")
		merchant := got["merchantNo"]
		delete(got, "merchantNo")
		if !maps.Equal(got, want[i]) || i < 3 && merchant != testMerchant {
			t.Errorf("line %d: %s", i, line)
		}
	}
	noSecrets(t, log.String())
}

func noSecrets(t *testing.T, text string) {
	t.Helper()
	for _, secret := range []string{testSecret, "032180000118359719", "Nobody", "wages", "10094038292"} {
		if strings.Contains(text, secret) {
			t.Errorf("%q is in %s", secret, text)
		}
	}
}

// Of many placements of one tradeNo at the same moment, one makes an order.
func TestConcurrentPlacements(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{Now: time.Now, Delay: time.Millisecond, Journal: t.TempDir() + "/j", RequestLog: &bytes.Buffer{}})
	const workers, each = 8, 40
	var mu sync.Mutex
	var wg sync.WaitGroup
	accepted := map[string]int{}
	for range workers {
		wg.Go(func() {
			for i := range each {
				no := fmt.Sprint("A", i)
				r := b.mexico(no, nil)
				b.ask("mexico", no)
				b.Stats()
				mu.Lock()
				if r.Code == "0000" {
					accepted[no]++
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if len(accepted) != each {
		t.Errorf("%d accepted, want %d", len(accepted), each)
	}
	for no, n := range accepted {
		if n != 1 {
			t.Errorf("%s was accepted %d times", no, n)
		}
	}
	for _, o := range b.orders() {
		if o.Placements != workers {
			t.Errorf("%+v", o)
		}
	}
}

func TestAreasForTheBanner(t *testing.T) {
	t.Parallel()
	a := Areas()
	if len(a) != 12 || a[0] != (AreaInfo{"mexico", "Mexico", "/mexico"}) || a[10] != (AreaInfo{"southkorea", "South Korea", "/southkorea"}) {
		t.Errorf("%+v", a)
	}
}
