package ledger

import (
	"time"

	"github.com/bulkpay/bulkpay/internal/money"
)

// MatchClass is what a line of a statement, or a payout that should stand on
// one, has come to. It follows from the ledger as it is, not as it was when
// the two were matched.
type MatchClass string

// The classes.
const (
	ClassMatched  MatchClass = "matched"        // the same money on both sides
	ClassAmount   MatchClass = "amount_differs" // the same payout, another amount
	ClassStatus   MatchClass = "status_differs" // the same payout, another outcome
	ClassMissing  MatchClass = "missing_there"  // paid by us, and not on the statement
	ClassUnknown  MatchClass = "unknown_to_us"  // on the statement, and no payout of ours
	ClassDoubled  MatchClass = "doubled_there"  // the money of a payout once more
	ClassTiming   MatchClass = "timing"         // may still come: paid shortly before the statement ends
	ClassRepeated MatchClass = "repeated"       // an entry of an overlapping statement once more
	ClassPeriod   MatchClass = "other_period"   // the same money, and the payout is of days that the statement has not
	ClassElse     MatchClass = "elsewhere"      // the same money, on another statement
)

// MatchClasses lists all classes in the order in which people read them.
func MatchClasses() []MatchClass {
	return []MatchClass{
		ClassMatched, ClassPeriod, ClassElse, ClassRepeated, ClassTiming,
		ClassAmount, ClassStatus, ClassMissing, ClassUnknown, ClassDoubled,
	}
}

// InOrder tells whether nobody need look at a class.
func (c MatchClass) InOrder() bool {
	switch c {
	case ClassMatched, ClassPeriod, ClassElse, ClassRepeated, ClassTiming:
		return true
	}
	return false
}

// MatchScope is what a result is about: statements of one merchant and origin,
// and the payouts that were paid on their days.
type MatchScope struct {
	Merchant   Merchant
	Origin     Origin
	Statements []int64
	Location   *time.Location // whose days the statements have; nil: UTC
	TimingDays int            // before the end of a statement, in which what is missing may still come; 0: 3

	// BatchID narrows it to the payouts of a batch and the lines that are
	// matched with them. There is no tie-out then: a statement says nothing of
	// batches, and what it should add up to is what it does.
	BatchID int64
}

// MatchRow is one row of the tie-out with a statement.
type MatchRow struct {
	Class   MatchClass
	Lines   int          // on which money moved
	There   money.Amount // what left by them less what came back
	Payouts int          // that we call paid
	Here    money.Amount
	Still   int // lines on which no money moved
	Listed  int // as many does [View.Findings] yield; payouts elsewhere are not among them
}

// MatchResult is a tie-out with statements: both sides in rows, and each side's
// total found in another way.
type MatchResult struct {
	Rows     []MatchRow // of all of [MatchClasses], in that order
	Total    MatchRow   // of the rows
	Want     MatchRow   // as the statements say of themselves, and as the payouts add up to
	Fees     money.Amount
	Proposed int // matches that wait for a person
}

// Tied tells whether both sides are accounted for, by count and by sum.
func (r MatchResult) Tied() bool {
	return r.Total.Lines == r.Want.Lines && r.Total.Still == r.Want.Still && r.Total.There.Equal(r.Want.There) &&
		r.Total.Payouts == r.Want.Payouts && r.Total.Here.Equal(r.Want.Here)
}

// Clean tells whether nothing is left for a person to look at.
func (r MatchResult) Clean() bool {
	for _, row := range r.Rows {
		if !row.Class.InOrder() && row.Lines+row.Payouts+row.Still > 0 {
			return false
		}
	}
	return r.Proposed == 0
}

// Row is the row of a class.
func (r MatchResult) Row(class MatchClass) MatchRow {
	for _, row := range r.Rows {
		if row.Class == class {
			return row
		}
	}
	return MatchRow{Class: class}
}
