package journal

import (
	"bufio"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/bulkpay/bulkpay/internal/money"
)

// Format is a layout of the file.
type Format string

// The layouts. docs/accounting.md has their columns, and says which program
// takes which and what was tried.
const (
	CSV        Format = "csv"        // all there is, one line for each side
	QuickBooks Format = "quickbooks" // QuickBooks Online, "Import data", "Journal entries"
	Xero       Format = "xero"       // Xero, "Manual journals", "Import"
	Odoo       Format = "odoo"       // Odoo, "Journal entries", "Import records"
	HLedger    Format = "hledger"    // plain text accounting: hledger, Ledger
	Beancount  Format = "beancount"  // plain text accounting: beancount
)

// Formats lists the layouts.
func Formats() []Format { return []Format{CSV, QuickBooks, Xero, Odoo, HLedger, Beancount} }

// ParseFormat finds a layout by its name.
func ParseFormat(name string) (Format, bool) {
	format := Format(strings.ToLower(name))
	return format, slices.Contains(Formats(), format)
}

// MostLines is how many lines the program takes in one file; 0: as many as
// there are.
func (f Format) MostLines() int {
	if f == Xero {
		return 300
	}
	return 0
}

// Currencies tells whether a file may hold more than one currency: what has no
// column for it is all taken for the books' own.
func (f Format) Currencies() bool { return f == CSV || f == HLedger || f == Beancount }

// beancountAccount is the only kind of name that beancount reads.
var beancountAccount = regexp.MustCompile(`^(Assets|Liabilities|Equity|Income|Expenses)(:[A-Z0-9][A-Za-z0-9-]*)+$`)

// Faults lists what the layout cannot write of some accounts.
func (f Format) Faults(accounts Accounts) []string {
	faults := accounts.Faults()
	for _, role := range Roles() {
		if f == Beancount && !beancountAccount.MatchString(accounts.Of(role)) {
			faults = append(faults, fmt.Sprintf("accounts: %s: beancount wants a name such as %s", role, DefaultAccounts.Of(role)))
		}
	}
	return faults
}

// Options are what some layouts want besides.
type Options struct {
	TaxRate string // Xero's name for no tax; "": "Tax Exempt"
	Journal string // Odoo's journal; "": "Miscellaneous Operations"
}

// Writer writes entries. Close writes what is left; it closes nothing below.
type Writer interface {
	Write(Entry) error
	Close() error
}

// NewWriter writes entries to w in a layout.
func NewWriter(format Format, w io.Writer, o Options) (Writer, error) {
	switch format {
	case CSV:
		return newTable(w, plainHeader, plainLine)
	case QuickBooks:
		return newTable(w, quickBooksHeader, quickBooksLine)
	case Xero:
		return newTable(w, xeroHeader, xeroLine(orElse(o.TaxRate, "Tax Exempt")))
	case Odoo:
		return newTable(w, odooHeader, odooLine(orElse(o.Journal, "Miscellaneous Operations")))
	case HLedger:
		return &text{bufio.NewWriter(w), hledgerEntry}, nil
	case Beancount:
		return &text{bufio.NewWriter(w), beancountEntry}, nil
	}
	return nil, fmt.Errorf("there is no journal format %q", format)
}

func orElse(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// number is an amount as programs read it; "" for the side that is empty.
func number(amount money.Amount) string {
	if amount.Currency() == (money.Currency{}) {
		return ""
	}
	return amount.Fixed()
}
