package explain

import (
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/bulkpay/bulkpay/internal/money"
	"github.com/bulkpay/bulkpay/ledger"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// told are outcomes in their order, and the attempt that the first of them
// belongs to; the others are answers to questions.
type told []ledger.Outcome

// bookOf makes a real ledger in which payouts have been told all that, each
// as often as copies says, and returns them as they stand.
func bookOf(t *testing.T, histories []told, copies int) (*ledger.Ledger, [][]ledger.Payout) {
	t.Helper()
	ctx, clock := t.Context(), time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	book, err := ledger.Create(ctx, filepath.Join(t.TempDir(), "book.db"), ledger.Options{Now: func() time.Time { return clock }})
	must(err)
	t.Cleanup(func() { must(book.Close()) })
	merchant, err := book.Merchant(ctx, ledger.Merchant{Name: "acme-mx", Area: "MX", Currency: money.MXN, MerchantNo: "1", Gateway: "https://gateway.example"})
	must(err)
	batch, err := book.Import(ctx, ledger.NewBatch{
		Merchant: merchant, Source: "sheet.csv", Original: ledger.Text("content"), Actor: "maria", Content: func() string { return "content" },
	}, func(yield func(ledger.NewRow, error) bool) {
		for row := range len(histories) * copies {
			if !yield(ledger.NewRow{Row: row + 2, Amount: money.FromMinor(money.MXN, 100), Readable: true, PayeeAccount: "1", Fingerprint: []byte{byte(row)}}, nil) {
				return
			}
		}
	})
	must(err)
	lease, err := book.Acquire(ctx, merchant)
	must(err)
	claimed, err := book.Claim(ctx, lease, batch.ID, len(histories)*copies)
	must(err)
	must(lease.Release())
	stand := make([][]ledger.Payout, len(histories))
	for i, payout := range claimed {
		for n, o := range histories[i/copies] {
			o.Payout, o.Actor, o.Evidence = payout, "settle", []byte("{}")
			if n == 0 {
				o.Attempt = 1
			}
			if o.Kind == ledger.Paid || o.Kind == ledger.Accepted {
				o.PlatformTradeNo = payout.TradeNo + "-G"
			}
			clock = clock.Add(time.Hour)
			_, err := book.Record(ctx, ledger.Policy{Unknowns: 1, MaxAttempts: 1}, []ledger.Outcome{o})
			must(err)
		}
		now, err := book.Payout(ctx, payout.TradeNo)
		must(err)
		stand[i/copies] = append(stand[i/copies], now)
	}
	return book, stand
}

// Nobody is told to say what the ledger then refuses.
func TestTheLedgerTakesEveryWordThatIsOffered(t *testing.T) {
	kinds := map[string]ledger.Kind{"--paid": ledger.SaidPaid, "--not-paid": ledger.SaidNotPaid, "--resend": ledger.Resend}
	outcome := func(kind ledger.Kind, reason string) ledger.Outcome {
		return ledger.Outcome{Kind: kind, Reason: reason}
	}
	histories := []told{
		{outcome(ledger.Doubt, "timeout")},
		{outcome(ledger.Accepted, "processing")},
		{outcome(ledger.Paid, "paid")},
		{outcome(ledger.NotPaid, "failed")},
		{outcome(ledger.Refused, "refused")},
		{outcome(ledger.Doubt, "timeout"), outcome(ledger.Unknown, "unknown_to_gateway")},
		{outcome(ledger.Accepted, "processing"), outcome(ledger.Unknown, "unknown_to_gateway")},
		{outcome(ledger.Doubt, "timeout"), outcome(ledger.Conflict, "amount_differs")},
		{outcome(ledger.NotPaid, "failed"), outcome(ledger.Paid, "paid")},
		{outcome(ledger.Refused, "refused"), outcome(ledger.Accepted, "processing")},
		{outcome(ledger.Paid, "paid"), outcome(ledger.NotPaid, "failed")},
	}
	book, stand := bookOf(t, histories, len(kinds))
	offered := map[string]int{}
	for _, copies := range stand {
		for i, word := range sayable(copies[0]) {
			p := copies[i]
			offered[word]++
			if _, err := book.Resolve(t.Context(), p.TradeNo, kinds[word], "person:maria", "seen"); err != nil {
				t.Errorf("%s because of %q, flagged %v: %s was offered: %v", p.State, p.Reason, p.Flagged, word, err)
			}
		}
	}
	for word := range kinds {
		if offered[word] == 0 {
			t.Errorf("%s was never offered", word)
		}
	}
}
