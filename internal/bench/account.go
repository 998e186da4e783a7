package main

import (
	"context"
	"fmt"

	"github.com/bulkpay/bulkpay/ledger"
)

// sendingTime is how long the latest batch of a ledger was being sent: from
// the first intent to the last answer.
func sendingTime(ctx context.Context, path string) (float64, error) {
	book, err := ledger.Open(ctx, path, ledger.Options{})
	if err != nil {
		return 0, err
	}
	defer book.Close() //nolint:errcheck // it was only read
	for batch, err := range book.Batches(ctx) {
		if err != nil {
			return 0, err
		}
		var first, last int64
		for line, err := range book.Lines(ctx, batch.ID) {
			if err != nil {
				return 0, err
			}
			if line.Payout == nil || line.Payout.State != ledger.Succeeded {
				return 0, fmt.Errorf("row %d is not paid", line.Row)
			}
			if at := line.Payout.SubmittedAt.UnixMilli(); first == 0 || at < first {
				first = at
			}
			last = max(last, line.Payout.FinalAt.UnixMilli())
		}
		return float64(last-first) / 1000, nil
	}
	return 0, ledger.ErrNotFound
}
