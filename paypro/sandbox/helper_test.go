package sandbox

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	if journal := os.Getenv(childEnv); journal != "" {
		child(journal)
	}
	goleak.VerifyTestMain(m)
}

const (
	testMerchant = "0000000001"
	testSecret   = "a secret of the tests"
)

// clock is the time of a sandbox under test; it stands still unless it is moved.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.UnixMilli(1_795_000_000_000)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// bench is a sandbox behind a real server, and a client of it.
type bench struct {
	*Gateway
	t      testing.TB
	clock  *clock
	server *httptest.Server
}

func setup(t testing.TB, opts Options) *bench {
	t.Helper()
	b := &bench{t: t, clock: newClock()}
	if opts.Merchants == nil {
		opts.Merchants = map[string]string{testMerchant: testSecret}
	}
	if opts.Now == nil {
		opts.Now = b.clock.Now
	}
	g, err := Open(opts)
	if err != nil {
		t.Fatal(err)
	}
	b.Gateway = g
	b.server = httptest.NewServer(g)
	t.Cleanup(b.stop)
	return b
}

func (b *bench) stop() {
	if err := b.Close(); err != nil {
		b.t.Error(err)
	}
	b.server.Close()
}

type body = map[string]any

func mexicoBody(tradeNo string, change body) body {
	m := body{
		"timestamp": "1795000000000", "tradeNo": tradeNo, "wayCode": "BANXICO", "amount": "200",
		"customerName": "Nobody Known", "customerAccountType": "CLABE", "customerAccount": "032180000118359719",
		"notifyUrl": "https://merchant.example/notify", "remark": "wages",
	}
	return with(m, change)
}

func indiaBody(tradeNo string, change body) body {
	m := body{
		"timestamp": "1795000000000", "tradeNo": tradeNo, "ipAddress": "203.0.113.7", "amount": "300",
		"name": "Nobody Known", "mobile": "9123456789", "email": "nobody@gmail.com", "bankNumber": "10094038292",
		"bankNCode": "IDFB0043121", "notifyUrl": "https://merchant.example/notify", "remark": "wages",
	}
	return with(m, change)
}

// with changes a body; a nil takes a parameter out.
func with(m, change body) body {
	maps.Copy(m, change)
	maps.DeleteFunc(m, func(_ string, v any) bool { return v == nil })
	return m
}

// sign adds the signature to a body of strings and json.Numbers.
func sign(m body, secret string) body {
	m = maps.Clone(m)
	var p params
	for _, k := range slices.Sorted(maps.Keys(m)) {
		switch v := m[k].(type) {
		case string:
			p = append(p, param{key: k, value: v})
		case json.Number:
			p = append(p, param{key: k, value: v.String(), number: true})
		}
	}
	if _, has := m["sign"]; !has {
		s := p.signature(secret, false)
		m["sign"] = string(s[:])
	}
	return m
}

func encode(t testing.TB, m body) []byte {
	t.Helper()
	text, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// reply is what came back, as far as it did.
type reply struct {
	err    error
	http   int
	header http.Header
	text   string
	Msg    string         `json:"msg"`
	Code   string         `json:"code"`
	Data   map[string]any `json:"data"`
}

func (r reply) status() any { return r.Data["status"] }

func (b *bench) post(path string, text []byte, header map[string]string) reply {
	b.t.Helper()
	req, err := http.NewRequest(http.MethodPost, b.server.URL+path, bytes.NewReader(text))
	if err != nil {
		b.t.Fatal(err)
	}
	req.GetBody = nil // a broken connection must not send it twice
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("merchantNo", testMerchant)
	for k, v := range header {
		req.Header.Set(k, v)
	}
	resp, err := b.server.Client().Do(req)
	if err != nil {
		return reply{err: err}
	}
	defer resp.Body.Close()
	all, err := io.ReadAll(resp.Body)
	r := reply{err: err, http: resp.StatusCode, header: resp.Header, text: string(all)}
	dec := json.NewDecoder(bytes.NewReader(all))
	dec.UseNumber()
	_ = dec.Decode(&r) // some answers are no JSON
	return r
}

func (b *bench) mexico(tradeNo string, change body) reply {
	b.t.Helper()
	return b.post("/mexico/v1/paypro/payOut", encode(b.t, sign(mexicoBody(tradeNo, change), testSecret)), nil)
}

func (b *bench) india(tradeNo string, change body) reply {
	b.t.Helper()
	return b.post("/india/v1/paypro/payout", encode(b.t, sign(indiaBody(tradeNo, change), testSecret)), nil)
}

func (b *bench) ask(area, tradeNo string) reply {
	b.t.Helper()
	m := sign(body{"tradeNo": tradeNo, "timestamp": json.Number("1795000000000")}, testSecret)
	return b.post("/"+area+"/v1/paypro/queryPayOutResult", encode(b.t, m), nil)
}

func (b *bench) orders() []Order { return slices.Collect(b.Orders()) }
