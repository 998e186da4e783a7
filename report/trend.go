package report

import (
	"time"

	"github.com/bulkpay/bulkpay/internal/money"
	"github.com/bulkpay/bulkpay/ledger"
)

// maxTrendBatches is up to how many batches a trend has a point for each; of
// more it has one for each month.
const maxTrendBatches = 24

// point is one batch, or the batches of one month, in a trend. It can be known
// only after the rows.
type point struct {
	Name    string // the batch's code, or "2026-11"
	Month   time.Time
	Batches int
	All     Figure
	Paid    Figure
	NotPaid Figure // failed, rejected, reversed: what was sent and not paid
	Doubt   Figure
	Open    Figure // held, waiting, processing
	Fees    money.Amount
	speed   speeds
}

// trend lists the points of a part, the oldest first.
func (h *head) trend() []*point {
	byMonth := len(h.sections) > maxTrendBatches
	var points []*point
	for _, s := range h.sections {
		at := s.Summary.Batch.CreatedAt.UTC()
		month := time.Date(at.Year(), at.Month(), 1, 0, 0, 0, 0, time.UTC)
		last := len(points) - 1
		if last < 0 || !byMonth || !points[last].Month.Equal(month) {
			points = append(points, newPoint(h.currency, s.Summary.Batch.Code, month, byMonth))
			last++
		}
		points[last].add(s)
	}
	return points
}

func newPoint(currency money.Currency, code string, month time.Time, byMonth bool) *point {
	none := Figure{Sum: money.FromMinor(currency, 0)}
	p := &point{Name: code, Month: month, All: none, Paid: none, NotPaid: none, Doubt: none, Open: none, Fees: none.Sum}
	if byMonth {
		p.Name = month.Format("2006-01")
	}
	return p
}

func (p *point) add(s *section) {
	p.Batches++
	for _, b := range s.Summary.Buckets {
		p.All = p.All.plus(b)
		switch b.Name {
		case ledger.BucketSucceeded:
			p.Paid = p.Paid.plus(b)
		case ledger.BucketFailed, ledger.BucketRejected, ledger.BucketReversed:
			p.NotPaid = p.NotPaid.plus(b)
		case ledger.BucketInDoubt:
			p.Doubt = p.Doubt.plus(b)
		case ledger.BucketHeld, ledger.BucketWaiting, ledger.BucketProcessing:
			p.Open = p.Open.plus(b)
		}
	}
	for _, e := range s.equations {
		for _, term := range e.Terms {
			if e.Name == BalanceEquation && term.Name == "fees" {
				p.Fees = added(p.Fees, term.Sum)
			}
		}
	}
	p.speed.merge(s.speed)
}

func (f Figure) plus(b ledger.Bucket) Figure {
	return Figure{f.Count + b.Count, added(f.Sum, b.Sum)}
}

// failures is which part of what was decided was not paid.
func (p *point) failures() (part, whole int64) {
	return int64(p.NotPaid.Count), int64(p.Paid.Count + p.NotPaid.Count)
}
