package ledger

import (
	"context"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/bulkpay/bulkpay/internal/money"
)

const payoutColumns = `p.id, p.batch_id, p.row, p.trade_no, coalesce(p.platform_trade_no, ''), p.amount_minor, m.currency,
	i.fields, i.payee_name, i.payee_account, i.bank, p.state, p.reason, p.code, p.message, p.flagged, p.known, p.conflict,
	p.attempts, p.unsent, p.asks, p.unknowns, p.first_unknown_at, p.due_at, p.submitted_at, p.final_at, p.updated_at, p.version`

const payoutTables = " FROM payouts p" + payoutJoins

const payoutJoins = `
	JOIN instructions i ON i.payout_id = p.id
	JOIN merchants m ON m.id = p.merchant_id`

func scanPayout(rows *sql.Rows) (Payout, error) {
	var p Payout
	var minor, firstUnknown, due, submitted, final, updated int64
	var currency string
	var fields []byte
	err := rows.Scan(&p.ID, &p.BatchID, &p.Row, &p.TradeNo, &p.PlatformTradeNo, &minor, &currency,
		&fields, &p.PayeeName, &p.PayeeAccount, &p.Bank, &p.State, &p.Reason, &p.Code, &p.Message, &p.Flagged, &p.known, &p.conflict,
		&p.Attempts, &p.Unsent, &p.Asks, &p.unknowns, &firstUnknown, &due, &submitted, &final, &updated, &p.version)
	if err != nil {
		return Payout{}, err
	}
	if err := json.Unmarshal(fields, &p.Fields); err != nil {
		return Payout{}, fmt.Errorf("payout %s: fields: %w", p.TradeNo, err)
	}
	if p.Amount, err = amount(currency, minor); err != nil {
		return Payout{}, err
	}
	p.firstUnknown, p.DueAt, p.SubmittedAt = fromMillis(firstUnknown), fromMillis(due), fromMillis(submitted)
	p.FinalAt, p.UpdatedAt = fromMillis(final), fromMillis(updated)
	return p, nil
}

func amount(code string, minor int64) (money.Amount, error) {
	currency, ok := money.Lookup(code)
	if !ok {
		return money.Amount{}, fmt.Errorf("currency %q is not known", code)
	}
	return money.FromMinor(currency, minor), nil
}

// Payout finds a payout by its trade number.
func (v View) Payout(ctx context.Context, tradeNo string) (Payout, error) {
	found, err := first(query(ctx, v.q, scanPayout, "SELECT "+payoutColumns+payoutTables+" WHERE p.trade_no = ?", tradeNo))
	if errors.Is(err, ErrNotFound) {
		return Payout{}, fmt.Errorf("payout %s: %w", tradeNo, err)
	}
	return found, err
}

const batchColumns = `b.id, b.code, b.source, b.source_sha256, b.worksheet, b.content, b.assumed, b.rows, b.sum_minor,
	b.unreadable, b.repeats, b.reason, b.created_at, m.id, m.name, m.area, m.currency, m.merchant_no, m.gateway`

const batchTables = " FROM batches b JOIN merchants m ON m.id = b.merchant_id"

func scanBatch(rows *sql.Rows) (Batch, error) {
	var b Batch
	var sum, created int64
	var assumed []byte
	var currency string
	err := rows.Scan(&b.ID, &b.Code, &b.Source, &b.SourceSHA256, &b.Worksheet, &b.Content, &assumed, &b.Rows, &sum,
		&b.Unreadable, &b.Repeats, &b.Reason, &created,
		&b.Merchant.ID, &b.Merchant.Name, &b.Merchant.Area, &currency, &b.Merchant.MerchantNo, &b.Merchant.Gateway)
	if err != nil {
		return Batch{}, err
	}
	if err := json.Unmarshal(assumed, &b.Assumed); err != nil {
		return Batch{}, fmt.Errorf("batch %s: assumptions: %w", b.Code, err)
	}
	b.CreatedAt = fromMillis(created)
	b.Sum, err = amount(currency, sum)
	b.Merchant.Currency = b.Sum.Currency()
	return b, err
}

// BatchByID finds a batch by its id.
func (v View) BatchByID(ctx context.Context, id int64) (Batch, error) {
	return first(query(ctx, v.q, scanBatch, "SELECT "+batchColumns+batchTables+" WHERE b.id = ?", id))
}

// BatchByCode finds a batch by the code people type, in any case.
func (v View) BatchByCode(ctx context.Context, code string) (Batch, error) {
	found, err := first(query(ctx, v.q, scanBatch, "SELECT "+batchColumns+batchTables+" WHERE b.code = upper(?)", code))
	if errors.Is(err, ErrNotFound) {
		return Batch{}, fmt.Errorf("batch %s: %w", code, err)
	}
	return found, err
}

