package paypro

import (
	"crypto/md5"
	"encoding"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/bulkpay/bulkpay/paypro/sandbox"
)

// notified is what the tests' callbacks say unless they say otherwise.
func notified(area *Area) map[string]string {
	return map[string]string{
		"tradeNo": testNo, "platFormTradeNo": "P1", "amount": testAmount(area), "status": "0000", "message": "Success",
		"successTime": "2026-11-21 10:00:00", "timestamp": "1795000000000",
	}
}

// signedBody writes a callback and signs it without the code under test.
func signedBody(t testing.TB, texts map[string]string, key string, first bool) []byte {
	t.Helper()
	texts = maps.Clone(texts)
	texts["sign"] = signAgain(texts, key, first)
	body, err := json.Marshal(texts)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// posted is a callback as somebody else received it.
type posted struct {
	header http.Header
	body   []byte
}

// mailbox is a merchant's notifyUrl that keeps what it gets.
func mailbox(t testing.TB) (address string, got chan posted) {
	t.Helper()
	got = make(chan posted, 16)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		_, _ = io.WriteString(w, "OK")
		got <- posted{r.Header, body}
	}))
	t.Cleanup(server.Close)
	return server.URL + "/callback/acme", got
}

// TestSandboxCallbacks reads what the second reading of the documents really
// posts: every area, both places of the secret, paid, failed and unclear.
func TestSandboxCallbacks(t *testing.T) {
	t.Parallel()
	for _, area := range Areas() {
		for _, position := range []SecretPosition{SecretLast, SecretFirst} {
			t.Run(area.Slug+" "+string(position), func(t *testing.T) {
				t.Parallel()
				address, got := mailbox(t)
				b := openSandbox(t, func(o *sandbox.Options) {
					o.Delay, o.Callbacks, o.SecretPosition, o.Now = time.Millisecond, true, string(position), time.Now
				})
				c := b.client(t, area, func(c *Config) { c.SecretPosition, c.Now = position, time.Now })
				for remark, kind := range map[string]Kind{"": Succeeded, "SANDBOX:00029": Failed} {
					r := remarking(area, "N"+strings.TrimPrefix(remark, "SANDBOX:"), "pay "+remark)
					r.Values["notifyUrl"] = address
					placed := c.Place(t.Context(), r)
					post := <-got
					n, err := c.ReadNotice(post.header, post.body)
					if err != nil {
						t.Fatalf("%s: %v", post.body, err)
					}
					v := n.Judge(r)
					if n.TradeNo != r.TradeNo || n.PlatformTradeNo != placed.PlatformTradeNo || n.Signed != area.CallbackSigned {
						t.Errorf("%s: %+v", post.body, n)
					}
					if !area.CallbackSigned {
						want(t, v, InDoubt, ReasonUnsigned)
						continue
					}
					if v.Kind != kind || !v.Amount.Equal(r.Amount) || v.Code != n.Status {
						t.Errorf("%s: %+v", post.body, v)
					}
					demandTight(t, c, post)
				}
			})
		}
	}
	if kenya.CallbackSigned {
		t.Error("Kenya's callbacks are not signed")
	}
}

// demandTight changes a genuine callback in every way that matters, and wants
// each of them refused.
func demandTight(t *testing.T, c *Client, post posted) {
	t.Helper()
	texts, _ := decodeBody(t, post.body)
	for name, value := range texts {
		for what, change := range map[string]func(map[string]string){
			"without":      func(m map[string]string) { delete(m, name) },
			"emptied":      func(m map[string]string) { m[name] = "" },
			"last changed": func(m map[string]string) { m[name] = value[:len(value)-1] + string(value[len(value)-1]^1) },
			"longer":       func(m map[string]string) { m[name] += "0" },
			"added to":     func(m map[string]string) { m["x"+name] = "1" },
		} {
			changed := maps.Clone(texts)
			change(changed)
			body, err := json.Marshal(changed)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := c.ReadNotice(nil, body); !errors.Is(err, ErrForged) {
				t.Errorf("%s %s: %v", name, what, err)
			}
		}
	}
	other, err := NewClient(Config{Area: c.area, BaseURL: "https://gateway.invalid", MerchantNo: testMerchant, Secret: secret(t, "another"), SecretPosition: c.position})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.ReadNotice(nil, post.body); !errors.Is(err, ErrForged) {
		t.Errorf("another merchant's secret: %v", err)
	}
}

