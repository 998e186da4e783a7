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
	SourceSHA256 string // of Original, hex; "": found while it is read
	Worksheet    string
	Assumed      []string
	Repeats      string // code of the batch with the same content that is to be paid again
	Reason       string // why; required with Repeats and with rows that are Overridden
	Actor        string // who imports

	// Original opens the file itself. It is called once, what it gives is kept
	// with the batch and closed, and must have the digest SourceSHA256, or
	// there is ErrSourceChanged.
	Original func() (io.ReadCloser, error)

	// Content is asked after the last row for the digest of all of them.
	Content func() string
}

// NewRow is one row of a sheet: a payout to be numbered, or a row that is left
// out and remembered. What is Known is left out, whatever else is said of the
// row; then what has Problems is.
type NewRow struct {
	Row      int
	Amount   money.Amount
	Readable bool // Amount could be read; always true for a payout

	// Known is the number of the payout that this row is already. It must be
	// one of an earlier batch of the merchant.
	Known    string
	Notes    []string // what a person should know about a known row; no contents
	Problems []string // not empty: the row is invalid (of a known row: more notes)

	// Replaces is the number of a payout that was called off and that this
	// payout stands in for: one of an earlier batch of the merchant, the last
	// of its chain.
	Replaces string

	Hold       string // not empty: why the payout is held until a person decides; no personal data
	HoldReason string // the token for it; "": ReasonSuspect
	Overridden bool   // it looks like an earlier payout and is made on the word of the batch's Reason

	Fields       map[string]string
	PayeeName    string
	PayeeAccount string
	Bank         string
	Fingerprint  []byte
}

// holdReason is the token for why a row is held.
func (n *NewRow) holdReason() string {
	if n.HoldReason == "" {
		return ReasonSuspect
	}
	return n.HoldReason
}

// ErrDuplicate is a second import of content that is a batch already.
var ErrDuplicate = errors.New("this content is a batch already")

