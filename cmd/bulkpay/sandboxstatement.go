package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/bulkpay/bulkpay/internal/atomicfile"
	"github.com/bulkpay/bulkpay/paypro/sandbox"
)

// sandboxStatementOptions are the flags of `bulkpay sandbox statement`.
type sandboxStatementOptions struct {
	folder, journal, out string
	export               sandbox.Export
}

// sandboxStatementJSON is what `bulkpay sandbox statement --out FILE --json` prints.
type sandboxStatementJSON struct {
	File   string `json:"file"`
	Area   string `json:"area"`
	Orders int    `json:"orders"`
	Paid   int    `json:"paid"`
}

func newSandboxStatement(a *app) *cobra.Command {
	o := &sandboxStatementOptions{}
	cmd := &cobra.Command{
		Use:   "statement",
		Short: "Write the simulated gateway's list of orders, to try reconciling with",
		Long: `statement writes what became of every order as the gateway's pages would give it out: a CSV with tradeNo,
platFormTradeNo, orderAmount, payAmount, fee, status and times. The orders are those that the simulation keeps, of
run --sandbox or of a sandbox with --journal, as they stand now. bulkpay reconcile reads it.`,
		Example: `  bulkpay run --sandbox samples/payouts-mexico.xlsx
  bulkpay sandbox statement --out orders.csv
  bulkpay sandbox statement --journal gateway.jsonl --area india --from 2026-11-01 --to 2026-11-30 --out november.csv`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return a.sandboxStatement(o) },
	}
	flags := cmd.Flags()
	flags.StringVar(&o.folder, "sandbox-folder", "bulkpay-sandbox", "where the simulation keeps its ledger, orders and reports")
	flags.StringVar(&o.journal, "journal", "", "the orders of a sandbox of its own (default: gateway.jsonl in that folder)")
	flags.StringVar(&o.export.Area, "area", "", "orders of this area (default: the only one that has any)")
	flags.StringVar(&o.export.From, "from", "", "made on this day or later, 2026-11-01, in the area's time")
	flags.StringVar(&o.export.To, "to", "", "made on this day or earlier")
	flags.StringVar(&o.out, "out", "", "the file to write (default: standard output)")
	return cmd
}

func (a *app) sandboxStatement(o *sandboxStatementOptions) error {
	if a.json && o.out == "" {
		return usageError{errors.New("--json prints what was written, and the orders need a file: add --out FILE")}
	}
	journal := o.journal
	if journal == "" {
		journal = filepath.Join(o.folder, "gateway.jsonl")
	}
	orders, err := sandbox.ReadOrders(journal)
	if errors.Is(err, fs.ErrNotExist) {
		return hinted{fmt.Errorf("%s: no orders of a simulation", journal), "bulkpay run --sandbox samples/payouts-mexico.xlsx"}
	}
	if err != nil {
		return err
	}
	var done sandbox.Exported
	write := func(w io.Writer) (err error) {
		done, err = sandbox.WriteExport(w, orders, o.export)
		return err
	}
	if o.out == "" {
		return write(a.data())
	}
	if err := atomicfile.Write(o.out, 0o600, write); err != nil {
		return err
	}
	if a.json {
		return a.printJSON(sandboxStatementJSON{o.out, done.Area, done.Orders, done.Paid})
	}
	a.tell("%s: %d orders of %s, %d of them paid\n", o.out, done.Orders, done.Area, done.Paid)
	return a.told()
}
