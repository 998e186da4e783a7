package paypro

import (
	"errors"
	"fmt"
	"net/mail"
	"net/netip"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/bulkpay/bulkpay/internal/money"
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

// wholeAmount demands a positive amount without decimals. "200.00" is
// refused as well: whether the point was meant as a thousands mark is for a
// person to say.
func wholeAmount(currency money.Currency) Rule {
	const want = "a whole number above 0, digits only, for example 1500"
	return func(value string, _ Values) (string, string) {
		amount, err := money.Parse(currency, value)
		switch {
		case errors.Is(err, money.ErrTooLarge):
			return "is larger than any payout", want
		case errors.Is(err, money.ErrDecimals), err == nil && strings.Contains(value, "."):
			return "has decimals, which the gateway does not take", want
		case err != nil:
			return "is not a plain number", want
		case amount.IsZero():
			return "is zero", want
		case value[0] == '0':
			return "starts with a zero", want
		}
		return "", ""
	}
}

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

func phone(value string, _ Values) (string, string) {
	const want = "a phone number of 7 to 15 digits"
	digits := strings.TrimPrefix(value, "+")
	if problem := onlyDigits(digits); problem != "" {
		return problem, want
	}
	if len(digits) < 7 || len(digits) > 15 {
		return count(len(digits), "digit"), want
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