const insertPayoutSQL = `INSERT INTO payouts (batch_id, merchant_id, row, trade_no, amount_minor, account_key, name_key,
	replaces, state, reason, message, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

const insertInstructionSQL = `INSERT INTO instructions (payout_id, fields, payee_name, payee_account, bank, fingerprint)
	VALUES (?, ?, ?, ?, ?, ?)`

// Import makes a batch of a sheet in one transaction: every valid row gets
// its number, every other one is remembered, or nothing is written at all.
// An error from rows rolls everything back, and so does content that is a
// batch already (ErrDuplicate), and a payout that would stand in for one that
// may be paid or has a replacement (a [ReplaceError]), and a ledger that has
// forgotten what was sent from it (an [OldCopyError]). No other import can begin or end while rows
// are asked for.
func (l *Ledger) Import(ctx context.Context, n NewBatch, rows iter.Seq2[NewRow, error]) (Batch, error) {
	if n.Repeats != "" && n.Reason == "" {
		return Batch{}, errors.New("ledger: to pay the same content again needs a reason")
	}
	if err := l.CheckWitness(ctx); err != nil {
		return Batch{}, err // it may have been a batch of the history that is lost
	}
	// As people type it; two spellings must not be two repeats.
	n.Repeats = strings.ToUpper(n.Repeats)
	n.Source, n.Worksheet, n.Reason = asText(n.Source), asText(n.Worksheet), asText(n.Reason)
	var id int64
	err := l.write(ctx, "import", func(t *tx) error {
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
		if err := i.keepSource(); err != nil {
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
	overridden overridden
	sourceSize int64
}

// overridden is what a person's word let pass.
type overridden struct {
	Count int   `json:"overridden"`
	Rows  []int `json:"rows"` // the first of them
}

// overriddenRows is how many rows the event of a person's word names.
const overriddenRows = 1000

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
	if row.Known != "" || len(row.Problems) > 0 {
		return i.leaveOut(row)
	}
	return i.addPayout(row)
}

func (i *importing) leaveOut(row NewRow) error {
	notes := append(append([]string{}, row.Notes...), row.Problems...)
	for at := range notes {
		notes[at] = asText(notes[at])
	}
	kept, err := json.Marshal(notes)
	if err != nil {
		return err
	}
	var minor, known any
	if row.Readable {
		exact, ok := row.Amount.Minor()
		if !ok {
			return money.ErrOverflow
		}
		minor = exact
	}
	if row.Known != "" {
		known = row.Known
		if err := i.isKnown(row.Known); err != nil {
			return err
		}
	}
	digestLeftOut(i.digest, row.Row, minor, row.Known, string(kept))
	_, err = i.exec(i.l.stmts.insertLeftOut, i.batch, row.Row, minor, known, string(kept))
	return err
}

// isKnown holds a row's number against the book: a number that is not there
// would make the row vanish as paid without a payout.
func (i *importing) isKnown(tradeNo string) error {
	var n int
	if err := i.stmt(i.l.stmts.isKnown).QueryRowContext(i.ctx, tradeNo, i.n.Merchant.ID, i.batch).Scan(&n); err != nil {
		return err
	}
	if n != 1 {
		return fmt.Errorf("payout %s of an earlier batch of the merchant: %w", tradeNo, ErrNotFound)
	}
	return nil
}

func (i *importing) addPayout(row NewRow) error {
	minor, ok := row.Amount.Minor()
	if !ok || row.Amount.Currency() != i.n.Merchant.Currency {
		return fmt.Errorf("amount is not in whole units of %s", i.n.Merchant.Currency.Code)
	}
	replaced, err := i.replaced(row.Replaces)
	if err != nil {
		return err
	}
	row.PayeeName, row.PayeeAccount, row.Bank = asText(row.PayeeName), asText(row.PayeeAccount), asText(row.Bank)
	fields, err := json.Marshal(textsOf(row.Fields))
	if err != nil {
		return err
	}
	number, err := newTradeNo(i.l.random, i.now)
	if err != nil {
		return err
	}
	account, name := accountKey(i.n.Merchant.ID, row.PayeeAccount, row.Fingerprint), nameKey(i.n.Merchant.ID, row.PayeeName)
	state, reason, message := Ready, "", ""
	if row.Hold != "" {
		state, reason, message = decide(standing{state: Ready}, Hold, fromQuery).to, row.holdReason(), clip(row.Hold)
	}
	result, err := i.exec(i.l.stmts.insertPayout, i.batch, i.n.Merchant.ID, row.Row, number, minor, account, name, replaced,
		string(state), reason, message, millis(i.now))
	if err != nil {
		return err
	}
	id, err := result.LastInsertId()
	if err != nil {
		return err
	}
	digestPayout(i.digest, row.Row, number, minor, account, name, string(fields), row.PayeeName, row.PayeeAccount, row.Bank, string(row.Fingerprint), row.Replaces)
	_, err = i.exec(i.l.stmts.insertInstruction, id, string(fields), row.PayeeName, row.PayeeAccount, row.Bank, row.Fingerprint)
	if err != nil {
		return err
	}
	if row.Overridden {
		i.overridden.add(row.Row)
	}
	if row.Hold == "" {
		return nil
	}
	i.append(Event{
		BatchID: i.batch, PayoutID: id, Kind: string(Hold), From: Ready, To: state,
		Actor: ActorImport, Reason: reason, Message: message,
	})
	return i.flushMany()
}

func (o *overridden) add(row int) {
	if o.Count++; len(o.Rows) < overriddenRows {
		o.Rows = append(o.Rows, row)
	}
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
	if i.overridden.Count > 0 && i.n.Reason == "" {
		return errors.New("ledger: to pay what looks like earlier payouts needs a reason")
	}
	_, err = i.ExecContext(i.ctx, `INSERT INTO batches (id, code, merchant_id, source, source_sha256, worksheet, content,
		assumed, rows, sum_minor, unreadable, overridden, repeats, reason, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		i.batch, code, i.n.Merchant.ID, i.n.Source, i.n.SourceSHA256, i.n.Worksheet, content,
		string(assumed), i.rows, sum, i.unreadable, i.overridden.Count, i.n.Repeats, i.n.Reason, millis(i.now))
	if err != nil {
		return err
	}
	// One event anchors all of the import: its evidence is recomputed by
	// Verify.
	evidence, err := json.Marshal(anchor{
		Code: code, Rows: i.rows, SumMinor: sum, Unreadable: i.unreadable, Overridden: i.overridden.Count,
		Source: i.n.Source, SourceSHA256: i.n.SourceSHA256, Worksheet: i.n.Worksheet, Content: content,
		Merchant: i.n.Merchant.Name, MerchantNo: i.n.Merchant.MerchantNo, Area: i.n.Merchant.Area,
		Repeats: i.n.Repeats, Reason: i.n.Reason, Digest: hex.EncodeToString(i.digest.Sum(nil)), SourceSize: i.sourceSize,
	})
	if err != nil {
		return err
	}
	i.append(Event{
		BatchID: i.batch, Kind: kindImported, To: Ready, Actor: i.n.Actor,
		Reason: orDefault(i.n.Reason, "sheet imported"), Message: i.n.Repeats, Evidence: evidence,
	})
	return i.override()
}

