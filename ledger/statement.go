package ledger

import (
	"context"
	"database/sql"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash"
	"iter"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/bulkpay/bulkpay/internal/money"
)

// Origin is whose books a statement is out of. A payout stands once in those
// of the gateway and once in those of a bank.
type Origin string

// The origins.
const (
	OfGateway Origin = "gateway" // the gateway's list of orders
	OfBank    Origin = "bank"    // entries of a bank account
)

// LineStatus is what a line says happened.
type LineStatus string

// The statuses of a line.
const (
	LineBooked   LineStatus = "booked"   // money moved; banks say no more
	LinePaid     LineStatus = "paid"     // the gateway calls it paid
	LineFailed   LineStatus = "failed"   // no money moved
	LineOpen     LineStatus = "open"     // none has moved yet
	LineReturned LineStatus = "returned" // money came back: the amount is not more than zero
)

// Moved tells whether money moved on a line of that status.
func (s LineStatus) Moved() bool { return s == LineBooked || s == LinePaid || s == LineReturned }

// NewStatement is a statement to be taken in.
type NewStatement struct {
	Merchant Merchant
	Name     string // the file's name, without its folder
	SHA256   string // of the file's bytes, hex
	Part     string // which one of several in the file; "": the only one
	Origin   Origin
	Format   string   // "camt.053", "csv", …
	Assumed  []string // how it was read
	FirstDay time.Time
	LastDay  time.Time
	Opening  *money.Amount // nil: it does not say
	Closing  *money.Amount
	Account  string // that it is about, masked; "": it does not say
	Actor    string
}

// NewLine is a line of a statement. Its days and numbers are the statement's.
type NewLine struct {
	Number          int // where it stands in the file
	Day             time.Time
	Amount          money.Amount // more than zero: it left the account; less: it came back
	Fee             money.Amount // beside the amount; the zero value: none
	Status          LineStatus
	TradeNo         string
	PlatformTradeNo string
	EntryRef        string
	Narrative       string
	Words           []string // of narrative and references that may be numbers of payouts; what looks like ours is found besides
	Account         string   // of the payee; kept as a number that stands for it
}

// Statement is a statement that was taken in.
type Statement struct {
	ID       int64
	Merchant Merchant
	Name     string
	SHA256   string
	Part     string
	Origin   Origin
	Format   string
	Assumed  []string
	FirstDay time.Time
	LastDay  time.Time
	Opening  *money.Amount
	Closing  *money.Amount
	Account  string // masked; "" if it did not say, or was taken in before this was kept
	Lines    int
	Moved    Bucket // the lines on which money moved: what left less what came back
	Fees     money.Amount
	ReadAt   time.Time
}

// Bounds of what is kept of a line.
const (
	maxNarrative   = 500
	maxLineNumbers = 64
	maxLineWords   = 1000 // a bank may book a whole batch in one line, and name all of it
)

const day = 24 * time.Hour

// daysOf is the number of a civil day.
func daysOf(at time.Time) int64 {
	year, month, date := at.Date()
	return time.Date(year, month, date, 0, 0, 0, 0, time.UTC).Unix() / int64(day/time.Second)
}

func fromDays(days int64) time.Time { return time.Unix(days*int64(day/time.Second), 0).UTC() }

func (in *taking) add(n NewLine) error {
	minor, err := in.minorOf(n.Amount)
	if err != nil {
		return fmt.Errorf("line %d: amount: %w", n.Number, err)
	}
	fee, err := in.minorOf(n.Fee)
	if err != nil {
		return fmt.Errorf("line %d: fee: %w", n.Number, err)
	}
	for _, number := range []*string{&n.TradeNo, &n.PlatformTradeNo, &n.EntryRef} {
		*number = clipTo(*number, maxLineNumbers)
	}
	var words []string // also of what is not kept of a narrative
	if n.TradeNo == "" && n.PlatformTradeNo == "" {
		words = wordsOf(n)
	}
	n.Narrative = clipTo(n.Narrative, maxNarrative)
	var key int64
	if FoldAccount(n.Account) != "" {
		key = accountKey(in.n.Merchant.ID, n.Account, nil)
	}
	digestLine(in.digest, n.Number, daysOf(n.Day), minor, fee, key, string(n.Status), n.TradeNo, n.PlatformTradeNo, n.EntryRef, n.Narrative)
	in.lines++
	_, err = in.line.ExecContext(in.ctx, in.lines, n.Number, daysOf(n.Day), string(n.Status), minor, fee,
		n.TradeNo, n.PlatformTradeNo, n.EntryRef, n.Narrative, key)
	if err != nil {
		return fmt.Errorf("line %d: %w", n.Number, err)
	}
	in.fees += fee
	if n.Status.Moved() {
		in.moved++
		in.minor += minor
	}
	for _, word := range words {
		if _, err := in.word.ExecContext(in.ctx, in.lines, word); err != nil {
			return err
		}
	}
	return nil
}

// minorOf is an amount in whole minor units; the zero value is nothing.
func (in *taking) minorOf(a money.Amount) (int64, error) {
	if a == (money.Amount{}) {
		return 0, nil
	}
	minor, ok := a.Minor()
	if !ok || a.Currency() != in.n.Merchant.Currency {
		return 0, money.ErrCurrency
	}
	return minor, nil
}

