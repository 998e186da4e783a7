package ledger

import (
	"crypto/sha256"
	"encoding/binary"
	"flag"
	"fmt"
	"iter"
	"testing"
	"time"
)

var bookSize = flag.Int("book", 20_000, "payouts in the book that benchmarks look rows up in")

// BenchmarkClaimRecord is the life of a payout that goes well: claimed by 50,
// answered in groups of 50, each commit durable.
func BenchmarkClaimRecord(b *testing.B) {
	for _, group := range []int{50, 500} {
		b.Run(fmt.Sprint("by ", group), func(b *testing.B) { benchmarkClaimRecord(b, group, retry) })
	}
}

func benchmarkClaimRecord(b *testing.B, group int, policy Policy) {
	d := setup(b)
	batch, err := d.Import(b.Context(), d.sheet(), plainRows(b.N))
	must(b, err)
	b.ResetTimer()
	for claimed := d.claim(batch, group); len(claimed) > 0; claimed = d.claim(batch, group) {
		d.recordAll(policy, claimed)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "payouts/s")
}

// recordAll records in one group that payouts were paid.
func (d *desk) recordAll(policy Policy, claimed []Payout) {
	d.t.Helper()
	outcomes := make([]Outcome, len(claimed))
	for i, p := range claimed {
		outcomes[i] = numbered(answer(p, Paid), "P-"+p.TradeNo)
	}
	_, err := d.Record(d.t.Context(), policy, outcomes)
	must(d.t, err)
}

func BenchmarkImport(b *testing.B) {
	d := setup(b)
	b.ResetTimer()
	_, err := d.Import(b.Context(), d.sheet(), realRows(b.N))
	must(b, err)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "payouts/s")
}

// realRows are as a sheet has them: no two accounts and few names alike, in
// no order.
func realRows(n int) iter.Seq2[NewRow, error] {
	return func(yield func(NewRow, error) bool) {
		for i := range n {
			if !yield(realRow(i, 0), nil) {
				return
			}
		}
	}
}

func realRow(i, other int) NewRow {
	first := [...]string{"José", "María", "Ana Sofía", "Bruno", "Carla", "Héctor", "Íñigo", "Luis"}
	last := [...]string{"Núñez", "Ortega", "Castañeda", "Ibáñez", "Luna", "Fuentes", "Gil", "Haro"}
	print := sha256.Sum256(fmt.Appendf(nil, "%d %d", i, other))
	r := row(i+2, int64(10000+i%5000))
	r.Fingerprint = print[:]
	r.PayeeAccount = fmt.Sprintf("646180%012d", binary.BigEndian.Uint64(print[:])%1e12)
	r.PayeeName = fmt.Sprintf("%s %s %x", first[i%8], last[i/8%8], print[:3])
	r.Fields = map[string]string{
		"amount": r.Amount.Plain(), "customerName": r.PayeeName, "customerAccount": r.PayeeAccount, "wayCode": "STP",
		"customerEmail": fmt.Sprintf("payee%d@example.com", i), "notifyUrl": "https://example.com/notify", "remark": "salary",
	}
	return r
}

// BenchmarkSuspects looks rows up in a book of -book payouts: rows that
// nobody has seen before, as most are, and rows that were paid before.
func BenchmarkSuspects(b *testing.B) {
	d := setup(b)
	_, err := d.Import(b.Context(), d.sheet(), realRows(*bookSize))
	must(b, err)
	for name, other := range map[string]int{"new": 1, "known": 0} {
		b.Run(name, func(b *testing.B) {
			looking, err := d.LookBack(b.Context(), d.merchant.ID, time.Time{})
			must(b, err)
			found := 0
			for i := 0; b.Loop(); i++ {
				r := realRow(i*7919%*bookSize, other)
				suspects, err := looking.Suspects(b.Context(), Sought{r.Fingerprint, r.PayeeName, r.PayeeAccount, r.Amount})
				must(b, err)
				found += len(suspects)
			}
			if want := (1 - other) * b.N; found != want {
				b.Errorf("found %d, want %d", found, want)
			}
		})
	}
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

// BenchmarkClaimRecordWatched is the same with payouts that are asked about
// again, which an index keeps.
func BenchmarkClaimRecordWatched(b *testing.B) {
	benchmarkClaimRecord(b, 50, looked)
}

// BenchmarkChanges tells what has moved in a batch of which every payout did,
// and of which none.
func BenchmarkChanges(b *testing.B) {
	for _, name := range []string{"all", "none"} {
		b.Run(name, func(b *testing.B) {
			d := setup(b)
			batch, err := d.Import(b.Context(), d.sheet(), plainRows(*bookSize))
			must(b, err)
			d.reported(batch.ID)
			for claimed := d.claim(batch, 500); len(claimed) > 0; claimed = d.claim(batch, 500) {
				d.recordAll(retry, claimed)
			}
			want := 1
			if name == "none" {
				want = 0
				d.reported(batch.ID)
				must(b, d.Note(b.Context(), batch.ID, "maria", "looked", "", nil))
			}
			for b.Loop() {
				c, err := d.Changes(b.Context(), batch.ID)
				must(b, err)
				equal(b, "moved", len(c.Moved), want)
			}
		})
	}
}

// BenchmarkSubmittedSince adds up what was sent in a book of -book payouts.
func BenchmarkSubmittedSince(b *testing.B) {
	d := setup(b)
	batch, err := d.Import(b.Context(), d.sheet(), plainRows(*bookSize))
	must(b, err)
	for len(d.claim(batch, 500)) > 0 {
	}
	since := d.clock.now()
	for b.Loop() {
		_, err := d.SubmittedSince(b.Context(), d.merchant.ID, since)
		must(b, err)
	}
}
