package statement_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bulkpay/bulkpay/internal/money"
	"github.com/bulkpay/bulkpay/internal/statement"
)

var update = flag.Bool("update", false, "write the expected readings anew")

// told is a statement as text, everything that was read of it.
func told(s *statement.Statement) string {
	var b strings.Builder
	h := s.Header()
	fmt.Fprintf(&b, "%s\nprofile %q, %d statements, currency %s, %d of %d lines moved, out %s, in %s, fees %s\n",
		h, h.Profile, h.Statements, h.Currency.Code, h.Moved, h.Lines, h.Out, h.In, h.Fees)
	if h.HasOpening {
		fmt.Fprintln(&b, "opening", h.Opening)
	}
	if h.HasClosing {
		fmt.Fprintln(&b, "closing", h.Closing)
	}
	for _, text := range s.Assumed() {
		fmt.Fprintln(&b, "assumed:", text)
	}
	for l, err := range s.Lines() {
		if err != nil {
			fmt.Fprintln(&b, err)
			break
		}
		fmt.Fprintf(&b, "\nline %d, entry %d, row %d: %s value %s: %s fee %s, %s %q reversal %t\n",
			l.Number, l.Entry, l.Position.Row, l.Day, l.ValueDay, l.Amount, l.Fee, l.Status, l.StatusWord, l.Reversal)
		fmt.Fprintf(&b, "  tradeNo %q platform %q references %q entry %q account %q\n",
			l.TradeNo, l.PlatFormTradeNo, l.References, l.EntryRef, l.Counterparty)
		fmt.Fprintf(&b, "  %q\n", l.NarrativeLines)
		for word := range l.Words() {
			fmt.Fprintf(&b, "  word %s\n", word)
		}
	}
	return b.String()
}

func TestDialects(t *testing.T) {
	t.Parallel()
	files := must(filepath.Glob("testdata/dialects/*"))
	if len(files) < 12 {
		t.Fatalf("%d files", len(files))
	}
	for _, path := range files {
		if filepath.Ext(path) == ".golden" {
			continue
		}
		t.Run(filepath.Base(path), func(t *testing.T) {
			t.Parallel()
			o := statement.Options{}
			if !strings.Contains(path, "germany") && !strings.Contains(path, "netherlands") {
				o.Currency = money.MXN
			}
			if strings.Contains(path, "india") {
				o.Currency = money.INR
			}
			s, err := statement.Open(path, o)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			got := told(s)
			golden := path + ".golden"
			if *update {
				must(0, os.WriteFile(golden, []byte(got), 0o644))
			}
			if diff := cmp.Diff(string(must(os.ReadFile(golden))), got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}
