package intake

import (
	"bytes"
	"context"
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
func (d *desk) examine(path string) (Examined, []ingest.Problem, []Overlap) {
	d.Helper()
	var problems []ingest.Problem
	var overlaps []Overlap
	e, err := Examine(d.Context(), path, d.open(path), d.past(), Seen{
		Problem: func(p ingest.Problem) error { problems = append(problems, p); return nil },
		Overlap: func(o Overlap) error { overlaps = append(overlaps, o); return nil },
	})
	d.must(err)
	return e, problems, overlaps
}

func (d *desk) order() Order { return Order{Merchant: d.merchant, Actor: "maria"} }

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

// columns are those of a sheet written with the gateway's own names.
const columns = "wayCode,customerName,customerAccountType,customerAccount,amount\n"

func clabe(n uint64) string { return samplegen.CLABE("646", n) }
