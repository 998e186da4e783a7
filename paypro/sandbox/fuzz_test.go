package sandbox

import (
	"bytes"
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"maps"
	"math/big"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
)

// FuzzPlacement posts anything to any area, with any signature in the header: nothing panics, every answer
// has an envelope, and an order is only made of a body whose signature holds by a reading of its own.
func FuzzPlacement(f *testing.F) {
	for i, c := range areaCases {
		m := c.placement("A1", nil)
		f.Add(uint8(i), "", encode(f, sign(m, testSecret)))
		f.Add(uint8(i), sign(m, testSecret)["sign"].(string), encode(f, m))
	}
	f.Add(uint8(0), "", encode(f, sign(mexicoBody("A1", body{"remark": "SANDBOX:paid 工资", "amount": "1"}), testSecret)))
	f.Add(uint8(0), "", encode(f, sign(mexicoBody("A1", nil), "another secret")))
	f.Add(uint8(2), "", []byte(`{"timestamp":1795000000000,"sign":"","a":"\ud800","A":-1e-9}`))
	f.Add(uint8(6), "", []byte(`{"a":{"b":[]}}`))
	f.Add(uint8(8), "0", []byte(" {\t\"a\" : 1 ,\r\n\"b\\\"\":\"\\\\\" , \"c\":-0.5E+7} "))
	f.Fuzz(func(t *testing.T, where uint8, header string, text []byte) {
		sameParams(t, text)
		g, err := Open(Options{Merchants: map[string]string{testMerchant: testSecret}})
		if err != nil {
			t.Fatal(err)
		}
		defer g.Close()
		c := areaCases[int(where)%len(areaCases)]
		req := httptest.NewRequest(http.MethodPost, c.place, bytes.NewReader(text))
		req.Header.Set("merchantNo", testMerchant)
		req.Header.Set("Content-Type", "application/json")
		if header != "" {
			req.Header.Set("sign", header)
		}
		w := httptest.NewRecorder()
		g.ServeHTTP(w, req)
		if w.Code == http.StatusOK && !json.Valid(w.Body.Bytes()) {
			t.Errorf("answer %q", w.Body)
		}
		if g.Stats().Orders > 0 && (!independentlySigned(text, header) || header != "" && c.slug != "brazil") {
			t.Errorf("%s: order of a body that is not signed: %q", c.slug, text)
		}
	})
}

// FuzzAmount: what is accepted is a number above nothing, and is written as it was read.
func FuzzAmount(f *testing.F) {
	for _, s := range []string{"1", "0.01", "10.5", "10.50", "999999999999.99", "0", "-1", "1e3", "007", "1.", ".5", "1.005"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for decimals := range 3 {
			units, places, ok := parseAmount(s, decimals)
			if !ok {
				continue
			}
			exact, valid := new(big.Rat).SetString(s)
			if !valid || exact.Sign() <= 0 || places > decimals || exact.Cmp(big.NewRat(units, hundredths)) != 0 {
				t.Errorf("%q is %d", s, units)
			}
			if again := string(appendAmount(nil, units, places)); again != s {
				t.Errorf("%q is written %q", s, again)
			}
		}
	})
}

// independentlySigned knows only strings and numbers in a map, and a signature there or in the header.
func independentlySigned(text []byte, header string) bool {
	var m map[string]any
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	if dec.Decode(&m) != nil {
		return false
	}
	all := ""
	for _, k := range slices.Sorted(maps.Keys(m)) {
		value := ""
		switch v := m[k].(type) {
		case string:
			value = v
		case json.Number:
			value = string(v)
		default:
			return false
		}
		if k != "sign" && value != "" {
			all += k + "=" + value
		}
	}
	sum := md5.Sum([]byte(all + testSecret))
	sign, inBody := m["sign"]
	if header != "" {
		return !inBody && header == hex.EncodeToString(sum[:])
	}
	return sign == hex.EncodeToString(sum[:])
}

// sameParams holds the parser against encoding/json: what it accepts, it reads alike.
func sameParams(t *testing.T, text []byte) {
	t.Helper()
	p, wrong := parseParams(text)
	if wrong != "" {
		return
	}
	var m map[string]any
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	if err := dec.Decode(&m); err != nil || len(m) != len(p) {
		t.Fatalf("%q: %d params, want %d (%v)", text, len(p), len(m), err)
	}
	for _, one := range p {
		var want any = one.value
		if one.number {
			want = json.Number(one.value)
		}
		if m[one.key] != want {
			t.Fatalf("%q: %s is %q, want %q", text, one.key, one.value, m[one.key])
		}
	}
}
