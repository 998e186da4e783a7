// Package export gives parts of the ledger to other programs, as a stream of
// rows in a form that machines read: CSV, JSON Lines, one JSON array, or an
// XLSX workbook.
//
//	done, err := export.Stream(ctx, book, os.Stdout, export.Options{What: export.Payouts, As: export.JSONL})
//	done, err := export.File(ctx, book, "payouts.xlsx", export.Options{What: export.Payouts, As: export.XLSX})
//
// What can be had is listed by [Whats], the columns of each by [Columns]; they
// are the JSON fields of [PayoutRow], [EventRow], [MappingRow], [BatchRow],
// [MatchRow] and [LineRow].
//
// # One moment, and nobody waits
//
// An export is of one moment of the ledger: it reads within one snapshot, also
// while a run goes on. In SQLite a snapshot holds up no writer, but as long as
// it lasts the log beside the ledger cannot be emptied and grows with every
// commit. So no snapshot ever lasts as long as somebody reads slowly: Stream
// first writes all of it to a temporary file without a name, at the speed of the
// disk, lets go of the ledger, and only then hands it on. That costs as much
// room in the system's folder for temporary files as the export is large.
//
// # What is in it
//
// Amounts are decimals with a full stop and all decimals of the currency, times
// RFC 3339 in UTC, truth values true and false. In CSV every text is made safe to
// open in a spreadsheet program by package neutral, JSON has it exactly as it is, and
// a workbook has it as a cell of text. Account numbers are masked and payees are
// not named unless Options.Unmasked is set. Memory is flat.
package export

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/bulkpay/bulkpay/internal/atomicfile"
	"github.com/bulkpay/bulkpay/ledger"
)

// Form is how an export is written.
type Form string

// The forms of an export.
const (
	CSV   Form = "csv"   // a header, then a line for each row; line feeds
	JSONL Form = "jsonl" // a JSON object on each line
	JSON  Form = "json"  // one JSON array
	XLSX  Form = "xlsx"  // as many worksheets as it takes
)

// Forms lists the forms that a person chooses from.
func Forms() []Form { return []Form{CSV, JSONL, XLSX} }

// Options say what is exported, and how.
type Options struct {
	What     What
	As       Form
	Filter   ledger.Filter
	Limit    int  // most rows; 0: all
	Unmasked bool // whole account numbers and the names of payees
	Evidence bool // of events: the raw answers they rest on
	BOM      bool // CSV begins with a byte order mark, for spreadsheet programs

	sheetRows int // a worksheet's most rows; 0: as many as fit
}

// Done is what was exported.
type Done struct {
	Rows int
	Seq  int64  // the last event of the moment that the export is of
	Head string // its hash, hex
}

// errEnough ends the reading when the limit is reached.
var errEnough = errors.New("enough")

// Stream hands an export on to a writer that may be slow. Nothing is written
// if the ledger cannot be read to the end.
func Stream(ctx context.Context, book *ledger.Ledger, w io.Writer, o Options) (Done, error) {
	spool, err := atomicfile.NewScratch()
	if err != nil {
		return Done{}, fmt.Errorf("export: %w", err)
	}
	defer spool.Close() //nolint:errcheck // nothing in it is needed any more
	done, err := write(ctx, book, spool, o)
	if err != nil {
		return Done{}, err
	}
	if _, err := spool.Seek(0, io.SeekStart); err != nil {
		return Done{}, fmt.Errorf("export: %w", err)
	}
	_, err = io.Copy(w, spool)
	return done, err
}

// File writes an export to a file that only its owner can read, whole or not
// at all.
func File(ctx context.Context, book *ledger.Ledger, path string, o Options) (done Done, err error) {
	err = atomicfile.Write(path, 0o600, func(w io.Writer) error {
		done, err = write(ctx, book, w, o)
		return err
	})
	return done, err
}

// write reads within one snapshot. Whoever is written to must be fast.
func write(ctx context.Context, book *ledger.Ledger, w io.Writer, o Options) (done Done, _ error) {
	source, ok := sources[o.What]
	if !ok {
		return Done{}, fmt.Errorf("export: %q is nothing that is exported", o.What)
	}
	buffered := bufio.NewWriterSize(w, 1<<16)
	err := book.Snapshot(ctx, func(v ledger.View) (err error) {
		if done.Seq, done.Head, err = v.Head(ctx); err != nil {
			return err
		}
		sink, err := open(buffered, o, columnsOf(source.shape, o))
		if err != nil {
			return err
		}
		defer sink.close()
		err = source.read(ctx, v, o, func(row any) error {
			if o.Limit > 0 && done.Rows == o.Limit {
				return errEnough
			}
			done.Rows++
			return sink.row(row)
		})
		if err != nil && !errors.Is(err, errEnough) {
			return err
		}
		return sink.finish()
	})
	if err != nil {
		return Done{}, err
	}
	return done, buffered.Flush()
}

// sink writes rows in one form.
type sink interface {
	row(row any) error // a pointer to the struct that the columns are of
	finish() error     // everything has been given
	close()            // lets go of what it holds; after finish, or instead of it
}

func open(w *bufio.Writer, o Options, columns []column) (sink, error) {
	switch o.As {
	case CSV:
		return openCSV(w, o, columns)
	case JSONL, JSON:
		return openJSON(w, o.As, columns)
	case XLSX:
		return openXLSX(w, o, columns)
	}
	return nil, fmt.Errorf("export: %q is no form: choose one of %v", o.As, Forms())
}

// Whats lists what can be exported.
func Whats() []What {
	whats := make([]What, 0, len(sources))
	for what := range sources {
		whats = append(whats, what)
	}
	slices.Sort(whats)
	return whats
}

// timeForm is how times are written: RFC 3339 with the ledger's milliseconds.
const timeForm = "2006-01-02T15:04:05.000Z"

func stamp(at time.Time) *time.Time {
	if at.IsZero() {
		return nil
	}
	at = at.UTC()
	return &at
}
