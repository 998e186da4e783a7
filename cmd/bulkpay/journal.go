package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/bulkpay/bulkpay/internal/atomicfile"
	"github.com/bulkpay/bulkpay/internal/config"
	"github.com/bulkpay/bulkpay/internal/journal"
	"github.com/bulkpay/bulkpay/ledger"
)

// journalOptions are the flags of `bulkpay journal`.
type journalOptions struct {
	target
	merchant, from, to, out, format, fees string
	totals                                bool
	layout                                journal.Options
}

func newJournal(a *app) *cobra.Command {
	o := &journalOptions{}
	cmd := &cobra.Command{
		Use:   "journal [BATCH]",
		Short: "Write the bookings of a batch, or of some days, for accounting programs",
		Long: `journal writes double-entry bookings of what became of payouts, made from the events of their history: paid, in doubt,
no longer in doubt, reversed, and the fees that statements have shown. Give it a batch, or days, or both.

Each entry has an id that it keeps for ever: exported again it is the same, so that a second import can be noticed.
Periods tile: January and February are exactly January to February. A day begins and ends in the merchant's time zone
(time_zone in the configuration, or this machine's).

  csv         everything, one line for each side
  quickbooks  QuickBooks Online: Import data, Journal entries
  xero        Xero: Manual journals, Import; at most 300 lines a file, so add --totals
  odoo        Odoo: Journal entries, Import records
  hledger     plain text accounting
  beancount   plain text accounting

The entries are held against the payouts as they stand before anything is written; if they do not add up, nothing is.
docs/accounting.md says what is booked where, and how to name the accounts.`,
		Example: `  bulkpay journal last --out payouts.csv
  bulkpay journal --from 2026-01-01 --to 2026-01-31 --merchant acme-mx --format quickbooks --out january.csv
  bulkpay journal --from 2026-01-01 --to 2026-01-31 --format xero --totals --out january.csv`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return a.journal(cmd.Context(), o, args) },
	}
	o.readFlags(cmd)
	flags := cmd.Flags()
	flags.StringVarP(&o.merchant, "merchant", "m", "", "of this merchant only")
	flags.StringVar(&o.from, "from", "", "first day, 2026-01-01")
	flags.StringVar(&o.to, "to", "", "last day, 2026-01-31")
	flags.StringVar(&o.out, "out", "", "the file to write (default: standard output)")
	flags.StringVar(&o.format, "format", string(journal.CSV), formatNames())
	flags.StringVar(&o.fees, "fees", string(ledger.OfGateway), "whose reconciled statements tell the fees and what came back: gateway, bank or none")
	flags.BoolVar(&o.totals, "totals", false, "one entry for all of a batch, a day and a kind; today's are left for tomorrow")
	flags.StringVar(&o.layout.TaxRate, "tax-rate", "", "with xero: its name for no tax (default: Tax Exempt)")
	flags.StringVar(&o.layout.Journal, "journal-name", "", "with odoo: its journal (default: Miscellaneous Operations)")
	return cmd
}

func formatNames() string {
	var names []string
	for _, format := range journal.Formats() {
		names = append(names, string(format))
	}
	return strings.Join(names[:len(names)-1], ", ") + " or " + names[len(names)-1]
}

func (a *app) journal(ctx context.Context, o *journalOptions, args []string) error {
	format, err := o.check(a.json, args)
	if err != nil {
		return err
	}
	book, _, err := a.openBook(ctx, &o.target)
	if err != nil {
		return err
	}
	defer book.Close() //nolint:errcheck // it was only read
	c, err := a.loadConfig()
	if err != nil {
		return err
	}
	books, err := o.books(ctx, book, c, args)
	if err != nil {
		return err
	}
	if err := suitable(format, books); err != nil {
		return err
	}
	did := journaled{options: o, format: format}
	write := func(w io.Writer) error { return did.write(ctx, book, books, w, a.now()) }
	if o.out == "" {
		err = spooled(a.data(), write)
	} else {
		err = atomicfile.Write(o.out, 0o600, write)
	}
	if err != nil {
		return err
	}
	return a.printJournal(did)
}

// noFees books what happened to payouts and nothing else.
const noFees = "none"

// check looks at what needs no ledger.
func (o *journalOptions) check(asJSON bool, args []string) (journal.Format, error) {
	format, ok := journal.ParseFormat(o.format)
	switch err := (journal.Scope{From: o.from, To: o.to}).Check(); {
	case !ok:
		return format, usageError{fmt.Errorf("there is no format %s: choose %s", o.format, formatNames())}
	case err != nil:
		return format, usageError{err}
	case len(args) == 0 && o.from == "" && o.to == "":
		return format, usageError{errors.New("say what to book: a batch, or days with --from and --to")}
	case asJSON && o.out == "":
		return format, usageError{errors.New("--json prints what was booked, and the bookings need a file: add --out FILE")}
	case o.fees != string(ledger.OfGateway) && o.fees != string(ledger.OfBank) && o.fees != noFees:
		return format, usageError{errors.New("--fees takes gateway, bank or none")}
	case o.layout.TaxRate != "" && format != journal.Xero:
		return format, usageError{errors.New("--tax-rate is for --format xero")}
	case o.layout.Journal != "" && format != journal.Odoo:
		return format, usageError{errors.New("--journal-name is for --format odoo")}
	}
	return format, nil
}

