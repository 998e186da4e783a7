package paypro

import "strings"

// What is taken out of identifiers before they are looked at. Only a value
// that fits a mask exactly is touched: anything else might be damaged, and is
// left for a rule to refuse.

// withoutMask takes the signs of a mask out of a value that fits it. In a
// mask, 9 stands for a digit, X for a digit or a capital letter; other letters
// stand for themselves and stay.
func withoutMask(masks []string) func(string) string {
	return func(value string) string {
		for _, mask := range masks {
			if plain, ok := unmask(value, mask); ok {
				return plain
			}
		}
		return value
	}
}

func unmask(value, mask string) (string, bool) {
	if len(value) != len(mask) {
		return "", false
	}
	plain := make([]byte, 0, len(value))
	for i := range len(mask) {
		c := value[i]
		digit, letter := c >= '0' && c <= '9', c >= 'A' && c <= 'Z'
		switch mask[i] {
		case '9', 'X':
			if !digit && (mask[i] == '9' || !letter) {
				return "", false
			}
			plain = append(plain, c)
		default:
			if c != mask[i] {
				return "", false
			}
			if letter {
				plain = append(plain, c)
			}
		}
	}
	return string(plain), true
}

// withoutDashes takes the dashes out of an account as South Korean banks
// print it. A date has dashes too, but only eight digits.
func withoutDashes(value string) string {
	const least = 10
	if strings.Trim(value, "0123456789-") != "" || strings.HasPrefix(value, "-") || strings.HasSuffix(value, "-") ||
		strings.Contains(value, "--") || digitsIn(value) < least {
		return value
	}
	return strings.ReplaceAll(value, "-", "")
}

func digitsIn(text string) int {
	n := 0
	for i := range len(text) {
		if text[i] >= '0' && text[i] <= '9' {
			n++
		}
	}
	return n
}

func keepDigits(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, text)
}
