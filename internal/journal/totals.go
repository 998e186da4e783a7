package journal

import (
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"slices"
)

// Totals is a [Writer] that makes one entry of all of a batch, a day and a
// kind, for programs that take no more than some hundred lines. They are
// written, in the order of their days, when it is closed; in memory are no
// more than a few for each day of each batch.
//
// A day that is not over would have one total now and another one later, under
// one id: entries of Today and later are left out and counted in Left.
type Totals struct {
	To    Writer
	Today string // the day that is not over, "2026-11-21"
	Left  int

	sums map[totalKey]Entry
}

// totalKey is what entries have in common that are one total.
type totalKey struct {
	day, merchant, batch string
	kind                 Kind
	debit, credit        Role
	word                 bool
}

// Write adds an entry up.
func (t *Totals) Write(e Entry) error {
	if e.Day >= t.Today {
		t.Left++
		return nil
	}
	key := totalKey{e.Day, e.Merchant, e.Batch, e.Kind, e.debit, e.credit, e.Word != ""}
	sum, there := t.sums[key]
	if !there {
		if t.sums == nil {
			t.sums = map[totalKey]Entry{}
		}
		t.sums[key] = e
		return nil
	}
	amount, err := sum.amount.Add(e.amount)
	if err != nil {
		return err
	}
	sum.amount = amount
	sum.Count += e.Count
	t.sums[key] = sum
	return nil
}

// Close writes the totals and closes what they are written to.
func (t *Totals) Close() error { return errors.Join(t.Flush(), t.To.Close()) }

// Flush writes the totals.
func (t *Totals) Flush() error {
	keys := slices.SortedFunc(maps.Keys(t.sums), func(a, b totalKey) int {
		return cmp.Or(cmp.Compare(a.day, b.day), cmp.Compare(a.merchant, b.merchant), cmp.Compare(a.batch, b.batch),
			cmp.Compare(a.kind, b.kind), cmp.Compare(a.debit, b.debit), cmp.Compare(boolInt(a.word), boolInt(b.word)))
	})
	for _, key := range keys {
		if err := t.To.Write(key.total(t.sums[key])); err != nil {
			return err
		}
	}
	t.sums = nil
	return nil
}

func boolInt(is bool) int {
	if is {
		return 1
	}
	return 0
}

// total is an entry for many: it names no payout, and its id is that of what
// they have in common.
func (k totalKey) total(sum Entry) Entry {
	digest := sha256.Sum256(fmt.Appendf(nil, "%q", []string{
		k.day, k.merchant, k.batch, string(k.kind), string(k.debit), string(k.credit), fmt.Sprint(k.word),
	}))
	sum.ID = fmt.Sprintf("BPT-%X", digest[:7])
	sum.Row, sum.TradeNo, sum.PlatformTradeNo, sum.Event = 0, "", "", 0
	payouts := "payouts"
	if sum.Count == 1 {
		payouts = "payout"
	}
	sum.Text = fmt.Sprintf("%s: %d %s %s", orElse(k.batch, "statements"), sum.Count, payouts, totalWords[k.kind])
	if sum.simulated {
		sum.Text = simulation + sum.Text
	}
	sum.Word = ""
	if k.word {
		sum.Text += ", on a person's word"
		sum.Word = "person"
	}
	return sum
}

var totalWords = map[Kind]string{
	Paid:              "paid",
	InDoubt:           "in doubt: they may have been paid",
	ClearedPaid:       "no longer in doubt: paid",
	ClearedNotPaid:    "no longer in doubt: not paid",
	ClearedInProgress: "no longer in doubt: in progress at the gateway",
	Reversed:          "that were paid and are not any more",
	Fee:               "with a fee",
	FeeUndone:         "with a fee, taken back: the match was undone",
	Returned:          "whose money is back",
	ReturnedUndone:    "whose money is back, taken back: the match was undone",
}
