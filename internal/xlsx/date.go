package xlsx

import (
	"math"
	"strings"
	"time"
)

const (
	secondsOfDay = 24 * 60 * 60
	// lastSerial is 9999-12-31, the last day Excel knows.
	lastSerial = 2958465
	// offset1904 is how many days the other calendar begins later.
	offset1904 = 1462
	// leapBug is 1900-02-29 in the calendar of 1900, a day that never was:
	// Excel keeps it to agree with Lotus 1-2-3.
	leapBug = 60
)

// appendDate appends a number as the date or time that it is shown as, and
// tells false if it is none: negative, or behind the year 9999.
func appendDate(dst []byte, serial float64, from1904 bool) ([]byte, bool) {
	if from1904 && serial >= 1 {
		serial += offset1904
	}
	if serial < 0 || serial >= lastSerial+1 {
		return dst, false
	}
	day := math.Floor(serial)
	second := int(math.Round((serial - day) * secondsOfDay))
	if second == secondsOfDay {
		day, second = day+1, 0
	}
	if day > lastSerial {
		return dst, false
	}
	clock := time.Date(2000, 1, 1, 0, 0, second, 0, time.UTC)
	if day == 0 {
		return clock.AppendFormat(dst, time.TimeOnly), true
	}
	dst = appendDay(dst, int(day))
	if second == 0 {
		return dst, true
	}
	return clock.AppendFormat(append(dst, ' '), time.TimeOnly), true
}

// appendDay appends a day of the calendar of 1900.
func appendDay(dst []byte, day int) []byte {
	switch {
	case day == leapBug:
		return append(dst, "1900-02-29"...)
	case day > leapBug:
		day--
	}
	return time.Date(1899, 12, 31+day, 0, 0, 0, 0, time.UTC).AppendFormat(dst, time.DateOnly)
}

var errDate = damage("has a date that is none")

// isoLayouts are how a cell of the type date is written. Fractions of a second
// are read with any of them.
var isoLayouts = []string{
	time.DateOnly, "2006-01-02T15:04:05", "2006-01-02T15:04:05Z07:00", "2006-01-02T15:04", time.TimeOnly,
}

// appendISO appends a date written as a date, in the form of the others.
func appendISO(dst, text []byte) ([]byte, error) {
	for _, layout := range isoLayouts {
		at, err := time.Parse(layout, string(text))
		if err != nil {
			continue
		}
		switch {
		case layout == time.TimeOnly:
			return at.AppendFormat(dst, time.TimeOnly), nil
		case at.Hour() == 0 && at.Minute() == 0 && at.Second() == 0:
			return at.AppendFormat(dst, time.DateOnly), nil
		}
		return at.AppendFormat(dst, time.DateTime), nil
	}
	return nil, errDate
}

// isDateFormat tells whether a number format of the user's own shows dates or
// times: whether it has a letter for a part of one, outside what is quoted,
// escaped or in brackets. Hours that run past 24 are such a letter in
// brackets.
func isDateFormat(format string) bool {
	if strings.EqualFold(format, "general") || strings.EqualFold(format, "standard") {
		return false
	}
	for i := 0; i < len(format); i++ {
		switch c := format[i]; c {
		case '"':
			end := strings.IndexByte(format[i+1:], '"')
			if end < 0 {
				return false
			}
			i += end + 1
		case '\\', '_', '*':
			i++
		case '[':
			end := strings.IndexByte(format[i:], ']')
			if end < 0 {
				return false
			}
			if inside := strings.ToLower(format[i+1 : i+end]); inside != "" && strings.Trim(inside, inside[:1]) == "" && strings.Contains("hms", inside[:1]) {
				return true
			}
			i += end
		case 'y', 'Y', 'm', 'M', 'd', 'D', 'h', 'H', 's', 'S':
			return true
		}
	}
	return false
}

// isBuiltInDate tells whether one of the formats that every workbook has shows
// dates; 27 to 36 and 50 to 58 do so in East Asian versions.
func isBuiltInDate(id int) bool {
	return id >= 14 && id <= 22 || id >= 27 && id <= 36 || id >= 45 && id <= 47 || id >= 50 && id <= 58
}
