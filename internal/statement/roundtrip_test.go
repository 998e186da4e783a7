package statement_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/bulkpay/bulkpay/internal/money"
	"github.com/bulkpay/bulkpay/internal/statement"
	"github.com/bulkpay/bulkpay/internal/statement/statementgen"
)

var firstDay = must(statement.ParseDay("2026-11-01"))

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// drawLines draws entries that every format can say, by kind.
func drawLines(t *rapid.T, kind statement.Kind, of money.Currency) []statement.Line {
	var lines []statement.Line
	states := []statement.Status{statement.StatusBooked, statement.StatusBooked, statement.StatusOpen, statement.StatusReturned}
	if kind == statement.KindGateway {
		states = []statement.Status{statement.StatusPaid, statement.StatusPaid, statement.StatusOpen, statement.StatusFailed, statement.StatusReturned}
	}
	for i := range rapid.IntRange(0, 30).Draw(t, "lines") {
		day := firstDay + statement.Day(rapid.IntRange(0, 29).Draw(t, "day"))
		minor := rapid.Int64Range(1, 999_999_999).Draw(t, "amount")
		status := rapid.SampledFrom(states).Draw(t, "status")
		if status == statement.StatusReturned || kind == statement.KindBank && rapid.IntRange(0, 4).Draw(t, "credit") == 0 {
			minor = -minor
		}
		l := statement.Line{
			Number: i + 1, Entry: i + 1, Day: day, Amount: money.FromMinor(of, minor), Status: status,
			EntryRef:  rapid.StringMatching(`[A-Z0-9]{6,12}`).Draw(t, "entryRef"),
			Narrative: rapid.StringMatching(`[A-Z]{2,8}( [A-Z0-9]{1,12}){0,8}`).Draw(t, "narrative"),
		}
		if kind == statement.KindBank {
			l.ValueDay = day + statement.Day(rapid.IntRange(0, 3).Draw(t, "value"))
		}
		if kind == statement.KindGateway || rapid.Bool().Draw(t, "ours") {
			l.TradeNo = rapid.StringMatching(`BP20261[01][0-9]{8}[0-9A-Z]{12}`).Draw(t, "tradeNo")
		} else {
			l.References = []string{rapid.StringMatching(`[A-Z]{3}[0-9]{4,12}`).Draw(t, "reference")}
		}
		lines = append(lines, l)
	}
	return lines
}

// write writes a statement to a file of its own.
func write(t interface {
	Helper()
	Fatal(...any)
}, dir string, format statement.Format, h statement.Header, lines []statement.Line,
) string {
	t.Helper()
	path := filepath.Join(dir, "statement")
	file := must(os.Create(path))
	if err := statementgen.Write(file, format, h, slices.Values(lines)); err != nil {
		t.Fatal(err)
	}
	must(0, file.Close())
	return path
}

func bankHeader(of money.Currency) statement.Header {
	return statement.Header{
		Kind: statement.KindBank, Account: "012180015000000004", Currency: of, First: firstDay, Last: firstDay + 29,
		Opening: money.FromMinor(of, 123_456_789), HasOpening: true,
	}
}

func TestWhatWasWrittenIsRead(t *testing.T) {
	t.Parallel()
	for _, format := range statement.Formats() {
		t.Run(string(format), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			rapid.Check(t, func(t *rapid.T) {
				of := rapid.SampledFrom([]money.Currency{money.MXN, money.KRW}).Draw(t, "currency")
				lines := drawLines(t, statement.KindBank, of)
				path := write(t, dir, format, bankHeader(of), lines)
				s, err := statement.Open(path, statement.Options{Currency: of})
				if err != nil {
					t.Fatal(err)
				}
				defer s.Close()
				compareLines(t, lines, s)
				compareHeader(t, lines, s.Header(), of)
			})
		})
	}
}

