package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/bulkpay/bulkpay/internal/dispatch"
)

func newReport(a *app) *cobra.Command {
	t := &target{}
	var reports string
	cmd := &cobra.Command{
		Use:   "report BATCH",
		Short: "Write the reports of a batch as it stands now",
		Long: `report writes BATCH.xlsx, .csv, .json and .html into the reports folder and prints the tie-out. Nothing is sent or
asked. It may be used while a run is going. BATCH is a batch's code, or "last". Exit codes are those of run.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return a.reportOn(cmd.Context(), t, args[0], reports) },
	}
	t.readFlags(cmd)
	cmd.Flags().StringVar(&reports, "reports", "", "folder for the reports (default: as configured, or reports)")
	return cmd
}

func (a *app) reportOn(ctx context.Context, t *target, code, folder string) error {
	book, p, batch, err := a.openBatch(ctx, t, code)
	if err != nil {
		return err
	}
	defer book.Close() //nolint:errcheck // it was only read
	results := &runJSON{}
	err = a.report(stopping{ctx, ctx}, book, batch, orDefault(folder, p.reports), dispatch.Result{}, true, results)
	if err != nil {
		return err
	}
	return a.finishRun(results)
}
