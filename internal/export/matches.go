package export

import (
	"context"
	"time"

	"github.com/bulkpay/bulkpay/ledger"
)

// MatchRow is a line of a statement and a payout that were said to be the same
// money, also if it was only proposed or undone later.
type MatchRow struct {
	Match       int64  `json:"match"`
	Standing    string `json:"standing"`
	Form        string `json:"form"`
	Rule        string `json:"rule"`
	Score       int    `json:"score"`
	Note        string `json:"note"`
	Origin      string `json:"origin"`
	Statement   string `json:"statement"`
	StatementID int64  `json:"statementId"`
	Line        int    `json:"line"`
	Day         string `json:"day" export:"day"` // 2026-11-21
	Status      string `json:"status"`
	LineAmount  string `json:"lineAmount" export:"amount"`
	Fee         string `json:"fee" export:"amount"`
	Merchant    string `json:"merchant"`
	Batch       string `json:"batch"`
	Row         int    `json:"row"`
	TradeNo     string `json:"tradeNo"`
	State       string `json:"state"`
	Amount      string `json:"amount" export:"amount"`
	Currency    string `json:"currency"`
	Event       int64  `json:"event"`
}

func readMatches(ctx context.Context, v ledger.View, o Options, give func(any) error) error {
	for m, err := range v.SelectMatches(ctx, o.Filter) {
		if err != nil {
			return err
		}
		row := MatchRow{
			Match: m.ID, Standing: string(m.Standing), Form: string(m.Form), Rule: string(m.Rule), Score: m.Score, Note: m.Note,
			Origin: string(m.Origin), Statement: m.Statement, StatementID: m.StatementID, Line: m.Number, Day: m.Day.Format(time.DateOnly),
			Status: string(m.Status), LineAmount: m.LineAmount.Fixed(), Fee: m.Fee.Fixed(),
			Merchant: m.Merchant, Batch: m.Batch, Row: m.Row, TradeNo: m.TradeNo, State: string(m.State),
			Amount: m.Amount.Fixed(), Currency: m.Amount.Currency().Code, Event: m.Seq,
		}
		if err := give(&row); err != nil {
			return err
		}
	}
	return nil
}
