package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/bulkpay/bulkpay/internal/compare"
	"github.com/bulkpay/bulkpay/internal/visible"
)

// diffOptions are the flags of `bulkpay diff`.
type diffOptions struct {
	target
	sheetFlags
	against string
	rows    int
}

func newDiff(a *app) *cobra.Command {
	o := &diffOptions{}
	cmd := &cobra.Command{
		Use:   "diff SHEET",
		Short: "Set a sheet beside what was paid before, on one page",
		Long: `diff compares a sheet with the merchant's payees and with the batch before it: who is new, who has another account,
whose account is known under another name, whose amount is unusual, who has vanished, and how far the total has
drifted. Nothing is imported or sent, and nothing is refused: it is what to look at before money moves.

Accounts are masked; names are not.`,
		Example: `  bulkpay diff salaries-december.xlsx
  bulkpay diff salaries-december.xlsx --against MX-20251222-7K3QF --rows 50`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return a.diff(cmd.Context(), o, args[0]) },
	}
	o.target.flags(cmd)
	o.readingFlags(cmd)
	flags := cmd.Flags()
	flags.StringVar(&o.against, "against", "", "the batch to compare with (default: the merchant's latest)")
	flags.IntVar(&o.rows, "rows", 0, "how many rows of each kind are named (default 7)")
	return cmd
}

func (a *app) diff(ctx context.Context, o *diffOptions, path string) error {
	if o.rows < 0 {
		return usageError{errors.New("--rows is a number of rows")}
	}
	if err := o.sheetFlags.check(); err != nil {
		return err
	}
	c, err := a.loadConfig()
	if err != nil {
		return err
	}
	e, err := a.openSheet(&o.target, &o.sheetFlags, path)
	if err != nil {
		return err
	}
	defer e.close()
	file := a.place(&o.target, c).ledger
	book, err := a.lookAt(ctx, e, file)
	if err != nil {
		return err
	}
	if book == nil {
		return hinted{errors.New("the ledger has no payouts of this merchant: there is nothing to compare with"), "bulkpay check " + visible.Word(path)}
	}
	defer book.Close() //nolint:errcheck // it was only read
	options := compare.Options{Listed: o.rows}
	if o.against != "" {
		batch, err := findBatch(ctx, book, o.against)
		if err != nil {
			return err
		}
		options.Against = &batch
	}
	found, err := compare.Sheet(ctx, e.sheet, book, e.account.merchant, options)
	if err != nil {
		return err
	}
	if a.json {
		return a.printJSON(found)
	}
	return found.WriteText(a.out, pageColumns)
}

// pageColumns is the width of a page that also fits on paper.
const pageColumns = 100
