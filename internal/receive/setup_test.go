package receive

import (
	"bytes"
	"context"
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/bulkpay/bulkpay/internal/money"
	"github.com/bulkpay/bulkpay/ledger"
	"github.com/bulkpay/bulkpay/paypro"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	testMerchant = "0000000001"
	testSecret   = "a key of the tests"
)

// account is the merchant of an area, unsigned ones included.
func accountOf(slug string) ledger.Merchant {
	area, _ := paypro.LookupArea(slug)
	return ledger.Merchant{Name: "acme-" + slug, Area: area.Code, Currency: area.Currency, MerchantNo: testMerchant, Gateway: "scripted"}
}

// patient is a policy that never sends again while a test looks.
var patient = ledger.Policy{Unknowns: 3, Quarantine: time.Hour, MaxAttempts: 2, Watch: []time.Duration{time.Hour}}

// answer is what the scripted gateway says of a number; nil: never heard of.
type answer struct {
	status, amount, platform string
	http                     int
}

// gateway answers questions from a script over connections that are no
// sockets, so that time can be virtual.
type gateway struct {
	listener *pipes
	server   *http.Server
	mu       sync.Mutex
	says     map[string]answer
	asked    []string
}

func newGateway() *gateway {
	g := &gateway{listener: &pipes{calls: make(chan net.Conn), closed: make(chan struct{})}, says: map[string]answer{}}
	g.server = &http.Server{Handler: g}
	go func() { _ = g.server.Serve(g.listener) }()
	return g
}

func (g *gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var asked struct{ TradeNo string }
	_ = json.NewDecoder(r.Body).Decode(&asked)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.asked = append(g.asked, asked.TradeNo)
	a, ok := g.says[asked.TradeNo]
	switch {
	case !ok:
		_, _ = io.WriteString(w, `{"code":"8000","msg":"order does not exist","success":false}`)
	case a.http != 0:
		w.WriteHeader(a.http)
	default:
		_, _ = fmt.Fprintf(w, `{"code":"0000","msg":"ok","success":true,"data":{"tradeNo":"%s","platFormTradeNo":"%s","orderAmount":"%s","amount":"%s","status":"%s"}}`,
			asked.TradeNo, a.platform, a.amount, a.amount, a.status)
	}
}

func (g *gateway) say(tradeNo string, a answer) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.says[tradeNo] = a
}

// questions are the numbers that were asked about since the last time.
func (g *gateway) questions() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	asked := g.asked
	g.asked = nil
	return asked
}

// pipes is a listener whose connections are pipes in memory.
type pipes struct {
	calls   chan net.Conn
	closed  chan struct{}
	closing sync.Once
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case conn := <-p.calls:
		return conn, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	p.closing.Do(func() { close(p.closed) })
	return nil
}

func (p *pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }

func (p *pipes) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	here, there := net.Pipe()
	select {
	case p.calls <- there:
		return here, nil
	case <-p.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// desk is a ledger with a batch, a gateway and a receiver between them.
type desk struct {
	*testing.T
	path     string
	book     *ledger.Ledger
	merchant ledger.Merchant
	lease    *ledger.Lease
	batch    ledger.Batch
	gate     *gateway
	client   *paypro.Client
	options  Options
	receiver *Receiver
	logged   *bytes.Buffer
	stop     func() error
}

// virtual runs a test with n payouts in an area in a bubble of its own time.
func virtual(t *testing.T, slug string, n int, do func(d *desk)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, slug, n)
		d.start()
		do(d)
	})
}

func newDesk(t *testing.T, slug string, n int) *desk {
	t.Helper()
	d := &desk{T: t, path: filepath.Join(t.TempDir(), "book.db"), gate: newGateway(), logged: &bytes.Buffer{}, stop: func() error { return nil }}
	var err error
	d.book, err = ledger.Create(context.Background(), d.path, ledger.Options{})
	d.must(err)
	d.merchant, err = d.book.Merchant(context.Background(), accountOf(slug))
	d.must(err)
	d.lease, err = d.book.Acquire(context.Background(), d.merchant)
	d.must(err)
	d.batch, err = d.book.Import(context.Background(), ledger.NewBatch{
		Merchant: d.merchant, Source: "sheet.csv", Original: ledger.Text("1"), Actor: "maria", Content: func() string { return "1" },
	}, rows(d.merchant.Currency, n))
	d.must(err)
	area, _ := paypro.LookupArea(slug)
	key, err := paypro.NewSecret(testSecret)
	d.must(err)
	d.client, err = paypro.NewClient(paypro.Config{
		Area: area, BaseURL: "http://127.0.0.1", MerchantNo: testMerchant, Secret: key, Dial: d.gate.listener.dial,
	})
	d.must(err)
	d.options = Options{
		Book: d.book, Accounts: map[string]Account{"acme": {Merchant: d.merchant, Client: d.client, Policy: patient}},
		Log: slog.New(slog.NewTextHandler(d.logged, nil)),
	}
	t.Cleanup(func() {
		_ = d.stop()
		d.client.Close()
		_ = d.gate.server.Close()
		_ = d.lease.Release()
		_ = d.book.Close()
	})
	return d
}