// taken is what the event about a statement says of it.
type taken struct {
	Statement int64  `json:"statement"`
	Merchant  string `json:"merchant"`
	Name      string `json:"name"`
	SHA256    string `json:"sha256"`
	Part      string `json:"part,omitempty"`
	Origin    Origin `json:"origin"`
	Lines     int    `json:"lines"`
	Moved     int    `json:"moved"`
	PaidMinor int64  `json:"paidMinor"`
	FeesMinor int64  `json:"feesMinor"`
	Opening   *int64 `json:"openingMinor,omitempty"`
	Closing   *int64 `json:"closingMinor,omitempty"`
	Digest    string `json:"digest"`
	Account   string `json:"account,omitempty"`
}

// digestLine writes a line as it stands in the ledger.
func digestLine(to hash.Hash, number int, day, minor, fee, key int64, texts ...string) {
	var keys [24]byte
	binary.BigEndian.PutUint64(keys[:8], uint64(day))
	binary.BigEndian.PutUint64(keys[8:16], uint64(fee))
	binary.BigEndian.PutUint64(keys[16:], uint64(key))
	digestRow(to, 's', number, minor, append(texts, string(keys[:]))...)
}

// clipTo cuts a text to so many bytes, between two characters.
func clipTo(text string, most int) string {
	text = strings.ToValidUTF8(text, "\uFFFD")
	if len(text) <= most {
		return text
	}
	for most > 0 && !utf8.RuneStart(text[most]) {
		most--
	}
	return text[:most]
}

// ourNumber is the shape of every tradeNo that this ledger draws; see
// newTradeNo. A bank may have broken it in two.
var (
	ourNumber = regexp.MustCompile(`BP[0-9]{14}[0-9A-HJKMNP-TV-Z]{12}`)
	aNumber   = regexp.MustCompile(`[0-9A-Za-z][0-9A-Za-z_-]{8,62}[0-9A-Za-z]`)
	noLetter  = regexp.MustCompile(`[^0-9A-Z]+`)
)

// wordsOf are the words of a line that may be a payout's number or the
// gateway's.
func wordsOf(n NewLine) []string {
	squeezed := noLetter.ReplaceAllString(strings.ToUpper(n.Narrative), "")
	words := ourNumber.FindAllString(squeezed, maxLineWords)
	if n.Words == nil {
		n.Words = aNumber.FindAllString(n.Narrative+" "+n.EntryRef, -1)
	}
	for _, word := range n.Words {
		if len(word) <= maxLineNumbers && strings.ContainsAny(word, "0123456789") && len(words) < maxLineWords && !slices.Contains(words, word) {
			words = append(words, word)
		}
	}
	return words
}

// statementAccountSQL is the account of a statement. It stands in the event of
// its taking in, and there only: the history is what nobody changes.
const statementAccountSQL = `coalesce((SELECT json_extract(e.said, '$.account')
	FROM (SELECT iif(json_valid(CAST(evidence AS TEXT)), CAST(evidence AS TEXT), '{}') AS said FROM events
		WHERE batch_id = 0 AND payout_id = 0 AND kind = '` + kindStatement + `' AND at = s.read_at) e
	WHERE json_extract(e.said, '$.statement') = s.id), '')`

const statementColumns = `SELECT s.id, s.name, s.sha256, s.part, s.origin, s.format, s.assumed, s.first_day, s.last_day, s.opening_minor, s.closing_minor,
	s.lines, s.paid_lines, s.paid_minor, s.fees_minor, s.read_at, ` + statementAccountSQL + `, m.id, m.name, m.area, m.currency, m.merchant_no, m.gateway
	FROM statements s JOIN merchants m ON m.id = s.merchant_id`

func scanStatement(rows *sql.Rows) (Statement, error) {
	var s Statement
	var first, last, minor, fees, read int64
	var opening, closing sql.NullInt64
	var assumed []byte
	var currency string
	err := rows.Scan(&s.ID, &s.Name, &s.SHA256, &s.Part, &s.Origin, &s.Format, &assumed, &first, &last, &opening, &closing,
		&s.Lines, &s.Moved.Count, &minor, &fees, &read, &s.Account,
		&s.Merchant.ID, &s.Merchant.Name, &s.Merchant.Area, &currency, &s.Merchant.MerchantNo, &s.Merchant.Gateway)
	if err != nil {
		return s, err
	}
	if err := json.Unmarshal(assumed, &s.Assumed); err != nil {
		return s, fmt.Errorf("statement %s: assumptions: %w", s.Name, err)
	}
	if s.Fees, err = amount(currency, fees); err != nil {
		return s, err
	}
	s.Merchant.Currency = s.Fees.Currency()
	s.FirstDay, s.LastDay, s.ReadAt = fromDays(first), fromDays(last), fromMillis(read)
	s.Moved.Name, s.Moved.Sum = "moved", money.FromMinor(s.Merchant.Currency, minor)
	for balance, to := range map[*sql.NullInt64]**money.Amount{&opening: &s.Opening, &closing: &s.Closing} {
		if balance.Valid {
			exact := money.FromMinor(s.Merchant.Currency, balance.Int64)
			*to = &exact
		}
	}
	return s, nil
}

// Statement finds a statement by its id, or is ErrNotFound.
func (v View) Statement(ctx context.Context, id int64) (Statement, error) {
	return first(query(ctx, v.q, scanStatement, statementColumns+" WHERE s.id = ?", id))
}

// Statements lists what was taken in for a merchant, the latest first.
func (v View) Statements(ctx context.Context, merchantID int64) iter.Seq2[Statement, error] {
	return query(ctx, v.q, scanStatement, statementColumns+" WHERE s.merchant_id = ? ORDER BY s.last_day DESC, s.id DESC", merchantID)
}
