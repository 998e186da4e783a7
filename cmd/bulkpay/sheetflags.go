package main

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/bulkpay/bulkpay/ingest"
	"github.com/bulkpay/bulkpay/internal/config"
	"github.com/bulkpay/bulkpay/internal/intake"
	"github.com/bulkpay/bulkpay/internal/money"
)

// sheetFlags is how a person says what bulkpay could not know of a sheet:
// every question it asks about one has its answer here.
type sheetFlags struct {
	worksheet   string
	columns     []string // "their header=field"
	saveColumns bool
	set         []string // "field=value"
	hidden      string
	decimal     string
	encoding    string
	delimiter   string
	strictBanks bool
	count       int
	sum         string
	duplicates  string
	window      window
	reports     string
}

// readingFlags are those for every command that reads a sheet.
func (o *sheetFlags) readingFlags(cmd *cobra.Command) {
	o.count = -1
	flags := cmd.Flags()
	flags.StringVar(&o.worksheet, "sheet", "", "which sheet of a workbook")
	flags.StringArrayVar(&o.columns, "map", nil, "what a column is, as `HEADER=FIELD`, or HEADER=- to ignore it; may be given more than once")
	flags.BoolVar(&o.saveColumns, "save-map", false, "keep what --map says in the merchant's configuration")
	flags.StringArrayVar(&o.set, "set", nil, "a value for all rows that have none, as `FIELD=VALUE`; may be given more than once")
	flags.StringVar(&o.hidden, "hidden", "", "hidden rows with values: include or skip them (default: ask)")
	flags.StringVar(&o.decimal, "decimal", "", "what a single mark in amounts is: point or comma for the decimals (default: ask where it is not clear)")
	flags.StringVar(&o.encoding, "encoding", "", "of a CSV: utf-8, utf-16le, utf-16be, windows-1252 or gb18030 (default: found out)")
	flags.StringVar(&o.delimiter, "delimiter", "", "of a CSV: comma, semicolon, tab or bar (default: found out)")
	flags.BoolVar(&o.strictBanks, "strict-banks", false, "a bank that is on no list, or not the account's, is a fault and not a warning")
}

// flags are those for commands that look whether a sheet may be paid.
func (o *sheetFlags) flags(cmd *cobra.Command) {
	o.readingFlags(cmd)
	flags := cmd.Flags()
	flags.IntVar(&o.count, "expect-count", -1, "how many rows there must be, or nothing is imported")
	flags.StringVar(&o.sum, "expect-sum", "", "what the amounts must add up to, or nothing is imported")
	flags.StringVar(&o.duplicates, "duplicates", "", "rows that were paid before, or stand twice: refuse the sheet (default), hold them, skip them, or pay them (with --reason)")
	flags.Var(&o.window, "duplicate-window", "how far back rows are looked for among earlier batches (default 45d)")
	flags.StringVar(&o.reports, "reports", "", "folder for reports and lists of faults (default: as configured, or reports)")
	// Left out of the help, a count of -1 says "none asked for".
	flags.Lookup("expect-count").DefValue = ""
}

// window is a time in days, if one was given.
type window struct {
	length time.Duration
	given  bool
}

// Set reads "45d" or "36h".
func (w *window) Set(text string) error {
	parsed, err := config.ParseDuration(text)
	w.length, w.given = parsed, true
	return err
}

// String is empty as long as nothing was set.
func (w *window) String() string {
	if !w.given {
		return ""
	}
	return w.length.String()
}

// Type names the value in the help.
func (w *window) Type() string { return "DAYS" }

func (o *sheetFlags) check() error {
	for _, flag := range []struct{ name, value, choices string }{
		{"duplicates", o.duplicates, "refuse hold skip pay"},
		{"hidden", o.hidden, "include skip"},
		{"decimal", o.decimal, "point comma"},
	} {
		if flag.value != "" && !slices.Contains(strings.Fields(flag.choices), flag.value) {
			return usageError{fmt.Errorf("--%s is one of %s", flag.name, strings.ReplaceAll(flag.choices, " ", ", "))}
		}
	}
	if o.count < -1 {
		return usageError{errors.New("--expect-count is a number of rows")}
	}
	return nil
}

// pairs reads "a=b" flags. The name ends at the last = for headers, which may
// have one themselves, and at the first for fields, whose values may.
func pairs(flag string, given []string, cut func(string) (string, string, bool)) (map[string]string, error) {
	all := map[string]string{}
	for _, one := range given {
		name, value, ok := cut(one)
		name = strings.TrimSpace(name)
		if !ok || name == "" {
			return nil, usageError{fmt.Errorf("--%s %q lacks the part before or after the =", flag, one)}
		}
		if was, twice := all[name]; twice && was != value {
			return nil, usageError{fmt.Errorf("--%s says two things about %q", flag, name)}
		}
		all[name] = strings.TrimSpace(value)
	}
	return all, nil
}

func cutLast(text string) (before, after string, found bool) {
	if at := strings.LastIndex(text, "="); at >= 0 {
		return text[:at], text[at+1:], true
	}
	return text, "", false
}

func cutFirst(text string) (before, after string, found bool) { return strings.Cut(text, "=") }

// options are what the flags and the merchant's settings say together about
// reading a sheet; the flags win.
func (o *sheetFlags) options(acc *account) (ingest.Options, error) {
	columns, err := pairs("map", o.columns, cutLast)
	if err != nil {
		return ingest.Options{}, err
	}
	constants, err := pairs("set", o.set, cutFirst)
	if err != nil {
		return ingest.Options{}, err
	}
	options := ingest.Options{
		Area: acc.area, Worksheet: o.worksheet,
		Map: maps.Clone(acc.columns), Constants: maps.Clone(acc.constants),
		Hidden: o.hidden, Decimal: o.decimal, Encoding: o.encoding, Delimiter: o.delimiter,
		Banks: acc.banks, StrictBanks: o.strictBanks || acc.strictBanks,
	}
	if options.Map == nil {
		options.Map = map[string]string{}
	}
	if options.Constants == nil {
		options.Constants = map[string]string{}
	}
	maps.Copy(options.Map, columns)
	maps.Copy(options.Constants, constants)
	return options, nil
}

// expect is what the flags say that the sheet holds.
func (o *sheetFlags) expect(acc *account) (intake.Expect, error) {
	var expect intake.Expect
	if o.count >= 0 {
		expect.Count = &o.count
	}
	if o.sum != "" {
		sum, err := money.Parse(acc.area.Currency, strings.ReplaceAll(o.sum, ",", ""))
		if err != nil {
			return expect, usageError{fmt.Errorf("--expect-sum is an amount in %s such as 1250000.00", acc.area.Currency.Code)}
		}
		expect.Sum = &sum
	}
	return expect, nil
}

// policy is what becomes of duplicates.
func (o *sheetFlags) policy(acc *account) intake.Policy {
	return intake.Policy(orDefault(o.duplicates, orDefault(acc.duplicates, string(intake.Refuse))))
}

// since is from when on earlier batches are looked at.
func (o *sheetFlags) since(acc *account, now time.Time) time.Time {
	back := orDefault(acc.duplicateWindow, intake.DuplicateWindow)
	if o.window.given {
		back = o.window.length
	}
	return now.Add(-back)
}
