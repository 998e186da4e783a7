package handback

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
)

const manyRows = 200_000

// bigBook makes a workbook of many rows on disk.
func bigBook(t testing.TB, rows int) *os.File {
	t.Helper()
	path := filepath.Join(t.TempDir(), "big.xlsx")
	f := excelize.NewFile()
	defer f.Close()
	must(0, f.SetSheetName("Sheet1", sheetName))
	w := must(f.NewStreamWriter(sheetName))
	row := make([]any, 12)
	for n := 1; n <= rows+1; n++ {
		for i := range row {
			row[i] = fmt.Sprintf("%08d%010d", i, n)
		}
		must(0, w.SetRow(cellName(n, 0), row))
	}
	must(0, w.Flush())
	must(0, f.SaveAs(path))
	file := must(os.Open(path))
	t.Cleanup(func() { _ = file.Close() })
	return file
}

// watched counts what is written, and looks at the heap now and then.
type watched struct {
	size, next int64
	peak       uint64
}

func (w *watched) Write(p []byte) (int, error) {
	if w.size += int64(len(p)); w.size > w.next {
		w.next = w.size + 4<<20
		w.peak = max(w.peak, heap())
	}
	return len(p), nil
}

func heap() uint64 {
	var stats runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}

// Rows stream: what is alive while a workbook is marked does not grow with its
// rows or marks. Not parallel, since it measures the heap of the process.
func TestMemoryIsFlat(t *testing.T) {
	if testing.Short() {
		t.Skip("marks 200,000 rows")
	}
	file := bigBook(t, manyRows)
	o := Options{
		Sheet: sheetName, HeaderRow: 1, LastColumn: 11, Append: outcome,
		Values: func(row int) []string { return []string{"BP", "1", "failed", "no such account"} },
	}
	o.Marks = func(yield func(Mark) bool) {
		for row := 2; row <= manyRows && yield(Mark{Row: row, Column: 3, Problem: "has 18 digits", Want: "a card of 16"}); row++ {
		}
	}
	start := heap()
	out := &watched{}
	began := time.Now()
	if err := Workbook(context.Background(), file, out, o); err != nil {
		t.Fatal(err)
	}
	const most = 24 << 20 // the worksheet has 200 MB
	if out.peak > start+most {
		t.Errorf("the heap grew from %d to %d bytes", start, out.peak)
	}
	t.Logf("%d rows in %s, heap %d KB before and %d KB at most, %d MB written",
		manyRows, time.Since(began).Round(time.Millisecond), start>>10, out.peak>>10, out.size>>20)
}

// BenchmarkWorkbook marks a row in ten; BenchmarkBareWorkbook is the floor,
// unzipping the worksheet and zipping it again.
func BenchmarkWorkbook(b *testing.B) {
	const rows = 20_000
	file := bigBook(b, rows)
	for b.Loop() {
		o := Options{Sheet: sheetName, HeaderRow: 1, LastColumn: 11}
		o.Marks = func(yield func(Mark) bool) {
			for row := 2; row <= rows && yield(Mark{Row: row, Column: 3, Problem: "is wrong"}); row += 10 {
			}
		}
		if err := Workbook(context.Background(), file, io.Discard, o); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(rows*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkBareWorkbook(b *testing.B) {
	const rows = 20_000
	file := bigBook(b, rows)
	size := must(file.Stat()).Size()
	for b.Loop() {
		a := must(openArchive(file, size))
		o := newOut(io.Discard, a)
		content := must(a.open("xl/worksheets/sheet1.xml", maxSheetBytes))
		must(io.Copy(must(o.create("sheet1.xml")), content))
		must(0, o.Close())
	}
	b.ReportMetric(rows*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkCSV(b *testing.B) {
	var text bytes.Buffer
	const rows = 50_000
	for range rows {
		text.WriteString("BBVA,\"María Pérez\",012180001183597190,1500.50,maria@example.com,nómina\r\n")
	}
	for b.Loop() {
		o := Options{HeaderRow: 1, LastColumn: 5}
		o.Marks = func(yield func(Mark) bool) {
			for row := 2; row <= rows && yield(Mark{Row: row, Column: 3, Problem: "is wrong"}); row += 10 {
			}
		}
		if err := csvText(context.Background(), bytes.NewReader(text.Bytes()), io.Discard, o); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(rows*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}
