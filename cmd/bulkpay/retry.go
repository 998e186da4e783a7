package main

import (
	"context"
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bulkpay/bulkpay/internal/dispatch"
	"github.com/bulkpay/bulkpay/internal/retry"
	"github.com/bulkpay/bulkpay/ledger"
)

// retryOptions are the flags of `bulkpay retry`.
type retryOptions struct {
	target
	paceFlags
	reason string
}

// retryJSON is what `bulkpay retry --json` prints.
type retryJSON struct {
	Batch   string     `json:"batch"`          // that was looked at
	Made    *batchJSON `json:"made,omitempty"` // the batch of new payouts
	Payouts int        `json:"payouts"`        // how many it has
	Left    []leftJSON `json:"left"`
}

// leftJSON is a payout that is not paid anew.
type leftJSON struct {
	TradeNo string `json:"tradeNo"`
	Row     int    `json:"row"`
	State   string `json:"state"`
	Why     string `json:"why"`
}

func newRetry(a *app) *cobra.Command {
	o := &retryOptions{}
	cmd := &cobra.Command{
		Use:   "retry BATCH",
		Short: "Make new payouts for those of a batch that were definitely not paid",
		Long: `retry asks the gateway once more about every payout of a batch that failed, was refused or came back, and makes a new
payout for each one that the answer confirms as not paid: with a number of its own, linked to the old one, of the same
amount to the same payee. They are a new batch, and nothing is sent yet: submit or run pays it.

What the gateway does not confirm (it says nothing, or knows no such payout although it had failed) is left alone and
named. Given twice, it makes nothing twice: of payouts that stand in for one another at most one is ever to be paid.

Where the payee's details were wrong, put the row right in the sheet that was handed back instead, and give that to run.
BATCH is a batch's code, or "last".`,
		Example: `  bulkpay retry MX-20261121-7K3QF --reason "bank was down on Friday, finance agreed"
  bulkpay submit last && bulkpay settle last`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return a.retry(cmd.Context(), o, args[0]) },
	}
	o.target.flags(cmd)
	flags := cmd.Flags()
	flags.Float64Var(&o.queryRate, "query-rate", 0, "queries a second (default: as configured)")
	flags.StringVar(&o.reason, "reason", "", "why, for the record (needed)")
	return cmd
}

func (a *app) retry(ctx context.Context, o *retryOptions, code string) error {
	if strings.TrimSpace(o.reason) == "" {
		return usageError{errors.New("paying anew needs a --reason")}
	}
	if err := o.paceFlags.check(); err != nil {
		return err
	}
	stop, done := a.onSignals(ctx)
	defer done()
	book, _, batch, err := a.openBatch(stop.now, &o.target, code)
	if err != nil {
		return err
	}
	defer book.Close() //nolint:errcheck // everything in it is committed
	made, left, err := a.payAnew(stop, o, book, batch)
	if err != nil {
		return err
	}
	return a.printRetry(stop.always(), book, batch, made, left)
}

// payAnew asks and makes the new batch, as the one run of its merchant.
func (a *app) payAnew(stop stopping, o *retryOptions, book *ledger.Ledger, batch ledger.Batch) (made ledger.Batch, left []retry.Left, err error) {
	acc, err := a.accountOf(stop.now, &o.target, book, batch)
	if err != nil {
		return made, nil, err
	}
	client, disconnect, err := a.connect(stop.now, &o.target, &acc)
	if err != nil {
		return made, nil, err
	}
	defer disconnect()
	acc.settleOn(&o.paceFlags)
	lease, err := book.Acquire(stop.now, acc.merchant)
	if err != nil {
		return made, nil, err
	}
	defer func() { err = errors.Join(err, lease.Release()) }()
	settings := acc.settings
	settings.Log, settings.Now = a.log(), a.now
	runner := dispatch.New(book, lease, client, settings)
	return retry.Make(stop.drain, stop.now, runner, book, batch, operator(), o.reason)
}

func (a *app) printRetry(ctx context.Context, book *ledger.Ledger, batch, made ledger.Batch, left []retry.Left) error {
	result := retryJSON{Batch: batch.Code, Left: []leftJSON{}}
	if made.ID != 0 {
		summary, err := book.Summary(ctx, made.ID)
		if err != nil {
			return err
		}
		standing := jsonOf(summary)
		result.Made, result.Payouts = &standing, made.Rows
	}
	for _, l := range left {
		result.Left = append(result.Left, leftJSON{l.TradeNo, l.Row, string(l.State), l.Why})
	}
	if a.json {
		return a.printJSON(result)
	}
	for _, l := range result.Left {
		a.tell("row %d, %s: left alone: %s\n", l.Row, l.TradeNo, l.Why)
	}
	switch {
	case made.ID == 0 && len(left) == 0:
		a.tell("batch %s has nothing to pay anew\n", batch.Code)
	case made.ID == 0:
		a.tell("batch %s: nothing is confirmed as not paid, so nothing was made\n", batch.Code)
	default:
		a.tell("batch %s: %s of %s, to be sent with\n  bulkpay submit %s && bulkpay settle %s\n",
			made.Code, plural(made.Rows, "payout"), made.Sum, made.Code, made.Code)
	}
	return nil
}
