package statement

import (
	"fmt"

	"github.com/bulkpay/bulkpay/internal/mask"
	"github.com/bulkpay/bulkpay/internal/money"
)

// Header is what a statement says of itself, and what its lines add up to.
type Header struct {
	File   string   // base name
	SHA256 [32]byte // of the file's bytes
	Size   int64    // bytes

	Format  Format
	Kind    Kind
	Profile string // the profile's name; "" for camt.053 and MT940 and if columns were recognised by their names

	// Account is the account it is about, "" if it does not say. Show it masked.
	Account  string
	Currency money.Currency

	// First and Last are the days of the period: as stated, or else those of the
	// lines. Both are zero in a statement without either.
	First, Last Day

	// Opening and Closing are the balances in the bank's view: above zero is
	// money that is there. They are good if HasOpening and HasClosing say so.
	Opening, Closing       money.Amount
	HasOpening, HasClosing bool

	// Lines is how many lines there are; Moved of them moved money, and the
	// sums are of these alone. Out is the sum of amounts above zero, In that of
	// amounts below zero as a positive number, Fees that of fees.
	Lines, Moved  int
	Out, In, Fees money.Amount
	// ByStatus counts all lines.
	ByStatus map[Status]int

	// Part tells apart what can be read out of one file: the worksheet of a workbook; of
	// a file with several accounts the chosen one, as a number that stands for it. "": all of it.
	Part string

	// Statements is how many statements one file held: a bank's file may have one for
	// each day.
	Statements int
}

// String is fit for a log: the account is masked.
func (h Header) String() string {
	text := fmt.Sprintf("%s: %s of a %s", h.File, h.Format, h.Kind)
	if h.Account != "" {
		text += ", account " + mask.Account(h.Account)
	}
	return text + fmt.Sprintf(", %s to %s, %d lines", h.First, h.Last, h.Lines)
}

// Format is how a file is written.
type Format string

// The formats, by the names people know.
const (
	CSV   Format = "csv"
	XLSX  Format = "xlsx"
	Camt  Format = "camt.053"
	MT940 Format = "mt940"
)

// Formats lists them.
func Formats() []Format { return []Format{CSV, XLSX, Camt, MT940} }

// Kind is whose statement it is.
type Kind string

const (
	// KindGateway lists orders, each with what became of it.
	KindGateway Kind = "gateway"
	// KindBank lists the movements of an account.
	KindBank Kind = "bank"
)
