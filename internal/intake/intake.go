// Package intake takes a sheet into the ledger.
//
// It goes over the sheet twice. [Examine] reads every row, reports every
// problem, adds up the totals and finds out whether these rows have been a
// batch before; nothing is written. [Import] reads the sheet again and
// numbers its rows in one transaction. If the file changed in between, the
// two readings differ and nothing is imported.
//
// The two passes are what keeps memory flat: nothing is remembered of a row
// but its share in the totals and the digest.
package intake

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"time"

	"github.com/bulkpay/bulkpay/ingest"
	"github.com/bulkpay/bulkpay/internal/money"
	"github.com/bulkpay/bulkpay/ledger"
	"github.com/bulkpay/bulkpay/paypro"
)

// DuplicateWindow is how far back a row is looked for among earlier batches:
// a month's sheet and its repair, but not last quarter's salaries.
const DuplicateWindow = 45 * 24 * time.Hour

// ErrChanged is a file that was not the same when it was read again.
var ErrChanged = errors.New("the file changed while it was being imported")

// Examined is what a first reading of a sheet found.
type Examined struct {
	SHA256     string // of the file
	Content    string // digest of the rows, whatever their order and format
	Rows       int
	Invalid    int
	Problems   int
	Unreadable int          // rows whose amount cannot be read
	Sum        money.Amount // of all amounts that can be read
	ValidSum   money.Amount // of the rows that can be paid
	Overlaps   int          // rows that an earlier batch has
}

// Valid is the number of rows that can be paid.
func (e Examined) Valid() int { return e.Rows - e.Invalid }

// Overlap is a row of the sheet that an earlier batch has already.
type Overlap struct {
	Row int
	ledger.Overlap
}

// Seen is told what the first reading comes across. Nil functions are not
// called; an error from one ends the reading.
type Seen struct {
	Problem func(ingest.Problem) error
	Overlap func(Overlap) error
	Row     func(rows int)
}

// Past is where rows are looked for that were imported before. The zero
// value looks nowhere.
type Past struct {
	Book       *ledger.Ledger
	MerchantID int64
	Since      time.Time
}

// Examine reads the whole sheet and changes nothing. An error means that the
// sheet cannot be read to its end; faulty rows are no error.
func Examine(ctx context.Context, path string, sheet *ingest.Sheet, past Past, seen Seen) (Examined, error) {
	currency := sheet.Area().Currency
	e := Examined{Sum: money.FromMinor(currency, 0), ValidSum: money.FromMinor(currency, 0)}
	var err error
	if e.SHA256, err = FileSHA256(path); err != nil {
		return Examined{}, err
	}
	looking, err := past.open(ctx)
	if err != nil {
		return Examined{}, err
	}
	defer looking.Close() //nolint:errcheck // it was only read
	var digest ingest.Digest
	for row, err := range sheet.Rows() {
		if err == nil {
			err = ctx.Err()
		}
		if err == nil {
			digest.Add(row)
			err = e.add(ctx, row, looking, seen)
		}
		if err != nil {
			return Examined{}, err
		}
	}
	e.Content = content(&digest)
	return e, nil
}

func (e *Examined) add(ctx context.Context, row ingest.Row, past *ledger.Lookback, seen Seen) error {
	e.Rows++
	if seen.Row != nil {
		seen.Row(e.Rows)
	}
	var err error
	if !row.AmountRead {
		e.Unreadable++
	} else if e.Sum, err = e.Sum.Add(row.Amount); err != nil {
		return err
	}
	if len(row.Problems) > 0 {
		e.Invalid++
		e.Problems += len(row.Problems)
		for _, problem := range row.Problems {
			if seen.Problem == nil {
				break
			}
			if err := seen.Problem(problem); err != nil {
				return err
			}
		}
		return nil
	}
	if e.ValidSum, err = e.ValidSum.Add(row.Amount); err != nil {
		return err
	}
	return e.lookBack(ctx, row, past, seen)
}

