package paypro

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// decoded is an answer as somebody else would read it.
type decoded struct {
	code, number, status string
	platform             bool
	amounts              []any // the ordered ones, then what was paid
}

// decodeAgain reads an answer independently of the code under test. ok is
// false if it is not of the documented form.
func decodeAgain(body []byte) (d decoded, ok bool) {
	// Maps, because the library's structs match names in any case.
	var members, data map[string]any
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	if decoder.Decode(&members) != nil {
		return d, false
	}
	data, ok = members["data"].(map[string]any)
	if !ok {
		return d, false
	}
	d.code, _ = members["code"].(string)
	d.status, _ = data["status"].(string)
	switch number := data["tradeNo"].(type) {
	case nil:
	case string:
		d.number = number
	default:
		d.number = fmt.Sprintf("%T", number) // never ours
	}
	for _, name := range []string{"platFormTradeNo", "kiliTradeNo", "serialNumber"} {
		d.platform = d.platform || data[name] != nil && data[name] != ""
	}
	for _, name := range []string{"orderAmount", "amount", "payAmount"} {
		if value := data[name]; value != nil && value != "" && (name != "payAmount" || d.status == "0000") {
			d.amounts = append(d.amounts, value)
		}
	}
	return d, true
}

// right tells whether every amount named is the payout's, by other arithmetic
// than the code under test uses. What is not paid may stand at nothing.
func (d decoded) right(of string) bool {
	wanted, _ := new(big.Rat).SetString(of)
	for _, amount := range d.amounts {
		is, ok := new(big.Rat).SetString(fmt.Sprint(amount))
		if !ok || is.Cmp(wanted) != 0 && (d.status == "0000" || is.Sign() != 0) {
			return false
		}
	}
	return true
}

// FuzzParseAnswer: no answer panics, and none is taken for a paid one that
// does not say so to an independent reader.
func FuzzParseAnswer(f *testing.F) {
	for _, test := range append(append(envelopeCases[:len(envelopeCases):len(envelopeCases)], placementCases...), queryCases...) {
		if len(test.body) < 4096 {
			f.Add([]byte(test.body))
		}
	}
	type side struct {
		client *Client
		r      Request
	}
	var sides []side
	for _, area := range Areas() {
		sides = append(sides, side{newClient(f, area, "https://gateway.invalid", nil), payout(area, testNo)})
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, s := range sides {
			e := exchange{status: 200, body: body, left: true}
			for asked, v := range []Verdict{s.client.judgePlacement(e, s.r), s.client.judgeQuery(e, s.r)} {
				switch v.Kind {
				case Succeeded, Processing, Failed:
					mustSay(t, s.client.area, body, v, asked == 1)
				case NotSent:
					t.Fatalf("not sent, although %q came back", body)
				case Refused, Unknown:
					if d, ok := decodeAgain(body); ok && d.status == "0000" && v.Kind == Refused {
						t.Fatalf("refused, although a paid order is named: %q", body)
					}
				}
			}
			if v := s.client.judgePlacement(exchange{status: 502, body: body, left: true}, s.r); v.Kind != InDoubt {
				t.Fatalf("HTTP 502: %v", v.Kind)
			}
		}
	})
}

// mustSay demands that an answer says what a verdict claims: the outer code,
// our number, the status, the right amount and no other. Where the documents
// leave our number out, the gateway's own number and an amount stand for it in
// a query's answer; a placement's cannot close the payout then.
func mustSay(t *testing.T, area *Area, body []byte, v Verdict, asked bool) {
	t.Helper()
	d, ok := decodeAgain(body)
	ours := d.number == testNo
	switch {
	case d.number != "":
	case asked:
		ours = !area.QueryTradeNo && d.platform && len(d.amounts) > 0
	default:
		ours = !area.AnswersTradeNo && v.Kind == Processing
	}
	if !ok || d.code != "0000" || !ours || d.status != v.Code {
		t.Fatalf("%v from %+v: %q", v.Kind, d, body)
	}
	if (v.Kind == Succeeded) != (d.status == "0000") || (v.Kind == Processing) != (d.status == "0015") {
		t.Fatalf("%v from status %q", v.Kind, d.status)
	}
	if v.Kind != Processing && !d.right(testAmount(area)) {
		t.Fatalf("%v, although the amounts are %v: %q", v.Kind, d.amounts, body)
	}
	if !asked && !d.platform && v.Kind != Failed {
		t.Fatalf("%v without a number of the gateway: %q", v.Kind, body)
	}
}

