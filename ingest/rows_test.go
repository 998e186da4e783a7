package ingest

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/bulkpay/bulkpay/internal/samplegen"
	"github.com/bulkpay/bulkpay/internal/textfile"
	"github.com/google/go-cmp/cmp"
)

// summary is what a test compares: a row's number and what is wrong with it.
func summary(rows []Row) string {
	var out strings.Builder
	for _, row := range rows {
		fmt.Fprintf(&out, "%d", row.Number)
		for _, problem := range row.Problems {
			fmt.Fprintf(&out, " %s:%s", problem.Column, problem.What)
		}
		out.WriteString("\n")
	}
	return out.String()
}

func TestRowNumbersAreThoseOfTheFile(t *testing.T) {
	t.Parallel()
	content := "Banco,Nombre,Tipo de cuenta,Cuenta,Monto,Notas\r\n" + // 1
		mexicanRow + ",\"dos\r\nlíneas\r\n\"\r\n" + // 2 to 4
		"\r\n" + // 5
		mexicanRow + "\r\n" + // 6
		" ,\u00a0,,,,\r\n" + // 7: nothing visible
		",,,,,solo una nota\r\n" + // 8: nothing in a known column
		mexicanRow + ",,,,\r\n" + // 9: empty cells beyond the header
		"\"BANORTE\"x,Ana,CLABE,1,1,\r\n" + // 10
		mexicanRow + ",a,b\r\n" + // 11
		",,,,1500" // 12
	sheet := must(setup(t, "a.csv", []byte(content), Options{}))
	const want = `2
6
9
10 :has a quotation mark in the wrong place
11 G:is filled, and the header ends before it: the cells of this row may have moved
12 A:is empty B:is empty C:is empty D:is empty
`
	for range 2 { // a sheet may be read again
		if diff := cmp.Diff(want, summary(drain(t, sheet))); diff != "" {
			t.Error(diff)
		}
	}
}

func TestValuesAreTrimmedAndOtherwiseLeftAlone(t *testing.T) {
	t.Parallel()
	content := mexicanHeader + ",celular,Concepto\n" +
		"\ufeff BANORTE\u00a0,\u200bAna  Ruíz\t,tarjeta de débito,4000000000000002,\u30001500,,\" a \"\"b\"\", c \"\n"
	sheet := must(setup(t, "a.csv", []byte(content), Options{}))
	rows := drain(t, sheet)
	want := map[string]string{
		"wayCode": "BANORTE", "customerName": "Ana  Ruíz", "customerAccountType": "DebitCard", "customerAccount": "4000000000000002",
		"amount": "1500", "remark": `a "b", c`, "notifyUrl": "https://pay.example.com/callback",
	}
	if diff := cmp.Diff(want, map[string]string(rows[0].Values)); diff != "" {
		t.Error(diff)
	}
	if len(rows[0].Problems) > 0 || rows[0].Amount.String() != "1,500.00 MXN" {
		t.Errorf("%v %v", rows[0].Problems, rows[0].Amount)
	}
}

