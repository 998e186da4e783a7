package export

import (
	"runtime"
	"testing"
)

// heap is a reader who looks at how much memory is in use, after the first and
// after the last of what it is given.
type heap struct {
	writes      int
	first, last uint64
}

func (h *heap) Write(p []byte) (int, error) {
	if h.writes++; h.writes == 1 || h.writes%20 == 0 {
		runtime.GC()
		var is runtime.MemStats
		runtime.ReadMemStats(&is)
		if h.last = is.HeapAlloc; h.first == 0 {
			h.first = h.last
		}
	}
	return len(p), nil
}

// A million rows cost the memory of a few (P9).
func TestMemoryDoesNotGrowWithTheRows(t *testing.T) {
	if testing.Short() {
		t.Skip("writes 20,000 rows")
	}
	b := newBench(t)
	b.batch(20_000)
	for _, form := range []Form{CSV, JSONL, JSON} {
		var h heap
		if _, err := write(t.Context(), b.Ledger, &h, Options{What: Payouts, As: form}); err != nil {
			t.Fatal(err)
		}
		const most = 2 << 20 // what is being handed over, and what others leave
		if h.writes < 40 || h.last > h.first+most {
			t.Errorf("%s: %d KiB after the first of %d writes, %d KiB after the last", form, h.first>>10, h.writes, h.last>>10)
		}
	}
}
