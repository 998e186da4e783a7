package report

import (
	"maps"
	"slices"
	"time"
)

// speeds counts times from the last submission to the final answer, in steps
// that grow with them: to the second under ten minutes, to a hundredth above.
// So it stays small however many there are.
type speeds struct {
	steps map[time.Duration]int
	count int
}

func (s *speeds) add(d time.Duration) {
	if s.steps == nil {
		s.steps = map[time.Duration]int{}
	}
	s.steps[step(max(d, 0))]++
	s.count++
}

// step rounds down, to 1 s under 10 min, and above to a 128th of the next
// power of two.
func step(d time.Duration) time.Duration {
	unit := time.Second
	for limit := 10 * time.Minute; d >= limit; limit *= 2 {
		unit = limit / 128
	}
	return d.Truncate(unit)
}

// merge adds those of another batch.
func (s *speeds) merge(other speeds) {
	if s.steps == nil {
		s.steps = map[time.Duration]int{}
	}
	for at, n := range other.steps {
		s.steps[at] += n
	}
	s.count += other.count
}

// within is the time within which so many of a hundred were final; ok is false
// if none were.
func (s speeds) within(percent int) (d time.Duration, ok bool) {
	need := (s.count*percent + 99) / 100
	for _, at := range slices.Sorted(maps.Keys(s.steps)) {
		if need -= s.steps[at]; need <= 0 {
			return at, s.count > 0
		}
	}
	return 0, false
}
