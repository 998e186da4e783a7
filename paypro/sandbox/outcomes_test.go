package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"
)

// magicCase is what a magic value provokes: the placement's answer, and what
// queries say after 0, 1, 2 and 3 delays. No queries: no order is made.
type magicCase struct {
	placement func(reply) bool
	queries   string
}

var magicCases = map[string]magicCase{
	"processing":    {answers("0015"), "0015 0000 0000 0000"},
	"0000":          {answers("0015"), "0015 0000 0000 0000"},
	"PAID":          {answers("0000"), "0000 0000 0000 0000"},
	"0015":          {answers("0015"), "0015 0015 0015 0015"},
	"00029":         {answers("0015"), "0015 00029 00029 00029"},
	"00029-now":     {answers("00029"), "00029 00029 00029 00029"},
	"0001":          {answers("0015"), "0015 0001 0001 0001"},
	"00032":         {answers("0015"), "0015 00032 00032 00032"},
	"0100019":       {answers("0015"), "0015 0100019 0100019 0100019"},
	"strange":       {answers("0777"), "0777 0777 0777 0777"},
	"reversed":      {answers("0015"), "0015 0000 00029 00029"},
	"8000":          {outerCode("8000"), ""},
	"5000":          {outerCode("5000"), "0015 0000 0000 0000"},
	"5000-lost":     {outerCode("5000"), ""},
	"timeout":       {broken, "0015 0000 0000 0000"},
	"timeout-lost":  {broken, ""},
	"reset":         {broken, "0015 0000 0000 0000"},
	"reset-lost":    {broken, ""},
	"http-429":      {answersHTTP(429, ""), ""},
	"http-500":      {answersHTTP(500, "<h1>"), "0015 0000 0000 0000"},
	"http-502":      {answersHTTP(502, "<h1>"), "0015 0000 0000 0000"},
	"html":          {answersHTTP(200, "<h1>"), "0015 0000 0000 0000"},
	"half-body":     {broken, "0015 0000 0000 0000"},
	"other-tradeno": {otherTradeNo, "0015 0000 0000 0000"},
	"other-amount":  {answers("0015"), "0015 0000 0000 0000"},
	"invisible":     {answers("0015"), "unknown unknown unknown 0000"},

	"strange-passing":     {answers("0777"), "0777 0000 0000 0000"},
	"query-other-tradeno": {answers("0015"), "other other other 0000"},
	"amount-object":       {answers("0015"), "object object object 0000"},
	"timeout-late":        {broken, "unknown unknown 0015 0000"},
	"reset-late":          {broken, "unknown unknown 0015 0000"},
	"http-504-late":       {answersHTTP(504, "<h1>"), "unknown unknown 0015 0000"},
	"http-429-bare":       {answersHTTP(429, ""), ""},
	"http-503":            {answersHTTP(503, "<h1>"), "0015 0000 0000 0000"},
	"http-504":            {answersHTTP(504, "<h1>"), "0015 0000 0000 0000"},
	"http-502-lost":       {answersHTTP(502, "<h1>"), ""},
	"http-503-lost":       {answersHTTP(503, "<h1>"), ""},
	"http-504-lost":       {answersHTTP(504, "<h1>"), ""},
	"half-json":           {unreadable, "0015 0000 0000 0000"},
	"code-number":         {says(`{"msg":"success","code":0,`), "0015 0000 0000 0000"},
	"data-array":          {says(`"data":[{"tradeNo":"A1",`), "0015 0000 0000 0000"},
	"data-null":           {says(`"success":true,"data":null}`), "0015 0000 0000 0000"},
	"status-number":       {says(`"status":15,"desc":"CREATED",`), "0015 0000 0000 0000"},
	"slow":                {answers("0015"), "0015 0000 0000 0000"},
	"cut-after":           {answers("0015"), "0015 0000 0000 0000"},

	"00029+timeout":                {broken, "0015 00029 00029 00029"},
	"Invisible+00029+http-502":     {answersHTTP(502, "<h1>"), "unknown unknown unknown 00029"},
	"reset-late+reversed":          {broken, "unknown unknown 0015 0000"},
	"callback-lost":                {answers("0015"), "0015 0000 0000 0000"},
	"callback-late":                {answers("0015"), "0015 0000 0000 0000"},
	"callback-doubled":             {answers("0015"), "0015 0000 0000 0000"},
	"callback-disordered":          {answers("0015"), "0015 0000 0000 0000"},
	"callback-forged":              {answers("0015"), "0015 0000 0000 0000"},
	"callback-unsigned":            {answers("0015"), "0015 0000 0000 0000"},
	"callback-replayed":            {answers("0015"), "0015 0000 0000 0000"},
	"callback-other-amount":        {answers("0015"), "0015 0000 0000 0000"},
	"callback-lost+00029+http-503": {answersHTTP(503, "<h1>"), "0015 00029 00029 00029"},
}

