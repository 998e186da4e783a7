package lang

import (
	"strconv"
	"strings"
)

// Count is a whole number with thousands marks: "1,234,567". English, Mexico
// and China write it alike.
func (l Lang) Count(n int64) string { return l.Amount(strconv.FormatInt(n, 10)) }

// Amount is a plain decimal number ("-1234.50", as money gives it) with
// thousands marks. It changes no digit and rounds nothing; marks that are
// there already stay, and what is not a number is returned as it is.
func (l Lang) Amount(plain string) string {
	sign, digits := "", plain
	if strings.HasPrefix(plain, "-") {
		sign, digits = "-", plain[1:]
	}
	whole, fraction, hasPoint := strings.Cut(digits, ".")
	if whole == "" || strings.Trim(whole, "0123456789") != "" {
		return plain
	}
	var b strings.Builder
	b.WriteString(sign)
	for i, digit := range []byte(whole) {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteByte(digit)
	}
	if hasPoint {
		b.WriteString("." + fraction)
	}
	return b.String()
}

// Percent is a share of a whole, rounded to a tenth, half away from zero:
// "12.5 %" in Spanish, "12.5%" else. It never says 100 % or 0 % of what is
// only nearly so: the last tenth stays open on both sides. Nothing of nothing
// is a dash.
func (l Lang) Percent(part, whole int64) string {
	if whole <= 0 || part < 0 {
		return "–"
	}
	tenths := share(part, whole)
	text := strconv.FormatInt(tenths/10, 10)
	if tenths%10 != 0 {
		text += "." + strconv.FormatInt(tenths%10, 10)
	}
	if l == Spanish {
		return text + " %"
	}
	return text + "%"
}

// share is a part in tenths of a per cent.
func share(part, whole int64) int64 {
	some, notAll := part > 0, part < whole
	for whole > 1<<50 || part > 1<<50 { // or the product runs over; the tenth does not notice
		part, whole = part/2, max(whole/2, 1)
	}
	tenths := (part*2000 + whole) / (2 * whole)
	switch {
	case some && tenths == 0:
		return 1
	case notAll && tenths >= 1000:
		return 999
	}
	return tenths
}

// List joins names: "a, b and c", "a, b y c", "a、b和c".
func (l Lang) List(names ...string) string {
	comma, and := ", ", " and "
	switch l {
	case Spanish:
		and = " y "
		if len(names) > 0 && soundsLikeI(names[len(names)-1]) {
			and = " e "
		}
	case Chinese:
		comma, and = "、", "和"
	}
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	last := len(names) - 1
	return strings.Join(names[:last], comma) + and + names[last]
}

// soundsLikeI tells whether Spanish says "e" instead of "y" before a word.
func soundsLikeI(word string) bool {
	word = strings.ToLower(word)
	for _, diphthong := range []string{"ia", "ie", "io", "hia", "hie", "hio"} {
		if strings.HasPrefix(word, diphthong) {
			return false
		}
	}
	return strings.HasPrefix(word, "i") || strings.HasPrefix(word, "í") ||
		strings.HasPrefix(word, "hi") || strings.HasPrefix(word, "hí")
}
