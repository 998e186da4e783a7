package journal

import (
	"fmt"
	"strings"
	"time"
	"unicode"
)

// Accounts are what the books call the accounts. They are given to every
// program as they are: a name, a number, or a path with colons.
type Accounts struct {
	Payable, Gateway, Suspense, Fees, Reversals string
}

// DefaultAccounts say what they are, and are names in hledger, beancount and,
// with a parent account each, in QuickBooks.
var DefaultAccounts = Accounts{
	Payable:   "Liabilities:Payouts-Payable",
	Gateway:   "Assets:Payment-Gateway",
	Suspense:  "Liabilities:Payouts-In-Doubt",
	Fees:      "Expenses:Gateway-Fees",
	Reversals: "Assets:Reversed-Payouts-Receivable",
}

// Setting is how a merchant's books are kept.
type Setting struct {
	Accounts Accounts
	Zone     *time.Location // in which a day begins and ends
}

// Of is the account of a role.
func (a Accounts) Of(role Role) string {
	switch role {
	case Payable:
		return a.Payable
	case Gateway:
		return a.Gateway
	case Suspense:
		return a.Suspense
	case Fees:
		return a.Fees
	case Reversals:
		return a.Reversals
	}
	panic("journal: no such role: " + string(role))
}

// Or takes the default for each account without a name.
func (a Accounts) Or(otherwise Accounts) Accounts {
	or := func(name, other string) string {
		if name == "" {
			return other
		}
		return name
	}
	return Accounts{
		or(a.Payable, otherwise.Payable), or(a.Gateway, otherwise.Gateway), or(a.Suspense, otherwise.Suspense),
		or(a.Fees, otherwise.Fees), or(a.Reversals, otherwise.Reversals),
	}
}

// Faults lists all that is wrong with the names. Two roles need two accounts,
// or a booking from one to the other would say nothing; only what came back
// may be booked to the gateway account itself, where nobody wants to see it
// apart.
func (a Accounts) Faults() []string {
	var faults []string
	seen := map[string]Role{}
	for _, role := range Roles() {
		name := a.Of(role)
		other, taken := seen[name]
		switch {
		case strings.TrimSpace(name) != name || strings.Contains(name, "  ") || strings.ContainsFunc(name, unicode.IsControl):
			faults = append(faults, fmt.Sprintf("accounts: %s: no blanks at the ends, two blanks together or line breaks in a name", role))
		case name == "":
			faults = append(faults, fmt.Sprintf("accounts: %s has no name", role))
		case strings.ContainsAny(name[:1], "=+-@;#(["):
			faults = append(faults, fmt.Sprintf("accounts: %s: a name begins with a letter or a digit", role))
		case taken && !(role == Reversals && other == Gateway):
			faults = append(faults, fmt.Sprintf("accounts: %s and %s have one account; give each its own", other, role))
		}
		seen[name] = role
	}
	return faults
}
