package ingest

import (
	"encoding/csv"
	"errors"
	"io"
	"iter"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/bulkpay/bulkpay/internal/samplegen"
	"github.com/bulkpay/bulkpay/paypro"
)

const manyRows = 200_000

// bigFile makes a sheet of many rows.
func bigFile(t testing.TB) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "big.csv")
	file := must(os.Create(path))
	mexico := area("mexico")
	must(0, samplegen.WriteCSV(file, mexico, samplegen.Spanish, unsuspected(samplegen.Rows(mexico, manyRows, 1))))
	must(0, file.Close())
	return path
}

// unsuspected gives accounts that end in zeros by chance another ending, so
// that nothing is asked about them.
func unsuspected(rows iter.Seq[paypro.Values]) iter.Seq[paypro.Values] {
	return func(yield func(paypro.Values) bool) {
		for row := range rows {
			if row["customerAccountType"] == "CLABE" && isCut(row["customerAccount"]) {
				row["customerAccount"] = samplegen.CLABE("072", 12345)
			}
			if !yield(row) {
				return
			}
		}
	}
}

// Rows stream: what is alive while the sheet is read does not grow with it.
// Not parallel, since it measures the heap of the process.
func TestMemoryIsFlat(t *testing.T) {
	if testing.Short() {
		t.Skip("reads 200,000 rows")
	}
	path := bigFile(t)
	sheet := must(openConfigured(t, path, Options{}))
	heap := func() uint64 {
		var stats runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&stats)
		return stats.HeapAlloc
	}
	const most = 8 << 20 // the file has 25 MB
	var digest Digest
	var start, peak uint64
	n := 0
	for row, err := range sheet.Rows() {
		if err != nil || len(row.Problems) > 0 {
			t.Fatal(err, row.Problems)
		}
		digest.Add(row)
		if n++; n == 1 {
			start = heap()
		} else if n%20_000 == 0 {
			peak = max(peak, heap())
		}
	}
	if n != manyRows {
		t.Errorf("%d rows", n)
	}
	if peak > start+most {
		t.Errorf("the heap grew from %d to %d bytes", start, peak)
	}
	t.Logf("heap %d KB at the first row, at most %d KB later", start>>10, peak>>10)
}

// The same of a workbook, whose shared texts are all that may grow.
func TestMemoryOfAWorkbookIsFlat(t *testing.T) {
	if testing.Short() {
		t.Skip("writes and reads 20,000 rows")
	}
	const rows = 20_000
	path := filepath.Join(t.TempDir(), "big.xlsx")
	mexico := area("mexico")
	must(0, samplegen.WriteXLSX(path, "", mexico, samplegen.Spanish, samplegen.Rows(mexico, rows, 1)))
	sheet := must(openConfigured(t, path, Options{}))
	var start, peak uint64
	n := 0
	for row, err := range sheet.Rows() {
		if err != nil || len(row.Problems) > 0 {
			t.Fatal(err, row.Problems)
		}
		if n++; n%(rows/8) == 1 {
			var stats runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&stats)
			if n == 1 {
				start = stats.HeapAlloc
			}
			peak = max(peak, stats.HeapAlloc)
		}
	}
	if n != rows || peak > start+(2<<20) {
		t.Errorf("%d rows, the heap grew from %d to %d bytes", n, start, peak)
	}
}

// BenchmarkCheckCSV reads and checks rows; BenchmarkBareCSV is the floor,
// encoding/csv alone over the same file.
func BenchmarkCheckCSV(b *testing.B) {
	path := bigFile(b)
	b.ReportAllocs()
	for b.Loop() {
		sheet := must(Open(path, Options{Constants: samplegen.Constants()}))
		for row, err := range sheet.Rows() {
			if err != nil || len(row.Problems) > 0 {
				b.Fatal(err, row.Problems)
			}
		}
		must(0, sheet.Close())
	}
	b.ReportMetric(float64(manyRows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

// BenchmarkCheckCSVDigest is the same with the fingerprint of each row.
func BenchmarkCheckCSVDigest(b *testing.B) {
	path := bigFile(b)
	for b.Loop() {
		var digest Digest
		sheet := must(Open(path, Options{Constants: samplegen.Constants()}))
		for row := range sheet.Rows() {
			digest.Add(row)
		}
		must(0, sheet.Close())
	}
	b.ReportMetric(float64(manyRows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkBareCSV(b *testing.B) {
	path := bigFile(b)
	for b.Loop() {
		file := must(os.Open(path))
		reader := csv.NewReader(file)
		reader.ReuseRecord = true
		for {
			if _, err := reader.Read(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				b.Fatal(err)
			}
		}
		file.Close()
	}
	b.ReportMetric(float64(manyRows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

// BenchmarkMillionRows is a sheet of a million rows, beside its floor: what
// encoding/csv takes for the same file is reported with it.
func BenchmarkMillionRows(b *testing.B) {
	const rows = 1_000_000
	path := filepath.Join(b.TempDir(), "million.csv")
	file := must(os.Create(path))
	mexico := area("mexico")
	must(0, samplegen.WriteCSV(file, mexico, samplegen.Spanish, unsuspected(samplegen.Rows(mexico, rows, 1))))
	must(0, file.Close())
	began := time.Now()
	source := must(os.Open(path))
	reader := csv.NewReader(source)
	reader.ReuseRecord = true
	for {
		if _, err := reader.Read(); err != nil {
			break
		}
	}
	must(0, source.Close())
	floor := time.Since(began)
	var peak uint64
	for b.Loop() {
		sheet := must(Open(path, Options{Constants: samplegen.Constants()}))
		n := 0
		for row, err := range sheet.Rows() {
			if err != nil || len(row.Problems) > 0 {
				b.Fatal(err, row.Problems)
			}
			if n++; n%100_000 == 0 {
				var stats runtime.MemStats
				runtime.ReadMemStats(&stats)
				peak = max(peak, stats.HeapInuse)
			}
		}
		must(0, sheet.Close())
	}
	b.ReportMetric(floor.Seconds(), "floor-s")
	b.ReportMetric(float64(peak)/(1<<20), "peak-MB")
}

// BenchmarkCheckXLSX reads and checks a workbook.
func BenchmarkCheckXLSX(b *testing.B) {
	const rows = 10_000
	path := filepath.Join(b.TempDir(), "big.xlsx")
	mexico := area("mexico")
	must(0, samplegen.WriteXLSX(path, "", mexico, samplegen.Spanish, samplegen.Rows(mexico, rows, 1)))
	for b.Loop() {
		sheet := must(Open(path, Options{Constants: samplegen.Constants()}))
		for row, err := range sheet.Rows() {
			if err != nil || len(row.Problems) > 0 {
				b.Fatal(err, row.Problems)
			}
		}
		must(0, sheet.Close())
	}
	b.ReportMetric(rows*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}