func (e *Examined) lookBack(ctx context.Context, row ingest.Row, past *ledger.Lookback, seen Seen) error {
	fingerprint := row.Fingerprint()
	found, ok, err := past.Find(ctx, fingerprint[:])
	if err != nil || !ok {
		return err
	}
	e.Overlaps++
	if seen.Overlap != nil {
		return seen.Overlap(Overlap{row.Number, found})
	}
	return nil
}

// open prepares the search; the zero value finds nothing.
func (p Past) open(ctx context.Context) (*ledger.Lookback, error) {
	if p.Book == nil {
		return &ledger.Lookback{}, nil
	}
	return p.Book.LookBack(ctx, p.MerchantID, p.Since)
}

// leaveOut turns a row that an earlier batch has into an invalid one that
// names where it was.
func leaveOut(ctx context.Context, past *ledger.Lookback, file string, n *ledger.NewRow) error {
	found, ok, err := past.Find(ctx, n.Fingerprint)
	if err != nil || !ok {
		return err
	}
	n.Problems = []string{fmt.Sprintf("%s: row %d: was imported before: batch %s, row %d", file, n.Row, found.Batch, found.Was)}
	return nil
}

// Order is what to make of an examined sheet.
type Order struct {
	Merchant ledger.Merchant
	Repeats  string // batch with the same content that is to be paid again
	Reason   string
	Actor    string
	Skip     Past // rows that an earlier batch has are left out as invalid
}

// Import makes a batch of the sheet that was examined.
func Import(ctx context.Context, book *ledger.Ledger, sheet *ingest.Sheet, e Examined, o Order) (ledger.Batch, error) {
	skip, err := o.Skip.open(ctx)
	if err != nil {
		return ledger.Batch{}, err
	}
	defer skip.Close() //nolint:errcheck // it was only read
	var digest ingest.Digest
	rows := 0
	var reading iter.Seq2[ledger.NewRow, error] = func(yield func(ledger.NewRow, error) bool) {
		for row, err := range sheet.Rows() {
			if err == nil {
				err = ctx.Err()
			}
			if err != nil {
				yield(ledger.NewRow{}, err)
				return
			}
			digest.Add(row)
			rows++
			payout := payoutOf(sheet.Area(), row)
			if len(payout.Problems) == 0 {
				err = leaveOut(ctx, skip, sheet.File(), &payout)
			}
			if !yield(payout, err) || err != nil {
				return
			}
		}
		if rows != e.Rows || content(&digest) != e.Content {
			yield(ledger.NewRow{}, ErrChanged)
		}
	}
	return book.Import(ctx, ledger.NewBatch{
		Merchant: o.Merchant, Source: sheet.File(), SourceSHA256: e.SHA256, Worksheet: sheet.Worksheet(),
		Assumed: sheet.Assumed(), Repeats: o.Repeats, Reason: o.Reason, Actor: o.Actor,
		Content: func() string { return content(&digest) },
	}, reading)
}

// payoutOf is what a row of a sheet is to the ledger.
func payoutOf(area *paypro.Area, row ingest.Row) ledger.NewRow {
	n := ledger.NewRow{Row: row.Number, Amount: row.Amount, Readable: row.AmountRead}
	if len(row.Problems) > 0 {
		for _, problem := range row.Problems {
			n.Problems = append(n.Problems, problem.Error())
		}
		return n
	}
	fingerprint := row.Fingerprint()
	n.Fields, n.Fingerprint = row.Values, fingerprint[:]
	n.PayeeName = valueOf(area, row, paypro.RoleName)
	n.PayeeAccount = valueOf(area, row, paypro.RoleAccount)
	n.Bank = valueOf(area, row, paypro.RoleBank)
	return n
}

func valueOf(area *paypro.Area, row ingest.Row, role paypro.Role) string {
	field := area.FieldFor(role)
	if field == nil {
		return ""
	}
	return row.Values[field.Name]
}

func content(digest *ingest.Digest) string {
	sum := digest.Sum()
	return hex.EncodeToString(sum[:])
}

// FileSHA256 is the digest of a file's bytes, in hex.
func FileSHA256(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close() //nolint:errcheck // it was only read
	sum := sha256.New()
	if _, err := io.Copy(sum, file); err != nil {
		return "", fmt.Errorf("%s: %w", path, err)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}
