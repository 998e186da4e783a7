package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/bulkpay/bulkpay/internal/intake"
	"github.com/bulkpay/bulkpay/ledger"
)

// checkOptions are the flags of `bulkpay check`.
type checkOptions struct {
	target
	sheetFlags
}

// checkJSON is what `bulkpay check --json` prints for a sheet.
type checkJSON struct {
	File         string        `json:"file"`
	Area         string        `json:"area"`
	Assumed      []string      `json:"assumed"`
	Notes        []string      `json:"notes"`
	Batch        string        `json:"batch,omitempty"` // that these rows are already
	Rows         int           `json:"rows"`
	Valid        int           `json:"valid"`
	Invalid      int           `json:"invalid"`
	Sum          string        `json:"sum"`
	ValidSum     string        `json:"validSum"`
	Currency     string        `json:"currency"`
	Unreadable   int           `json:"unreadableAmounts"`
	FaultCount   int           `json:"faultCount"`
	Faults       []faultJSON   `json:"faults"`
	WarningCount int           `json:"warningCount"`
	Warnings     []faultJSON   `json:"warnings"`
	SuspectCount int           `json:"suspectCount"`
	Suspects     []suspectJSON `json:"suspects"`
	KnownCount   int           `json:"knownCount"`
	Known        []knownJSON   `json:"known"`
	Totals       string        `json:"totals,omitempty"` // what does not agree
	FaultsFile   string        `json:"faultsFile,omitempty"`
	MarkedFile   string        `json:"markedFile,omitempty"`
}

func newCheck(a *app) *cobra.Command {
	o := &checkOptions{}
	cmd := &cobra.Command{
		Use:   "check SHEET",
		Short: "Say everything that is wrong with a sheet; nothing is imported or sent",
		Long: `check reads a sheet to its end and names every fault of every row at once: the row, the column, what is wrong
and what would be right. Nothing is imported, numbered or sent, and no gateway is asked. If there is a ledger, rows
that look like payouts already made are named too.

All of it is also written to SHEET-faults.csv in the reports folder, and the sheet itself comes back as
SHEET-marked.xlsx (or .csv): your own file, with every faulty cell marked and explained. Put it right there and give
it to check or run again.

A sheet without faults exits 0; one with faults, without rows, or that run would refuse as paid before, 3.`,
		Example: `  bulkpay check salaries.xlsx
  bulkpay check salaries.csv --map "Cta. del empleado=customerAccount" --expect-sum 1250000.00`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return a.check(cmd.Context(), o, args[0]) },
	}
	o.target.flags(cmd)
	o.sheetFlags.flags(cmd)
	return cmd
}

func (a *app) check(ctx context.Context, o *checkOptions, path string) error {
	if err := o.sheetFlags.check(); err != nil {
		return err
	}
	c, err := a.loadConfig()
	if err != nil {
		return err
	}
	t := o.target
	if t.sandbox == "" && c == nil {
		// Checking needs no merchant: without a configuration the columns
		// say which area it is, and what a merchant would fill in is taken
		// as filled in.
		t.sandbox = sandboxHere
	}
	e, err := a.openSheet(&t, &o.sheetFlags, path)
	if err != nil {
		return err
	}
	defer e.close()
	p := a.place(&o.target, c)
	book, err := a.lookAt(ctx, e, p.ledger)
	if err != nil {
		return err
	}
	if book != nil {
		defer book.Close() //nolint:errcheck // it was only read
	}
	if err := a.examineAll(ctx, e, book, orDefault(o.reports, p.reports)); err != nil {
		return err
	}
	return a.printChecked(ctx, e)
}

// lookAt opens the ledger if it is there and knows the merchant; otherwise
// there is nothing to compare the sheet with.
func (a *app) lookAt(ctx context.Context, e *examined, path string) (*ledger.Ledger, error) {
	book, err := ledger.Open(ctx, path, a.books())
	if errors.Is(err, ledger.ErrNoLedger) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	merchant, err := book.MerchantNamed(ctx, e.account.merchant.Name)
	if errors.Is(err, ledger.ErrNotFound) {
		return nil, book.Close()
	}
	if err != nil {
		return nil, errors.Join(err, book.Close())
	}
	e.account.merchant = merchant
	return book, nil
}

