package statement_test

import (
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/bulkpay/bulkpay/internal/money"
	"github.com/bulkpay/bulkpay/internal/statement"
	"github.com/bulkpay/bulkpay/internal/statement/statementgen"
)

// manyLines are lines as a month has them. perEntry is how many payments a booking has.
func manyLines(n, perEntry int, status statement.Status) iter.Seq[statement.Line] {
	return func(yield func(statement.Line) bool) {
		for i := range n {
			l := statement.Line{
				Entry: i/perEntry + 1, Day: firstDay + statement.Day(i*30/n), Amount: money.FromMinor(money.MXN, int64(i%1_000_000+1)), Status: status,
				TradeNo: fmt.Sprintf("BP20261101%06dABCDEF%06d", i%1_000_000, i%1_000_000), PlatFormTradeNo: fmt.Sprintf("sbx%029d", i),
				EntryRef: fmt.Sprintf("E%d", i/perEntry), Narrative: "NOMINA NOVIEMBRE", Counterparty: "646180000000000009",
			}
			if !yield(l) {
				return
			}
		}
	}
}

func writeMany(t testing.TB, format statement.Format, h statement.Header, lines iter.Seq[statement.Line]) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "many")
	file := must(os.Create(path))
	must(0, statementgen.Write(file, format, h, lines))
	must(0, file.Close())
	return path
}

// Lines stream, and so does the check before them: what is alive does not grow with the
// file. Not parallel, since it measures the heap of the process.
func TestMemoryIsFlat(t *testing.T) {
	if testing.Short() {
		t.Skip("reads many lines")
	}
	const lines, most = 12_000, 2 << 20 // the files have 2 to 9 MB
	for name, one := range map[string]struct {
		format   statement.Format
		kind     statement.Kind
		perEntry int
	}{
		"csv":               {statement.CSV, statement.KindGateway, 1},
		"mt940":             {statement.MT940, statement.KindBank, 1},
		"camt.053":          {statement.Camt, statement.KindBank, 1},
		"camt.053, a batch": {statement.Camt, statement.KindBank, lines},
	} {
		t.Run(name, func(t *testing.T) {
			h := bankHeader(money.MXN)
			status := statement.StatusBooked
			if h.Kind = one.kind; h.Kind == statement.KindGateway {
				status = statement.StatusPaid
			}
			generated := manyLines(lines, one.perEntry, status)
			if one.perEntry == lines {
				generated = oneEntry(generated)
			}
			path := writeMany(t, one.format, h, generated)
			before := heap()
			s := must(statement.Open(path, statement.Options{Currency: money.MXN}))
			defer s.Close()
			peak, n := heap(), 0
			for _, err := range s.Lines() {
				if err != nil {
					t.Fatal(err)
				}
				if n++; n%(lines/8) == 0 {
					peak = max(peak, heap())
				}
			}
			if n != lines || peak > before+most {
				t.Errorf("%d lines, the heap grew from %d to %d bytes", n, before, peak)
			}
			t.Logf("heap %d KB before, at most %d KB later", before>>10, peak>>10)
		})
	}
}

// oneEntry makes a booking of all lines, without a reference each of its own.
func oneEntry(lines iter.Seq[statement.Line]) iter.Seq[statement.Line] {
	return func(yield func(statement.Line) bool) {
		for l := range lines {
			l.Entry, l.Day = 1, firstDay
			if !yield(l) {
				return
			}
		}
	}
}

func heap() uint64 {
	var stats runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}

// BenchmarkOpen reads a statement once, BenchmarkLines a second time.
func BenchmarkOpen(b *testing.B) {
	benchmark(b, func(path string) {
		must(0, must(statement.Open(path, statement.Options{Currency: money.MXN})).Close())
	})
}

func BenchmarkOpenAndLines(b *testing.B) {
	benchmark(b, func(path string) {
		s := must(statement.Open(path, statement.Options{Currency: money.MXN}))
		for _, err := range s.Lines() {
			must(0, err)
		}
		must(0, s.Close())
	})
}

func benchmark(b *testing.B, read func(path string)) {
	b.Helper()
	const lines = 100_000
	for _, format := range statement.Formats() {
		b.Run(string(format), func(b *testing.B) {
			path := writeMany(b, format, bankHeader(money.MXN), manyLines(lines, 1, statement.StatusBooked))
			b.ReportAllocs()
			for b.Loop() {
				read(path)
			}
			b.ReportMetric(lines*float64(b.N)/b.Elapsed().Seconds(), "lines/s")
		})
	}
}
