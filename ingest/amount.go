package ingest

import (
	"strings"
	"unicode/utf8"
)

// convention says which of point and comma separates the decimals. The other
// one groups thousands.
type convention uint8

const (
	noConvention convention = iota // nothing settles it
	decimalPoint
	decimalComma
)

func (c convention) mark() byte {
	if c == decimalComma {
		return ','
	}
	return '.'
}

func (c convention) String() string {
	if c == decimalComma {
		return "comma"
	}
	return "point"
}

// numeral is a number as written, taken apart.
type numeral struct {
	whole    string // digits, thousands marks taken out
	fraction string // digits behind the decimal mark
	// means is the convention by which alone this can be read; noConvention
	// if it has no point or comma.
	means convention
	// either tells that a point or comma stands before exactly three digits
	// and could be of either kind: 1.234, 1,234. Then whole and fraction are
	// not set, and mark says which it is.
	either bool
	mark   byte
	// head and tail are the digits around that mark.
	head, tail string
}

// readNumeral is an exact lexer of unsigned decimal numbers as people and
// spreadsheets write them: digits in groups of three between points, commas,
// spaces or apostrophes, or in the Indian way (12,34,567); then perhaps one
// decimal mark that is not the one of the groups. fault says in the words of
// a problem why a text is none.
//
// One mark with three digits behind it and one to three in front can be read
// in two ways. It is tempting to take it for a thousands mark, because no
// currency here has three decimals. But a program that exports 12.5 as 12.500
// does write three decimals, and then a thousand times the pay would go out.
// So it is settled only by the rest of the column, or by a person.
func readNumeral(text string) (n numeral, fault string) {
	const notPlain = "is not a plain number"
	if text == "" || !isDigit(text[0]) || !isDigit(text[len(text)-1]) {
		return n, notPlain
	}
	var groups []string
	var marks []byte
	start := 0
	for i := range len(text) {
		switch b := text[i]; {
		case isDigit(b):
		case b == '.' || b == ',' || b == ' ' || b == '\'':
			if i == start {
				return n, notPlain // two marks in a row
			}
			groups, marks = append(groups, text[start:i]), append(marks, b)
			start = i + 1
		default:
			return n, notPlain
		}
	}
	groups = append(groups, text[start:])
	return assemble(groups, marks)
}

// assemble gives marks their meaning.
func assemble(groups []string, marks []byte) (n numeral, fault string) {
	last := len(marks) - 1
	if last < 0 {
		return numeral{whole: groups[0]}, ""
	}
	// The last mark separates decimals if it is a point or comma that occurs
	// once; whether it must, shows by what stands around it.
	mark := marks[last]
	canBeDecimal := (mark == '.' || mark == ',') && strings.IndexByte(string(marks[:last]), mark) < 0
	if canBeDecimal && last == 0 && len(groups[1]) == 3 && len(groups[0]) <= 3 && groups[0][0] != '0' {
		return numeral{either: true, mark: mark, head: groups[0], tail: groups[1]}, ""
	}
	whole, fraction := groups, ""
	if canBeDecimal {
		whole, fraction = groups[:last+1], groups[last+1]
		marks = marks[:last]
		n.means = meaningOf(mark, true)
	}
	if !grouped(whole, marks) {
		return n, "is not a plain number: its thousands are not in groups of three"
	}
	if len(marks) > 0 && (marks[0] == '.' || marks[0] == ',') {
		n.means = meaningOf(marks[0], false)
	}
	n.whole, n.fraction = strings.Join(whole, ""), fraction
	return n, ""
}

// meaningOf is the convention under which a mark is what it is here.
func meaningOf(mark byte, decimal bool) convention {
	if (mark == '.') == decimal {
		return decimalPoint
	}
	return decimalComma
}

// grouped tells whether digits stand in groups: of three after the first, or
// with commas as in India, of two and the last of three.
func grouped(groups []string, marks []byte) bool {
	if len(marks) == 0 {
		return true
	}
	for _, mark := range marks {
		if mark != marks[0] {
			return false
		}
	}
	first, last := groups[0], groups[len(groups)-1]
	if first[0] == '0' || len(first) > 3 || len(last) != 3 {
		return false
	}
	middle := groups[1 : len(groups)-1]
	if all(middle, 3) {
		return true
	}
	return marks[0] == ',' && len(first) <= 2 && all(middle, 2)
}

func all(groups []string, digits int) bool {
	for _, group := range groups {
		if len(group) != digits {
			return false
		}
	}
	return true
}

// settle reads a numeral that could be either by a convention.
func (n numeral) settle(by convention) numeral {
	if !n.either || by == noConvention {
		return n
	}
	if n.mark == by.mark() {
		return numeral{whole: n.head, fraction: n.tail, means: by}
	}
	return numeral{whole: n.head + n.tail, means: by}
}

// canonical is the number in plain digits: without decimals if they are zero,
// otherwise with two at least, so that 1500.5 and 1,500.50 are the same text.
// Zeros in front are kept for the area's rules to refuse.
func (n numeral) canonical() string {
	fraction := strings.TrimRight(n.fraction, "0")
	if fraction == "" {
		return n.whole
	}
	for len(fraction) < 2 {
		fraction += "0"
	}
	return n.whole + "." + fraction
}

// symbols are what people write for the currencies of the areas. A dollar
// sign is a peso in Mexico and another currency elsewhere.
var symbols = map[string][]string{
	"MXN": {"MX$", "MEX$", "M.N.", "M.N", "MN", "$"},
	"INR": {"₹", "RS.", "RS"},
	"IDR": {"RP.", "RP"},
	"PKR": {"₨", "RS.", "RS"},
	"VND": {"₫", "VNĐ", "Đ"},
	"PHP": {"₱", "PHP.", "P"},
	"KES": {"KSHS.", "KSHS", "KSH.", "KSH", "KES."},
	"EGP": {"E£", "£E", "LE", "L.E.", "L.E", "ج.م."},
	"BRL": {"R$"},
	"NGN": {"₦"},
	"KRW": {"₩", "￦", "원"},
	"BDT": {"৳", "TK.", "TK"},
}

// stripCurrency takes the currency off both ends of an amount. foreign tells
// that something else stands beside the number.
func stripCurrency(text, currency string) (rest string, foreign bool) {
	if isDigit(text[0]) && isDigit(text[len(text)-1]) {
		return text, false
	}
	upper := strings.ToUpper(text)
	if len(upper) != len(text) {
		return text, false // no sign of a currency grows with its capitals
	}
	before, after := 0, 0
	for _, name := range append([]string{currency}, symbols[currency]...) {
		if strings.HasPrefix(upper, name) {
			before = max(before, len(name))
		}
		if strings.HasSuffix(upper, name) {
			after = max(after, len(name))
		}
	}
	if before+after >= len(text) {
		return text, false
	}
	rest = strings.Trim(text[before:len(text)-after], " ")
	foreign = rest != "" && strings.ContainsAny(rest, "0123456789") && (beside(rest[0]) || beside(rest[len(rest)-1]))
	return rest, foreign
}

// beside tells whether a byte at the end of what should be a number belongs
// to a word or the sign of a currency.
func beside(b byte) bool {
	return b == '$' || b >= utf8.RuneSelf || b|0x20 >= 'a' && b|0x20 <= 'z'
}

func isDigit(b byte) bool { return b >= '0' && b <= '9' }
