package sandbox

import (
	"bytes"
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
)

// FuzzPlacement posts anything: nothing panics, every answer has an envelope, and an
// order is only made of a body whose signature holds by a reading of its own.
func FuzzPlacement(f *testing.F) {
	f.Add(encode(f, sign(mexicoBody("A1", nil), testSecret)))
	f.Add(encode(f, sign(mexicoBody("A1", body{"remark": "SANDBOX:paid 工资", "amount": "1"}), testSecret)))
	f.Add(encode(f, sign(mexicoBody("A1", nil), "another secret")))
	f.Add([]byte(`{"timestamp":1795000000000,"sign":"","a":"\ud800","A":-1e-9}`))
	f.Add([]byte(`{"a":{"b":[]}}`))
	f.Add([]byte(" {\t\"a\" : 1 ,\r\n\"b\\\"\":\"\\\\\" , \"c\":-0.5E+7} "))
	f.Fuzz(func(t *testing.T, text []byte) {
		sameParams(t, text)
		g, err := Open(Options{Merchants: map[string]string{testMerchant: testSecret}})
		if err != nil {
			t.Fatal(err)
		}
		defer g.Close()
		req := httptest.NewRequest(http.MethodPost, "/mexico/v1/paypro/payOut", bytes.NewReader(text))
		req.Header.Set("merchantNo", testMerchant)
		req.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		g.ServeHTTP(w, req)
		if w.Code == http.StatusOK && !json.Valid(w.Body.Bytes()) {
			t.Errorf("answer %q", w.Body)
		}
		if g.Stats().Orders > 0 && !independentlySigned(text) {
			t.Errorf("order of a body that is not signed: %q", text)
		}
	})
}

// independentlySigned knows only strings and numbers in a map.
func independentlySigned(text []byte) bool {
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
	return m["sign"] == hex.EncodeToString(sum[:])
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
