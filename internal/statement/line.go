package statement

import "github.com/bulkpay/bulkpay/internal/money"

// Line is one entry of a statement. Texts are trimmed and hold no control
// characters; they are a bank's and a person's data, never for a log.
type Line struct {
	// Number counts the lines of a file from 1, in its order: "line 88".
	Number int
	// Entry counts the bookings of a file from 1. It is the line's number, but where one booking
	// lists several payments (a batch in camt.053): their lines share it.
	Entry int
	// Position is where the line begins in the file.
	Position Position

	// Day is when the bank booked it or the gateway finished it, in the local
	// time of whoever wrote the file. What is not booked yet and an order without a time have the
	// last day of the statement if the file gives them none; what moved money has its own. ValueDay is the day it counts from, zero if
	// the file does not say.
	Day, ValueDay Day

	// Amount is what left our account, below zero what came back, without Fee. Both are of
	// the header's currency. It is the order's amount where nothing moved, see [Line.Moved].
	Amount money.Amount
	// Fee is what was charged in the same movement, on top of Amount; below
	// zero if it was given back. Zero without one.
	Fee money.Amount

	Status Status
	// StatusWord is how the file says it: "00029", "Pagado", "PDNG"; "" if it does not.
	StatusWord string
	// Reversal tells that the bank marks it as the undoing of an earlier entry.
	Reversal bool

	// TradeNo and PlatFormTradeNo are numbers that stand in columns of their own, or in a
	// bank's field for the payer's own reference (EndToEndId) if it looks like one.
	TradeNo, PlatFormTradeNo string
	// References are the others that the file has in fields of their own, the best first: EndToEndId,
	// InstrId, TxId, the customer's reference. Those that say that there is
	// none (NONREF, NOTPROVIDED) are left out.
	References []string
	// EntryRef is the name of the entry in the books of the bank. The same entry in an
	// overlapping statement has the same one. Often "".
	EntryRef string

	// Narrative is the text, joined where the bank broke it; NarrativeLines are
	// the pieces as they stand. See [Line.Words].
	Narrative      string
	NarrativeLines []string

	// Counterparty is the other side's account. Show it masked.
	Counterparty string
}

// Moved tells whether money moved: an order that failed and an entry that
// is not booked yet have moved none.
func (l *Line) Moved() bool {
	return l.Status == StatusBooked || l.Status == StatusPaid || l.Status == StatusReturned
}

// Status is what a statement says of a line.
type Status string

const (
	// StatusBooked is an entry in the books of a bank. It says that money moved, and
	// nothing of what the payee's bank did with it.
	StatusBooked Status = "booked"
	// StatusPaid is an order that was paid.
	StatusPaid Status = "paid"
	// StatusFailed is an order that was not paid and will not be.
	StatusFailed Status = "failed"
	// StatusOpen is an order still in progress, or an entry that is announced
	// and not booked.
	StatusOpen Status = "open"
	// StatusReturned is money that was paid and came back. Its amount is below zero.
	StatusReturned Status = "returned"
)

// Statuses lists what a status word can mean in a profile.
func Statuses() []Status {
	return []Status{StatusBooked, StatusPaid, StatusFailed, StatusOpen, StatusReturned}
}

// Position is a place in a file.
type Position struct {
	Worksheet string // of a workbook
	Row       int    // the row of a sheet, or the physical line of a text, from 1
}
