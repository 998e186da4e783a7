package intake

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"github.com/bulkpay/bulkpay/ingest"
	"github.com/bulkpay/bulkpay/internal/money"
	"github.com/bulkpay/bulkpay/ledger"
)

// Examined is what a first reading of a sheet found. Close it when done: the
// suspects of a large sheet lie in a file.
type Examined struct {
	File       string // base name
	SHA256     string // of the file
	Content    string // digest of the rows, whatever their order and format
	Rows       int
	Invalid    int // rows with faults, which are not payouts already
	Problems   int
	Warnings   int
	Unreadable int            // rows whose amount cannot be read
	Sum        money.Amount   // of all amounts that can be read
	ValidSum   money.Amount   // of the rows that can be paid
	Totals     *ingest.Totals // the sheet's own total, if it does not agree with the rows
	Notes      []string       // what the reading passed over; kept with the batch

	Known    int // rows that are payouts already; nothing is paid for them
	Edited   int // of these, how many say something else than the payout
	Repaired int // rows whose payout was called off, to be paid as new ones
	Above    int // rows with a larger amount than is paid without a person's word

	// Suspects counts the rows that look like a payout already made, each for
	// its strongest reason.
	Suspects map[ledger.Suspicion]int
	// Earlier counts the rows that are a payout of an earlier batch, or look
	// like one, by batch, the most rows first.
	Earlier []Earlier

	path     string
	misadded []ingest.Problem // rows of totals that nothing can be held against
	found    *findings
	readings readings
	since    time.Time // how far back was looked
	resumes  string
}

// Earlier is how many rows of a sheet an earlier batch has.
type Earlier struct {
	Batch string
	Rows  int
}

// Valid is the number of rows that can be paid, suspects included.
func (e Examined) Valid() int { return e.Rows - e.Invalid - e.Known }

// Duplicates is the number of suspects that are duplicates; see [Policy].
func (e Examined) Duplicates() int {
	return e.Suspects[ledger.SamePayout] + e.Suspects[ledger.SamePayee]
}

// NearMatches is the number of the other suspects.
func (e Examined) NearMatches() int {
	n := -e.Duplicates()
	for _, count := range e.Suspects {
		n += count
	}
	return n
}

// Blocking is the number of duplicates for which a policy refuses the sheet.
func (e Examined) Blocking(p Policy) int { return e.number(p, refused) }

// Held is the number of suspects that a policy holds.
func (e Examined) Held(p Policy) int { return e.number(p, held) }

// LeftOut is the number of duplicates that a policy leaves out.
func (e Examined) LeftOut(p Policy) int { return e.number(p, leftOut) }

// Free is the number of rows that are paid under a policy without another
// word; none, if the sheet is refused.
func (e Examined) Free(p Policy) int {
	if e.Blocking(p) > 0 {
		return 0
	}
	return e.Valid() - e.Held(p) - e.LeftOut(p)
}

func (e Examined) number(p Policy, of fate) int {
	n := 0
	for kind, count := range e.Suspects {
		if p.fate(kind) == of {
			n += count
		}
	}
	return n
}

// Resumes is the code of the batch that a sheet handed back is, or "": some of
// its rows are payouts already, and no other row can be paid. If they are of
// several batches it is the latest.
func (e Examined) Resumes() string { return e.resumes }

// Close gives back what the examination holds. It may be called again.
func (e Examined) Close() error { return e.found.close() }

// Seen is told what the examination comes across, each kind in the order of
// the rows. Problems, warnings and known rows come while the sheet is read,
// the suspects after its last row. Nil functions are not called; an error from
// one ends the examination.
type Seen struct {
	Problem func(ingest.Problem) error
	Warning func(ingest.Problem) error
	Known   func(Known) error
	Suspect func(Suspect) error
	Row     func(rows int)
}

// Examine reads the whole sheet and changes nothing. An error means that the
// sheet cannot be read to its end; faulty rows are no error.
func Examine(ctx context.Context, path string, sheet *ingest.Sheet, past Past, seen Seen) (e Examined, err error) {
	sum, err := FileSHA256(path)
	if err != nil {
		return Examined{}, err
	}
	if past, err = past.widened(ctx, sheet); err != nil {
		return Examined{}, err
	}
	looking, err := past.open(ctx)
	if err != nil {
		return Examined{}, err
	}
	defer looking.close()
	x := &examination{seen: seen, book: past.Book, most: past.Most, reading: newReading(sheet, looking), earlier: map[string]int{}}
	currency := sheet.Area().Currency
	x.e = Examined{
		File: sheet.File(), path: path, SHA256: sum, Sum: money.FromMinor(currency, 0), ValidSum: money.FromMinor(currency, 0),
		Suspects: map[ledger.Suspicion]int{}, found: newFindings(), since: past.Since,
	}
	defer func() {
		if err != nil {
			e, err = Examined{}, errors.Join(err, x.e.Close())
		}
	}()
	if x.within, err = newWithin(); err != nil {
		return e, err
	}
	defer x.within.close() //nolint:errcheck // everything in it has been read, or is of no use any more
	for row, err := range x.reading.all(ctx) {
		if err == nil {
			err = x.add(ctx, row)
		}
		if err != nil {
			return e, err
		}
	}
	if err := x.finish(ctx); err != nil {
		return e, err
	}
	return x.e, nil
}

