package simulate

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bulkpay/bulkpay/internal/memnet"
	"github.com/bulkpay/bulkpay/ledger"
	"github.com/bulkpay/bulkpay/paypro"
	"github.com/bulkpay/bulkpay/paypro/sandbox"

	"github.com/bulkpay/bulkpay/internal/audit"
)

// The one account at the simulated gateway. The secret opens nothing.
const (
	merchantName   = "acme"
	merchantNo     = "0000000001"
	merchantSecret = "a secret that opens nothing, for simulations"
	gatewayAddress = "127.0.0.1:8480"
)

// world is everything of one seed: the gateway, the network, the folder with
// the ledger and the sheets, and the processes that come and go.
type world struct {
	s        scenario
	t        testing.TB
	ctx      context.Context
	began    time.Time
	folder   string
	book     string // the ledger's path
	merchant ledger.Merchant
	secret   paypro.Secret
	counts   *counts

	network *memnet.Network
	gateway *sandbox.Gateway
	servers sync.WaitGroup
	stop    []func()

	mu        sync.Mutex
	sheets    []*sheet
	given     []audit.Row
	debts     map[place]string
	processes map[string]*process
	words     map[string]int // of persons, by number
	holder    *process       // of the lease
	server    *serving       // nil: nobody takes callbacks
	arrived   map[string]int // requests to pay, by number
	asked     map[string]int // questions to a forgetful gateway, by number
	findings  []string
	running   sync.WaitGroup // processes
}

// newWorld makes the world of a seed; within a bubble.
func newWorld(t testing.TB, s scenario, folder string, c *counts) *world {
	w := &world{
		s: s, t: t, ctx: t.Context(), began: time.Now(), folder: folder, book: filepath.Join(folder, "book.db"), counts: c,
		network: memnet.New(), debts: map[place]string{}, processes: map[string]*process{}, words: map[string]int{}, arrived: map[string]int{}, asked: map[string]int{},
		merchant: ledger.Merchant{
			Name: merchantName, Area: s.area.Code, Currency: s.area.Currency, MerchantNo: merchantNo, Gateway: "simulated",
		},
	}
	var err error
	w.secret, err = paypro.NewSecret(merchantSecret)
	w.must(err)
	w.must(os.WriteFile(w.book, template, 0o600))
	w.openGateway()
	return w
}

func (w *world) must(err error) {
	if err != nil {
		w.t.Fatalf("seed %d: %v", w.s.seed, err)
	}
}

// find adds what must not be.
func (w *world) find(format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.findings = append(w.findings, fmt.Sprintf(format, args...))
}

// openGateway starts the simulated gateway on the network.
func (w *world) openGateway() {
	plan := w.s.plan
	plan.Start, plan.Until = w.began, w.began.Add(w.s.storm)
	var err error
	w.gateway, err = sandbox.Open(sandbox.Options{
		Merchants: map[string]string{merchantNo: merchantSecret},
		Balance:   w.s.balance, Delay: w.s.delay, AllowDuplicateTradeNo: w.s.duplicate, ClockOffset: w.s.offset,
		Plan: &plan, Callbacks: w.s.callbacks, CallbackTransport: callbackWay{w}, Hold: 30 * time.Second,
	})
	w.must(err)
	listener, err := w.network.Listen(gatewayAddress)
	w.must(err)
	server := &http.Server{Handler: w.wire(w.gateway)}
	w.servers.Go(func() { _ = server.Serve(w.gateway.Listen(listener)) }) // it always ends in ErrServerClosed
	w.stop = append(w.stop, func() {
		_ = w.gateway.Close() // it lets go of connections that it holds on purpose
		_ = server.Close()
	})
}

