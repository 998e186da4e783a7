package report

import (
	"bytes"
	"context"
	"iter"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bulkpay/bulkpay/internal/money"
	"github.com/bulkpay/bulkpay/ledger"
)

// book is a real ledger with one batch and a clock that is moved by hand.
type book struct {
	*testing.T
	*ledger.Ledger
	clock time.Time
	batch ledger.Batch
	sent  []ledger.Payout
}

// newBook is a book with a batch of so many payouts, all of them sent.
func newBook(t *testing.T, rows int) *book {
	t.Helper()
	b := &book{T: t, clock: noon}
	var err error
	b.Ledger, err = ledger.Create(t.Context(), filepath.Join(t.TempDir(), "book.db"), ledger.Options{Now: func() time.Time { return b.clock }})
	b.must(err)
	t.Cleanup(func() { b.must(b.Close()) })
	merchant, err := b.Merchant(t.Context(), ledger.Merchant{Name: "acme-mx", Area: "MX", Currency: money.MXN, MerchantNo: "1", Gateway: "https://gateway.example"})
	b.must(err)
	b.batch, err = b.Import(t.Context(), ledger.NewBatch{
		Merchant: merchant, Source: "sheet.csv", Original: ledger.Text("content"), Actor: "maria", Content: func() string { return "content" },
	}, func(yield func(ledger.NewRow, error) bool) {
		for row := range rows {
			if !yield(ledger.NewRow{Row: row + 2, Amount: pesos(100_00), Readable: true, PayeeName: "Ana", PayeeAccount: "012180015000000011", Fingerprint: []byte{byte(row)}}, nil) {
				return
			}
		}
	})
	b.must(err)
	b.clock = b.clock.Add(time.Minute)
	lease, err := b.Acquire(t.Context(), merchant)
	b.must(err)
	b.sent, err = b.Claim(t.Context(), lease, b.batch.ID, rows)
	b.must(err)
	b.must(lease.Release())
	return b
}

func (b *book) must(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// learn records what the gateway says of a payout: the first time of its
// placement, later of a question.
func (b *book) learn(i, attempt int, kind ledger.Kind, reason string) {
	b.Helper()
	b.clock = b.clock.Add(time.Minute)
	o := ledger.Outcome{Payout: b.sent[i], Attempt: attempt, Kind: kind, Reason: reason, Actor: ledger.ActorSettle, Evidence: []byte("{}")}
	if kind == ledger.Paid {
		o.PlatformTradeNo = b.sent[i].TradeNo + "-G"
	}
	_, err := b.Record(b.Context(), ledger.Policy{}, []ledger.Outcome{o})
	b.must(err)
}

// write writes the report of a snapshot, as the commands do.
func (b *book) write() (forms map[string]string) {
	b.Helper()
	forms = map[string]string{}
	b.must(b.Snapshot(b.Context(), func(v ledger.View) error {
		s := Source{Batches: []Batch{{History: v.Events}}}
		s.Batches[0].Lines = func(ctx context.Context) iter.Seq2[ledger.Line, error] { return v.Lines(ctx, b.batch.ID) }
		var err error
		if s.Batches[0].Summary, err = v.Summary(b.Context(), b.batch.ID); err != nil {
			return err
		}
		if s.Batches[0].Changes, err = v.Changes(b.Context(), b.batch.ID); err != nil {
			return err
		}
		for format, path := range write(b.T, s) {
			forms[format] = string(read(b.T, path))
		}
		var text bytes.Buffer
		err = WriteText(&text, s, TextOptions{})
		forms["text"] = text.String()
		return err
	}))
	return forms
}

// The whole way from the ledger to the files: what moved, what a person said,
// for how long what is open has been, and why the run stopped.
func TestWhatTheLedgerKnowsIsInTheReport(t *testing.T) {
	t.Parallel()
	b := newBook(t, 6)
	b.learn(0, 1, ledger.Paid, "paid")
	b.learn(1, 1, ledger.Doubt, "timeout")
	b.learn(2, 1, ledger.Doubt, "timeout")
	b.learn(3, 1, ledger.NotPaid, "failed")
	b.must(b.Stop(t.Context(), b.batch.ID, ledger.ActorSubmit, "half of the last payouts failed"))

	first := b.write()
	d := document(t, first["json"])
	if d.Batches[0].Stopped != "half of the last payouts failed" || !strings.HasPrefix(first["text"], "STOPPED BY ITSELF") || d.Batches[0].Changes == nil || !d.Batches[0].Changes.First {
		t.Errorf("stopped %q, changes %+v", d.Batches[0].Stopped, d.Batches[0].Changes)
	}
	b.reported()
	b.clock = b.clock.Add(30 * time.Hour)
	if diff := cmp.Diff(first, b.write()); diff != "" {
		t.Errorf("the same ledger gives another report later:\n%s", diff)
	}

	_, err := b.Resolve(t.Context(), b.sent[1].TradeNo, ledger.SaidPaid, "person:maria", "statement, line 88")
	b.must(err)
	_, err = b.Resolve(t.Context(), b.sent[2].TradeNo, ledger.SaidNotPaid, "person:tomás", "ticket 4711")
	b.must(err)
	b.learn(0, 0, ledger.NotPaid, "failed")
	b.learn(3, 0, ledger.Paid, "paid")
	second := b.write()
	b.reported()
	if diff := cmp.Diff(second, b.write()); diff != "" {
		t.Errorf("that a report was written changes it:\n%s", diff)
	}

	d = document(t, second["json"])
	var moved []string
	for _, move := range d.Batches[0].Changes.Moved {
		moved = append(moved, move.From+" → "+move.To+" "+move.Sum+" "+move.Alarm)
	}
	want := []string{
		"succeeded → reversed 100.00 REVERSED", "failed → succeeded 100.00 PAID AFTER ALL",
		"in doubt → succeeded 100.00 ", "in doubt → failed 100.00 ",
	}
	if diff := cmp.Diff(want, moved); diff != "" {
		t.Error(diff)
	}
	if got := d.Rows[1]; got.WordOf != "person:maria" || !strings.Contains(got.Reason, "on the word of person:maria: statement, line 88") || got.Status != "succeeded" {
		t.Errorf("%+v", got)
	}
	if got := d.Rows[2]; got.WordOf != "person:tomás" || !strings.Contains(got.Reason, "on the word of person:tomás: ticket 4711") || got.Status != "failed" {
		t.Errorf("%+v", got)
	}
	if got := d.Rows[4]; got.Status != "in doubt" || got.OpenSince != "2026-11-21T12:01:00Z" || got.OpenFor != "30 hours" {
		t.Errorf("%+v", got)
	}
	for _, i := range []int{0, 3} {
		if got := d.Rows[i]; !got.Flagged || got.WordOf != "" || got.Action == "" {
			t.Errorf("%+v", got)
		}
	}
}

// reported remembers that a report was written of the batch as it stands.
func (b *book) reported() {
	b.Helper()
	summary, err := b.Summary(b.Context(), b.batch.ID)
	b.must(err)
	b.must(b.MarkReported(b.Context(), summary))
}
