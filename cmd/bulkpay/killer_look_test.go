package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/bulkpay/bulkpay/ledger"
	"github.com/bulkpay/bulkpay/paypro/sandbox"
)

// sight is how a ledger lies there after a kill.
type sight struct {
	exists   bool // it is a ledger by now
	batches  int
	states   map[ledger.State]int
	attempts int
	asks     int
	payouts  map[string]ledger.Payout // by number
}

func (s sight) open() int {
	return s.states[ledger.Submitting] + s.states[ledger.InDoubt] + s.states[ledger.Processing]
}

// look reads a copy of the ledger, because reading it would mend it, and the
// next run must find it as the kill has left it. At every such moment it is
// sound, and it has the intent to send whatever the gateway has (P2).
func (s *scene) look(t *testing.T) sight {
	t.Helper()
	seen := sight{states: map[ledger.State]int{}, payouts: map[string]ledger.Payout{}}
	path := s.ledgerFile()
	if s.carryOut != nil {
		path = filepath.Join(s.carryOut(t), "ledger.db")
	}
	path = copyLedger(t, path)
	book, err := ledger.Open(t.Context(), path, ledger.Options{})
	if errors.Is(err, ledger.ErrNoLedger) {
		return seen
	}
	if err != nil {
		t.Fatalf("the ledger cannot be opened after a kill: %v", err)
	}
	defer book.Close()
	seen.exists = true
	for batch, err := range book.Batches(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		seen.batches++
		for line, err := range book.Lines(t.Context(), batch.ID) {
			if err != nil {
				t.Fatal(err)
			}
			p := *line.Payout
			seen.payouts[p.TradeNo] = p
			seen.states[p.State]++
			seen.attempts += p.Attempts
			seen.asks += p.Asks
		}
	}
	if v, err := book.Verify(t.Context()); err != nil || len(v.Findings) > 0 {
		t.Errorf("after a kill: %v, %v", v.Findings, err)
	}
	orders, err := sandbox.ReadOrders(s.journal)
	if err != nil {
		t.Fatal(err)
	}
	s.intended(t, seen, orders)
	for _, finding := range s.independent(t, path, orders, false).Findings {
		t.Error("audit after a kill:", finding)
	}
	return seen
}

// intended wants the intent on the disk for every order there is.
func (s *scene) intended(t *testing.T, seen sight, orders []sandbox.Order) {
	t.Helper()
	for _, order := range orders {
		if p, known := seen.payouts[order.TradeNo]; !known || p.Sends() < 1 {
			t.Errorf("%s was sent, and the ledger does not say that it was to be: known %t, %s", order.TradeNo, known, p.State)
		}
	}
}

// copyLedger copies a ledger that nobody has open, as it lies there, and
// returns the copy's path.
func copyLedger(t *testing.T, from string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "copy.db")
	for _, end := range []string{"", "-wal"} {
		text, err := os.ReadFile(from + end)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err == nil {
			err = os.WriteFile(to+end, text, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return to
}

// The phases of a run in which a kill can hit it.
const (
	phaseStart    = "starting, no ledger yet"
	phaseImport   = "checking and importing"
	phaseImported = "imported, nothing sent"
	phaseAgain    = "starting again"
	phaseRecover  = "recovering"
	phaseSend     = "sending"
	phaseSettle   = "settling"
	phaseReport   = "reporting"
	phaseEnded    = "too late: it had ended"
)

var phases = []string{phaseStart, phaseImport, phaseImported, phaseAgain, phaseRecover, phaseSend, phaseSettle, phaseReport, phaseEnded}

// phase tells what a run was at when it was killed, from how the ledger lay
// there before and after. Recovering is all that comes before the first claim
// or answer of a run that found something open; starting again, of one that
// did not.
func phase(before, after sight, sheets int) string {
	switch {
	case !after.exists:
		return phaseStart
	case after.batches < sheets:
		return phaseImport
	case after.open() == 0 && after.states[ledger.Ready] == 0:
		return phaseReport
	case after.attempts == 0:
		return phaseImported
	case before.attempts == after.attempts && before.asks == after.asks && before.open() > 0:
		return phaseRecover
	case before.attempts == after.attempts && before.asks == after.asks && before.batches == sheets:
		return phaseAgain
	case after.states[ledger.Ready] > 0 || after.states[ledger.Submitting] > 0:
		return phaseSend
	}
	return phaseSettle
}
