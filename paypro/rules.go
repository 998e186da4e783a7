package paypro

import (
	"fmt"
	"net/mail"
	"net/netip"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The rules for values. Each returns a problem and a remedy without ever
// repeating the value: problems end up in logs.

func printable(value string, _ Values) (string, string) {
	if !utf8.ValidString(value) {
		return "has bytes that are not text", "text in UTF-8"
	}
	for _, r := range value {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return "has a line break, tab or other control character inside", "one line of text"
		}
		if unicode.Is(unicode.Cf, r) && r != zeroWidthJoiner && r != zeroWidthNonJoiner {
			// Marks that reverse the direction of text can make a name or a
			// reference read as another one.
			return "has an invisible character inside", "the text typed anew, without invisible characters"
		}
	}
	return "", ""
}

// The joiners are part of how some names are written.
const (
	zeroWidthNonJoiner = '\u200C'
	zeroWidthJoiner    = '\u200D'
)

// count is "1 digit", "2 digits".
func count(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("has %d %s", n, what)
}

func atMost(characters int) Rule {
	return func(value string, _ Values) (string, string) {
		if n := utf8.RuneCountInString(value); n > characters {
			return count(n, "character"), fmt.Sprintf("at most %d", characters)
		}
		return "", ""
	}
}

func oneOf(choices []string) Rule {
	want := "one of " + strings.Join(choices, ", ")
	return func(value string, _ Values) (string, string) {
		for _, choice := range choices {
			if value == choice {
				return "", ""
			}
		}
		return "is none of the known kinds", want
	}
}

func letters(want string, allowed func(rune) bool) Rule {
	return func(value string, _ Values) (string, string) {
		for _, r := range value {
			if !allowed(r) {
				return "has characters that do not belong there", want
			}
		}
		return "", ""
	}
}

func bankCodeChar(r rune) bool {
	return r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune(" _-.()", r)
}

// mixedBankCodeChar is for codes that are written as names.
func mixedBankCodeChar(r rune) bool { return bankCodeChar(r) || r >= 'a' && r <= 'z' || r == '&' }

func latinLetter(r rune) bool { return r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || r == ' ' }

// mexicanAccount checks the account by the row's account type.
func mexicanAccount(value string, row Values) (string, string) {
	switch row["customerAccountType"] {
	case "CLABE":
		return clabe(value)
	case "DebitCard":
		return debitCard(value)
	}
	// The account type is missing or wrong and reported on its own; which
	// check applies here cannot be known.
	return "", ""
}

func clabe(value string) (string, string) {
	const want = "a CLABE of 18 digits"
	if problem := onlyDigits(value); problem != "" {
		return problem, want
	}
	if len(value) != clabeDigits {
		return count(len(value), "digit"), want
	}
	if strings.HasPrefix(value, "000") {
		return "is not a CLABE: no bank has the code 000", want
	}
	if value[clabeDigits-1] != clabeCheckDigit(value[:clabeDigits-1]) {
		return "is not a CLABE: its check digit is wrong", "the 18 digits as the payee's bank prints them; one of them was mistyped"
	}
	return "", ""
}

const clabeDigits = 18

// clabeCheckDigit weighs the digits 3, 7, 1 in turn, each product modulo 10;
// the digit brings the sum to a multiple of ten.
func clabeCheckDigit(digits string) byte {
	weights := [3]int{3, 7, 1}
	sum := 0
	for i := range len(digits) {
		sum += int(digits[i]-'0') * weights[i%3] % 10
	}
	return byte('0' + (10-sum%10)%10)
}

func debitCard(value string) (string, string) {
	const want = "a card number of 16 digits"
	if problem := onlyDigits(value); problem != "" {
		return problem, want
	}
	if len(value) != 16 {
		return count(len(value), "digit"), want
	}
	if !luhn(value) {
		return "is not a card number: its check digit is wrong", "the 16 digits on the card; one of them was mistyped"
	}
	return "", ""
}

// luhn doubles every second digit from the right and wants a sum that ends
// in zero. A row of zeros satisfies the sum and is no card.
func luhn(digits string) bool {
	sum := 0
	for i := range len(digits) {
		digit := int(digits[len(digits)-1-i] - '0')
		if i%2 == 1 {
			digit *= 2
			if digit > 9 {
				digit -= 9
			}
		}
		sum += digit
	}
	return sum%10 == 0 && strings.Trim(digits, "0") != ""
}

func onlyDigits(value string) string {
	for _, r := range value {
		switch {
		case r == ' ' || r == '-':
			return "has spaces or dashes between the digits"
		case r == 'E' || r == 'e' || r == '+' || r == '.' || r == ',':
			return "was turned into a rounded number by a spreadsheet"
		case r < '0' || r > '9':
			return "has characters other than digits"
		}
	}
	return ""
}

// onlyMaskedDigits is onlyDigits for a number that people print with dots,
// dashes and slashes.
func onlyMaskedDigits(value string) string {
	if strings.Trim(value, "0123456789.-/ ") == "" && digitsIn(value) != len(value) && digitsIn(value) > 0 {
		return "has spaces, dots, dashes or slashes in unusual places"
	}
	return onlyDigits(value)
}

