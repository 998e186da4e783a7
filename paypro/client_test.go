package paypro

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestBaseURL(t *testing.T) {
	t.Parallel()
	for base, ok := range map[string]bool{
		"https://openapi.paypro.example/mex-pay":  true,
		"https://host:8443":                       true,
		"HTTPS://host":                            true,
		"http://127.0.0.1:8480/mexico":            true,
		"http://127.9.9.9":                        true,
		"http://[::1]:8480":                       true,
		"http://localhost:8480":                   true,
		"http://paypro.example":                   false,
		"http://10.0.0.1":                         false,
		"http://0.0.0.0":                          false,
		"http://127.0.0.1.evil.example":           false,
		"http://localhost.evil.example":           false,
		"https://user:password@host":              false,
		"https://host/path?x=1":                   false,
		"https://host/path?":                      false,
		"https://host/path#x":                     false,
		"https://host/path#":                      false,
		"https://":                                false,
		"https://:443":                            false,
		"https:host":                              false,
		"ftp://host":                              false,
		"host/path":                               false,
		"":                                        false,
		"https://host/%zz":                        false,
		"https://host\n.example":                  false,
		"http://user@127.0.0.1":                   false,
		"unix:///var/run/paypro.sock":             false,
		"https://openapi.paypro.example/mex-pay/": true,
	} {
		err := CheckBaseURL(base)
		if (err == nil) != ok {
			t.Errorf("%q: %v", base, err)
		}
		if err != nil && strings.Contains(err.Error(), "password@") {
			t.Errorf("the error repeats the address: %v", err)
		}
	}
}

func TestConfigIsChecked(t *testing.T) {
	t.Parallel()
	good := func() Config {
		return Config{Area: india, BaseURL: "https://host", MerchantNo: "0000000001", Secret: secret(t, "s")}
	}
	for name, change := range map[string]func(*Config){
		"no area":             func(c *Config) { c.Area = nil },
		"base":                func(c *Config) { c.BaseURL = "http://host" },
		"no merchant":         func(c *Config) { c.MerchantNo = "" },
		"merchant with space": func(c *Config) { c.MerchantNo = "1 2" },
		"merchant, two lines": func(c *Config) { c.MerchantNo = "1\r\nx: y" },
		"merchant, accent":    func(c *Config) { c.MerchantNo = "é" },
		"no secret":           func(c *Config) { c.Secret = Secret{} },
		"position":            func(c *Config) { c.SecretPosition = "middle" },
		"wire field":          func(c *Config) { c.Wire = map[string]string{"wayCode": "wayCode2"} },
		"wire name":           func(c *Config) { c.Wire = map[string]string{"bankNCode": "ifsc"} },
		"no such field":       func(c *Config) { c.Wire = map[string]string{"x": "bankCode"} },
	} {
		config := good()
		change(&config)
		if client, err := NewClient(config); err == nil || client != nil {
			t.Errorf("%s: accepted", name)
		}
	}
	config := good()
	config.Timeout = -1
	client, err := NewClient(config)
	if err != nil {
		t.Fatal(err)
	}
	if client.http.Timeout != RequestTimeout || client.Area() != india {
		t.Errorf("time-out %v", client.http.Timeout)
	}
	for _, text := range []string{"", " ", "\n\t"} {
		if _, err := NewSecret(text); err == nil {
			t.Errorf("secret %q accepted", text)
		}
	}
	if secret(t, " key\n").reveal() != "key" {
		t.Error("the line break of a secret's file is part of it")
	}
}

// leaks searches a text for the secret, as it is and in the forms in which
// encoders write it.
func leaks(text, key string) bool {
	quoted, _ := json.Marshal(key)
	for _, form := range []string{key, string(quoted[1 : len(quoted)-1]), fmt.Sprintf("%q", key), fmt.Sprintf("%x", key), fmt.Sprint([]byte(key))} {
		if strings.Contains(text, form) {
			return true
		}
	}
	return false
}

