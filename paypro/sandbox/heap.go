package sandbox

// timed is a min-heap of things that are due at a time. Pushed in the order of
// time, as orders of one delay are, a push costs one comparison.
type timed[T any] []timedItem[T]

type timedItem[T any] struct {
	at    int64 // epoch ms
	value T
}

func (h *timed[T]) push(at int64, value T) {
	*h = append(*h, timedItem[T]{at, value})
	s := *h
	for i := len(s) - 1; i > 0; {
		parent := (i - 1) / 2
		if s[parent].at <= s[i].at {
			return
		}
		s[parent], s[i] = s[i], s[parent]
		i = parent
	}
}

// pop takes the first item that is due at now, if one is.
func (h *timed[T]) pop(now int64) (value T, ok bool) {
	s := *h
	if len(s) == 0 || s[0].at > now {
		return value, false
	}
	value = s[0].value
	last := len(s) - 1
	s[0] = s[last]
	s[last] = timedItem[T]{} // let go of what it points to
	s = s[:last]
	*h = s
	for i := 0; ; {
		least := i
		for c := 2*i + 1; c <= 2*i+2 && c < len(s); c++ {
			if s[c].at < s[least].at {
				least = c
			}
		}
		if least == i {
			return value, true
		}
		s[i], s[least] = s[least], s[i]
		i = least
	}
}
