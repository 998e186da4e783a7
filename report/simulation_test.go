package report

import (
	"os"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/bulkpay/bulkpay/ledger"
)

// TestAReportOfASimulationNeverLooksLikeMoney: whoever finds one of these
// files must see at once that nobody was paid; and a real one must not say so.
func TestAReportOfASimulationNeverLooksLikeMoney(t *testing.T) {
	t.Parallel()
	const warning = "SIMULATION: no money moved"
	for gateway, simulated := range map[string]bool{
		ledger.SimulatedGateway: true, ledger.SimulatedGateway + " http://127.0.0.1:8480": true, "https://gateway.example": false,
		"http://127.0.0.1:8443/mex-pay": false, // a real gateway behind a proxy on this machine
	} {
		s := sample()
		s.Batches[0].Summary.Batch.Merchant.Gateway = gateway
		files, err := Write(t.Context(), t.TempDir(), "x", s, Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			text := content(t, file)
			says := strings.Contains(text, warning) || strings.Contains(text, `"simulated":true`) || strings.Contains(text, `"simulated": true`)
			if says != simulated {
				t.Errorf("%s, gateway %s: says so: %v", file.Format, gateway, says)
			}
		}
		var text strings.Builder
		if err := WriteText(&text, s, TextOptions{}); err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(text.String(), warning) != simulated {
			t.Errorf("terminal, gateway %s:\n%s", gateway, text.String())
		}
	}
}

// content is a report's text; of a workbook, that of its first sheet.
func content(t *testing.T, file File) string {
	t.Helper()
	if file.Format != "xlsx" {
		raw, err := os.ReadFile(file.Path)
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
	book, err := excelize.OpenFile(file.Path)
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close() //nolint:errcheck // it was only read
	rows, err := book.GetRows(string(summarySheet))
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for _, row := range rows {
		text.WriteString(strings.Join(row, " ") + "\n")
	}
	return text.String()
}