// booking is one scope and how its merchant's books are kept.
type booking struct {
	scope   journal.Scope
	setting journal.Setting
}

// books lists what is to be booked, by the names of merchants.
func (o *journalOptions) books(ctx context.Context, book *ledger.Ledger, c *config.Config, args []string) ([]booking, error) {
	scope := journal.Scope{From: o.from, To: o.to}
	if len(args) == 1 {
		batch, err := findBatch(ctx, book, args[0])
		if err != nil {
			return nil, err
		}
		if o.merchant != "" && o.merchant != batch.Merchant.Name {
			return nil, hinted{fmt.Errorf("batch %s belongs to merchant %s", batch.Code, batch.Merchant.Name), "leave --merchant out"}
		}
		scope.Batch, scope.Merchant = batch, batch.Merchant
		return []booking{{scope, settingFor(c, batch.Merchant.Name)}}, nil
	}
	if o.merchant != "" {
		if err := knownMerchants(ctx, book, []string{o.merchant}); err != nil {
			return nil, err
		}
	}
	var books []booking
	for merchant, err := range book.Merchants(ctx) {
		if err != nil {
			return nil, err
		}
		if o.merchant == "" || o.merchant == merchant.Name {
			scope.Merchant = merchant
			books = append(books, booking{scope, settingFor(c, merchant.Name)})
		}
	}
	return books, nil
}

func settingFor(c *config.Config, merchant string) journal.Setting {
	return journal.Setting{
		Accounts: journal.Accounts(c.AccountsOf(merchant)).Or(journal.DefaultAccounts), Zone: c.ZoneOf(merchant),
	}
}

// suitable finds all that the layout cannot write.
func suitable(format journal.Format, books []booking) error {
	var faults []error
	currencies := map[string]bool{}
	for _, b := range books {
		currencies[b.scope.Merchant.Currency.Code] = true
		for _, fault := range format.Faults(b.setting.Accounts) {
			faults = append(faults, fmt.Errorf("merchant %s: %s", b.scope.Merchant.Name, fault))
		}
	}
	if len(faults) > 0 {
		return hinted{errors.Join(faults...), "name the accounts under [accounts] in bulkpay.toml"}
	}
	if len(currencies) > 1 && !format.Currencies() {
		return hinted{fmt.Errorf("a %s file has one currency, and these merchants pay in several", format), "add --merchant NAME"}
	}
	return nil
}

// spooled gathers what is written before any of it is printed, so that an
// error leaves nothing half printed and a slow reader holds no snapshot.
func spooled(to io.Writer, write func(io.Writer) error) error {
	spool, err := atomicfile.NewScratch()
	if err != nil {
		return err
	}
	defer spool.Close() //nolint:errcheck // nothing in it is needed any more
	if err := write(spool); err != nil {
		return err
	}
	if _, err := spool.Seek(0, io.SeekStart); err != nil {
		return err
	}
	_, err = io.Copy(to, spool)
	return err
}

// journaled is what was booked.
type journaled struct {
	options *journalOptions
	format  journal.Format
	results []journal.Result
	written int // entries, totals if there are totals
	left    int // entries of a day that is not over
}

var errUntied = hinted{
	errors.New("NOT TIED: the bookings do not add up to the payouts as they stand; nothing was written"),
	"bulkpay verify finds what was changed in the ledger",
}

// write books everything in one moment.
func (j *journaled) write(ctx context.Context, book *ledger.Ledger, books []booking, w io.Writer, now time.Time) error {
	to, err := journal.NewWriter(j.format, w, j.options.layout)
	if err != nil {
		return err
	}
	counting := &counted{Writer: to}
	err = book.Snapshot(ctx, func(view ledger.View) error {
		for _, b := range books {
			if err := j.bookOne(ctx, view, b, counting, now); err != nil {
				return err
			}
		}
		return nil
	})
	j.written = counting.n
	return errors.Join(err, to.Close())
}

func (j *journaled) bookOne(ctx context.Context, view ledger.View, b booking, to journal.Writer, now time.Time) error {
	sink := to.Write
	var totals *journal.Totals
	if j.options.totals {
		totals = &journal.Totals{To: to, Today: now.In(b.setting.Zone).Format(time.DateOnly)}
		sink = totals.Write
	}
	var charges journal.Charges
	if j.options.fees != noFees {
		charges = journal.Statements{View: view, Origin: ledger.Origin(j.options.fees)}
	}
	result, err := journal.Run(ctx, view, b.scope, b.setting, charges, sink)
	if err != nil {
		return err
	}
	if !result.Tied() {
		return errUntied
	}
	j.results = append(j.results, result)
	if totals == nil {
		return nil
	}
	j.left += totals.Left
	return totals.Flush()
}

// counted counts what is written.
type counted struct {
	journal.Writer
	n int
}

func (c *counted) Write(e journal.Entry) error {
	c.n++
	return c.Writer.Write(e)
}