// FuzzNotice: no body panics; what is taken for signed has the signature by a
// second computation, names our payout, and is refused once any value of it is
// changed; and it decides nothing that it does not say.
func FuzzNotice(f *testing.F) {
	for _, area := range []*Area{mexico, kenya} {
		for _, status := range []string{"0000", "0015", "00029", "0777"} {
			texts := notified(area)
			texts["status"] = status
			f.Add(signedBody(f, texts, testSecret, false))
			f.Add(signedBody(f, texts, testSecret, true))
		}
	}
	f.Add([]byte(`{"tradeNo":"T1","status":"0000","amount":3.0000,"sign":""}`))
	f.Add([]byte(`{"amount=300message":"Success","tradeNo":"T1","status":"0000"}`))
	f.Add([]byte(`{"st\u0061tus":"\ud800","tradeNo":"T1","x":true,"y":null,"sign":"00"}`))
	clients := []*Client{
		newClient(f, mexico, "https://gateway.invalid", nil),
		newClient(f, mexico, "https://gateway.invalid", func(c *Config) { c.SecretPosition = SecretFirst }),
		newClient(f, brazil, "https://gateway.invalid", nil),
		newClient(f, kenya, "https://gateway.invalid", nil),
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, c := range clients {
			// As it came, and with the signature that it should have.
			mustBelieve(t, c, body)
			if texts, ok := decodeFlat(body); ok {
				mustBelieve(t, c, signedBody(t, texts, testSecret, c.position == SecretFirst))
			}
		}
	})
}

// decodeFlat reads an object of plain values independently of the code under
// test.
func decodeFlat(body []byte) (texts map[string]string, ok bool) {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var members map[string]any
	if decoder.Decode(&members) != nil || members == nil {
		return nil, false
	}
	texts = map[string]string{}
	for name, member := range members {
		switch member := member.(type) {
		case nil:
			texts[name] = ""
		case string, json.Number, bool:
			texts[name] = fmt.Sprint(member)
		default:
			return nil, false
		}
	}
	return texts, true
}

func mustBelieve(t *testing.T, c *Client, body []byte) {
	t.Helper()
	n, err := c.ReadNotice(nil, body)
	if err != nil {
		if n.TradeNo != "" || n.Signed {
			t.Fatalf("%v, and %+v", err, n)
		}
		return
	}
	texts, ok := decodeFlat(body)
	if !ok || n.TradeNo == "" || texts["tradeNo"] != n.TradeNo || texts["status"] != n.Status || n.Signed != c.area.CallbackSigned {
		t.Fatalf("%+v of %q", n, body)
	}
	r := payout(c.area, testNo)
	v := n.Judge(r)
	if !n.Signed {
		if v.Kind != InDoubt {
			t.Fatalf("%v of what nobody signed: %q", v.Kind, body)
		}
		return
	}
	if !strings.EqualFold(texts["sign"], signAgain(texts, testSecret, c.position == SecretFirst)) {
		t.Fatalf("taken for signed: %q", body)
	}
	if v.Kind == Succeeded || v.Kind == Failed || v.Kind == Processing {
		d := decoded{status: n.Status}
		for _, name := range []string{"orderAmount", "amount", "payAmount"} {
			if value := texts[name]; value != "" && (name != "payAmount" || n.Status == "0000") {
				d.amounts = append(d.amounts, value)
			}
		}
		if n.TradeNo != testNo || (v.Kind == Succeeded) != (n.Status == "0000") || v.Kind != Processing && (len(d.amounts) == 0 || !d.right(testAmount(c.area))) {
			t.Fatalf("%v of %q", v.Kind, body)
		}
	}
	for name, value := range texts {
		if value == "" {
			continue
		}
		changed := maps.Clone(texts)
		changed[name] = value[:len(value)-1] + string(rune('!'+(value[len(value)-1]-'!'+1)%90))
		again, err := json.Marshal(changed)
		if err != nil {
			t.Fatal(err)
		}
		if changed[name] == value || name == "sign" && strings.EqualFold(changed[name], value) {
			continue
		}
		if _, err := c.ReadNotice(nil, again); err == nil {
			t.Fatalf("%s changed, and taken for signed: %q", name, again)
		}
	}
}

// FuzzSign: neither the order of parameters nor empty ones nor a sign change a
// signature, any other value does, and it is what a second computation makes of
// it, wherever the secret stands.
func FuzzSign(f *testing.F) {
	f.Add("a", "1", "b", "2", "key")
	f.Add("aa", "1", "a", "2", "key")
	f.Add("Z", "a=b&c d+e%20", "é", "", "\x00")
	f.Add("sign", "x", "", "y", " k ")
	f.Fuzz(func(t *testing.T, name1, value1, name2, value2, key string) {
		if name1 == name2 || strings.TrimSpace(key) == "" {
			return
		}
		params := []Param{{Name: name1, Value: value1}, {Name: name2, Value: value2}, {Name: "m", Number: true}}
		texts := map[string]string{name1: value1, name2: value2}
		for _, position := range []SecretPosition{SecretLast, SecretFirst} {
			s := secret(t, key)
			sign := Sign(params, s, position)
			if sign != signAgain(texts, strings.TrimSpace(key), position == SecretFirst) {
				t.Fatal("a second computation differs")
			}
			slices.Reverse(params)
			if Sign(append(slices.Clone(params), Param{Name: "none"}, Param{Name: "sign", Value: "x"}), s, position) != sign {
				t.Fatal("the order, an empty parameter or a sign changes the signature")
			}
			more := append(slices.Clone(params), Param{Name: "more", Value: "1"})
			if name1 != "more" && name2 != "more" && Sign(more, s, position) == sign {
				t.Fatal("one more value does not change the signature")
			}
		}
	})
}

