package main

import (
	"context"
	"time"

	"github.com/bulkpay/bulkpay/ledger"
)

// batchJSON is where a batch stands: the shape shared by run, submit,
// settle, report and status.
type batchJSON struct {
	Batch      string       `json:"batch"`
	Merchant   string       `json:"merchant"`
	Area       string       `json:"area"`
	Gateway    string       `json:"gateway"`
	Source     string       `json:"source"`
	Sheet      string       `json:"sheet,omitempty"`
	Rows       int          `json:"rows"`
	Sum        string       `json:"sum"`
	Currency   string       `json:"currency"`
	Unreadable int          `json:"unreadableAmounts"`
	Tied       bool         `json:"tied"`
	Buckets    []bucketJSON `json:"buckets"`
	Flagged    int          `json:"flagged"`
	Stopped    string       `json:"stopped,omitempty"` // why the last run stopped by itself
	CreatedAt  time.Time    `json:"createdAt"`
	AsOf       time.Time    `json:"asOf"`
	Head       string       `json:"head"`
}

// bucketJSON is one part of the tie-out.
type bucketJSON struct {
	Name string `json:"name"`
	Rows int    `json:"rows"`
	Sum  string `json:"sum"`
}

func jsonOf(s ledger.Summary) batchJSON {
	b := s.Batch
	j := batchJSON{
		Batch: b.Code, Merchant: b.Merchant.Name, Area: b.Merchant.Area, Gateway: b.Merchant.Gateway, Source: b.Source, Sheet: b.Worksheet,
		Rows: b.Rows, Sum: b.Sum.Fixed(), Currency: b.Merchant.Currency.Code, Unreadable: b.Unreadable, Tied: s.Tied(),
		Flagged: s.Flagged, Stopped: s.Stopped, CreatedAt: b.CreatedAt, AsOf: s.At, Head: s.Head,
	}
	for _, bucket := range s.Buckets {
		j.Buckets = append(j.Buckets, bucketJSON{bucket.Name, bucket.Count, bucket.Sum.Fixed()})
	}
	return j
}

// always is a context that no signal ends.
func (s stopping) always() context.Context { return context.WithoutCancel(s.now) }
