package ledger

import (
	"bytes"
	"testing"
)

// TestNoEventOfABatchIsEverLeftOutOfItsHistory reads the histories of all
// batches of a book in which their events lie among one another: together they
// are the whole chain, and each event's hash follows from the one before.
func TestNoEventOfABatchIsEverLeftOutOfItsHistory(t *testing.T) {
	t.Parallel()
	d, _ := lived(t)
	chain := map[int64]Event{0: {Hash: make([]byte, hashBytes)}}
	for _, e := range all(t, d.ledger().events(t.Context(), "ORDER BY seq")) {
		chain[e.Seq] = e
	}
	seen, numbers := map[int64]bool{}, map[int64]string{}
	for _, b := range all(t, d.Batches(t.Context())) {
		for _, p := range d.payouts(b) {
			numbers[p.ID] = p.TradeNo
		}
		var last int64
		for _, l := range all(t, d.ledger().History(t.Context(), b.ID)) {
			if l.Seq <= last || seen[l.Seq] || l.BatchID != b.ID {
				t.Errorf("batch %d: event %d of batch %d after %d", b.ID, l.Seq, l.BatchID, last)
			}
			if !bytes.Equal(l.Before, chain[l.Seq-1].Hash) || !bytes.Equal(l.chain(l.Before), l.Hash) {
				t.Errorf("event %d does not follow", l.Seq)
			}
			if l.TradeNo != numbers[l.PayoutID] || l.PayoutID > 0 && (l.Person.Account == "" || l.Person.Name == "" || len(l.Person.Fields) == 0) {
				t.Errorf("event %d is said to be of %q, %+v", l.Seq, l.TradeNo, l.Person)
			}
			last, seen[l.Seq] = l.Seq, true
		}
	}
	equal(t, "events", len(seen), len(chain)-1)
	seq, head, err := d.ledger().Head(t.Context())
	must(t, err)
	equal(t, "head", []any{seq, head == ""}, []any{int64(len(chain) - 1), false})
}

func TestInstructionsAreNeverOutOfStepWithPayouts(t *testing.T) {
	t.Parallel()
	d := setup(t)
	b := d.imported(row(2, 100), invalid(3, "x"), row(5, 200))
	var rows []int
	for _, i := range all(t, d.ledger().Instructions(t.Context(), b.ID)) {
		rows = append(rows, i.Row)
		if i.Fields == "" || i.AccountKey == 0 || len(i.Fingerprint) == 0 {
			t.Errorf("row %d: %+v", i.Row, i)
		}
	}
	equal(t, "rows", rows, []int{2, 5})
}
