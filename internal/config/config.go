// Package config reads bulkpay's configuration: a TOML file with named
// merchants.
//
//	ledger  = "bulkpay.db"            # where the books are kept
//	reports = "reports"               # where reports are written
//	language = "es"                   # of the reports and of what explain says: en (default), es or zh
//	time_zone = "America/Mexico_City" # where a day of the books begins and ends; this machine's unless told
//
//	[accounts]                        # what the books call them; merchants may have their own
//	gateway = "1010"
//
//	[reconcile]                       # how far statements may lie from payouts; merchants may have their own
//	days = 2
//
//	[merchants.acme-mx]
//	area        = "mexico"
//	base_url    = "https://…"         # given to you by the gateway; never published
//	merchant_no = "0000000001"
//	secret_file = "acme-mx.secret"    # readable by you alone; or secret_env = "ACME_MX_SECRET"
//	notify_url  = "https://…"         # for sheets without that column
//	rate        = 20                  # payouts a second
//	limit_day   = "500000"            # no more than that is sent a day
//
//	[merchants.acme-mx.columns]       # what their sheets call the fields
//	"Cta. del empleado" = "customerAccount"
//
//	[statements.bbva]                 # how a bank's statements are written
//	dates = ["DD/MM/YYYY"]
//
// Banks that the gateway takes stand beside it, in banks.mexico.csv and the
// like ([Config.Banks]).
//
// A key that bulkpay does not know is an error with its line, because a
// misspelt limit is no limit. Relative paths start at the file's own folder.
// The secret itself never stands in the file.
package config

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2"

	"github.com/bulkpay/bulkpay/internal/lang"
	"github.com/bulkpay/bulkpay/internal/money"
	"github.com/bulkpay/bulkpay/internal/statement"
	"github.com/bulkpay/bulkpay/paypro"
)

// File is the name that is looked for in the working folder.
const File = "bulkpay.toml"

// Config is a configuration file.
type Config struct {
	Ledger    string               `toml:"ledger"`
	Reports   string               `toml:"reports"`
	Language  string               `toml:"language"`  // of what people read; "": English
	TimeZone  string               `toml:"time_zone"` // "America/Mexico_City"; "": this machine's
	Accounts  Accounts             `toml:"accounts"`
	Reconcile Reconcile            `toml:"reconcile"`
	Merchants map[string]*Merchant `toml:"merchants"`

	// Statements says how statements of banks are written, by the names that people give them.
	Statements map[string]*statement.Profile `toml:"statements"`

	path string
}

// Merchant is one account at the gateway.
type Merchant struct {
	Name           string            `toml:"-"`
	Area           string            `toml:"area"`
	BaseURL        string            `toml:"base_url"`
	FormerBaseURLs []string          `toml:"former_base_urls"`
	MerchantNo     string            `toml:"merchant_no"`
	SecretEnv      string            `toml:"secret_env"`
	SecretFile     string            `toml:"secret_file"`
	SecretPosition string            `toml:"secret_position"`
	SignPlace      string            `toml:"sign_place"` // "body" or "header", where an area lets one choose
	Wire           map[string]string `toml:"wire"`
	UnknownWords   []string          `toml:"unknown_words"`
	NotifyURL      string            `toml:"notify_url"`
	IPAddress      string            `toml:"ip_address"`
	TimeZone       string            `toml:"time_zone"` // "": the file's
	Accounts       Accounts          `toml:"accounts"`  // of the books; what is missing is the file's

	Reconcile       Reconcile         `toml:"reconcile"` // what is missing is the file's
	Columns         map[string]string `toml:"columns"`   // their header to our field
	Set             map[string]string `toml:"set"`       // field to the value that all rows have
	StrictBanks     bool              `toml:"strict_banks"`
	Duplicates      string            `toml:"duplicates"` // "refuse" (default), "hold" or "skip"
	DuplicateWindow Duration          `toml:"duplicate_window"`

	Rate           float64  `toml:"rate"`
	QueryRate      float64  `toml:"query_rate"`
	Workers        int      `toml:"workers"`
	Deadline       Duration `toml:"deadline"`
	RequestTimeout Duration `toml:"request_timeout"`

	InDoubt        string   `toml:"in_doubt"` // "resend" (default) or "hold"
	UnknownAnswers int      `toml:"unknown_answers"`
	Quarantine     Duration `toml:"quarantine"`
	MaxAttempts    int      `toml:"max_attempts"`

	Watch      []Duration `toml:"watch"`       // nil: default; empty: never
	StuckAfter *Duration  `toml:"stuck_after"` // nil: default; 0: never

	LimitPayout string `toml:"limit_payout"` // amounts such as "50000"
	LimitBatch  string `toml:"limit_batch"`
	LimitDay    string `toml:"limit_day"`

	Canary           int       `toml:"canary"`
	HaltSameCode     *int      `toml:"halt_same_code"`     // nil: default; 0: never
	HaltFailureShare *float64  `toml:"halt_failure_share"` // nil: default; 0: never
	BalanceEvery     *Duration `toml:"balance_every"`      // nil: default; 0: never
	FeeAllowance     *float64  `toml:"fee_allowance"`      // nil: default
}

