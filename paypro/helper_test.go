package paypro

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/bulkpay/bulkpay/internal/money"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	testMerchant = "0000000001"
	testSecret   = `key<&>"\é of the tests`
	testNo       = "T1"
)

func secret(t testing.TB, text string) Secret {
	t.Helper()
	s, err := NewSecret(text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// newClient is a client of a gateway at an address.
func newClient(t testing.TB, area *Area, base string, change func(*Config)) *Client {
	t.Helper()
	config := Config{Area: area, BaseURL: base, MerchantNo: testMerchant, Secret: secret(t, testSecret)}
	if change != nil {
		change(&config)
	}
	client, err := NewClient(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}

// payout is a request made of the examples of an area.
func payout(area *Area, tradeNo string) Request {
	r := Request{TradeNo: tradeNo, Values: Values{}}
	for _, field := range area.Fields {
		r.Values[field.Name] = field.Example
	}
	return amounting(area, r, testAmount(area))
}

// testAmount is 300, but for the area that pays no less than 50000.
func testAmount(area *Area) string {
	if area == vietnam {
		return "300000"
	}
	return "300"
}

func amounting(area *Area, r Request, text string) Request {
	amount, err := money.Parse(area.Currency, text)
	if err != nil {
		panic(err)
	}
	r.Values = maps.Clone(r.Values)
	r.Values["amount"], r.Amount = text, amount
	return r
}

// gateway is a server that counts.
type gateway struct {
	*httptest.Server
	posts, dials atomic.Int64
}

// serve answers every request with a handler that finds the body read.
func serve(t testing.TB, handler http.HandlerFunc) *gateway {
	t.Helper()
	g := &gateway{}
	g.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		g.posts.Add(1)
		handler(w, r)
	}))
	g.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			g.dials.Add(1)
		}
	}
	g.Start()
	t.Cleanup(g.Close)
	return g
}

// answering serves one answer.
func answering(t testing.TB, status int, header map[string]string, body string) *gateway {
	t.Helper()
	return serve(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		for name, value := range header {
			w.Header().Set(name, value)
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	})
}

// want holds a verdict against what it must be.
func want(t testing.TB, v Verdict, kind Kind, reason Reason) {
	t.Helper()
	if v.Kind != kind || v.Reason != reason {
		t.Errorf("got %v (%s), code %q, message %q, raw %q; want %v (%s)", v.Kind, v.Reason, v.Code, v.Message, v.Raw, kind, reason)
	}
}

// once demands that exactly that many requests reached the gateway.
func (g *gateway) once(t testing.TB, posts int64) {
	t.Helper()
	if got := g.posts.Load(); got != posts {
		t.Errorf("%d requests reached the gateway, want %d", got, posts)
	}
}

// decodeBody reads a request's body independently of the client's encoder,
// and says which members are numbers.
func decodeBody(t testing.TB, body []byte) (texts map[string]string, numbers []string) {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var members map[string]any
	if err := decoder.Decode(&members); err != nil || decoder.More() {
		t.Fatalf("the body is no JSON: %v", err)
	}
	texts = map[string]string{}
	for name, member := range members {
		switch member := member.(type) {
		case string:
			texts[name] = member
		case json.Number:
			texts[name] = member.String()
			numbers = append(numbers, name)
		default:
			t.Fatalf("%s is neither string nor number: %T", name, member)
		}
	}
	slices.Sort(numbers)
	return texts, numbers
}

func short(c *Config) { c.Timeout = 150 * time.Millisecond }
