package intake

import (
	"bytes"
	"context"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/bulkpay/bulkpay/ingest"
	"github.com/bulkpay/bulkpay/internal/samplegen"
	"github.com/bulkpay/bulkpay/ledger"
	"github.com/bulkpay/bulkpay/paypro"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// desk is a folder with sheets and a ledger beside it.
type desk struct {
	*testing.T
	folder   string
	book     *ledger.Ledger
	merchant ledger.Merchant
	now      time.Time
}

func setup(t *testing.T) *desk {
	t.Helper()
	d := &desk{T: t, folder: t.TempDir(), now: time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)}
	var err error
	d.book, err = ledger.Create(t.Context(), filepath.Join(d.folder, "book.db"), ledger.Options{Now: func() time.Time { return d.now }})
	d.must(err)
	t.Cleanup(func() { d.must(d.book.Close()) })
	area := mexico()
	d.merchant, err = d.book.Merchant(t.Context(), ledger.Merchant{
		Name: "acme-mx", Area: area.Code, Currency: area.Currency, MerchantNo: "1", Gateway: "sandbox",
	})
	d.must(err)
	return d
}

func mexico() *paypro.Area {
	area, _ := paypro.LookupArea("mexico")
	return area
}

func (d *desk) must(err error) {
	d.Helper()
	if err != nil {
		d.Fatal(err)
	}
}

// csv writes a sheet.
func (d *desk) csv(name string, rows iter.Seq[paypro.Values]) string {
	d.Helper()
	var text bytes.Buffer
	d.must(samplegen.WriteCSV(&text, mexico(), samplegen.Spanish, rows))
	return d.write(name, text.Bytes())
}

func (d *desk) write(name string, text []byte) string {
	d.Helper()
	path := filepath.Join(d.folder, name)
	d.must(os.WriteFile(path, text, 0o600))
	return path
}

func (d *desk) open(path string) *ingest.Sheet {
	d.Helper()
	sheet, err := ingest.Open(path, ingest.Options{Area: mexico(), Constants: samplegen.Constants()})
	d.must(err)
	d.Cleanup(func() { _ = sheet.Close() }) // a test may have closed it
	return sheet
}

func (d *desk) past() Past {
	return Past{Book: d.book, MerchantID: d.merchant.ID, Since: d.now.Add(-DuplicateWindow)}
}

// examine reads a sheet and collects what is come across.
func (d *desk) examine(path string) (Examined, []ingest.Problem, []Suspect) {
	d.Helper()
	var problems []ingest.Problem
	var suspects []Suspect
	e, err := Examine(d.Context(), path, d.open(path), d.past(), Seen{
		Problem: func(p ingest.Problem) error { problems = append(problems, p); return nil },
		Suspect: func(s Suspect) error { suspects = append(suspects, s); return nil },
	})
	d.must(err)
	d.Cleanup(func() { d.must(e.Close()) })
	return e, problems, suspects
}

func (d *desk) order() Order {
	return Order{Merchant: d.merchant, Actor: "maria", Since: d.now.Add(-DuplicateWindow)}
}

// with is the usual order but for the policy.
func (d *desk) with(p Policy, reason string) Order {
	o := d.order()
	o.Policy, o.Reason = p, reason
	return o
}

func (d *desk) importSheet(path string, o Order) (ledger.Batch, error) {
	d.Helper()
	e, _, _ := d.examine(path)
	return Import(d.Context(), d.book, d.open(path), e, o)
}

// batches counts what is in the ledger, which is sound.
func (d *desk) batches() int {
	d.Helper()
	found, err := d.book.Verify(context.Background())
	d.must(err)
	for _, finding := range found.Findings {
		d.Errorf("verify: %s %s", finding.What, finding.Why)
	}
	return found.Batches
}

func valid(n int, seed uint64) []paypro.Values {
	return slices.Collect(samplegen.Rows(mexico(), n, seed))
}

// wasPaid is an outcome for [desk.settle].
func wasPaid(p ledger.Payout) ledger.Outcome {
	return ledger.Outcome{Kind: ledger.Paid, PlatformTradeNo: "P" + p.TradeNo, Evidence: []byte("{}")}
}

// wasNotPaid is another.
func wasNotPaid(p ledger.Payout) ledger.Outcome {
	return ledger.Outcome{Kind: ledger.NotPaid, PlatformTradeNo: "P" + p.TradeNo, Evidence: []byte("{}")}
}

// settle sends every payout of a batch that may be sent, and records what
// became of each.
func (d *desk) settle(batch ledger.Batch, become func(ledger.Payout) ledger.Outcome) {
	d.Helper()
	ctx := context.WithoutCancel(d.Context())
	lease, err := d.book.Acquire(ctx, batch.Merchant)
	d.must(err)
	defer func() { d.must(lease.Release()) }()
	claimed, err := d.book.Claim(ctx, lease, batch.ID, 1_000_000)
	d.must(err)
	var outcomes []ledger.Outcome
	for _, payout := range claimed {
		o := become(payout)
		o.Payout, o.Attempt, o.Actor = payout, payout.Attempts, ledger.ActorSubmit
		outcomes = append(outcomes, o)
	}
	_, err = d.book.Record(ctx, ledger.Policy{}, outcomes)
	d.must(err)
}

// lines are the rows of a batch.
func (d *desk) lines(batch ledger.Batch) []ledger.Line {
	d.Helper()
	var all []ledger.Line
	for line, err := range d.book.Lines(d.Context(), batch.ID) {
		d.must(err)
		all = append(all, line)
	}
	return all
}

// sheet writes a sheet of lines, each with the cells of [columns] and, if
// there are six, the number of a payout.
func (d *desk) sheet(name string, lines ...string) string {
	d.Helper()
	text := "wayCode,customerName,customerAccountType,customerAccount,amount,remark,tradeNo\n"
	for _, line := range lines {
		text += line + "\n"
	}
	return d.write(name, []byte(text))
}

// to is a line of such a sheet.
func to(name string, account uint64, amount int, more ...string) string {
	more = append(more, "", "")
	return fmt.Sprintf("BANXICO,%s,CLABE,%s,%d,%s,%s", name, clabe(account), amount, more[0], more[1])
}

// columns are those of a sheet written with the gateway's own names.
const columns = "wayCode,customerName,customerAccountType,customerAccount,amount\n"

func clabe(n uint64) string { return samplegen.CLABE("646", n) }
