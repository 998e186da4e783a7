package report

import "github.com/bulkpay/bulkpay/internal/lang"

// Row is one row of a sheet.
type Row struct {
	Batch           string   `json:"batch"`
	Row             int      `json:"row"` // as a spreadsheet program counts
	TradeNo         string   `json:"tradeNo,omitempty"`
	PlatFormTradeNo string   `json:"platFormTradeNo,omitempty"`
	Payee           string   `json:"payee,omitempty"`
	Account         string   `json:"account,omitempty"` // masked
	Bank            string   `json:"bank,omitempty"`
	Amount          string   `json:"amount,omitempty"` // absent: it could not be read
	Currency        string   `json:"currency,omitempty"`
	Status          string   `json:"status"` // the bucket: "in doubt"
	State           string   `json:"state"`  // the ledger's: "submitting"
	Code            string   `json:"code,omitempty"`
	Message         string   `json:"message,omitempty"`
	Reason          string   `json:"reason,omitempty"`
	Action          string   `json:"action,omitempty"`
	Who             string   `json:"who,omitempty"` // whose job the action is
	Flagged         bool     `json:"flagged,omitempty"`
	Attempts        int      `json:"attempts"`
	SubmittedAt     string   `json:"submittedAt,omitempty"`
	FinalAt         string   `json:"finalAt,omitempty"`
	OpenSince       string   `json:"openSince,omitempty"` // of what is held, in doubt or processing
	OpenFor         string   `json:"openFor,omitempty"`   // in words, until asOf
	WordOf          string   `json:"wordOf,omitempty"`    // the person on whose word alone it counts as paid or as not paid
	Problems        []string `json:"problems,omitempty"`  // of an invalid row
	Known           *Known   `json:"known,omitempty"`     // of a row that is a payout of an earlier batch

	Replaces   string `json:"replaces,omitempty"`   // tradeNo of the payout that was called off and that this one stands in for
	ReplacedBy string `json:"replacedBy,omitempty"` // tradeNo of the payout that stands in for this one
}

// Known is the payout of an earlier batch that a row is. The row has its
// tradeNo and payee, and the amount of this sheet; nothing is paid for it.
type Known struct {
	Batch  string   `json:"batch"`
	Row    int      `json:"row"`    // in the sheet of that batch
	Status string   `json:"status"` // the bucket there, when the report was made
	State  string   `json:"state"`
	Notes  []string `json:"notes,omitempty"` // "was edited since …"
}

func (e entry) json() Row {
	row := Row{
		Batch:           e.Batch,
		Row:             e.Row,
		TradeNo:         e.TradeNo,
		PlatFormTradeNo: e.PlatformTradeNo,
		Payee:           e.Payee,
		Account:         e.Account,
		Bank:            e.Bank,
		Amount:          e.amount(),
		Currency:        e.currency().Code,
		Status:          e.Bucket,
		State:           e.State,
		Code:            e.Code,
		Message:         e.Message,
		Reason:          e.Plain.Reason,
		Action:          e.Plain.Action,
		Who:             e.Plain.Who,
		Flagged:         e.Flagged,
		Attempts:        e.Attempts,
		SubmittedAt:     stamp(e.Submitted),
		FinalAt:         stamp(e.Final),
		OpenSince:       stamp(e.Since),
		OpenFor:         e.age(lang.English),
		WordOf:          e.WordOf,
		Problems:        e.Problems,
		Replaces:        e.Replaces,
		ReplacedBy:      e.ReplacedBy,
	}
	if k := e.Known; k != nil {
		row.Known = &Known{k.Batch, k.BatchRow, k.State.Bucket(), string(k.State), k.Notes}
	}
	return row
}
