package receive

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bulkpay/bulkpay/internal/dispatch"
	"github.com/bulkpay/bulkpay/internal/money"
	"github.com/bulkpay/bulkpay/ledger"
	"github.com/bulkpay/bulkpay/paypro"
	"github.com/bulkpay/bulkpay/paypro/sandbox"
)

// relay stands between the simulated gateway and the receiver and makes it
// hard: it loses callbacks so that they come again and out of order, doubles
// them, and forges others. What was answered OK it looks up in the ledger at
// once, through a handle of its own.
type relay struct {
	*testing.T
	book *ledger.Ledger
	to   string
	http *http.Client

	mu        sync.Mutex
	random    *rand.Rand
	confirmed map[string]bool
	all       chan struct{} // closed when as many numbers as wanted are confirmed
	wanted    int

	forged, doubled, lost atomic.Int64
}

func (l *relay) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	l.mu.Lock()
	dice, lie := l.random.IntN(100), l.random.IntN(3)
	l.mu.Unlock()
	switch {
	case dice < 10:
		l.forge(body, lie)
	case dice < 20:
		l.doubled.Add(1)
		var both sync.WaitGroup
		both.Go(func() { l.forward(body) })
		defer both.Wait()
	case dice < 50:
		l.lost.Add(1)
		w.WriteHeader(http.StatusBadGateway) // it comes again, later than others
		return
	}
	w.WriteHeader(l.forward(body))
	_, _ = io.WriteString(w, "OK")
}

func (l *relay) send(body []byte) (int, string) {
	response, err := l.http.Post(l.to, "application/json", bytes.NewReader(body))
	if err != nil {
		l.Error(err)
		return 0, ""
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		l.Error(err)
	}
	return response.StatusCode, string(text)
}

// forward passes a callback on. OK has to mean that the ledger has it.
func (l *relay) forward(body []byte) int {
	var said struct{ TradeNo, Status string }
	if err := json.Unmarshal(body, &said); err != nil {
		l.Error(err)
	}
	status, text := l.send(body)
	if text != "OK" {
		return status
	}
	now, err := l.book.Payout(context.Background(), said.TradeNo)
	if err != nil {
		l.Error(err)
	}
	says := map[string]ledger.State{"0000": ledger.Succeeded, "00029": ledger.Failed}[said.Status]
	if now.State != says && !l.kept(now, said.TradeNo) {
		l.Errorf("OK for %s of %s, and the ledger has it %s", said.Status, said.TradeNo, now.State)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.confirmed[said.TradeNo] = true; len(l.confirmed) == l.wanted {
		l.wanted = -1
		close(l.all)
	}
	return status
}

// kept tells whether a callback is in the history at least, as one that was
// faster than the placement's answer.
func (l *relay) kept(p ledger.Payout, tradeNo string) bool {
	for event, err := range l.book.Events(context.Background(), p.ID) {
		if err == nil && event.Actor == ledger.ActorCallback && strings.Contains(string(event.Evidence), tradeNo) {
			return true
		}
	}
	return false
}

// forge says the contrary, another amount, or signs with another key.
func (l *relay) forge(body []byte, how int) {
	l.forged.Add(1)
	var texts map[string]string
	if err := json.Unmarshal(body, &texts); err != nil {
		l.Error(err)
		return
	}
	switch how {
	case 0:
		texts["status"] = map[string]string{"0000": "00029", "00029": "0000"}[texts["status"]]
	case 1:
		texts["amount"] += "0"
	default:
		delete(texts, "sign")
		if status, text := l.send(signed(texts, "guessed")); status != http.StatusUnauthorized || text == "OK" {
			l.Errorf("forged: %d %s", status, text)
		}
		return
	}
	if status, text := l.send(plain(texts)); status != http.StatusUnauthorized || text == "OK" {
		l.Errorf("forged: %d %s", status, text)
	}
}

// TestCallbacksInAStorm pays a batch with one handle of the ledger, takes
// callbacks with a second and looks at both with a third. One in ten is
// forged, one in ten comes twice, a third comes late.
func TestCallbacksInAStorm(t *testing.T) {
	n := 2_000
	switch {
	case os.Getenv("BULKPAY_LONG") != "":
		n = 100_000
	case testing.Short():
		n = 300
	}
	ctx, path := t.Context(), filepath.Join(t.TempDir(), "book.db")
	paying, err := ledger.Create(ctx, path, ledger.Options{})
	check(t, err)
	defer paying.Close()
	receiving, err := ledger.Open(ctx, path, ledger.Options{})
	check(t, err)
	defer receiving.Close()
	looking, err := ledger.Open(ctx, path, ledger.Options{})
	check(t, err)
	defer looking.Close()

	gate, err := sandbox.Open(sandbox.Options{
		Merchants: map[string]string{testMerchant: testSecret}, Delay: 100 * time.Millisecond, Callbacks: true,
		CallbackPauses: slices.Repeat([]time.Duration{20 * time.Millisecond}, 50),
	})
	check(t, err)
	defer gate.Close()
	gateServer := httptest.NewServer(gate)
	defer gateServer.Close()

	merchant, err := paying.Merchant(ctx, accountOf("mexico"))
	check(t, err)
	client := clientOf(t, gateServer.URL+"/mexico")
	defer client.Close()
	receiver := New(Options{Book: receiving, Accounts: map[string]Account{"acme": {Merchant: merchant, Client: client, Policy: patient}}, Rate: 1e6})
	stop := background(receiver)
	defer stop()
	server := httptest.NewServer(receiver.Handler())
	defer server.Close()

	l := &relay{
		T: t, book: looking, to: server.URL + "/callback/acme", http: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 16}},
		random: rand.New(rand.NewPCG(1, 2)), confirmed: map[string]bool{}, all: make(chan struct{}), wanted: n,
	}
	relayServer := httptest.NewServer(l)
	defer relayServer.Close()
	defer l.http.CloseIdleConnections()

	batch, err := paying.Import(ctx, ledger.NewBatch{Merchant: merchant, Source: "s", Original: ledger.Text("1"), Actor: "maria", Content: func() string { return "1" }},
		stormRows(n, relayServer.URL+"/notify"))
	check(t, err)
	lease, err := paying.Acquire(ctx, merchant)
	check(t, err)
	result, err := dispatch.New(paying, lease, client, dispatch.Options{
		Rate: 20_000, QueryRate: 200, Workers: 8, Policy: patient, FailureShare: -1, Refusals: -1,
		Schedule: []time.Duration{time.Second, 2 * time.Second, 5 * time.Second},
	}).Run(ctx, ctx, batch)
	check(t, err)
	check(t, result.Halted)
	check(t, lease.Release())
	<-l.all // what the gateway has to say is said, and confirmed
	check(t, stop())
	agrees(t, looking, batch, gate, n)
	c := &receiver.accounts["acme"].counts
	t.Logf("%d payouts: %d asked by the run, %d by the receiver; %d accepted, %d hinted, %d replayed, %d forged (sent %d), %d doubled, %d lost",
		n, result.Asked, c.asked.Load(), c.results[accepted].Load(), c.results[hinted].Load(), c.results[replayed].Load(),
		c.results[forged].Load(), l.forged.Load(), l.doubled.Load(), l.lost.Load())
	if c.results[forged].Load() != l.forged.Load() || l.forged.Load() == 0 || l.doubled.Load() == 0 || c.results[accepted].Load() == 0 {
		t.Error("the storm was none")
	}
}

