package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"
)

// checkOptions are the flags of `bulkpay check`.
type checkOptions struct {
	target
	worksheet string
	reports   string
}

// checkJSON is what `bulkpay check --json` prints for a sheet.
type checkJSON struct {
	File       string      `json:"file"`
	Area       string      `json:"area"`
	Assumed    []string    `json:"assumed"`
	Rows       int         `json:"rows"`
	Valid      int         `json:"valid"`
	Invalid    int         `json:"invalid"`
	Sum        string      `json:"sum"`
	ValidSum   string      `json:"validSum"`
	Currency   string      `json:"currency"`
	Unreadable int         `json:"unreadableAmounts"`
	FaultCount int         `json:"faultCount"`
	Faults     []faultJSON `json:"faults"`
	FaultsFile string      `json:"faultsFile,omitempty"`
}

func newCheck(a *app) *cobra.Command {
	o := &checkOptions{}
	cmd := &cobra.Command{
		Use:   "check SHEET",
		Short: "Say everything that is wrong with a sheet; nothing is imported or sent",
		Long: `check reads a sheet to its end and names every fault of every row at once: the row, the column, what is wrong
and what would be right. Nothing is imported, numbered or sent, and no gateway is asked.

A sheet without faults exits 0, one with faults or without rows 3. All faults are also written to SHEET-faults.csv in the reports folder.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return a.check(cmd.Context(), o, args[0]) },
	}
	o.flags(cmd)
	cmd.Flags().StringVar(&o.worksheet, "sheet", "", "which sheet of a workbook")
	cmd.Flags().StringVar(&o.reports, "reports", "", "folder for the list of faults (default: as configured, or reports)")
	return cmd
}

func (a *app) check(ctx context.Context, o *checkOptions, path string) error {
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
	e, err := a.openSheet(&t, path, o.worksheet)
	if err != nil {
		return err
	}
	defer e.close()
	if err := a.examine(ctx, e, nil, orDefault(o.reports, a.place(&o.target, c).reports)); err != nil {
		return err
	}
	if err := a.printChecked(e); err != nil {
		return err
	}
	if e.found.Rows == 0 {
		a.say("the sheet has no rows below the header: nothing could be paid")
	}
	if e.found.Invalid > 0 || e.found.Rows == 0 {
		return outcome(exitNotPaid)
	}
	return nil
}

func (a *app) printChecked(e *examined) error {
	f := e.found
	if !a.json {
		e.faults.print(a, f)
		_, err := fmt.Fprintf(a.out, "%s: %s\n", e.sheet.File(), e.totals())
		return err
	}
	result := checkJSON{
		File: e.sheet.File(), Area: e.sheet.Area().Slug, Assumed: e.sheet.Assumed(),
		Rows: f.Rows, Valid: f.Valid(), Invalid: f.Invalid, Sum: f.Sum.Fixed(), ValidSum: f.ValidSum.Fixed(),
		Currency: e.sheet.Area().Currency.Code, Unreadable: f.Unreadable,
		FaultCount: f.Problems, Faults: append([]faultJSON{}, e.faults.faults...),
	}
	if f.Problems > 0 {
		result.FaultsFile = e.faults.path
	}
	return a.printJSON(result)
}
