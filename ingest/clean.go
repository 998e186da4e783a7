package ingest

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// trim removes what people cannot see around a value: white space of every
// kind, no-break and zero-width spaces, byte order marks. Inside a value it
// changes nothing.
func trim(value string) string {
	if value == "" || visibleASCII(value[0]) && visibleASCII(value[len(value)-1]) {
		return value
	}
	return strings.TrimFunc(value, isPadding)
}

func visibleASCII(b byte) bool { return b > ' ' && b < 0x7f }

func isPadding(r rune) bool {
	switch {
	case unicode.IsSpace(r):
		return true
	case r >= 0x200b && r <= 0x200f: // zero-width spaces and joiners, direction marks
		return true
	case r == 0x2060 || r == 0xfeff || r == 0x180e:
		return true
	}
	return false
}

// isCellError tells whether a cell holds what a spreadsheet puts in the place
// of a result it does not have.
func isCellError(value string) bool {
	if value == "" || value[0] != '#' {
		return false
	}
	switch strings.ToUpper(value) {
	case "#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!",
		"#GETTING_DATA", "#FIELD!", "#BLOCKED!", "#CONNECT!", "#UNKNOWN!", "#BUSY!", "#ERROR!":
		return true
	}
	// A column too narrow for its number, copied as shown.
	return strings.Trim(value, "#") == ""
}

func tooLong(value string) bool {
	return len(value) > maxCellChars && utf8.RuneCountInString(value) > maxCellChars
}
