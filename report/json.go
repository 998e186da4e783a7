package report

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"

	"github.com/bulkpay/bulkpay/internal/money"
	"github.com/bulkpay/bulkpay/ledger"
)

// Document is the report for programs. Fields are only ever added. Amounts
// are strings with all decimals of the currency, times are RFC 3339 in UTC,
// and what is not known is absent, except in the equation.
type Document struct {
	Bulkpay  string       `json:"bulkpay,omitempty"` // version of the program
	Batch    BatchJSON    `json:"batch"`
	Merchant MerchantJSON `json:"merchant"`
	AsOf     string       `json:"asOf"` // the moment the report speaks of
	Head     string       `json:"head"` // hash of the last event of the ledger then
	Tied     bool         `json:"tied"`
	Equation EquationJSON `json:"equation"`
	Flagged  int          `json:"flagged"` // payouts about which the gateway contradicted itself

	Stopped string   `json:"stopped,omitempty"` // why the run stopped by itself, if nothing was sent since
	Changes *Changes `json:"changes,omitempty"` // since the last report; absent: not known

	Rows []Row `json:"rows"` // every row of the sheet, in its order
}

// BatchJSON is the sheet.
type BatchJSON struct {
	Code      string   `json:"code"`
	Source    string   `json:"source"` // file name
	SHA256    string   `json:"sha256"` // of the file
	Worksheet string   `json:"worksheet,omitempty"`
	Assumed   []string `json:"assumed,omitempty"` // what was assumed when it was read
	Repeats   string   `json:"repeats,omitempty"` // code of the batch it repeats
	Reason    string   `json:"reason,omitempty"`  // why it repeats it, or pays what looks like earlier payouts
	CreatedAt string   `json:"createdAt"`

	Overridden int `json:"overridden,omitempty"` // payouts that look like earlier ones and are made on a person's word
}

// MerchantJSON is who pays.
type MerchantJSON struct {
	Name       string `json:"name"`
	MerchantNo string `json:"merchantNo"`
	Area       string `json:"area"`
	Currency   string `json:"currency"`
	Gateway    string `json:"gateway"`
	Simulated  bool   `json:"simulated"` // the gateway was the simulated one: no money moved
}

// EquationJSON is the tie-out: sheet = the sum of the buckets.
type EquationJSON struct {
	Count      string `json:"count"` // in words and numbers, as people read it
	Sum        string `json:"sum"`
	Sheet      Side   `json:"sheet"`
	Buckets    []Part `json:"buckets"` // all of them, in the order of the equation
	Total      Side   `json:"total"`   // of the buckets
	Unreadable int    `json:"unreadable"`
	Difference string `json:"difference,omitempty"` // in words; absent when tied
}

// Side is one side of the equation. Sum is "" if it is too large to be added.
type Side struct {
	Count int    `json:"count"`
	Sum   string `json:"sum"`
}

// Part is one bucket.
type Part struct {
	Name  string `json:"name"`
	Count int    `json:"count"`
	Sum   string `json:"sum"`
}

// Changes are what has moved since the last report. Either First is true or
// Since is there.
type Changes struct {
	First bool   `json:"first"`
	Since string `json:"since,omitempty"`
	Moved []Move `json:"moved"`
}

// Move is how many payouts went from one status to another.
type Move struct {
	From  string `json:"from"`
	To    string `json:"to"`
	Count int    `json:"count"`
	Sum   string `json:"sum"`
	Alarm string `json:"alarm,omitempty"` // "REVERSED" and the like: it was final and is something else
}

// Row is one row of the sheet.
type Row struct {
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

// jsonSink writes the document in two: all but the rows, marshalled at once
// and cut open at its end, where the rows then stream in.
type jsonSink struct {
	w    *bufio.Writer
	rows int
}

func openJSON(w io.Writer, h head) (sink, error) {
	text, err := json.MarshalIndent(h.document(), "", "  ")
	if err != nil {
		return nil, err
	}
	text, ok := bytes.CutSuffix(text, []byte("null\n}"))
	if !ok {
		return nil, errors.New("rows are not the last field of the document")
	}
	s := &jsonSink{w: bufio.NewWriter(w)}
	s.w.Write(text)
	_, err = s.w.WriteString("[")
	return s, err
}

func (s *jsonSink) line(e entry) error {
	row := Row{
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
		Reason:          e.Reason,
		Action:          e.Action,
		Flagged:         e.Flagged,
		Attempts:        e.Attempts,
		SubmittedAt:     stamp(e.Submitted),
		FinalAt:         stamp(e.Final),
		OpenSince:       stamp(e.Since),
		OpenFor:         e.Age,
		WordOf:          e.WordOf,
		Problems:        e.Problems,
		Replaces:        e.Replaces,
		ReplacedBy:      e.ReplacedBy,
	}
	if k := e.Known; k != nil {
		row.Known = &Known{k.Batch, k.BatchRow, k.State.Bucket(), string(k.State), k.Notes}
	}
	text, err := json.Marshal(row)
	if err != nil {
		return err
	}
	if s.rows++; s.rows > 1 {
		s.w.WriteByte(',')
	}
	s.w.WriteString("\n    ")
	_, err = s.w.Write(text)
	return err
}

func (s *jsonSink) finish() error {
	if s.rows > 0 {
		s.w.WriteString("\n  ")
	}
	s.w.WriteString("]\n}\n")
	return s.w.Flush()
}

func (h head) document() Document {
	batch, merchant := h.Batch, h.Batch.Merchant
	equation := h.equation()
	d := Document{
		Bulkpay: h.version,
		Batch: BatchJSON{
			batch.Code, batch.Source, batch.SourceSHA256, batch.Worksheet,
			batch.Assumed, batch.Repeats, batch.Reason, stamp(batch.CreatedAt), batch.Overridden,
		},
		Merchant: MerchantJSON{
			merchant.Name, merchant.MerchantNo, merchant.Area,
			merchant.Currency.Code, merchant.Gateway, merchant.Simulated(),
		},
		AsOf: stamp(h.At),
		Head: h.Head,
		Tied: h.tied,
		Equation: EquationJSON{
			Count: equation[0], Sum: equation[1],
			Sheet: h.side(h.sheet), Total: h.side(h.total),
			Unreadable: batch.Unreadable, Difference: h.off,
		},
		Flagged: h.Flagged,
		Stopped: h.Stopped,
		Changes: h.changesDocument(),
	}
	for _, bucket := range h.Buckets {
		side := h.side(bucket)
		d.Equation.Buckets = append(d.Equation.Buckets, Part{bucket.Name, side.Count, side.Sum})
	}
	return d
}

func (h head) changesDocument() *Changes {
	if !h.changes.First && h.changes.Since.IsZero() {
		return nil
	}
	d := &Changes{First: h.changes.First, Moved: []Move{}}
	if !d.First {
		d.Since = stamp(h.changes.Since)
	}
	for _, move := range h.moved {
		loud, _ := contrary(move)
		d.Moved = append(d.Moved, Move{move.From, move.To, move.Count, move.Sum.Fixed(), loud})
	}
	return d
}

func (h head) side(b ledger.Bucket) Side {
	switch {
	case b.Sum.Currency() != (money.Currency{}):
		return Side{b.Count, b.Sum.Fixed()}
	case b.Name == h.total.Name:
		return Side{b.Count, ""}
	}
	return Side{b.Count, money.FromMinor(h.currency, 0).Fixed()}
}
