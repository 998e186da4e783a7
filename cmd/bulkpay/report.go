package main

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/bulkpay/bulkpay/internal/dispatch"
	"github.com/bulkpay/bulkpay/ledger"
	"github.com/bulkpay/bulkpay/report"
)

// reportOptions are the flags of `bulkpay report`.
type reportOptions struct {
	target
	periodFlags
	merchant, folder, language string
	all, unmasked, pdf         bool
}

func newReport(a *app) *cobra.Command {
	o := &reportOptions{}
	cmd := &cobra.Command{
		Use:   "report [BATCH]",
		Short: "Write the reports of a batch, or of several, as they stand now",
		Long: `report writes BATCH.xlsx, .csv, .json and .html into the reports folder and prints the tie-out. Nothing is sent or
asked. It may be used while a run is going. BATCH is a batch's code, or "last".

Instead of a batch, --from and --to take the batches that were imported in that time, --merchant those of one merchant,
and --all every batch. A day begins and ends in the merchant's time zone (time_zone in the configuration, or this
machine's), as in the journal. Such a report has a part for each merchant, because sums are made within one currency only, and shows
beside each other what became of the batches.

What people read is in the language of --lang; the CSV and JSON forms are the same in all of them. Account numbers are
masked. --unmasked shows them whole, says so on every page, and leaves a note in the ledger's history of who asked. --pdf writes
the summary and the exceptions on A4 pages with a place to sign besides.

Exit codes are those of run, the worst of all batches; an equation that does not hold is an error.`,
		Example: `  bulkpay report last
  bulkpay report --from 2026-11-01 --to 2026-11-30 --lang es --pdf
  bulkpay report --all --merchant acme-mx`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.reportOn(cmd.Context(), o, strings.Join(args, ""))
		},
	}
	o.readFlags(cmd)
	o.periodFlags.flags(cmd, "in the merchant's time zone")
	flags := cmd.Flags()
	flags.StringVarP(&o.merchant, "merchant", "m", "", "the batches of this merchant")
	flags.BoolVar(&o.all, "all", false, "every batch")
	flags.StringVar(&o.language, "lang", "", languageHelp)
	flags.BoolVar(&o.unmasked, "unmasked", false, "show account numbers whole, and say so on every page and in the history")
	flags.BoolVar(&o.pdf, "pdf", false, "write the summary and the exceptions as PDF besides, to be signed")
	flags.StringVar(&o.folder, "reports", "", "folder for the reports (default: as configured, or reports)")
	return cmd
}

func (a *app) reportOn(ctx context.Context, o *reportOptions, code string) error {
	r, err := o.reporting(code)
	if err != nil {
		return err
	}
	if _, err := a.language(o.language); err != nil {
		return err
	}
	book, p, err := a.openBook(ctx, &o.target)
	if err != nil {
		return err
	}
	defer book.Close()                                    //nolint:errcheck // everything in it is committed
	if r.lang, err = a.language(o.language); err != nil { // again: the configuration has been read
		return err
	}
	r.unmasked, r.pdf = o.unmasked, o.pdf
	r.folder = orDefault(o.folder, p.reports)
	if r.batches, err = a.batchesOf(ctx, book, o, code); err != nil {
		return err
	}
	if r.base == "" {
		r.base = r.batches[0].Code
	}
	if o.unmasked {
		r.base += "-unmasked"
		if err := a.unmask(ctx, book, "report "+r.base); err != nil {
			return err
		}
	}
	return a.reportAll(context.WithoutCancel(ctx), book, r)
}

// reporting reads the flags: one batch, or a scope with a name for its files.
func (o *reportOptions) reporting(code string) (reporting, error) {
	from, to, err := o.period(time.UTC) // as it is shown: the days as they were named
	if err != nil {
		return reporting{}, err
	}
	several := o.all || o.merchant != "" || o.from != "" || o.to != ""
	switch {
	case code == "" && !several:
		return reporting{}, usageError{errors.New("say which: a batch (or last), --from and --to, --merchant, or --all")}
	case code != "" && several:
		return reporting{}, usageError{errors.New("BATCH, and --from, --to, --merchant or --all, exclude one another")}
	case code != "":
		return reporting{}, nil
	}
	scope := report.Scope{All: o.all, From: from, Merchant: o.merchant}
	if !to.IsZero() {
		scope.To = to.Add(-time.Second) // the last day, or the moment before
	}
	return reporting{scope: scope, base: o.base(scope)}, nil
}

// base is the name of the files of a report of several batches.
func (o *reportOptions) base(s report.Scope) string {
	parts := []string{"report"}
	if s.Merchant != "" {
		parts = append(parts, s.Merchant)
	}
	if !s.From.IsZero() {
		parts = append(parts, "from-"+s.From.Format(time.DateOnly))
	}
	if !s.To.IsZero() {
		parts = append(parts, "to-"+s.To.Format(time.DateOnly))
	}
	if len(parts) == 1 {
		parts = append(parts, "all")
	}
	return strings.Join(parts, "-")
}

// batchesOf finds the batches of the report, the oldest first. A day is that of
// the merchant whose batch it is, as in its journal.
func (a *app) batchesOf(ctx context.Context, book *ledger.Ledger, o *reportOptions, code string) ([]ledger.Batch, error) {
	if code != "" {
		batch, err := findBatch(ctx, book, code)
		return []ledger.Batch{batch}, err
	}
	var found []ledger.Batch
	for batch, err := range book.Batches(ctx) {
		if err != nil {
			return nil, err
		}
		within, err := o.within(batch.CreatedAt, a.settings.ZoneOf(batch.Merchant.Name))
		if err != nil {
			return nil, err
		}
		if within && (o.merchant == "" || batch.Merchant.Name == o.merchant) {
			found = append(found, batch)
		}
	}
	if len(found) == 0 {
		return nil, hinted{errors.New("no batch was imported in that time, or of that merchant"), "bulkpay status lists all batches"}
	}
	slices.Reverse(found) // the ledger lists the latest first
	return found, nil
}

// reportAll writes the reports and prints where all of it stands.
func (a *app) reportAll(ctx context.Context, book *ledger.Ledger, r reporting) error {
	source, files, err := a.writeReports(ctx, book, r)
	if err != nil {
		return err
	}
	results := &runJSON{Batches: []batchRunJSON{}, ExitCode: codeForSource(source)}
	for _, batch := range source.Batches {
		one := batchRunJSON{batchJSON: jsonOf(batch.Summary), Resumed: true}
		for _, file := range files {
			one.Reports = append(one.Reports, fileJSON{file.Format, file.Path})
		}
		results.Batches = append(results.Batches, one)
	}
	if !a.json {
		if err := a.printStanding(source, r.lang, dispatch.Result{}, files); err != nil {
			return err
		}
	}
	return a.finishRun(results)
}