// FuzzEncode: what is encoded decodes to the same values, and its signature
// is that of what was decoded.
func FuzzEncode(f *testing.F) {
	f.Add("José \"工资\" \\ </script>\u2028", "300", "BANXICO")
	f.Add("", "0", "\x00\x1f\x7f")
	f.Add("\xff", "-1.5e3", "a=b&c")
	f.Add("🙂", "01", `\ud800`)
	f.Fuzz(func(t *testing.T, text, number, name string) {
		params := []Param{{Name: "p" + name, Value: text}, {Name: "text", Value: name}, {Name: "n", Value: number, Number: true}}
		body, err := encode(params)
		if !utf8.ValidString(text) || !utf8.ValidString(name) {
			if err == nil && !utf8.ValidString(text) {
				t.Fatal("not text, and encoded")
			}
			return
		}
		if err != nil {
			if isNumber(number) && utf8.ValidString(name) {
				t.Fatal(err)
			}
			return
		}
		decoder := json.NewDecoder(bytes.NewReader(body))
		decoder.UseNumber()
		var back map[string]any
		if err := decoder.Decode(&back); err != nil || decoder.More() {
			t.Fatalf("%s: %v", body, err)
		}
		if back["text"] != name || back["n"] != json.Number(number) {
			t.Fatalf("%q, %q came back as %v", name, number, back)
		}
		if back["p"+name] != text {
			t.Fatalf("%q came back as %v", text, back)
		}
		texts := map[string]string{"p" + name: text, "text": name, "n": number}
		if len(texts) == 3 && Sign(params, secret(t, "s"), SecretLast) != signAgain(texts, "s", false) {
			t.Fatal("the signature is not that of what was sent")
		}
	})
}

// FuzzRules: no value panics a rule, and none is repeated in a fault.
func FuzzRules(f *testing.F) {
	for _, test := range ruleCases {
		f.Add(test.value)
	}
	f.Fuzz(func(t *testing.T, value string) {
		for _, area := range Areas() {
			row := payout(area, testNo).Values
			for i := range area.Fields {
				field := &area.Fields[i]
				kept := row[field.Name]
				row[field.Name] = value
				faults := area.Check(row)
				for _, fault := range faults {
					// Longer than any word of ours.
					if len(value) > 12 && strings.Contains(fault.Problem+fault.Want, value) && !oursAnyway(area, value) {
						t.Fatalf("%s: %+v repeats the value", area.Name, fault)
					}
				}
				canonical := field.Canonical(value)
				if field.Canonical(canonical) != canonical {
					t.Fatalf("%s: %s has two canonical forms", area.Name, field.Name)
				}
				// Of an amount both 1500.5 and 1500.50 are right; everything
				// else is sent as it was accepted, and must be canonical.
				if len(faults) == 0 && canonical != value && field.Role != RoleAmount {
					t.Fatalf("%s: %s was accepted and is not canonical", area.Name, field.Name)
				}
				area.Warnings(row)
				row[field.Name] = kept
			}
		}
	})
}

// oursAnyway tells whether a text occurs in what is said about another value.
func oursAnyway(area *Area, text string) bool {
	for _, probe := range []string{"", "\n", "x", "1 2", strings.Repeat("~", 700)} {
		row := Values{"customerAccountType": "CLABE"}
		for _, field := range area.Fields {
			row[field.Name] = probe
		}
		for _, fault := range area.Check(row) {
			if strings.Contains(fault.Problem+fault.Want, text) {
				return true
			}
		}
	}
	return false
}

// FuzzIDs: no value panics a rule for an identifier, each accepts exactly what
// a second computation does, and where there is a check digit every wrong
// digit is caught. The first argument chooses the kind.
func FuzzIDs(f *testing.F) {
	names := slices.Sorted(maps.Keys(kindsOfID))
	for i, name := range names {
		for _, seed := range kindsOfID[name].seeds {
			f.Add(byte(i), seed)
		}
	}
	f.Fuzz(func(t *testing.T, kind byte, value string) {
		if value == "" {
			return // a rule is never asked about nothing
		}
		name := names[int(kind)%len(names)]
		kindsOfID[name].agree(t, name, value)
	})
}
