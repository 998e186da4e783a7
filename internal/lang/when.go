package lang

import (
	"fmt"
	"strconv"
	"time"
)

var (
	shortMonths = map[Lang][12]string{
		English: {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"},
		Spanish: {"ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"},
	}
	longMonths = map[Lang][12]string{
		English: {
			"January", "February", "March", "April", "May", "June",
			"July", "August", "September", "October", "November", "December",
		},
		Spanish: {
			"enero", "febrero", "marzo", "abril", "mayo", "junio",
			"julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre",
		},
	}
)

// Date is a day as people write it, in the zone that the time has:
// "21 Nov 2026", "21 nov 2026", "2026年11月21日". It is "" for the zero time.
func (l Lang) Date(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	year, month, day := at.Date()
	if l == Chinese {
		return fmt.Sprintf("%d年%d月%d日", year, int(month), day)
	}
	return fmt.Sprintf("%d %s %d", day, shortMonths[l][month-1], year)
}

// Moment is a time to the second, in UTC, and says so:
// "21 Nov 2026, 14:05:07 UTC". It is "" for the zero time.
func (l Lang) Moment(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	at = at.UTC()
	gap := ", "
	if l == Chinese {
		gap = " "
	}
	return l.Date(at) + gap + at.Format("15:04:05") + " UTC"
}

// Month is a month of a year: "November 2026", "noviembre de 2026",
// "2026年11月". It is "" for the zero time.
func (l Lang) Month(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	year := strconv.Itoa(at.Year())
	switch l {
	case Spanish:
		return longMonths[l][at.Month()-1] + " de " + year
	case Chinese:
		return year + "年" + strconv.Itoa(int(at.Month())) + "月"
	}
	return longMonths[l][at.Month()-1] + " " + year
}

// Span is from one day to another, both included: "1 Nov 2026 – 30 Nov 2026".
// A side that is the zero time is open; of one day only that day is said.
func (l Lang) Span(first, last time.Time) string {
	from, to := l.Date(first), l.Date(last)
	switch {
	case from == to:
		return from
	case from == "":
		return l.Text("until %s", to)
	case to == "":
		return l.Text("from %s on", from)
	}
	if l == Chinese {
		return from + "至" + to
	}
	return from + " – " + to
}

// Age is a length of time in its largest unit, never rounded up: "3 days",
// "1 hour", "under a minute". Less than two days are told in hours.
func (l Lang) Age(d time.Duration) string {
	switch hours := int(d / time.Hour); {
	case hours >= 48:
		return l.Plural(hours/24, "%d day", "%d days")
	case hours >= 1:
		return l.Plural(hours, "%d hour", "%d hours")
	case d >= time.Minute:
		return l.Plural(int(d/time.Minute), "%d minute", "%d minutes")
	}
	return l.Text("under a minute")
}
