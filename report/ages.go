package report

import (
	"container/heap"
	"slices"
	"time"

	"github.com/bulkpay/bulkpay/internal/lang"
	"github.com/bulkpay/bulkpay/ledger"
)

// ages are the classes of how long something has been in doubt or held.
var ages = []struct {
	below time.Duration // 0: all that is older
	name  lang.Key
}{
	{time.Hour, "under an hour"},
	{24 * time.Hour, "1 to 24 hours"},
	{3 * 24 * time.Hour, "1 to 3 days"},
	{7 * 24 * time.Hour, "3 to 7 days"},
	{0, "over 7 days"},
}

// waitsForSomebody tells whether a row is in doubt or held: nobody knows, or
// nobody has decided.
func (e entry) waitsForSomebody() bool {
	return e.Bucket == ledger.BucketInDoubt || e.Bucket == ledger.BucketHeld
}

// grow counts a row that is in doubt or held by its age.
func (h *head) grow(e entry, at time.Time) {
	age := at.Sub(e.Since)
	for i, class := range ages {
		if class.below == 0 || age < class.below {
			h.open[i].Count++
			if sum, err := h.open[i].Sum.Add(e.Amount); err == nil { // the tally finds what is too large
				h.open[i].Sum = sum
			}
			return
		}
	}
}

// maxOpenRows is how many rows the list of what is in doubt or held has: the
// oldest. Nobody decides more of them one by one, and memory stays flat; the
// classes by age count all, and the list of all rows has all.
const maxOpenRows = 5000

// oldest keeps the rows that have been open for longest.
type oldest struct {
	rows  rowHeap
	count int
}

func newOldest() *oldest { return &oldest{} }

func (o *oldest) add(e entry) {
	o.count++
	heap.Push(&o.rows, ranked{e, o.count})
	if len(o.rows) > maxOpenRows {
		heap.Pop(&o.rows)
	}
}

// sorted lists them, the oldest first.
func (o *oldest) sorted() []entry {
	rows := slices.Clone(o.rows)
	slices.SortFunc(rows, func(a, b ranked) int {
		if before(a, b) {
			return -1
		}
		return 1
	})
	var entries []entry
	for _, row := range rows {
		entries = append(entries, row.entry)
	}
	return entries
}

// ranked is a row with its place among those that were added, which decides
// between rows of the same age.
type ranked struct {
	entry
	place int
}

func before(a, b ranked) bool {
	if !a.Since.Equal(b.Since) {
		return a.Since.Before(b.Since)
	}
	return a.place < b.place
}

// rowHeap has the youngest on top.
type rowHeap []ranked

func (h rowHeap) Len() int           { return len(h) }
func (h rowHeap) Less(i, j int) bool { return before(h[j], h[i]) }
func (h rowHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *rowHeap) Push(x any)        { *h = append(*h, x.(ranked)) }

// Pop implements [heap.Interface].
func (h *rowHeap) Pop() any {
	last := len(*h) - 1
	row := (*h)[last]
	*h = (*h)[:last]
	return row
}
