package statement

import (
	"fmt"
	"time"
)

// Day is a civil date without a time or a zone: the number of days since
// 31 December of the year 0, so that 1 January of the year 1 is 1. Days can be
// compared and subtracted. The zero value is no day.
type Day int32

// unixDay is the Day of 1 January 1970.
const unixDay = 719163

// secondsOfDay is what a civil date, which knows no daylight saving, has.
const secondsOfDay = 24 * 60 * 60

// DayOf is the civil date of a time in its own zone.
func DayOf(t time.Time) Day {
	year, month, day := t.Date()
	return Day(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix()/secondsOfDay + unixDay) //nolint:gosec // years have four digits
}

// ParseDay reads "2026-11-22".
func ParseDay(text string) (Day, error) {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil || t.Year() == 0 {
		return 0, fmt.Errorf("%q is not a day such as 2026-11-22", text)
	}
	return DayOf(t), nil
}

// Time is the midnight, in UTC, that the day begins with, and the zero time of no day.
func (d Day) Time() time.Time {
	if d == 0 {
		return time.Time{}
	}
	return time.Unix((int64(d)-unixDay)*secondsOfDay, 0).UTC()
}

// String is "2026-11-22", or "" for no day.
func (d Day) String() string {
	if d == 0 {
		return ""
	}
	return d.Time().Format(time.DateOnly)
}

// MarshalText is [Day.String].
func (d Day) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (d *Day) UnmarshalText(text []byte) (err error) {
	*d = 0
	if len(text) > 0 {
		*d, err = ParseDay(string(text))
	}
	return err
}