func compareLines(t *rapid.T, want []statement.Line, s *statement.Statement) {
	n := 0
	for got, err := range s.Lines() {
		if err != nil {
			t.Fatal(err)
		}
		if n >= len(want) {
			t.Fatalf("more than %d lines", n)
		}
		w := want[n]
		n++
		for name, values := range map[string][2]string{
			"number":   {fmt.Sprint(w.Number, w.Entry), fmt.Sprint(got.Number, got.Entry)},
			"day":      {w.Day.String(), got.Day.String()},
			"value":    {w.ValueDay.String(), got.ValueDay.String()},
			"amount":   {w.Amount.String(), got.Amount.String()},
			"fee":      {w.Fee.Fixed(), got.Fee.Fixed()},
			"status":   {string(w.Status), string(got.Status)},
			"tradeNo":  {w.TradeNo, got.TradeNo},
			"entryRef": {w.EntryRef, got.EntryRef},
			"refs":     {fmt.Sprint(w.References), fmt.Sprint(got.References)},
		} {
			if values[0] != values[1] {
				t.Fatalf("line %d: %s: %q, want %q", n, name, values[1], values[0])
			}
		}
		have := slices.Collect(got.Words())
		for word := range w.Words() {
			if !slices.Contains(have, word) {
				t.Fatalf("line %d: the word %q is lost from %q", n, word, got.NarrativeLines)
			}
		}
	}
	if n != len(want) {
		t.Fatalf("%d lines, want %d", n, len(want))
	}
}

func compareHeader(t *rapid.T, lines []statement.Line, h statement.Header, of money.Currency) {
	var out, in int64
	for i := range lines {
		minor, _ := lines[i].Amount.Minor()
		switch {
		case !lines[i].Moved():
		case minor > 0:
			out += minor
		default:
			in -= minor
		}
	}
	if !h.Out.Equal(money.FromMinor(of, out)) || !h.In.Equal(money.FromMinor(of, in)) || h.Lines != len(lines) {
		t.Fatalf("%s out, %s in, %d lines; want %d, %d, %d", h.Out, h.In, h.Lines, out, in, len(lines))
	}
	if opening, _ := h.Opening.Minor(); h.HasOpening && h.HasClosing {
		closing, _ := h.Closing.Minor()
		if closing != opening-out+in {
			t.Fatalf("closes with %d", closing)
		}
	}
}

func TestOrdersAreRead(t *testing.T) {
	t.Parallel()
	for _, format := range []statement.Format{statement.CSV, statement.XLSX} {
		t.Run(string(format), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			rapid.Check(t, func(t *rapid.T) {
				lines := drawLines(t, statement.KindGateway, money.MXN)
				for i := range lines {
					lines[i].EntryRef = "" // the export has none
				}
				path := write(t, dir, format, statement.Header{Kind: statement.KindGateway, Currency: money.MXN}, lines)
				s, err := statement.Open(path, statement.Options{Currency: money.MXN})
				if err != nil {
					t.Fatal(err)
				}
				defer s.Close()
				if h := s.Header(); h.Kind != statement.KindGateway || h.Profile != statement.PayproProfile {
					t.Fatalf("read as %s of %s", h.Profile, h.Kind)
				}
				compareLines(t, lines, s)
			})
		})
	}
}

// A booking of several payments gives a line for each, and its fees are apart.
func TestBatchBookingsAreTakenApart(t *testing.T) {
	t.Parallel()
	line := func(entry int, minor, fee int64, ref string) statement.Line {
		return statement.Line{
			Entry: entry, Day: firstDay, Amount: money.FromMinor(money.MXN, minor), Fee: money.FromMinor(money.MXN, fee),
			Status: statement.StatusBooked, References: []string{ref}, EntryRef: fmt.Sprintf("E%d", entry),
		}
	}
	lines := []statement.Line{line(1, 100, 5, "A1"), line(1, 200, 0, "A2"), line(1, 300, 7, "A3"), line(2, 400, 9, "B1")}
	path := write(t, t.TempDir(), statement.Camt, bankHeader(money.MXN), lines)
	s := must(statement.Open(path, statement.Options{}))
	defer s.Close()
	var got []string
	for l, err := range s.Lines() {
		got = append(got, fmt.Sprintf("%d %s %s %s %v %v", l.Entry, l.EntryRef, l.Amount.Fixed(), l.Fee.Fixed(), l.References, err))
	}
	want := []string{
		"1 E1/1 1.00 0.05 [A1] <nil>", "1 E1/2 2.00 0 [A2] <nil>", "1 E1/3 3.00 0.07 [A3] <nil>", "2 E2 4.00 0.09 [B1] <nil>",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if h := s.Header(); h.Fees.Fixed() != "0.21" || h.Out.Fixed() != "10.00" {
		t.Errorf("%s out, %s fees", h.Out, h.Fees)
	}
}
