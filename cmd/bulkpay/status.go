package main

import (
	"context"
	"fmt"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/spf13/cobra"

	"github.com/bulkpay/bulkpay/internal/visible"
	"github.com/bulkpay/bulkpay/ledger"
	"github.com/bulkpay/bulkpay/report"
)

// statusJSON is what `bulkpay status --json` prints.
type statusJSON struct {
	Batches []batchJSON `json:"batches"`
}

func newStatus(a *app) *cobra.Command {
	t := &target{}
	cmd := &cobra.Command{
		Use:   "status [BATCH]",
		Short: "Say where a batch stands, or list all batches",
		Long: `status says where a batch stands, tied out. Without a batch it lists all of them, the latest first. It only reads,
and may be used while a run is going. BATCH is a batch's code, or "last". Exit codes are those of run for that batch.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return a.listBatches(cmd.Context(), t)
			}
			return a.status(cmd.Context(), t, args[0])
		},
	}
	t.readFlags(cmd)
	return cmd
}

func (a *app) status(ctx context.Context, t *target, code string) error {
	book, _, batch, err := a.openBatch(ctx, t, code)
	if err != nil {
		return err
	}
	defer book.Close() //nolint:errcheck // it was only read
	source, err := standing(ctx, book, batch)
	if err != nil {
		return err
	}
	summary := source.Batches[0].Summary
	if a.json {
		err = a.printJSON(jsonOf(summary))
	} else {
		err = report.WriteText(a.raw.out, source, report.TextOptions{Color: a.color(), Lang: a.lang})
	}
	if err != nil {
		return err
	}
	return outcome(codeForSource(source))
}

func (a *app) listBatches(ctx context.Context, t *target) error {
	book, _, err := a.openBook(ctx, t)
	if err != nil {
		return err
	}
	defer book.Close() //nolint:errcheck // it was only read
	var summaries []ledger.Summary
	for batch, err := range book.Batches(ctx) {
		if err != nil {
			return err
		}
		summary, err := book.Summary(ctx, batch.ID)
		if err != nil {
			return err
		}
		summaries = append(summaries, summary)
	}
	if a.json {
		result := statusJSON{Batches: []batchJSON{}}
		for _, summary := range summaries {
			result.Batches = append(result.Batches, jsonOf(summary))
		}
		return a.printJSON(result)
	}
	w := table.NewWriter()
	w.SetOutputMirror(a.out)
	w.SetStyle(table.StyleLight)
	w.AppendHeader(table.Row{"batch", "merchant", "sheet", "rows", "sum", "paid", "before", "not paid", "open", ""})
	right := text.AlignRight
	w.SetColumnConfigs([]table.ColumnConfig{
		{Number: 4, Align: right},
		{Number: 5, Align: right},
		{Number: 6, Align: right},
		{Number: 7, Align: right},
		{Number: 8, Align: right},
		{Number: 9, Align: right},
	})
	for _, summary := range summaries {
		w.AppendRow(batchLine(summary))
	}
	w.Render()
	return nil
}

func batchLine(s ledger.Summary) table.Row {
	count := func(names ...string) string {
		n := 0
		for _, name := range names {
			n += s.Bucket(name).Count
		}
		return group(n)
	}
	tied := "TIED"
	if !s.Tied() {
		tied = "NOT TIED"
	}
	return table.Row{
		s.Batch.Code, visible.Line(s.Batch.Merchant.Name), visible.Line(s.Batch.Source), group(s.Batch.Rows), fmt.Sprint(s.Batch.Sum),
		count(ledger.BucketSucceeded),
		count(ledger.BucketKnown),
		count(ledger.BucketInvalid, ledger.BucketCancelled, ledger.BucketFailed, ledger.BucketRejected, ledger.BucketReversed),
		count(ledger.BucketWaiting, ledger.BucketInDoubt, ledger.BucketHeld, ledger.BucketProcessing),
		tied,
	}
}