// BatchBySource finds the latest batch that a merchant made of a worksheet of
// exactly these bytes, or ErrNotFound.
func (v View) BatchBySource(ctx context.Context, merchantID int64, sha256, worksheet string) (Batch, error) {
	return first(query(ctx, v.q, scanBatch, "SELECT "+batchColumns+batchTables+
		" WHERE b.merchant_id = ? AND b.source_sha256 = ? AND b.worksheet = ? ORDER BY b.id DESC LIMIT 1", merchantID, sha256, worksheet))
}

// BatchByContent finds the latest batch that a merchant made of rows with
// this digest, whatever the file, or ErrNotFound.
func (v View) BatchByContent(ctx context.Context, merchantID int64, content string) (Batch, error) {
	return first(query(ctx, v.q, scanBatch, "SELECT "+batchColumns+batchTables+
		" WHERE b.merchant_id = ? AND b.content = ? ORDER BY b.id DESC LIMIT 1", merchantID, content))
}

// BatchRepeating finds the batch that repeats another one, or ErrNotFound.
func (v View) BatchRepeating(ctx context.Context, merchantID int64, code string) (Batch, error) {
	return first(query(ctx, v.q, scanBatch, "SELECT "+batchColumns+batchTables+
		" WHERE b.merchant_id = ? AND b.repeats = ?", merchantID, code))
}

// Batches lists all batches, the latest first.
func (v View) Batches(ctx context.Context) iter.Seq2[Batch, error] {
	return query(ctx, v.q, scanBatch, "SELECT "+batchColumns+batchTables+" ORDER BY b.id DESC")
}

// Summary is where a batch stands. Its buckets are counted from the payouts
// themselves, so that they can be held against the sheet's totals.
func (v View) Summary(ctx context.Context, batchID int64) (Summary, error) {
	batch, err := v.BatchByID(ctx, batchID)
	if err != nil {
		return Summary{}, err
	}
	s := Summary{Batch: batch}
	at := map[string]int{}
	for i, name := range Buckets() {
		s.Buckets = append(s.Buckets, Bucket{Name: name, Sum: money.FromMinor(batch.Merchant.Currency, 0)})
		at[name] = i
	}
	rows := query(ctx, v.q, scanCount, `SELECT state, count(*), sum(amount_minor), sum(flagged) FROM payouts WHERE batch_id = ?1 GROUP BY state
		UNION ALL SELECT 'invalid', count(*), coalesce(sum(amount_minor), 0), 0 FROM invalid_rows WHERE batch_id = ?1`, batchID)
	for row, err := range rows {
		if err != nil {
			return Summary{}, err
		}
		i, ok := at[State(row.state).Bucket()]
		if !ok {
			return Summary{}, fmt.Errorf("state %q has no bucket", row.state)
		}
		bucket := &s.Buckets[i]
		bucket.Count += row.count
		if bucket.Sum, err = bucket.Sum.Add(money.FromMinor(batch.Merchant.Currency, row.sum)); err != nil {
			return Summary{}, err
		}
		s.Flagged += row.flagged
	}
	return v.anchor(ctx, s)
}

type stateCount struct {
	state          string
	count, flagged int
	sum            int64
}

func scanCount(rows *sql.Rows) (stateCount, error) {
	var c stateCount
	err := rows.Scan(&c.state, &c.count, &c.sum, &c.flagged)
	return c, err
}

// anchor adds the batch's last event. The search goes backwards from the end
// of the history, where a batch that is being looked at usually is.
func (v View) anchor(ctx context.Context, s Summary) (Summary, error) {
	var at int64
	var head []byte
	err := v.q.QueryRowContext(ctx, "SELECT at, hash FROM events WHERE batch_id = ? ORDER BY seq DESC LIMIT 1", s.Batch.ID).Scan(&at, &head)
	if err != nil {
		return Summary{}, fmt.Errorf("batch %s: history: %w", s.Batch.Code, cancelled(ctx, err))
	}
	s.At, s.Head = fromMillis(at), hex.EncodeToString(head)
	return s, nil
}

