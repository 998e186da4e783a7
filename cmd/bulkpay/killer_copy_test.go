package main

import (
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bulkpay/bulkpay/ledger"
	"github.com/bulkpay/bulkpay/paypro/sandbox"
)

// anew runs what happens when the ledger is copied away, a later run sends what
// was ready in the copy, and the copy is put back in the ledger's place: it
// sends nothing until a person adopts it. It returns how many payouts were
// ready in the copy and sent by then, and the run after the adoption.
func (s *scene) anew(t *testing.T) (sent int, last *process) {
	t.Helper()
	s.halfway(t)
	path := s.ledgerFile()
	copied := copyLedger(t, path)
	for _, p := range s.payouts(t, s.openCopy(t, copied)) {
		if p.State == ledger.Ready {
			sent++
		}
	}
	s.pay(t, "--rate", "400").exit(t, exitDone)
	s.putBack(t, copied)
	placed := s.ordered()
	refused := s.pay(t, "--rate", "400")
	refused.exit(t, exitError)
	if text := refused.err.String(); !strings.Contains(text, "an old copy: its history ends at event") || !strings.Contains(text, "bulkpay adopt --reason") {
		t.Errorf("it is not said that this is an old copy: %s", text)
	}
	if now := s.ordered(); now != placed {
		t.Errorf("%d payouts were sent from an old copy", now-placed)
	}
	adopted := s.adopt(t)
	if !strings.Contains(adopted.out.String(), plural(sent, "payout")+" in doubt now") {
		t.Errorf("adopted: %s%s", &adopted.out, &adopted.err)
	}
	last = s.pay(t, "--rate", "400")
	last.exit(t, exitDone)
	return sent, last
}