// examineAll reads a sheet to its end even if the very file is a batch
// already: a person who checks wants to hear about it.
func (a *app) examineAll(ctx context.Context, e *examined, book *ledger.Ledger, folder string) error {
	if err := a.examine(ctx, e, book, folder); err != nil || e.found.Content != "" {
		return err
	}
	return a.read(ctx, e, book, a.reading())
}

func (a *app) printChecked(ctx context.Context, e *examined) error {
	totals := e.found.Check(e.expect)
	list, marked, err := a.finish(ctx, e)
	if err != nil {
		return err
	}
	if a.json {
		if err := a.printJSON(e.checked(totals, list, marked)); err != nil {
			return err
		}
	} else {
		e.list.print(a, e)
		if totals != nil {
			a.tell("%s\n", totals)
		}
		if e.batch != nil {
			a.tell("%s is batch %s already (%s)\n", e.sheet.File(), e.batch.Code, e.why)
		}
		a.tell("%s: %s\n", e.sheet.File(), e.totals())
	}
	if e.found.Rows == 0 {
		a.say("the sheet has no rows below the header: nothing could be paid")
	}
	if err := aboveLimit(e); err != nil && e.batch == nil {
		a.say("%v", err)
	}
	refused := e.batch == nil && (e.found.Blocking(e.policy) > 0 || aboveLimit(e) != nil)
	if e.found.Invalid > 0 || e.found.Rows == 0 || totals != nil || refused {
		return outcome(exitNotPaid)
	}
	return nil
}

// checked is the result for programs.
func (e *examined) checked(totals error, list, marked string) checkJSON {
	f := e.found
	result := checkJSON{
		File: e.sheet.File(), Area: e.sheet.Area().Slug, Assumed: e.sheet.Assumed(), Notes: append([]string{}, e.sheet.Notes()...),
		Rows: f.Rows, Valid: f.Valid(), Invalid: f.Invalid, Sum: f.Sum.Fixed(), ValidSum: f.ValidSum.Fixed(),
		Currency: e.sheet.Area().Currency.Code, Unreadable: f.Unreadable,
		FaultCount: f.Problems, Faults: append([]faultJSON{}, e.list.faults...),
		WarningCount: f.Warnings, Warnings: append([]faultJSON{}, e.list.warnings...),
		Suspects: []suspectJSON{}, KnownCount: f.Known, Known: append([]knownJSON{}, e.list.known...),
		FaultsFile: list, MarkedFile: marked,
	}
	if e.batch != nil {
		result.Batch = e.batch.Code
	} else {
		result.SuspectCount = f.Duplicates() + f.NearMatches()
		result.Suspects = append(result.Suspects, e.list.suspects...)
	}
	if totals != nil {
		result.Totals = totals.Error()
	}
	return result
}

// blocking says why a policy refuses a sheet, or is nil.
func blocking(e *examined) error {
	n := e.found.Blocking(e.policy)
	if n == 0 {
		return nil
	}
	return hinted{
		fmt.Errorf("%s like a payout already made: nothing was imported or sent", plural(n, "row")),
		"leave them out with --duplicates skip; keep them for a look with --duplicates hold; to pay them: --duplicates pay --reason \"…\"; last month is not meant: --duplicate-window 20d",
	}
}

// wrongTotals says that a sheet does not hold what was expected, or is nil.
func wrongTotals(e *examined) error {
	err := e.found.Check(e.expect)
	var totals *intake.TotalsError
	if errors.As(err, &totals) {
		return hinted{fmt.Errorf("%w: nothing was imported or sent", err), "look for rows that are missing or stand twice; bulkpay check lists what is wrong"}
	}
	return err
}
