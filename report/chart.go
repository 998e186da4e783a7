package report

import (
	"fmt"
	"math/bits"
	"strings"

	"github.com/bulkpay/bulkpay/ledger"
)

// chart is a ring of the statuses by money, or by rows if there is no money
// in them: an SVG image, described in words for those who cannot see it.
func (h *head) chart() string {
	filled := h.filled()
	if len(filled) == 0 {
		return ""
	}
	unit := h.t("Statuses by sum")
	values, ok := sums(filled)
	if !ok {
		unit = h.t("Statuses by rows")
		for i, bucket := range filled {
			values[i] = uint64(max(bucket.Count, 0))
		}
	}
	shares := permille(values)
	var arcs strings.Builder
	var said []string
	start, largest := 0, 0
	for i, bucket := range filled {
		// pathLength makes the circumference 1000, and a hair of a gap parts
		// the pieces.
		gap := 0
		if shares[i] > 6 && shares[i] < 1000 {
			gap = 3
		}
		fmt.Fprintf(&arcs, `<circle class="arc %s" cx="60" cy="60" r="47" pathLength="1000" stroke-dasharray="%d %d" stroke-dashoffset="%d"/>`,
			class(bucket.Name), shares[i]-gap, 1000-shares[i]+gap, -start)
		start += shares[i]
		if shares[i] > shares[largest] {
			largest = i
		}
		said = append(said, h.word(bucket.Name)+" "+percent(shares[i]))
	}
	return fmt.Sprintf(`<figure><svg class="ring" viewBox="0 0 120 120" role="img" aria-label="%s: %s">`+
		`<g transform="rotate(-90 60 60)">%s</g>`+
		`<text class="big" x="60" y="62">%s</text><text class="small" x="60" y="74">%s</text></svg>`+
		`<figcaption>%s</figcaption></figure>`,
		text(unit), text(strings.Join(said, ", ")), arcs.String(), percent(shares[largest]), text(h.word(filled[largest].Name)), text(unit))
}

// sums are the buckets' sums in minor units; ok is false if they do not make
// a chart.
func sums(buckets []ledger.Bucket) (values []uint64, ok bool) {
	values = make([]uint64, len(buckets))
	var total uint64
	for i, bucket := range buckets {
		minor, fits := bucket.Sum.Minor()
		if !fits || minor < 0 {
			return values, false
		}
		values[i] = uint64(minor)
		var carry uint64
		if total, carry = bits.Add64(total, values[i], 0); carry != 0 {
			return values, false
		}
	}
	return values, total > 0
}

// permille shares out 1000 among values in whole numbers, so that the same
// report has the same bytes on every machine. What is not nothing gets at
// least 4, or it would not be seen; the largest gives it.
func permille(values []uint64) []int {
	var total uint64
	for _, value := range values {
		total += value
	}
	shares := make([]int, len(values))
	rest, largest := 1000, 0
	for i, value := range values {
		if total > 0 {
			hi, lo := bits.Mul64(value, 1000)
			share, _ := bits.Div64(hi, lo, total)
			shares[i] = int(share)
		}
		if value > 0 {
			shares[i] = max(shares[i], 4)
		}
		rest -= shares[i]
		if shares[i] > shares[largest] {
			largest = i
		}
	}
	shares[largest] += rest
	return shares
}

// percent never says 100 % of what is not all, nor 0 % of what is something.
func percent(permille int) string {
	switch {
	case permille >= 1000:
		return "100%"
	case permille > 990:
		return ">99%"
	case permille < 10:
		return "<1%"
	}
	return fmt.Sprintf("%d%%", permille/10)
}
