package export

import (
	"context"
	"time"

	"github.com/bulkpay/bulkpay/ledger"
)

// LineRow is a line of a statement, whether or not it is a payout of ours.
type LineRow struct {
	Statement       string `json:"statement"`
	StatementID     int64  `json:"statementId"`
	Origin          string `json:"origin"`
	Merchant        string `json:"merchant"`
	Line            int    `json:"line"`
	Day             string `json:"day" export:"day"` // 2026-11-21
	Status          string `json:"status"`
	Amount          string `json:"amount" export:"amount"`
	Fee             string `json:"fee" export:"amount"`
	Currency        string `json:"currency"`
	TradeNo         string `json:"tradeNo"`
	PlatFormTradeNo string `json:"platFormTradeNo"`
	EntryRef        string `json:"entryRef"`
	Narrative       string `json:"narrative"` // "" unless unmasked: names may stand in it
	Confirmed       int    `json:"confirmed"`
	Proposed        int    `json:"proposed"`
}

func readLines(ctx context.Context, v ledger.View, o Options, give func(any) error) error {
	for l, err := range v.SelectLines(ctx, o.Filter) {
		if err != nil {
			return err
		}
		row := LineRow{
			Statement: l.Statement, StatementID: l.StatementID, Origin: string(l.Origin), Merchant: l.Merchant, Line: l.Number,
			Day: l.Day.Format(time.DateOnly), Status: string(l.Status), Amount: l.Amount.Fixed(), Fee: l.Fee.Fixed(), Currency: l.Amount.Currency().Code,
			TradeNo: l.TradeNo, PlatFormTradeNo: l.PlatformTradeNo, EntryRef: l.EntryRef, Narrative: l.Narrative, Confirmed: l.Confirmed, Proposed: l.Proposed,
		}
		if !o.Unmasked {
			row.Narrative = ""
		}
		if err := give(&row); err != nil {
			return err
		}
	}
	return nil
}
