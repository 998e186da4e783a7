package ingest

import (
	"crypto/sha256"

	"github.com/bulkpay/bulkpay/internal/money"
	"github.com/bulkpay/bulkpay/paypro"
)

// Row is one payout as the sheet has it.
type Row struct {
	// Number is the row number the person sees: of the spreadsheet, or the
	// line of a CSV on which the row begins.
	Number int
	// Values are in canonical form, constants filled in; only non-empty ones.
	Values paypro.Values
	// Amount is read whenever it can be, whatever else is wrong with the row,
	// so that a faulty row still counts in the sum of the sheet.
	Amount     money.Amount
	AmountRead bool
	// Problems are all that is wrong with the row, from left to right.
	Problems []Problem
	// Warnings are what a person should look at; they do not stop the row.
	Warnings []Problem
	// TradeNo is what the column of that name holds: the number that the row
	// got when this sheet was paid before. It is evidence, never an order.
	TradeNo string
	// Totals tells that this is no payout but the sheet's total, or one of its
	// subtotals. It is given out only with problems.
	Totals bool

	area   *paypro.Area
	filled []string // fields that a constant filled
}

// Name is the payee's name.
func (r *Row) Name() string { return r.byRole(paypro.RoleName) }

// Account is what is paid to: an account, a card, a wallet.
func (r *Row) Account() string { return r.byRole(paypro.RoleAccount) }

// Bank is the payee's bank.
func (r *Row) Bank() string { return r.byRole(paypro.RoleBank) }

func (r *Row) byRole(role paypro.Role) string {
	if r.area == nil {
		return ""
	}
	field := r.area.FieldFor(role)
	if field == nil {
		return ""
	}
	return r.Values[field.Name]
}

// PayeeFingerprint identifies who gets how much: SHA-256 over the account and
// the amount. Two rows that agree in it pay the same twice, whatever else they
// say. It says nothing of a row that has no account or no readable amount.
func (r *Row) PayeeFingerprint() [32]byte {
	text := appendSized(nil, "payee")
	text = appendSized(text, r.Account())
	text = appendSized(text, r.Amount.Plain())
	return sha256.Sum256(text)
}