// TestCallbackVectors: the vectors that the client and the simulated gateway
// share hold for what is received, too.
func TestCallbackVectors(t *testing.T) {
	t.Parallel()
	for _, v := range vectors(t) {
		c := newClient(t, mexico, "https://gateway.invalid", func(c *Config) {
			c.Secret, c.SecretPosition = secret(t, v.Secret), SecretPosition(v.Position)
		})
		texts := maps.Clone(v.Params)
		texts["sign"] = v.Sign
		body, err := json.Marshal(texts)
		if err != nil {
			t.Fatal(err)
		}
		// They are requests: signed rightly, and no callbacks.
		if _, err := c.ReadNotice(nil, body); !errors.Is(err, ErrNotNotice) {
			t.Errorf("%s: %v", v.Name, err)
		}
		texts["more"] = "1"
		if body, err = json.Marshal(texts); err != nil {
			t.Fatal(err)
		}
		if _, err := c.ReadNotice(nil, body); !errors.Is(err, ErrForged) {
			t.Errorf("%s with more: %v", v.Name, err)
		}
	}
}

func TestNoticeForms(t *testing.T) {
	t.Parallel()
	c := newClient(t, mexico, "https://gateway.invalid", nil)
	genuine := string(signedBody(t, notified(mexico), testSecret, false))
	sign := signAgain(notified(mexico), testSecret, false)
	number := notified(mexico)
	number["amount"] = "300.0000"
	less := notified(mexico)
	delete(less, "status")
	for name, test := range map[string]struct {
		body string
		err  error
	}{
		"as it is":                 {genuine, nil},
		"upper-case signature":     {strings.Replace(genuine, sign, strings.ToUpper(sign), 1), nil},
		"white space":              {" " + strings.ReplaceAll(genuine, `,"`, ",\n \"") + "\n", nil},
		"escaped text":             {strings.Replace(genuine, "Success", `\u0053uccess`, 1), nil},
		"number as it stands":      {strings.Replace(string(signedBody(t, number, testSecret, false)), `"300.0000"`, "300.0000", 1), nil},
		"number written otherwise": {strings.Replace(string(signedBody(t, number, testSecret, false)), `"300.0000"`, "300", 1), ErrForged},
		"empty members":            {strings.Replace(genuine, "{", `{"utr":null,"remark":"",`, 1), nil},
		"one more":                 {strings.Replace(genuine, "{", `{"utr":"1",`, 1), ErrForged},
		"no signature":             {strings.Replace(genuine, sign, "", 1), ErrForged},
		"signature cut":            {strings.Replace(genuine, sign, sign[:30], 1), ErrForged},
		"signature not hex":        {strings.Replace(genuine, sign, strings.Repeat("z", 32), 1), ErrForged},
		"another status":           {strings.Replace(genuine, "0000", "00029", 1), ErrForged},
		"no status, signed":        {string(signedBody(t, less, testSecret, false)), ErrNotNotice},
		"status as a number":       {strings.Replace(genuine, `"0000"`, "15", 1), ErrNotNotice},
		"tradeNo as a number":      {strings.Replace(genuine, `"T1"`, "1", 1), ErrNotNotice},
		"a name twice":             {strings.Replace(genuine, "{", `{"status":"00029",`, 1), ErrNotNotice},
		"a name twice, escaped":    {strings.Replace(genuine, "{", `{"st\u0061tus":"00029",`, 1), ErrNotNotice},
		"an object inside":         {strings.Replace(genuine, "{", `{"data":{},`, 1), ErrNotNotice},
		"a list inside":            {strings.Replace(genuine, "{", `{"data":[],`, 1), ErrNotNotice},
		"a list":                   {"[" + genuine + "]", ErrNotNotice},
		"two":                      {genuine + genuine, ErrNotNotice},
		"half":                     {genuine[:len(genuine)/2], ErrNotNotice},
		"nothing":                  {"", ErrNotNotice},
		"null":                     {"null", ErrNotNotice},
		"a form":                   {"tradeNo=T1&status=0000&sign=" + sign, ErrNotNotice},
		"broken text":              {strings.Replace(genuine, "Success", "Succ\xffess", 1), ErrNotNotice},
		"a name that is none":      {strings.Replace(genuine, "{", `{"":"1",`, 1), ErrNotNotice},
		"too long":                 {strings.Replace(genuine, "{", "{"+strings.Repeat(" ", MaxNoticeBytes), 1), ErrNotNotice},
	} {
		n, err := c.ReadNotice(nil, []byte(test.body))
		if !errors.Is(err, test.err) {
			t.Errorf("%s: %v, want %v", name, err, test.err)
		}
		if err == nil && (n.TradeNo != testNo || !n.Signed || strings.Contains(strings.ToLower(string(n.Raw)), sign) ||
			!strings.Contains(string(n.Raw), `"[signature]"`)) {
			t.Errorf("%s: %+v %s", name, n, n.Raw)
		}
	}
}

