package compare

import (
	"fmt"
	"math/bits"
	"slices"

	"github.com/bulkpay/bulkpay/internal/money"
)

// The thresholds of [Usual].
const (
	fewAmounts    = 3 // with fewer nothing can be said about how they scatter
	fewTimes      = 2 // of the latest amount, if there are few
	newPayeeTimes = 5 // of the median of the batch before, for a payee without a history
	scatterTimes  = 3 // of the scatter around the median
)

// Usual tells what is usual among the latest amounts of a payee, the latest
// first, and in what way an amount is not; "" if it is usual.
//
// With three amounts or more the usual one is their median, and an amount is
// unusual if it is away from it by more than a quarter of it and by more than
// three times the scatter: the median of the distances to the median, times
// 1.4826, which for amounts that scatter evenly is the standard deviation. The
// median is used because one bonus must not make the next one usual, as it
// would a mean. The quarter is for salaries, which do not scatter at all, so
// that a raise of a few per cent is no news. With one amount or two the usual
// one is the latest, and unusual is more than twice as much, or less than
// half. Of no amounts nothing is unusual; whoever has no history is held
// against the median of the batch before by its caller: more than five times
// that is unusual.
func Usual(amount money.Amount, latest []money.Amount) (usual money.Amount, why string) {
	if len(latest) == 0 {
		return money.Amount{}, ""
	}
	if len(latest) < fewAmounts {
		return latest[0], unlike(amount, latest[0], fewTimes)
	}
	values := make([]int64, len(latest))
	for i, one := range latest {
		values[i], _ = one.Minor()
	}
	middle := median(values)
	for i, value := range values {
		values[i] = max(value-middle, middle-value)
	}
	scatter := median(values)
	is, _ := amount.Minor()
	away := max(is-middle, middle-is)
	usual = money.FromMinor(amount.Currency(), middle)
	if away > middle/4 && compareProducts(away, 10_000, scatter, scatterTimes*14_826) > 0 {
		return usual, times(is, middle)
	}
	return usual, ""
}

// unlike says how many times another amount this is, if it is more than so
// many times it, or so many times less.
func unlike(amount, other money.Amount, factor int64) string {
	is, _ := amount.Minor()
	was, _ := other.Minor()
	if compareProducts(is, 1, was, factor) > 0 || factor == fewTimes && compareProducts(is, factor, was, 1) < 0 {
		return times(is, was)
	}
	return ""
}

// times says "2.5 times" or "0.4 times".
func times(is, was int64) string {
	if was <= 0 {
		return "more than"
	}
	high, low := bits.Mul64(uint64(is), 10)
	if high >= uint64(was) {
		return "many times"
	}
	tenths, rest := bits.Div64(high, low, uint64(was))
	if rest >= uint64(was)-rest {
		tenths++
	}
	return fmt.Sprintf("%d.%d times", tenths/10, tenths%10)
}

// compareProducts compares a·b with c·d, none of them negative, exactly.
func compareProducts(a, b, c, d int64) int {
	high1, low1 := bits.Mul64(uint64(a), uint64(b))
	high2, low2 := bits.Mul64(uint64(c), uint64(d))
	switch {
	case high1 != high2:
		return sign(high1 > high2)
	case low1 != low2:
		return sign(low1 > low2)
	}
	return 0
}

func sign(more bool) int {
	if more {
		return 1
	}
	return -1
}

// median sorts values and gives the one in the middle; of two, the mean.
func median(values []int64) int64 {
	slices.Sort(values)
	n := len(values)
	if n%2 == 1 {
		return values[n/2]
	}
	low, high := values[n/2-1], values[n/2]
	return low + (high-low)/2
}

// perMille is part of whole in thousandths, rounded half away from nothing.
// Sums have at most fifteen digits and so cannot run over.
func perMille(part, whole int64) int64 {
	half := whole / 2
	if part < 0 {
		half = -half
	}
	return (part*1000 + half) / whole
}
