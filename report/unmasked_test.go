package report

import (
	"context"
	"iter"
	"strings"
	"testing"

	"github.com/bulkpay/bulkpay/internal/lang"
	"github.com/bulkpay/bulkpay/ledger"
)

// Whole account numbers are never in a report that does not say so, on every
// page; and a report that says so has them.
func TestOnlyWhatSaysSoIsUnmasked(t *testing.T) {
	t.Parallel()
	const account = "012180015000000002" // of Ana, row 2
	for _, unmasked := range []bool{false, true} {
		for _, l := range lang.All() {
			source := sample()
			source.Batches[0].Lines = repeating(source.Batches[0].Lines)
			files, err := Write(t.Context(), t.TempDir(), "x", source, Options{Lang: l, Unmasked: unmasked})
			if err != nil {
				t.Fatal(err)
			}
			for _, file := range files {
				text := string(read(t, file.Path))
				says := l.Text("UNMASKED: account numbers are shown whole")
				if file.Format == "csv" {
					says = "UNMASKED: account numbers are shown whole"
				}
				switch file.Format {
				case "xlsx":
					for name, part := range members(t, file.Path) {
						if sheet := strings.HasPrefix(name, "xl/worksheets/sheet"); sheet && strings.Contains(part, says) != unmasked {
							t.Errorf("%s, unmasked %v: %s says it: %v", l, unmasked, name, !unmasked)
						}
						text += part
					}
				case "json":
					says = `"unmasked": true`
				}
				if strings.Contains(text, account) != unmasked || file.Format != "xlsx" && strings.Contains(text, says) != unmasked {
					t.Errorf("%s, %s, unmasked %v: whole %v, says so %v", file.Format, l, unmasked, strings.Contains(text, account), strings.Contains(text, says))
				}
			}
		}
	}
}

// repeating has the gateway, or a person, repeat every account.
func repeating(lines func(context.Context) iter.Seq2[ledger.Line, error]) func(context.Context) iter.Seq2[ledger.Line, error] {
	return func(ctx context.Context) iter.Seq2[ledger.Line, error] {
		return func(yield func(ledger.Line, error) bool) {
			for line, err := range lines(ctx) {
				if line.Payout != nil {
					payout := *line.Payout
					payout.Message += " (account " + payout.PayeeAccount + ")"
					line.Payout = &payout
				}
				if !yield(line, err) {
					return
				}
			}
		}
	}
}
