package paypro

import (
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

type vector struct {
	Name, Why, Secret, Position, String, Sign string
	Params                                    map[string]string
}

func vectors(t testing.TB) []vector {
	t.Helper()
	text, err := os.ReadFile("testdata/signatures.json")
	if err != nil {
		t.Fatal(err)
	}
	var list []vector
	if err := json.Unmarshal(text, &list); err != nil {
		t.Fatal(err)
	}
	if len(list) < 10 {
		t.Fatalf("%d vectors", len(list))
	}
	return list
}

func paramsOf(texts map[string]string) []Param {
	var params []Param
	for name, value := range texts {
		params = append(params, Param{Name: name, Value: value})
	}
	return params
}

func TestSignatureVectors(t *testing.T) {
	t.Parallel()
	for _, v := range vectors(t) {
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			params := paramsOf(v.Params)
			if got := signedText(params); got != v.String {
				t.Errorf("signed text %q, want %q", got, v.String)
			}
			if got := Sign(params, secret(t, v.Secret), SecretPosition(v.Position)); got != v.Sign {
				t.Errorf("signature %s, want %s", got, v.Sign)
			}
		})
	}
}

func TestOrderAndEmptyParametersDoNotChangeASignature(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		texts := rapid.MapOf(rapid.StringMatching(`[a-zA-Zé]{1,6}`), rapid.String()).Draw(rt, "params")
		params := paramsOf(texts)
		slices.SortFunc(params, func(a, b Param) int { return strings.Compare(a.Name, b.Name) })
		position := rapid.SampledFrom([]SecretPosition{SecretLast, SecretFirst}).Draw(rt, "position")
		sign := Sign(params, secret(t, "s"), position)
		if len(sign) != 32 || strings.ToLower(sign) != sign {
			rt.Fatalf("signature %q", sign)
		}
		given := slices.Clone(params)
		shuffled := rapid.Permutation(params).Draw(rt, "shuffled")
		if got := Sign(shuffled, secret(t, "s"), position); got != sign {
			rt.Fatal("the order changes the signature")
		}
		more := append(shuffled, Param{Name: "nothing"}, Param{Name: "sign", Value: "x"})
		if got := Sign(more, secret(t, "s"), position); got != sign {
			rt.Fatal("an empty parameter or sign changes the signature")
		}
		if !slices.Equal(given, params) {
			rt.Fatal("signing reordered its input")
		}
	})
}

// signAgain signs a captured body by the documents' words, without the code
// under test.
func signAgain(members map[string]string, key string, first bool) string {
	var text strings.Builder
	for _, name := range slices.Sorted(maps.Keys(members)) {
		if name != "sign" && members[name] != "" {
			text.WriteString(name + "=" + members[name])
		}
	}
	whole := text.String() + key
	if first {
		whole = key + text.String()
	}
	sum := md5.Sum([]byte(whole))
	return hex.EncodeToString(sum[:])
}

// capture is a gateway that keeps the last request.
func capture(t testing.TB, header *http.Header, body *[]byte, path *string) *gateway {
	return serve(t, func(w http.ResponseWriter, r *http.Request) {
		*header, *path = r.Header, r.Method+" "+r.URL.RequestURI()
		*body, _ = io.ReadAll(r.Body)
		_, _ = io.WriteString(w, accepted(`"status":"0015"`))
	})
}

// numbersOf are the parameters of a placement that the areas' examples write
// without quotes; everywhere else all are strings.
var numbersOf = map[string]string{
	"indonesia": "amount timestamp", "philippines": "timestamp", "nigeria": "timestamp", "southkorea": "timestamp",
}

func TestWhatIsSignedIsWhatIsSent(t *testing.T) {
	t.Parallel()
	at := time.UnixMilli(1_795_000_000_123)
	for _, area := range Areas() {
		for _, position := range []SecretPosition{SecretLast, SecretFirst} {
			t.Run(area.Name+" "+string(position), func(t *testing.T) {
				t.Parallel()
				var header http.Header
				var body []byte
				var path string
				g := capture(t, &header, &body, &path)
				c := newClient(t, area, g.URL+"/base/", func(c *Config) {
					c.SecretPosition, c.Now = position, func() time.Time { return at }
				})
				r := payout(area, testNo)
				r.Values["remark"] = "José \"工资\" <&> \\ \u2028 🙂 %20+=& 'x'"
				want(t, c.Place(t.Context(), r), Processing, ReasonProcessing)
				sent, numbers := decodeBody(t, body)
				if got := strings.Join(numbers, " "); got != numbersOf[area.Slug] {
					t.Errorf("sent as numbers: %q, want %q", got, numbersOf[area.Slug])
				}
				if sent["sign"] != signAgain(sent, testSecret, position == SecretFirst) {
					t.Error("the signature does not fit the body")
				}
				expected := maps.Clone(map[string]string(r.Values))
				maps.Copy(expected, map[string]string{"tradeNo": testNo, "timestamp": "1795000000123", "sign": sent["sign"]})
				if !maps.Equal(sent, expected) {
					t.Errorf("sent %v\nwant %v", sent, expected)
				}
				if path != "POST /base"+area.PayoutPath || header.Get("merchantNo") != testMerchant ||
					header.Get("Content-Type") != "application/json" || header.Get("sign") != "" || header.Get("Idempotency-Key") != "" {
					t.Errorf("%s %v", path, header)
				}

				want(t, c.Query(t.Context(), r), Processing, ReasonProcessing)
				sent, _ = decodeBody(t, body)
				asked := map[string]string{"tradeNo": testNo, "timestamp": "1795000000123", "sign": sent["sign"]}
				if area == kenya {
					delete(asked, "timestamp")
				}
				if !maps.Equal(sent, asked) ||
					sent["sign"] != signAgain(sent, testSecret, position == SecretFirst) || path != "POST /base"+area.QueryPath {
					t.Errorf("query %s %v", path, sent)
				}
			})
		}
	}
}

