package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/bulkpay/bulkpay/internal/atomicfile"
	"github.com/bulkpay/bulkpay/internal/explain"
	"github.com/bulkpay/bulkpay/internal/iso20022"
	"github.com/bulkpay/bulkpay/internal/visible"
	"github.com/bulkpay/bulkpay/ledger"
)

// pain002JSON is what `bulkpay pain002 --out FILE --json` prints.
type pain002JSON struct {
	File      string              `json:"file"`
	Batch     string              `json:"batch"`
	Simulated bool                `json:"simulated"`
	Version   string              `json:"version"`
	MessageID string              `json:"messageId"`
	Rows      int                 `json:"rows"`
	Sum       string              `json:"sum"`
	Currency  string              `json:"currency"`
	Status    string              `json:"status"`
	Statuses  []pain002StatusJSON `json:"statuses"`
	Seq       int64               `json:"seq"`
	Head      string              `json:"head"`
}

type pain002StatusJSON struct {
	Status string `json:"status"`
	Count  int    `json:"count"`
	Sum    string `json:"sum"`
}

// pain002Options are the flags of `bulkpay pain002`.
type pain002Options struct {
	target
	out, version string
	message      iso20022.Options
}

func newPain002(a *app) *cobra.Command {
	o := &pain002Options{}
	cmd := &cobra.Command{
		Use:   "pain002 BATCH",
		Short: "Write what became of a batch as a bank's payment status report (ISO 20022 pain.002)",
		Long: `pain002 writes a customer payment status report, pain.002, for treasury systems and ERPs that read what banks send:
one status for every row of the sheet, with tradeNo as the end-to-end id and platFormTradeNo as the servicer's reference.

  ACSC  paid
  ACSP  in progress
  PDNG  in doubt, held, not sent yet, or contradicted: do not pay it another way
  RJCT  not paid: failed, refused, invalid, of another batch already, or paid and taken back
  CANC  cancelled before it was sent

What is in doubt is never rejected. The message has no account number and no payee. The same batch gives the same
message until something happens to it. BATCH is a batch's code, or "last"; docs/accounting.md has the details.`,
		Example: `  bulkpay pain002 last --out status.xml
  bulkpay pain002 MX-20261121-7K3QF --version 001.03 --original-id PAYROLL-NOV --out status.xml`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return a.pain002(cmd.Context(), o, args[0]) },
	}
	o.readFlags(cmd)
	flags := cmd.Flags()
	flags.StringVar(&o.out, "out", "", "the file to write (default: standard output)")
	flags.StringVar(&o.version, "version", string(iso20022.V10), "of the message: 001.10 (ISO 20022 of 2019), or 001.03 (of 2009)")
	flags.StringVar(&o.message.OriginalID, "original-id", "", "id of the message that the sheet was made from (default: the batch's code)")
	flags.StringVar(&o.message.OriginalName, "original-name", "", "its kind (default: pain.001.001.09)")
	return cmd
}

func (a *app) pain002(ctx context.Context, o *pain002Options, code string) error {
	o.message.Version = iso20022.Version(o.version)
	switch {
	case !slices.Contains(iso20022.Versions(), o.message.Version):
		return usageError{fmt.Errorf("there is no version %s: choose 001.10 or 001.03", o.version)}
	case a.json && o.out == "":
		return usageError{errors.New("--json prints what was written, and the message needs a file: add --out FILE")}
	}
	book, _, batch, err := a.openBatch(ctx, &o.target, code)
	if err != nil {
		return err
	}
	defer book.Close() //nolint:errcheck // it was only read
	o.message.Words = func(p ledger.Payout) string { return explain.In(batch, p).Reason }
	var told iso20022.Told
	write := func(w io.Writer) error {
		return book.Snapshot(ctx, func(view ledger.View) (err error) {
			told, err = iso20022.Write(ctx, view, batch, w, o.message)
			return err
		})
	}
	if o.out == "" {
		err = spooled(a.data(), write)
	} else {
		err = atomicfile.Write(o.out, 0o600, write)
	}
	if errors.Is(err, iso20022.ErrNotTied) {
		return hinted{fmt.Errorf("%w; nothing was written", err), "bulkpay verify finds what was changed in the ledger"}
	}
	if err != nil {
		return err
	}
	return a.printPain002(o, batch, told)
}

func (a *app) printPain002(o *pain002Options, batch ledger.Batch, told iso20022.Told) error {
	if a.json {
		result := pain002JSON{
			o.out, batch.Code, batch.Merchant.Simulated(), string(told.Version), told.MessageID, told.Count, told.Sum.Fixed(),
			told.Sum.Currency().Code, string(told.Group), nil, told.Seq, told.Head,
		}
		for _, sum := range told.Statuses {
			result.Statuses = append(result.Statuses, pain002StatusJSON{string(sum.Status), sum.Count, sum.Amount.Fixed()})
		}
		return a.printJSON(result)
	}
	w := a.err // standard output has the message
	if o.out != "" {
		w = a.out
		fmt.Fprintf(w, "%s: ", visible.Line(o.out))
	}
	if batch.Merchant.Simulated() {
		fmt.Fprint(w, "SIMULATION, no money moved: ")
	}
	fmt.Fprintf(w, "pain.002.%s %s, %s, %s: %s\n", told.Version, told.MessageID, plural(told.Count, "row"), told.Sum, told.Group)
	for _, sum := range told.Statuses {
		if sum.Count > 0 {
			fmt.Fprintf(w, "  %-6s %12s %20s\n", sum.Status, group(sum.Count), sum.Amount.Fixed())
		}
	}
	return nil
}