// TestWhatTheSignatureCannotTellApart: the signed text has no separators, so
// that members can be put together anew without the secret.
func TestWhatTheSignatureCannotTellApart(t *testing.T) {
	t.Parallel()
	c := newClient(t, mexico, "https://gateway.invalid", nil)
	texts := notified(mexico)
	texts["sign"] = signAgain(texts, testSecret, false)
	hidden := maps.Clone(texts)
	delete(hidden, "amount")
	delete(hidden, "message")
	hidden["amount=300message"] = "Success"
	if signAgain(hidden, testSecret, false) != texts["sign"] {
		t.Fatal("this hides nothing")
	}
	body, err := json.Marshal(hidden)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.ReadNotice(nil, body); !errors.Is(err, ErrNotNotice) {
		t.Errorf("a hidden amount: %v", err)
	}
	// Swallowed by the value before it, a member is gone: nothing definite is
	// left.
	swallowed := maps.Clone(texts)
	delete(swallowed, "platFormTradeNo")
	swallowed["message"] = "SuccessplatFormTradeNo=P1"
	if body, err = json.Marshal(swallowed); err != nil {
		t.Fatal(err)
	}
	n, err := c.ReadNotice(nil, body)
	if err != nil {
		t.Fatal(err)
	}
	want(t, n.Judge(payout(mexico, testNo)), InDoubt, ReasonNoPlatform)
}

// TestAnExtendedHashIsNoCallback forges the signature of a longer text, which
// MD5 allows whoever has seen one signature that begins with the secret.
func TestAnExtendedHashIsNoCallback(t *testing.T) {
	t.Parallel()
	c := newClient(t, mexico, "https://gateway.invalid", func(c *Config) { c.SecretPosition = SecretFirst })
	texts := notified(mexico)
	delete(texts, "timestamp")
	sum, err := hex.DecodeString(signAgain(texts, testSecret, true))
	if err != nil {
		t.Fatal(err)
	}
	length := len(testSecret) + len(signedText(paramsOf(texts)))
	padding := append([]byte{0x80}, make([]byte, (119-length%64)%64)...)
	padding = binary.LittleEndian.AppendUint64(padding, uint64(length)*8)
	// The hash goes on from the sum, as if all before had just been written.
	state := binary.BigEndian.AppendUint64(append([]byte("md5\x01"), swapped(sum)...), uint64(length+len(padding)))
	state = append(state[:20:20], append(make([]byte, 64), state[20:]...)...)
	hash := md5.New()
	if err := hash.(encoding.BinaryUnmarshaler).UnmarshalBinary(state); err != nil {
		t.Fatal(err)
	}
	const more = "zz=1"
	_, _ = hash.Write([]byte(more))
	forged := hex.EncodeToString(hash.Sum(nil))
	longer := texts["tradeNo"] + string(padding) // the last of the signed text
	all := maps.Clone(texts)
	all["tradeNo"], all["zz"] = longer, "1"
	if signAgain(all, testSecret, true) != forged {
		t.Fatal("the extension does not fit, and proves nothing")
	}
	body := fmt.Appendf(nil, `{"tradeNo":"%s","zz":"1"`, strings.ReplaceAll(longer, "\x00", `\u0000`))
	for name, value := range texts {
		if name != "tradeNo" {
			body = fmt.Appendf(body, `,"%s":"%s"`, name, value)
		}
	}
	body = fmt.Appendf(body, `,"sign":"%s"}`, forged)
	if _, err := c.ReadNotice(nil, body); !errors.Is(err, ErrNotNotice) {
		t.Errorf("got %v", err)
	}
}

// swapped turns MD5's sum into the words of its state.
func swapped(sum []byte) []byte {
	var state []byte
	for i := 0; i < len(sum); i += 4 {
		state = binary.BigEndian.AppendUint32(state, binary.LittleEndian.Uint32(sum[i:]))
	}
	return state
}

func TestSignatureOfACallbackInTheHeader(t *testing.T) {
	t.Parallel()
	texts := notified(brazil)
	sign := signAgain(texts, testSecret, false)
	bare, err := json.Marshal(texts)
	if err != nil {
		t.Fatal(err)
	}
	header := http.Header{"Sign": {sign}}
	for _, test := range []struct {
		name   string
		area   *Area
		header http.Header
		body   []byte
		err    error
	}{
		{"body", brazil, nil, signedBody(t, texts, testSecret, false), nil},
		{"header", brazil, header, bare, nil},
		{"both", brazil, header, signedBody(t, texts, testSecret, false), nil},
		{"body wrong, header right", brazil, header, signedBody(t, texts, "x", false), ErrForged},
		{"two headers", brazil, http.Header{"Sign": {sign, sign}}, bare, ErrForged},
		{"an area without", mexico, header, bare, ErrForged},
	} {
		c := newClient(t, test.area, "https://gateway.invalid", nil)
		if _, err := c.ReadNotice(test.header, test.body); !errors.Is(err, test.err) {
			t.Errorf("%s: %v", test.name, err)
		}
	}
}

