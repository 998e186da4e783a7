package main

import (
	"context"
	"errors"
	"fmt"
	"os/user"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/bulkpay/bulkpay/internal/intake"
	"github.com/bulkpay/bulkpay/ledger"
)

// runOptions are the flags of `bulkpay run`.
type runOptions struct {
	target
	paceFlags
	sheetFlags
	skipInvalid bool
	again       string
	reason      string
}

func newRun(a *app) *cobra.Command {
	o := &runOptions{}
	cmd := &cobra.Command{
		Use:   "run SHEET...",
		Short: "Check, import, pay, settle and report: the whole job",
		Long: `run does the whole job and is what cron calls: it checks the sheets, gives every row a number for life, pays the
rows, asks until every status is final, and writes the reports.

One faulty row in any sheet stops everything before money moves, unless --skip-invalid. The same command again
resumes what it finds, or does nothing: a sheet is recognised by its rows, not by its name. Rows that look like a
payout already made, in the sheet or in a batch of the last 45 days, are refused (--duplicates); near matches are
held for a person to release or cancel.

Afterwards the sheet itself comes back in the reports folder, with the number, status and reason of every row. It can
be put right and given to run again: what is paid is recognised and not paid twice.

Ctrl-C once lets requests in flight finish; twice stops at once. Neither loses anything.

` + exitCodesHelp(),
		Example: `  bulkpay run --sandbox samples/payouts-mexico.xlsx
  bulkpay run salaries.xlsx --merchant acme-mx --deadline 2h
  bulkpay run salaries.xlsx --again MX-20261021-7K3QF --reason "November salaries are the same"`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return a.run(cmd.Context(), o, args) },
	}
	o.target.flags(cmd)
	o.paceFlags.flags(cmd)
	o.sheetFlags.flags(cmd)
	flags := cmd.Flags()
	flags.BoolVar(&o.skipInvalid, "skip-invalid", false, "pay the valid rows and report the others as left out")
	flags.StringVar(&o.again, "again", "", "pay the same content as this batch once more (with --reason)")
	flags.StringVar(&o.reason, "reason", "", "why, for the record")
	return cmd
}

func (o *runOptions) check() error {
	switch {
	case o.duplicates == "pay" && o.reason == "":
		return usageError{errors.New("--duplicates pay needs a --reason")}
	case o.again != "" && o.reason == "":
		return usageError{errors.New("--again needs a --reason")}
	}
	return errors.Join(o.sheetFlags.check(), o.paceFlags.check())
}

func (a *app) run(ctx context.Context, o *runOptions, paths []string) error {
	if err := o.check(); err != nil {
		return err
	}
	c, err := a.loadConfig()
	if err != nil {
		return err
	}
	p := a.place(&o.target, c)
	p.reports = orDefault(o.reports, p.reports)
	stop, done := a.onSignals(ctx)
	defer done()
	sheets, book, err := a.takeIn(stop.now, o, p, paths)
	for _, e := range sheets {
		defer e.close()
	}
	if book != nil {
		defer book.Close() //nolint:errcheck // everything in it is committed
	}
	if err != nil {
		return err
	}
	if refused := a.refusals(o, sheets); refused != nil {
		return a.printRefused(stop.always(), sheets, refused)
	}
	for i, e := range sheets {
		if i > 0 {
			if err := a.lookAgain(stop.now, e, book); err != nil {
				return err
			}
			if refused := a.refusals(o, sheets[i:i+1]); refused != nil {
				a.say("the sheets before it are imported, and nothing of them is sent")
				return a.printRefused(stop.always(), sheets, refused)
			}
		}
		if err := a.importSheet(stop.now, o, book, e); err != nil {
			return err
		}
	}
	results := &runJSON{}
	for _, e := range sheets {
		if err := a.payAndReport(stop, o, book, e, p.reports, results); err != nil {
			// What became of the sheets before it must not be lost.
			if a.json && len(results.Batches) > 0 {
				results.ExitCode = codeOf(err)
				err = errors.Join(err, a.printJSON(results))
			}
			return err
		}
	}
	return a.finishRun(results)
}

// takeIn opens and examines every sheet before anything is imported.
func (a *app) takeIn(ctx context.Context, o *runOptions, p place, paths []string) (sheets []*examined, book *ledger.Ledger, err error) {
	for _, path := range paths {
		e, err := a.openSheet(&o.target, &o.sheetFlags, path)
		if err != nil {
			return sheets, book, err
		}
		sheets = append(sheets, e)
		if book == nil { // not before a sheet could be read: a typing error leaves no ledger behind
			if book, err = a.createBook(ctx, p.ledger); err != nil {
				return sheets, book, err
			}
			if err := book.CheckWitness(ctx); err != nil {
				return sheets, book, err
			}
		}
		if err := e.account.register(ctx, book); err != nil {
			return sheets, book, err
		}
		if err := a.examine(ctx, e, book, p.reports); err != nil {
			return sheets, book, err
		}
	}
	return sheets, book, nil
}

