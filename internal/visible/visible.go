// Package visible makes texts of strangers safe to look at. A payee's name, a
// bank's narrative, a gateway's message, a file's name: each may hold
// characters that move a cursor, clear a screen, hide what follows or turn the
// direction of text, and so make one thing look like another. They are shown by
// their number.
//
//	visible.Text("Ana\u202eRuiz")      // Ana‹U+202E›Ruiz
//	visible.Line("paid\nTIED")         // paid TIED
//	w := visible.NewWriter(os.Stdout)  // whatever is printed, nothing of it commands the terminal
//	w = visible.NewJSONWriter(os.Stdout) // the same for JSON, which says the same as before
//	visible.Word("$(id).csv")          // '$(id).csv', one word of a command line to paste
//
// Nothing is dropped, so a name that holds such a character is seen to hold it.
package visible

import (
	"fmt"
	"strings"
	"unicode"
)

// Text shows unruly characters by their number, "‹U+202E›", and bytes that are
// not UTF-8 as U+FFFD. Tabs and line breaks stay.
func Text(text string) string {
	if !strings.ContainsFunc(text, unruly) {
		return strings.ToValidUTF8(text, string(unicode.ReplacementChar))
	}
	var b strings.Builder
	for _, r := range text { // a broken byte arrives here as U+FFFD
		if unruly(r) {
			fmt.Fprintf(&b, "‹U+%04X›", r)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// Line is [Text] on one line: a blank stands for each line break and tab, so
// that no stranger's text can pass for a line of ours.
func Line(text string) string {
	return Text(strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, text))
}

// unruly characters are the control characters of both sets but tabs and line
// breaks, and the overrides, embeddings and isolates of the bidirectional
// algorithm. The plain marks (U+200E, U+200F) and joiners, which honest names
// need, are not.
func unruly(r rune) bool {
	switch r {
	case '\t', '\n', '\r':
		return false
	}
	return r < ' ' || r >= 0x7F && r <= 0x9F || r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069
}
