package main

import (
	"testing"
	"time"
)

// A batch of the last evening of November is November's, wherever UTC is by
// then.
func TestADayIsTheMerchantsDay(t *testing.T) {
	t.Parallel()
	zone := func(name string) *time.Location {
		z, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		return z
	}
	november := &periodFlags{from: "2026-11-01", to: "2026-11-30"}
	moment := &periodFlags{from: "2026-12-01T00:00:00Z"}
	evening := time.Date(2026, 12, 1, 4, 30, 0, 0, time.UTC) // 22:30 in Mexico on 30 November
	for _, c := range []struct {
		period *periodFlags
		at     time.Time
		zone   string
		want   bool
	}{
		{november, evening, "America/Mexico_City", true},
		{november, evening, "UTC", false},
		{november, evening.Add(2 * time.Hour), "America/Mexico_City", false},
		{november, time.Date(2026, 10, 31, 18, 30, 0, 0, time.UTC), "Asia/Kolkata", true}, // past midnight there
		{november, time.Date(2026, 10, 31, 18, 29, 59, 0, time.UTC), "Asia/Kolkata", false},
		{moment, evening, "America/Mexico_City", true},
		{moment, evening.Add(-5 * time.Hour), "Asia/Kolkata", false},
	} {
		if got, err := c.period.within(c.at, zone(c.zone)); err != nil || got != c.want {
			t.Errorf("%v: %s in %s: %v, %v", c.period, c.at, c.zone, got, err)
		}
	}
	if _, err := (&periodFlags{from: "yesterday"}).within(evening, time.UTC); err == nil {
		t.Error("yesterday is a day")
	}
}
