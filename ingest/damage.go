package ingest

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/bulkpay/bulkpay/paypro"
)

// What a spreadsheet does to an identifier that it takes for a number, a date
// or a formula. It keeps 15 significant digits and no zeros in front; from
// twelve digits on it shows, and saves to a CSV, 6.4618E+17. Nobody notices
// until money bounces, or does not bounce.
//
// A finding is made from the kind of the cell where the file has kinds, and
// from the text alone where it has not. Nothing is made of a text cell of a
// workbook but what nobody types.
const (
	keptDigits = 15
	// lostZeros is how many zeros in front are looked for: no area's
	// identifier begins with more.
	lostZeros = 3

	wantTextCell = "the number as its owner writes it" + inTextColumn
	inTextColumn = ", typed anew in a column whose format is Text"
	wantProof    = "the number compared with its owner's; if it is right, =\"…\" around it in the CSV, or the sheet as .xlsx with this column as text"
)

// finding is damage to one value.
type finding struct {
	what, want string
	suggest    string // the value that it was, if there is one only
	warning    bool   // a person should look, and the row may be paid
}

// longIDs counts, in one column of a CSV, values of more than 15 digits: those
// that end in nothing but zeros there, and the others.
type longIDs struct{ cut, whole int }

// mostlyWhole tells whether a column shows that its long values came through.
// Where a spreadsheet cut them, it cut nearly all; of values that nobody cut,
// a tenth end in a zero by chance.
func (l longIDs) mostlyWhole() bool { return l.whole >= 4 && l.whole >= 3*l.cut }

// allCut tells whether all long values of a column end in zeros, and too many
// for chance.
func (l longIDs) allCut() bool { return l.whole == 0 && l.cut >= 3 }

// subject is an identifier and what is needed to judge it.
type subject struct {
	field   *paypro.Field
	value   string
	kind    kind
	row     paypro.Values
	failing bool // a rule of the area finds fault with it
	column  longIDs
}

// damage looks for what a spreadsheet did to an identifier.
func (s *subject) damage() (finding, bool) {
	switch {
	case s.kind == kindDate:
		return finding{what: "was turned into a date by a spreadsheet", want: wantTextCell}, true
	case s.kind == kindBool:
		return finding{what: "was turned into TRUE or FALSE by a spreadsheet", want: wantTextCell}, true
	case s.kind == kindNumber:
		return s.number()
	case isExponential(s.value) && (s.failing || strings.Contains(s.value, "+")):
		return finding{what: "was turned into a rounded number by a spreadsheet", want: wantTextCell}, true
	case s.kind == kindPlain && isCut(s.value):
		return s.cut()
	case (s.failing || s.kind == kindPlain) && isDateText(s.value):
		return finding{what: "is a date: a spreadsheet has made one of the number", want: wantTextCell}, true
	case s.failing && isBoolText(s.value):
		return finding{what: "is TRUE or FALSE, not a number", want: wantTextCell}, true
	case s.failing && plainDigits(s.value):
		if padded := only(s.padded(s.value)); padded != "" {
			return finding{what: "has lost the zeros in front", want: wantTextCell, suggest: padded}, true
		}
	}
	return finding{}, false
}

// number judges a numeric cell. It passes only if the value is proved to be
// whole: it has not more digits than are kept, satisfies the rules, and
// would not satisfy them with a zero more in front, so that none can have been
// lost. That holds for what has one length and never begins with a zero, as an
// Indian mobile or a CNIC; it does not for an account number of 9 to 18 digits.
func (s *subject) number() (finding, bool) {
	const kept = "is kept as a number"
	if !plainDigits(s.value) {
		return finding{what: kept + " with a sign or decimals", want: wantTextCell}, true
	}
	if len(s.value) > keptDigits {
		return finding{what: kept + ", of which a spreadsheet keeps 15 digits: the rest are lost", want: wantTextCell}, true
	}
	padded := s.padded(s.value)
	switch {
	case s.failing && len(padded) > 0:
		return finding{what: kept + " and has lost the zeros in front", want: wantTextCell, suggest: only(padded)}, true
	case s.failing || len(padded) == 0:
		return finding{}, false // a rule says what is wrong, or nothing is
	}
	// What money does not go by is not worth stopping a sheet for.
	aside := !s.field.Required && s.field.Role != paypro.RoleAccount && s.field.Role != paypro.RoleBank
	return finding{what: kept + ": zeros in front of it would be lost", want: wantTextCell, warning: aside}, true
}

// cut judges digits of a CSV that end in zeros where a spreadsheet would have
// put them. If no other ending satisfies the rules, the value is what it was:
// of a card the 15 digits that are kept decide the sixteenth, its check digit,
// so that a zero which passes is the zero that stood there. A CLABE loses three
// digits, and about a hundred of the thousand endings pass. So the text cannot
// tell, and a person is asked, once in a thousand accounts that are whole.
//
// What was lost is not proposed, even where one ending alone would do. A number
// that a program wrote with all its digits is rounded when it is shown, not
// cut, and then the digits that are left are wrong too, while their check digit
// can always be made right. For the same reason a value that is proved comes
// with a warning if every long value of its column ends so.
func (s *subject) cut() (finding, bool) {
	if s.failing {
		return finding{
			what: "ends in zeros from its 16th digit on, as a number that a spreadsheet has cut", want: wantTextCell,
		}, true
	}
	proved := len(s.value) <= keptDigits+lostZeros && only(s.endings()) == s.value
	if proved && !s.column.allCut() {
		return finding{}, false
	}
	// One digit without a check: a zero is there by chance too often to ask
	// each time, if the rest of the column speaks for itself.
	aside := proved || len(s.value) == keptDigits+1 && s.column.mostlyWhole()
	return finding{
		what: "ends in zeros from its 16th digit on: a spreadsheet that took it for a number would have put them there", want: wantProof, warning: aside,
	}, true
}

