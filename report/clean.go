package report

import (
	"strings"
	"unicode"

	"github.com/bulkpay/bulkpay/internal/visible"
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

// shown is clean for what people read and sign: what could move a cursor or
// turn the direction of text, and so make one name look like another, is shown
// by its number, "‹U+202E›".
func shown(text string) string { return visible.Text(clean(text)) }

// oneLine is shown without line breaks, for terminals.
func oneLine(text string) string { return visible.Line(clean(text)) }
