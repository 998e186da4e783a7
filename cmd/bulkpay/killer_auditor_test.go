package main

import (
	"testing"

	"github.com/bulkpay/bulkpay/internal/audit"
	"github.com/bulkpay/bulkpay/paypro/sandbox"
)

// independent lets the auditor who trusts neither side look at a ledger file
// that nobody writes to. settled: everything must have come to its end.
func (s *scene) independent(t *testing.T, path string, orders []sandbox.Order, settled bool) audit.Report {
	t.Helper()
	report, err := audit.Audit(t.Context(), path, s.books(t, orders), audit.Options{
		Settled: settled, Secret: sandboxSecret,
		Resend: &audit.Resend{Denials: sandboxPolicy.Unknowns, Quarantine: sandboxPolicy.Quarantine, Most: sandboxPolicy.MaxAttempts},
	})
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// books are what was given and what the gateway has, for the auditor.
func (s *scene) books(t *testing.T, orders []sandbox.Order) audit.Books {
	t.Helper()
	b := audit.Books{Arrived: map[string]int{}}
	for i, g := range s.given {
		p := s.people[i]
		b.Given = append(b.Given, audit.Row{
			Sheet: g.sheet, Row: g.row, Amount: g.amount, Account: g.account, Personal: []string{p.name, p.mobile, p.email},
		})
	}
	for _, o := range orders {
		b.Orders = append(b.Orders, audit.Order{
			TradeNo: o.TradeNo, PlatFormTradeNo: o.PlatFormTradeNo, Amount: o.Amount, Status: o.Status, Nth: o.Nth, WasPaid: o.Status == "0000",
		})
	}
	for _, r := range s.requests(t) {
		if r.Endpoint == sandbox.EndpointPlacement {
			b.Arrived[r.TradeNo]++
		}
	}
	return b
}
