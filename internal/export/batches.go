package export

import (
	"context"
	"time"

	"github.com/bulkpay/bulkpay/ledger"
)

// BatchRow is a batch, tied out: the count of every bucket and its sum.
type BatchRow struct {
	Batch         string     `json:"batch"`
	Merchant      string     `json:"merchant"`
	Area          string     `json:"area"`
	Gateway       string     `json:"gateway"`
	Source        string     `json:"source"`
	Sheet         string     `json:"sheet"`
	SHA256        string     `json:"sha256"`
	CreatedAt     *time.Time `json:"createdAt"`
	Rows          int        `json:"rows"`
	Sum           string     `json:"sum" export:"amount"`
	Currency      string     `json:"currency"`
	Unreadable    int        `json:"unreadableAmounts"`
	Tied          bool       `json:"tied"`
	Invalid       int        `json:"invalid"`
	InvalidSum    string     `json:"invalidSum" export:"amount"`
	Known         int        `json:"known"`
	KnownSum      string     `json:"knownSum" export:"amount"`
	Held          int        `json:"held"`
	HeldSum       string     `json:"heldSum" export:"amount"`
	Cancelled     int        `json:"cancelled"`
	CancelledSum  string     `json:"cancelledSum" export:"amount"`
	Waiting       int        `json:"waiting"`
	WaitingSum    string     `json:"waitingSum" export:"amount"`
	InDoubt       int        `json:"inDoubt"`
	InDoubtSum    string     `json:"inDoubtSum" export:"amount"`
	Processing    int        `json:"processing"`
	ProcessingSum string     `json:"processingSum" export:"amount"`
	Succeeded     int        `json:"succeeded"`
	SucceededSum  string     `json:"succeededSum" export:"amount"`
	Failed        int        `json:"failed"`
	FailedSum     string     `json:"failedSum" export:"amount"`
	Rejected      int        `json:"rejected"`
	RejectedSum   string     `json:"rejectedSum" export:"amount"`
	Reversed      int        `json:"reversed"`
	ReversedSum   string     `json:"reversedSum" export:"amount"`
	Flagged       int        `json:"flagged"`
	Stopped       string     `json:"stopped"`
	Repeats       string     `json:"repeats"`
	Reason        string     `json:"reason"`
	AsOf          *time.Time `json:"asOf"`
	Head          string     `json:"head"`
}

func readBatches(ctx context.Context, v ledger.View, o Options, give func(any) error) error {
	for b, err := range v.SelectBatches(ctx, o.Filter) {
		if err != nil {
			return err
		}
		summary, err := v.Summary(ctx, b.ID)
		if err != nil {
			return err
		}
		row := batchRow(summary)
		if err := give(&row); err != nil {
			return err
		}
	}
	return nil
}

func batchRow(s ledger.Summary) BatchRow {
	b := s.Batch
	row := BatchRow{
		Batch: b.Code, Merchant: b.Merchant.Name, Area: b.Merchant.Area, Gateway: b.Merchant.Gateway,
		Source: b.Source, Sheet: b.Worksheet, SHA256: b.SourceSHA256, CreatedAt: stamp(b.CreatedAt),
		Rows: b.Rows, Sum: b.Sum.Fixed(), Currency: b.Merchant.Currency.Code, Unreadable: b.Unreadable, Tied: s.Tied(),
		Flagged: s.Flagged, Stopped: s.Stopped, Repeats: b.Repeats, Reason: b.Reason, AsOf: stamp(s.At), Head: s.Head,
	}
	counts, sums := row.buckets()
	for _, bucket := range s.Buckets {
		*counts[bucket.Name], *sums[bucket.Name] = bucket.Count, bucket.Sum.Fixed()
	}
	return row
}

// buckets are where the count and the sum of each bucket go.
func (r *BatchRow) buckets() (counts map[string]*int, sums map[string]*string) {
	counts = map[string]*int{
		ledger.BucketInvalid: &r.Invalid, ledger.BucketKnown: &r.Known, ledger.BucketHeld: &r.Held,
		ledger.BucketCancelled: &r.Cancelled, ledger.BucketWaiting: &r.Waiting, ledger.BucketInDoubt: &r.InDoubt,
		ledger.BucketProcessing: &r.Processing, ledger.BucketSucceeded: &r.Succeeded, ledger.BucketFailed: &r.Failed,
		ledger.BucketRejected: &r.Rejected, ledger.BucketReversed: &r.Reversed,
	}
	sums = map[string]*string{
		ledger.BucketInvalid: &r.InvalidSum, ledger.BucketKnown: &r.KnownSum, ledger.BucketHeld: &r.HeldSum,
		ledger.BucketCancelled: &r.CancelledSum, ledger.BucketWaiting: &r.WaitingSum, ledger.BucketInDoubt: &r.InDoubtSum,
		ledger.BucketProcessing: &r.ProcessingSum, ledger.BucketSucceeded: &r.SucceededSum, ledger.BucketFailed: &r.FailedSum,
		ledger.BucketRejected: &r.RejectedSum, ledger.BucketReversed: &r.ReversedSum,
	}
	return counts, sums
}
