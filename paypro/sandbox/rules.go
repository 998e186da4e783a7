package sandbox

import (
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// Limits that the documents do not state. A value longer than maxValueBytes is refused.
const (
	maxValueBytes   = 1024
	maxTradeNoBytes = 32 // of a sister brand
)

// field is one parameter of a request and its rule.
type field struct {
	name     string
	required bool
	form     form
	check    func(string) bool // of a value that is not empty; nil: anything
}

// form is the JSON type of a parameter.
type form uint8

const (
	formString form = iota
	formNumber      // table and example agree on a number
	formEither      // they do not, or there is no example
)

// complaint is "" if a parameter may have the form it has.
func (f form) complaint(number bool) string {
	switch {
	case f == formString && number:
		return " must be a string"
	case f == formNumber && !number:
		return " must be a number"
	}
	return ""
}

// Fields that every area has.
var (
	signField      = field{name: "sign"} // required, and verified before all else: authentic
	timestampField = field{name: "timestamp", required: true, form: formEither, check: epochMillis}
	tradeNoField   = field{name: "tradeNo", required: true, check: tradeNumber}
	amountField    = field{name: "amount", required: true} // and see amountComplaint
	notifyURLField = field{name: "notifyUrl", required: true, check: httpURL}
	remarkField    = field{name: "remark"}
)

// What queries and balances have nearly everywhere.
var (
	askFields     = []field{signField, timestampField, tradeNoField}
	balanceFields = []field{signField, timestampField}
	// An area that documents no body takes the usual one without insisting.
	bareFields = []field{signField, {name: "timestamp", form: formEither, check: epochMillis}}
)

// must makes a field of an area required.
func must(f field) field {
	f.required = true
	return f
}

// complaint says what is wrong with p under the rules of fields, "" if nothing.
// It names parameters, never their values: they are accounts and people.
func complaint(p params, fields []field) string {
	for i := range p {
		f := findField(fields, p[i].key)
		switch {
		case f == nil:
			return "unknown parameter " + p[i].name()
		case f.form.complaint(p[i].number) != "":
			return f.name + f.form.complaint(p[i].number)
		case len(p[i].value) > maxValueBytes:
			return f.name + " is too long"
		}
	}
	for i := range fields {
		f := &fields[i]
		v, _ := p.get(f.name)
		switch {
		case v == "" && f.required:
			return f.name + " is required"
		case v != "" && f.check != nil && !f.check(v):
			return f.name + " is not valid"
		}
	}
	return ""
}

func findField(fields []field, name string) *field {
	for i := range fields {
		if fields[i].name == name {
			return &fields[i]
		}
	}
	return nil
}

func oneOf(values ...string) func(string) bool {
	return func(s string) bool { return slices.Contains(values, s) }
}

func notBlank(s string) bool { return strings.TrimSpace(s) != "" }

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

func digitsBetween(lo, hi int) func(string) bool {
	return func(s string) bool { return len(s) >= lo && len(s) <= hi && digits(s) }
}

// epochMillis tells milliseconds from seconds by their length: 13 digits are the
// years 2001 to 2286.
func epochMillis(s string) bool { return len(s) == 13 && s[0] != '0' && digits(s) }

func tradeNumber(s string) bool {
	for i := range len(s) {
		c := s[i]
		if !alphanumeric(c) && c != '_' && c != '-' {
			return false
		}
	}
	return len(s) <= maxTradeNoBytes
}

func alphanumeric(c byte) bool { return c >= '0' && c <= '9' || upper(c) || c >= 'a' && c <= 'z' }

func upper(c byte) bool { return c >= 'A' && c <= 'Z' }

func httpURL(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != ""
}

func ipAddress(s string) bool {
	_, err := netip.ParseAddr(s)
	return err == nil
}

// email is deliberately loose: something@something.something without white space.
func email(s string) bool {
	local, domain, ok := strings.Cut(s, "@")
	dot := strings.LastIndexByte(domain, '.')
	return ok && local != "" && dot > 0 && dot < len(domain)-1 && !strings.ContainsAny(s, " \t\r\n") &&
		!strings.Contains(domain, "@")
}

// accountNumber is loose: no page but Mexico's says what an account looks like. The longest is an IBAN's.
func accountNumber(s string) bool {
	for i := range len(s) {
		if !alphanumeric(s[i]) {
			return false
		}
	}
	return len(s) >= 4 && len(s) <= 34
}

// phone is a number in any country's form, where the page does not say which.
func phone(s string) bool { return digitsBetween(8, 15)(strings.TrimPrefix(s, "+")) }

// mobileWallet is a wallet that is named by its owner's mobile number, as in Bangladesh and Egypt.
func mobileWallet(s string) bool { return len(s) == 11 && digits(s) && strings.HasPrefix(s, "01") }

// indianMobile is a number without the 91: the documents' own example breaks this rule.
func indianMobile(s string) bool { return len(s) == 10 && digits(s) && s[0] >= '6' }

// ifsc is four letters of the bank, a zero, six characters of the branch.
func ifsc(s string) bool {
	if len(s) != 11 || s[4] != '0' {
		return false
	}
	for i := range len(s) {
		if c := s[i]; !upper(c) && (i < 4 || c < '0' || c > '9') {
			return false
		}
	}
	return true
}

// clabe is 18 digits, the last of which checks the others: weights 3, 7, 1.
func clabe(s string) bool {
	if len(s) != 18 || !digits(s) {
		return false
	}
	sum := 0
	for i := range 17 {
		sum += int(s[i]-'0') * [3]int{3, 7, 1}[i%3] % 10
	}
	return (10-sum%10)%10 == int(s[17]-'0')
}

// card is a number that passes the Luhn check.
func card(s string) bool {
	if len(s) < 15 || len(s) > 19 || !digits(s) {
		return false
	}
	sum := 0
	for i := range len(s) {
		d := int(s[len(s)-1-i] - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}
