package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"testing"

	"github.com/bulkpay/bulkpay/ledger"
	"github.com/bulkpay/bulkpay/paypro/sandbox"
)

// fates are the outcomes that rows of a scene ask for, and what must become
// of them however often a run is killed.
var fates = map[string]struct {
	status string
	state  ledger.State
	again  bool // its first placement makes no order
}{
	"":              {status: "0000", state: ledger.Succeeded},
	"paid":          {status: "0000", state: ledger.Succeeded},
	"00029":         {status: "00029", state: ledger.Failed},
	"5000":          {status: "0000", state: ledger.Succeeded},
	"5000-lost":     {status: "0000", state: ledger.Succeeded, again: true},
	"timeout":       {status: "0000", state: ledger.Succeeded},
	"timeout-lost":  {status: "0000", state: ledger.Succeeded, again: true},
	"reset":         {status: "0000", state: ledger.Succeeded},
	"reset-lost":    {status: "0000", state: ledger.Succeeded, again: true},
	"http-429":      {status: "0000", state: ledger.Succeeded, again: true},
	"http-500":      {status: "0000", state: ledger.Succeeded},
	"http-502":      {status: "0000", state: ledger.Succeeded},
	"html":          {status: "0000", state: ledger.Succeeded},
	"half-body":     {status: "0000", state: ledger.Succeeded},
	"other-tradeno": {status: "0000", state: ledger.Succeeded},
	"invisible":     {status: "0000", state: ledger.Succeeded},
}

// sums are what an audit counts, whatever it finds.
type sums struct{ rows, orders, twice, lost int }

// audit closes the gateway and holds three things against one another: the
// rows as they were given, the gateway's orders, and the ledger. That is done
// twice: by the auditor who reads the file by itself, and by what the ledger
// says row by row, with the outcome that each row has asked for.
func (s *scene) audit(t *testing.T) sums {
	t.Helper()
	s.verify(t)
	orders := s.orders(t)
	for _, finding := range s.independent(t, s.ledgerFile(), orders, true).Findings {
		t.Error("audit:", finding)
	}
	return s.auditBooks(t, orders, s.payouts(t, s.book(t)))
}

func (s *scene) ledgerFile() string { return filepath.Join(s.folder, "bulkpay-sandbox", "ledger.db") }

// verify lets the command itself look.
func (s *scene) verify(t *testing.T) {
	t.Helper()
	p := s.command(t, "verify", "--sandbox")
	if code := p.code(t); code != exitDone {
		t.Errorf("verify: exit code %d\n%s%s", code, &p.out, &p.err)
	}
}

// place is a row of a sheet.
type spot struct {
	sheet string
	row   int
}

// payouts are all of a ledger, by their rows. Every batch must tie out.
func (s *scene) payouts(t *testing.T, book *ledger.Ledger) map[spot]ledger.Payout {
	t.Helper()
	found := map[spot]ledger.Payout{}
	for batch, err := range book.Batches(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		summary, err := book.Summary(t.Context(), batch.ID)
		if err != nil || !summary.Tied() {
			t.Errorf("batch %s: tied %t, %v", batch.Code, summary.Tied(), err)
		}
		for line, err := range book.Lines(t.Context(), batch.ID) {
			if err != nil {
				t.Fatal(err)
			}
			at := spot{batch.Source, line.Row}
			if _, twice := found[at]; twice || line.Payout == nil {
				t.Errorf("%v: two payouts, or none", at)
				continue
			}
			found[at] = *line.Payout
		}
	}
	return found
}

func (s *scene) auditBooks(t *testing.T, orders []sandbox.Order, payouts map[spot]ledger.Payout) sums {
	t.Helper()
	count := sums{rows: len(s.given), orders: len(orders)}
	if len(payouts) != len(s.given) {
		t.Errorf("%d payouts of %d rows", len(payouts), len(s.given))
	}
	byNumber := map[string]sandbox.Order{}
	for _, order := range orders {
		if _, twice := byNumber[order.TradeNo]; twice || order.Nth != 1 {
			count.twice++
			t.Errorf("%s: two orders", order.TradeNo)
		}
		byNumber[order.TradeNo] = order
	}
	for _, g := range s.given {
		p, known := payouts[spot{g.sheet, g.row}]
		order, ordered := byNumber[p.TradeNo]
		if !known || !ordered {
			count.lost++
			t.Errorf("%s row %d: in the ledger %t, at the gateway %t", g.sheet, g.row, known, ordered)
			continue
		}
		delete(byNumber, p.TradeNo)
		if wrong := g.disagrees(p, order, s.faulty); wrong != "" {
			t.Errorf("%s row %d, %s: %s: the ledger has %s %s, the gateway %s %s", g.sheet, g.row, p.TradeNo, wrong, p.State, p.Amount, order.Status, order.Amount)
		}
	}
	for number := range byNumber {
		count.twice++
		t.Errorf("%s: an order for which there is no row", number)
	}
	s.askedBeforeSentAgain(t)
	return count
}

// disagrees says what of a row is not as it must be, or "". Where the gateway
// draws faults of its own, a placement may have been lost without a word in the
// row.
func (g given) disagrees(p ledger.Payout, order sandbox.Order, faulty bool) string {
	fate := fates[g.word]
	switch {
	case p.Row != g.row || p.PayeeAccount != g.account:
		return "another row's"
	case !sameAmount(g.amount, order.Amount) || !sameAmount(g.amount, p.Amount.Fixed()):
		return "another amount than " + g.amount
	case p.PlatformTradeNo != order.PlatFormTradeNo:
		return "another order"
	case p.State != fate.state || order.Status != fate.status:
		return "not what became of it"
	case order.Placements != 1 && !fate.again && !faulty:
		return fmt.Sprintf("placed %d times, although the gateway knew it", order.Placements)
	}
	return ""
}

// sameAmount compares two writings of a number exactly.
func sameAmount(a, b string) bool {
	x, readX := new(big.Rat).SetString(a)
	y, readY := new(big.Rat).SetString(b)
	return readX && readY && x.Cmp(y) == 0
}

// request is a line of the gateway's log.
type request struct{ Endpoint, TradeNo, Code string }

func (s *scene) requests(t *testing.T) []request {
	t.Helper()
	text, err := os.ReadFile(s.log)
	if err != nil {
		t.Fatal(err)
	}
	var all []request
	for line := range bytes.Lines(text) {
		var one request
		if err := json.Unmarshal(line, &one); err != nil {
			continue // the gateway was killed while it wrote
		}
		all = append(all, one)
	}
	return all
}

// askedBeforeSentAgain reads in the gateway's own log that no number was
// placed a second time without as many questions in between, each of them
// denied, as the policy wants (P4).
func (s *scene) askedBeforeSentAgain(t *testing.T) {
	t.Helper()
	denied := map[string]int{} // since the latest placement
	for _, r := range s.requests(t) {
		before, placed := denied[r.TradeNo]
		switch {
		case r.Endpoint == sandbox.EndpointQuery && r.Code == "8000":
			denied[r.TradeNo]++
		case r.Endpoint == sandbox.EndpointPlacement && placed && before < sandboxPolicy.Unknowns:
			t.Errorf("%s: placed again after %d denials", r.TradeNo, before)
			fallthrough
		case r.Endpoint == sandbox.EndpointPlacement:
			denied[r.TradeNo] = 0
		}
	}
}
