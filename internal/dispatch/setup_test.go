package dispatch

import (
	"context"
	"fmt"
	"iter"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/bulkpay/bulkpay/internal/money"
	"github.com/bulkpay/bulkpay/ledger"
	"github.com/bulkpay/bulkpay/paypro"
)

// template is a ledger with one merchant, copied for each test: making one
// anew costs more than most tests.
var template []byte

func TestMain(m *testing.M) {
	folder, err := os.MkdirTemp("", "dispatch")
	if err != nil {
		panic(err)
	}
	path := filepath.Join(folder, "book.db")
	book, err := ledger.Create(context.Background(), path, ledger.Options{})
	if err == nil {
		_, err = book.Merchant(context.Background(), acme)
	}
	if err == nil {
		err = book.Close()
	}
	if err == nil {
		template, err = os.ReadFile(path)
	}
	if err != nil {
		panic(err)
	}
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		_ = os.RemoveAll(folder)
		os.Exit(code)
	}))
}

var acme = ledger.Merchant{Name: "acme-mx", Area: "MX", Currency: money.MXN, MerchantNo: "0000000001", Gateway: "scripted"}

// quick is a policy and a schedule that keep a test's virtual hours few.
var quick = Options{
	Rate: 1000, Workers: 4, Deadline: 10 * time.Minute,
	Policy:   ledger.Policy{Unknowns: 3, Quarantine: time.Minute, MaxAttempts: 3},
	Schedule: []time.Duration{time.Second, 2 * time.Second, 5 * time.Second, 15 * time.Second},
}

// desk is a ledger with one batch at which a test works, on a virtual clock.
type desk struct {
	*testing.T
	path  string
	book  *ledger.Ledger
	lease *ledger.Lease
	batch ledger.Batch
	gate  *gateway
	o     Options
	clock func() time.Time // the ledger's; nil: that of the bubble

	drain, now         context.Context
	stopDrain, stopNow context.CancelFunc
}

// virtual runs a test with a batch of n payouts in a bubble of its own time.
func virtual(t *testing.T, n int, do func(d *desk)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, func(t *testing.T) { do(newDesk(t, n)) })
}

func newDesk(t *testing.T, n int) *desk {
	t.Helper()
	d := &desk{T: t, path: filepath.Join(t.TempDir(), "book.db"), gate: newGateway(), o: quick}
	d.must(os.WriteFile(d.path, template, 0o600))
	d.open()
	d.batch = d.importRows(n, "content")
	t.Cleanup(func() {
		d.stopNow()
		d.closeBook()
	})
	return d
}

// open opens the ledger as a new process would, with signals of its own.
func (d *desk) open() {
	d.Helper()
	var err error
	d.book, err = ledger.Open(context.Background(), d.path, ledger.Options{Random: seeded(1), Now: d.clock})
	d.must(err)
	merchant, err := d.book.Merchant(context.Background(), acme)
	d.must(err)
	d.lease, err = d.book.Acquire(context.Background(), merchant)
	d.must(err)
	d.now, d.stopNow = context.WithCancel(context.Background())
	d.drain, d.stopDrain = context.WithCancel(d.now)
}

// closeBook ends the process's hold on the ledger in whatever state it is.
func (d *desk) closeBook() {
	_ = d.lease.Release() // the book may be closed already, by the test
	_ = d.book.Close()
}

func (d *desk) reopen() {
	d.Helper()
	d.stopNow()
	d.closeBook()
	d.open()
}

// later is what a process sees that is started after a while. Nothing runs
// meanwhile: keeping a lease for days takes its time.
func (d *desk) later(while time.Duration) {
	d.Helper()
	d.stopNow()
	d.closeBook()
	time.Sleep(while)
	d.open()
}

func (d *desk) importRows(n int, content string) ledger.Batch {
	d.Helper()
	merchant, err := d.book.Merchant(context.Background(), acme)
	d.must(err)
	batch, err := d.book.Import(context.Background(), ledger.NewBatch{
		Merchant: merchant, Source: "sheet.csv", Original: ledger.Text(content), Actor: "maria",
		Content: func() string { return content },
	}, rows(n))
	d.must(err)
	return batch
}

func rows(n int) iter.Seq2[ledger.NewRow, error] {
	return func(yield func(ledger.NewRow, error) bool) {
		for i := range n {
			amount := money.FromMinor(money.MXN, int64(100*(i+1)))
			if !yield(ledger.NewRow{
				Row: i + 2, Amount: amount, Readable: true,
				PayeeName: fmt.Sprint("Payee ", i), PayeeAccount: fmt.Sprint(646180000000000000 + i), Bank: "BANXICO",
				Fields: map[string]string{
					"amount": amount.Plain(), "wayCode": "BANXICO", "customerName": fmt.Sprint("Payee Number ", i),
					"customerAccount": fmt.Sprint(646180000000000000 + i), "customerMobile": "5512345678",
				},
				Fingerprint: fmt.Appendf(nil, "%d", i),
			}, nil) {
				return
			}
		}
	}
}

// run runs the batch to its end.
func (d *desk) run() (Result, error) {
	return New(d.book, d.lease, d.gate, d.o).Run(d.drain, d.now, d.batch)
}

// mustRun is a run of whose own side nothing goes wrong.
func (d *desk) mustRun() Result {
	d.Helper()
	result, err := d.run()
	d.must(err)
	return result
}

// start runs the batch while the test goes on.
func (d *desk) start() (wait func() (Result, error)) {
	var result Result
	var err error
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		result, err = d.run()
	}()
	return func() (Result, error) {
		<-ended
		return result, err
	}
}

func (d *desk) must(err error) {
	d.Helper()
	if err != nil {
		d.Fatal(err)
	}
}

// payouts lists the batch in sheet order.
func (d *desk) payouts() []ledger.Payout {
	d.Helper()
	var all []ledger.Payout
	for line, err := range d.book.Lines(context.Background(), d.batch.ID) {
		d.must(err)
		all = append(all, *line.Payout)
	}
	return all
}

// states counts the payouts by state.
func (d *desk) states() map[ledger.State]int {
	d.Helper()
	counts := map[ledger.State]int{}
	for _, payout := range d.payouts() {
		counts[payout.State]++
	}
	return counts
}

// stand demands that the payouts stand so, and nothing else.
func (d *desk) stand(expected map[ledger.State]int) {
	d.Helper()
	states := d.states()
	if fmt.Sprint(states) != fmt.Sprint(expected) {
		d.Errorf("payouts stand as %v, want %v", states, expected)
	}
}

func (d *desk) events() int {
	d.Helper()
	found, err := d.book.Verify(context.Background())
	d.must(err)
	for _, finding := range found.Findings {
		d.Errorf("verify: %s %s", finding.What, finding.Why)
	}
	return found.Events
}

// tied demands the promises that hold whatever happened.
func (d *desk) tied() {
	d.Helper()
	d.events()
	summary, err := d.book.Summary(context.Background(), d.batch.ID)
	d.must(err)
	if !summary.Tied() {
		d.Errorf("not tied: %+v", summary.Buckets)
	}
}

// shared makes a source of randomness safe for concurrent use.
type shared struct {
	mu sync.Mutex
	r  *rand.ChaCha8
}

func (s *shared) Read(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.r.Read(p)
}

func seeded(seed byte) *shared { return &shared{r: rand.NewChaCha8([32]byte{seed})} }

func mexico() *paypro.Area {
	area, _ := paypro.LookupArea("mexico")
	return area
}
