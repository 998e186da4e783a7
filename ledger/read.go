package ledger

import (
	"context"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"iter"

	"github.com/bulkpay/bulkpay/internal/money"
)

const payoutColumns = `p.id, p.batch_id, p.row, p.trade_no, coalesce(p.platform_trade_no, ''), p.amount_minor, m.currency,
	i.fields, i.payee_name, i.payee_account, i.bank, p.state, p.reason, p.code, p.message, p.flagged, p.known, p.conflict,
	p.attempts, p.unsent, p.resends_to, p.asks, p.unknowns, p.first_unknown_at, p.first_unknown_date, p.due_at, p.submitted_at, p.final_at, p.updated_at, p.version,
	coalesce((SELECT r.trade_no FROM payouts r WHERE r.id = p.replaces), ''),
	coalesce((SELECT r.trade_no FROM payouts r WHERE r.replaces = p.id), '')`

const payoutTables = " FROM payouts p" + payoutJoins

const payoutJoins = `
	JOIN instructions i ON i.payout_id = p.id
	JOIN merchants m ON m.id = p.merchant_id`

func scanPayout(rows *sql.Rows) (Payout, error) {
	var p Payout
	var minor, firstUnknown, firstDate, due, submitted, final, updated int64
	var currency string
	var fields []byte
	err := rows.Scan(&p.ID, &p.BatchID, &p.Row, &p.TradeNo, &p.PlatformTradeNo, &minor, &currency,
		&fields, &p.PayeeName, &p.PayeeAccount, &p.Bank, &p.State, &p.Reason, &p.Code, &p.Message, &p.Flagged, &p.known, &p.conflict,
		&p.Attempts, &p.Unsent, &p.resendsTo, &p.Asks, &p.unknowns, &firstUnknown, &firstDate, &due, &submitted, &final, &updated, &p.version,
		&p.Replaces, &p.ReplacedBy)
	if err != nil {
		return Payout{}, err
	}
	if err := json.Unmarshal(fields, &p.Fields); err != nil {
		return Payout{}, fmt.Errorf("payout %s: fields: %w", p.TradeNo, err)
	}
	if p.Amount, err = amount(currency, minor); err != nil {
		return Payout{}, err
	}
	p.firstUnknown, p.firstDate = fromMillis(firstUnknown), fromMillis(firstDate)
	p.DueAt, p.SubmittedAt = fromMillis(due), fromMillis(submitted)
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
	b.unreadable, b.overridden, b.repeats, b.reason, b.created_at, m.id, m.name, m.area, m.currency, m.merchant_no, m.gateway,
	coalesce((SELECT s.size FROM sources s WHERE s.sha256 = b.source_sha256), 0)`

const batchTables = " FROM batches b JOIN merchants m ON m.id = b.merchant_id"

func scanBatch(rows *sql.Rows) (Batch, error) {
	var b Batch
	var sum, created int64
	var assumed []byte
	var currency string
	err := rows.Scan(&b.ID, &b.Code, &b.Source, &b.SourceSHA256, &b.Worksheet, &b.Content, &assumed, &b.Rows, &sum,
		&b.Unreadable, &b.Overridden, &b.Repeats, &b.Reason, &created,
		&b.Merchant.ID, &b.Merchant.Name, &b.Merchant.Area, &currency, &b.Merchant.MerchantNo, &b.Merchant.Gateway, &b.SourceSize)
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
	var attempts int64
	at := map[string]int{}
	for i, name := range Buckets() {
		s.Buckets = append(s.Buckets, Bucket{Name: name, Sum: money.FromMinor(batch.Merchant.Currency, 0)})
		at[name] = i
	}
	rows := query(ctx, v.q, scanCount, `SELECT state, count(*), sum(amount_minor), sum(flagged), sum(attempts) FROM payouts WHERE batch_id = ?1 GROUP BY state
		UNION ALL SELECT iif(known IS NULL, 'invalid', 'known') AS bucket, count(*), coalesce(sum(amount_minor), 0), 0, 0
		FROM left_out WHERE batch_id = ?1 GROUP BY bucket`, batchID)
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
		attempts += row.attempts
	}
	if err := v.stopped(ctx, &s, attempts); err != nil {
		return Summary{}, err
	}
	return v.anchor(ctx, s)
}

type stateCount struct {
	state          string
	count, flagged int
	sum, attempts  int64
}

func scanCount(rows *sql.Rows) (stateCount, error) {
	var c stateCount
	err := rows.Scan(&c.state, &c.count, &c.sum, &c.flagged, &c.attempts)
	return c, err
}

// anchor adds the batch's last event. The search goes backwards from the end
// of the history, where a batch that is being looked at usually is.
func (v View) anchor(ctx context.Context, s Summary) (Summary, error) {
	var at int64
	var head []byte
	err := v.q.QueryRowContext(ctx, "SELECT seq, at, hash FROM events WHERE batch_id = ? ORDER BY seq DESC LIMIT 1", s.Batch.ID).Scan(&s.Seq, &at, &head)
	if err != nil {
		return Summary{}, fmt.Errorf("batch %s: history: %w", s.Batch.Code, cancelled(ctx, err))
	}
	s.At, s.Head = fromMillis(at), hex.EncodeToString(head)
	return s, nil
}

// Lines streams every row of a batch's sheet in sheet order.
func (v View) Lines(ctx context.Context, batchID int64) iter.Seq2[Line, error] {
	return func(yield func(Line, error) bool) {
		next, stop := iter.Pull2(v.leftOut(ctx, batchID))
		defer stop()
		left, err, more := next()
		// skipTo yields the rows that were left out before a row.
		skipTo := func(row int) bool {
			for ; more && err == nil && left.Row < row; left, err, more = next() {
				if !yield(left, nil) {
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

const leftOutSQL = `SELECT r.row, r.amount_minor, r.notes, m.currency, coalesce(r.known, ''),
		coalesce(kb.code, ''), coalesce(k.row, 0), coalesce(k.state, ''),
		coalesce(ki.payee_name, ''), coalesce(ki.payee_account, ''), coalesce(ki.bank, '')
	FROM left_out r JOIN batches b ON b.id = r.batch_id JOIN merchants m ON m.id = b.merchant_id
	LEFT JOIN payouts k ON k.trade_no = r.known
	LEFT JOIN batches kb ON kb.id = k.batch_id
	LEFT JOIN instructions ki ON ki.payout_id = k.id
	WHERE r.batch_id = ? ORDER BY r.row`

// leftOut streams the rows that are no payout of the batch.
func (v View) leftOut(ctx context.Context, batchID int64) iter.Seq2[Line, error] {
	return query(ctx, v.q, scanLeftOut, leftOutSQL, batchID)
}

func scanLeftOut(rows *sql.Rows) (Line, error) {
	var k KnownRow
	var minor sql.NullInt64
	var notes []byte
	var currency string
	err := rows.Scan(&k.Row, &minor, &notes, &currency, &k.TradeNo, &k.Batch, &k.BatchRow, &k.State,
		&k.PayeeName, &k.PayeeAccount, &k.Bank)
	if err != nil {
		return Line{}, err
	}
	if err := json.Unmarshal(notes, &k.Notes); err != nil {
		return Line{}, fmt.Errorf("row %d: notes: %w", k.Row, err)
	}
	k.Readable = minor.Valid
	if k.Amount, err = amount(currency, minor.Int64); err != nil {
		return Line{}, err
	}
	if k.TradeNo == "" {
		return Line{Row: k.Row, Invalid: &InvalidRow{Row: k.Row, Amount: k.Amount, Readable: k.Readable, Problems: k.Notes}}, nil
	}
	return Line{Row: k.Row, Known: &k}, nil
}
