package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"strconv"
	"time"

	"github.com/bulkpay/bulkpay/internal/money"
)

// PreviousBatch finds the batch of a merchant that was imported before the
// one with this id, or its latest for id 0. There may be none: ErrNotFound.
func (v View) PreviousBatch(ctx context.Context, merchantID, before int64) (Batch, error) {
	found, err := first(query(ctx, v.q, scanBatch, "SELECT "+batchColumns+batchTables+
		" WHERE b.merchant_id = ?1 AND (?2 = 0 OR b.id < ?2) ORDER BY b.id DESC LIMIT 1", merchantID, before))
	if errors.Is(err, ErrNotFound) {
		return Batch{}, fmt.Errorf("an earlier batch: %w", err)
	}
	return found, err
}

// Payee is one payout of a batch, as far as it says who gets how much.
type Payee struct {
	Name    string
	Account string // unmasked
	Bank    string
	Amount  money.Amount
	Row     int
	TradeNo string
	State   State
}

// Payees streams the payouts of a batch by account, in the order of its
// bytes, and those of one account by row.
func (v View) Payees(ctx context.Context, batchID int64) iter.Seq2[Payee, error] {
	scan := func(rows *sql.Rows) (Payee, error) {
		var p Payee
		var minor int64
		var currency string
		if err := rows.Scan(&p.Name, &p.Account, &p.Bank, &minor, &currency, &p.Row, &p.TradeNo, &p.State); err != nil {
			return p, err
		}
		var err error
		p.Amount, err = amount(currency, minor)
		return p, err
	}
	return query(ctx, v.q, scan, `SELECT i.payee_name, i.payee_account, i.bank, p.amount_minor, m.currency, p.row, p.trade_no, p.state`+
		payoutTables+` WHERE p.batch_id = ? ORDER BY i.payee_account, p.row`, batchID)
}

// historyAmounts is how many of the latest amounts a history has.
const historyAmounts = 12

// History is what an account has been paid by the merchant, ever.
type History struct {
	Amounts     []money.Amount // of the latest twelve payouts, the latest first
	Count       int            // of all
	First, Last time.Time      // when the first and the last of all succeeded
}

var historySQL = `SELECT p.amount_minor, p.final_at, count(*) OVER (), min(p.final_at) OVER () FROM payouts p
	WHERE p.merchant_id = ? AND p.account_key = ? AND p.state = 'succeeded' ORDER BY p.final_at DESC, p.id DESC LIMIT ` + strconv.Itoa(historyAmounts)

// History is what succeeded to an account, within the window and before. Ask
// once for an account, not for every row: it reads all payouts to it.
func (b *Lookback) History(ctx context.Context, account string) (History, error) {
	if b.view.q == nil || FoldAccount(account) == "" {
		return History{}, nil
	}
	var h History
	scan := func(rows *sql.Rows) (h struct {
		minor, at, count, first int64
	}, err error,
	) {
		return h, rows.Scan(&h.minor, &h.at, &h.count, &h.first)
	}
	for row, err := range query(ctx, b.view.q, scan, historySQL, b.merchant, accountKey(b.merchant, account, nil)) {
		if err != nil {
			return History{}, err
		}
		if len(h.Amounts) == 0 {
			h.Count, h.First, h.Last = int(row.count), fromMillis(row.first), fromMillis(row.at)
		}
		h.Amounts = append(h.Amounts, money.FromMinor(b.currency, row.minor))
	}
	return h, nil
}
