package paypro

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// decoded is an answer as somebody else would read it.
type decoded struct{ code, number, status string }

// decodeAgain reads an answer independently of the code under test. ok is
// false if it is not of the documented form.
func decodeAgain(body []byte) (d decoded, ok bool) {
	// Maps, because the library's structs match names in any case.
	var members, data map[string]any
	if json.Unmarshal(body, &members) != nil {
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
	return d, true
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
			for _, v := range []Verdict{s.client.judgePlacement(e, s.r), s.client.judgeQuery(e, s.r)} {
				switch v.Kind {
				case Succeeded, Processing, Failed:
					mustSay(t, s.client.area, body, v)
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

// mustSay demands that an answer says what a verdict claims.
func mustSay(t *testing.T, area *Area, body []byte, v Verdict) {
	t.Helper()
	d, ok := decodeAgain(body)
	ours := d.number == testNo || !area.AnswersTradeNo && d.number == ""
	if !ok || d.code != "0000" || !ours || d.status != v.Code {
		t.Fatalf("%v from %+v: %q", v.Kind, d, body)
	}
	if (v.Kind == Succeeded) != (d.status == "0000") || (v.Kind == Processing) != (d.status == "0015") {
		t.Fatalf("%v from status %q", v.Kind, d.status)
	}
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
