package paypro

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// shortestPersonal is the fewest characters of a value worth looking for in
// the gateway's words: shorter ones occur by chance.
const shortestPersonal = 4

// Impersonal takes what a row says of a person out of the gateway's words, in
// whatever case they repeat it, before they get into reports and onto screens.
func (a *Area) Impersonal(message string, row Values) string {
	if message == "" {
		return ""
	}
	lower := strings.ToLower(message)
	var personal []string
	for i := range a.Fields {
		field := &a.Fields[i]
		value := row[field.Name]
		if field.Personal && utf8.RuneCountInString(value) >= shortestPersonal && strings.Contains(lower, strings.ToLower(value)) {
			personal = append(personal, value)
		}
	}
	// The longest first: a phone number may be part of an account number,
	// and without it the rest would no longer be found.
	slices.SortFunc(personal, func(x, y string) int { return len(y) - len(x) })
	for _, value := range personal {
		message = regexp.MustCompile("(?i)"+regexp.QuoteMeta(value)).ReplaceAllLiteralString(message, "[…]")
	}
	return message
}
