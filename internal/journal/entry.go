package journal

import (
	"fmt"
	"time"

	"github.com/bulkpay/bulkpay/internal/money"
)

// Role is what an account is to bulkpay, whatever the books call it.
type Role string

// The roles of accounts.
const (
	Payable   Role = "payable"   // a liability: what is owed to payees
	Gateway   Role = "gateway"   // an asset: the money at the gateway
	Suspense  Role = "suspense"  // what may or may not have been paid
	Fees      Role = "fees"      // an expense: what the gateway charges
	Reversals Role = "reversals" // a receivable: what came back and the gateway has to give back
)

// Roles lists the roles in the order in which they are reported.
func Roles() []Role { return []Role{Payable, Gateway, Suspense, Fees, Reversals} }

// Kind is what an entry is about.
type Kind string

// The kinds of entry.
const (
	Paid           Kind = "paid"             // owed, and paid
	InDoubt        Kind = "in_doubt"         // it may have been paid
	ClearedPaid    Kind = "cleared_paid"     // was in doubt, and is paid
	ClearedNotPaid Kind = "cleared_not_paid" // was in doubt, and is owed as before
	// ClearedInProgress: was in doubt, and the gateway is carrying it out.
	ClearedInProgress Kind = "cleared_in_progress"
	Reversed          Kind = "reversed"        // was paid, and is owed again
	Fee               Kind = "fee"             // a charge that a statement shows
	Returned          Kind = "returned"        // the money of a reversal is back, as a statement shows
	FeeUndone         Kind = "fee_undone"      // its match was undone: the charge is no longer known
	ReturnedUndone    Kind = "returned_undone" // the same of money that was back
)

// Kinds lists the kinds.
func Kinds() []Kind {
	return []Kind{Paid, InDoubt, ClearedPaid, ClearedNotPaid, ClearedInProgress, Reversed, Fee, FeeUndone, Returned, ReturnedUndone}
}

// Entry is one booking. It has one amount above zero, which one account is
// debited with and another one is credited with: it cannot but balance.
type Entry struct {
	ID   string // the same whenever it is exported, and no other's
	Day  string // of booking, "2026-11-21", in the merchant's time zone
	Kind Kind
	Text string // in plain words; ASCII

	Merchant        string
	Batch           string // code; "": of no batch
	Row             int    // of its sheet; 0: of none
	TradeNo         string
	PlatformTradeNo string // the gateway's number, if it was known by then
	Word            string // who said so, if a person did; "": the gateway
	Event           int64  // of the ledger; 0: not of one event
	Count           int    // payouts; more than one in totals only

	debit, credit Role
	amount        money.Amount
	accounts      Accounts
	simulated     bool
}

// post sets what is booked. Anything but an amount above zero from one account
// to another is a programmer's error.
func (e Entry) post(debit, credit Role, amount money.Amount) Entry {
	if debit == credit || amount.Cmp(money.FromMinor(amount.Currency(), 0)) <= 0 {
		panic(fmt.Sprintf("journal: %s to %s, %s: no booking", debit, credit, amount))
	}
	e.debit, e.credit, e.amount = debit, credit, amount
	return e
}

// Debit is the account that is debited.
func (e Entry) Debit() Role { return e.debit }

// Credit is the account that is credited.
func (e Entry) Credit() Role { return e.credit }

// Amount is what both are booked with, above zero.
func (e Entry) Amount() money.Amount { return e.amount }

// Line is one side of an entry; one of its amounts is of no currency.
type Line struct {
	Account       string
	Debit, Credit money.Amount
}

// Lines are the two sides as accountants write them, the debit first.
func (e Entry) Lines() [2]Line {
	return [2]Line{
		{Account: e.accounts.Of(e.debit), Debit: e.amount},
		{Account: e.accounts.Of(e.credit), Credit: e.amount},
	}
}

// dayLayout is ISO 8601's.
const dayLayout = "2006-01-02"

// dayOf is the day of a moment where the merchant is.
func dayOf(at time.Time, zone *time.Location) string { return at.In(zone).Format(dayLayout) }

// idOf is the id of the entry that an event makes: its number, for people, and
// so much of its hash that entries of two ledgers are not taken for one
// another. With 20 characters at most for the first ten thousand million
// events it fits the journal numbers of the programs that take it.
func idOf(seq int64, hash []byte) string {
	return fmt.Sprintf("BP%d-%X", seq, hash[:min(3, len(hash))])
}
