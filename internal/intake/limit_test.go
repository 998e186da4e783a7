package intake

import (
	"slices"
	"testing"

	"github.com/bulkpay/bulkpay/internal/money"
	"github.com/bulkpay/bulkpay/ledger"
)

// A payout above the limit is held for a person; one of exactly the limit and
// the others are not.
func TestPayoutAboveTheLimitIsHeld(t *testing.T) {
	t.Parallel()
	d := setup(t)
	path := d.csv("sheet.csv", slices.Values(valid(8, 3)))
	e, _, _ := d.examine(path)
	if e.Above != 0 {
		t.Errorf("%d above no limit", e.Above)
	}
	var amounts []money.Amount
	for row, err := range d.open(path).Rows() {
		d.must(err)
		amounts = append(amounts, row.Amount)
	}
	limit, over := amounts[1], 0
	for _, amount := range amounts {
		if amount.Cmp(limit) > 0 {
			over++
		}
	}
	if over == 0 || over == len(amounts) {
		t.Fatalf("a limit of %s says nothing about %v", limit, amounts)
	}
	past := d.past()
	past.Most = limit
	e, err := Examine(t.Context(), path, d.open(path), past, Seen{})
	d.must(err)
	defer e.Close() //nolint:errcheck // of no use any more
	if e.Above != over {
		t.Errorf("%d above %s, want %d", e.Above, limit, over)
	}
	o := d.order()
	o.Most = limit
	batch, err := Import(t.Context(), d.book, d.open(path), e, o)
	d.must(err)
	for line, err := range d.book.Lines(t.Context(), batch.ID) {
		d.must(err)
		p := line.Payout
		want, reason := ledger.Ready, ""
		if p.Amount.Cmp(limit) > 0 {
			want, reason = ledger.Held, ledger.ReasonAboveLimit
		}
		if p.State != want || p.Reason != reason {
			t.Errorf("row %d of %s: %s %q, want %s %q", p.Row, p.Amount, p.State, p.Reason, want, reason)
		}
	}
}
