package statement_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/bulkpay/bulkpay/internal/money"
	"github.com/bulkpay/bulkpay/internal/statement"
)

// fuzzFile holds any bytes against what must be so of every file: it is refused with
// problems, or it is a statement whose lines come to what its header says.
func fuzzFile(t *testing.T, path string, data []byte, o statement.Options) {
	t.Helper()
	must(0, os.WriteFile(path, data, 0o600))
	s, err := statement.Open(path, o)
	if err != nil {
		var all *statement.Problems
		if !errors.As(err, &all) || len(all.List) == 0 {
			t.Fatalf("a %T without problems: %v", err, err)
		}
		return
	}
	defer s.Close()
	h := s.Header()
	var lines, moved int
	var out, in, fees int64
	for l, err := range s.Lines() {
		if err != nil {
			t.Fatalf("the second reading: %v", err)
		}
		if lines++; l.Number != lines {
			t.Fatalf("line %d comes as number %d", lines, l.Number)
		}
		checkLine(t, &l, h)
		if !l.Moved() {
			continue
		}
		moved++
		minor, _ := l.Amount.Minor()
		fee, _ := l.Fee.Minor()
		out, in, fees = out+max(minor, 0), in+max(-minor, 0), fees+fee
	}
	if lines != h.Lines || moved != h.Moved || !h.Out.Equal(money.FromMinor(h.Currency, out)) || !h.In.Equal(money.FromMinor(h.Currency, in)) {
		t.Fatalf("%d lines, %d moved, %d out, %d in: %+v", lines, moved, out, in, h)
	}
	if h.Statements == 1 && h.HasOpening && h.HasClosing {
		opening, _ := h.Opening.Minor()
		closing, _ := h.Closing.Minor()
		if opening-out+in-fees != closing {
			t.Fatalf("%d - %d + %d - %d is not %d", opening, out, in, fees, closing)
		}
	}
}

func checkLine(t *testing.T, l *statement.Line, h statement.Header) {
	t.Helper()
	if l.Amount.Currency() != h.Currency || l.Moved() && l.Day == 0 && h.Kind == statement.KindBank || l.Day == 0 && h.Last != 0 {
		t.Fatalf("line %+v of a statement in %s", l, h.Currency.Code)
	}
	for _, text := range append([]string{l.TradeNo, l.PlatFormTradeNo, l.EntryRef, l.Counterparty, l.Narrative, l.StatusWord}, l.References...) {
		if !utf8.ValidString(text) || strings.ContainsAny(text, "\x00\r\n\t\x1b\u202e") || text != strings.Trim(text, " ") {
			t.Fatalf("a text is not clean: %q", text)
		}
	}
	for word := range l.Words() {
		if len(word) < 6 || len(word) > 64 {
			t.Fatalf("a word of %d letters", len(word))
		}
	}
}

// seeds are the samples of a format, by the beginning of their names.
func seeds(f *testing.F, prefix string) {
	f.Helper()
	for _, path := range must(filepath.Glob("testdata/dialects/" + prefix + "*")) {
		if filepath.Ext(path) != ".golden" {
			f.Add(must(os.ReadFile(path)))
		}
	}
}

func FuzzCamt(f *testing.F) {
	seeds(f, "camt")
	f.Add([]byte(camtHead + camtClose + camtNtry + camtFoot))
	path := filepath.Join(f.TempDir(), "s.xml")
	f.Fuzz(func(t *testing.T, data []byte) { fuzzFile(t, path, data, statement.Options{}) })
}

func FuzzMT940(f *testing.F) {
	seeds(f, "mt940")
	f.Add([]byte(swiftHead + ":61:2611211121D10,00NTRFX\n:86:166?20EREF+A?21B\n:62F:C261121MXN90,00\n-\n"))
	path := filepath.Join(f.TempDir(), "s.sta")
	f.Fuzz(func(t *testing.T, data []byte) { fuzzFile(t, path, data, statement.Options{}) })
}

func FuzzTable(f *testing.F) {
	seeds(f, "csv")
	f.Add([]byte("Date,Amount,Direction,Fee,Status,Balance\n2026-11-21,1.00,D,0.10,booked,5.00\n"))
	path := filepath.Join(f.TempDir(), "s.csv")
	f.Fuzz(func(t *testing.T, data []byte) { fuzzFile(t, path, data, statement.Options{Currency: money.MXN}) })
}

// FuzzProfile reads by a profile whose every text is fuzzed.
func FuzzProfile(f *testing.F) {
	f.Add([]byte("a;b;c\n21/11/2026;-1,5;x\n"), "a", "b", "DD/MM/YYYY", "comma", "negative", "semicolon", "")
	f.Add([]byte("2026-11-21,1\n"), "A:", "B:", "2006-01-02", "point", "positive", "", "windows-1252")
	path := filepath.Join(f.TempDir(), "s.csv")
	f.Fuzz(func(t *testing.T, data []byte, day, amount, dates, decimal, out, delimiter, encoding string) {
		p := &statement.Profile{
			Name: "fuzz", Columns: map[statement.Field]statement.Headers{statement.FieldDay: {day}, statement.FieldAmount: {amount}},
			Dates: []string{dates}, Decimal: decimal, Out: out, Delimiter: delimiter, Encoding: encoding,
		}
		if len(p.Check()) > 0 {
			return // the configuration would be refused
		}
		fuzzFile(t, path, data, statement.Options{Currency: money.MXN, Profile: p})
	})
}
