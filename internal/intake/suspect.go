package intake

import (
	"fmt"
	"slices"

	"github.com/bulkpay/bulkpay/ledger"
)

// Suspicions about a repaired row, besides those the ledger has.
const (
	// PaidSince: the payout of this row was called off, and its account has
	// been paid in a later batch. What the row was may have been paid there, on
	// a row without a number.
	PaidSince ledger.Suspicion = "paid since"
	// Contradicted: the payout of this row was called off, and the gateway has
	// given contrary answers about it.
	Contradicted ledger.Suspicion = "contradicted"
	// CalledOff: a person has cancelled the payout of this row, perhaps
	// because it was paid by other means.
	CalledOff ledger.Suspicion = "cancelled"
)

// Suspicions lists all suspicions, the strongest first.
func Suspicions() []ledger.Suspicion {
	return append(ledger.Suspicions(), PaidSince, Contradicted, CalledOff)
}

// IsDuplicate tells a duplicate from a near match; see [Policy].
func IsDuplicate(kind ledger.Suspicion) bool {
	return kind == ledger.SamePayout || kind == ledger.SamePayee
}

// Suspect is a row that looks like a payout already made, and which one.
type Suspect struct {
	Row  int
	Kind ledger.Suspicion

	// Twin is the row of this sheet that it resembles; 0: a payout of an
	// earlier batch, as follows.
	Twin int

	Batch      string
	BatchRow   int
	TradeNo    string
	State      ledger.State
	SameAmount bool
	StandIn    string // the payout that is paid for it, if it was called off; "" then: a statement shows it as paid
}

// Why says what the row is suspected of, in words without contents that can
// follow "row 7 ".
func (s Suspect) Why() string {
	other := fmt.Sprintf("row %d", s.Twin)
	if s.Twin == 0 {
		other = fmt.Sprintf("batch %s, row %d (%s)", s.Batch, s.BatchRow, spoken(s.State))
		switch {
		case s.StandIn == "" && s.State.CalledOff() && slices.Contains(ledger.Suspicions(), s.Kind):
			other = fmt.Sprintf("batch %s, row %d (%s, and a statement shows it as paid)", s.Batch, s.BatchRow, spoken(s.State))
		case s.StandIn != "":
			other = fmt.Sprintf("batch %s, row %d (%s, and paid anew as %s)", s.Batch, s.BatchRow, spoken(s.State), s.StandIn)
		}
	}
	switch s.Kind {
	case ledger.SamePayout:
		return "is the same payout as " + other
	case ledger.SamePayee:
		return "has the same account and amount as " + other
	case ledger.OtherName:
		return "has the account of " + other + " under another name"
	case ledger.OtherAccount:
		return "has the name and amount of " + other + " with another account"
	case PaidSince:
		return "is repaired, and its account has been paid since: " + other
	case Contradicted:
		return "is repaired, and there are contrary answers about what it was: " + other
	case CalledOff:
		return "is a payout that a person has cancelled: " + other
	}
	return string(s.Kind) + ": " + other
}

func (s Suspect) String() string { return fmt.Sprintf("row %d %s", s.Row, s.Why()) }

// spoken is a state in words.
func spoken(state ledger.State) string {
	switch state {
	case ledger.InDoubt:
		return "in doubt"
	case ledger.Submitting:
		return "being sent"
	case ledger.Ready:
		return "not sent yet"
	}
	return string(state)
}

// SuspectError is a duplicate in a sheet whose duplicates are refused.
type SuspectError struct {
	File string
	Suspect
}

func (e *SuspectError) Error() string {
	return fmt.Sprintf("%s: %s: nothing was imported", e.File, e.Suspect)
}

// rank numbers suspicions, 0 for the strongest.
func rank(kind ledger.Suspicion) int { return slices.Index(suspicions, kind) }

var suspicions = Suspicions()

// stronger is the one of two suspicions about a row to name; of equal ones the
// one about an earlier batch, whose payout may have been made. A Suspect
// without a kind is none.
func stronger(earlier, inside Suspect) Suspect {
	if earlier.Kind == "" || inside.Kind != "" && rank(inside.Kind) < rank(earlier.Kind) {
		return inside
	}
	return earlier
}
