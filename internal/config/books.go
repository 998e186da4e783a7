package config

import (
	"fmt"
	"time"
	_ "time/tzdata" // zones must mean the same on machines that have no list of them
)

// Accounts are what the books call the accounts that payouts are booked to.
// Where one has no name, the journal has one of its own.
type Accounts struct {
	Payable   string `toml:"payable"`   // what is owed to payees
	Gateway   string `toml:"gateway"`   // the money at the gateway
	Suspense  string `toml:"suspense"`  // what may or may not have been paid
	Fees      string `toml:"fees"`      // what the gateway charges
	Reversals string `toml:"reversals"` // what came back and the gateway has to give back
}

// AccountsOf are the accounts of a merchant: its own, and the file's where it
// has none. A merchant that is not configured has the file's.
func (c *Config) AccountsOf(merchant string) Accounts {
	if c == nil {
		return Accounts{}
	}
	a := c.Accounts
	if m, ok := c.Merchants[merchant]; ok {
		for _, one := range []struct {
			to   *string
			name string
		}{
			{&a.Payable, m.Accounts.Payable},
			{&a.Gateway, m.Accounts.Gateway},
			{&a.Suspense, m.Accounts.Suspense},
			{&a.Fees, m.Accounts.Fees},
			{&a.Reversals, m.Accounts.Reversals},
		} {
			if one.name != "" {
				*one.to = one.name
			}
		}
	}
	return a
}

// ZoneOf is where the days of a merchant's books begin and end: its own time
// zone, the file's, or this machine's.
func (c *Config) ZoneOf(merchant string) *time.Location {
	if c == nil {
		return time.Local
	}
	name := c.TimeZone
	if m, ok := c.Merchants[merchant]; ok && m.TimeZone != "" {
		name = m.TimeZone
	}
	if name == "" {
		return time.Local
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		panic("config: " + err.Error()) // it was loaded when the file was read
	}
	return zone
}

// zoneFault is what is wrong with the name of a time zone. "Local" is no name:
// it means something else on every machine.
func zoneFault(name string) string {
	if name == "" {
		return ""
	}
	if _, err := time.LoadLocation(name); err != nil || name == "Local" {
		return fmt.Sprintf("time_zone %q is none such as \"America/Mexico_City\" or \"UTC\"", name)
	}
	return ""
}
