package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/bulkpay/bulkpay/internal/dispatch"
	"github.com/bulkpay/bulkpay/ledger"
)

// batchOptions are the flags of `bulkpay submit` and `bulkpay settle`.
type batchOptions struct {
	target
	paceFlags
	reports            string
	noSubmit, noSettle bool

	again  bool   // ask about all that was sent
	reason string // why
}

// every is the word for all batches that have something to ask.
const every = "all"

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
	o.flags(cmd)
	return cmd
}

func newSettle(a *app) *cobra.Command {
	o := &batchOptions{noSubmit: true}
	cmd := &cobra.Command{
		Use:   "settle BATCH",
		Short: "Ask what became of a batch until all is final or the deadline passes",
		Long: `settle asks after every payout of a batch that is in doubt or in progress, on a growing schedule, until all of them
are final or the deadline passes. It sends nothing: a payout that turns out to be unknown to the gateway goes back to
ready, for submit or run. BATCH is a batch's code, or "last".

"all" is every batch in which something is open, or settled and due to be asked about again: a payout that was paid is
watched for some days (watch, in the configuration), because some come back. Let cron run "settle all" once a day.

--again asks first, once, about every payout of the batch that was ever sent, settled ones too, so that the report can say
what the gateway says now and not what it said last. Nothing is sent, and answers are believed as always: one that
contradicts is flagged. It may take hours at the rate of questions, and may be stopped and killed: the same command
again goes on with what is not answered, for as long as a day; after that it begins anew. What stays unanswered
makes the exit code 5.`,
		Example: `  bulkpay settle MX-20261121-7K3QF
  bulkpay settle MX-20261121-7K3QF --again --reason "closing of November"
  bulkpay settle all --deadline 10m`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.checkAgain(args[0]); err != nil {
				return err
			}
			if args[0] == every {
				return a.settleAll(cmd.Context(), o)
			}
			return a.batchwise(cmd.Context(), o, args[0])
		},
	}
	o.flags(cmd)
	cmd.Flags().BoolVar(&o.again, "again", false, "ask first about every payout that was sent, settled ones too")
	cmd.Flags().StringVar(&o.reason, "reason", "", "why it is asked again, for the record")
	return cmd
}

func (o *batchOptions) flags(cmd *cobra.Command) {
	o.target.flags(cmd)
	o.paceFlags.flags(cmd)
	cmd.Flags().StringVar(&o.reports, "reports", "", "folder for the reports (default: as configured, or reports)")
}

func (a *app) batchwise(ctx context.Context, o *batchOptions, code string) error {
	if err := o.paceFlags.check(); err != nil {
		return err
	}
	stop, done := a.onSignals(ctx)
	defer done()
	book, p, batch, err := a.openBatch(stop.now, &o.target, code)
	if err != nil {
		return err
	}
	defer book.Close() //nolint:errcheck // everything in it is committed
	results := &runJSON{}
	if err := a.payOne(stop, o, book, batch, orDefault(o.reports, p.reports), results); err != nil {
		return err
	}
	return a.finishRun(results)
}

// payOne sends or settles one batch and writes its reports.
func (a *app) payOne(stop stopping, o *batchOptions, book *ledger.Ledger, batch ledger.Batch, folder string, results *runJSON) error {
	acc, err := a.accountOf(stop.now, &o.target, book, batch)
	if err != nil {
		return err
	}
	did, err := a.sendOrAsk(stop, o, book, batch, acc)
	if err != nil {
		return err
	}
	var again *againJSON
	if o.again {
		if again, err = a.howAgain(stop, book, batch); err != nil {
			return err
		}
	}
	err = a.report(stop, book, batch, folder, did, true, results)
	if again != nil && len(results.Batches) > 0 {
		results.Batches[len(results.Batches)-1].Again = again
		if again.Answered < again.Payouts {
			results.ExitCode = worse(results.ExitCode, exitUnfinished)
		}
	}
	return err
}

// sendOrAsk does to a batch what the command is for.
func (a *app) sendOrAsk(stop stopping, o *batchOptions, book *ledger.Ledger, batch ledger.Batch, acc account) (asked dispatch.Result, err error) {
	if o.again {
		asked, err = a.askAgain(stop, o, book, batch, acc)
		if err != nil || asked.Halted != nil || asked.Drained {
			return asked, err
		}
	}
	did, err := a.pay(stop, &o.target, &o.paceFlags, job{
		book: book, batch: batch, account: acc, noSubmit: o.noSubmit, noSettle: o.noSettle,
	})
	if err != nil && !errors.Is(err, errNothingToDo) {
		return did, err
	}
	did.Asked, did.Recovered = did.Asked+asked.Asked, did.Recovered+asked.Recovered
	return did, nil
}

// accountOf is the account of the merchant that a batch belongs to.
func (a *app) accountOf(ctx context.Context, t *target, book *ledger.Ledger, batch ledger.Batch) (account, error) {
	area, err := areaOf(batch)
	if err != nil {
		return account{}, err
	}
	acc, err := a.accountFor(t, area, batch.Merchant.Name)
	if err != nil {
		return account{}, err
	}
	if acc.merchant.Name != batch.Merchant.Name {
		return account{}, hinted{errors.New("batch " + batch.Code + " belongs to merchant " + batch.Merchant.Name), "leave --merchant out"}
	}
	return acc, acc.register(ctx, book)
}

// settleAll settles every batch in which there is something to ask, of one
// merchant or of all that the ledger knows.
func (a *app) settleAll(ctx context.Context, o *batchOptions) error {
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
	batches, err := a.unsettled(stop.now, book, &o.target)
	if err != nil {
		return err
	}
	results := &runJSON{Batches: []batchRunJSON{}}
	for _, batch := range batches {
		if stop.drain.Err() != nil {
			results.ExitCode = exitCancelled
			break
		}
		if err := a.payOne(stop, o, book, batch, orDefault(o.reports, p.reports), results); err != nil {
			return err
		}
	}
	if len(batches) == 0 {
		a.say("nothing is open, and nothing settled is due to be asked about again")
	}
	return a.finishRun(results)
}

// unsettled lists the batches that have something to ask, the oldest first.
func (a *app) unsettled(ctx context.Context, book *ledger.Ledger, t *target) ([]ledger.Batch, error) {
	var batches []ledger.Batch
	for merchant, err := range book.Merchants(ctx) {
		if err != nil {
			return nil, err
		}
		if t.merchant != "" && t.merchant != merchant.Name || merchant.Simulated() != (t.sandbox != "") {
			continue
		}
		for batch, err := range book.Unsettled(ctx, merchant.ID, a.now()) {
			if err != nil {
				return nil, err
			}
			batches = append(batches, batch)
		}
	}
	return batches, nil
}