// Words that exclude one another, or that nobody has, are refused, and the payout with them.
func TestMagicWordsThatAreRefused(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{})
	for _, word := range []string{
		"nothing", "timeout+reset", "00029+0015", "timeout+", "+", "", "processing+timeout", "timeout+timeout",
		"refused", "reset-unread", "outage", "8000-status", "timeout+8000-status", "invisible+other-amount",
	} {
		if r := b.mexico("A1", body{"remark": "SANDBOX:" + word}); r.Code != "8000" || r.Msg != "sandbox: remark asks for an unknown outcome" {
			t.Errorf("%q: %s %v", word, r.text, r.err)
		}
	}
	if n := len(b.orders()); n != 0 {
		t.Errorf("%d orders", n)
	}
}

func broken(r reply) bool { return r.err != nil }

func unreadable(r reply) bool {
	return r.err == nil && r.http == 200 && r.text != "" && !json.Valid([]byte(r.text))
}

// says wants a part of an answer that is well-formed JSON.
func says(part string) func(reply) bool {
	return func(r reply) bool {
		return r.http == 200 && json.Valid([]byte(r.text)) && strings.Contains(r.text, part)
	}
}

func otherTradeNo(r reply) bool { return r.Data["tradeNo"] == "otherA1" }

func answers(status string) func(reply) bool {
	return func(r reply) bool { return r.Code == "0000" && r.status() == status }
}

func outerCode(code string) func(reply) bool {
	return func(r reply) bool { return r.http == 200 && r.Code == code }
}

func answersHTTP(status int, text string) func(reply) bool {
	return func(r reply) bool { return r.http == status && strings.Contains(r.text, text) }
}

// Every line of the table is tried: placement, the order that was made or not,
// and what queries say from then on.
func TestMagicValues(t *testing.T) {
	t.Parallel()
	for _, o := range Outcomes() {
		_, tried := magicCases[strings.Replace(o.Name, "paid", "PAID", 1)]
		if !tried && o.Name != "8000-status" { // not Mexico's: TestEveryAreaObeysMagicWords
			t.Errorf("%s is in the table and not tried", o.Name)
		}
		if o.What == "" || o.Promise == "" {
			t.Errorf("%s is not described", o.Name)
		}
	}
	for name, c := range magicCases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.try(t, name)
		})
	}
}

func (c magicCase) try(t *testing.T, name string) {
	t.Helper()
	ms := time.Millisecond
	b := setup(t, Options{Delay: time.Second, Hold: 5 * ms, Late: 1500 * ms, Slow: 5 * ms})
	remark := body{"remark": "wages (SandBox:" + name + ")"}
	if r := b.mexico("A1", remark); !c.placement(r) {
		t.Fatalf("placement: %+v", r)
	}
	b.server.Client().CloseIdleConnections() // the next request may meet one that is being cut
	if c.queries == "" {
		again(t, b, name, remark)
		return
	}
	for i, want := range strings.Fields(c.queries) {
		r := b.ask("mexico", "A1")
		if got := r.seen(); got != want {
			t.Errorf("after %d delays: %v, want %s: %+v", i, got, want, r)
		}
		b.clock.Add(time.Second)
	}
	if r := b.mexico("A1", remark); r.Code != "8000" || r.Msg != "duplicate tradeNo" {
		t.Errorf("second placement: %+v", r)
	}
	if o := b.orders(); len(o) != 1 || o[0].Placements != 2 || o[0].Nth != 1 {
		t.Errorf("books: %+v", o)
	}
}

// seen is the status that a query answers, or in what other way the answer is remarkable.
func (r reply) seen() string {
	_, object := r.Data["orderAmount"].(map[string]any)
	switch {
	case r.Code == "8000" && r.Msg == "order does not exist":
		return "unknown"
	case r.Data["tradeNo"] == "otherA1":
		return "other"
	case object:
		return "object"
	}
	return fmt.Sprint(r.status())
}

