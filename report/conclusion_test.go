package report

import (
	"strings"
	"testing"

	"github.com/bulkpay/bulkpay/ledger"
)

// The mail that cron sends is read from its end.
func TestTheLastLineNeverSaysTiedOfAReportThatIsNot(t *testing.T) {
	t.Parallel()
	paid := func() Source {
		return source([]ledger.Line{{Payout: payout(2, ledger.Succeeded, "Ana", 10000)}})
	}
	balance := paid()
	balance.Batches[0].Equations = []Equation{{Name: BalanceEquation, Of: balance.Batches[0].Summary.Batch.Code, Left: term("closing balance", 0, 100), Terms: []Term{term("opening balance", 0, 99)}}}
	gateway := paid()
	gateway.Batches[0].Equations = []Equation{gatewayOf(gateway.Batches[0].Summary, 1)}
	statement := paid()
	statement.Matching = &Matching{Equations: []Equation{{Name: StatementEquation, Left: term("s", 1, 100), Terms: []Term{term("matched", 1, 99)}}}}
	for name, one := range map[string]struct {
		source Source
		why    string
	}{
		"nothing is off": {paid(), ""}, "the balance": {balance, "balance: "}, "the gateway": {gateway, "gateway: "}, "a statement": {statement, "statement: "},
	} {
		want := "TIED"
		if one.why != "" {
			want = "NOT TIED: " + one.why
		}
		var text strings.Builder
		if err := WriteText(&text, one.source, TextOptions{}); err != nil {
			t.Fatal(err)
		}
		for form, content := range map[string]string{"text": text.String(), "csv": string(read(t, write(t, one.source)["csv"]))} {
			lines := strings.Split(strings.TrimRight(content, "\r\n"), "\n")
			last := strings.Trim(strings.TrimPrefix(lines[len(lines)-1], "#,"), "\",\r")
			if !strings.HasPrefix(last, want) || one.why == "" && last != want {
				t.Errorf("%s: %s ends in %q, want %q", name, form, last, want)
			}
		}
	}
}
