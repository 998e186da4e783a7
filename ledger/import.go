package ledger

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"iter"
	"strings"
	"time"

	"github.com/bulkpay/bulkpay/internal/money"
)

// NewBatch describes a sheet to import.
type NewBatch struct {
	Merchant     Merchant
	Source       string
	SourceSHA256 string
	Worksheet    string
	Assumed      []string
	Repeats      string // code of the batch with the same content that is to be paid again
	Reason       string // why; required with Repeats
	Actor        string // who imports

	// Content is asked after the last row for the digest of all of them.
	Content func() string
}

// NewRow is one row of a sheet: a payout to be numbered, or an invalid row
// that is left out and remembered.
type NewRow struct {
	Row          int
	Amount       money.Amount
	Readable     bool     // Amount could be read; always true for a payout
	Problems     []string // not empty: the row is invalid
	Fields       map[string]string
	PayeeName    string
	PayeeAccount string
	Bank         string
	Fingerprint  []byte
}

// ErrDuplicate is a second import of content that is a batch already.
var ErrDuplicate = errors.New("this content is a batch already")

const insertPayoutSQL = `INSERT INTO payouts (batch_id, merchant_id, row, trade_no, amount_minor, updated_at)
	VALUES (?, ?, ?, ?, ?, ?)`

const insertInstructionSQL = `INSERT INTO instructions (payout_id, fields, payee_name, payee_account, bank, fingerprint)
	VALUES (?, ?, ?, ?, ?, ?)`

// Import makes a batch of a sheet in one transaction: every valid row gets
// its number, every invalid one is remembered, or nothing is written at all.
// An error from rows rolls everything back, and so does content that is a
// batch already (ErrDuplicate).
func (l *Ledger) Import(ctx context.Context, n NewBatch, rows iter.Seq2[NewRow, error]) (Batch, error) {
	if n.Repeats != "" && n.Reason == "" {
		return Batch{}, errors.New("ledger: to pay the same content again needs a reason")
	}
	// As people type it; two spellings must not be two repeats.
	n.Repeats = strings.ToUpper(n.Repeats)
	var id int64
	err := l.write(ctx, func(t *tx) error {
		i := &importing{tx: t, n: n, digest: sha256.New(), sum: money.FromMinor(n.Merchant.Currency, 0)}
		// The batch's row is written last, when its totals are known; the
		// payouts need its id before.
		if err := t.QueryRowContext(ctx, "SELECT coalesce(max(id), 0) + 1 FROM batches").Scan(&i.batch); err != nil {
			return err
		}
		if err := i.knowsCurrency(); err != nil {
			return err
		}
		// Foreign keys hold at the end of the transaction.
		if _, err := t.ExecContext(ctx, "PRAGMA defer_foreign_keys = 1"); err != nil {
			return err
		}
		for row, err := range rows {
			if err != nil {
				return err
			}
			if err := i.add(row); err != nil {
				return fmt.Errorf("row %d: %w", row.Row, err)
			}
		}
		id = i.batch
		return i.finish()
	})
	if err != nil {
		return Batch{}, err
	}
	return l.BatchByID(ctx, id)
}

// importing is an import under way.
type importing struct {
	*tx
	n          NewBatch
	batch      int64
	digest     hash.Hash // over every row as it was written
	sum        money.Amount
	rows       int
	last       int // the row before
	unreadable int
}

// knowsCurrency holds the merchant as given against the one in the ledger:
// minor units of another currency would be another amount.
func (i *importing) knowsCurrency() error {
	var code string
	if err := i.QueryRowContext(i.ctx, "SELECT currency FROM merchants WHERE id = ?", i.n.Merchant.ID).Scan(&code); err != nil {
		return fmt.Errorf("merchant %s: %w", i.n.Merchant.Name, err)
	}
	if code != i.n.Merchant.Currency.Code {
		return fmt.Errorf("merchant %s: %w: %s and %s", i.n.Merchant.Name, money.ErrCurrency, code, i.n.Merchant.Currency.Code)
	}
	return nil
}