// again places a lost payout once more: it is served and paid, but for 8000.
func again(t *testing.T, b *bench, name string, remark body) {
	t.Helper()
	if r := b.ask("mexico", "A1"); r.Code != "8000" || r.Msg != "order does not exist" {
		t.Errorf("query of a lost placement: %+v", r)
	}
	r := b.mexico("A1", remark)
	if name == "8000" {
		if r.Code != "8000" || len(b.orders()) != 0 {
			t.Errorf("second placement: %+v", r)
		}
		return
	}
	if r.Code != "0000" || r.status() != "0015" {
		t.Errorf("second placement: %+v", r)
	}
	b.clock.Add(time.Second)
	if r := b.ask("mexico", "A1"); r.status() != "0000" {
		t.Errorf("query: %+v", r)
	}
	if o := b.orders(); len(o) != 1 || o[0].Placements != 2 {
		t.Errorf("books: %+v", o)
	}
}

func TestFaultDetails(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{Delay: time.Second})
	if r := b.mexico("A1", body{"remark": "SANDBOX:reset"}); !errors.Is(r.err, syscall.ECONNRESET) {
		t.Errorf("reset: %v", r.err)
	}
	if r := b.mexico("A2", body{"remark": "SANDBOX:http-429"}); r.header.Get("Retry-After") != "1" {
		t.Errorf("429: %+v", r)
	}
	if r := b.india("A3", body{"remark": "SANDBOX:other-tradeno"}); r.Data["tradeNo"] != "otherA3" {
		t.Errorf("other-tradeno in India: %+v", r)
	}
	b.mexico("A4", body{"remark": "SANDBOX:other-amount"})
	if r := b.ask("mexico", "A4"); r.Data["orderAmount"] == nil || strings.Contains(r.text, ":200.00") {
		t.Errorf("other-amount: %s", r.text)
	}
	if r := b.mexico("A6", body{"remark": "SANDBOX:http-429-bare"}); r.http != 429 || r.header.Get("Retry-After") != "" {
		t.Errorf("bare 429: %+v", r)
	}
	if r := b.mexico("A5", body{"remark": "xSANDBOX:8000 SANDBOX"}); r.status() != "0015" {
		t.Errorf("not a word of its own: %+v", r)
	}
}

// A client that hangs up ends the hold: nothing waits for the cap.
func TestHoldEndsWithTheClient(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{})
	b.server.Client().Timeout = 20 * time.Millisecond
	if r := b.mexico("A1", body{"remark": "SANDBOX:timeout"}); r.err == nil {
		t.Errorf("answered: %+v", r)
	}
	b.server.Client().Timeout = 0
	if r := b.ask("mexico", "A1"); r.status() != "0000" {
		t.Errorf("query: %+v", r)
	}
	b.server.Close() // blocks until the handler has returned
}

func TestCloseEndsHolds(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{})
	done := make(chan reply)
	go func() { done <- b.mexico("A1", body{"remark": "SANDBOX:timeout"}) }()
	for len(b.orders()) == 0 {
		time.Sleep(time.Millisecond)
	}
	if err := b.Close(); err != nil {
		t.Error(err)
	}
	if r := <-done; r.err == nil {
		t.Errorf("answered: %+v", r)
	}
	if r := b.mexico("A2", nil); r.http != http.StatusServiceUnavailable {
		t.Errorf("after Close: %+v", r)
	}
}

// The plan's faults happen on every endpoint and on later placements too.
func TestFaultPlan(t *testing.T) {
	t.Parallel()
	plan := ""
	var asked []Request
	b := setup(t, Options{Fault: func(r Request) string {
		asked = append(asked, r)
		return plan
	}})
	for _, plan = range []string{"5000-lost", "5000-lost", "http-500", "http-500"} {
		b.mexico("A1", nil)
	}
	if o := b.orders(); len(o) != 1 || o[0].Placements != 4 || o[0].Outcome != "http-500" {
		t.Errorf("books: %+v", o)
	}
	plan = "html"
	if r := b.ask("mexico", "A1"); r.http != 200 || !strings.Contains(r.text, "<h1>") {
		t.Errorf("query: %+v", r)
	}
	plan = "5000"
	if r := b.post("/mexico/v1/paypro/queryBalance", nil, nil); r.Code != "5000" {
		t.Errorf("balance: %+v", r)
	}
	plan = "no such outcome"
	if r := b.ask("mexico", "A1"); r.status() != "0000" {
		t.Errorf("query: %+v", r)
	}
	want := Request{Area: "mexico", Endpoint: EndpointQuery, MerchantNo: testMerchant, TradeNo: "A1"}
	if len(asked) != 7 || asked[4] != want {
		t.Errorf("asked %d times: %+v", len(asked), asked)
	}
}