func TestNoticeVerdicts(t *testing.T) {
	t.Parallel()
	c := newClient(t, mexico, "https://gateway.invalid", nil)
	for name, test := range map[string]struct {
		change map[string]string
		kind   Kind
		reason Reason
	}{
		"paid":                      {nil, Succeeded, ReasonPaid},
		"in progress":               {map[string]string{"status": "0015"}, Processing, ReasonProcessing},
		"failed":                    {map[string]string{"status": "00029"}, Failed, ReasonFailed},
		"failed, no number":         {map[string]string{"status": "00029", "platFormTradeNo": ""}, Failed, ReasonFailed},
		"unclear":                   {map[string]string{"status": "00032"}, InDoubt, ReasonUnclearStatus},
		"undocumented":              {map[string]string{"status": "0777"}, InDoubt, ReasonUnclearStatus},
		"another amount":            {map[string]string{"amount": "300.01"}, Conflict, ReasonAmountDiffers},
		"failed, another amount":    {map[string]string{"status": "00029", "amount": "301"}, Conflict, ReasonAmountDiffers},
		"paid nothing":              {map[string]string{"amount": "0"}, Conflict, ReasonAmountDiffers},
		"amount that is none":       {map[string]string{"amount": "three"}, Conflict, ReasonAmountUnread},
		"failed, unreadable amount": {map[string]string{"status": "00029", "amount": "three"}, InDoubt, ReasonAmountUnread},
		"no amount":                 {map[string]string{"amount": ""}, InDoubt, ReasonAmountUnread},
		"failed, no amount":         {map[string]string{"status": "00029", "amount": ""}, InDoubt, ReasonAmountUnread},
		"no number of theirs":       {map[string]string{"platFormTradeNo": ""}, InDoubt, ReasonNoPlatform},
		"another payout":            {map[string]string{"tradeNo": "T2"}, InDoubt, ReasonOtherNumber},
	} {
		texts := notified(mexico)
		maps.Copy(texts, test.change)
		n, err := c.ReadNotice(nil, signedBody(t, texts, testSecret, false))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		v := n.Judge(payout(mexico, testNo))
		if v.Kind != test.kind || v.Reason != test.reason || len(v.Raw) == 0 || v.Message != "Success" {
			t.Errorf("%s: %v (%s) %q", name, v.Kind, v.Reason, v.Message)
		}
	}
	want(t, Notice{}.Judge(Request{}), InDoubt, ReasonOtherNumber)
}

// TestAnUnsignedCallbackDecidesNothing whatever it says, also with what looks
// like a signature. The evidence shows it as it came.
func TestAnUnsignedCallbackDecidesNothing(t *testing.T) {
	t.Parallel()
	c := newClient(t, kenya, "https://gateway.invalid", nil)
	for _, status := range []string{"0000", "0015", "00029", "0777"} {
		texts := notified(kenya)
		texts["status"] = status
		for _, body := range [][]byte{signedBody(t, texts, testSecret, false), signedBody(t, texts, "x", false)} {
			n, err := c.ReadNotice(nil, body)
			if err != nil {
				t.Fatal(err)
			}
			want(t, n.Judge(payout(kenya, testNo)), InDoubt, ReasonUnsigned)
			if n.Signed || strings.Contains(string(n.Raw), "checked") || !strings.Contains(string(n.Raw), `"status":"`+status+`"`) {
				t.Errorf("%+v %s", n, n.Raw)
			}
		}
	}
}

func TestSecretNeverInANotice(t *testing.T) {
	t.Parallel()
	c := newClient(t, mexico, "https://gateway.invalid", nil)
	texts := notified(mexico)
	texts["message"] = "signed with " + testSecret
	n, err := c.ReadNotice(nil, signedBody(t, texts, testSecret, false))
	if err != nil {
		t.Fatal(err)
	}
	quoted, err := json.Marshal(testSecret)
	if err != nil {
		t.Fatal(err)
	}
	for _, printed := range []string{n.Message, string(n.Raw), fmt.Sprintf("%v %+v %#v", n, n, n), n.Judge(payout(mexico, testNo)).Message} {
		if strings.Contains(printed, testSecret) || strings.Contains(printed, string(quoted[1:len(quoted)-1])) {
			t.Errorf("it stands in %q", printed)
		}
	}
}