func digitsBetween(what string, least, most int) Rule {
	want := fmt.Sprintf("%s of %d to %d digits", what, least, most)
	return func(value string, _ Values) (string, string) {
		if problem := onlyDigits(value); problem != "" {
			return problem, want
		}
		if len(value) < least || len(value) > most {
			return count(len(value), "digit"), want
		}
		return "", ""
	}
}

func indianMobile(value string, _ Values) (string, string) {
	const want = "10 digits that start with 6, 7, 8 or 9, without +91"
	if strings.HasPrefix(value, "+") {
		return "has a country code", want
	}
	if problem := onlyDigits(value); problem != "" {
		return problem, want
	}
	switch {
	case len(value) == 12 && strings.HasPrefix(value, "91"):
		return "has the country code 91 in front", want
	case len(value) == 11 && value[0] == '0':
		return "has a leading 0", want
	case len(value) != 10:
		return count(len(value), "digit"), want
	case value[0] < '6':
		return "does not start with 6, 7, 8 or 9", want
	}
	return "", ""
}

// ifsc is four letters of the bank, a zero, and six letters or digits of the
// branch.
func ifsc(value string, _ Values) (string, string) {
	const want = "an IFSC of 11 characters: 4 capital letters, a zero, 6 letters or digits, for example IDFB0043121"
	if n := utf8.RuneCountInString(value); n != 11 {
		return count(n, "character"), want
	}
	for i, r := range value {
		letter, digit := r >= 'A' && r <= 'Z', r >= '0' && r <= '9'
		switch {
		case r >= 'a' && r <= 'z':
			return "has small letters", want
		case i < 4 && !letter:
			return "does not start with 4 letters", want
		case i == 4 && r == 'O':
			return "has the letter O where the fifth character must be a zero", want
		case i == 4 && r != '0':
			return "has no zero in the fifth place", want
		case i > 4 && !letter && !digit:
			return "has characters other than letters and digits", want
		}
	}
	return "", ""
}

func email(value string, _ Values) (string, string) {
	const want = "an e-mail address, for example name@example.com"
	address, err := mail.ParseAddress(value)
	if err != nil || address.Address != value {
		return "is not an e-mail address", want
	}
	if _, domain, _ := strings.Cut(value, "@"); !strings.Contains(strings.Trim(domain, "."), ".") {
		return "has no domain such as example.com after the @", want
	}
	return "", ""
}

func webAddress(value string, _ Values) (string, string) {
	const want = "a web address that starts with https://"
	parsed, err := url.Parse(value)
	if err != nil || parsed.Host == "" || parsed.Scheme != "https" && parsed.Scheme != "http" {
		return "is not a web address", want
	}
	if parsed.User != nil {
		return "has a password in the address", want
	}
	return "", ""
}

func ipAddress(value string, _ Values) (string, string) {
	if _, err := netip.ParseAddr(value); err != nil {
		return "is not an IP address", "an IP address, for example 203.0.113.10"
	}
	return "", ""
}

// The mask in which an identity card of Pakistan is printed; see [withoutMask].
var cnicMasks = []string{"99999-9999999-9"}

// cnic is the number of an identity card of Pakistan. It has no check digit.
func cnic(value string, _ Values) (string, string) {
	const want = "a CNIC of 13 digits, for example 1730123456789 or 17301-2345678-9"
	if problem := onlyDigits(value); problem != "" {
		return problem, want
	}
	switch {
	case len(value) != 13:
		return count(len(value), "digit"), want
	case value[0] == '0':
		return "is not a CNIC: no province has the number 0", want
	}
	return "", ""
}

var ibanMasks = []string{"PK99 XXXX XXXX XXXX XXXX XXXX"}

// pakistaniAccount is an account number or wallet in digits, or an IBAN,
// whose check digits tell a mistyped one.
func pakistaniAccount(value string, row Values) (string, string) {
	if !strings.HasPrefix(value, "PK") {
		return accountDigits(value, row)
	}
	const want = "an IBAN of 24 capital letters and digits, or an account number of 6 to 24 digits"
	for i := range len(value) {
		digit, letter := value[i] >= '0' && value[i] <= '9', value[i] >= 'A' && value[i] <= 'Z'
		if !digit && (!letter || i == 2 || i == 3) {
			return "is not an IBAN: it has characters that do not belong there", want
		}
	}
	if len(value) != 24 {
		return count(len(value), "character"), want
	}
	if ibanRest(value) != 1 {
		return "is not an IBAN: its check digits are wrong", "the 24 characters as the payee's bank prints them; one of them was mistyped"
	}
	return "", ""
}

var accountDigits = digitsBetween("an account number", 6, 24)

// ibanRest is the rest modulo 97 of an IBAN as ISO 13616 reads it: the first
// four characters last, a letter as two digits from A = 10.
func ibanRest(iban string) int {
	rest := 0
	for _, c := range []byte(iban[4:] + iban[:4]) {
		if c >= 'A' {
			rest = (rest*100 + int(c-'A') + 10) % 97
		} else {
			rest = (rest*10 + int(c-'0')) % 97
		}
	}
	return rest
}

// tenDigits doubts an account of Nigeria that is no NUBAN.
func tenDigits(value string, _ Values) (string, string) {
	if len(value) != 10 {
		return count(len(value), "digit"), "a NUBAN of 10 digits"
	}
	return "", ""
}