// Duration is a time written as "90s", "15m", "2h" or "45d".
type Duration time.Duration

// UnmarshalText reads "90s", "15m", "2h", "45d"; negative times are refused.
func (d *Duration) UnmarshalText(text []byte) error {
	parsed, err := ParseDuration(string(text))
	*d = Duration(parsed)
	return err
}

// ParseDuration reads a time as [time.ParseDuration] does, and whole days
// besides.
func ParseDuration(text string) (time.Duration, error) {
	parsed, err := time.ParseDuration(text)
	if number, ok := strings.CutSuffix(text, "d"); ok && err != nil {
		var days uint16
		if days, err = parseDays(number); err == nil {
			parsed = time.Duration(days) * 24 * time.Hour
		}
	}
	if err != nil || parsed < 0 {
		return 0, fmt.Errorf("%q is not a time such as 90s, 15m, 2h or 45d", text)
	}
	return parsed, nil
}

func parseDays(text string) (uint16, error) {
	days, err := strconv.ParseUint(text, 10, 16)
	return uint16(days), err //nolint:gosec // ParseUint was asked for 16 bits
}

// Limits of what can be configured; the command's flags have the same.
const (
	minRate    = 0.1       // as the flags have it
	maxRate    = 100_000.0 // the same
	maxWorkers = 256
)

// ErrNone is that no configuration file exists.
var ErrNone = errors.New("no configuration file")

// Load reads the file at path. An empty path is BULKPAY_CONFIG, or
// bulkpay.toml in the working folder, or ErrNone.
func Load(path string) (*Config, error) {
	asked := path != ""
	if !asked {
		path, asked = os.LookupEnv("BULKPAY_CONFIG")
		if path == "" {
			path, asked = File, false
		}
	}
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) && !asked {
		return nil, ErrNone
	}
	if err != nil {
		return nil, fmt.Errorf("configuration: %w", err)
	}
	return Parse(text, path)
}

// Parse reads a configuration; path names it in errors and anchors relative
// paths.
func Parse(text []byte, path string) (*Config, error) {
	c := &Config{path: path}
	decoder := toml.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(c); err != nil {
		return nil, located(path, err)
	}
	var faults []error
	for _, name := range slices.Sorted(maps.Keys(c.Merchants)) {
		merchant := c.Merchants[name]
		merchant.Name = name
		for _, fault := range merchant.faults() {
			faults = append(faults, fmt.Errorf("%s: merchant %s: %s", path, name, fault))
		}
		merchant.SecretFile = c.beside(merchant.SecretFile)
	}
	faults = append(faults, c.profileFaults()...)
	for _, fault := range c.Reconcile.faults(money.Currency{}) {
		faults = append(faults, fmt.Errorf("%s: %s", path, fault))
	}
	if fault := zoneFault(c.TimeZone); fault != "" {
		faults = append(faults, fmt.Errorf("%s: %s", path, fault))
	}
	if _, err := lang.Parse(orEnglish(c.Language)); err != nil {
		faults = append(faults, fmt.Errorf("%s: language: %w", path, err))
	}
	c.Ledger, c.Reports = c.beside(c.Ledger), c.beside(c.Reports)
	return c, errors.Join(faults...)
}