// TestNumbersAndHeaderSignatures covers both at once, which no area has.
func TestNumbersAndHeaderSignatures(t *testing.T) {
	t.Parallel()
	area := *india
	area.TimestampAsNumber, area.SignPlaces, area.QueryTimestamp = true, []SignPlace{SignInHeader}, false
	area.Fields = slices.Clone(area.Fields)
	area.Field("amount").AsNumber = true
	var header http.Header
	var body []byte
	var path string
	g := capture(t, &header, &body, &path)
	c := newClient(t, &area, g.URL, nil)
	want(t, c.Place(t.Context(), payout(&area, testNo)), Processing, ReasonProcessing)
	var members map[string]json.RawMessage
	if err := json.Unmarshal(body, &members); err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	for name, member := range members {
		texts[name] = strings.Trim(string(member), `"`)
	}
	if string(members["amount"]) != "300" || strings.HasPrefix(string(members["timestamp"]), `"`) || members["sign"] != nil {
		t.Errorf("body %s", body)
	}
	if header.Get("sign") != signAgain(texts, testSecret, false) {
		t.Error("the header's signature does not fit the body")
	}
	want(t, c.Query(t.Context(), payout(&area, testNo)), Processing, ReasonProcessing)
	if string(body) != `{"tradeNo":"T1"}` || header.Get("sign") != signAgain(map[string]string{"tradeNo": "T1"}, testSecret, false) {
		t.Errorf("query %s", body)
	}
}

// TestWhatCannotBeWrittenNeverLeaves also covers an amount that is not the
// one the answers would be held against.
func TestWhatCannotBeWrittenNeverLeaves(t *testing.T) {
	t.Parallel()
	g := answering(t, 200, nil, accepted(`"status":"0000"`))
	number := *mexico
	number.Fields = slices.Clone(mexico.Fields)
	number.Field("identity").AsNumber = true
	for name, test := range map[string]struct {
		area   *Area
		change func(*Request)
	}{
		"no trade number": {mexico, func(r *Request) { r.TradeNo = "" }},
		"foreign field":   {mexico, func(r *Request) { r.Values["mobile"] = "1" }},
		"not text":        {mexico, func(r *Request) { r.Values["remark"] = "\xff" }},
		"trade number":    {mexico, func(r *Request) { r.TradeNo = "\xff" }},
		"other amount":    {mexico, func(r *Request) { r.Values["amount"] = "301" }},
		"no amount":       {mexico, func(r *Request) { delete(r.Values, "amount") }},
		"other currency":  {mexico, func(r *Request) { r.Amount = payout(india, "x").Amount }},
		"no number":       {&number, func(r *Request) { r.Values["identity"] = "ABC" }},
		"number: object":  {&number, func(r *Request) { r.Values["identity"] = "{}" }},
		"number: true":    {&number, func(r *Request) { r.Values["identity"] = "true" }},
		"number: string":  {&number, func(r *Request) { r.Values["identity"] = `"1"` }},
		"number: spaces":  {&number, func(r *Request) { r.Values["identity"] = "1 " }},
		"number: zeros":   {&number, func(r *Request) { r.Values["identity"] = "01" }},
	} {
		r := payout(test.area, testNo)
		test.change(&r)
		v := newClient(t, test.area, g.URL, nil).Place(t.Context(), r)
		if v.Kind != NotSent || v.Reason != ReasonInvalidRequest {
			t.Errorf("%s: got %v (%s)", name, v.Kind, v.Reason)
		}
	}
	g.once(t, 0)
}

func TestWireChoice(t *testing.T) {
	t.Parallel()
	for _, wire := range []string{"", "bankNCode", "bankCode"} {
		var header http.Header
		var body []byte
		var path string
		g := capture(t, &header, &body, &path)
		choice := map[string]string{}
		if wire != "" {
			choice["bankNCode"] = wire
		}
		c := newClient(t, india, g.URL, func(c *Config) { c.Wire = choice })
		choice["bankNCode"] = "later" // the client has its own copy
		want(t, c.Place(t.Context(), payout(india, testNo)), Processing, ReasonProcessing)
		sent, _ := decodeBody(t, body)
		name, other := "bankNCode", "bankCode"
		if wire == "bankCode" {
			name, other = other, name
		}
		if _, both := sent[other]; both || sent[name] != "IDFB0043121" || sent["sign"] != signAgain(sent, testSecret, false) {
			t.Errorf("wire %q: %v", wire, sent)
		}
	}
}
