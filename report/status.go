package report

import (
	"strings"

	"github.com/bulkpay/bulkpay/internal/lang"
	"github.com/bulkpay/bulkpay/ledger"
)

// look is how a bucket appears wherever there is colour. The same colours in
// chart, cell and page: people learn them once.
type look struct {
	strong string // chart and marks, "1F7A4D"
	tint   string // the ground of a cell on white paper
	ink    string // text on tint, contrast 7:1 or better
	ansi   string // terminal
}

var looks = map[string]look{
	ledger.BucketInvalid:    {"8C6239", "F3EAE0", "553A1E", "33"},
	ledger.BucketKnown:      {"3A7F86", "E0EFF0", "17464B", "36"},
	ledger.BucketHeld:       {"7A4FB0", "EDE5F7", "4A2C75", "35"},
	ledger.BucketCancelled:  {"8A9099", "ECEEF0", "3F454D", "90"},
	ledger.BucketWaiting:    {"5E7FA3", "E6EDF5", "2C4661", "36"},
	ledger.BucketInDoubt:    {"D98200", "FDEFD5", "6B3F00", "33"},
	ledger.BucketProcessing: {"2B6CB8", "DFEBF9", "123F73", "34"},
	ledger.BucketSucceeded:  {"1F8A57", "DDF1E6", "0F4D30", "32"},
	ledger.BucketFailed:     {"C0342B", "FAE2E0", "7A1A14", "31"},
	ledger.BucketRejected:   {"E0695A", "FCE8E4", "80261A", "31"},
	ledger.BucketReversed:   {"A3195B", "F8DEEA", "6B0D3A", "31"},
}

// class is the bucket's name in style sheets: "s-in-doubt".
func class(bucket string) string { return "s-" + strings.ReplaceAll(bucket, " ", "-") }

// outcomes gathers the buckets under the answers to "is it paid?".
var outcomes = []struct {
	name, says lang.Key
	buckets    []string
	rare       bool // not shown when there are none
}{
	{name: "Paid", says: "final", buckets: []string{ledger.BucketSucceeded}},
	{name: "Not paid", says: "invalid, cancelled, failed, rejected, reversed", buckets: []string{
		ledger.BucketInvalid, ledger.BucketCancelled, ledger.BucketFailed, ledger.BucketRejected, ledger.BucketReversed,
	}},
	{name: "Open", says: "held, waiting, in doubt, processing", buckets: []string{
		ledger.BucketHeld, ledger.BucketWaiting, ledger.BucketInDoubt, ledger.BucketProcessing,
	}},
	{name: "Known", says: "payouts of earlier batches", buckets: []string{ledger.BucketKnown}, rare: true},
}

// filled lists the buckets that hold something.
func (h *head) filled() []ledger.Bucket {
	var filled []ledger.Bucket
	for _, bucket := range h.Buckets {
		if bucket.Count > 0 {
			filled = append(filled, bucket)
		}
	}
	return filled
}
