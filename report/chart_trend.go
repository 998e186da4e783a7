package report

import (
	"fmt"
	"strings"
	"time"

	"github.com/bulkpay/bulkpay/ledger"
)

// bar is a share of the most in a table, as a picture that says nothing which
// the number beside it does not.
func bar(n, most int) string {
	if n == 0 || most == 0 {
		return ""
	}
	return fmt.Sprintf(`<svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true"><rect width="%d" height="8" rx="1"/></svg>`,
		max(n*100/most, 1))
}

// Measures of the trend's picture, in its own units.
const (
	chartWidth  = 720
	chartHeight = 180
	chartFoot   = 18
)

// trendChart has a column for each point: paid, not paid, in doubt and open
// rows on one another. The table below it has the numbers.
func (h *head) trendChart(points []*point) string {
	most := 1
	for _, p := range points {
		most = max(most, p.Paid.Count+p.NotPaid.Count+p.Doubt.Count+p.Open.Count)
	}
	step := chartWidth / len(points)
	width := max(min(step*7/10, 56), 2)
	var b strings.Builder
	for i, p := range points {
		x, y := i*step+(step-width)/2, chartHeight-chartFoot
		for _, piece := range []struct {
			bucket string
			count  int
		}{{ledger.BucketSucceeded, p.Paid.Count}, {ledger.BucketFailed, p.NotPaid.Count}, {ledger.BucketInDoubt, p.Doubt.Count}, {ledger.BucketWaiting, p.Open.Count}} {
			tall := piece.count * (chartHeight - chartFoot - 6) / most
			if piece.count > 0 {
				tall = max(tall, 2)
			}
			y -= tall
			if tall > 0 {
				fmt.Fprintf(&b, `<rect class="col %s" x="%d" y="%d" width="%d" height="%d"/>`, class(piece.bucket), x, y, width, tall)
			}
		}
		if len(points) <= 12 || i%(len(points)/12+1) == 0 {
			fmt.Fprintf(&b, `<text x="%d" y="%d">%s</text>`, i*step+step/2, chartHeight-4, text(shortName(p.Name)))
		}
	}
	legend := ""
	for _, name := range []string{ledger.BucketSucceeded, ledger.BucketFailed, ledger.BucketInDoubt, ledger.BucketWaiting} {
		legend += `<span><i class="dot ` + class(name) + `"></i>` + text(h.t(trendWords[name])) + `</span> `
	}
	return fmt.Sprintf(`<figure class="columns"><svg viewBox="0 0 %d %d" role="img" aria-label="%s"><path class="base" d="M0 %d.5H%d"/>%s</svg><figcaption>%s</figcaption></figure>`,
		chartWidth, chartHeight, text(h.t("Rows by outcome, batch after batch; the table below has the numbers")), chartHeight-chartFoot, chartWidth, b.String(), legend)
}

// shortName is the end of a batch's code, which tells batches apart.
func shortName(name string) string {
	if len(name) <= 10 {
		return name
	}
	return "…" + name[strings.LastIndexByte(name, '-')+1:]
}

// short is a length of time in the way machines and people both read it:
// "4s", "2m10s", "3h5m".
func short(d time.Duration) string {
	if d >= time.Hour {
		d = d.Truncate(time.Minute)
		return strings.TrimSuffix(d.String(), "0s")
	}
	return d.Truncate(time.Second).String()
}