// Lang is the language of what people read.
func (c *Config) Lang() lang.Lang {
	l, err := lang.Parse(orEnglish(c.Language))
	if err != nil {
		panic(err) // it was looked at when the file was read
	}
	return l
}

func orEnglish(language string) string {
	if language == "" {
		return lang.English.String()
	}
	return language
}

// located gives the decoder's errors a line.
func located(path string, err error) error {
	var unknown *toml.StrictMissingError
	if errors.As(err, &unknown) {
		var faults []error
		for _, one := range unknown.Errors {
			row, column := one.Position()
			faults = append(faults, fmt.Errorf("%s: line %d, column %d: there is no setting %s", path, row, column, strings.Join(one.Key(), ".")))
		}
		return errors.Join(faults...)
	}
	var syntax *toml.DecodeError
	if errors.As(err, &syntax) {
		row, column := syntax.Position()
		return fmt.Errorf("%s: line %d, column %d: %s", path, row, column, strings.TrimPrefix(syntax.Error(), "toml: "))
	}
	return fmt.Errorf("%s: %w", path, err)
}

func (c *Config) beside(path string) string {
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(filepath.Dir(c.path), path)
}

// faults lists all that is wrong with a merchant.
func (m *Merchant) faults() []string {
	var faults []string
	fault := func(when bool, format string, args ...any) {
		if when {
			faults = append(faults, fmt.Sprintf(format, args...))
		}
	}
	area, known := paypro.LookupArea(m.Area)
	fault(zoneFault(m.TimeZone) != "", "%s", zoneFault(m.TimeZone))
	fault(!known, "area %q is not one of %s", m.Area, strings.Join(areaSlugs(), ", "))
	if err := paypro.CheckBaseURL(m.BaseURL); err != nil {
		fault(true, "base_url: %s", strings.TrimPrefix(err.Error(), "paypro: "))
	}
	fault(m.MerchantNo == "", "merchant_no is missing")
	fault((m.SecretEnv == "") == (m.SecretFile == ""), "give either secret_env or secret_file")
	fault(m.SecretPosition != "" && !paypro.SecretPosition(m.SecretPosition).Valid(), "secret_position is suffix or prefix")
	fault(m.Duplicates != "" && !slices.Contains([]string{"refuse", "hold", "skip"}, m.Duplicates), "duplicates is refuse, hold or skip")
	fault(m.InDoubt != "" && m.InDoubt != "resend" && m.InDoubt != "hold", "in_doubt is resend or hold")
	if known {
		faults = append(faults, m.fieldFaults(area)...)
		fault(m.SignPlace != "" && !slices.Contains(append(slices.Clone(area.SignPlaces), paypro.SignInBody), paypro.SignPlace(m.SignPlace)),
			"sign_place %q is no place that %s has for the signature", m.SignPlace, area.Name)
	}
	faults = append(faults, m.haltFaults()...)
	if known {
		_, err := m.Limits(area.Currency)
		fault(err != nil, "%v", err)
		faults = append(faults, m.Reconcile.faults(area.Currency)...)
	}
	for _, rate := range []float64{m.Rate, m.QueryRate} {
		// NaN compares with nothing, so the question is put this way round.
		fault(!(rate == 0 || rate >= minRate && rate <= maxRate), "rate and query_rate lie between %.1f and %.0f a second", minRate, maxRate)
	}
	fault(m.Workers > maxWorkers, "workers lies between 1 and %d", maxWorkers)
	fault(m.Workers < 0 || m.UnknownAnswers < 0 || m.MaxAttempts < 0, "numbers must not be negative")
	return faults
}

