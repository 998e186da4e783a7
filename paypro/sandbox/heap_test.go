package sandbox

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestTimedComesOutInOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		times := rapid.SliceOf(rapid.Int64Range(0, 50)).Draw(t, "times")
		var h timed[int64]
		for _, at := range times {
			h.push(at, at)
		}
		now := rapid.Int64Range(0, 50).Draw(t, "now")
		slices.Sort(times)
		for _, want := range times {
			if want > now {
				if at, ok := h.pop(now); ok {
					t.Fatalf("%d came out at %d", at, now)
				}
				now = math.MaxInt64
			}
			if got, ok := h.pop(now); !ok || got != want {
				t.Fatalf("got %d %v, want %d", got, ok, want)
			}
		}
		if _, ok := h.pop(math.MaxInt64); ok {
			t.Fatal("one more came out")
		}
	})
}
