package xlsx

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// The three benchmarks read the same sheet: this reader, the library, and the
// floor, which is unzipping and encoding/xml without looking at anything.
// BULKPAY_BENCH_ROWS sets how many rows it has.

func benchFile(b *testing.B) (path string, rows int) {
	b.Helper()
	rows = 20_000
	if text := os.Getenv("BULKPAY_BENCH_ROWS"); text != "" {
		rows = must(strconv.Atoi(text))
	}
	path = filepath.Join(b.TempDir(), "big.xlsx")
	file := excelize.NewFile()
	defer file.Close()
	out := must(file.NewStreamWriter("Sheet1"))
	for r := 1; r <= rows; r++ {
		cells := make([]any, 12)
		for c := range cells {
			if cells[c] = fmt.Sprintf("value %d of row %d", c, r); c >= 10 {
				cells[c] = float64(r) + 0.25
			}
		}
		must(0, out.SetRow("A"+strconv.Itoa(r), cells))
	}
	must(0, out.Flush())
	must(0, file.SaveAs(path))
	shareTexts(b, path)
	return path, rows
}

// shareTexts rewrites the workbook as Excel saves it, with the texts in a part
// of their own.
func shareTexts(b *testing.B, path string) {
	b.Helper()
	in := must(zip.OpenReader(path))
	out := must(os.Create(path + "~"))
	archive := zip.NewWriter(out)
	var texts strings.Builder
	texts.WriteString(`<sst ` + sheetNS + `>`)
	for _, part := range in.File {
		content := string(must(io.ReadAll(must(part.Open()))))
		switch {
		case part.Name == "xl/worksheets/sheet1.xml":
			pieces := strings.Split(content, ` t="inlineStr"><is><t>`)
			for i := range pieces[1:] {
				text, rest, _ := strings.Cut(pieces[i+1], "</t></is>")
				texts.WriteString("<si><t>" + text + "</t></si>")
				pieces[i+1] = ` t="s"><v>` + strconv.Itoa(i) + "</v>" + rest
			}
			content = strings.Join(pieces, "")
		case part.Name == "xl/_rels/workbook.xml.rels":
			content = strings.Replace(content, "</Relationships>",
				`<Relationship Id="texts" Type="`+officeRel+`sharedStrings" Target="sharedStrings.xml"/></Relationships>`, 1)
		}
		must(must(archive.Create(part.Name)).Write([]byte(content)))
	}
	must(must(archive.Create("xl/sharedStrings.xml")).Write([]byte(texts.String() + "</sst>")))
	must(0, archive.Close())
	must(0, errors.Join(out.Close(), in.Close(), os.Rename(path+"~", path)))
}

func BenchmarkRows(b *testing.B) {
	path, want := benchFile(b)
	b.ReportAllocs()
	for b.Loop() {
		file := must(os.Open(path))
		book := must(Open(file, must(file.Stat()).Size(), Limits{}))
		rows := must(book.Rows(0))
		n, cells := 0, 0
		for {
			row, err := rows.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			n, cells = n+1, cells+len(must(row, err).Cells)
		}
		if n != want || cells != 12*want {
			b.Fatal(n, cells)
		}
		must(0, errors.Join(rows.Close(), file.Close()))
	}
	b.ReportMetric(float64(want)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkExcelize(b *testing.B) {
	path, want := benchFile(b)
	b.ReportAllocs()
	for b.Loop() {
		file := must(excelize.OpenFile(path, excelize.Options{RawCellValue: true}))
		rows := must(file.Rows("Sheet1"))
		n := 0
		for ; rows.Next(); n++ {
			must(rows.Columns(excelize.Options{RawCellValue: true}))
		}
		if n != want {
			b.Fatal(n)
		}
		must(0, errors.Join(rows.Close(), file.Close()))
	}
	b.ReportMetric(float64(want)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkFloor(b *testing.B) {
	path, want := benchFile(b)
	b.ReportAllocs()
	for b.Loop() {
		archive := must(zip.OpenReader(path))
		for _, part := range archive.File {
			content := must(part.Open())
			decoder := xml.NewDecoder(content)
			for {
				if _, err := decoder.RawToken(); errors.Is(err, io.EOF) {
					break
				} else if err != nil {
					b.Fatal(err)
				}
			}
			must(0, content.Close())
		}
		must(0, archive.Close())
	}
	b.ReportMetric(float64(want)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}
