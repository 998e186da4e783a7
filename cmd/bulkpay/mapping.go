package main

import (
	"github.com/spf13/cobra"

	"github.com/bulkpay/bulkpay/internal/export"
	"github.com/bulkpay/bulkpay/ledger"
)

func newMapping(a *app) *cobra.Command {
	o := &exportOptions{by: string(ledger.ByCreated)}
	cmd := &cobra.Command{
		Use:   "mapping BATCH",
		Short: "Print which trade number is which at the gateway, as CSV",
		Long: `mapping prints one line for every payout of a batch: merchant, batch, row, tradeNo, platFormTradeNo, state. It is
short for export mapping --batch BATCH, which has more flags; the same is in the ledger as the view trade_numbers.
BATCH is a batch's code, or "last".`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.batches = args
			return a.export(cmd.Context(), o, string(export.Mapping))
		},
	}
	o.readFlags(cmd)
	return cmd
}
