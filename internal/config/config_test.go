package config

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/bulkpay/bulkpay/internal/money"
	"github.com/bulkpay/bulkpay/paypro"
)

// minimal is a merchant with what it must have, to which a test adds a line.
const minimal = `
[merchants.acme]
area = "mexico"
base_url = "https://gateway.example.com"
merchant_no = "0000000001"
secret_env = "ACME_SECRET"
`

func parse(t *testing.T, text string) *Config {
	t.Helper()
	c, err := Parse([]byte(text), "/etc/bulkpay/bulkpay.toml")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestMerchantNeedsLittle(t *testing.T) {
	c := parse(t, minimal)
	expected := &Config{Merchants: map[string]*Merchant{"acme": {
		Name: "acme", Area: "mexico", BaseURL: "https://gateway.example.com", MerchantNo: "0000000001", SecretEnv: "ACME_SECRET",
	}}}
	if diff := cmp.Diff(expected, c, cmpopts.IgnoreUnexported(Config{})); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestEverySettingIsRead(t *testing.T) {
	c := parse(t, `
ledger = "books/pay.db"
reports = "/var/reports"

[merchants.acme]
area = "MX"
base_url = "https://new.example.com"
former_base_urls = ["https://old.example.com"]
merchant_no = "0000000001"
secret_file = "acme.secret"
secret_position = "prefix"
sign_place = "body"
strict_banks = true
duplicates = "hold"
duplicate_window = "20d"
columns = { "Cta." = "customerAccount", "Nota" = "-" }
set = { remark = "Nómina" }
wire = { bankNCode = "bankCode" }
unknown_words = ["nada"]
notify_url = "https://pay.example.com/callback"
ip_address = "203.0.113.7"
rate = 12.5
query_rate = 3
workers = 8
deadline = "2h"
request_timeout = "90s"
in_doubt = "hold"
unknown_answers = 5
quarantine = "15m"
max_attempts = 2
watch = ["1h", "1d"]
stuck_after = "2d"
limit_payout = "50000"
limit_batch = "1000000.50"
limit_day = "2000000"
canary = 3
halt_same_code = 10
halt_failure_share = 0.25
balance_every = "30s"
fee_allowance = 0.1

[merchants.acme.reconcile]
fee = "5.80"
fee_share = 0.01
days = 2
timing = 5
`)
	expected := &Config{
		Ledger: "/etc/bulkpay/books/pay.db", Reports: "/var/reports",
		Merchants: map[string]*Merchant{"acme": {
			Name: "acme", Area: "MX", BaseURL: "https://new.example.com", FormerBaseURLs: []string{"https://old.example.com"},
			MerchantNo: "0000000001", SecretFile: "/etc/bulkpay/acme.secret", SecretPosition: "prefix",
			SignPlace: "body", StrictBanks: true, Duplicates: "hold", DuplicateWindow: Duration(20 * 24 * time.Hour),
			Columns: map[string]string{"Cta.": "customerAccount", "Nota": "-"}, Set: map[string]string{"remark": "Nómina"},
			Wire: map[string]string{"bankNCode": "bankCode"}, UnknownWords: []string{"nada"},
			NotifyURL: "https://pay.example.com/callback", IPAddress: "203.0.113.7",
			Rate: 12.5, QueryRate: 3, Workers: 8, Deadline: Duration(2 * time.Hour), RequestTimeout: Duration(90 * time.Second),
			InDoubt: "hold", UnknownAnswers: 5, Quarantine: Duration(15 * time.Minute), MaxAttempts: 2,
			Watch: []Duration{Duration(time.Hour), Duration(24 * time.Hour)}, StuckAfter: ptr(Duration(48 * time.Hour)),
			LimitPayout: "50000", LimitBatch: "1000000.50", LimitDay: "2000000",
			Canary: 3, HaltSameCode: ptr(10), HaltFailureShare: ptr(0.25), BalanceEvery: ptr(Duration(30 * time.Second)), FeeAllowance: ptr(0.1),
			Reconcile: Reconcile{Fee: "5.80", FeeShare: ptr(0.01), Days: ptr(2), Timing: ptr(5)},
		}},
	}
	if runtime.GOOS == "windows" {
		t.Skip("absolute paths look different")
	}
	if diff := cmp.Diff(expected, c, cmpopts.IgnoreUnexported(Config{})); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// replaced is the minimal merchant with one line instead of another.
func replaced(was, line string) string { return strings.Replace(minimal, was, line, 1) }

func ptr[T any](v T) *T { return &v }

// What is switched off differs from what is not said.
func TestOffIsNotSilence(t *testing.T) {
	m := parse(t, minimal+"watch = []\nstuck_after = \"0s\"\nhalt_same_code = 0\nhalt_failure_share = 0\nbalance_every = \"0s\"\n").Merchants["acme"]
	if m.Watch == nil || len(m.Watch) != 0 || m.StuckAfter == nil || *m.StuckAfter != 0 ||
		m.HaltSameCode == nil || *m.HaltSameCode != 0 || m.HaltFailureShare == nil || *m.HaltFailureShare != 0 ||
		m.BalanceEvery == nil || *m.BalanceEvery != 0 {
		t.Errorf("%+v", m)
	}
	m = parse(t, minimal).Merchants["acme"]
	if m.Watch != nil || m.StuckAfter != nil || m.HaltSameCode != nil || m.HaltFailureShare != nil || m.BalanceEvery != nil || m.FeeAllowance != nil {
		t.Errorf("%+v", m)
	}
}

func TestLimitsAreAmountsOfTheArea(t *testing.T) {
	m := parse(t, minimal+"limit_batch = \"1000.50\"\n").Merchants["acme"]
	limits, err := m.Limits(money.MXN)
	if err != nil || limits.Batch.Fixed() != "1000.50" || limits.Payout != (money.Amount{}) || limits.Day != (money.Amount{}) {
		t.Errorf("%+v, %v", limits, err)
	}
}

func TestFaultsAreNamed(t *testing.T) {
	for text, expected := range map[string]string{
		replaced(`area = "mexico"`, `area = "atlantis"`):         `merchant acme: area "atlantis" is not one of`,
		replaced(`area = "mexico"`, ``):                          `merchant acme: area "" is not one of`,
		replaced(`https://`, `http://`):                          `merchant acme: base_url: `,
		replaced(`base_url = "https://gateway.example.com"`, ``): `merchant acme: base_url: `,
		replaced(`merchant_no = "0000000001"`, ``):               `merchant acme: merchant_no is missing`,
		replaced(`secret_env = "ACME_SECRET"`, ``):               `merchant acme: give either secret_env or secret_file`,
		minimal + `secret_file = "x"`:                            `merchant acme: give either secret_env or secret_file`,
		minimal + `sign_place = "header"`:                        `merchant acme: sign_place "header" is no place that Mexico has`,
		minimal + `duplicates = "pay"`:                           `merchant acme: duplicates is refuse, hold or skip`,
		minimal + `duplicate_window = "45 days"`:                 `"45 days" is not a time such as 90s, 15m, 2h or 45d`,
		minimal + `secret_position = "middle"`:                   `merchant acme: secret_position is suffix or prefix`,
		minimal + `in_doubt = "guess"`:                           `merchant acme: in_doubt is resend or hold`,
		minimal + `rate = -1`:                                    `merchant acme: `,
		minimal + `rate = nan`:                                   `merchant acme: `,
		minimal + `rate = inf`:                                   `merchant acme: `,
		minimal + `query_rate = -0.5`:                            `merchant acme: `,
		minimal + `query_rate = nan`:                             `merchant acme: `,
		minimal + `rate = 100001`:                                `merchant acme: rate and query_rate lie between 0.1 and 100000 a second`,
		minimal + `workers = 257`:                                `merchant acme: workers lies between 1 and 256`,
		minimal + `workers = -1`:                                 `merchant acme: `,
		minimal + `unknown_answers = -1`:                         `merchant acme: `,
		minimal + `max_attempts = -1`:                            `merchant acme: `,
		minimal + `limit_day = "-5"`:                             `merchant acme: limit_day "-5" is not an amount of MXN such as "50000"`,
		minimal + `limit_batch = "0"`:                            `merchant acme: limit_batch "0" is not an amount`,
		minimal + `limit_payout = "1.005"`:                       `merchant acme: limit_payout "1.005" is not an amount`,
		minimal + `limit_payout = 5000`:                          `bulkpay.toml: line 7, column 16: `,
		minimal + `canary = -1`:                                  `merchant acme: canary lies between 0 and 1000`,
		minimal + `halt_same_code = -1`:                          `merchant acme: halt_same_code is a number of payouts`,
		minimal + `halt_failure_share = nan`:                     `merchant acme: halt_failure_share is a share between`,
		minimal + `fee_allowance = 1.5`:                          `merchant acme: fee_allowance is a share between`,
		minimal + `watch = ["3d", "1d"]`:                         `merchant acme: watch lists growing times`,
		minimal + `watch = ["soon"]`:                             `"soon" is not a time such as 90s, 15m, 2h or 45d`,
		minimal + `rate = "fast"`:                                `bulkpay.toml: line 7, column 8: `,
		minimal + `deadline = "soon"`:                            `"soon" is not a time such as 90s, 15m, 2h or 45d`,
		minimal + `quarantine = "-15m"`:                          `"-15m" is not a time such as 90s, 15m, 2h or 45d`,
		minimal + `request_timeout = "30"`:                       `"30" is not a time such as 90s, 15m, 2h or 45d`,
		minimal + `raet = 5`:                                     `bulkpay.toml: line 7, column 1: there is no setting merchants.acme.raet`,
		`secret = "abc"`:                                         `bulkpay.toml: line 1, column 1: there is no setting secret`,
		minimal + `Rate = `:                                      `bulkpay.toml: line 7, column `,
		"ledger = \"a\"\nledger = \"b\"":                         `bulkpay.toml: `,
	} {
		_, err := Parse([]byte(text), "bulkpay.toml")
		if err == nil || !strings.Contains(err.Error(), expected) {
			t.Errorf("%s\n\terror %v\n\twant  %s", text, err, expected)
		}
	}
}

func TestAllFaultsComeAtOnce(t *testing.T) {
	_, err := Parse([]byte(minimal+"rate = -1\nin_doubt = \"guess\"\n[merchants.beta]\narea = \"india\"\nsecret_env = \"X\"\n"), "f.toml")
	if err == nil {
		t.Fatal("no error")
	}
	for _, expected := range []string{"acme: rate", "acme: in_doubt", "beta: base_url", "beta: merchant_no"} {
		if !strings.Contains(err.Error(), expected) {
			t.Errorf("%v\nlacks %s", err, expected)
		}
	}
	_, err = Parse([]byte(minimal+"one = 1\ntwo = 2\n"), "f.toml")
	for _, expected := range []string{"line 7, column 1", "line 8, column 1"} {
		if err == nil || !strings.Contains(err.Error(), expected) {
			t.Errorf("%v\nlacks %s", err, expected)
		}
	}
}

const several = `
[merchants.acme-mx]
area = "mexico"
base_url = "https://gateway.example.com"
merchant_no = "1"
secret_env = "A"
[merchants.acme-in]
area = "IN"
base_url = "https://gateway.example.com"
merchant_no = "2"
secret_env = "A"
[merchants.beta-in]
area = "India"
base_url = "https://gateway.example.com"
merchant_no = "3"
secret_env = "A"
`

func TestMerchantIsChosen(t *testing.T) {
	mexico, _ := paypro.LookupArea("mexico")
	india, _ := paypro.LookupArea("india")
	for _, one := range []struct {
		text, name string
		area       *paypro.Area
		found, err string
	}{
		{minimal, "", nil, "acme", ""},
		{minimal, "", mexico, "acme", ""},
		{minimal, "", india, "", "has no merchant for this area"},
		{several, "", mexico, "acme-mx", ""},
		{several, "", india, "", "which merchant? f.toml has acme-in, beta-in: choose with --merchant"},
		{several, "", nil, "", "which merchant? f.toml has acme-in, acme-mx, beta-in"},
		{several, "beta-in", nil, "beta-in", ""},
		{several, "gamma", nil, "", "f.toml has no merchant gamma; it has acme-in, acme-mx, beta-in"},
		{"", "gamma", nil, "", "it has none"},
		{"", "", nil, "", "f.toml has no merchant"},
	} {
		c, err := Parse([]byte(one.text), "f.toml")
		if err != nil {
			t.Fatal(err)
		}
		merchant, err := c.Merchant(one.name, one.area)
		switch {
		case one.err == "" && (err != nil || merchant.Name != one.found):
			t.Errorf("%q: found %+v, %v; want %s", one.name, merchant, err, one.found)
		case one.err != "" && (err == nil || !strings.Contains(err.Error(), one.err)):
			t.Errorf("%q: %v; want %s", one.name, err, one.err)
		}
	}
}

func TestSecretComesFromTheEnvironment(t *testing.T) {
	m := parse(t, minimal).Merchants["acme"]
	if _, err := m.Secret(); err == nil || !strings.Contains(err.Error(), "merchant acme: the environment has no ACME_SECRET") {
		t.Errorf("error %v", err)
	}
	t.Setenv("ACME_SECRET", "")
	if _, err := m.Secret(); err == nil || !strings.Contains(err.Error(), "merchant acme") {
		t.Errorf("an empty one: %v", err)
	}
	t.Setenv("ACME_SECRET", "s3cr3t-value")
	secret, err := m.Secret()
	if err != nil || secret == (paypro.Secret{}) {
		t.Errorf("secret %v, %v", secret, err)
	}
}

func TestSecretComesFromAFileThatNobodyElseMayRead(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "acme.secret")
	c, err := Parse([]byte(replaced(`secret_env = "ACME_SECRET"`, `secret_file = "acme.secret"`)), filepath.Join(folder, File))
	if err != nil {
		t.Fatal(err)
	}
	m := c.Merchants["acme"]
	if _, err := m.Secret(); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a missing file: %v", err)
	}
	for mode, open := range map[os.FileMode]bool{0o600: false, 0o400: false, 0o640: true, 0o604: true, 0o644: true, 0o610: true} {
		if runtime.GOOS == "windows" {
			break
		}
		must(t, errors.Join(os.WriteFile(path, []byte("s3cr3t-value\n"), 0o600), os.Chmod(path, mode)))
		_, err := m.Secret()
		var readable *OpenSecretError
		if errors.As(err, &readable) != open || !open && err != nil {
			t.Errorf("mode %o: %v", mode, err)
		}
		if open && (readable.Hint() != "chmod 600 "+path || strings.Contains(err.Error(), "s3cr3t")) {
			t.Errorf("mode %o: error %v, hint %s", mode, err, readable.Hint())
		}
		must(t, os.Remove(path))
	}
	must(t, os.WriteFile(path, []byte("\n"), 0o600))
	if _, err := m.Secret(); err == nil {
		t.Error("an empty secret was taken")
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// A secret read from a file and one from the environment are the same: an
// editor's last line break is no part of it.
func TestLineBreakIsNoPartOfTheSecret(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	must(t, os.WriteFile(path, []byte("s3cr3t-value\r\n"), 0o600))
	fromFile, err := (&Merchant{SecretFile: path}).Secret()
	must(t, err)
	t.Setenv("ACME_SECRET", "s3cr3t-value")
	fromEnv, err := (&Merchant{SecretEnv: "ACME_SECRET"}).Secret()
	must(t, err)
	if !reflect.DeepEqual(fromFile, fromEnv) { // it keeps itself from being compared any other way
		t.Error("they differ")
	}
}

func TestConfigurationIsFound(t *testing.T) {
	folder := t.TempDir()
	t.Chdir(folder)
	t.Setenv("BULKPAY_CONFIG", "")
	if _, err := Load(""); !errors.Is(err, ErrNone) {
		t.Errorf("none: %v", err)
	}
	if _, err := Load("asked.toml"); !errors.Is(err, os.ErrNotExist) || errors.Is(err, ErrNone) {
		t.Errorf("asked for: %v", err)
	}
	t.Setenv("BULKPAY_CONFIG", "absent.toml")
	if _, err := Load(""); !errors.Is(err, os.ErrNotExist) || errors.Is(err, ErrNone) {
		t.Errorf("asked for by the environment: %v", err)
	}
	for name, ledger := range map[string]string{File: "folder.db", "env.toml": "env.db", "flag.toml": "flag.db"} {
		must(t, os.WriteFile(name, []byte("ledger = '"+ledger+"'"), 0o600))
	}
	for _, one := range []struct{ path, env, expected string }{
		{"", "", "folder.db"},
		{"", "env.toml", "env.db"},
		{"flag.toml", "env.toml", "flag.db"},
		{filepath.Join(folder, "flag.toml"), "", filepath.Join(folder, "flag.db")},
	} {
		t.Setenv("BULKPAY_CONFIG", one.env)
		c, err := Load(one.path)
		must(t, err)
		if c.Ledger != one.expected {
			t.Errorf("--config %q, BULKPAY_CONFIG=%q: %s, want %s", one.path, one.env, c.Ledger, one.expected)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"", minimal, several, minimal + "rate = 1e9", minimal + "rate = nan", minimal + "deadline = \"-1s\"",
		"[merchants]\nacme = 1", "[merchants.\"\"]\narea='MX'", "merchants = {}", "ledger = ['a']", "\x00", "[merchants.a.wire]\nx = 'y'",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := Parse(text, "f.toml")
		if err != nil {
			if !strings.HasPrefix(err.Error(), "f.toml") {
				t.Errorf("an error without its file: %v", err)
			}
			return
		}
		for name, m := range c.Merchants {
			if m.Name != name {
				t.Errorf("merchant %q is called %q", name, m.Name)
			}
			_, known := paypro.LookupArea(m.Area)
			if !known || m.MerchantNo == "" || paypro.CheckBaseURL(m.BaseURL) != nil || (m.SecretEnv == "") == (m.SecretFile == "") {
				t.Errorf("accepted %+v", m)
			}
			for _, number := range []float64{
				m.Rate, m.QueryRate, float64(m.Workers), float64(m.UnknownAnswers), float64(m.MaxAttempts),
				float64(m.Deadline), float64(m.RequestTimeout), float64(m.Quarantine),
			} {
				if !(number >= 0 && number < 1e300) {
					t.Errorf("accepted a limit of %v: %+v", number, m)
				}
			}
		}
	})
}
