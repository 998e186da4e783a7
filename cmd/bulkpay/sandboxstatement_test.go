package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/bulkpay/bulkpay/internal/money"
	"github.com/bulkpay/bulkpay/internal/statement"
	"github.com/bulkpay/bulkpay/paypro/sandbox"
)

// The sandbox's list of orders and the reader of statements know nothing of each other: what
// one writes the other must understand, in every area and for every status.
func TestSandboxStatementIsRead(t *testing.T) {
	t.Parallel()
	made := time.Date(2026, 11, 21, 18, 0, 0, 0, time.UTC)
	for _, area := range sandbox.Areas() {
		orders := []sandbox.Order{
			{TradeNo: "BP1", PlatFormTradeNo: "sbx1", Area: area.Slug, Amount: "300", Paid: "300", Status: "0000", CreatedAt: made, FinalAt: made.Add(time.Minute)},
			{TradeNo: "BP2", PlatFormTradeNo: "sbx2", Area: area.Slug, Amount: "200", Paid: "0", Status: "0015", CreatedAt: made},
			{TradeNo: "BP3", PlatFormTradeNo: "sbx3", Area: area.Slug, Amount: "100", Paid: "0", Status: "00029", CreatedAt: made, FinalAt: made.Add(time.Minute)},
			{TradeNo: "BP4", PlatFormTradeNo: "sbx4", Area: area.Slug, Amount: "100", Paid: "50", Status: "0001", CreatedAt: made, FinalAt: made.Add(time.Minute)},
		}
		path := filepath.Join(t.TempDir(), area.Slug+".csv")
		file, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		_, err = sandbox.WriteExport(file, orders, sandbox.Export{})
		if err := file.Close(); err != nil {
			t.Fatal(err)
		}
		if err != nil {
			t.Fatal(err)
		}
		s, err := statement.Open(path, statement.Options{Currency: money.MXN})
		if err != nil {
			t.Errorf("%s: %v", area.Slug, err)
			continue
		}
		defer s.Close() //nolint:errcheck // it is only read
		var got []string
		for l, err := range s.Lines() {
			got = append(got, fmt.Sprintf("%s %s %s %s %v", l.TradeNo, l.PlatFormTradeNo, l.Amount.Plain(), l.Status, err))
		}
		want := []string{"BP1 sbx1 300 paid <nil>", "BP2 sbx2 200 open <nil>", "BP3 sbx3 100 failed <nil>", "BP4 sbx4 50 paid <nil>"}
		if !slices.Equal(got, want) || s.Header().Profile != statement.PayproProfile {
			t.Errorf("%s: %q", area.Slug, got)
		}
	}
}
