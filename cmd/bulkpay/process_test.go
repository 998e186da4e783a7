package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bulkpay/bulkpay/ledger"
	"github.com/bulkpay/bulkpay/paypro/sandbox"
)

// patience is how long a test waits for something that must happen. It is
// long because machines are slow, and never slept through.
const patience = time.Minute

// waitFor polls until done says so.
func waitFor(t *testing.T, what string, done func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !done(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited %v for %s", patience, what)
		}
	}
}

// stage is a gateway in a process of its own, and a folder to pay from.
type stage struct {
	trial
	gateway *exec.Cmd
	flags   []string // of the gateway
	address string
	journal string
	log     string
	count   func() int      // of the orders of a gateway that is another one; nil: it is this one
	enter   func(*exec.Cmd) // makes a process one that starts somewhere special; nil: nowhere
}

func newStage(t *testing.T, flags ...string) *stage {
	t.Helper()
	s := &stage{trial: newTrial(t)}
	s.journal, s.log = filepath.Join(s.folder, "gateway.jsonl"), filepath.Join(s.folder, "requests.log")
	s.flags = append([]string{"sandbox", "--listen", "127.0.0.1:0", "--journal", s.journal, "--log", s.log}, flags...)
	s.address = s.startGateway(t)
	t.Cleanup(s.close)
	return s
}

// startGateway starts the gateway with the orders of its journal, and returns
// its address, which is another one each time.
func (s *stage) startGateway(t *testing.T) string {
	t.Helper()
	s.gateway = program(s.folder, s.flags...)
	address, err := startGateway(s.gateway)
	if err != nil {
		t.Fatal(err)
	}
	return address
}

// close ends the gateway, so that its journal is complete.
func (s *stage) close() {
	if s.gateway.ProcessState == nil {
		_ = stopGateway(s.gateway) // an end by a signal is an error to some
	}
}

// program is bulkpay as a process of its own.
func program(folder string, args ...string) *exec.Cmd {
	cmd := exec.Command("bulkpay", args...)
	cmd.Dir = folder
	cmd.Env = append(os.Environ(), "HOME="+folder, "BULKPAY_CONFIG=", onLeash+"=1")
	cmd.Stdin = leash().neck
	return cmd
}

// process is a command under way.
type process struct {
	cmd      *exec.Cmd
	out, err buffer
	ended    chan struct{}
}

// run starts `bulkpay run` through the stage's gateway.
func (s *stage) run(t *testing.T, args ...string) *process {
	t.Helper()
	return s.start(t, append([]string{"run", "--sandbox=" + s.address}, args...)...)
}

func (s *stage) start(t *testing.T, args ...string) *process {
	t.Helper()
	p := &process{cmd: program(s.folder, args...), ended: make(chan struct{})}
	p.cmd.Stdout, p.cmd.Stderr = &p.out, &p.err
	if s.enter != nil {
		s.enter(p.cmd)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(p.ended)
		_ = p.cmd.Wait() // the exit code is what counts
	}()
	t.Cleanup(func() {
		_ = p.cmd.Process.Kill() // most have ended
		<-p.ended
	})
	return p
}

func (p *process) hasEnded() bool {
	select {
	case <-p.ended:
		return true
	default:
		return false
	}
}

// exit waits for the end and wants an exit code.
func (p *process) exit(t *testing.T, code int) {
	t.Helper()
	if got := p.code(t); got != code {
		t.Fatalf("exit code %d, want %d\n%s%s", got, code, &p.out, &p.err)
	}
}

// code waits for the end and returns the exit code; that of a killed process
// is negative.
func (p *process) code(t *testing.T) int {
	t.Helper()
	select {
	case <-p.ended:
	case <-time.After(patience):
		t.Fatalf("still running after %v: %s%s", patience, &p.out, &p.err)
	}
	return p.cmd.ProcessState.ExitCode()
}

func (p *process) signal(t *testing.T, s os.Signal) {
	t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil && !errors.Is(err, os.ErrProcessDone) {
		t.Fatal(err)
	}
}

// buffer is written by a process and read by a test.
type buffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