// start makes the receiver and lets it run; stop ends it and waits.
func (d *desk) start() {
	d.receiver = New(d.options)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- d.receiver.Run(ctx) }()
	d.stop = sync.OnceValue(func() error {
		cancel()
		return <-ended
	})
	synctest.Wait()
}

func rows(currency money.Currency, n int) iter.Seq2[ledger.NewRow, error] {
	return func(yield func(ledger.NewRow, error) bool) {
		for i := range n {
			amount := money.FromMinor(currency, int64(10000+100*i))
			if !yield(ledger.NewRow{
				Row: i + 2, Amount: amount, Readable: true, PayeeName: fmt.Sprint("Payee ", i), PayeeAccount: fmt.Sprint(646180000000000000 + i),
				Fields: map[string]string{
					"amount": amount.Plain(), "wayCode": "BANXICO", "customerName": fmt.Sprint("Payee Number ", i),
					"customerAccount": fmt.Sprint(646180000000000000 + i), "identity": "ABCD800101HDFXXX01",
				},
				Fingerprint: fmt.Appendf(nil, "%d", i),
			}, nil) {
				return
			}
		}
	}
}

func (d *desk) must(err error) {
	d.Helper()
	if err != nil {
		d.Fatal(err)
	}
}

// claim takes n payouts as a run does before it sends them.
func (d *desk) claim(n int) []ledger.Payout {
	d.Helper()
	claimed, err := d.book.Claim(context.Background(), d.lease, d.batch.ID, n)
	d.must(err)
	if len(claimed) != n {
		d.Fatalf("%d claimed, want %d", len(claimed), n)
	}
	return claimed
}

// heard records what a placement or a question brought.
func (d *desk) heard(p ledger.Payout, attempt int, kind ledger.Kind, platform string) ledger.Payout {
	d.Helper()
	applied, err := d.book.Record(context.Background(), patient, []ledger.Outcome{{
		Payout: p, Attempt: attempt, Kind: kind, Reason: "test", PlatformTradeNo: platform, Evidence: []byte("answer"),
		Actor: ledger.ActorSubmit, NextAsk: time.Now().Add(time.Hour),
	}})
	d.must(err)
	return applied[0].Payout
}

// notice is a callback about a payout, unsigned.
func notice(p ledger.Payout, status string, change ...string) map[string]string {
	texts := map[string]string{
		"tradeNo": p.TradeNo, "platFormTradeNo": "P" + p.TradeNo, "amount": p.Amount.Plain(), "status": status,
		"message": "said so", "timestamp": "1795000000000",
	}
	for i := 0; i < len(change); i += 2 {
		texts[change[i]] = change[i+1]
	}
	return texts
}

// signed writes and signs a callback by the documents' words.
func signed(texts map[string]string, key string) []byte {
	texts = maps.Clone(texts)
	var text strings.Builder
	for _, name := range slices.Sorted(maps.Keys(texts)) {
		if texts[name] != "" {
			text.WriteString(name + "=" + texts[name])
		}
	}
	sum := md5.Sum([]byte(text.String() + key))
	texts["sign"] = hex.EncodeToString(sum[:])
	return plain(texts)
}

func plain(texts map[string]string) []byte {
	body, err := json.Marshal(texts)
	if err != nil {
		panic(err)
	}
	return body
}

// post sends a body and demands how it is answered.
func (d *desk) post(body []byte, status int) *httptest.ResponseRecorder {
	d.Helper()
	w := httptest.NewRecorder()
	d.receiver.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/callback/acme", bytes.NewReader(body)))
	if w.Code != status || (w.Body.String() == "OK") != (status == 200) {
		d.Errorf("answered %d %q, want %d", w.Code, w.Body, status)
	}
	return w
}

// settle lets everything happen that is about to: questions, their answers.
func (d *desk) settle() {
	time.Sleep(30 * time.Second)
	synctest.Wait()
}

func (d *desk) now(p ledger.Payout) ledger.Payout {
	d.Helper()
	now, err := d.book.Payout(context.Background(), p.TradeNo)
	d.must(err)
	return now
}

// stands demands how a payout stands.
func (d *desk) stands(p ledger.Payout, state ledger.State, flagged bool) {
	d.Helper()
	if now := d.now(p); now.State != state || now.Flagged != flagged {
		d.Errorf("%s (%s), flagged %v; want %s, %v", now.State, now.Reason, now.Flagged, state, flagged)
	}
}

// events lists the kinds of what happened to a payout.
func (d *desk) events(p ledger.Payout) []string {
	d.Helper()
	var kinds []string
	for event, err := range d.book.Events(context.Background(), p.ID) {
		d.must(err)
		kinds = append(kinds, event.Kind)
	}
	return kinds
}

func (d *desk) hints(p ledger.Payout) int {
	d.Helper()
	n := 0
	for _, kind := range d.events(p) {
		if kind == string(ledger.Hint) {
			n++
		}
	}
	return n
}

// count is how often a result was counted.
func (d *desk) count(is result) int64 { return d.receiver.accounts["acme"].counts.results[is].Load() }

// verified demands that the history holds.
func (d *desk) verified() {
	d.Helper()
	found, err := d.book.Verify(context.Background())
	d.must(err)
	for _, finding := range found.Findings {
		d.Errorf("verify: %s %s", finding.What, finding.Why)
	}
}
