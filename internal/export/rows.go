package export

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"reflect"
	"time"
	"unicode/utf8"

	"github.com/bulkpay/bulkpay/internal/mask"
	"github.com/bulkpay/bulkpay/ledger"
)

// What is a part of the ledger that can be exported.
type What string

// What can be exported.
const (
	Payouts What = "payouts" // as they stand
	Events  What = "events"  // the history
	Mapping What = "mapping" // which trade number is which at the gateway
	Batches What = "batches" // tied out
	Matches What = "matches" // which line of a statement is which payout
	Lines   What = "lines"   // of statements, also those that are nothing of ours
)

// PayoutRow is a payout as it stands.
type PayoutRow struct {
	Merchant        string     `json:"merchant"`
	Area            string     `json:"area"`
	Batch           string     `json:"batch"`
	Row             int        `json:"row"`
	TradeNo         string     `json:"tradeNo"`
	PlatFormTradeNo string     `json:"platFormTradeNo"`
	Amount          string     `json:"amount" export:"amount"`
	Currency        string     `json:"currency"`
	Payee           string     `json:"payee"`   // "" unless unmasked
	Account         string     `json:"account"` // masked unless unmasked
	Bank            string     `json:"bank"`
	State           string     `json:"state"`
	Bucket          string     `json:"bucket"`
	Reason          string     `json:"reason"`
	Code            string     `json:"code"`
	Message         string     `json:"message"`
	Flagged         bool       `json:"flagged"`
	Sends           int        `json:"sends"`
	Asks            int        `json:"asks"`
	Replaces        string     `json:"replaces"`
	ReplacedBy      string     `json:"replacedBy"`
	CreatedAt       *time.Time `json:"createdAt"`
	SubmittedAt     *time.Time `json:"submittedAt"`
	FinalAt         *time.Time `json:"finalAt"`
	UpdatedAt       *time.Time `json:"updatedAt"`
}

// EventRow is an event of the history.
type EventRow struct {
	Seq             int64      `json:"seq"`
	At              *time.Time `json:"at"`
	Merchant        string     `json:"merchant"`
	Batch           string     `json:"batch"`
	Row             int        `json:"row"`
	TradeNo         string     `json:"tradeNo"`
	Kind            string     `json:"kind"`
	From            string     `json:"from"`
	To              string     `json:"to"`
	Attempt         int        `json:"attempt"`
	Actor           string     `json:"actor"`
	Reason          string     `json:"reason"`
	Code            string     `json:"code"`
	Message         string     `json:"message"`
	PlatFormTradeNo string     `json:"platFormTradeNo"`
	Flagged         bool       `json:"flagged"`
	Hash            string     `json:"hash"`
	Evidence        string     `json:"evidence,omitempty" export:"evidence"`     // text, or base64 of what is none
	EvidenceForm    string     `json:"evidenceForm,omitempty" export:"evidence"` // "text" or "base64"
}

// MappingRow says which of our numbers is which of the gateway's.
type MappingRow struct {
	Merchant        string `json:"merchant"`
	Batch           string `json:"batch"`
	Row             int    `json:"row"`
	TradeNo         string `json:"tradeNo"`
	PlatFormTradeNo string `json:"platFormTradeNo"`
	State           string `json:"state"`
}

// source is where the rows of an export come from.
type source struct {
	shape reflect.Type
	read  func(ctx context.Context, v ledger.View, o Options, give func(row any) error) error
}

var sources = map[What]source{
	Payouts: {reflect.TypeFor[PayoutRow](), readPayouts},
	Events:  {reflect.TypeFor[EventRow](), readEvents},
	Mapping: {reflect.TypeFor[MappingRow](), readMapping},
	Batches: {reflect.TypeFor[BatchRow](), readBatches},
	Matches: {reflect.TypeFor[MatchRow](), readMatches},
	Lines:   {reflect.TypeFor[LineRow](), readLines},
}