func TestAFaultyRowStillCountsInTheSum(t *testing.T) {
	t.Parallel()
	content := mexicanHeader + "\n,,,,1500\n,,,,1500.50\n,,,,\"1,500\"\nx,,,,\n"
	var got []string
	for _, row := range drain(t, must(setup(t, "a.csv", []byte(content), Options{}))) {
		got = append(got, fmt.Sprintf("%t %s", row.AmountRead, row.Amount))
	}
	if diff := cmp.Diff([]string{"true 1,500.00 MXN", "true 1,500.50 MXN", "true 1,500.00 MXN", "false 0"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestAConstantDoesNotCoverAnErrorInACell(t *testing.T) {
	t.Parallel()
	content := mexicanHeader + ",webhook\n" + mexicanRow + ",#N/A\n" + mexicanRow + ",\n" + mexicanRow + ",https://other.example.com/\n"
	rows := drain(t, must(setup(t, "a.csv", []byte(content), Options{})))
	if got := summary(rows); got != "2 F:holds an error of the spreadsheet such as #N/A\n3\n4\n" {
		t.Error(got)
	}
	if rows[1].Values["notifyUrl"] == "" || rows[2].Values["notifyUrl"] != "https://other.example.com/" {
		t.Error("constants are not for empty cells alone")
	}
}

func TestReadingEndsWithCoordinatesWhereItCannotGoOn(t *testing.T) {
	t.Parallel()
	padding := strings.Repeat(mexicanRow+"\n", 3000) // beyond what is looked at first
	for name, test := range map[string]struct{ tail, want string }{
		"never closed": {"BANORTE,\"Ana,CLABE,1,1\n" + mexicanRow + "\n", "row 3002: a quotation mark that opens a cell here is not closed"},
		"too long":     {"\"" + strings.Repeat(mexicanRow+"\n", 50_000), "row 3002: a row beginning here or soon after has more than 1 MB"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sheet := must(setup(t, "a.csv", []byte(mexicanHeader+"\n"+padding+test.tail), Options{}))
			n := 0
			var last error
			for _, err := range sheet.Rows() {
				if last = err; err == nil {
					n++
				}
			}
			if n != 3000 || last == nil || !strings.Contains(last.Error(), "a.csv: "+test.want) {
				t.Errorf("%d rows, then %v", n, last)
			}
		})
	}
}

// What the survey did not get to see has not been judged as part of a whole.
func TestRowsAfterABrokenSurveyAreNotTheWholeSheet(t *testing.T) {
	t.Parallel()
	sheet := must(setup(t, "a.csv", []byte(mexicanHeader+"\n"+mexicanRow+"\n"), Options{}))
	sheet.found.err = io.ErrUnexpectedEOF
	n := 0
	var last error
	for _, last = range sheet.Rows() {
		n++
	}
	if n != 2 || !errors.Is(last, io.ErrUnexpectedEOF) {
		t.Errorf("%d, %v", n, last)
	}
}

func TestACellLongerThanExcelKeepsIsAProblem(t *testing.T) {
	t.Parallel()
	content := mexicanHeader + "\nBANORTE," + strings.Repeat("é", maxCellChars+1) + ",CLABE,072180000012345012,1500\n"
	if got := summary(drain(t, must(setup(t, "a.csv", []byte(content), Options{})))); got != "2 B:has more than 32,767 characters\n" {
		t.Error(got)
	}
}

func TestAHeaderWiderThanTheLimitIsRefused(t *testing.T) {
	t.Parallel()
	_, err := setup(t, "a.csv", []byte(mexicanHeader+strings.Repeat(",x", maxColumns)+"\n"), Options{})
	if err == nil || !strings.Contains(err.Error(), "a.csv: row 1: has more than 256 columns") {
		t.Error(err)
	}
}

func TestRowsBeyondTheLimitEndTheReading(t *testing.T) {
	t.Parallel()
	w := newWindow(newMapping(tableFor(area("mexico")), strings.Split(mexicanHeader, ","), nil))
	w.rows = maxRows - 1
	rows := newCSVReader(strings.NewReader(mexicanRow+"\n"+mexicanRow+"\n"), ',', textfile.UTF8, false)
	if err := w.fill(rows); err == nil || !strings.Contains(err.Error(), "row 2: is beyond the 5,000,000 rows") {
		t.Error(err)
	}
}

func TestStoppingEarlyLeavesNothingOpen(t *testing.T) {
	t.Parallel()
	content := workbookBytes(t, map[string][][]any{"A": {{"Banco", "Nombre", "Tipo de cuenta", "Cuenta", "Monto"}, {"x"}, {"y"}}})
	sheet := must(setup(t, "a.xlsx", content, Options{}))
	for range 2 {
		for row := range sheet.Rows() {
			if row.Number != 2 {
				t.Errorf("begins with row %d", row.Number)
			}
			break
		}
	}
}

func TestXLSXNumbersTextsAndGaps(t *testing.T) {
	t.Parallel()
	content := workbookBytes(t, map[string][][]any{"A": {
		{"Nómina"},
		{},
		{"Banco", "Nombre", "Tipo de cuenta", "Cuenta", "Monto"},
		{"BANORTE", "Ana Ruiz", "CLABE", "072180000012345012", 1500, "al lado"},
		{},
		{},
		{"BANORTE", "Ana Ruiz", "CLABE", samplegen.CLABE("002", 0), 1500.75},
		{"BANORTE", "Ana Ruiz", "CLABE", 6.4618e17, 1500},
	}})
	sheet := must(setup(t, "a.xlsx", content, Options{}))
	rows := drain(t, sheet)
	const want = `4
7 E:has decimals, which the gateway does not take
8 D:is kept as a number, of which a spreadsheet keeps 15 digits: the rest are lost
`
	if diff := cmp.Diff(want, summary(rows)); diff != "" {
		t.Error(diff)
	}
	if rows[1].Values["customerAccount"] != samplegen.CLABE("002", 0) || rows[1].Values["amount"] != "1500.75" {
		t.Error("a text has lost its zeros or a number its decimals")
	}
}

// Other writers than Excel leave out references and shared texts, and keep
// what Excel made of a number.
func TestXLSXOfOtherWriters(t *testing.T) {
	t.Parallel()
	text := func(value string) string { return `<c t="inlineStr"><is><t>` + value + `</t></is></c>` }
	const account = `<c r="D3"><v>6.46180000000E+17</v></c>`
	sheet := `<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row>` +
		text("Banco") + text("Nombre") + text("Tipo de cuenta") + text("Cuenta") + text("Monto") + `</row><row>` +
		text("BANORTE") + text(" Ana Ruiz") + text("CLABE") + text("072180000012345012") + `<c><f>1000+500</f><v>1500</v></c></row><row r="3">` +
		text("BANORTE") + text("Ana Ruiz") + text("CLABE") + account + `<c t="e"><f>NA()</f><v>#N/A</v></c></row></sheetData></worksheet>`
	const relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	content := zipOf(t,
		"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`,
		"_rels/.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`+
			`<Relationship Id="rId1" Type="`+relations+`/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml", `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="`+relations+
			`"><sheets><sheet name="Hoja1" sheetId="1" r:id="rId1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`+
			`<Relationship Id="rId1" Type="`+relations+`/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
		"xl/worksheets/sheet1.xml", sheet)
	rows := drain(t, must(setup(t, "a.xlsx", content, Options{})))
	const want = `2
3 D:is kept as a number, of which a spreadsheet keeps 15 digits: the rest are lost E:holds an error of the spreadsheet such as #N/A
`
	if diff := cmp.Diff(want, summary(rows)); diff != "" {
		t.Error(diff)
	}
}

// What the library takes for the end of the sheet would be payouts that
// vanish.
func TestDamagedWorksheetsAreNotTakenForShortOnes(t *testing.T) {
	t.Parallel()
	table := [][]any{{"Banco", "Nombre", "Tipo de cuenta", "Cuenta", "Monto"}}
	for range 5 {
		table = append(table, []any{"BANORTE", "Ana Ruiz", "CLABE", "072180000012345012", 1500})
	}
	whole := workbookBytes(t, map[string][][]any{"A": table})
	const part = "xl/worksheets/sheet1.xml"
	for name, change := range map[string]func(string) string{
		"whole":         func(xml string) string { return xml },
		"cut":           func(xml string) string { return xml[:strings.Index(xml, `<row r="4"`)] },
		"cut in a tag":  func(xml string) string { return xml[:strings.Index(xml, `<row r="4"`)+5] },
		"broken inside": func(xml string) string { return strings.Replace(xml, `<c r="B4"`, `<c r="B4`, 1) },
		"no such text":  func(xml string) string { return strings.Replace(xml, `<v>5</v>`, `<v>5555</v>`, 1) },
		"rows swapped":  func(xml string) string { return strings.Replace(xml, `<row r="5"`, `<row r="3"`, 1) },
		"cells swapped": func(xml string) string { return strings.Replace(xml, `r="C4"`, `r="A4"`, 1) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sheet, err := setup(t, "a.xlsx", rewrite(t, whole, part, change), Options{})
			if err != nil {
				t.Skip("refused at once:", err)
			}
			n := 0
			var last error
			for _, err := range sheet.Rows() {
				if last = err; err == nil {
					n++
				}
			}
			if name == "whole" {
				if n != 5 || last != nil {
					t.Errorf("%d rows, then %v", n, last)
				}
			} else if n != 0 || last == nil || !strings.Contains(last.Error(), "the workbook is damaged from here on; want") {
				t.Errorf("%d rows, then %v", n, last)
			}
		})
	}
}

// rewrite changes one part of an archive.
func rewrite(t testing.TB, archive []byte, name string, change func(string) string) []byte {
	t.Helper()
	reader := must(zip.NewReader(bytes.NewReader(archive), int64(len(archive))))
	var parts []string
	for _, part := range reader.File {
		content := string(must(io.ReadAll(must(part.Open()))))
		if part.Name == name {
			changed := change(content)
			if changed == content && t.Name()[strings.LastIndex(t.Name(), "/")+1:] != "whole" {
				t.Fatal("nothing to change")
			}
			content = changed
		}
		parts = append(parts, part.Name, content)
	}
	return zipOf(t, parts...)
}

// Account numbers and names must not reach a log, whatever is wrong.
func TestProblemsNeverHoldTheContentOfACell(t *testing.T) {
	if testing.Short() {
		t.Skip("one goroutine, and long under the race detector")
	}
	t.Parallel()
	const marker = "QZMARKER"
	for _, slug := range []string{"mexico", "india"} {
		columns := samplegen.Columns(area(slug), samplegen.English)
		var header, cells []string
		for _, column := range columns {
			header = append(header, column.Header)
			cells = append(cells, marker)
		}
		for name, value := range map[string]string{
			"plain": marker, "long": strings.Repeat(marker, 100), "digits": marker + "123", "lines": "\"" + marker + "\n" + marker + "\"",
			"mail": marker + "@" + marker, "number": "7" + marker + "E+17", "quote": marker + "\"", "ragged": marker + "," + marker,
			"open": "\"" + marker, "latin1": marker + "\xe9", "error": "#N/A" + marker,
		} {
			for at := range cells {
				row := append([]string(nil), cells...)
				row[at] = value
				// The empty lines let a wrong byte be met only while reading.
				content := strings.Join(header, ",") + strings.Repeat("\n", sniffBytes) + strings.Join(row, ",") + "\n"
				for _, text := range messages(setup(t, "a.csv", []byte(content), Options{Area: area(slug)})) {
					if strings.Contains(strings.ToUpper(text), marker) {
						t.Errorf("%s, %s: %s", slug, name, text)
					}
				}
			}
		}
	}
}

// messages are all texts that opening and reading a sheet gives.
func messages(sheet *Sheet, err error) []string {
	if err != nil {
		return []string{err.Error()}
	}
	texts := sheet.Assumed()
	for row, err := range sheet.Rows() {
		if err != nil {
			texts = append(texts, err.Error())
		}
		for _, problem := range row.Problems {
			texts = append(texts, problem.Error(), fmt.Sprintf("%+v", problem))
		}
	}
	return texts
}