func TestSecretIsNeverPrinted(t *testing.T) {
	t.Parallel()
	key := "MARKER5f3c9"
	config := Config{Area: mexico, BaseURL: "https://host", MerchantNo: "1", Secret: secret(t, key)}
	client, err := NewClient(config)
	if err != nil {
		t.Fatal(err)
	}
	type holder struct {
		Exported Secret
		hidden   Secret
		pointer  *Secret
	}
	mine := holder{config.Secret, config.Secret, &config.Secret}
	for _, value := range []any{
		config.Secret, &config.Secret, config, &config, client, mine, &mine,
		[]Secret{config.Secret},
		map[string]Secret{"x": config.Secret},
		map[Secret]int{config.Secret: 1},
	} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%p", "%U", "%b", "%c", "%o", "%e", "%20v", "%.3s"} {
			if text := fmt.Sprintf(verb, value); leaks(text, key) {
				t.Errorf("%T with %s: %.200s", value, verb, text)
			}
		}
	}
	for _, value := range []any{config.Secret, &config.Secret, mine, map[Secret]Secret{config.Secret: config.Secret}} {
		text, err := json.Marshal(value)
		if err != nil || leaks(string(text), key) {
			t.Errorf("JSON of %T: %s, %v", value, text, err)
		}
	}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "secret", config.Secret, "holder", mine)
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "secret", config.Secret, "holder", mine)
	if leaks(log.String(), key) {
		t.Errorf("slog: %s", log.String())
	}
	if text := fmt.Sprint(config.Secret) + config.Secret.GoString(); text != "[secret][secret]" {
		t.Errorf("printed %q", text)
	}
	if err := fmt.Errorf("x: %w", errors.New(fmt.Sprint(config))); leaks(err.Error(), key) {
		t.Error(err)
	}
}

// TestAnEchoedSecretIsCutOut: some gateways answer with the text that they
// wanted signed.
func TestAnEchoedSecretIsCutOut(t *testing.T) {
	t.Parallel()
	for _, key := range []string{"MARKER5f3c9", testSecret} {
		for _, escape := range []bool{true, false} {
			var quoted bytes.Buffer
			encoder := json.NewEncoder(&quoted)
			encoder.SetEscapeHTML(escape)
			if err := encoder.Encode("expected sign of amount=1" + key); err != nil {
				t.Fatal(err)
			}
			msg := strings.TrimSpace(quoted.String())
			for _, body := range []string{
				`{"code":"8000","msg":` + msg + `}`,
				`{"code":"0000","msg":"x","data":{"tradeNo":"T1","platFormTradeNo":"P","status":"00029","desc":` + msg + `}}`,
				"<h1>" + key + "</h1>",
			} {
				g := answering(t, 200, nil, body)
				c := newClient(t, mexico, g.URL, func(c *Config) { c.Secret = secret(t, key) })
				for _, v := range []Verdict{c.Place(t.Context(), payout(mexico, testNo)), c.Query(t.Context(), payout(mexico, testNo))} {
					if leaks(string(v.Raw), key) || leaks(v.Message, key) || leaks(fmt.Sprintf("%+v", v), key) {
						t.Errorf("%+v\n%s", v, v.Raw)
					}
				}
				balance, err := c.Balance(t.Context())
				if err == nil || leaks(err.Error(), key) || leaks(string(balance.Raw), key) {
					t.Errorf("balance: %v", err)
				}
			}
		}
	}
}

