package main

import (
	"context"
	"encoding/csv"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/bulkpay/bulkpay/internal/neutral"
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
	book, _, batch, err := a.openBatch(ctx, t, code)
	if err != nil {
		return err
	}
	defer book.Close() //nolint:errcheck // it was only read
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
	w := csv.NewWriter(a.out)
	if err := w.Write([]string{"merchant", "batch", "row", "tradeNo", "platFormTradeNo", "state"}); err != nil {
		return err
	}
	for n, err := range book.TradeNumbers(ctx, batch.Code) {
		if err != nil {
			return err
		}
		line := []string{n.Merchant, n.Batch, strconv.Itoa(n.Row), n.TradeNo, neutral.Cell(n.PlatFormTradeNo), string(n.State)}
		if err := w.Write(line); err != nil {
			return err
		}
	}
	w.Flush()
	return w.Error()
}
