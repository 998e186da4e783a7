package ingest

// mostEdits is how far apart two names may be and still be taken for a slip
// of the fingers.
const mostEdits = 2

// editsBetween counts the letters to insert, drop, change or swap with their
// neighbour to come from one word to the other. More than a slip is
// mostEdits+1: of short words fewer letters may differ, or anything would be
// near to anything.
func editsBetween(a, b string) int {
	from, to := []rune(a), []rune(b)
	allowed := mostEdits
	switch shorter := min(len(from), len(to)); {
	case shorter < 4:
		allowed = 0
	case shorter < 6:
		allowed = 1
	}
	if len(from)-len(to) > allowed || len(to)-len(from) > allowed || len(from) > 64 {
		return mostEdits + 1
	}
	// Three rows of the usual table: a swap looks two rows back.
	before, last, next := make([]int, len(to)+1), make([]int, len(to)+1), make([]int, len(to)+1)
	for j := range last {
		last[j] = j
	}
	for i := range from {
		next[0] = i + 1
		for j := range to {
			cost := 1
			if from[i] == to[j] {
				cost = 0
			}
			next[j+1] = min(next[j]+1, last[j+1]+1, last[j]+cost)
			if i > 0 && j > 0 && from[i] == to[j-1] && from[i-1] == to[j] {
				next[j+1] = min(next[j+1], before[j-1]+1)
			}
		}
		before, last, next = last, next, before
	}
	if last[len(to)] > allowed {
		return mostEdits + 1
	}
	return last[len(to)]
}
