// Package mask hides what identifies an account while leaving enough for a
// person to tell two accounts apart.
package mask

import (
	"strings"
	"unicode"
)

// shown is the most characters of an account that are ever shown.
const shown = 4

// dots stand for what is hidden. Their number is always the same, so that the
// mask does not tell how long the account is.
const dots = "••••"

// Account shows the last four characters of an account, "••••0004", and
// fewer of a short one: never more than a third of its letters and digits.
// Everything else (blanks, dashes, marks that change the direction of text,
// control characters) is hidden, so that the result is safe to print
// anywhere. No account is "".
func Account(account string) string {
	if account == "" {
		return ""
	}
	var telling []rune
	for _, r := range account {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			telling = append(telling, r)
		}
	}
	n := min(shown, len(telling)/3)
	var b strings.Builder
	b.WriteString(dots)
	for _, r := range telling[len(telling)-n:] {
		b.WriteRune(r)
	}
	return b.String()
}