var orderEvent = []byte(`"event":"order"`)

// ordered is how many orders the gateway has by now.
func (s *stage) ordered() int {
	if s.count != nil {
		return s.count()
	}
	text, err := os.ReadFile(s.journal)
	if err != nil {
		return 0
	}
	return bytes.Count(text, orderEvent)
}

// orders closes the gateway and reads its books.
func (s *stage) orders(t *testing.T) []sandbox.Order {
	t.Helper()
	s.close()
	orders, err := sandbox.ReadOrders(s.journal)
	if err != nil {
		t.Fatal(err)
	}
	return orders
}

func (s *stage) book(t *testing.T) *ledger.Ledger {
	t.Helper()
	book, err := ledger.Open(t.Context(), filepath.Join(s.folder, "bulkpay-sandbox", "ledger.db"), ledger.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := book.Close(); err != nil {
			t.Error(err)
		}
	})
	return book
}

// audit holds ledger and gateway against one another: one batch, every row
// paid by exactly one order that was placed once, the same numbers, amounts
// and states on both sides, nothing for verify to find.
func (s *stage) audit(t *testing.T, rows int) {
	t.Helper()
	orders, book := s.orders(t), s.book(t)
	if len(orders) != rows {
		t.Errorf("the gateway has %d orders of %d rows", len(orders), rows)
	}
	byNumber := map[string]sandbox.Order{}
	for _, order := range orders {
		if _, twice := byNumber[order.TradeNo]; twice || order.Nth != 1 {
			t.Errorf("%s: two orders", order.TradeNo)
		}
		if order.Placements != 1 {
			t.Errorf("%s: placed %d times, although the gateway knew it", order.TradeNo, order.Placements)
		}
		byNumber[order.TradeNo] = order
	}
	batches := 0
	for batch, err := range book.Batches(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		batches++
		auditBatch(t, book, batch, byNumber)
	}
	if batches != 1 {
		t.Errorf("%d batches, want 1", batches)
	}
	if len(byNumber) > 0 {
		t.Errorf("%d orders that the ledger does not know", len(byNumber))
	}
	v, err := book.Verify(t.Context())
	if err != nil || len(v.Findings) > 0 || v.Payouts != rows {
		t.Errorf("verify: %d payouts, findings %v, %v", v.Payouts, v.Findings, err)
	}
}

// auditBatch takes what it finds out of orders.
func auditBatch(t *testing.T, book *ledger.Ledger, batch ledger.Batch, orders map[string]sandbox.Order) {
	t.Helper()
	summary, err := book.Summary(t.Context(), batch.ID)
	if err != nil || !summary.Tied() {
		t.Errorf("batch %s: tied %t, %v", batch.Code, summary.Tied(), err)
	}
	for line, err := range book.Lines(t.Context(), batch.ID) {
		if err != nil {
			t.Fatal(err)
		}
		p := line.Payout
		order, ok := orders[p.TradeNo]
		delete(orders, p.TradeNo)
		agree := ok && p.PlatformTradeNo == order.PlatFormTradeNo && p.State == ledger.Succeeded && order.Status == "0000" &&
			p.Amount.Fixed() == order.Amount+".00"
		if !agree {
			t.Errorf("row %d: the ledger has %s %s %s %s, the gateway %+v", p.Row, p.TradeNo, p.PlatformTradeNo, p.State, p.Amount, order)
		}
	}
}

var reportLine = regexp.MustCompile(`(?m)^bulkpay-sandbox/reports/\S+\.(xlsx|csv|json|html)$`)

// reported wants the four reports and the sheet that a process named for each
// batch.
func (s *stage) reported(t *testing.T, p *process, batches int) {
	t.Helper()
	found := reportLine.FindAllString(p.out.String(), -1)
	if len(found) != 5*batches || len(slices.Compact(found)) != 5*batches {
		t.Errorf("reports named: %q", found)
	}
	for _, path := range found {
		if info, err := os.Stat(filepath.Join(s.folder, path)); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func tied(p *process) bool { return strings.Contains("\n"+p.out.String(), "\nTIED\n") }
