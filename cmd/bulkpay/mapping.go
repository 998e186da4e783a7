package main

import (
	"context"

	"github.com/gocarina/gocsv"
	"github.com/spf13/cobra"

	"github.com/bulkpay/bulkpay/ledger"
)

func newMapping(a *app) *cobra.Command {
	t := &target{}
	cmd := &cobra.Command{
		Use:   "mapping BATCH",
		Short: "Print which trade number is which at the gateway, as CSV",
		Long: `mapping prints one line for every payout of a batch: merchant, batch, row, tradeNo, platFormTradeNo, state. The same
is in the ledger as the view trade_numbers. BATCH is a batch's code, or "last".`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return a.mapping(cmd.Context(), t, args[0]) },
	}
	t.readFlags(cmd)
	return cmd
}

func (a *app) mapping(ctx context.Context, t *target, code string) error {
	book, _, err := a.openBook(ctx, t)
	if err != nil {
		return err
	}
	defer book.Close() //nolint:errcheck // it was only read
	batch, err := findBatch(ctx, book, code)
	if err != nil {
		return err
	}
	if a.json {
		numbers := []ledger.TradeNumber{}
		for number, err := range book.TradeNumbers(ctx, batch.Code) {
			if err != nil {
				return err
			}
			numbers = append(numbers, number)
		}
		return a.printJSON(numbers)
	}
	lines := make(chan any)
	failed := make(chan error, 1)
	go func() {
		defer close(lines)
		for number, err := range book.TradeNumbers(ctx, batch.Code) {
			if err != nil {
				failed <- err
				return
			}
			lines <- number
		}
	}()
	if err := gocsv.MarshalChan(lines, gocsv.DefaultCSVWriter(a.out)); err != nil {
		return err
	}
	select {
	case err := <-failed:
		return err
	default:
		return nil
	}
}
