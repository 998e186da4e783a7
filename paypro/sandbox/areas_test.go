package sandbox

import (
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"testing"
)

func TestSignatureVectors(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../testdata/signatures.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors []struct {
		Name, Secret, Position, String, Sign string
		Params                               map[string]string
	}
	if err := json.Unmarshal(text, &vectors); err != nil {
		t.Fatal(err)
	}
	if len(vectors) == 0 {
		t.Fatal("no vectors")
	}
	for _, v := range vectors {
		body, err := json.Marshal(v.Params)
		if err != nil {
			t.Fatal(err)
		}
		p, wrong := parseParams(body)
		if wrong != "" {
			t.Fatalf("%s: %s", v.Name, wrong)
		}
		if got := string(p.signedText(nil)); got != v.String {
			t.Errorf("%s: text %q, want %q", v.Name, got, v.String)
		}
		if got := p.signature(v.Secret, v.Position == "prefix"); string(got[:]) != v.Sign {
			t.Errorf("%s: sign %s, want %s", v.Name, got, v.Sign)
		}
	}
}

func TestSecretPosition(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{SecretPosition: "prefix"})
	if r := b.mexico("A1", nil); r.Code != "8000" || r.Msg != "signature is not valid" {
		t.Errorf("suffix at a prefix gateway: %+v", r)
	}
	p, _ := parseParams(encode(t, mexicoBody("A1", nil)))
	s := p.signature(testSecret, true)
	if r := b.mexico("A1", body{"sign": string(s[:])}); r.status() != "0000" {
		t.Errorf("prefix: %+v", r)
	}
}

// The signature covers the text of a number as it was sent.
func TestNumberIsSignedAsSent(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{})
	if r := b.mexico("A1", body{"timestamp": json.Number("1795000000000")}); r.status() != "0000" {
		t.Errorf("number: %+v", r)
	}
	m := sign(mexicoBody("A2", nil), testSecret)
	m["timestamp"] = json.Number("1.795e12") // the same number, another text
	if r := b.post("/mexico/v1/paypro/payOut", encode(t, m), nil); r.Msg != "signature is not valid" {
		t.Errorf("another text: %+v", r)
	}
}

// refusal is a change to a good body, and what the gateway then says.
type refusal struct {
	change body
	msg    string
}

var mexicoRefusals = []refusal{
	{body{"timestamp": "1795000000"}, "timestamp is not valid"},
	{body{"timestamp": nil}, "timestamp is required"},
	{body{"tradeNo": nil}, "tradeNo is required"},
	{body{"tradeNo": "a b"}, "tradeNo is not valid"},
	{body{"tradeNo": strings.Repeat("1", 33)}, "tradeNo is not valid"},
	{body{"wayCode": ""}, "wayCode is required"},
	{body{"amount": "200.00"}, "amount is not valid"},
	{body{"amount": "0"}, "amount is not valid"},
	{body{"amount": "-5"}, "amount is not valid"},
	{body{"amount": "0200"}, "amount is not valid"},
	{body{"amount": "1e3"}, "amount is not valid"},
	{body{"amount": json.Number("200")}, "amount must be a string"},
	{body{"customerName": " "}, "customerName is not valid"},
	{body{"customerEmail": "nobody"}, "customerEmail is not valid"},
	{body{"customerAccountType": "Clabe"}, "customerAccountType is not valid"},
	{body{"customerAccount": "032180000118359718"}, "customerAccount is not a CLABE"},
	{body{"customerAccount": "03218000011835971"}, "customerAccount is not a CLABE"},
	{body{"customerAccountType": "DebitCard"}, "customerAccount is not a card number"},
	{body{"customerAccountType": "DebitCard", "customerAccount": "4111111111111112"}, "customerAccount is not a card number"},
	{body{"customerAccountType": "DebitCard", "customerAccount": "kevin_zhang_account"}, "customerAccount is not a card number"},
	{body{"notifyUrl": "xxxxxx"}, "notifyUrl is not valid"},
	{body{"notifyUrl": "ftp://host/"}, "notifyUrl is not valid"},
	{body{"notifyUrl": nil}, "notifyUrl is required"},
	{body{"remark": strings.Repeat("x", maxValueBytes+1)}, "remark is too long"},
	{body{"customermobile": "1"}, "unknown parameter customermobile"},
	{body{"remark": "SANDBOX:payed"}, "sandbox: remark asks for an unknown outcome"},
}