// examination is an examination under way.
type examination struct {
	e       Examined
	seen    Seen
	book    *ledger.Ledger
	most    money.Amount
	reading *reading
	within  *within
	earlier map[string]int // rows by batch
}

func (x *examination) add(ctx context.Context, j judged) error {
	e := &x.e
	if j.standing == noPayout {
		return x.addTotals(j)
	}
	e.Rows++
	if x.seen.Row != nil {
		x.seen.Row(e.Rows)
	}
	var err error
	if !j.AmountRead {
		e.Unreadable++
	} else if e.Sum, err = e.Sum.Add(j.Amount); err != nil {
		return err
	}
	if j.standing == known {
		return x.addKnown(ctx, j)
	}
	for _, warning := range j.Warnings {
		e.Warnings++
		if err := tell(x.seen.Warning, warning); err != nil {
			return err
		}
	}
	switch j.standing {
	case invalid:
		return x.addInvalid(ctx, j)
	case repaired:
		e.Repaired++
	}
	if e.ValidSum, err = e.ValidSum.Add(j.Amount); err != nil {
		return err
	}
	if above(x.most, j.Amount) {
		e.Above++
	}
	id, err := x.reading.identity(ctx, &j)
	if err != nil {
		return err
	}
	if err := x.within.add(id); err != nil {
		return err
	}
	found, err := x.reading.suspects(ctx, &j)
	if err != nil || len(found) == 0 {
		return err
	}
	return e.found.addOutside(found[0])
}

// misaddedAtMost bounds what is kept of rows of totals.
const misaddedAtMost = 3

// addTotals notes a row that is no payout: it stops the sheet, also one whose
// faulty rows are left out.
func (x *examination) addTotals(j judged) error {
	if totals, ok := x.reading.sheet.Totals(); ok && totals.Row == j.Number {
		x.e.Totals = &totals
	} else if len(x.e.misadded) < misaddedAtMost {
		x.e.misadded = append(x.e.misadded, j.Problems...)
	}
	return x.tellProblems(j)
}

func (x *examination) tellProblems(j judged) error {
	x.e.Problems += len(j.Problems)
	for _, problem := range j.Problems {
		if err := tell(x.seen.Problem, problem); err != nil {
			return err
		}
	}
	return nil
}

func (x *examination) addInvalid(ctx context.Context, j judged) error {
	x.e.Invalid++
	if err := x.reading.suggest(ctx, &j); err != nil {
		return err
	}
	return x.tellProblems(j)
}

func (x *examination) addKnown(ctx context.Context, j judged) error {
	x.e.Known++
	if j.edited {
		x.e.Edited++
	}
	x.earlier[j.was.Batch]++
	err := tell(x.seen.Known, Known{
		Row: j.Number, TradeNo: j.was.TradeNo, Batch: j.was.Batch, BatchRow: j.was.Row, State: j.was.State, Edited: j.edited,
		For: j.was.For,
	})
	if err != nil {
		return err
	}
	id, err := x.reading.identity(ctx, &j)
	if err != nil {
		return err
	}
	return x.within.add(id)
}

func tell[T any](observer func(T) error, what T) error {
	if observer == nil {
		return nil
	}
	return observer(what)
}

// finish compares the rows of the sheet with each other and tells of all
// suspects.
func (x *examination) finish(ctx context.Context) error {
	e := &x.e
	e.Content, e.readings = content(&x.reading.content), x.reading.sums()
	e.Notes = x.reading.sheet.Notes()
	err := x.within.find(ctx, e.found.addInside)
	if err == nil {
		e.resumes, err = x.resumes(ctx)
	}
	if err != nil {
		return err
	}
	for suspect, err := range e.found.all() {
		if err == nil {
			err = ctx.Err()
		}
		if err == nil {
			e.Suspects[suspect.Kind]++
			if suspect.Twin == 0 {
				x.earlier[suspect.Batch]++
			}
			err = tell(x.seen.Suspect, suspect)
		}
		if err != nil {
			return err
		}
	}
	for batch, rows := range x.earlier {
		e.Earlier = append(e.Earlier, Earlier{batch, rows})
	}
	slices.SortFunc(e.Earlier, func(a, b Earlier) int { return cmp.Or(b.Rows-a.Rows, cmp.Compare(a.Batch, b.Batch)) })
	return nil
}

// resumes finds the latest of the batches that known rows are of. It is asked
// before the suspects are counted to the same batches.
func (x *examination) resumes(ctx context.Context) (string, error) {
	if x.e.Known == 0 || x.e.Valid() > 0 {
		return "", nil
	}
	var latest ledger.Batch
	for code := range x.earlier {
		batch, err := x.book.BatchByCode(ctx, code)
		if err != nil {
			return "", err
		}
		if batch.ID > latest.ID {
			latest = batch
		}
	}
	return latest.Code, nil
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
