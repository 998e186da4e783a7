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
	policy  intake.Policy
	expect  intake.Expect
	since   time.Time // how far back duplicates are looked for
	found   intake.Examined
	list    *findings
	batch   *ledger.Batch // the batch that these rows are already
	why     string        // how that was recognised
}

func (e *examined) close() {
	if e.sheet != nil {
		_ = e.sheet.Close() // it was only read
	}
	if e.list != nil {
		e.list.discard()
	}
	_ = e.found.Close() // what it holds is of no use any more
}

// openSheet finds out whose sheet it is and opens it. A real merchant says
// which area's rules hold; the simulation goes by the columns.
func (a *app) openSheet(t *target, o *sheetFlags, path string) (*examined, error) {
	if strings.HasPrefix(path, "http://") {
		return nil, usageError{errors.New("the address of a simulated gateway belongs to its flag: --sandbox=" + path)}
	}
	e := &examined{path: path}
	if err := a.findAccount(t, e); err != nil {
		return nil, err
	}
	options, err := o.options(&e.account)
	if err != nil {
		return nil, err
	}
	if e.sheet, err = ingest.Open(path, options); err != nil {
		return nil, err
	}
	if e.account.area == nil {
		if err := a.simulate(t, e, options); err != nil {
			e.close()
			return nil, err
		}
	}
	if e.expect, err = o.expect(&e.account); err != nil {
		e.close()
		return nil, err
	}
	e.policy, e.since = o.policy(&e.account), o.since(&e.account, a.now())
	if o.saveColumns {
		err = a.saveColumns(e, o)
	}
	if err != nil {
		e.close()
		return nil, err
	}
	return e, nil
}

// findAccount finds whom a sheet is paid as, as far as that is known without
// its columns.
func (a *app) findAccount(t *target, e *examined) error {
	area, err := t.findArea()
	if err != nil {
		return err
	}
	switch {
	case t.sandbox == "":
		e.account, err = a.configured(t, "")
	case area != nil:
		e.account, err = simulated(area, t.sandbox)
		if err == nil {
			err = a.knowBanks(&e.account)
		}
	default:
		e.account.constants = map[string]string{"notifyUrl": sandboxNotifyURL, "ipAddress": sandboxAddress}
	}
	return err
}

// simulate makes the simulated account of an area that the columns told, and
// reads the sheet once more with what is known about the area.
func (a *app) simulate(t *target, e *examined, options ingest.Options) error {
	var err error
	if e.account, err = simulated(e.sheet.Area(), t.sandbox); err != nil {
		return err
	}
	if err := a.knowBanks(&e.account); err != nil || e.account.banks == nil {
		return err
	}
	options.Banks = e.account.banks
	again, err := ingest.Open(e.path, options)
	if err != nil {
		return err
	}
	_ = e.sheet.Close() // it was only read
	e.sheet = again
	return nil
}

// knowBanks looks up the banks of an account's area.
func (a *app) knowBanks(acc *account) error {
	c, err := a.loadConfig()
	if err == nil {
		acc.banks, err = c.Banks(acc.area)
	}
	return err
}

// saveColumns keeps what --map said in the merchant's configuration.
func (a *app) saveColumns(e *examined, o *sheetFlags) error {
	columns, err := pairs("map", o.columns, cutLast)
	if err != nil {
		return err
	}
	c, err := a.loadConfig()
	if err != nil {
		return err
	}
	if c == nil || c.Merchants[e.account.merchant.Name] == nil {
		return usageError{errors.New("--save-map keeps columns with a merchant of the configuration, and there is none here")}
	}
	if err := c.SaveColumns(e.account.merchant.Name, columns); err != nil {
		return err
	}
	a.say("%s of merchant %s are kept in the configuration", plural(len(columns), "column"), e.account.merchant.Name)
	return nil
}

// examine reads a sheet to its end. With a book it also finds out whether it
// is a batch already; if the very bytes are, it is not read at all.
func (a *app) examine(ctx context.Context, e *examined, book *ledger.Ledger, folder string) error {
	e.list = newFindings(folder, e.path)
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
	}
	a.say("%s:", filepath.Base(e.path))
	for _, line := range e.sheet.Assumed() {
		a.say("  %s", line)
	}
	if err := a.read(ctx, e, book, a.reading()); err != nil {
		return err
	}
	for _, line := range e.sheet.Notes() {
		a.say("  %s", line)
	}
	return e.recognise(ctx, book)
}

// read reads the sheet once and lists what there is to say about it.
func (a *app) read(ctx context.Context, e *examined, book *ledger.Ledger, row func(int)) error {
	past := intake.Past{Book: book, MerchantID: e.account.merchant.ID, Since: e.since, Most: e.account.limits.Payout}
	found, err := intake.Examine(ctx, e.path, e.sheet, past, intake.Seen{
		Problem: e.list.addFault, Warning: e.list.addWarning, Known: e.list.addKnown, Suspect: e.list.addSuspect, Row: row,
	})
	if err != nil {
		return err
	}
	_ = e.found.Close() // of an earlier reading
	e.found = found
	return nil
}

// recognise looks for a batch with the same rows, whatever the file.
func (e *examined) recognise(ctx context.Context, book *ledger.Ledger) error {
	if book == nil {
		return nil
	}
	batch, err := book.BatchByContent(ctx, e.account.merchant.ID, e.found.Content)
	why := "the same rows as " + batch.Source
	if errors.Is(err, ledger.ErrNotFound) && e.found.Resumes() != "" && e.found.Invalid == 0 {
		batch, err = book.BatchByCode(ctx, e.found.Resumes())
		why = "handed back, and nothing in it is new"
	}
	switch {
	case errors.Is(err, ledger.ErrNotFound):
		return nil
	case err != nil:
		return err
	}
	e.batch, e.why = &batch, why
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
	if f.Known > 0 {
		line += fmt.Sprintf("; %s payouts already", group(f.Known))
	}
	if n := f.Duplicates() + f.NearMatches(); n > 0 && e.batch == nil {
		line += fmt.Sprintf("; %s like a payout already made", plural(n, "row"))
	}
	if f.Above > 0 && e.batch == nil {
		line += fmt.Sprintf("; %s above limit_payout (%s), to be held", plural(f.Above, "row"), e.account.limits.Payout)
	}
	return line
}

// aboveLimit says that a sheet is beyond what its merchant may pay at once, or
// is nil.
func aboveLimit(e *examined) error {
	limit := e.account.limits.Batch
	if limit.Currency() != e.found.ValidSum.Currency() || e.found.ValidSum.Cmp(limit) <= 0 {
		return nil
	}
	return hinted{
		fmt.Errorf("the sheet pays %s, and limit_batch of merchant %s is %s: nothing was imported or sent", e.found.ValidSum, e.account.merchant.Name, limit),
		"split the sheet, or raise limit_batch in the configuration",
	}
}

// areaOf is the area of a batch.
func areaOf(batch ledger.Batch) (*paypro.Area, error) {
	area, ok := paypro.LookupArea(batch.Merchant.Area)
	if !ok {
		return nil, fmt.Errorf("batch %s: area %s is not known", batch.Code, batch.Merchant.Area)
	}
	return area, nil
}
