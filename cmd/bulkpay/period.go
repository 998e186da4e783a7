package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"
)

// periodFlags are --from and --to: days of some time zone, or moments.
type periodFlags struct{ from, to string }

// flags adds them; zone says in words whose days they are.
func (p *periodFlags) flags(cmd *cobra.Command, zone string) {
	cmd.Flags().StringVar(&p.from, "from", "", "from this day (2026-11-01) or moment (2026-11-01T09:00:00Z) on, "+zone)
	cmd.Flags().StringVar(&p.to, "to", "", "up to this day, all of it, or up to just before this moment")
}

// period is from ≤ t < to; a zero time is open. A day begins and ends in zone.
func (p *periodFlags) period(zone *time.Location) (from, to time.Time, err error) {
	if from, _, err = momentOf("--from", p.from, zone); err != nil {
		return from, to, err
	}
	to, day, err := momentOf("--to", p.to, zone)
	if err != nil {
		return from, to, err
	}
	if day {
		to = to.AddDate(0, 0, 1) // the day itself belongs to it
	}
	if !from.IsZero() && !to.IsZero() && !from.Before(to) {
		return from, to, usageError{fmt.Errorf("--to %s is before --from %s", p.to, p.from)}
	}
	return from, to, nil
}

// within tells whether a moment is in the period as it is in a time zone.
func (p *periodFlags) within(at time.Time, zone *time.Location) (bool, error) {
	from, to, err := p.period(zone)
	return err == nil && !at.Before(from) && (to.IsZero() || at.Before(to)), err
}

// momentOf reads a day or a moment; day tells which it is.
func momentOf(flag, text string, zone *time.Location) (at time.Time, day bool, _ error) {
	if text == "" {
		return at, false, nil
	}
	if at, err := time.ParseInLocation(time.DateOnly, text, zone); err == nil {
		return at, true, nil
	}
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return at, false, nil
	}
	return at, false, usageError{fmt.Errorf("%s takes a day such as 2026-11-01, or a moment such as 2026-11-01T09:00:00Z", flag)}
}
