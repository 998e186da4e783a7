package samplegen

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// The numbers that check themselves.

// CLABE makes an account of a bank, by its three digits, with the right check
// digit.
func CLABE(prefix string, account uint64) string {
	digits := fmt.Sprintf("%s180%011d", prefix, account)
	sum := 0
	for i := range len(digits) {
		sum += int(digits[i]-'0') * [3]int{3, 7, 1}[i%3] % 10
	}
	return digits + strconv.Itoa((10-sum%10)%10)
}

// Card makes a card number with the right check digit.
func Card(number uint64) string {
	digits := fmt.Sprintf("400000%09d", number)
	sum := 0
	for i := range len(digits) {
		digit := int(digits[i] - '0')
		if i%2 == 0 { // the check digit makes sixteen, so these are doubled
			if digit *= 2; digit > 9 {
				digit -= 9
			}
		}
		sum += digit
	}
	return digits + strconv.Itoa((10-sum%10)%10)
}

// CPF makes the tax number of a Brazilian person with the right check digits.
func CPF(number uint64) string { return twoChecks(fmt.Sprintf("999%06d", number%1_000_000), 11) }

// CNPJ makes the tax number of a Brazilian company with the right check
// digits.
func CNPJ(number uint64) string { return twoChecks(fmt.Sprintf("99%06d0001", number%1_000_000), 9) }

// twoChecks appends two check digits. The weights count up from 2 at the last
// digit, and begin again above most.
func twoChecks(digits string, most int) string {
	for range 2 {
		sum, weight := 0, 2
		for i := len(digits) - 1; i >= 0; i-- {
			sum += int(digits[i]-'0') * weight
			if weight++; weight > most {
				weight = 2
			}
		}
		check := 11 - sum%11
		if check > 9 {
			check = 0
		}
		digits += strconv.Itoa(check)
	}
	return digits
}

// plain takes the accents off and leaves the letters.
func plain(text string) string {
	text = strings.NewReplacer("đ", "d", "Đ", "D").Replace(text)
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFD.String(text))
}