// agrees demands that the ledger has what the gateway has, payout by payout,
// and that nothing was placed twice.
func agrees(t *testing.T, book *ledger.Ledger, batch ledger.Batch, gate *sandbox.Gateway, n int) {
	t.Helper()
	states := map[string]ledger.State{"0000": ledger.Succeeded, "00029": ledger.Failed}
	orders := 0
	for order := range gate.Orders() {
		orders++
		p, err := book.Payout(context.Background(), order.TradeNo)
		check(t, err)
		if p.State != states[order.Status] || p.PlatformTradeNo != order.PlatFormTradeNo || p.Flagged || order.Placements != 1 {
			t.Errorf("%s: %s here (flagged %v), %s there, placed %d times", p.TradeNo, p.State, p.Flagged, order.Status, order.Placements)
		}
	}
	if orders != n {
		t.Errorf("%d orders", orders)
	}
	summary, err := book.Summary(context.Background(), batch.ID)
	check(t, err)
	if !summary.Tied() || summary.Bucket(ledger.BucketSucceeded).Count != n-n/10 || summary.Bucket(ledger.BucketFailed).Count != n/10 {
		t.Errorf("%+v", summary.Buckets)
	}
	found, err := book.Verify(context.Background())
	check(t, err)
	if len(found.Findings) > 0 {
		t.Errorf("verify: %+v", found.Findings[0])
	}
}

func stormRows(n int, notify string) iter.Seq2[ledger.NewRow, error] {
	area, _ := paypro.LookupArea("mexico")
	return func(yield func(ledger.NewRow, error) bool) {
		for i := range n {
			amount := money.FromMinor(money.MXN, int64(10000+100*(i%1000)))
			fields := map[string]string{}
			for _, field := range area.Fields {
				fields[field.Name] = field.Example
			}
			fields["amount"], fields["notifyUrl"], fields["remark"] = amount.Plain(), notify, fmt.Sprint("pay ", i)
			if i%10 == 9 {
				fields["remark"] = "SANDBOX:00029"
			}
			if !yield(ledger.NewRow{Row: i + 2, Amount: amount, Readable: true, PayeeAccount: fmt.Sprint(i), Fields: fields, Fingerprint: fmt.Appendf(nil, "%d", i)}, nil) {
				return
			}
		}
	}
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func clientOf(t testing.TB, base string) *paypro.Client {
	t.Helper()
	area, _ := paypro.LookupArea("mexico")
	key, err := paypro.NewSecret(testSecret)
	check(t, err)
	client, err := paypro.NewClient(paypro.Config{Area: area, BaseURL: base, MerchantNo: testMerchant, Secret: key})
	check(t, err)
	return client
}

// background runs a receiver; the function it returns ends it and waits.
func background(r *Receiver) (stop func() error) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- r.Run(ctx) }()
	for !r.enter() {
		time.Sleep(time.Millisecond) // until it lets callbacks in
	}
	r.leave()
	return sync.OnceValue(func() error {
		cancel()
		return <-ended
	})
}
