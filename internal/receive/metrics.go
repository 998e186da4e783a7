package receive

import (
	"bytes"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// counts are what is counted of one merchant.
type counts struct {
	received, asked, unasked atomic.Int64
	inFlight, ledgerErrors   atomic.Int64
	results                  [results]atomic.Int64
	latency                  histogram
}

// bounds are the upper ends of the histogram's buckets, in seconds.
var bounds = [...]float64{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10}

// histogram counts durations in buckets; the last one has no bound.
type histogram struct {
	buckets [len(bounds) + 1]atomic.Int64
	nanos   atomic.Int64
}

func (h *histogram) observe(d time.Duration) {
	i, _ := slices.BinarySearch(bounds[:], d.Seconds())
	h.buckets[i].Add(1)
	h.nanos.Add(int64(d))
}

// serveMetrics writes the counts in Prometheus' text format. No label ever
// holds anything but a configured merchant and a result.
func (r *Receiver) serveMetrics(w http.ResponseWriter, _ *http.Request) {
	names := slices.Sorted(maps.Keys(r.accounts))
	var b bytes.Buffer
	family := func(name, kind, help string, of func(*account, string)) {
		fmt.Fprintf(&b, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, kind)
		for _, merchant := range names {
			of(r.accounts[merchant], `merchant="`+label(merchant)+`"`)
		}
	}
	single := func(name, kind, help string, value func(*counts) int64) {
		family(name, kind, help, func(a *account, labels string) {
			fmt.Fprintf(&b, "%s{%s} %d\n", name, labels, value(&a.counts))
		})
	}
	single("bulkpay_callbacks_received_total", "counter", "Callbacks received.", func(c *counts) int64 { return c.received.Load() })
	family("bulkpay_callbacks_total", "counter", "Callbacks by what became of them.", func(a *account, labels string) {
		for i := range results {
			fmt.Fprintf(&b, "bulkpay_callbacks_total{%s,result=%q} %d\n", labels, meanings[i].label, a.counts.results[i].Load())
		}
	})
	single("bulkpay_callbacks_in_flight", "gauge", "Callbacks being taken.", func(c *counts) int64 { return c.inFlight.Load() })
	single("bulkpay_callback_questions_total", "counter", "Questions to the gateway because of callbacks.", func(c *counts) int64 { return c.asked.Load() })
	single("bulkpay_callback_questions_left_total", "counter", "Questions left to the next run.", func(c *counts) int64 { return c.unasked.Load() })
	single("bulkpay_callback_ledger_errors_total", "counter", "Reads and writes of the ledger that failed.", func(c *counts) int64 { return c.ledgerErrors.Load() })
	family("bulkpay_callback_record_seconds", "histogram", "From a callback's check to its commit.", func(a *account, labels string) {
		a.counts.latency.write(&b, "bulkpay_callback_record_seconds", labels)
	})
	fmt.Fprintf(&b, "# HELP bulkpay_callbacks_elsewhere_total Callbacks for no configured merchant.\n"+
		"# TYPE bulkpay_callbacks_elsewhere_total counter\nbulkpay_callbacks_elsewhere_total %d\n", r.elsewhere.Load())
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	_, _ = w.Write(b.Bytes()) // whoever has gone away will ask again
}

func (h *histogram) write(b *bytes.Buffer, name, labels string) {
	var sum int64
	for i := range h.buckets {
		sum += h.buckets[i].Load()
		bound := "+Inf"
		if i < len(bounds) {
			bound = strconv.FormatFloat(bounds[i], 'g', -1, 64)
		}
		fmt.Fprintf(b, "%s_bucket{%s,le=%q} %d\n", name, labels, bound, sum)
	}
	seconds := strconv.FormatFloat(time.Duration(h.nanos.Load()).Seconds(), 'g', -1, 64)
	fmt.Fprintf(b, "%s_sum{%s} %s\n%s_count{%s} %d\n", name, labels, seconds, name, labels, sum)
}

// label escapes a label's value as the format demands.
func label(value string) string {
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(strings.ToValidUTF8(value, "\uFFFD"))
}
