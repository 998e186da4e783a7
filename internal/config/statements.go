package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/bulkpay/bulkpay/internal/statement"
)

// profileFaults lists all that is wrong with the profiles of statements.
func (c *Config) profileFaults() []error {
	var faults []error
	for _, name := range slices.Sorted(maps.Keys(c.Statements)) {
		profile := c.Statements[name]
		profile.Name = name
		if name == statement.PayproProfile {
			faults = append(faults, fmt.Errorf("%s: statements %s: the name is that of the built-in profile", c.path, name))
		}
		for _, fault := range profile.Check() {
			faults = append(faults, fmt.Errorf("%s: statements %s: %s", c.path, name, fault))
		}
	}
	return faults
}

// Profile finds a profile of statements by its name; c may be nil.
func (c *Config) Profile(name string) (*statement.Profile, error) {
	if name == statement.PayproProfile {
		return &statement.Profile{Name: name, Kind: statement.KindGateway}, nil
	}
	names := []string{statement.PayproProfile}
	if c != nil {
		if profile, ok := c.Statements[name]; ok {
			return profile, nil
		}
		names = append(names, slices.Sorted(maps.Keys(c.Statements))...)
	}
	return nil, fmt.Errorf("there is no profile %s of statements; there are %s", name, strings.Join(names, ", "))
}

// Profiles are those of the configuration, by name; c may be nil. A statement is tried with each
// in turn.
func (c *Config) Profiles() []*statement.Profile {
	if c == nil {
		return nil
	}
	var all []*statement.Profile
	for _, name := range slices.Sorted(maps.Keys(c.Statements)) {
		all = append(all, c.Statements[name])
	}
	return all
}
