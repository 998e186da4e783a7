package simulate

import (
	"math"
	"time"
)

// dice draw numbers that depend on the seed and on names, never on the order
// in which they are drawn.
type dice uint64

// of gives the dice for a purpose.
func (d dice) of(names ...string) dice {
	h := uint64(d) ^ 0xcbf29ce484222325 // FNV-1a
	for _, name := range names {
		for i := range len(name) {
			h = (h ^ uint64(name[i])) * 0x100000001b3
		}
		h = (h ^ 0xff) * 0x100000001b3 // so that "ab", "c" is not "a", "bc"
	}
	h += 0x9e3779b97f4a7c15 // splitmix64
	h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
	h = (h ^ h>>27) * 0x94d049bb133111eb
	return dice(h ^ h>>31)
}

// share is from 0 to below 1.
func (d dice) share(names ...string) float64 { return float64(d.of(names...)>>11) / (1 << 53) }

func (d dice) chance(p float64, names ...string) bool { return d.share(names...) < p }

// below is from 0 to below n.
func (d dice) below(n int, names ...string) int { return int(uint64(d.of(names...)) % uint64(n)) }

// span is a time from lo to below hi.
func (d dice) span(lo, hi time.Duration, names ...string) time.Duration {
	return lo + time.Duration(d.share(names...)*float64(hi-lo))
}

// scale is a number from lo to below hi, each order of size as likely as the
// others.
func (d dice) scale(lo, hi float64, names ...string) float64 {
	return lo * math.Pow(hi/lo, d.share(names...))
}

// one picks one of several.
func one[T any](d dice, name string, of ...T) T { return of[d.below(len(of), name)] }
