package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/bulkpay/bulkpay/ingest"
	"github.com/bulkpay/bulkpay/internal/intake"
	"github.com/bulkpay/bulkpay/ledger"
	"github.com/bulkpay/bulkpay/paypro"
)

// examined is a sheet that has been read once.
type examined struct {
	path    string
	sheet   *ingest.Sheet
	account account
	found   intake.Examined
	faults  *faultList
	batch   *ledger.Batch // the batch that these rows are already
	why     string        // how that was recognised
}

func (e *examined) close() {
	if e.sheet != nil {
		_ = e.sheet.Close() // it was only read
	}
}

// openSheet finds out whose sheet it is and opens it. A real merchant says
// which area's rules hold; the simulation goes by the columns.
func (a *app) openSheet(t *target, path, worksheet string) (*examined, error) {
	if strings.HasPrefix(path, "http://") {
		return nil, usageError{errors.New("the address of a simulated gateway belongs to its flag: --sandbox=" + path)}
	}
	area, err := t.findArea()
	if err != nil {
		return nil, err
	}
	e := &examined{path: path}
	constants := map[string]string{"notifyUrl": sandboxNotifyURL, "ipAddress": sandboxAddress}
	if t.sandbox == "" {
		if e.account, err = a.configured(t, ""); err != nil {
			return nil, err
		}
		area, constants = e.account.area, e.account.constants
	}
	e.sheet, err = ingest.Open(path, ingest.Options{Area: area, Worksheet: worksheet, Constants: constants})
	if err != nil {
		return nil, err
	}
	if t.sandbox != "" {
		if e.account, err = simulated(e.sheet.Area(), t.sandbox); err != nil {
			e.close()
			return nil, err
		}
	}
	return e, nil
}

// examine reads a sheet to its end. With a book it also finds out whether it
// is a batch already; if the very bytes are, it is not read at all.
func (a *app) examine(ctx context.Context, e *examined, book *ledger.Ledger, folder string) error {
	e.faults = newFaultList(folder, e.path)
	var past intake.Past
	if book != nil {
		sum, err := intake.FileSHA256(e.path)
		if err != nil {
			return err
		}
		batch, err := book.BatchBySource(ctx, e.account.merchant.ID, sum, e.sheet.Worksheet())
		if err == nil {
			e.batch, e.why = &batch, "the same file"
			return nil
		}
		if !errors.Is(err, ledger.ErrNotFound) {
			return err
		}
		past = pastOf(e, book)
	}
	a.say("%s:", filepath.Base(e.path))
	for _, line := range e.sheet.Assumed() {
		a.say("  %s", line)
	}
	var err error
	e.found, err = intake.Examine(ctx, e.path, e.sheet, past, intake.Seen{
		Problem: e.faults.add, Overlap: e.faults.addOverlap, Row: a.reading(),
	})
	if err != nil {
		return errors.Join(err, e.faults.close(false))
	}
	if err := e.faults.close(true); err != nil {
		return err
	}
	return e.recognise(ctx, book)
}

// pastOf is where to look for rows that were imported before.
func pastOf(e *examined, book *ledger.Ledger) intake.Past {
	return intake.Past{Book: book, MerchantID: e.account.merchant.ID, Since: time.Now().Add(-intake.DuplicateWindow)}
}

// recognise looks for a batch with the same rows, whatever the file.
func (e *examined) recognise(ctx context.Context, book *ledger.Ledger) error {
	if book == nil {
		return nil
	}
	batch, err := book.BatchByContent(ctx, e.account.merchant.ID, e.found.Content)
	if errors.Is(err, ledger.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	e.batch, e.why = &batch, "the same rows as "+batch.Source
	return nil
}

// reading says now and then how many rows have been read.
func (a *app) reading() func(int) {
	said := time.Now()
	return func(rows int) {
		if rows%10_000 == 0 && time.Since(said) >= plainEvery {
			said = time.Now()
			a.say("  %s read", plural(rows, "row"))
		}
	}
}

// totals is a sheet in one line.
func (e *examined) totals() string {
	f := e.found
	line := fmt.Sprintf("%s, %s, %s", plural(f.Rows, "row"), f.Sum, e.sheet.Area().Name)
	if f.Invalid > 0 {
		line += fmt.Sprintf(": %s valid, %s invalid (%s)", group(f.Valid()), group(f.Invalid), plural(f.Problems, "fault"))
	}
	return line
}

// areaOf is the area of a batch.
func areaOf(batch ledger.Batch) (*paypro.Area, error) {
	area, ok := paypro.LookupArea(batch.Merchant.Area)
	if !ok {
		return nil, fmt.Errorf("batch %s: area %s is not known", batch.Code, batch.Merchant.Area)
	}
	return area, nil
}
