package journal

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"github.com/bulkpay/bulkpay/internal/money"
	"github.com/bulkpay/bulkpay/ledger"
)

func TestMain(m *testing.M) {
	// Each check is a book on disk, committed durably.
	if err := flag.Set("rapid.checks", "25"); err != nil {
		panic(err)
	}
	goleak.VerifyTestMain(m)
}

// failer is a test, or a check of a property.
type failer interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

// desk is a book with a merchant, at which a history is made.
type desk struct {
	t        failer
	at       atomic.Int64 // Unix milliseconds; the renewal of a lease looks at it, too
	book     *ledger.Ledger
	merchant ledger.Merchant
	lease    *ledger.Lease
	batches  []ledger.Batch
	answers  int
}

var patience = ledger.Policy{
	Unknowns: 2, Quarantine: 10 * time.Minute, MaxAttempts: 2, StuckAfter: 45 * time.Minute,
	Watch: []time.Duration{time.Hour},
}

func newDesk(t failer, path, gateway string) *desk {
	t.Helper()
	d := &desk{t: t}
	d.at.Store(time.Date(2026, 1, 30, 20, 0, 0, 0, time.UTC).UnixMilli())
	var err error
	d.book, err = ledger.Create(context.Background(), path, ledger.Options{Now: d.now, Host: "here"})
	d.must(err)
	d.merchant, err = d.book.Merchant(context.Background(), ledger.Merchant{
		Name: "acme-mx", Area: "MX", Currency: money.MXN, MerchantNo: "M1", Gateway: gateway,
	})
	d.must(err)
	d.lease, err = d.book.Acquire(context.Background(), d.merchant)
	d.must(err)
	return d
}

func setup(t *testing.T) *desk {
	t.Helper()
	d := newDesk(t, filepath.Join(t.TempDir(), "book.db"), "https://gateway.test")
	t.Cleanup(d.close)
	return d
}

func (d *desk) now() time.Time { return time.UnixMilli(d.at.Load()).UTC() }

func (d *desk) close() { d.must(errors.Join(d.lease.Release(), d.book.Close())) }

func (d *desk) must(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

// later moves the clock and takes the lease anew.
func (d *desk) later(by time.Duration) {
	d.t.Helper()
	d.at.Add(by.Milliseconds())
	d.must(d.lease.Release())
	var err error
	d.lease, err = d.book.Acquire(context.Background(), d.merchant)
	d.must(err)
}

// imported makes a batch of n payouts of which the last may be a suspect.
func (d *desk) imported(n int, suspect bool) ledger.Batch {
	d.t.Helper()
	content := fmt.Sprint("sheet ", len(d.batches))
	batch, err := d.book.Import(context.Background(), ledger.NewBatch{
		Merchant: d.merchant, Source: "sheet.csv", Original: ledger.Text(content), Actor: "maria", Content: func() string { return content },
	}, func(yield func(ledger.NewRow, error) bool) {
		for i := range n {
			row := ledger.NewRow{
				Row: i + 2, Amount: money.FromMinor(money.MXN, int64(10000+i*101+len(d.batches)*7)), Readable: true,
				PayeeName: fmt.Sprint("payee ", i), PayeeAccount: fmt.Sprint(646180000000000000 + i), Bank: "646",
				Fields: map[string]string{"amount": "1"}, Fingerprint: []byte(content + fmt.Sprint(i)),
			}
			if suspect && i == n-1 {
				row.Hold = "looks like another"
			}
			if !yield(row, nil) {
				return
			}
		}
	})
	d.must(err)
	d.batches = append(d.batches, batch)
	return batch
}

// run claims what is ready of a batch.
func (d *desk) run(batch ledger.Batch, n int) []ledger.Payout {
	d.t.Helper()
	claimed, err := d.book.Claim(context.Background(), d.lease, batch.ID, n)
	d.must(err)
	return claimed
}

// hear records what was learned of a payout; of its own attempt, or asked.
func (d *desk) hear(p ledger.Payout, kind ledger.Kind, attempt int) {
	d.t.Helper()
	d.answers++
	o := ledger.Outcome{
		Payout: p, Attempt: attempt, Kind: kind, Reason: "token_" + string(kind), Actor: ledger.ActorSettle,
		Evidence: fmt.Appendf(nil, `{"answer":%d}`, d.answers),
	}
	switch kind {
	case ledger.Paid, ledger.Accepted, ledger.NotPaid:
		o.PlatformTradeNo = "sbx" + p.TradeNo
	}
	_, err := d.book.Record(context.Background(), patience, []ledger.Outcome{o})
	d.must(err)
}

func (d *desk) payouts(batch ledger.Batch) []ledger.Payout {
	d.t.Helper()
	var all []ledger.Payout
	for line, err := range d.book.Lines(context.Background(), batch.ID) {
		d.must(err)
		all = append(all, *line.Payout)
	}
	return all
}

// any is one payout of one batch.
func (d *desk) any(rt *rapid.T) (ledger.Payout, bool) {
	if len(d.batches) == 0 {
		return ledger.Payout{}, false
	}
	payouts := d.payouts(rapid.SampledFrom(d.batches).Draw(rt, "batch"))
	return rapid.SampledFrom(payouts).Draw(rt, "payout"), true
}

// journal books a scope and returns the entries.
func (d *desk) journal(scope Scope, charges Charges) ([]Entry, Result) {
	d.t.Helper()
	var entries []Entry
	var result Result
	scope.Merchant = d.merchant
	d.must(d.book.Snapshot(context.Background(), func(view ledger.View) (err error) {
		result, err = Run(context.Background(), view, scope, Setting{DefaultAccounts, mexico}, charges, func(e Entry) error {
			entries = append(entries, e)
			return nil
		})
		return err
	}))
	return entries, result
}

// mexico is six hours behind, without a database of zones.
var mexico = time.FixedZone("Mexico", -6*3600)
