package report

import (
	"fmt"
	"strings"
	"unicode"
)

// clean makes a text fit for XML and HTML: characters that those forbid, and
// bytes that are not UTF-8, are shown as U+FFFD. Nothing is dropped, so a
// name that holds such a character is seen to hold it.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\n' || r == '\r':
			return r
		case r < ' ' || r == 0xFFFE || r == 0xFFFF:
			return unicode.ReplacementChar
		}
		return r // a broken byte arrives here as U+FFFD
	}, text)
}

// visible is clean for what people read and sign: what could move a cursor or
// turn the direction of text, and so make one name look like another, is shown
// by its number, "‹U+202E›".
func visible(text string) string {
	if !strings.ContainsFunc(text, unruly) {
		return clean(text)
	}
	var b strings.Builder
	for _, r := range clean(text) {
		if unruly(r) {
			fmt.Fprintf(&b, "‹U+%04X›", r)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// unruly characters are the overrides, embeddings and isolates of the
// bidirectional algorithm and the second set of control characters. The
// plain marks (U+200E, U+200F) and joiners, which honest names need, are not.
func unruly(r rune) bool {
	return r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069 || r >= 0x7F && r <= 0x9F
}

// oneLine is visible without line breaks, for terminals.
func oneLine(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return ' '
		}
		return r
	}, visible(text))
}