// isNew refuses content that is a batch already, and a repeat of anything
// but a batch with the same content.
func (i *importing) isNew(content string) error {
	var same, repeated int
	err := i.QueryRowContext(i.ctx, `SELECT count(CASE WHEN repeats = ?3 THEN 1 END), count(CASE WHEN code = ?3 THEN 1 END)
		FROM batches WHERE merchant_id = ?1 AND content = ?2`, i.n.Merchant.ID, content, i.n.Repeats).Scan(&same, &repeated)
	switch {
	case err != nil:
		return err
	case same > 0:
		return ErrDuplicate
	case i.n.Repeats != "" && repeated == 0:
		return fmt.Errorf("batch %s with this content: %w", i.n.Repeats, ErrNotFound)
	}
	return nil
}

func (i *importing) add(row NewRow) error {
	if row.Row <= i.last {
		return errors.New("ledger: rows must come in sheet order")
	}
	i.rows, i.last = i.rows+1, row.Row
	if row.Readable {
		var err error
		if i.sum, err = i.sum.Add(row.Amount); err != nil {
			return err
		}
	} else {
		i.unreadable++
	}
	if len(row.Problems) > 0 {
		return i.addInvalid(row)
	}
	return i.addPayout(row)
}

func (i *importing) addInvalid(row NewRow) error {
	problems, err := json.Marshal(row.Problems)
	if err != nil {
		return err
	}
	var minor any
	if row.Readable {
		exact, ok := row.Amount.Minor()
		if !ok {
			return money.ErrOverflow
		}
		minor = exact
	}
	digestInvalid(i.digest, row.Row, minor, string(problems))
	_, err = i.exec(i.l.stmts.insertInvalid, i.batch, row.Row, minor, string(problems))
	return err
}

func (i *importing) addPayout(row NewRow) error {
	minor, ok := row.Amount.Minor()
	if !ok || row.Amount.Currency() != i.n.Merchant.Currency {
		return fmt.Errorf("amount is not in whole units of %s", i.n.Merchant.Currency.Code)
	}
	fields, err := json.Marshal(row.Fields)
	if err != nil {
		return err
	}
	number, err := newTradeNo(i.l.random, i.now)
	if err != nil {
		return err
	}
	result, err := i.exec(i.l.stmts.insertPayout, i.batch, i.n.Merchant.ID, row.Row, number, minor, millis(i.now))
	if err != nil {
		return err
	}
	id, err := result.LastInsertId()
	if err != nil {
		return err
	}
	digestPayout(i.digest, row.Row, number, minor, string(fields), row.PayeeName, row.PayeeAccount, row.Bank, string(row.Fingerprint))
	_, err = i.exec(i.l.stmts.insertInstruction, id, string(fields), row.PayeeName, row.PayeeAccount, row.Bank, row.Fingerprint)
	return err
}