// wire is the way to the gateway: it takes its time, what a dead process has
// on it may be lost, and every request to pay is counted where it arrives.
func (w *world) wire(gateway http.Handler) http.Handler {
	pay, ask := "/"+w.s.area.Slug+w.s.area.PayoutPath, "/"+w.s.area.Slug+w.s.area.QueryPath
	return http.HandlerFunc(func(out http.ResponseWriter, in *http.Request) {
		body, err := io.ReadAll(in.Body)
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		from := w.sender(in.RemoteAddr)
		if from.dead.Load() && time.Since(from.diedAt()) > 0 {
			w.find("%s sent a request after its death", from.name)
		}
		number := numberIn(body)
		if w.s.latency > 0 {
			time.Sleep(w.s.span(0, w.s.latency, "latency", in.URL.Path, number, from.name))
		}
		if from.dead.Load() && from.loss == memnet.Lost {
			panic(http.ErrAbortHandler) // it was on the wire
		}
		if in.URL.Path == pay {
			w.mu.Lock()
			w.arrived[number]++
			w.mu.Unlock()
		}
		if in.URL.Path == ask && w.forgotten(number) {
			w.counts.add("gateway: questions denied by one that forgets", 1)
			deny(out)
			return
		}
		in.Body = io.NopCloser(bytes.NewReader(body))
		gateway.ServeHTTP(out, in)
	})
}