// lookAgain looks for the rows of a sheet among those of the sheets before it
// on the command line, which were not in the ledger when it was first read.
func (a *app) lookAgain(ctx context.Context, e *examined, book *ledger.Ledger) error {
	if e.batch != nil {
		return nil
	}
	was := e.found.Content
	e.list.discard()
	e.list = newFindings(filepath.Dir(e.list.path), e.path)
	if err := a.read(ctx, e, book, nil); err != nil {
		return err
	}
	if e.found.Content != was {
		return intake.ErrChanged
	}
	return e.recognise(ctx, book)
}

// refusals says for each sheet that must not be paid why not, or is nil.
func (a *app) refusals(o *runOptions, sheets []*examined) map[*examined]error {
	refused := map[*examined]error{}
	for _, e := range sheets {
		switch {
		case e.batch != nil:
			// It is a batch already, whatever its rows look like.
		case e.found.Rows == 0:
			refused[e] = hinted{errors.New("the sheet has no rows"), "fill in rows below the header"}
		case wrongTotals(e) != nil:
			refused[e] = wrongTotals(e)
		case e.found.Invalid > 0 && !o.skipInvalid:
			refused[e] = hinted{
				fmt.Errorf("%s of %s invalid: nothing was imported or sent", group(e.found.Invalid), plural(e.found.Rows, "row")),
				"put them right and run again, or pay the others with --skip-invalid",
			}
		case blocking(e) != nil:
			refused[e] = blocking(e)
		case aboveLimit(e) != nil:
			refused[e] = aboveLimit(e)
		}
	}
	if len(refused) == 0 {
		return nil
	}
	return refused
}

// importSheet makes a batch of a sheet, or finds the one that it is.
func (a *app) importSheet(ctx context.Context, o *runOptions, book *ledger.Ledger, e *examined) error {
	order := intake.Order{
		Merchant: e.account.merchant, Actor: operator(), Reason: o.reason, Policy: e.policy, Since: e.since, Expect: e.expect,
		Most: e.account.limits.Payout,
	}
	if o.again != "" {
		if err := a.repeat(ctx, o, book, e); err != nil {
			return err
		}
		order.Repeats = o.again
	}
	if e.batch != nil {
		a.say("%s is batch %s already (%s): resuming it", filepath.Base(e.path), e.batch.Code, e.why)
		return nil
	}
	// What is left out, held or only doubtful is listed before it is forgotten.
	if _, _, err := a.finish(ctx, e); err != nil {
		return err
	}
	batch, err := intake.Import(ctx, book, e.sheet, e.found, order)
	if errors.Is(err, intake.ErrKnown) {
		batch, err = book.BatchByCode(ctx, e.found.Resumes())
		e.why = "handed back, and nothing in it is new"
	}
	if err != nil {
		return a.overtaken(ctx, o, book, e, err)
	}
	e.batch = &batch
	a.say("%s is batch %s: %s", filepath.Base(e.path), batch.Code, e.totals())
	return nil
}

// overtaken finds out whether another run, started at the same moment, has
// imported the same rows while this one was about to: then they are that batch,
// whatever the import objected to.
func (a *app) overtaken(ctx context.Context, o *runOptions, book *ledger.Ledger, e *examined, err error) error {
	if o.again != "" {
		next, missing := book.BatchRepeating(ctx, e.account.merchant.ID, o.again)
		if missing == nil {
			e.batch, e.why = &next, "made to repeat "+o.again
		}
	} else if unknown := e.recognise(ctx, book); unknown != nil {
		return errors.Join(err, unknown)
	}
	if e.batch == nil {
		return err
	}
	a.say("%s is batch %s by now, which another run has just made: resuming it", filepath.Base(e.path), e.batch.Code)
	return nil
}

// repeat turns "the same rows as batch X" into a new batch on a person's
// word. Given twice, the word makes one batch.
func (a *app) repeat(ctx context.Context, o *runOptions, book *ledger.Ledger, e *examined) error {
	if e.batch == nil {
		return hinted{fmt.Errorf("%s is not what batch %s paid", filepath.Base(e.path), o.again), "leave --again out: it is a new sheet"}
	}
	was, err := findBatch(ctx, book, o.again)
	if err != nil {
		return err
	}
	if was.Content != e.batch.Content || was.Merchant.ID != e.batch.Merchant.ID {
		return fmt.Errorf("%s has other rows than batch %s", filepath.Base(e.path), was.Code)
	}
	o.again = was.Code
	next, err := book.BatchRepeating(ctx, was.Merchant.ID, was.Code)
	if err == nil {
		e.batch, e.why = &next, "made to repeat "+was.Code
		return nil
	}
	if !errors.Is(err, ledger.ErrNotFound) {
		return err
	}
	if e.found.Content == "" {
		// The bytes were known, so the rows were never read.
		if err := a.read(ctx, e, book, nil); err != nil {
			return err
		}
	}
	e.batch = nil
	return nil
}

// operator is who runs the command, for the history.
func operator() string {
	if current, err := user.Current(); err == nil && current.Username != "" {
		return "person:" + current.Username
	}
	return "person:unknown"
}
