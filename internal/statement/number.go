package statement

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// number is an amount as a table has it.
type number struct {
	negative bool
	side     int    // 1: marked as a debit, -1: as a credit, 0: not marked
	plain    string // digits and perhaps a full stop
}

// parseNumber reads what people and banks write: signs before or behind, brackets,
// currency signs, DR and CR, marks between thousands, lakhs and crores. decimal is the mark
// before the decimals, '.' or ','.
func parseNumber(text string, decimal byte) (number, bool) {
	var n number
	if isPlain(text, decimal) {
		n.plain = text
		if decimal == ',' {
			n.plain = strings.Replace(text, ",", ".", 1)
		}
		return n, true
	}
	text = strings.TrimSpace(text)
	text = n.takeSide(text)
	if strings.HasPrefix(text, "(") && strings.HasSuffix(text, ")") {
		n.negative, text = true, text[1:len(text)-1]
	}
	text = n.takeSign(text)
	text = trimMoney(text)
	text = n.takeSign(text)
	var ok bool
	n.plain, ok = plainNumber(text, decimal)
	return n, ok
}

// isPlain tells whether a text is digits with at most one mark between them, as most are.
func isPlain(text string, decimal byte) bool {
	const mostBytes = 20
	marks := 0
	for i := range len(text) {
		switch c := text[i]; {
		case c >= '0' && c <= '9':
		case c == decimal && i > 0 && i < len(text)-1:
			marks++
		default:
			return false
		}
	}
	return text != "" && len(text) <= mostBytes && marks <= 1
}

// takeSign takes off one minus or plus, before or behind.
func (n *number) takeSign(text string) string {
	text = strings.TrimSpace(text)
	for _, minus := range [...]string{"-", "−", "–"} {
		for _, cut := range [...]func(string, string) (string, bool){strings.CutPrefix, strings.CutSuffix} {
			if rest, found := cut(text, minus); found && !n.negative {
				n.negative = true
				return strings.TrimSpace(rest)
			}
		}
	}
	return strings.TrimSpace(strings.TrimPrefix(text, "+"))
}

// takeSide takes off DR or CR behind a number.
func (n *number) takeSide(text string) string {
	upper := strings.TrimRight(strings.ToUpper(text), ".")
	if len(upper) > len(text) {
		return text // a letter whose capital is longer
	}
	for suffix, side := range map[string]int{"DR": 1, "CR": -1} {
		if rest, found := strings.CutSuffix(upper, suffix); found && rest != "" {
			n.side = side
			return strings.TrimSpace(text[:len(rest)])
		}
	}
	return text
}

// trimMoney takes off a currency before or behind: its sign, or up to three letters.
func trimMoney(text string) string {
	const most = 4 // "Rs.", "MX$", "EUR"
	isMoney := func(r rune) bool {
		return unicode.IsLetter(r) || unicode.Is(unicode.Sc, r) || r == '.' || r == ' ' || r == 0xa0
	}
	rest := strings.TrimLeftFunc(text, func(r rune) bool { return isMoney(r) && r != '.' })
	if strings.HasPrefix(rest, ".") && rest != text && strings.HasPrefix(strings.ToLower(text), "rs") {
		rest = strings.TrimLeft(rest[1:], " ")
	}
	if utf8.RuneCountInString(text)-utf8.RuneCountInString(rest) <= most {
		text = rest
	}
	rest = strings.TrimRightFunc(text, func(r rune) bool { return isMoney(r) && r != '.' })
	if utf8.RuneCountInString(text)-utf8.RuneCountInString(rest) <= most {
		text = rest
	}
	return text
}

// plainNumber reads digits with marks between groups, of three or, from the second group
// on, of two.
func plainNumber(text string, decimal byte) (string, bool) {
	const mostBytes = 40
	if len(text) > mostBytes || text == "" {
		return "", false
	}
	whole, fraction, has := strings.Cut(text, string(decimal))
	if has && fraction != "" && !allDigits(fraction) || !has && whole == "" {
		return "", false
	}
	groups := splitGroups(whole, decimal)
	if groups == nil {
		return "", false
	}
	plain := strings.Join(groups, "")
	if plain == "" {
		if fraction == "" {
			return "", false
		}
		plain = "0" // ".50"
	}
	if fraction != "" {
		plain += "." + fraction
	}
	return plain, true
}

// splitGroups is nil if the groups are not ones that people write.
func splitGroups(whole string, decimal byte) []string {
	if whole == "" || allDigits(whole) {
		return []string{whole}
	}
	marks := []string{",", " ", "\u00a0", "\u202f", "'", "’"}
	if decimal == ',' {
		marks[0] = "."
	}
	for _, mark := range marks {
		if !strings.Contains(whole, mark) {
			continue
		}
		if groups := strings.Split(whole, mark); areGroups(groups) {
			return groups
		}
	}
	return nil
}

func areGroups(groups []string) bool {
	const thousand, lakh = 3, 2
	last := len(groups) - 1
	first := len(groups[0])
	if !allDigits(groups[0]) || first > thousand || len(groups[last]) != thousand || !allDigits(groups[last]) {
		return false
	}
	for _, group := range groups[1:last] {
		if !allDigits(group) || len(group) != len(groups[1]) || len(group) != thousand && len(group) != lakh {
			return false
		}
	}
	return last == 1 || len(groups[1]) == thousand || first <= lakh
}

// isNothing tells whether a cell of an amount is empty, whatever way that is written.
func isNothing(text string) bool {
	switch text {
	case "", "-", "–", "—", "N/A", "n/a", "--":
		return true
	}
	return false
}
