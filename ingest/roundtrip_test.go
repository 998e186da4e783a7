package ingest

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/bulkpay/bulkpay/internal/samplegen"
	"github.com/bulkpay/bulkpay/internal/textfile"
	"github.com/bulkpay/bulkpay/paypro"
	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"
)

// The same rows, in whatever format, dialect, order of columns, language of
// headers and order of rows, are the same rows.
func TestTheSameRowsReadTheSameFromAnyFormat(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		area := rapid.SampledFrom([]*paypro.Area{area("mexico"), area("india")}).Draw(r, "area")
		want := slices.Collect(samplegen.Rows(area, rapid.IntRange(1, 12).Draw(r, "rows"), rapid.Uint64().Draw(r, "seed")))
		for _, row := range want {
			row["remark"] = trim(rapid.StringMatching(`[a-zñ ,;|"'#]{0,20}[a-z]`).Draw(r, "remark"))
		}
		grid := drawGrid(r, area, want)
		plain := readBack(t, "a.csv", drawCSV(r, grid), area)
		book := readBack(t, "a.xlsx", gridWorkbook(t, grid), area)
		wanted := make([]paypro.Values, len(want))
		for i, row := range want {
			wanted[i] = maps.Clone(row)
			for name, value := range samplegen.Constants() {
				if area.Field(name) != nil {
					wanted[i][name] = value
				}
			}
		}
		var first, second Digest
		for i := range wanted {
			if diff := cmp.Diff(wanted[i], plain[i].Values); diff != "" {
				r.Fatalf("CSV: %s", diff)
			}
			if diff := cmp.Diff(wanted[i], book[i].Values); diff != "" {
				r.Fatalf("XLSX: %s", diff)
			}
			if plain[i].Fingerprint() != book[i].Fingerprint() || plain[i].Fingerprint() != (Row{Values: want[i]}).Fingerprint() {
				r.Fatalf("row %d has several fingerprints", i)
			}
			if len(plain[i].Problems)+len(book[i].Problems) > 0 {
				r.Fatalf("row %d: %v %v", i, plain[i].Problems, book[i].Problems)
			}
			first.Add(plain[i])
			second.Add(book[len(book)-1-i])
		}
		if first.Sum() != second.Sum() {
			r.Fatal("the digest depends on the order")
		}
	})
}

// drawGrid lays rows out with their columns in any order.
func drawGrid(r *rapid.T, area *paypro.Area, rows []paypro.Values) [][]string {
	language := rapid.SampledFrom([]samplegen.Language{samplegen.English, samplegen.Wire, samplegen.LanguageOf(area)}).Draw(r, "language")
	columns := rapid.Permutation(samplegen.Columns(area, language)).Draw(r, "columns")
	grid := [][]string{make([]string, len(columns))}
	for i, column := range columns {
		grid[0][i] = column.Header
	}
	for _, row := range rows {
		cells := make([]string, len(columns))
		for i, column := range columns {
			cells[i] = row[column.Field]
		}
		grid = append(grid, cells)
	}
	return grid
}

// drawCSV writes a grid in some dialect.
func drawCSV(r *rapid.T, grid [][]string) []byte {
	delimiter := rapid.SampledFrom([]rune{',', ';', '\t', '|'}).Draw(r, "delimiter")
	end := rapid.SampledFrom([]string{"\n", "\r\n"}).Draw(r, "end")
	var out bytes.Buffer
	if rapid.Bool().Draw(r, "mark") {
		out.Write(textfile.BOM)
	}
	if rapid.Bool().Draw(r, "all quoted") {
		for _, row := range grid {
			for i, cell := range row {
				if i > 0 {
					out.WriteRune(delimiter)
				}
				out.WriteString(`"` + strings.ReplaceAll(cell, `"`, `""`) + `"`)
			}
			out.WriteString(end)
		}
		return out.Bytes()
	}
	writer := csv.NewWriter(&out)
	writer.Comma, writer.UseCRLF = delimiter, end == "\r\n"
	must(0, writer.WriteAll(grid))
	return out.Bytes()
}

func gridWorkbook(t testing.TB, grid [][]string) []byte {
	t.Helper()
	book := excelize.NewFile()
	defer book.Close()
	for i, row := range grid {
		must(0, book.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row))
	}
	return must(book.WriteToBuffer()).Bytes()
}

func readBack(t *testing.T, name string, content []byte, area *paypro.Area) []Row {
	t.Helper()
	sheet := must(setup(t, name, content, Options{Area: area}))
	if got := sheet.HeaderRow(); got != 1 {
		t.Fatalf("header in row %d", got)
	}
	return drain(t, sheet)
}

func TestFingerprintsTellContentApart(t *testing.T) {
	t.Parallel()
	prints := map[[32]byte]int{}
	for i, values := range []paypro.Values{
		{}, {"a": "bc"}, {"ab": "c"}, {"a": "b", "c": "d"}, {"a": "bcd"}, {"a": "d", "c": "b"},
	} {
		prints[Row{Values: values}.Fingerprint()] = i
	}
	if len(prints) != 6 {
		t.Errorf("only %d of 6 differ", len(prints))
	}
	same := Row{Values: paypro.Values{"a": "b", "notifyUrl": "https://x", "ipAddress": "::1", "z": ""}}
	if same.Fingerprint() != (Row{Values: paypro.Values{"a": "b"}}).Fingerprint() {
		t.Error("a setting changes the fingerprint")
	}
	row := Row{Values: paypro.Values{"a": "b"}}
	var none, once, twice Digest
	once.Add(row)
	twice.Add(row)
	twice.Add(row)
	if none.Sum() == once.Sum() || once.Sum() == twice.Sum() || none.Sum() == twice.Sum() {
		t.Error("the digest loses rows that stand twice")
	}
}

// A sheet given again after a setting has changed is the same sheet.
func TestConstantsAreNoPartOfTheFingerprint(t *testing.T) {
	t.Parallel()
	read := func(constants map[string]string) [32]byte {
		rows := drain(t, must(setup(t, "a.csv", []byte(mexicanHeader+"\n"+mexicanRow), Options{Constants: constants})))
		return rows[0].Fingerprint()
	}
	if read(map[string]string{"notifyUrl": "https://a.example.com/", "remark": "x"}) != read(map[string]string{"notifyUrl": "https://b.example.com/"}) {
		t.Error("a constant changes the fingerprint")
	}
}
