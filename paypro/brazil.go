package paypro

import (
	"strings"
	"unicode/utf8"
)

// The identifiers of Brazil: CPF and CNPJ, the tax numbers of people and of
// companies, and the keys of PIX, which may be one of them.

// The masks in which they are printed; see [withoutMask].
var cpfMasks = []string{"999.999.999-99", "XX.XXX.XXX/XXXX-99"}

// pixKey checks the key by the row's kind of key.
func pixKey(value string, row Values) (string, string) {
	switch row["bankType"] {
	case "CPF":
		return cpf(value)
	case "CNPJ":
		return cnpj(value)
	case "EMAIL":
		return email(value, row)
	case "PHONE":
		return pixPhone(value)
	case "EVP":
		return evp(value)
	}
	// The kind is missing or wrong and reported on its own; which check
	// applies here cannot be known.
	return "", ""
}

// brazilianIdentity checks the payee's own number by the row's kind of it.
func brazilianIdentity(value string, row Values) (string, string) {
	switch row["identityType"] {
	case "CPF":
		return cpf(value)
	case "CNPJ":
		return cnpj(value)
	}
	return "", ""
}

// cpf is nine digits and two check digits. The row of one digit eleven times
// satisfies them and is given to nobody.
func cpf(value string) (string, string) {
	const want = "a CPF of 11 digits, without dots and dash"
	if problem := onlyMaskedDigits(value); problem != "" {
		return problem, want
	}
	if len(value) != 11 {
		return count(len(value), "digit"), want
	}
	if strings.Trim(value, value[:1]) == "" || !taxCheckDigits(value, 11) {
		return "is not a CPF: its check digits are wrong", "the 11 digits as on the payee's card; one of them was mistyped"
	}
	return "", ""
}

// cnpj is twelve digits or, from July 2026, capital letters, and two check
// digits over both; a letter counts as its place in ASCII after the zero.
func cnpj(value string) (string, string) {
	const want = "a CNPJ of 14 characters, without dots, dash and slash"
	for i, r := range value {
		letter, digit := r >= 'A' && r <= 'Z', r >= '0' && r <= '9'
		switch {
		case strings.ContainsRune(" .-/", r):
			return "has spaces, dots, dashes or slashes in other places than a CNPJ", want
		case r >= 'a' && r <= 'z':
			return "has small letters", want
		case !letter && !digit:
			return "has characters other than digits and capital letters", want
		case i >= 12 && letter:
			return "does not end with two check digits", want
		}
	}
	if len(value) != 14 {
		return count(len(value), "character"), want
	}
	if strings.Trim(value, value[:1]) == "" || !taxCheckDigits(value, 9) {
		return "is not a CNPJ: its check digits are wrong", "the 14 characters as in the payee's register; one of them was mistyped"
	}
	return "", ""
}

// taxCheckDigits weighs the characters from the right 2, 3, … up to a
// highest weight and then again from 2; eleven minus the rest is the digit,
// ten and eleven are zero. The first check digit counts in the second.
func taxCheckDigits(value string, highest int) bool {
	for end := len(value) - 2; end < len(value); end++ {
		sum, weight := 0, 2
		for i := end - 1; i >= 0; i-- {
			sum += int(value[i]-'0') * weight
			if weight++; weight > highest {
				weight = 2
			}
		}
		digit := (11 - sum%11) % 11 % 10
		if value[end] != byte('0'+digit) {
			return false
		}
	}
	return true
}

// pixPhone is a number in the international form, as PIX registers it.
func pixPhone(value string) (string, string) {
	const want = "+55, the area code and the number, for example +5511961234567"
	national, ok := strings.CutPrefix(value, "+55")
	if !ok {
		return "does not start with +55", want
	}
	if problem := onlyDigits(national); problem != "" {
		return problem, want
	}
	if len(national) != 10 && len(national) != 11 {
		return count(len(national), "digit") + " after +55", want
	}
	return "", ""
}

// evp is the random key of PIX, a UUID.
func evp(value string) (string, string) {
	const want = "a random key of 36 characters, for example 123e4567-e12b-12d1-a456-426655440000"
	if !isUUID(value) {
		if n := utf8.RuneCountInString(value); n != 36 {
			return count(n, "character"), want
		}
		return "is not a random key", want
	}
	if strings.ToLower(value) != value {
		return "has capital letters", want
	}
	return "", ""
}

func isUUID(value string) bool {
	if len(value) != 36 {
		return false
	}
	for i := range len(value) {
		c := value[i] | 0x20 // a letter in lower case; digits stay
		dash := i == 8 || i == 13 || i == 18 || i == 23
		hex := value[i] >= '0' && value[i] <= '9' || value[i] > '9' && c >= 'a' && c <= 'f'
		if dash && value[i] != '-' || !dash && !hex {
			return false
		}
	}
	return true
}

// doubtfulKey doubts a key that is somebody's tax number and not the payee's,
// and a phone number that nobody has.
func doubtfulKey(value string, row Values) (string, string) {
	kind := row["bankType"]
	if kind == "PHONE" {
		return brazilianPhone(value, row)
	}
	if kind != "CPF" && kind != "CNPJ" || row["userIdentity"] == "" {
		return "", ""
	}
	if kind == row["identityType"] && value != row["userIdentity"] {
		return "is another " + kind + " than the payee's own", "the key and the ID number of the same payee"
	}
	return "", ""
}

var brazilianPhone = knownPhone("BR", "a phone number that exists, with its area code")

// tidyPixKey takes out what people put between the digits of a CPF, a CNPJ or
// a phone number that begins with +55, and writes a random key in small
// letters, as PIX registers it.
func tidyPixKey(value string) string {
	if isUUID(value) {
		return strings.ToLower(value)
	}
	if strings.HasPrefix(value, "+55") && strings.Trim(value[1:], "0123456789 ()-") == "" {
		return "+" + keepDigits(value)
	}
	return withoutMask(cpfMasks)(value)
}
