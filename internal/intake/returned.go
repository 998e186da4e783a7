package intake

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/bulkpay/bulkpay/ingest"
	"github.com/bulkpay/bulkpay/ledger"
)

// Known is a row of a sheet handed back that is a payout already.
type Known struct {
	Row      int
	TradeNo  string
	Batch    string
	BatchRow int
	State    ledger.State
	Edited   bool // the row says something else than the payout: the edit has no effect

	// For is the number that the row has, if that payout was called off and
	// the one with TradeNo stands in for it; otherwise "".
	For string
}

// What is kept with a known row.
const (
	noteEdited   = "was edited since it became a payout: the edit has no effect"
	noteReplaced = "has the number of a payout that was called off; this one stands in for it, whatever the row says"
)

// returned finds out what a row is that has the number of a payout. Number and
// ledger decide; what else the row says does not. An old copy of a sheet has
// numbers of payouts that others stand in for by now: those count.
func (r *reading) returned(ctx context.Context, j *judged) error {
	was, ok, err := r.past.ever.Trade(ctx, j.TradeNo)
	if err != nil {
		return err
	}
	if !ok {
		r.fault(j, "is not the number of a payout in this ledger",
			"the number as it was handed back; clear the cell to pay the row as a new one")
		return nil
	}
	if first := r.numbers.seen(was.Batch, was.Row, j.Number); first > 0 {
		r.fault(j, fmt.Sprintf("stands for the payout that row %d has already", first),
			"each payout once; clear the cell if the row is to be paid as well")
		return nil
	}
	j.was, j.edited = was, !bytes.Equal(was.Fingerprint, j.fingerprint[:])
	switch {
	case !was.State.CalledOff():
		j.standing = known
	case j.standing == fresh:
		j.standing = repaired
	}
	return nil
}

func (r *reading) fault(j *judged, what, want string) {
	problem := r.numbers.at
	problem.Row, problem.What, problem.Want = j.Number, what, want
	j.Problems = append(j.Problems[:len(j.Problems):len(j.Problems)], problem)
	j.standing = invalid
}

// doubts are the reasons to think that a repaired row has been paid after all.
//
// What became of the row since its payout was called off is known by the chain
// of its payouts, and that a person has paid it in some other way is not. So
// whatever was paid in a later batch to the row's account, or to an account it
// had, may have been it.
func (r *reading) doubts(ctx context.Context, j *judged) ([]Suspect, error) {
	var all []Suspect
	found, ok, err := r.past.ever.Later(ctx, j.was.TradeNo, j.Account())
	if err != nil {
		return nil, err
	}
	if ok {
		all = append(all, outside(j.Number, PaidSince, found))
	}
	was := ledger.Suspect{
		Batch: j.was.Batch, Row: j.was.Row, TradeNo: j.was.TradeNo, State: j.was.State,
		SameAmount: j.was.Amount.Equal(j.Amount),
	}
	if j.was.Flagged {
		all = append(all, outside(j.Number, Contradicted, was))
	}
	if j.was.State == ledger.Cancelled {
		all = append(all, outside(j.Number, CalledOff, was))
	}
	return all, nil
}

// widened reaches back to the oldest batch that the sheet has numbers of. A
// row whose number was lost is a duplicate of what it was, however long a
// sheet has lain about after it was handed back. Only such sheets are read
// once more for it.
func (p Past) widened(ctx context.Context, sheet *ingest.Sheet) (Past, error) {
	if p.Book == nil || newNumbers(sheet).at.Column == "" {
		return p, nil
	}
	past, err := p.open(ctx)
	if err != nil {
		return p, err
	}
	defer past.close()
	met := map[string]bool{}
	for row, err := range sheet.Rows() {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return p, err
		}
		if row.TradeNo == "" {
			continue
		}
		was, ok, err := past.ever.Trade(ctx, row.TradeNo)
		if err != nil {
			return p, err
		}
		named := cmp.Or(was.ForBatch, was.Batch)
		if !ok || met[named] {
			continue
		}
		met[named] = true
		batch, err := p.Book.BatchByCode(ctx, named)
		if err != nil {
			return p, err
		}
		if batch.CreatedAt.Before(p.Since) {
			p.Since = batch.CreatedAt
		}
	}
	return p, nil
}

// numbers remembers which payouts the rows of a sheet have named, four bytes
// for each row that has a number.
type numbers struct {
	at      ingest.Problem // where the numbers stand
	batches map[string]map[int]*[numbersAtOnce]int32
}

const numbersAtOnce = 1024

// headerNoise is what people put into a header without meaning another one.
var headerNoise = strings.NewReplacer(" ", "", "_", "", "-", "", ".", "")

func newNumbers(sheet *ingest.Sheet) *numbers {
	n := &numbers{at: ingest.Problem{File: sheet.File()}, batches: map[string]map[int]*[numbersAtOnce]int32{}}
	for _, column := range sheet.Columns() {
		if strings.EqualFold(headerNoise.Replace(column.Header), "tradeNo") {
			n.at.Column, n.at.Header = column.Letter, column.Header
		}
	}
	return n
}

// seen gives the row that has named the payout of a batch before, or 0 and
// remembers this one.
func (n *numbers) seen(batch string, batchRow, row int) (first int) {
	pages := n.batches[batch]
	if pages == nil {
		pages = map[int]*[numbersAtOnce]int32{}
		n.batches[batch] = pages
	}
	page := pages[batchRow/numbersAtOnce]
	if page == nil {
		page = new([numbersAtOnce]int32)
		pages[batchRow/numbersAtOnce] = page
	}
	at := &page[batchRow%numbersAtOnce]
	if *at == 0 {
		*at = int32(row)
		return 0
	}
	return int(*at)
}
