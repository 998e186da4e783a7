package ledger

import (
	"fmt"
	"testing"
)

// BenchmarkClaimRecord is the life of a payout that goes well: claimed by 50,
// answered in groups of 50, each commit durable.
func BenchmarkClaimRecord(b *testing.B) {
	for _, group := range []int{50, 500} {
		b.Run(fmt.Sprint("by ", group), func(b *testing.B) {
			d := setup(b)
			batch, err := d.Import(b.Context(), d.sheet(), plainRows(b.N))
			must(b, err)
			b.ResetTimer()
			for {
				claimed := d.claim(batch, group)
				if len(claimed) == 0 {
					break
				}
				outcomes := make([]Outcome, len(claimed))
				for i, p := range claimed {
					outcomes[i] = numbered(answer(p, Paid), "P-"+p.TradeNo)
				}
				_, err := d.Record(b.Context(), retry, outcomes)
				must(b, err)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "payouts/s")
		})
	}
}

func BenchmarkImport(b *testing.B) {
	d := setup(b)
	b.ResetTimer()
	_, err := d.Import(b.Context(), d.sheet(), plainRows(b.N))
	must(b, err)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "payouts/s")
}

func BenchmarkVerify(b *testing.B) {
	d := setup(b)
	const payouts = 5000
	batch := d.batch(payouts)
	for _, p := range d.claim(batch, payouts) {
		d.record(answer(p, Paid))
	}
	b.ResetTimer()
	for b.Loop() {
		d.isClean()
	}
	b.ReportMetric(float64(b.N)*payouts/b.Elapsed().Seconds(), "payouts/s")
}
