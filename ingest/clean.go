package ingest

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// What is done to values before they are checked, and why no more:
//
//   - around every value, what nobody can see is taken off (trim);
//   - inside any text, spaces of every width become plain ones and letters are
//     composed (NFC), so that a name is the same name from every program. Its
//     letters stay as they are: whose name it is, is not ours to edit;
//   - in identifiers and amounts, digits of other scripts and widths become
//     0 to 9, which is what they mean, and marks without width are dropped.
//
// Control characters, invisible marks in names and everything else that may
// mean something are left for a rule to complain about.

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

func isPadding(r rune) bool { return unicode.IsSpace(r) || isWidthless(r) }

// isWidthless tells whether a character takes no room and says nothing
// between digits.
func isWidthless(r rune) bool {
	switch {
	case r >= 0x200b && r <= 0x200f: // zero-width spaces and joiners, direction marks
		return true
	case r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069: // direction marks
		return true
	case r == 0x2060 || r == 0xfeff || r == 0x180e || r == 0x00ad:
		return true
	}
	return false
}

func isASCII(text string) bool {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// foldText is for names and other texts.
func foldText(value string) string {
	if isASCII(value) {
		return value
	}
	if strings.IndexFunc(value, isOtherSpace) >= 0 {
		value = strings.Map(func(r rune) rune {
			if isOtherSpace(r) {
				return ' '
			}
			return r
		}, value)
	}
	if norm.NFC.IsNormalString(value) {
		return value
	}
	return norm.NFC.String(value)
}

func isOtherSpace(r rune) bool { return r >= 0xa0 && unicode.Is(unicode.Zs, r) }

// foldDigits is for identifiers and amounts.
func foldDigits(value string) string {
	if isASCII(value) {
		return value
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r < utf8.RuneSelf:
			return r
		case isWidthless(r):
			return -1
		case r >= '！' && r <= '～': // full-width ASCII
			return r - '！' + '!'
		case unicode.Is(unicode.Zs, r):
			return ' '
		case r == '‐' || r == '‑' || r == '‒' || r == '–' || r == '−':
			return '-'
		case unicode.Is(unicode.Nd, r):
			return '0' + digitValue(r)
		}
		return r
	}, value)
}

// digitValue counts from the zero of a script: Unicode has each script's ten
// digits in a row, and no two rows touch but those of mathematics, which
// begin at a multiple of ten from their first.
func digitValue(r rune) rune {
	if r >= 0x1d7ce && r <= 0x1d7ff {
		return (r - 0x1d7ce) % 10
	}
	n := rune(0)
	for n < 9 && unicode.Is(unicode.Nd, r-n-1) {
		n++
	}
	return n
}

// foldMarks makes the marks of other scripts in numbers ASCII.
func foldMarks(value string) string {
	if isASCII(value) {
		return value
	}
	return strings.Map(func(r rune) rune {
		switch r {
		case '٫':
			return '.'
		case '٬':
			return ','
		case '’', '‘', 'ʼ':
			return '\''
		}
		return r
	}, value)
}

// isCellError tells whether a cell holds what a spreadsheet puts in the place
// of a result it does not have.
func isCellError(value string) bool {
	if value == "" || value[0] != '#' {
		return false
	}
	switch strings.ToUpper(value) {
	case "#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!",
		"#GETTING_DATA", "#FIELD!", "#BLOCKED!", "#CONNECT!", "#UNKNOWN!", "#BUSY!", "#ERROR!",
		"#N/D", "#¡REF!", "#¡VALOR!", "#¡DIV/0!", "#¿NOMBRE?", "#¡NUM!", "#¡NULO!", "#VALOR!", "#NOME?", "#NÚM!":
		return true
	}
	// A column too narrow for its number, copied as shown.
	return strings.Trim(value, "#") == ""
}

func tooLong(value string) bool {
	return len(value) > maxCellChars && utf8.RuneCountInString(value) > maxCellChars
}

// isLost tells whether a character of a value was lost before it came here: a
// program that read it in a wrong encoding put U+FFFD in its place.
func isLost(value string) bool {
	return !isASCII(value) && strings.ContainsRune(value, utf8.RuneError)
}
