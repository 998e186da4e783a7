package export

import (
	"encoding/csv"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/bulkpay/bulkpay/internal/money"
	"github.com/bulkpay/bulkpay/ledger"
)

// compared is a book with a payout that stands on the first line of a statement,
// whose second line is nobody's.
func compared(t *testing.T) *bench {
	t.Helper()
	b := newBench(t)
	p := b.paid(b.batch(1))
	s, _, err := b.TakeStatement(t.Context(), ledger.NewStatement{
		Merchant: b.merchant, Name: "november.csv", SHA256: "ab", Origin: ledger.OfGateway, Format: "csv", FirstDay: b.now, LastDay: b.now, Actor: "maria",
	}, func(yield func(ledger.NewLine, error) bool) {
		_ = yield(ledger.NewLine{
			Number: 2, Day: b.now, Status: ledger.LinePaid, TradeNo: p.TradeNo, Amount: p.Amount, Fee: money.FromMinor(money.MXN, 350), Narrative: "=to Ana",
		}, nil) && yield(ledger.NewLine{Number: 3, Day: b.now, Status: ledger.LineReturned, TradeNo: "NOBODY", Amount: money.FromMinor(money.MXN, -5)}, nil)
	})
	must(t, err)
	_, err = b.Reconcile(t.Context(), b.merchant, ledger.OfGateway, []int64{s.ID}, ledger.MatchPolicy{}, "maria")
	must(t, err)
	return b
}

// A day is ours, and of one form: no program should have to take an
// apostrophe off it.
func TestADayIsADayInEveryForm(t *testing.T) {
	t.Parallel()
	b := compared(t)
	for what, rows := range map[What]int{Matches: 1, Lines: 2} {
		table, err := csv.NewReader(strings.NewReader(b.text(Options{What: what, As: CSV}))).ReadAll()
		must(t, err)
		if len(table) != rows+1 {
			t.Fatalf("%s: %d lines", what, len(table))
		}
		at := columnAt(t, table[0], "day")
		if table[1][at] != "2026-11-21" {
			t.Errorf("%s: %q", what, table[1][at])
		}
		var row struct{ Day, Fee, Amount, LineAmount string }
		line, _, _ := strings.Cut(b.text(Options{What: what, As: JSONL}), "\n")
		must(t, json.Unmarshal([]byte(line), &row))
		if row.Day != "2026-11-21" || row.Amount != "100.50" || what == Lines && row.Fee != "3.50" || what == Matches && row.LineAmount != "100.50" {
			t.Errorf("%s: %+v", what, row)
		}
		path := filepath.Join(t.TempDir(), "out.xlsx")
		_, err = File(t.Context(), b.Ledger, path, Options{What: what, As: XLSX})
		must(t, err)
		book, err := excelize.OpenFile(path)
		must(t, err)
		cell, err := excelize.CoordinatesToCellName(at+1, 2)
		must(t, err)
		raw, err := book.GetCellValue(string(what), cell, excelize.Options{RawCellValue: true})
		must(t, err)
		shown, err := book.GetCellValue(string(what), cell)
		must(t, err)
		if raw != "46347" || shown != "2026-11-21" {
			t.Errorf("%s: the cell holds %q and shows %q", what, raw, shown)
		}
		must(t, book.Close())
	}
}

// columnAt is where a column stands.
func columnAt(t *testing.T, header []string, name string) int {
	t.Helper()
	for i, cell := range header {
		if cell == name {
			return i
		}
	}
	t.Fatalf("no column %s in %q", name, header)
	return 0
}

// What a bank wrote about a payee is given to nobody unasked.
func TestANarrativeIsNotShownUnasked(t *testing.T) {
	t.Parallel()
	b := compared(t)
	if text := b.text(Options{What: Lines, As: JSONL}); strings.Contains(text, "Ana") {
		t.Error(text)
	}
	if text := b.text(Options{What: Lines, As: CSV, Unmasked: true}); !strings.Contains(text, "'=to Ana") {
		t.Error(text)
	}
}

// Filters that are about payouts and lines find what they name.
func TestUnmatchedLinesAreThoseOfNobody(t *testing.T) {
	t.Parallel()
	b := compared(t)
	text := b.text(Options{What: Lines, As: JSONL, Filter: ledger.Filter{Unmatched: true}})
	if strings.Count(text, "\n") != 1 || !strings.Contains(text, `"NOBODY"`) {
		t.Error(text)
	}
}
