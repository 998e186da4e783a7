package ledger

import (
	"runtime"
	"strconv"
	"testing"
)

// TestMemoryOfAnImportDoesNotGrowWithItsRows looks while the import is going
// on: what one write holds on to is let go when it ends.
func TestMemoryOfAnImportDoesNotGrowWithItsRows(t *testing.T) {
	if testing.Short() {
		t.Skip("imports 22,000 rows")
	}
	d := setup(t)
	const early, late = 2_000, 22_000
	var at [2]uint64
	look := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	_, err := d.ledger().Import(t.Context(), d.sheet(), func(yield func(NewRow, error) bool) {
		for i := 1; i <= late; i++ {
			switch i {
			case early:
				at[0] = look()
			case late:
				at[1] = look()
			}
			r := row(i+1, 10_000)
			r.PayeeAccount = strconv.Itoa(i)
			if !yield(r, nil) {
				return
			}
		}
	})
	must(t, err)
	t.Logf("the live heap grew from %d to %d KiB", at[0]>>10, at[1]>>10)
	if at[1] > at[0]+(2<<20) {
		t.Errorf("the live heap grew from %d to %d KiB", at[0]>>10, at[1]>>10)
	}
}
