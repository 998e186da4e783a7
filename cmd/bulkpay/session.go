package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/bulkpay/bulkpay/internal/config"
	"github.com/bulkpay/bulkpay/ledger"
	"github.com/bulkpay/bulkpay/paypro"
)

// The names of what is kept where nothing is configured.
const (
	defaultLedger  = "bulkpay.db"
	defaultReports = "reports"
)

// target is the flags by which a command is told whom to pay as, and where.
type target struct {
	merchant string
	area     string
	sandbox  string // "": the real gateway; "here": within this process; else the address of one that runs
	folder   string // of the sandbox
}

// sandboxHere is --sandbox without an address.
const sandboxHere = "here"

func (t *target) flags(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVarP(&t.merchant, "merchant", "m", "", "the merchant of the configuration to pay as")
	flags.StringVar(&t.area, "area", "", "the country, if the columns do not tell: "+areaNames())
	flags.StringVar(&t.sandbox, "sandbox", "", "pay through the simulated gateway, no money moves: one within this command, or with =`ADDRESS` (http://127.0.0.1:8480) one that runs")
	flags.Lookup("sandbox").NoOptDefVal = sandboxHere
	flags.StringVar(&t.folder, "sandbox-folder", "bulkpay-sandbox", "where the simulation keeps its ledger, orders and reports")
	cmd.MarkFlagsMutuallyExclusive("merchant", "sandbox")
}

func areaNames() string {
	names := ""
	for i, area := range paypro.Areas() {
		if i > 0 {
			names += ", "
		}
		names += area.Slug
	}
	return names
}

func (t *target) findArea() (*paypro.Area, error) {
	if t.area == "" {
		return nil, nil
	}
	area, ok := paypro.LookupArea(t.area)
	if !ok {
		return nil, usageError{errors.New("there is no area " + t.area + ": choose one of " + areaNames())}
	}
	return area, nil
}

// place is where the books and reports are.
type place struct {
	ledger, reports string
}

func (a *app) place(t *target, c *config.Config) place {
	p := place{ledger: defaultLedger, reports: defaultReports}
	if c != nil {
		p.ledger = orDefault(c.Ledger, p.ledger)
		p.reports = orDefault(c.Reports, p.reports)
	}
	if t.sandbox != "" {
		p = place{filepath.Join(t.folder, "ledger.db"), filepath.Join(t.folder, "reports")}
	}
	p.ledger = orDefault(a.ledger, p.ledger)
	return p
}

func orDefault[T comparable](value, otherwise T) T {
	var zero T
	if value == zero {
		return otherwise
	}
	return value
}

// loadConfig reads the configuration. Where it is optional, none is nil.
func (a *app) loadConfig() (*config.Config, error) {
	c, err := config.Load(a.config)
	switch {
	case errors.Is(err, config.ErrNone):
		return nil, nil
	case err == nil:
		a.lang, a.settings = c.Lang(), c
	}
	return c, err
}

// openBook opens the ledger that commands look at; it must exist. An old copy
// may be looked at, but not without a word.
func (a *app) openBook(ctx context.Context, t *target) (*ledger.Ledger, place, error) {
	c, err := a.loadConfig()
	if err != nil {
		return nil, place{}, err
	}
	p := a.place(t, c)
	book, err := ledger.Open(ctx, p.ledger, a.books())
	if err != nil {
		return nil, p, err
	}
	a.warnOfOldCopy(ctx, book)
	return book, p, nil
}

func (a *app) warnOfOldCopy(ctx context.Context, book *ledger.Ledger) {
	var old *ledger.OldCopyError
	if err := book.CheckWitness(ctx); errors.As(err, &old) {
		a.say("warning: %v", old)
	}
}

// books is how ledgers are opened.
func (a *app) books() ledger.Options { return ledger.Options{Now: a.now} }

// createBook opens the ledger that a run writes to, and makes it and its
// folder if need be.
func (a *app) createBook(ctx context.Context, path string) (*ledger.Ledger, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	return ledger.Create(ctx, path, a.books())
}

// readFlags are those of commands that only look at the books.
func (t *target) readFlags(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&t.sandbox, "sandbox", "", "look at the simulation's books")
	flags.Lookup("sandbox").NoOptDefVal = sandboxHere
	flags.StringVar(&t.folder, "sandbox-folder", "bulkpay-sandbox", "where the simulation keeps its ledger, orders and reports")
}

// openBatch opens the ledger and finds a batch in it. The ledger is the
// caller's to close, unless there is an error.
func (a *app) openBatch(ctx context.Context, t *target, code string) (*ledger.Ledger, place, ledger.Batch, error) {
	book, p, err := a.openBook(ctx, t)
	if err != nil {
		return nil, p, ledger.Batch{}, err
	}
	batch, err := findBatch(ctx, book, code)
	if err != nil {
		return nil, p, batch, errors.Join(err, book.Close())
	}
	return book, p, batch, nil
}

// findBatch finds a batch by its code, or the latest by the word "last".
func findBatch(ctx context.Context, book *ledger.Ledger, code string) (ledger.Batch, error) {
	if code != "last" {
		batch, err := book.BatchByCode(ctx, code)
		if errors.Is(err, ledger.ErrNotFound) {
			return batch, hinted{err, "bulkpay status lists all batches; `last` means the latest"}
		}
		return batch, err
	}
	for batch, err := range book.Batches(ctx) {
		return batch, err
	}
	return ledger.Batch{}, hinted{errors.New("there is no batch yet"), "bulkpay run SHEET"}
}
