package xlsx

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// FuzzRead reads any bytes as a workbook: no panic, rows and cells in order,
// every error an [*Error], and the same again.
func FuzzRead(f *testing.F) {
	f.Add(plain(oneRow).zip())
	f.Add(plain(`<row r="1" hidden="1"><c r="A1" s="1" t="n"><f>B1</f><v>46347.5</v></c><c r="C1" t="inlineStr"><is><r><t>a</t></r></is></c></row>`).zip())
	for _, pattern := range []string{"../../samples/*.xlsx", "../../ingest/testdata/corpus/*.xlsx"} {
		for _, path := range must(filepath.Glob(pattern)) {
			if info := must(os.Stat(path)); info.Size() < 20<<10 {
				f.Add(must(os.ReadFile(path)))
			}
		}
	}
	limits := Limits{Unzipped: 4 << 20, Strings: 1 << 20, Columns: 256}
	f.Fuzz(func(t *testing.T, file []byte) {
		book, err := openBytes(file, limits)
		if err != nil {
			mustBeOurs(t, err)
			return
		}
		for i := range book.Sheets() {
			first, err1 := readSheet(t, book, i)
			second, err2 := readSheet(t, book, i)
			if !bytes.Equal(first, second) || (err1 == nil) != (err2 == nil) {
				t.Fatal("read twice, not the same")
			}
		}
	})
}

// FuzzSheet does the same with the XML of a worksheet, which bytes of an
// archive seldom become.
func FuzzSheet(f *testing.F) {
	f.Add(`<row r="1"><c r="A1" t="s"><v>1</v></c></row>`)
	f.Add(`<row r="1" hidden="1"><c r="A1" s="1" t="n"><f>B1</f><v>46347.5</v></c><c r="C1" t="inlineStr"><is><r><t>a</t></r></is></c></row>`)
	f.Add(`<row><c t="str"><v>_xD83D__xDE00_</v></c><c t="d"><v>2026-11-21T10:00:00Z</v></c><c t="e"><v>#N/A</v></c><c t="b"><v>0</v></c></row></sheetData><sheetData>`)
	f.Fuzz(func(t *testing.T, rows string) {
		book, err := openBytes(plain(rows).zip(), Limits{Columns: 256})
		if err != nil {
			t.Fatal(err)
		}
		text, err := readSheet(t, book, 0)
		if err == nil && strings.Count(string(text), "\n") > strings.Count(rows, "<") {
			t.Fatal("more rows than were written")
		}
	})
}

func mustBeOurs(t *testing.T, err error) {
	t.Helper()
	if known := (*Error)(nil); !errors.As(err, &known) {
		t.Fatalf("a stranger: %T %v", err, err)
	}
}

// readSheet reads a sheet to its end and looks at what it is told.
func readSheet(t *testing.T, book *Book, index int) ([]byte, error) {
	t.Helper()
	rows, err := book.Rows(index)
	if err != nil {
		mustBeOurs(t, err)
		return nil, err
	}
	defer rows.Close()
	var out []byte
	for last := 0; ; {
		row, err := rows.Next()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			mustBeOurs(t, err)
			return out, err
		}
		if row.Number <= last || len(row.Cells) == 0 {
			t.Fatal("rows out of order, or empty")
		}
		last = row.Number
		column := -1
		for _, cell := range row.Cells {
			if cell.Column <= column || cell.Text == "" && !cell.Formula {
				t.Fatal("cells out of order, or empty")
			}
			column = cell.Column
		}
		out = append(append(out, rowLine(row)...), '\n')
	}
}