var indiaRefusals = []refusal{
	{body{"timestamp": json.Number("1795000000000")}, "timestamp must be a string"},
	{body{"ipAddress": nil}, "ipAddress is required"},
	{body{"ipAddress": "somewhere"}, "ipAddress is not valid"},
	{body{"mobile": "918234567890"}, "mobile is not valid"},
	{body{"mobile": "5123456789"}, "mobile is not valid"},
	{body{"email": "a@b"}, "email is not valid"},
	{body{"email": "a b@c.d"}, "email is not valid"},
	{body{"bankNumber": "12345678"}, "bankNumber is not valid"},
	{body{"bankNumber": "1234567890123456789"}, "bankNumber is not valid"},
	{body{"bankNCode": "IDFB1043121"}, "bankNCode is not valid"},
	{body{"bankNCode": "idfb0043121"}, "bankNCode is not valid"},
	{body{"bankNCode": nil, "bankCode": "1DFB0043121"}, "bankCode is not valid"},
	{body{"bankNCode": nil}, "bankNCode (or bankCode) is required"},
	{body{"bankCode": "HDFC0000001"}, "bankNCode and bankCode differ"},
	{body{"remark": "SANDBOX:0100019"}, "sandbox: remark asks for an unknown outcome"}, // Mexico's
	{body{"amount": "300.00"}, "amount is not valid"},                                  // not recommended: refused
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{})
	for _, c := range mexicoRefusals {
		if r := b.mexico("A1", c.change); r.http != 200 || r.Code != "8000" || r.Msg != c.msg {
			t.Errorf("mexico %v: %d %s %q, want %q", c.change, r.http, r.Code, r.Msg, c.msg)
		}
	}
	for _, c := range indiaRefusals {
		if r := b.india("A1", c.change); r.http != 200 || r.Code != "8000" || r.Msg != c.msg {
			t.Errorf("india %v: %d %s %q, want %q", c.change, r.http, r.Code, r.Msg, c.msg)
		}
	}
	if n := len(b.orders()); n != 0 {
		t.Errorf("%d orders of refused placements", n)
	}
}

func TestMalformedBodies(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{})
	for text, msg := range map[string]string{
		``:                              "body is not JSON",
		`{"a":"1"`:                      "body is not JSON",
		`{"a":"1"} x`:                   "body is not JSON",
		"{\"a\":\"\xff\"}":              "body is not JSON",
		`[]`:                            "body is not a JSON object",
		`"a"`:                           "body is not a JSON object",
		`{"a":null}`:                    "a must be a string",
		`{"a":true}`:                    "a must be a string",
		`{"a":{}}`:                      "a must be a string",
		`{"a":"1","b":"2","\u0061":""}`: "a is given twice",
		`{}`:                            "signature is not valid",
	} {
		r := b.post("/mexico/v1/paypro/payOut", []byte(text), nil)
		if r.http != 200 || r.Code != "8000" || r.Msg != msg {
			t.Errorf("%q: %d %s %q, want %q", text, r.http, r.Code, r.Msg, msg)
		}
	}
}

func TestTransportRefusals(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{})
	good := encode(t, sign(mexicoBody("A1", nil), testSecret))
	if r := b.post("/mexico/v1/paypro/payout", good, nil); r.http != 404 || !strings.Contains(r.text, "<h1>") {
		t.Errorf("wrong case: %+v", r)
	}
	if r := b.post("/india/v1/paypro/payOut", good, nil); r.http != 404 {
		t.Errorf("wrong case: %+v", r)
	}
	if r := b.post("/mexico/v1/paypro/payOut", good, map[string]string{"Content-Type": "text/plain"}); r.http != 415 {
		t.Errorf("text/plain: %+v", r)
	}
	if r := b.post("/mexico/v1/paypro/payOut", make([]byte, maxBody+1), nil); r.http != 413 {
		t.Errorf("too large: %+v", r)
	}
	if r := b.post("/mexico/v1/paypro/payOut", good, map[string]string{"merchantNo": "7"}); r.Msg != "unknown merchantNo" {
		t.Errorf("merchant: %+v", r)
	}
	resp, err := b.server.Client().Get(b.server.URL + "/mexico/v1/paypro/payOut")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusMethodNotAllowed || resp.Header.Get("Allow") != "POST" {
		t.Errorf("GET: %d", resp.StatusCode)
	}
	r := b.post("/mexico/v1/paypro/payOut", good, map[string]string{"Content-Type": "application/json; charset=utf-8"})
	if r.status() != "0000" || r.header.Get("X-Paypro-Sandbox") != "no money moves" {
		t.Errorf("good: %+v", r)
	}
}

func TestIndiaBankField(t *testing.T) {
	t.Parallel()
	n, c := body{}, body{"bankNCode": nil, "bankCode": "IDFB0043121"}
	both := body{"bankCode": "IDFB0043121"}
	for field, want := range map[string][3]string{
		"":             {"0000", "0000", "0000"},
		IndiaBankNCode: {"0000", "8000", "0000"},
		IndiaBankCode:  {"8000", "0000", "0000"},
	} {
		b := setup(t, Options{IndiaBankField: field})
		got := [3]string{b.india("A1", n).Code, b.india("A2", c).Code, b.india("A3", both).Code}
		if got != want {
			t.Errorf("%q: %v, want %v", field, got, want)
		}
	}
}

func TestOptionsAreChecked(t *testing.T) {
	t.Parallel()
	m := map[string]string{"1": "s"}
	for _, opts := range []Options{
		{},
		{Merchants: map[string]string{"1": ""}},
		{Merchants: m, SecretPosition: "middle"},
		{Merchants: m, IndiaBankField: "ifsc"},
		{Merchants: m, Delay: -1},
		{Merchants: m, Balance: MaxBalance + 1},
	} {
		if g, err := Open(opts); err == nil {
			t.Errorf("%+v: opened", opts)
			g.Close()
		}
	}
}
