package mask

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf16"
)

// Hidden stands for what is about a person and not an account number.
const Hidden = "[…]"

// Person masks in a text what it repeats of a payee: the account as [Account]
// shows it, the name not at all. Both as they were instructed; "" is nothing.
func Person(text, account, name string) string {
	return Hide(Hide(text, account, Account(account)), name, Hidden)
}

// Hide shows something else wherever a text repeats a secret, also where JSON
// has some of its characters escaped. "" is no secret.
func Hide(text, secret, shown string) string {
	if secret == "" {
		return text
	}
	if !strings.Contains(text, `\`) {
		return strings.ReplaceAll(text, secret, shown)
	}
	return escaped(secret).ReplaceAllLiteralString(text, shown)
}

// escaped finds a text however JSON has it: every character may stand for
// itself or be escaped.
func escaped(secret string) *regexp.Regexp {
	var b strings.Builder
	for _, r := range secret {
		b.WriteString("(?:" + regexp.QuoteMeta(string(r)))
		if strings.ContainsRune(`"\/`, r) {
			b.WriteString(`|\\` + regexp.QuoteMeta(string(r)))
		}
		b.WriteString("|")
		for _, unit := range utf16.Encode([]rune{r}) {
			fmt.Fprintf(&b, `\\u(?i:%04x)`, unit)
		}
		b.WriteString(")")
	}
	return regexp.MustCompile(b.String())
}
