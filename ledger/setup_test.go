package ledger

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"flag"
	"fmt"
	"io"
	"iter"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/bulkpay/bulkpay/internal/money"
)

func TestMain(m *testing.M) {
	// Each check is a book on disk, committed durably; -rapid.checks asks for
	// more of them.
	if err := flag.Set("rapid.checks", "30"); err != nil {
		panic(err)
	}
	goleak.VerifyTestMain(m)
}

// store is what a book of payouts must be able to do; the conformance suite
// speaks to nothing else.
type store interface {
	Merchant(ctx context.Context, m Merchant, formerGateways ...string) (Merchant, error)
	MerchantNamed(ctx context.Context, name string) (Merchant, error)
	Acquire(ctx context.Context, m Merchant) (*Lease, error)
	Import(ctx context.Context, n NewBatch, rows iter.Seq2[NewRow, error]) (Batch, error)
	Claim(ctx context.Context, lease *Lease, batchID int64, n int) ([]Payout, error)
	Record(ctx context.Context, policy Policy, outcomes []Outcome) ([]Applied, error)
	Recover(ctx context.Context, lease *Lease) (int, error)
	Release(ctx context.Context, tradeNo, actor, reason string) (Payout, error)
	Cancel(ctx context.Context, tradeNo, actor, reason string) (Payout, error)
	ReleaseAll(ctx context.Context, batchID int64, actor, reason string) (int, error)
	CancelHeld(ctx context.Context, batchID int64, actor, reason string) (int, error)
	Resolve(ctx context.Context, tradeNo string, as Kind, actor, reason string) (Payout, error)
	Stop(ctx context.Context, batchID int64, actor, why string) error
	MarkReported(ctx context.Context, s Summary) error
	Changes(ctx context.Context, batchID int64) (Changes, error)
	Watched(ctx context.Context, batchID int64, now time.Time, n int) iter.Seq2[Payout, error]
	Unsettled(ctx context.Context, merchantID int64, now time.Time) iter.Seq2[Batch, error]
	SubmittedSince(ctx context.Context, merchantID int64, since time.Time) (money.Amount, error)
	CalledOff(ctx context.Context, batchID int64) iter.Seq2[Payout, error]
	Note(ctx context.Context, batchID int64, actor, reason, message string, evidence []byte) error
	Snapshot(ctx context.Context, do func(View) error) error
	Verify(ctx context.Context) (Verification, error)
	Payout(ctx context.Context, tradeNo string) (Payout, error)
	BatchByContent(ctx context.Context, merchantID int64, content string) (Batch, error)
	BatchBySource(ctx context.Context, merchantID int64, sha256, worksheet string) (Batch, error)
	BatchRepeating(ctx context.Context, merchantID int64, code string) (Batch, error)
	LookBack(ctx context.Context, merchantID int64, since time.Time) (*Lookback, error)
	PreviousBatch(ctx context.Context, merchantID, before int64) (Batch, error)
	Payees(ctx context.Context, batchID int64) iter.Seq2[Payee, error]
	Batches(ctx context.Context) iter.Seq2[Batch, error]
	Due(ctx context.Context, batchID int64, now time.Time, n int) iter.Seq2[Payout, error]
	Outstanding(ctx context.Context, batchID int64) (Outstanding, error)
	Summary(ctx context.Context, batchID int64) (Summary, error)
	Lines(ctx context.Context, batchID int64) iter.Seq2[Line, error]
	Events(ctx context.Context, payoutID int64) iter.Seq2[Event, error]
	BatchEvents(ctx context.Context, batchID int64) iter.Seq2[Event, error]
	Movements(ctx context.Context, within Within) iter.Seq2[Movement, error]
	Tallies(ctx context.Context, within Within) iter.Seq2[Tally, error]
	AskAgain(ctx context.Context, batchID int64, actor, reason string) (Pass, bool, error)
	FinishPass(ctx context.Context, p Pass, actor string) (Pass, error)
	LatestPass(ctx context.Context, batchID int64) (Pass, error)
	Unanswered(ctx context.Context, p Pass, after int64, n int) iter.Seq2[Payout, error]
	Heard(ctx context.Context, batch Batch) iter.Seq2[Heard, error]
	Close() error
}

// creator makes an empty book and returns how to open it, once or again.
type creator func(t testing.TB, o Options) (open func() store)

func createSQLite(t testing.TB, o Options) func() store {
	t.Helper()
	path := filepath.Join(t.TempDir(), "book.db")
	return func() store { return openSQLite(t, path, o) }
}

