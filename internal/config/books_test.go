package config

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bulkpay/bulkpay/internal/lang"
)

func TestBooksAreTheMerchantsThenTheFiles(t *testing.T) {
	t.Parallel()
	c := parse(t, `
time_zone = "Africa/Nairobi"
[accounts]
gateway = "1010"
payable = "2100"
`+minimal+`
time_zone = "America/Mexico_City"
[merchants.acme.accounts]
gateway = "1020"
`)
	if diff := cmp.Diff(Accounts{Gateway: "1020", Payable: "2100"}, c.AccountsOf("acme")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(Accounts{Gateway: "1010", Payable: "2100"}, c.AccountsOf("another")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for name, want := range map[string]string{"acme": "America/Mexico_City", "another": "Africa/Nairobi"} {
		if got := c.ZoneOf(name).String(); got != want {
			t.Errorf("%s is in %s, want %s", name, got, want)
		}
	}
	var none *Config
	if none.ZoneOf("acme") != time.Local || none.AccountsOf("acme") != (Accounts{}) || parse(t, minimal).ZoneOf("acme") != time.Local {
		t.Error("what is not configured is configured")
	}
}

func TestLanguage(t *testing.T) {
	t.Parallel()
	for text, expected := range map[string]lang.Lang{
		minimal: lang.English, "language = \"es\"\n" + minimal: lang.Spanish, "language = \"zh-CN\"\n" + minimal: lang.Chinese,
	} {
		c, err := Parse([]byte(text), "bulkpay.toml")
		if err != nil || c.Lang() != expected {
			t.Errorf("%s: %v, %v", expected, c, err)
		}
	}
	_, err := Parse([]byte("language = \"fr\"\ntime_zone = \"Local\"\n"+minimal), "bulkpay.toml")
	if err == nil || !strings.Contains(err.Error(), `bulkpay.toml: language: language "fr" is not known; there are en, es, zh`) || !strings.Contains(err.Error(), "time_zone") {
		t.Errorf("%v", err)
	}
}

func TestWrongTimeZoneIsAFault(t *testing.T) {
	t.Parallel()
	_, err := Parse([]byte("time_zone = \"Local\"\n"+minimal+"time_zone = \"Mexico City\"\n"), "bulkpay.toml")
	if err == nil || strings.Count(err.Error(), "time_zone") != 2 || !strings.Contains(err.Error(), `merchant acme: time_zone "Mexico City"`) {
		t.Errorf("%v", err)
	}
	if _, err := Parse([]byte("[accounts]\ngatway = \"1010\"\n"), "bulkpay.toml"); err == nil {
		t.Error("a misspelt account is accepted")
	}
}