func (i *importing) finish() error {
	code, err := newBatchCode(i.l.random, i.n.Merchant.Area, i.now)
	if err != nil {
		return err
	}
	assumed, err := json.Marshal(append([]string{}, i.n.Assumed...))
	if err != nil {
		return err
	}
	sum, ok := i.sum.Minor()
	if !ok {
		return money.ErrOverflow
	}
	content := i.n.Content()
	if err := i.isNew(content); err != nil {
		return err
	}
	_, err = i.ExecContext(i.ctx, `INSERT INTO batches (id, code, merchant_id, source, source_sha256, worksheet, content,
		assumed, rows, sum_minor, unreadable, repeats, reason, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		i.batch, code, i.n.Merchant.ID, i.n.Source, i.n.SourceSHA256, i.n.Worksheet, content,
		string(assumed), i.rows, sum, i.unreadable, i.n.Repeats, i.n.Reason, millis(i.now))
	if err != nil {
		return err
	}
	// One event anchors all of the import: its evidence is recomputed by
	// Verify.
	evidence, err := json.Marshal(anchor{
		Code: code, Rows: i.rows, SumMinor: sum, Unreadable: i.unreadable,
		Source: i.n.Source, SourceSHA256: i.n.SourceSHA256, Worksheet: i.n.Worksheet, Content: content,
		Merchant: i.n.Merchant.Name, MerchantNo: i.n.Merchant.MerchantNo, Area: i.n.Merchant.Area,
		Repeats: i.n.Repeats, Reason: i.n.Reason, Digest: hex.EncodeToString(i.digest.Sum(nil)),
	})
	if err != nil {
		return err
	}
	i.append(Event{
		BatchID: i.batch, Kind: kindImported, To: Ready, Actor: i.n.Actor,
		Reason: orDefault(i.n.Reason, "sheet imported"), Message: i.n.Repeats, Evidence: evidence,
	})
	return nil
}

// anchor is what an import event says of its batch.
type anchor struct {
	Code         string `json:"code"`
	Rows         int    `json:"rows"`
	SumMinor     int64  `json:"sumMinor"`
	Unreadable   int    `json:"unreadable"`
	Source       string `json:"source"`
	SourceSHA256 string `json:"sourceSHA256"`
	Worksheet    string `json:"worksheet"`
	Content      string `json:"content"`
	Merchant     string `json:"merchant"`
	MerchantNo   string `json:"merchantNo"`
	Area         string `json:"area"`
	Repeats      string `json:"repeats"`
	Reason       string `json:"reason"`
	Digest       string `json:"digest"` // over every row as it was written
}

// anchorOf is what the import event of a batch should say.
func anchorOf(b Batch, digest string) anchor {
	sum, _ := b.Sum.Minor() // it came out of the ledger, so it fits
	return anchor{
		Code: b.Code, Rows: b.Rows, SumMinor: sum, Unreadable: b.Unreadable,
		Source: b.Source, SourceSHA256: b.SourceSHA256, Worksheet: b.Worksheet, Content: b.Content,
		Merchant: b.Merchant.Name, MerchantNo: b.Merchant.MerchantNo, Area: b.Merchant.Area,
		Repeats: b.Repeats, Reason: b.Reason, Digest: digest,
	}
}

// digestPayout and digestInvalid write a row as it stands in the ledger.
func digestPayout(to hash.Hash, row int, tradeNo string, minor int64, fields, name, account, bank, fingerprint string) {
	digestRow(to, 'p', row, minor, tradeNo, fields, name, account, bank, fingerprint)
}

func digestInvalid(to hash.Hash, row int, minor any, problems string) {
	exact, readable := minor.(int64)
	kind := byte('i')
	if !readable {
		kind = 'u'
	}
	digestRow(to, kind, row, exact, problems)
}

func digestRow(to hash.Hash, kind byte, row int, minor int64, texts ...string) {
	buffer := []byte{kind}
	buffer = binary.BigEndian.AppendUint64(buffer, uint64(row))
	buffer = binary.BigEndian.AppendUint64(buffer, uint64(minor))
	for _, text := range texts {
		buffer = binary.BigEndian.AppendUint32(buffer, uint32(len(text)))
		buffer = append(buffer, text...)
	}
	to.Write(buffer) // a hash never returns an error
}

// crockford is base 32 without the letters that are mistaken for others.
const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// newTradeNo draws a number: "BP", the time to the second as the gateway's
// documents suggest, and 60 random bits. It starts with letters so that no
// spreadsheet takes it for a number, and has 28 characters: the documents
// give no limit, those of a sister gateway 32.
func newTradeNo(random io.Reader, now time.Time) (string, error) {
	tail, err := draw(random, 12)
	return "BP" + now.UTC().Format("20060102150405") + tail, err
}

// newBatchCode draws a code that people can read out: "MX-20261121-7K3QF".
func newBatchCode(random io.Reader, area string, now time.Time) (string, error) {
	tail, err := draw(random, 5)
	return area + "-" + now.UTC().Format("20060102") + "-" + tail, err
}

func draw(random io.Reader, letters int) (string, error) {
	bytes := make([]byte, letters)
	if _, err := io.ReadFull(random, bytes); err != nil {
		return "", fmt.Errorf("random: %w", err)
	}
	for i := range bytes {
		bytes[i] = crockford[bytes[i]&31]
	}
	return string(bytes), nil
}

func orDefault(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}