func openSQLite(t testing.TB, path string, o Options) *Ledger {
	t.Helper()
	l, err := Create(context.Background(), path, o)
	must(t, err)
	t.Cleanup(func() { must(t, l.Close()) })
	return l
}

// clock stands still until it is told to move.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func newClock() *clock { return &clock{at: time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// shared makes a source of randomness safe for two openings of one book.
type shared struct {
	mu sync.Mutex
	r  io.Reader
}

func (s *shared) Read(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.r.Read(p)
}

func seeded(seed byte) io.Reader { return &shared{r: rand.NewChaCha8([32]byte{seed})} }

// desk is a book with a merchant, at which a test works.
type desk struct {
	store
	t        testing.TB
	clock    *clock
	open     func() store
	merchant Merchant
	lease    *Lease
	sheets   int
	calls    int
	tampered bool // the book is meant to be found broken
}

// setup opens a fresh SQLite book; the book is verified when the test ends.
func setup(t testing.TB) *desk {
	t.Helper()
	return setupWith(t, createSQLite)
}

func setupWith(t testing.TB, create creator) *desk {
	t.Helper()
	d := &desk{t: t, clock: newClock()}
	d.open = create(t, Options{Now: d.clock.now, Random: seeded(1), Host: "here"})
	d.store = d.open()
	d.merchant = d.register("acme-mx")
	d.acquire()
	t.Cleanup(func() {
		must(t, d.lease.Release())
		if !d.tampered {
			d.isClean()
		}
	})
	return d
}

func (d *desk) ledger() *Ledger { return d.store.(*Ledger) }

func (d *desk) register(name string) Merchant {
	d.t.Helper()
	m, err := d.Merchant(d.t.Context(), Merchant{Name: name, Area: "MX", Currency: money.MXN, MerchantNo: "M-" + name, Gateway: "sandbox"})
	must(d.t, err)
	return m
}

// acquire renews with the clock at hand: the lease's term has ended whenever
// a test moved it by more than a minute.
func (d *desk) acquire() {
	d.t.Helper()
	if d.lease != nil {
		must(d.t, d.lease.Release())
	}
	var err error
	d.lease, err = d.Acquire(context.WithoutCancel(d.t.Context()), d.merchant)
	must(d.t, err)
}

// later moves the clock and takes the lease anew.
func (d *desk) later(by time.Duration) {
	d.t.Helper()
	d.clock.advance(by)
	d.acquire()
}

func (d *desk) sheet() NewBatch {
	d.sheets++
	content := fmt.Sprintf("content %d", d.sheets)
	digest := sha256.Sum256([]byte(content))
	return NewBatch{
		Merchant: d.merchant, Source: fmt.Sprintf("sheet-%d.csv", d.sheets), SourceSHA256: hex.EncodeToString(digest[:]), Original: Text(content),
		Actor: "maria", Content: func() string { return content },
	}
}

func pesos(minor int64) money.Amount { return money.FromMinor(money.MXN, minor) }

func row(n int, minor int64) NewRow {
	return NewRow{
		Row: n, Amount: pesos(minor), Readable: true, PayeeName: fmt.Sprint("payee ", n), PayeeAccount: fmt.Sprint(646180000000000000 + n),
		Bank: "646", Fields: map[string]string{"amount": pesos(minor).Plain(), "bankCode": "646"}, Fingerprint: []byte{byte(n), byte(n >> 8)},
	}
}

func invalid(n int, problem string) NewRow { return NewRow{Row: n, Problems: []string{problem}} }

// known is a row of a sheet that was handed back: the payout with this number.
func known(n int, minor int64, tradeNo string, notes ...string) NewRow {
	return NewRow{Row: n, Amount: pesos(minor), Readable: true, Known: tradeNo, Notes: notes}
}

// suspect is a row that is held from the start.
func suspect(n int, minor int64, why string) NewRow {
	r := row(n, minor)
	r.Hold = why
	return r
}