// padded lists the values with zeros in front that satisfy the rules. If the
// value as it stands raises no doubts, they must raise none either: a zero in
// front of a phone number that is known to be one makes it none.
func (s *subject) padded(value string) []string {
	var found []string
	sound := !s.failing && !doubtful(s.field, value, s.row)
	for n := 1; n <= lostZeros; n++ {
		candidate := strings.Repeat("0", n) + value
		if passes(s.field, candidate, s.row) && !(sound && doubtful(s.field, candidate, s.row)) {
			found = append(found, candidate)
		}
	}
	return found
}

func doubtful(field *paypro.Field, value string, row paypro.Values) bool {
	for _, doubt := range field.Doubts {
		if problem, _ := doubt(value, row); problem != "" {
			return true
		}
	}
	return false
}

// endings lists values that satisfy the rules and would have been cut to this
// one: every ending behind the digits that are kept, with zeros in front or
// without. It stops at the second, which makes a proposal impossible.
func (s *subject) endings() []string {
	lost := len(s.value) - keptDigits
	if lost < 1 || lost > lostZeros {
		return nil
	}
	var found []string
	count := [...]int{1, 10, 100, 1000}[lost]
	for zeros := 0; zeros <= lostZeros; zeros++ {
		candidate := []byte(strings.Repeat("0", zeros) + s.value)
		for ending := range count {
			for i, n := len(candidate)-1, ending; i >= len(candidate)-lost; i, n = i-1, n/10 {
				candidate[i] = byte('0' + n%10)
			}
			if passes(s.field, string(candidate), s.row) {
				if found = append(found, string(candidate)); len(found) > 1 {
					return found
				}
			}
		}
	}
	return found
}

// only is the one value of a list, "" if there are none or more.
func only(values []string) string {
	if len(values) == 1 {
		return values[0]
	}
	return ""
}

// passes tells whether a value would satisfy its field in its row.
func passes(field *paypro.Field, value string, row paypro.Values) bool {
	value = field.Canonical(value)
	if value == "" || field.MaxChars > 0 && utf8.RuneCountInString(value) > field.MaxChars {
		return false
	}
	if len(field.Choices) > 0 && !slices.Contains(field.Choices, value) {
		return false
	}
	for _, r := range value {
		if unicode.IsControl(r) || isWidthless(r) {
			return false
		}
	}
	for _, rule := range field.Rules {
		if problem, _ := rule(value, row); problem != "" {
			return false
		}
	}
	return true
}

// isCut tells whether digits end in nothing but zeros where a spreadsheet
// would have put them.
func isCut(value string) bool {
	return len(value) > keptDigits && plainDigits(value) && strings.Trim(value[keptDigits:], "0") == "" && strings.Trim(value, "0") != ""
}

// isExponential reads what spreadsheets show of a large number: a digit,
// perhaps a mark and digits, E, perhaps a sign, and digits.
func isExponential(value string) bool {
	if value == "" || !isDigit(value[0]) {
		return false
	}
	mantissa, exponent, ok := strings.Cut(strings.ToUpper(value), "E")
	if !ok {
		return false
	}
	exponent = strings.TrimLeft(exponent, "+-")
	if len(exponent) > 3 || !plainDigits(exponent) {
		return false
	}
	whole, fraction := mantissa, ""
	if at := strings.IndexAny(mantissa, ".,"); at >= 0 {
		whole, fraction = mantissa[:at], mantissa[at+1:]
	}
	return len(whole) == 1 && plainDigits(whole) && (fraction == "" || plainDigits(fraction))
}

// isDateText reads what spreadsheets show of a date: 1-Mar, 01/03/2026,
// 2026-03-01.
func isDateText(value string) bool {
	if value == "" || !isDigit(value[0]) || !strings.ContainsAny(value, "-/.") {
		return false
	}
	value, _, _ = strings.Cut(value, " ") // a time may follow
	parts := strings.FieldsFunc(value, func(r rune) bool { return r == '-' || r == '/' || r == '.' })
	if len(parts) < 2 || len(parts) > 3 || len(value) > 12 {
		return false
	}
	months, numbers := 0, 0
	for _, part := range parts {
		switch {
		case plainDigits(part) && len(part) <= 4:
			numbers++
		case len(part) == 3 && !isDigit(part[0]) && isMonth(part):
			months++
		default:
			return false
		}
	}
	if months == 1 {
		return numbers >= 1
	}
	return numbers == 3 && (len(parts[0]) == 4 && dayAndMonth(parts[1], parts[2]) || len(parts[2]) != 1 && len(parts[2]) != 3 && dayAndMonth(parts[0], parts[1]))
}

func isMonth(name string) bool {
	return strings.Contains(" jan feb mar apr may jun jul aug sep oct nov dec ene abr ago dic fev mai set out dez ", " "+strings.ToLower(name)+" ")
}

func dayAndMonth(a, b string) bool {
	small := func(text string, most string) bool {
		return len(text) <= 2 && text != "0" && text != "00" && (len(text) < 2 || text <= most)
	}
	return small(a, "31") && small(b, "12") || small(a, "12") && small(b, "31")
}

func isBoolText(value string) bool {
	switch strings.ToUpper(value) {
	case "TRUE", "FALSE", "VERDADERO", "FALSO", "VERDADEIRO":
		return true
	}
	return false
}
