package export

import (
	"bytes"
	"context"
	"fmt"
	"iter"
	"path/filepath"
	"testing"
	"time"

	"github.com/bulkpay/bulkpay/internal/money"
	"github.com/bulkpay/bulkpay/ledger"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// bench is a book with one merchant whose clock stands still.
type bench struct {
	*ledger.Ledger
	t        testing.TB
	merchant ledger.Merchant
	now      time.Time
}

func newBench(t testing.TB) *bench {
	t.Helper()
	b := &bench{t: t, now: time.Date(2026, 11, 21, 9, 0, 0, 5e6, time.UTC)}
	var err error
	b.Ledger, err = ledger.Create(context.Background(), filepath.Join(t.TempDir(), "book.db"), ledger.Options{Now: func() time.Time { return b.now }})
	must(t, err)
	t.Cleanup(func() { must(t, b.Close()) })
	b.merchant, err = b.Merchant(t.Context(), ledger.Merchant{Name: "acme-mx", Area: "MX", Currency: money.MXN, MerchantNo: "1", Gateway: "sandbox"})
	must(t, err)
	return b
}

// account of a row, and the name of its payee.
func account(row int) string { return fmt.Sprint(646180000000000000 + row) }
func payee(row int) string   { return fmt.Sprintf("Ana %d López", row) }

func rowsOf(n int) iter.Seq2[ledger.NewRow, error] {
	return func(yield func(ledger.NewRow, error) bool) {
		for i := range n {
			row := ledger.NewRow{
				Row: i + 2, Amount: money.FromMinor(money.MXN, int64(10050+i)), Readable: true, PayeeName: payee(i + 2),
				PayeeAccount: account(i + 2), Bank: "00646", Fields: map[string]string{"amount": "1"}, Fingerprint: []byte(fmt.Sprint(i)),
			}
			if !yield(row, nil) {
				return
			}
		}
	}
}

func (b *bench) batch(n int) ledger.Batch {
	b.t.Helper()
	content := fmt.Sprint(b.now, n)
	batch, err := b.Import(b.t.Context(), ledger.NewBatch{
		Merchant: b.merchant, Source: "=salaries.csv", Original: ledger.Text(content), Actor: "maria", Content: func() string { return content },
	}, rowsOf(n))
	must(b.t, err)
	return batch
}

// paid sends the first payout of a batch, whose answer repeats the payee.
func (b *bench) paid(batch ledger.Batch) ledger.Payout {
	b.t.Helper()
	lease, err := b.Acquire(b.t.Context(), b.merchant)
	must(b.t, err)
	claimed, err := b.Claim(b.t.Context(), lease, batch.ID, 1)
	must(b.t, err)
	p := claimed[0]
	_, err = b.Record(b.t.Context(), ledger.Policy{}, []ledger.Outcome{{
		Payout: p, Attempt: 1, Kind: ledger.Paid, Reason: "answer", Code: "0000", Message: "=1+1 to " + p.PayeeAccount,
		PlatformTradeNo: "00029", Actor: "submit", Evidence: fmt.Appendf(nil, `{"acc":"%s","name":"%s"}`, p.PayeeAccount, p.PayeeName),
	}})
	must(b.t, err)
	must(b.t, lease.Release())
	return p
}

// text is what an export streams.
func (b *bench) text(o Options) string {
	b.t.Helper()
	var out bytes.Buffer
	_, err := Stream(b.t.Context(), b.Ledger, &out, o)
	must(b.t, err)
	return out.String()
}
