package intake

import (
	"iter"
	"runtime"
	"testing"

	"github.com/bulkpay/bulkpay/internal/samplegen"
	"github.com/bulkpay/bulkpay/paypro"
)

// heap watches how much is alive between rows.
type heap struct{ early, late uint64 }

func (h *heap) look() {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	if h.early == 0 {
		h.early = stats.HeapAlloc
	}
	h.late = max(h.late, stats.HeapAlloc)
}

// doubled gives every row of a sheet of n rows twice, half a sheet apart.
func doubled(n int) iter.Seq[paypro.Values] {
	return func(yield func(paypro.Values) bool) {
		for range 2 {
			for row := range samplegen.Rows(mexico(), n/2, 1) {
				if !yield(row) {
					return
				}
			}
		}
	}
}

// 300,000 rows, half of them duplicates of the others: the sorters are at
// their limits long before, and everything is named.
func TestExamineKeepsMemoryFlat(t *testing.T) {
	if testing.Short() {
		t.Skip("reads 300,000 rows")
	}
	const rows = 300_000
	d := setup(t)
	path := d.csv("large.csv", doubled(rows))
	var h heap
	suspects := 0
	e, err := Examine(t.Context(), path, d.open(path), Past{}, Seen{
		Row: func(n int) {
			if n%60_000 == 1_000 {
				h.look()
			}
		},
		Suspect: func(s Suspect) error {
			if suspects++; suspects%50_000 == 1 {
				h.look()
			}
			return nil
		},
	})
	d.must(err)
	defer e.Close()
	if e.Rows != rows || suspects != e.Duplicates()+e.NearMatches() || e.Duplicates() < rows/2 {
		t.Errorf("%d rows, %v, %d told", e.Rows, e.Suspects, suspects)
	}
	const most = 12 << 20 // five sorters of a megabyte, twice that while one is read
	if h.late > h.early+most {
		t.Errorf("the live heap grew from %d to %d KiB", h.early>>10, h.late>>10)
	}
	t.Logf("the live heap grew from %d to %d KiB", h.early>>10, h.late>>10)
}

func TestImportKeepsMemoryFlat(t *testing.T) {
	if testing.Short() {
		t.Skip("imports 60,000 rows")
	}
	d := setup(t)
	path := d.csv("large.csv", doubled(60_000))
	e, _, _ := d.examine(path)
	var h heap
	h.look()
	batch, err := Import(t.Context(), d.book, d.open(path), e, d.with(Skip, ""))
	d.must(err)
	h.look()
	summary, err := d.book.Summary(t.Context(), batch.ID)
	d.must(err)
	d.equal([]any{summary.Tied(), summary.Bucket("invalid").Count >= 30_000}, []any{true, true})
	if h.late > h.early+(10<<20) { // the rows are 20 MB
		t.Errorf("the live heap grew from %d to %d KiB", h.early>>10, h.late>>10)
	}
}