// eachPayout gives every payout with its batch, which is looked up once: they
// come batch by batch.
func eachPayout(ctx context.Context, v ledger.View, o Options, give func(ledger.Payout, ledger.Batch) error) error {
	var batch ledger.Batch
	for p, err := range v.SelectPayouts(ctx, o.Filter) {
		if err != nil {
			return err
		}
		if batch.ID != p.BatchID {
			if batch, err = v.BatchByID(ctx, p.BatchID); err != nil {
				return err
			}
		}
		if err := give(p, batch); err != nil {
			return err
		}
	}
	return nil
}

func readPayouts(ctx context.Context, v ledger.View, o Options, give func(any) error) error {
	return eachPayout(ctx, v, o, func(p ledger.Payout, b ledger.Batch) error {
		row := payoutRow(p, b, o.Unmasked)
		return give(&row)
	})
}

func payoutRow(p ledger.Payout, b ledger.Batch, unmasked bool) PayoutRow {
	row := PayoutRow{
		Merchant: b.Merchant.Name, Area: b.Merchant.Area, Batch: b.Code, Row: p.Row,
		TradeNo: p.TradeNo, PlatFormTradeNo: p.PlatformTradeNo,
		Amount: p.Amount.Fixed(), Currency: p.Amount.Currency().Code,
		Payee: p.PayeeName, Account: p.PayeeAccount, Bank: p.Bank,
		State: string(p.State), Bucket: p.State.Bucket(), Reason: p.Reason, Code: p.Code, Message: p.Message,
		Flagged: p.Flagged, Sends: p.Sends(), Asks: p.Asks, Replaces: p.Replaces, ReplacedBy: p.ReplacedBy,
		CreatedAt: stamp(b.CreatedAt), SubmittedAt: stamp(p.SubmittedAt), FinalAt: stamp(p.FinalAt), UpdatedAt: stamp(p.UpdatedAt),
	}
	if !unmasked {
		row.Payee, row.Account = "", mask.Account(p.PayeeAccount)
		row.Message = mask.Person(row.Message, p.PayeeAccount, p.PayeeName)
	}
	return row
}

func readMapping(ctx context.Context, v ledger.View, o Options, give func(any) error) error {
	return eachPayout(ctx, v, o, func(p ledger.Payout, b ledger.Batch) error {
		return give(&MappingRow{b.Merchant.Name, b.Code, p.Row, p.TradeNo, p.PlatformTradeNo, string(p.State)})
	})
}

func readEvents(ctx context.Context, v ledger.View, o Options, give func(any) error) error {
	for e, err := range v.SelectEvents(ctx, o.Filter) {
		if err != nil {
			return err
		}
		row := eventRow(e, o)
		if err := give(&row); err != nil {
			return err
		}
	}
	return nil
}

func eventRow(e ledger.PastEvent, o Options) EventRow {
	row := EventRow{
		Seq: e.Seq, At: stamp(e.At), Merchant: e.Merchant, Batch: e.Batch, Row: e.Row, TradeNo: e.TradeNo,
		Kind: e.Kind, From: string(e.Event.From), To: string(e.To), Attempt: e.Attempt, Actor: e.Actor,
		Reason: e.Reason, Code: e.Code, Message: e.Message, PlatFormTradeNo: e.PlatformTradeNo, Flagged: e.Flagged,
		Hash: hex.EncodeToString(e.Hash),
	}
	if !o.Unmasked {
		row.Message = mask.Person(row.Message, e.PayeeAccount, e.PayeeName)
	}
	if !o.Evidence || len(e.Evidence) == 0 {
		return row
	}
	row.Evidence, row.EvidenceForm = string(e.Evidence), "text"
	switch {
	case !utf8.Valid(e.Evidence) && !o.Unmasked:
		row.Evidence = mask.Person(string([]rune(row.Evidence)), e.PayeeAccount, e.PayeeName) // what is no text is shown as far as it is
	case !utf8.Valid(e.Evidence):
		row.Evidence, row.EvidenceForm = base64.StdEncoding.EncodeToString(e.Evidence), "base64"
	case !o.Unmasked:
		row.Evidence = mask.Person(row.Evidence, e.PayeeAccount, e.PayeeName)
	}
	return row
}