// putBack puts a copy in the ledger's place.
func (s *scene) putBack(t *testing.T, copied string) {
	t.Helper()
	path := s.ledgerFile()
	text, err := os.ReadFile(copied)
	if err == nil {
		err = os.WriteFile(path, text, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, end := range []string{"-wal", "-shm"} {
		if exists(path + end) {
			t.Errorf("the ledger was closed and has left %s behind", end)
		}
	}
}

func (s *scene) adopt(t *testing.T) *process {
	t.Helper()
	adopted := s.start(t, "adopt", "--sandbox", "--reason", "the disk is gone")
	adopted.exit(t, exitDone)
	return adopted
}

// openCopy opens a copy of the copy: opening a ledger may change its file.
func (s *scene) openCopy(t *testing.T, path string) *ledger.Ledger {
	t.Helper()
	book, err := ledger.Open(t.Context(), copyLedger(t, path), ledger.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = book.Close() }) // it was only read
	return book
}

// An old copy of the ledger in its place does not know what was sent since. It
// sends nothing, and once adopted it asks: what the gateway has is settled by
// its answer, and nothing is placed again.
func TestKillOldCopy(t *testing.T) {
	if testing.Short() {
		t.Skip("takes as long as several runs")
	}
	t.Parallel()
	s := newScene(t, "--delay", "50ms")
	s.add(t, "sheet.csv", "mexico", 40, 11, nil)
	sent, last := s.anew(t)
	if sent == 0 || !tied(last) {
		t.Errorf("%d payouts were sent since the copy was made\n%s", sent, &last.out)
	}
	orders, book := s.orders(t), s.book(t)
	for _, order := range orders {
		if order.Placements > 1 {
			t.Errorf("%s was placed %d times", order.TradeNo, order.Placements)
		}
	}
	if len(orders) != len(s.given) {
		t.Errorf("%d orders of %d rows", len(orders), len(s.given))
	}
	v, err := book.Verify(t.Context())
	if err != nil || len(v.Findings) > 0 {
		t.Errorf("%v, %v", v.Findings, err)
	}
}

// A gateway that makes a second order of a number that it knows would pay twice
// whatever an old copy sends again: the documents of the gateway do not exclude
// it.
func TestKillOldCopyWithoutUniqueNumbers(t *testing.T) {
	if testing.Short() {
		t.Skip("takes as long as several runs")
	}
	t.Parallel()
	s, gateway := newCarelessScene(t)
	s.add(t, "sheet.csv", "mexico", 40, 11, nil)
	sent, _ := s.anew(t)
	if double := gateway.Stats().DoubleOrders; double != 0 || sent == 0 {
		t.Errorf("%d payouts were paid twice, of %d that were ready in the copy", double, sent)
	}
	found := s.independent(t, s.ledgerFile(), slices.Collect(gateway.Orders()), true).Findings
	if len(found) > 0 {
		t.Errorf("the auditor finds %q", found)
	}
}

// newCarelessScene has a gateway that makes a second order of a number that it
// knows.
func newCarelessScene(t *testing.T) (*scene, *sandbox.Gateway) {
	t.Helper()
	gateway, err := sandbox.Open(sandbox.Options{
		Merchants: map[string]string{sandboxMerchantNo: sandboxSecret}, Delay: 50 * time.Millisecond, AllowDuplicateTradeNo: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(gateway)
	t.Cleanup(func() {
		_ = gateway.Close() // it lets go of connections that it holds
		server.Close()
	})
	s := newScene(t)
	s.relay.point(server.URL)
	s.count = func() int { return gateway.Stats().Orders }
	return s, gateway
}

// What was held when the copy was made may have been released and sent since.
// Released once more after the adoption, it would be sent once more.
func TestKillOldCopyOfWhatWasHeld(t *testing.T) {
	if testing.Short() {
		t.Skip("takes as long as several runs")
	}
	t.Parallel()
	const rows = 12
	s, gateway := newCarelessScene(t)
	s.add(t, "sheet.csv", "mexico", rows, 11, nil)
	s.pay(t, "--rate", "400").exit(t, exitDone)
	s.add(t, "again.csv", "mexico", rows+1, 11, nil)
	s.pay(t, "--rate", "400", "--duplicates", "hold").exit(t, exitInDoubt)
	copied := copyLedger(t, s.ledgerFile())
	var held []ledger.Payout
	for _, p := range s.payouts(t, s.openCopy(t, copied)) {
		if p.State == ledger.Held {
			held = append(held, p)
		}
	}
	if len(held) != rows {
		t.Fatalf("%d are held, want %d", len(held), rows)
	}
	for _, p := range held {
		s.command(t, "release", p.TradeNo, "--sandbox", "--reason", "a debt of its own").exit(t, exitDone)
	}
	s.pay(t, "--rate", "400").exit(t, exitDone)
	if n := s.ordered(); n != 2*rows+1 {
		t.Fatalf("%d orders, want %d", n, 2*rows+1)
	}

	s.putBack(t, copied)
	if adopted := s.adopt(t); !strings.Contains(adopted.out.String(), plural(rows, "payout")+" held that may have been released and sent") {
		t.Errorf("adopted: %s%s", &adopted.out, &adopted.err)
	}
	refused := s.command(t, "release", held[0].TradeNo, "--sandbox", "--reason", "a debt of its own")
	if code := refused.code(t); code == exitDone || !strings.Contains(refused.err.String(), "resolve") {
		t.Errorf("release: exit code %d: %s", code, &refused.err)
	}
	s.pay(t, "--rate", "400").exit(t, exitInDoubt)
	for _, p := range held {
		s.command(t, "resolve", p.TradeNo, "--sandbox", "--resend", "--reason", "it was to be paid").exit(t, exitDone)
	}
	s.pay(t, "--rate", "400").exit(t, exitDone)
	if stats := gateway.Stats(); stats.DoubleOrders != 0 || stats.Orders != 2*rows+1 {
		t.Errorf("%d orders of %d rows, %d of them second ones", stats.Orders, 2*rows+1, stats.DoubleOrders)
	}
	if found := s.independent(t, s.ledgerFile(), slices.Collect(gateway.Orders()), true).Findings; len(found) > 0 {
		t.Errorf("the auditor finds %q", found)
	}
}
