package statement

import (
	"strconv"
	"strings"
	"time"
	"unicode"
)

// order is which part of a date stands where.
type order uint8

const (
	orderYMD order = 1 << iota
	orderDMY
	orderMDY
	orderAny = orderYMD | orderDMY | orderMDY
)

var orderNames = map[order]string{orderYMD: "YYYY-MM-DD", orderDMY: "DD/MM/YYYY", orderMDY: "MM/DD/YYYY"}

// orderOf reads a format, in words ("DD/MM/YYYY") or in Go's form
// ("02/01/2006"). ok is false if it does not name a day, a month and a year.
func orderOf(format string) (order, bool) {
	text := strings.NewReplacer("2006", "Y", "January", "M", "Jan", "M", "02", "D", "01", "M", "06", "Y", "_2", "D").Replace(format)
	var parts strings.Builder
	for _, r := range text {
		letter := unicode.ToUpper(r)
		if letter == 'A' { // año
			letter = 'Y'
		}
		if strings.ContainsRune("YMD", letter) && !strings.HasSuffix(parts.String(), string(letter)) && parts.Len() < 3 {
			parts.WriteRune(letter)
		}
	}
	switch parts.String() {
	case "YMD":
		return orderYMD, true
	case "DMY":
		return orderDMY, true
	case "MDY":
		return orderMDY, true
	}
	return 0, false
}

// months are the names of months by their first letters, without accents.
var months = map[string]int{
	"jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12,
	"ene": 1, "abr": 4, "ago": 8, "set": 9, "dic": 12,
	"fev": 2, "mai": 5, "out": 10, "dez": 12, "okt": 10,
}

// dateParts are the numbers of a date as they stand.
type dateParts struct {
	n     [3]int
	width [3]int
	month int // which of them is a name of a month; -1
}

// splitDate reads a date and passes over a time behind it.
func splitDate(text string) (dateParts, bool) {
	d := dateParts{month: -1}
	text = strings.TrimSpace(text)
	if len(text) > 64 {
		return d, false
	}
	if len(text) >= 8 && allDigits(text[:8]) {
		return compactDate(text)
	}
	rest := text
	for i := range 3 {
		rest = strings.TrimLeft(rest, "-/., 年月")
		end := strings.IndexFunc(rest, func(r rune) bool { return !isWordOf(rest, r) })
		if end < 0 {
			end = len(rest)
		}
		word := rest[:end]
		rest = rest[end:]
		switch n, err := strconv.Atoi(word); {
		case word == "":
			return d, false
		case err == nil && len(word) <= 4:
			d.n[i], d.width[i] = n, len(word)
		case d.month >= 0 || len(word) < 3:
			return d, false
		default:
			if d.n[i] = months[strings.ToLower(word)[:3]]; d.n[i] == 0 {
				return d, false
			}
			d.month = i
		}
	}
	return d, isTime(strings.TrimPrefix(rest, "日"))
}

// isWordOf tells whether a character goes on with the digits, or with the
// letters, that a word began with. The T before a time goes with neither.
func isWordOf(word string, r rune) bool {
	if word[0] >= '0' && word[0] <= '9' {
		return r >= '0' && r <= '9'
	}
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
}

func compactDate(text string) (dateParts, bool) {
	d := dateParts{month: -1, width: [3]int{4, 2, 2}}
	for i, piece := range [...]string{text[:4], text[4:6], text[6:8]} {
		d.n[i], _ = strconv.Atoi(piece) // digits, as the caller has seen
	}
	rest := text[8:]
	return d, isTime(rest) || len(rest) == 6 && allDigits(rest)
}

// isTime tells whether what follows a date is a time, or nothing.
func isTime(rest string) bool {
	if rest == "" {
		return true
	}
	if !strings.ContainsRune(" T,", rune(rest[0])) {
		return false
	}
	for _, r := range rest[1:] {
		if !strings.ContainsRune("0123456789:.+-Z apmAPM", r) {
			return false
		}
	}
	return true
}

// in reads the parts in an order. A month's name leaves no doubt about where the
// day is, but in MDY.
func (d dateParts) in(o order) (Day, bool) {
	var year, month, day int
	y := 2
	switch {
	case d.month == 0:
		month, day, year = d.n[0], d.n[1], d.n[2]
	case o == orderYMD:
		year, month, day, y = d.n[0], d.n[1], d.n[2], 0
	case o == orderMDY && d.month < 0:
		month, day, year = d.n[0], d.n[1], d.n[2]
	default:
		day, month, year = d.n[0], d.n[1], d.n[2]
	}
	if d.month == 2 || d.month == 0 && o == orderYMD {
		return 0, false
	}
	if d.width[y] == 2 {
		year += 2000
	} else if d.width[y] != 4 {
		return 0, false
	}
	return civil(year, month, day)
}

// orders are those in which the parts are a date.
func (d dateParts) orders() order {
	var fits order
	for _, o := range [...]order{orderYMD, orderDMY, orderMDY} {
		// With two digits for the year, a date is not taken to begin with it.
		if _, ok := d.in(o); ok && (o != orderYMD || d.width[0] == 4) {
			fits |= o
		}
	}
	return fits
}

// civil is a day that exists, of a year in which there were payouts.
func civil(year, month, day int) (Day, bool) {
	if year < 1990 || year > 2200 || month < 1 || month > 12 || day < 1 || day > 31 {
		return 0, false
	}
	t := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	return DayOf(t), t.Day() == day
}

func allDigits(text string) bool {
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return false
		}
	}
	return text != ""
}