// forgotten tells whether a forgetful gateway denies a number: it has been
// asked about it before, and the storm is not over.
func (w *world) forgotten(number string) bool {
	if !w.s.forgetful || !w.s.chance(0.5, "forgets", number) || time.Now().After(w.stormEnds()) {
		return false
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asked[number]++
	return w.asked[number] > 2
}

// deny answers a question as the gateway does that knows no such order.
func deny(out http.ResponseWriter) {
	out.Header().Set("Content-Type", "application/json")
	fmt.Fprintf(out, `{"msg":"order does not exist","code":"8000","timestamp":%d,"success":false,"data":null}`, time.Now().UnixMilli())
}

func (w *world) sender(name string) *process {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.processes[name]
}

// numberIn finds the trade number in the body of a request.
func numberIn(body []byte) string {
	const key = `"tradeNo":"`
	_, rest, found := bytes.Cut(body, []byte(key))
	number, _, closed := bytes.Cut(rest, []byte(`"`))
	if !found || !closed {
		return ""
	}
	return string(number)
}

// close ends everything that still runs.
func (w *world) close() {
	w.running.Wait()
	for _, stop := range w.stop {
		stop()
	}
	w.servers.Wait()
	time.Sleep(time.Minute) // closing a server does not wait for its handlers
}

// run is the whole of a seed: the storm, the quiet after it, the audit,
// the books.
func (w *world) run() {
	defer w.close()
	w.drawSheets()
	w.persons()
	stopServing := w.serve()
	w.cron()
	w.calm()
	stopServing()
	w.running.Wait()
	w.audit()
	w.account()
}

// cron starts a run every so often, whether the one before has ended or not,
// until the storm is over and the last of them has ended.
func (w *world) cron() {
	var last *process
	for i := 0; ; i++ {
		name := fmt.Sprintf("run-%d", i)
		last = w.startRun(name, w.s.fateOf(name))
		if twin := name + "-twin"; w.s.chance(0.1, "at once", name) {
			w.startRun(twin, w.s.fateOf(twin)) // two at the very same moment
		}
		pause := w.s.span(w.s.every/2, w.s.every*3/2, "pause", name)
		if time.Now().Add(pause).After(w.stormEnds()) {
			break
		}
		time.Sleep(pause)
	}
	time.Sleep(time.Until(w.stormEnds()))
	<-last.ended
}

func (w *world) stormEnds() time.Time { return w.began.Add(w.s.storm) }

// allOver is when everything has happened that a seed has planned.
func (w *world) allOver() time.Time { return w.stormEnds().Add(w.s.storm) }

// settlingRuns is how many quiet runs after the storm must be enough to bring
// everything to its end.
const settlingRuns = 60

// calm runs after the storm, one run after the other, until nothing is open.
func (w *world) calm() {
	for i := range settlingRuns {
		p := w.startRun(fmt.Sprintf("calm-%d", i), fate{quiet: true})
		<-p.ended
		if p.finished && time.Now().After(w.allOver()) && !w.decide(fmt.Sprintf("last-word-%d", i)) {
			w.counts.add("runs: quiet ones until everything was final or held", i+1)
			w.counts.most("runs: most quiet ones of a seed", i+1)
			return
		}
		time.Sleep(max(w.s.options.Policy.Quarantine/3, time.Until(w.allOver())))
	}
	w.find("%d quiet runs were not enough", settlingRuns)
}

// audit holds the ledger against the gateway's books.
func (w *world) audit() {
	books := audit.Books{Given: w.given, Arrived: w.arrived}
	for o := range w.gateway.Orders() {
		books.Orders = append(books.Orders, orderOf(o))
	}
	report, err := audit.Audit(w.ctx, w.book, books, audit.Options{
		Settled: true, Secret: merchantSecret,
		Resend: &audit.Resend{
			Denials: w.s.options.Policy.Unknowns, Quarantine: w.s.options.Policy.Quarantine, Most: w.s.options.Policy.MaxAttempts,
		},
	})
	w.must(err)
	for _, finding := range report.Findings {
		w.find("%s", finding)
	}
	w.count(report)
	for fault, n := range w.gateway.Stats().Faults {
		w.counts.add("faults: "+fault, n)
	}
	calls := w.gateway.Stats().Callbacks
	w.counts.add("callbacks: posted", calls.Posted)
	w.counts.add("callbacks: beside the true ones", calls.Extra)
	if w.s.area.CallbackSigned && calls.ForgedOK > 0 {
		w.find("%d callbacks without a valid signature were answered OK", calls.ForgedOK)
	}
}

func orderOf(o sandbox.Order) audit.Order {
	return audit.Order{
		TradeNo: o.TradeNo, PlatFormTradeNo: o.PlatFormTradeNo, Amount: o.Amount, Status: o.Status, Nth: o.Nth,
		WasPaid: o.Status == "0000" || final(o.Status) && strings.Contains(o.Outcome, "reversed"),
	}
}

// final tells whether a status of the gateway's ends an order.
func final(status string) bool { return status != "0015" }

// monday is when a simulation begins.
var monday = time.Date(2026, time.November, 23, 9, 0, 0, 0, time.UTC)

// simulate runs one seed in a bubble of its own and returns what was found.
func simulate(t *testing.T, s scenario, total *counts) (findings []string) {
	folder, err := os.MkdirTemp(scratch, "simulate")
	if err != nil {
		t.Fatal(err)
	}
	if os.Getenv("KEEP") == "" {
		defer os.RemoveAll(folder)
	} else {
		t.Log("the ledger is kept in", folder)
	}
	c, began := newCounts(), time.Now()
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(monday)) // a bubble begins in 2000, when timestamps had a digit less
		w := newWorld(t, s, folder, c)
		w.run()
		findings = w.findings
		c.virtual = time.Since(w.began)
	})
	if os.Getenv("VERBOSE") != "" {
		fmt.Printf("seed %d: %s, %d payouts, %d requests, %d questions, %d runs, %d records, %v of virtual time in %v\n", s.seed, s.area.Code,
			c.of["payouts: all"], c.of["gateway: requests to pay"], c.of["gateway: questions"], c.of["runs: started"], c.of["commits: record"],
			c.virtual.Round(time.Second), time.Since(began).Round(time.Millisecond))
	}
	for trait, has := range map[string]bool{
		"with a gateway whose clock is wrong": s.offset != 0,
		"with a gateway that forgets":         s.forgetful, "with a gateway that makes a second order": s.duplicate,
		"without locks that hold": s.noLocks, "that hold what is in doubt": s.options.Policy.NeverResend,
		"with callbacks taken": s.serve, "with persons": s.persons, "with a watch": s.options.Policy.Watch != nil,
	} {
		if has {
			c.add("seeds: "+trait, 1)
		}
	}
	total.merge(c)
	return findings
}