// override records a person's word, and for which rows it stands.
func (i *importing) override() error {
	if i.overridden.Count == 0 {
		return nil
	}
	rows, err := json.Marshal(i.overridden)
	if err != nil {
		return err
	}
	i.append(Event{
		BatchID: i.batch, Kind: kindNote, Actor: i.n.Actor, Reason: i.n.Reason, Evidence: rows,
		Message: fmt.Sprintf("%d suspected duplicates are paid on this word", i.overridden.Count),
	})
	return nil
}

// anchor is what an import event says of its batch.
type anchor struct {
	Code         string `json:"code"`
	Rows         int    `json:"rows"`
	SumMinor     int64  `json:"sumMinor"`
	Unreadable   int    `json:"unreadable"`
	Overridden   int    `json:"overridden"`
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

	// SourceSize is of the file that is kept, in bytes. Imports of an older
	// bulkpay, which kept none, do not have it.
	SourceSize int64 `json:"sourceSize,omitempty"`
}

// anchorOf is what the import event of a batch should say.
func anchorOf(b Batch, digest string) anchor {
	sum, _ := b.Sum.Minor() // it came out of the ledger, so it fits
	return anchor{
		Code: b.Code, Rows: b.Rows, SumMinor: sum, Unreadable: b.Unreadable, Overridden: b.Overridden,
		Source: asText(b.Source), SourceSHA256: b.SourceSHA256, Worksheet: asText(b.Worksheet), Content: b.Content,
		Merchant: b.Merchant.Name, MerchantNo: b.Merchant.MerchantNo, Area: b.Merchant.Area,
		Repeats: b.Repeats, Reason: asText(b.Reason), Digest: digest, SourceSize: b.SourceSize,
	}
}

// digestPayout and digestLeftOut write a row as it stands in the ledger.
func digestPayout(to hash.Hash, row int, tradeNo string, minor, accountKey, nameKey int64, fields, name, account, bank, fingerprint, replaces string) {
	var keys [16]byte
	binary.BigEndian.PutUint64(keys[:8], uint64(accountKey))
	binary.BigEndian.PutUint64(keys[8:], uint64(nameKey))
	digestRow(to, 'p', row, minor, tradeNo, fields, name, account, bank, fingerprint, string(keys[:]), replaces)
}

// digestLeftOut takes the amount as an int64, or as anything else if it could
// not be read; known is "" for a faulty row.
func digestLeftOut(to hash.Hash, row int, minor any, known, notes string) {
	exact, readable := minor.(int64)
	kind := byte('i')
	if !readable {
		kind = 'u'
	}
	digestRow(to, kind, row, exact, known, notes)
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
