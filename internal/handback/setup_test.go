package handback

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// mark gives the workbook back, marked.
func mark(t testing.TB, book []byte, o Options) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := workbook(context.Background(), bytes.NewReader(book), int64(len(book)), &b, o); err != nil {
		t.Fatal(err)
	}
	for name, text := range parts(t, b.Bytes()) {
		wellFormed(t, name, text)
	}
	if dir := os.Getenv("HANDBACK_KEEP"); dir != "" {
		name := strings.ReplaceAll(t.Name(), "/", "-")
		for n := 1; ; n++ {
			path := filepath.Join(dir, name+"-"+string(rune('0'+n))+".xlsx")
			if _, err := os.Stat(path); err != nil {
				must(0, os.WriteFile(path, b.Bytes(), 0o600))
				break
			}
		}
	}
	return b.Bytes()
}

// wellFormed fails the test unless a part is XML to the letter.
func wellFormed(t testing.TB, name, text string) {
	t.Helper()
	decoder := xml.NewDecoder(strings.NewReader(text))
	for {
		if _, err := decoder.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Errorf("%s: %v", name, err)
			return
		}
	}
}

func opened(t testing.TB, book []byte) *excelize.File {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(book))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

func saved(f *excelize.File) []byte {
	var b bytes.Buffer
	must(f.WriteTo(&b))
	return b.Bytes()
}

// parts are the contents of a zip.
func parts(t testing.TB, book []byte) map[string]string {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(book), int64(len(book)))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, f := range r.File {
		if _, twice := all[f.Name]; twice {
			t.Errorf("part %s twice", f.Name)
		}
		content := must(f.Open())
		all[f.Name] = string(must(io.ReadAll(content)))
	}
	return all
}

// zipped is the opposite of parts.
func zipped(all map[string]string) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	names := make([]string, 0, len(all))
	for name := range all {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		part := must(w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store}))
		must(part.Write([]byte(all[name])))
	}
	must(0, w.Close())
	return b.Bytes()
}

const sheetName = "Nómina"

var headers = []string{"Banco", "Beneficiario", "CLABE", "Importe", "Correo", "Concepto"}

// salaries is a workbook as a finance team keeps it: title, styled header,
// banded rows, formats, a comment, a merged title, a table of notes beside,
// formulas, a conditional format, a drop-down, frozen panes, a hidden row, a
// second sheet.
func salaries(t testing.TB, rows int) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	try := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	try(f.SetSheetName("Sheet1", sheetName))
	must(f.NewSheet("Cuentas"))
	try(f.SetCellValue("Cuentas", "A1", "=not a formula"))
	style := func(s excelize.Style) int { return must(f.NewStyle(&s)) }
	dark := style(excelize.Style{
		Font: &excelize.Font{Bold: true, Color: "FFFFFF"}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"1F4E78"}},
		Alignment: &excelize.Alignment{Vertical: "center", WrapText: true},
	})
	money := "#,##0.00"
	line := []excelize.Border{{Type: "bottom", Color: "BBBBBB", Style: 1}}
	band := excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"EEF3F8"}}
	text := []int{style(excelize.Style{NumFmt: 49, Border: line}), style(excelize.Style{NumFmt: 49, Border: line, Fill: band})}
	amount := []int{
		style(excelize.Style{CustomNumFmt: &money, Border: line, Font: &excelize.Font{Bold: true}}),
		style(excelize.Style{CustomNumFmt: &money, Border: line, Fill: band, Font: &excelize.Font{Bold: true}}),
	}
	try(f.SetCellValue(sheetName, "A1", "Nómina noviembre 2026"))
	try(f.MergeCell(sheetName, "A1", "F1"))
	for i, header := range headers {
		try(f.SetCellValue(sheetName, cellName(3, i), header))
	}
	try(f.SetCellStyle(sheetName, "A3", "F3", dark))
	try(f.SetRowHeight(sheetName, 3, 24))
	for i, width := range []float64{14, 28, 24, 13, 30, 22} {
		try(f.SetColWidth(sheetName, letters(i), letters(i), width))
	}
	for n := range rows {
		row := n + 4
		for i, value := range []any{"BBVA", "María Pérez Ñandú", "01218000118359719" + string(rune('0'+n%10)), 1500.5 + float64(n), "maria@example.com", "nómina & bono"} {
			if i == 5 && n%4 == 3 {
				continue // an empty cell that is not there
			}
			try(f.SetCellValue(sheetName, cellName(row, i), value))
			s := text[n%2]
			if i == 3 {
				s = amount[n%2]
			}
			try(f.SetCellStyle(sheetName, cellName(row, i), cellName(row, i), s))
		}
	}
	features(t, f, rows+3)
	return saved(f)
}

// features adds what else a sheet of so many rows has.
func features(t testing.TB, f *excelize.File, last int) {
	t.Helper()
	try := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	try(f.SetCellFormula(sheetName, cellName(last+2, 3), "SUM(D4:"+cellName(last, 3)+")"))
	try(f.AutoFilter(sheetName, "A3:"+cellName(last, 5), nil))
	try(f.SetPanes(sheetName, &excelize.Panes{Freeze: true, YSplit: 3, TopLeftCell: "A4", ActivePane: "bottomLeft"}))
	try(f.SetRowVisible(sheetName, 10, false))
	try(f.SetDefinedName(&excelize.DefinedName{Name: "zona", RefersTo: "Cuentas!$A$1"}))
	landscape, wide, high, fit := "landscape", 1, 0, true
	try(f.SetPageLayout(sheetName, &excelize.PageLayoutOptions{Orientation: &landscape, FitToWidth: &wide, FitToHeight: &high}))
	try(f.SetSheetProps(sheetName, &excelize.SheetPropsOptions{FitToPage: &fit}))
	try(f.AddComment(sheetName, excelize.Comment{Cell: "B5", Author: "Ana", Text: "ask her"}))
	red := must(f.NewConditionalStyle(&excelize.Style{Font: &excelize.Font{Color: "9A0511"}}))
	try(f.SetConditionalFormat(sheetName, "D4:"+cellName(last, 3), []excelize.ConditionalFormatOptions{
		{Type: "cell", Criteria: ">", Format: &red, Value: "1504"},
	}))
	choices := excelize.NewDataValidation(true)
	choices.Sqref = "A4:" + cellName(last, 0)
	try(choices.SetDropList([]string{"BBVA", "Banorte"}))
	try(f.AddDataValidation(sheetName, choices))
}

func salariesOptions(marks ...Mark) Options {
	o := Options{Sheet: sheetName, HeaderRow: 3, LastColumn: 5, Headers: headers}
	o.Marks = slices.Values(marks)
	return o
}

var someMarks = []Mark{
	{Row: 4, Column: 2, Problem: "has 17 digits", Want: "a CLABE of 18 digits", Suggest: "012180001183597190"},
	{Row: 5, Column: 1, Problem: "is the name of another payee last month", Warning: true},
	{Row: 5, Column: 3, Problem: "has three decimals", Want: "an amount with at most two"},
	{Row: 5, Column: 3, Problem: "is ten times the usual", Warning: true},
	{Row: 7, Column: 5, Problem: "is missing", Want: "a text of at most 40 letters"},
	{Row: 8, Column: -1, Problem: "is the same payout as row 4", Want: "one of the two"},
}
