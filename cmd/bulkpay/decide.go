package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bulkpay/bulkpay/ledger"
)

// decideOptions are the flags of `bulkpay release` and `bulkpay cancel`.
type decideOptions struct {
	target
	reason string
}

// decidedJSON is what `bulkpay release --json` and `bulkpay cancel --json`
// print.
type decidedJSON struct {
	Batch   string `json:"batch,omitempty"`
	TradeNo string `json:"tradeNo,omitempty"`
	Payouts int    `json:"payouts"`
	State   string `json:"state"`
}

func newRelease(a *app) *cobra.Command {
	o := &decideOptions{}
	cmd := &cobra.Command{
		Use:   "release TRADENO|BATCH",
		Short: "Let payouts go that are held as suspected duplicates",
		Long: `release takes payouts that a person has looked at out of the hold: they become ready, and the next run or submit
sends them. Only payouts that were never sent can be released; of what was sent, the gateway's word is needed and
not a person's. Given a batch, all of its held payouts that can be are released.

Who released them and why stands in the history.`,
		Example: `  bulkpay release 20261121104501X8K2M5 --reason "two invoices of the same amount"`,
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.decide(cmd.Context(), o, args[0], ledger.Ready, (*ledger.Ledger).Release, (*ledger.Ledger).ReleaseAll)
		},
	}
	o.flags(cmd)
	return cmd
}

func newCancel(a *app) *cobra.Command {
	o := &decideOptions{}
	cmd := &cobra.Command{
		Use:   "cancel TRADENO|BATCH",
		Short: "Give up payouts that were never sent",
		Long: `cancel ends a payout that is ready or held and was never sent: it will not be paid. Given a batch, all of its
held payouts that can be are cancelled; those that are ready are left alone.

Who cancelled them and why stands in the history.`,
		Example: `  bulkpay cancel MX-20261121-7K3QF --reason "paid by hand"`,
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.decide(cmd.Context(), o, args[0], ledger.Cancelled, (*ledger.Ledger).Cancel, (*ledger.Ledger).CancelHeld)
		},
	}
	o.flags(cmd)
	return cmd
}

func (o *decideOptions) flags(cmd *cobra.Command) {
	o.readFlags(cmd)
	cmd.Flags().StringVar(&o.reason, "reason", "", "why, for the record (needed)")
}

// decide applies a person's decision to one payout, or to all held ones of a
// batch.
func (a *app) decide(ctx context.Context, o *decideOptions, what string, to ledger.State,
	one func(*ledger.Ledger, context.Context, string, string, string) (ledger.Payout, error),
	all func(*ledger.Ledger, context.Context, int64, string, string) (int, error),
) error {
	if strings.TrimSpace(o.reason) == "" {
		return usageError{errors.New("a decision needs a --reason")}
	}
	book, _, err := a.openBook(ctx, &o.target)
	if err != nil {
		return err
	}
	defer book.Close() //nolint:errcheck // everything in it is committed
	result := decidedJSON{State: string(to)}
	payout, err := one(book, ctx, what, operator(), o.reason)
	switch {
	case err == nil:
		result.TradeNo, result.Payouts = payout.TradeNo, 1
	case !errors.Is(err, ledger.ErrNotFound):
		return err
	default:
		batch, found := findBatch(ctx, book, what)
		if found != nil {
			return hinted{fmt.Errorf("%s is neither a trade number nor a batch of this ledger", what), "bulkpay status lists the batches"}
		}
		result.Batch = batch.Code
		if result.Payouts, err = all(book, ctx, batch.ID, operator(), o.reason); err != nil {
			return err
		}
	}
	if a.json {
		return a.printJSON(result)
	}
	a.tell("%s: %s now %s\n", what, plural(result.Payouts, "payout"), strings.ReplaceAll(string(to), "_", " "))
	return a.told()
}
