package report

import (
	"github.com/bulkpay/bulkpay/internal/money"
	"github.com/bulkpay/bulkpay/ledger"
)

// gather adds the batches of a merchant up: a part of one batch is that batch.
// Sums that are too large have no currency any more, and tie with nothing.
func (h *head) gather(given []Equation) {
	first := h.sections[0].Summary
	h.currency = first.Batch.Merchant.Currency
	h.Summary = ledger.Summary{Batch: ledger.Batch{Merchant: first.Batch.Merchant, Sum: money.FromMinor(h.currency, 0)}}
	for _, name := range ledger.Buckets() {
		h.Buckets = append(h.Buckets, ledger.Bucket{Name: name, Sum: money.FromMinor(h.currency, 0)})
	}
	h.worded, h.causes = &ledger.Bucket{}, newCauses()
	tied := true
	for _, s := range h.sections {
		h.add(s.Summary)
		tied = tied && s.Summary.Tied()
	}
	if len(h.sections) == 1 {
		h.Summary = first
	}
	h.changes = h.changesOf()
	h.moved = sorted(h.changes.Moved)
	count, sum := h.Total()
	h.sheet = ledger.Bucket{Name: "sheet", Count: h.Summary.Batch.Rows, Sum: h.Summary.Batch.Sum}
	h.total = ledger.Bucket{Name: "total", Count: count, Sum: sum}
	if h.tied = tied && h.Tied(); !h.tied {
		h.off = h.difference()
	}
	h.equations = h.ownEquations(given)
}

// add adds a batch to what the part says of all of them.
func (h *head) add(s ledger.Summary) {
	b := &h.Summary.Batch
	b.Rows += s.Batch.Rows
	b.Sum = added(b.Sum, s.Batch.Sum)
	b.Unreadable += s.Batch.Unreadable
	b.Overridden += s.Batch.Overridden
	h.Flagged += s.Flagged
	for i, bucket := range h.Buckets {
		other := s.Bucket(bucket.Name)
		h.Buckets[i].Count += other.Count
		h.Buckets[i].Sum = added(bucket.Sum, other.Sum)
	}
	if s.At.After(h.At) {
		h.At = s.At
	}
	if s.Seq >= h.Seq {
		h.Seq, h.Head = s.Seq, s.Head
	}
}

// added is a sum, or nothing of no currency once it cannot be found: nothing
// ties with that.
func added(a, b money.Amount) money.Amount {
	if a.Currency() == (money.Currency{}) {
		return a
	}
	sum, err := a.Add(b)
	if err != nil {
		return money.Amount{}
	}
	return sum
}

// changesOf adds up what moved in the batches of the part, each since its own
// last report. Since is the earliest of those; First, that none of them has
// been reported.
func (h *head) changesOf() ledger.Changes {
	if len(h.sections) == 1 {
		return h.sections[0].Changes
	}
	all := ledger.Changes{First: true}
	at := map[[2]string]int{}
	for _, s := range h.sections {
		c := s.Changes
		all.First = all.First && c.First
		if !c.Since.IsZero() && (all.Since.IsZero() || c.Since.Before(all.Since)) {
			all.Since = c.Since
		}
		for _, move := range c.Moved {
			key := [2]string{move.From, move.To}
			i, ok := at[key]
			if !ok {
				at[key] = len(all.Moved)
				all.Moved = append(all.Moved, move)
				continue
			}
			all.Moved[i].Count += move.Count
			all.Moved[i].Sum = added(all.Moved[i].Sum, move.Sum)
		}
	}
	return all
}
