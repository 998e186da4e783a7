package report

import (
	"context"
	"iter"
	"time"

	"github.com/bulkpay/bulkpay/internal/money"
)

// The classes of the matching, in the order in which they are shown.
const (
	Matched       = "matched"
	AmountDiffers = "amount differs"
	StatusDiffers = "status differs"
	MissingThere  = "missing there"
	UnknownToUs   = "unknown to us"
	DoubledThere  = "doubled there"
	Timing        = "timing"
)

// Classes lists the classes of the matching, what needs a person most first.
func Classes() []string {
	return []string{StatusDiffers, DoubledThere, UnknownToUs, MissingThere, AmountDiffers, Timing, Matched}
}

// Matching is what statements of the gateway or of a bank say about the
// payouts of a report.
type Matching struct {
	Statements []Statement
	Classes    []Class    // those that hold something, in any order
	Equations  []Equation // one for each statement: [StatementEquation]

	// Lines yields every match and every leftover, what a person must look at
	// before what is in order. It may be called several times.
	Lines func(ctx context.Context) iter.Seq2[MatchLine, error]
}

// Statement is one file that was read.
type Statement struct {
	Name     string // of the file
	SHA256   string
	Format   string // "camt.053", "MT940", "csv", …
	Kind     string // "gateway" or "bank"
	Account  string // masked
	FirstDay time.Time
	LastDay  time.Time
	Lines    int
	Out      money.Amount // what left the account
	In       money.Amount
	Fees     money.Amount
	ReadAt   time.Time
}

// Class is how much of the matching is of one kind.
type Class struct {
	Name  string // "matched", …
	Count int
	Sum   money.Amount // ours; there, where we have none
	Here  money.Amount // what of it we call paid
	There money.Amount // what left by them less what came back
}

// MatchLine is a payout, a line of a statement, or the two said to be the same
// money. What is missing on one side is nil there.
type MatchLine struct {
	Match    int64  // its number, for `reconcile confirm` and `reconcile undo`; 0: no match
	Class    string // "matched", …
	Rule     string // which rule found it: "trade number", …
	Score    int    // 0 to 100
	Standing string // "confirmed", "proposed", …
	Group    string // lines of one group, 1:N or N:1, have the same; "": none. The side that is one has its amount in the first of them only
	Reason   Phrase // in a sentence, why it is matched, or why it is not

	Ours  *OurSide
	There *TheirSide

	Difference money.Amount // there - ours, of a group in its first line; the zero value where one of them is missing
	Fee        money.Amount
}

// OurSide is a payout as the ledger has it.
type OurSide struct {
	TradeNo string
	Batch   string
	Row     int
	Bucket  string
	Amount  money.Amount
}

// TheirSide is a line of a statement.
type TheirSide struct {
	Statement string // name of the file
	Line      int    // where it stands in the file
	Reference string // what it says of whom it is for: a number, masked if it is an account
	Status    string
	Day       time.Time
	Amount    money.Amount
}

// sorted lists all classes in their order, empty ones too, so that "none" is
// said and not left out; those of several currencies one after the other.
func (m *Matching) sorted() []Class {
	var all []Class
	for _, name := range Classes() {
		before := len(all)
		for _, c := range m.Classes {
			if c.Name == name {
				all = append(all, c)
			}
		}
		if len(all) == before {
			all = append(all, Class{Name: name})
		}
	}
	return all
}

// sideSum is a side's sum of a class as people read it.
func (p *paper) sideSum(sum money.Amount) string {
	if sum.Currency() == (money.Currency{}) {
		return money.FromMinor(p.parts[0].currency, 0).String()
	}
	return sum.String()
}
