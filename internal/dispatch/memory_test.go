package dispatch

import (
	"runtime"
	"testing"
	"testing/synctest"

	"github.com/bulkpay/bulkpay/ledger"
)

// The whole pipeline holds a few chunks of payouts at a time, however many
// there are (P9).
func TestMemoryStaysFlat(t *testing.T) {
	if testing.Short() {
		t.Skip("pays 100,000 payouts")
	}
	const many, mostGrowth = 100_000, 24 << 20
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, many)
		d.o.Rate, d.o.Workers = MaxRate, 16
		var early, late uint64
		commits := 0
		d.o.Observe = func(p Progress) {
			commits++
			if commits%10 != 1 {
				return
			}
			if heap := liveHeap(); p.Sent < many/10 {
				early = max(early, heap)
			} else {
				late = max(late, heap)
			}
		}
		result, err := New(d.book, d.lease, trivial{}, d.o).Run(d.drain, d.now, d.batch)
		d.must(err)
		if result.Sent != many {
			t.Errorf("result %+v", result)
		}
		t.Logf("live heap %d KiB in the first tenth, at most %d KiB later", early>>10, late>>10)
		if early == 0 || late > early+mostGrowth {
			t.Errorf("the live heap grew from %d to %d MiB", early>>20, late>>20)
		}
		summary, err := d.book.Summary(t.Context(), d.batch.ID)
		d.must(err)
		if !summary.Tied() || summary.Bucket(ledger.BucketSucceeded).Count != many {
			t.Errorf("%+v", summary.Buckets)
		}
	})
}

func liveHeap() uint64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}