func rowsOf(rows ...NewRow) iter.Seq2[NewRow, error] {
	return func(yield func(NewRow, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
	}
}

func plainRows(n int) iter.Seq2[NewRow, error] {
	return func(yield func(NewRow, error) bool) {
		for i := range n {
			if !yield(row(i+2, int64(10000+i)), nil) {
				return
			}
		}
	}
}

// imported imports a sheet of these rows.
func (d *desk) imported(rows ...NewRow) Batch {
	d.t.Helper()
	b, err := d.Import(d.t.Context(), d.sheet(), rowsOf(rows...))
	must(d.t, err)
	return b
}

// payouts are those of a batch in sheet order.
func (d *desk) payouts(b Batch) []Payout {
	d.t.Helper()
	var payouts []Payout
	for _, line := range all(d.t, d.Lines(d.t.Context(), b.ID)) {
		if line.Payout != nil {
			payouts = append(payouts, *line.Payout)
		}
	}
	return payouts
}

// batch imports a sheet of n plain rows.
func (d *desk) batch(n int) Batch {
	d.t.Helper()
	b, err := d.Import(d.t.Context(), d.sheet(), plainRows(n))
	must(d.t, err)
	return b
}

func (d *desk) claim(b Batch, n int) []Payout {
	d.t.Helper()
	claimed, err := d.Claim(d.t.Context(), d.lease, b.ID, n)
	must(d.t, err)
	return claimed
}

// claimed imports one row and claims it.
func (d *desk) claimed() Payout {
	d.t.Helper()
	return d.claim(d.batch(1), 1)[0]
}

// retry is the policy the tests use: three denials over a quarter of an
// hour, at most two sends.
var retry = Policy{Unknowns: 3, Quarantine: 15 * time.Minute, MaxAttempts: 2}

// answer is what the wire said to the payout's latest attempt.
func answer(p Payout, kind Kind) Outcome {
	return Outcome{Payout: p, Attempt: p.Attempts, Kind: kind, Reason: "token_" + string(kind), Actor: ActorSubmit, Evidence: []byte(`{"code":"0000"}`)}
}

// asked is what a query, a callback or a person said.
func asked(p Payout, kind Kind) Outcome {
	o := answer(p, kind)
	o.Attempt, o.Actor = 0, ActorSettle
	return o
}

func numbered(o Outcome, platform string) Outcome {
	o.PlatformTradeNo = platform
	return o
}

// record records one outcome.
func (d *desk) record(o Outcome) Applied { return d.recordUnder(retry, o) }

func (d *desk) recordUnder(policy Policy, o Outcome) Applied {
	d.t.Helper()
	applied, err := d.Record(d.t.Context(), policy, []Outcome{o})
	must(d.t, err)
	return applied[0]
}

func (d *desk) reload(p Payout) Payout {
	d.t.Helper()
	now, err := d.Payout(d.t.Context(), p.TradeNo)
	must(d.t, err)
	return now
}

// stands asserts where a payout stands in the book.
func (d *desk) stands(p Payout, want State) Payout {
	d.t.Helper()
	now := d.reload(p)
	if now.State != want {
		d.t.Fatalf("payout of row %d is %s (%s), want %s", now.Row, now.State, now.Reason, want)
	}
	return now
}

func (d *desk) isClean() {
	d.t.Helper()
	v, err := d.Verify(context.Background())
	must(d.t, err)
	if len(v.Findings) > 0 {
		d.t.Errorf("verify: %v", v.Findings)
	}
}

func (d *desk) history(p Payout) []string {
	d.t.Helper()
	var lines []string
	for _, e := range all(d.t, d.Events(d.t.Context(), p.ID)) {
		lines = append(lines, fmt.Sprintf("%s: %s → %s (%s)", e.Kind, e.From, e.To, e.Reason))
	}
	return lines
}

// raw is a connection past the ledger, as a person with sqlite3 has it.
func raw(t testing.TB, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", dsn(path, "_pragma=busy_timeout(60000)"))
	must(t, err)
	t.Cleanup(func() { must(t, db.Close()) })
	return db
}

func all[T any](t testing.TB, seq iter.Seq2[T, error]) []T {
	t.Helper()
	var items []T
	for item, err := range seq {
		must(t, err)
		items = append(items, item)
	}
	return items
}

func rowNumbers(payouts []Payout) []int {
	var numbers []int
	for _, p := range payouts {
		numbers = append(numbers, p.Row)
	}
	return numbers
}

// reported remembers that a report was written of a batch as it stands.
func (d *desk) reported(batchID int64) {
	d.t.Helper()
	s, err := d.Summary(d.t.Context(), batchID)
	must(d.t, err)
	must(d.t, d.MarkReported(d.t.Context(), s))
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func equal[T any](t testing.TB, what string, got, want T) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("%s (-want +got):\n%s", what, diff)
	}
}

func oneOf(s State, of ...State) bool { return slices.Contains(of, s) }
