package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"
)

// batchOptions are the flags of `bulkpay submit` and `bulkpay settle`.
type batchOptions struct {
	target
	paceFlags
	reports            string
	noSubmit, noSettle bool
}

func newSubmit(a *app) *cobra.Command {
	o := &batchOptions{noSettle: true}
	cmd := &cobra.Command{
		Use:   "submit BATCH",
		Short: "Send what of a batch is ready; do not wait for final statuses",
		Long: `submit sends every payout of a batch that is ready and does not ask what became of it: settle does that. Payouts in
doubt are not sent. BATCH is a batch's code, or "last".`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return a.batchwise(cmd.Context(), o, args[0]) },
	}
	o.target.flags(cmd)
	o.paceFlags.flags(cmd)
	cmd.Flags().StringVar(&o.reports, "reports", "", "folder for the reports (default: as configured, or reports)")
	return cmd
}

func newSettle(a *app) *cobra.Command {
	o := &batchOptions{noSubmit: true}
	cmd := &cobra.Command{
		Use:   "settle BATCH",
		Short: "Ask what became of a batch until all is final or the deadline passes",
		Long: `settle asks after every payout of a batch that is in doubt or in progress, on a growing schedule, until all of them
are final or the deadline passes. It sends nothing: a payout that turns out to be unknown to the gateway goes back to
ready, for submit or run. BATCH is a batch's code, or "last".`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return a.batchwise(cmd.Context(), o, args[0]) },
	}
	o.target.flags(cmd)
	o.paceFlags.flags(cmd)
	cmd.Flags().StringVar(&o.reports, "reports", "", "folder for the reports (default: as configured, or reports)")
	return cmd
}

func (a *app) batchwise(ctx context.Context, o *batchOptions, code string) error {
	if err := o.paceFlags.check(); err != nil {
		return err
	}
	stop, done := a.onSignals(ctx)
	defer done()
	book, p, err := a.openBook(stop.now, &o.target)
	if err != nil {
		return err
	}
	defer book.Close() //nolint:errcheck // everything in it is committed
	batch, err := findBatch(stop.now, book, code)
	if err != nil {
		return err
	}
	area, err := areaOf(batch)
	if err != nil {
		return err
	}
	acc, err := a.accountFor(&o.target, area, batch.Merchant.Name)
	if err != nil {
		return err
	}
	if acc.merchant.Name != batch.Merchant.Name {
		return hinted{errors.New("batch " + batch.Code + " belongs to merchant " + batch.Merchant.Name), "leave --merchant out"}
	}
	if err := acc.register(stop.now, book); err != nil {
		return err
	}
	did, err := a.pay(stop, &o.target, &o.paceFlags, job{
		book: book, batch: batch, account: acc, noSubmit: o.noSubmit, noSettle: o.noSettle,
	})
	if err != nil && !errors.Is(err, errNothingToDo) {
		return err
	}
	results := &runJSON{}
	if err := a.report(stop, book, batch, orDefault(o.reports, p.reports), did, true, results); err != nil {
		return err
	}
	return a.finishRun(results)
}