// Lines streams every row of a batch's sheet in sheet order.
func (v View) Lines(ctx context.Context, batchID int64) iter.Seq2[Line, error] {
	return func(yield func(Line, error) bool) {
		next, stop := iter.Pull2(v.invalidRows(ctx, batchID))
		defer stop()
		invalid, err, more := next()
		// skipTo yields the invalid rows before a row.
		skipTo := func(row int) bool {
			for ; more && err == nil && invalid.Row < row; invalid, err, more = next() {
				current := invalid
				if !yield(Line{Row: current.Row, Invalid: &current}, nil) {
					return false
				}
			}
			if err != nil {
				yield(Line{}, err)
			}
			return err == nil
		}
		payouts := query(ctx, v.q, scanPayout, "SELECT "+payoutColumns+payoutTables+" WHERE p.batch_id = ? ORDER BY p.row", batchID)
		for payout, failure := range payouts {
			if failure != nil {
				yield(Line{}, failure)
				return
			}
			if !skipTo(payout.Row) || !yield(Line{Row: payout.Row, Payout: &payout}, nil) {
				return
			}
		}
		skipTo(int(^uint(0) >> 1))
	}
}

func (v View) invalidRows(ctx context.Context, batchID int64) iter.Seq2[InvalidRow, error] {
	scan := func(rows *sql.Rows) (InvalidRow, error) {
		var r InvalidRow
		var minor sql.NullInt64
		var problems []byte
		var currency string
		if err := rows.Scan(&r.Row, &minor, &problems, &currency); err != nil {
			return r, err
		}
		if err := json.Unmarshal(problems, &r.Problems); err != nil {
			return r, err
		}
		var err error
		r.Readable = minor.Valid
		r.Amount, err = amount(currency, minor.Int64)
		return r, err
	}
	return query(ctx, v.q, scan, `SELECT r.row, r.amount_minor, r.problems, m.currency FROM invalid_rows r
		JOIN batches b ON b.id = r.batch_id JOIN merchants m ON m.id = b.merchant_id
		WHERE r.batch_id = ? ORDER BY r.row`, batchID)
}

// Overlap is a payout that a row of another sheet would repeat.
type Overlap struct {
	Batch string
	Was   int // its row there
	State State
}

// Lookback searches the payouts of a merchant for rows that were imported
// before. Close it when done.
type Lookback struct {
	search   *sql.Stmt // nil: there is nothing to search
	merchant int64
	since    int64
}

// LookBack prepares a search among the batches imported at or after since.
func (l *Ledger) LookBack(ctx context.Context, merchantID int64, since time.Time) (*Lookback, error) {
	b := &Lookback{merchant: merchantID, since: millis(since)}
	var some bool
	err := l.reader.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM batches WHERE merchant_id = ? AND created_at >= ?)", merchantID, b.since).Scan(&some)
	if err != nil || !some {
		return b, cancelled(ctx, err)
	}
	b.search, err = l.reader.PrepareContext(ctx, `SELECT b.code, p.row, p.state FROM instructions i
		JOIN payouts p ON p.id = i.payout_id JOIN batches b ON b.id = p.batch_id
		WHERE i.fingerprint = ? AND p.merchant_id = ? AND b.created_at >= ?
			AND p.state NOT IN ('rejected', 'failed', 'cancelled', 'reversed')
		ORDER BY p.id DESC LIMIT 1`)
	return b, cancelled(ctx, err)
}

// Close ends the search.
func (b *Lookback) Close() error {
	if b.search == nil {
		return nil
	}
	return b.search.Close()
}

// Find looks for a payout with exactly this content that was not called off:
// rejected, failed, cancelled and reversed ones may be paid again.
func (b *Lookback) Find(ctx context.Context, fingerprint []byte) (Overlap, bool, error) {
	if b.search == nil {
		return Overlap{}, false, nil
	}
	var o Overlap
	err := b.search.QueryRowContext(ctx, fingerprint, b.merchant, b.since).Scan(&o.Batch, &o.Was, &o.State)
	if errors.Is(err, sql.ErrNoRows) {
		return Overlap{}, false, nil
	}
	return o, err == nil, cancelled(ctx, err)
}

// TradeNumber says which of our numbers is which of the gateway's.
type TradeNumber struct {
	Merchant        string `json:"merchant"`
	Batch           string `json:"batch"`
	Row             int    `json:"row"`
	TradeNo         string `json:"tradeNo"`
	PlatFormTradeNo string `json:"platFormTradeNo"`
	State           State  `json:"state"`
}

// TradeNumbers lists the numbers of a batch in sheet order, from the view
// trade_numbers that is there for other programs too.
func (v View) TradeNumbers(ctx context.Context, batch string) iter.Seq2[TradeNumber, error] {
	scan := func(rows *sql.Rows) (TradeNumber, error) {
		var n TradeNumber
		err := rows.Scan(&n.Merchant, &n.Batch, &n.Row, &n.TradeNo, &n.PlatFormTradeNo, &n.State)
		return n, err
	}
	return query(ctx, v.q, scan, `SELECT merchant, batch, row, tradeNo, coalesce(platFormTradeNo, ''), state
		FROM trade_numbers WHERE batch = ? ORDER BY row`, batch)
}