func TestErrorsOfTheWayDoNotNameTheAddress(t *testing.T) {
	t.Parallel()
	g := serve(t, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	v := newClient(t, mexico, g.URL+"/MARKERPATH", nil).Place(t.Context(), payout(mexico, testNo))
	want(t, v, InDoubt, ReasonConnectionLost)
	if strings.Contains(string(v.Raw), "MARKERPATH") || !strings.HasPrefix(string(v.Raw), "error: ") {
		t.Errorf("raw %q", v.Raw)
	}
}

func TestBalance(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		status                       int
		body                         string
		available, frozen, unsettled string
		problem                      string
		credentials                  bool
	}{
		"numbers":          {200, `{"code":"0000","data":{"availablAmount":10.5,"freezeAmount":1,"unsettledAmount":0}}`, "10.50", "1.00", "0.00", "", false},
		"strings":          {200, `{"code":"0000","data":{"availableAmount":"9998989.0000","freezeAmount":"0.0000"}}`, "9998989.00", "0.00", "", "", false},
		"fractions":        {200, `{"code":"0000","data":{"availableAmount":"10.5678","freezeAmount":0.009}}`, "10.56", "0.00", "", "", false},
		"broken fraction":  {200, `{"code":"0000","data":{"availableAmount":"10.5x"}}`, "", "", "", "availableAmount", false},
		"as in Pakistan":   {200, `{"code":"0000","success":"true","timestamp":"1","data":{"availableAmount":"1","freezeAmount":2,"unsettledAmount":"3"}}`, "1.00", "2.00", "3.00", "", false},
		"none":             {200, `{"code":"0000","data":{"freezeAmount":1}}`, "", "", "", "no available amount", false},
		"no data":          {200, `{"code":"0000"}`, "", "", "", "no available amount", false},
		"garbage":          {200, `{"code":"0000","data":{"availableAmount":"much"}}`, "", "", "", "availableAmount", false},
		"object":           {200, `{"code":"0000","data":{"availableAmount":{"v":1}}}`, "", "", "", "unreadable", false},
		"contradiction":    {200, `{"code":"0000","success":false,"data":{"availableAmount":1}}`, "", "", "", "contradictory", false},
		"refused":          {200, refused("8000", "busy"), "", "", "", "code 8000: busy", false},
		"merchant's money": {200, refused("8000", "merchant balance not available"), "", "", "", "code 8000", false},
		"signature":        {200, refused("8000", "signature is not valid"), "", "", "", "signature is not valid", true},
		"merchant":         {200, refused("8000", "unknown merchantNo"), "", "", "", "merchant", true},
		"401":              {401, "", "", "", "", "HTTP 401", true},
		"403":              {403, "<h1>no</h1>", "", "", "", "HTTP 403", true},
		"500":              {500, "", "", "", "", "http_status", false},
		"HTML":             {200, "<html>", "", "", "", "unreadable", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, area := range Areas() {
				g := answering(t, test.status, nil, test.body)
				b, err := newClient(t, area, g.URL, nil).Balance(t.Context())
				g.once(t, 1)
				if (err != nil) != (test.problem != "") || err != nil && !strings.Contains(err.Error(), test.problem) {
					t.Fatalf("%s: error %v, want %q", area.Name, err, test.problem)
				}
				if errors.Is(err, ErrCredentials) != test.credentials {
					t.Errorf("%s: %v: wraps ErrCredentials: %v", area.Name, err, !test.credentials)
				}
				if err != nil {
					continue
				}
				fixed := func(i int) string {
					text := []string{test.available, test.frozen, test.unsettled}[i]
					if area.Currency.Decimals == 0 {
						text, _, _ = strings.Cut(text, ".")
					}
					return text
				}
				for i, amount := range []interface{ Fixed() string }{b.Available, b.Frozen, b.Unsettled} {
					if text := amount.Fixed(); fixed(i) != "" && text != fixed(i) {
						t.Errorf("%s: part %d is %s, want %s", area.Name, i, text, fixed(i))
					}
				}
				if !bytes.Contains(b.Raw, []byte("HTTP 200")) {
					t.Errorf("raw %q", b.Raw)
				}
			}
		})
	}
}

func TestBalanceRequest(t *testing.T) {
	t.Parallel()
	var header http.Header
	var body []byte
	var path string
	g := capture(t, &header, &body, &path)
	now := func(c *Config) { c.Now = func() time.Time { return time.UnixMilli(1_795_000_000_000) } }
	_, _ = newClient(t, mexico, g.URL, now).Balance(t.Context()) // the answer is none
	if len(body) != 0 || path != "POST /v1/paypro/queryBalance" || header.Get("merchantNo") != testMerchant {
		t.Errorf("Mexico: %s %q", path, body)
	}
	_, _ = newClient(t, india, g.URL, now).Balance(t.Context())
	sent, _ := decodeBody(t, body)
	if len(sent) != 2 || sent["timestamp"] != "1795000000000" || sent["sign"] != signAgain(sent, testSecret, false) {
		t.Errorf("India: %v", sent)
	}
}

func TestBalanceOfABrokenConnection(t *testing.T) {
	t.Parallel()
	g := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		panic(http.ErrAbortHandler)
	})
	if _, err := newClient(t, india, g.URL, nil).Balance(t.Context()); err == nil || !strings.Contains(err.Error(), string(ReasonConnectionLost)) {
		t.Errorf("got %v", err)
	}
	g.once(t, 1)
}
