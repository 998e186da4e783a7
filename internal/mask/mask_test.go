package mask

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestAccount(t *testing.T) {
	t.Parallel()
	for account, want := range map[string]string{
		"":                       "",
		"7":                      "••••",
		"12":                     "••••",
		"123":                    "••••3",
		"12345":                  "••••5",
		"123456":                 "••••56",
		"123456789":              "••••789",
		"12345678901":            "••••901",
		"123456789012":           "••••9012",
		"012180015000000004":     "••••0004",
		"0121 8001 5000 0000 04": "••••0004",
		"name@okbank":            "••••ank",
		"счёт-000000000042":      "••••0042",
		"٠١٢٣٤٥٦٧٨٩٠١":           "••••٨٩٠١",
		"🏦🏦🏦🏦🏦🏦":                 "••••",
		"\u202e1234567890129999": "••••9999",
		"\x1b[31m":               "••••m",
		"\xff\xfe\xfd":           "••••",
	} {
		if got := Account(account); got != want {
			t.Errorf("Account(%q) = %q, want %q", account, got, want)
		}
	}
}

func TestNeverShowsMoreThanAThird(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		account := rapid.String().Draw(t, "account")
		tail := strings.TrimPrefix(Account(account), dots)
		n := utf8.RuneCountInString(tail)
		if n > shown || n*3 > utf8.RuneCountInString(account) {
			t.Fatalf("%q shows %q", account, tail)
		}
		for _, r := range tail {
			if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
				t.Fatalf("%q shows %q", account, tail)
			}
		}
	})
}