// fieldFaults looks at the names of fields: a misspelt one would be a column
// that is not read, or a value that is not set.
func (m *Merchant) fieldFaults(area *paypro.Area) []string {
	var faults []string
	for _, header := range slices.Sorted(maps.Keys(m.Columns)) {
		if name := m.Columns[header]; name != "" && name != "-" && area.Field(name) == nil {
			faults = append(faults, fmt.Sprintf("columns: %q is to be %s, which %s does not have; it has %s", header, name, area.Name, fieldNames(area)))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(m.Set)) {
		if area.Field(name) == nil {
			faults = append(faults, fmt.Sprintf("set: %s has no field %s; it has %s", area.Name, name, fieldNames(area)))
		}
	}
	return faults
}

func fieldNames(area *paypro.Area) string {
	var names []string
	for i := range area.Fields {
		names = append(names, area.Fields[i].Name)
	}
	return strings.Join(names, ", ")
}

func areaSlugs() []string {
	var slugs []string
	for _, area := range paypro.Areas() {
		slugs = append(slugs, area.Slug)
	}
	return slugs
}

// Merchant finds a merchant by its name; with an empty name it is the only
// one, or the only one of an area.
func (c *Config) Merchant(name string, area *paypro.Area) (*Merchant, error) {
	if name != "" {
		if merchant, ok := c.Merchants[name]; ok {
			return merchant, nil
		}
		return nil, fmt.Errorf("%s has no merchant %s; it has %s", c.path, name, c.names(nil))
	}
	var found []*Merchant
	for _, name := range slices.Sorted(maps.Keys(c.Merchants)) {
		merchant := c.Merchants[name]
		if its, _ := paypro.LookupArea(merchant.Area); area == nil || its == area {
			found = append(found, merchant)
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return nil, fmt.Errorf("%s has no merchant for this area", c.path)
	}
	return nil, fmt.Errorf("which merchant? %s has %s: choose with --merchant", c.path, c.names(area))
}

// Names lists the merchants.
func (c *Config) Names() []string {
	if c == nil {
		return nil
	}
	return slices.Sorted(maps.Keys(c.Merchants))
}

func (c *Config) names(area *paypro.Area) string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(c.Merchants)) {
		if its, _ := paypro.LookupArea(c.Merchants[name].Area); area == nil || its == area {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}

// Secret reads the merchant's secret from the environment or from a file
// that nobody else may read.
func (m *Merchant) Secret() (paypro.Secret, error) {
	if m.SecretEnv != "" {
		text, ok := os.LookupEnv(m.SecretEnv)
		if !ok {
			return paypro.Secret{}, fmt.Errorf("merchant %s: the environment has no %s", m.Name, m.SecretEnv)
		}
		return m.wrap(text)
	}
	info, err := os.Stat(m.SecretFile)
	if err != nil {
		return paypro.Secret{}, fmt.Errorf("merchant %s: secret: %w", m.Name, err)
	}
	// Windows keeps access in lists that the mode does not show.
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return paypro.Secret{}, &OpenSecretError{m.Name, m.SecretFile}
	}
	text, err := os.ReadFile(m.SecretFile)
	if err != nil {
		return paypro.Secret{}, fmt.Errorf("merchant %s: secret: %w", m.Name, err)
	}
	return m.wrap(string(text))
}

func (m *Merchant) wrap(text string) (paypro.Secret, error) {
	secret, err := paypro.NewSecret(text)
	if err != nil {
		return paypro.Secret{}, fmt.Errorf("merchant %s: %w", m.Name, err)
	}
	return secret, nil
}

// OpenSecretError is a secret file that others can read.
type OpenSecretError struct{ Merchant, Path string }

// Error names the file.
func (e *OpenSecretError) Error() string {
	return fmt.Sprintf("merchant %s: %s can be read by others", e.Merchant, e.Path)
}

// Hint is the command that mends it.
func (e *OpenSecretError) Hint() string { return "chmod 600 " + e.Path }
