package report

import (
	"archive/zip"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"github.com/bulkpay/bulkpay/internal/lang"
	"github.com/bulkpay/bulkpay/ledger"
)

func TestWorkbookCellByCell(t *testing.T) {
	t.Parallel()
	s := sample()
	book := open(t, write(t, s)["xlsx"])
	if diff := cmp.Diff([]string{"Summary", "Causes", "Exceptions", "Open", "Trend", "Rows"}, book.GetSheetList()); diff != "" {
		t.Fatal(diff)
	}
	section := newPaper(s, Options{}).sections[0]
	want, exceptions := [][]string{titles()}, [][]string{titles()}
	for line, err := range s.Batches[0].Lines(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		e, err := section.entry(line)
		if err != nil {
			t.Fatal(err)
		}
		if err := section.nameSpeaker(t.Context(), &e, line.Payout); err != nil {
			t.Fatal(err)
		}
		want = append(want, filledIn(e))
		if e.exception() {
			exceptions = append(exceptions, filledIn(e))
		}
	}
	if diff := cmp.Diff(want, cells(t, book, string(rowsSheet))); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(exceptions, cells(t, book, string(exceptionsSheet))); diff != "" {
		t.Errorf("exceptions (-want +got):\n%s", diff)
	}
	if len(exceptions) != 18 {
		t.Errorf("%d rows to look at, want 17", len(exceptions)-1)
	}
}

func TestWorkbookSummaryHoldsTheEquation(t *testing.T) {
	t.Parallel()
	s := sample()
	book := open(t, write(t, s)["xlsx"])
	var all []string
	found := map[string]string{}
	for _, row := range cells(t, book, string(summarySheet)) {
		all = append(all, row...)
		if len(row) > 2 {
			found[row[0]] = row[1] + " " + row[2]
		}
	}
	for _, bucket := range append(s.Batches[0].Summary.Buckets, ledger.Bucket{Name: "Sheet", Count: 22, Sum: s.Batches[0].Summary.Batch.Sum}) {
		if want := strconv.Itoa(bucket.Count) + " " + bucket.Sum.Plain(); found[bucket.Name] != want {
			t.Errorf("%s: %q, want %q", bucket.Name, found[bucket.Name], want)
		}
	}
	equation := newPaper(s, Options{}).parts[0].equation()
	for _, want := range []string{"TIED", equation[0], equation[1], s.Batches[0].Summary.Head, s.Batches[0].Summary.Batch.SourceSHA256, "Pagos"} {
		if !slices.Contains(all, want) {
			t.Errorf("summary lacks %q", want)
		}
	}
}

// Ids and codes are text, amounts numbers, times dates, and nothing anywhere
// is a formula.
func TestWorkbookKeepsTypes(t *testing.T) {
	t.Parallel()
	paths := write(t, hostileSource())
	book := open(t, paths["xlsx"])
	for i, text := range hostile {
		row := strconv.Itoa(i + 2)
		for _, c := range []string{"E", "F", "H", "M", "N"} {
			got, err := book.GetCellValue(string(rowsSheet), c+row, excelize.Options{RawCellValue: true})
			if want := strings.ReplaceAll(shown(text), "\r\n", "\n"); err != nil || strings.ReplaceAll(got, "\r\n", "\n") != want {
				t.Errorf("%s%s: %q, %v, want %q", c, row, got, err, want)
			}
			if kind, err := book.GetCellType(string(rowsSheet), c+row); err != nil || kind != excelize.CellTypeInlineString {
				t.Errorf("%s%s is of type %v, %v", c, row, kind, err)
			}
		}
		if kind, err := book.GetCellType(string(rowsSheet), "I"+row); err != nil || kind != excelize.CellTypeUnset {
			t.Errorf("amount G%s is of type %v, %v", row, kind, err)
		}
	}
	onlyOurFormulas(t, paths["xlsx"])
}

func TestWorkbookManners(t *testing.T) {
	t.Parallel()
	files := members(t, write(t, sample())["xlsx"])
	sheet := files["xl/worksheets/sheet6.xml"]
	for _, want := range []string{
		`state="frozen"`, "<autoFilter ", "<ignoredErrors>", `orientation="landscape"`,
		`fitToHeight="0"`, `fitToPage="true"`, "yyyy-mm-dd", "_xlnm.Print_Titles", "Payout report MX-20261121-7K3QF",
	} {
		if !strings.Contains(sheet+files["xl/styles.xml"]+files["xl/workbook.xml"]+files["docProps/core.xml"], want) {
			t.Errorf("workbook lacks %s", want)
		}
	}
	core := files["docProps/core.xml"]
	if !strings.Contains(core, "2026-11-21T12:00:00Z") || strings.Contains(core, "xuri") {
		t.Errorf("properties: %s", core)
	}
	chart := files["xl/charts/chart1.xml"]
	if n := strings.Count(chart, "<c:dPt>") + strings.Count(chart, "<dPt>"); n != 11 {
		t.Errorf("chart has %d coloured parts, want 11", n)
	}
}

func TestTheChartHasNoEmptyParts(t *testing.T) {
	t.Parallel()
	files := members(t, write(t, many(20, func(int) {}))["xlsx"])
	chart := files["xl/charts/chart1.xml"]
	if n := strings.Count(chart, "<dPt>") + strings.Count(chart, "<c:dPt>"); n != 2 {
		t.Errorf("chart has %d coloured parts, want 2", n)
	}
}

// narrow writes a workbook of which every list has most rows a worksheet.
func narrow(t *testing.T, s Source, most int) *excelize.File {
	t.Helper()
	path := t.TempDir() + "/book.xlsx"
	p := newPaper(s, Options{})
	var b strings.Builder
	opened, err := openXLSX(t.Context(), &b, p)
	if err != nil {
		t.Fatal(err)
	}
	x := opened.(*xlsxSink)
	defer func() { _ = x.Close() }()
	x.rows.most, x.exceptions.most, x.lines.most = most, most, most
	if err := p.pour(t.Context(), []sink{x}); err != nil {
		t.Fatal(err)
	}
	if err := x.finish(); err != nil {
		t.Fatal(err)
	}
	writeFile(t, path, b.String())
	return open(t, path)
}

// listed counts the rows of a list over its worksheets, each of which must
// have the same header and no more rows than allowed.
func listed(t *testing.T, book *excelize.File, name lang.Key, most int) (worksheets, rows int) {
	t.Helper()
	var header []string
	for _, sheet := range book.GetSheetList() {
		if sheet != string(name) && !strings.HasPrefix(sheet, string(name)+" ") {
			continue
		}
		worksheets++
		found := cells(t, book, sheet)
		if header == nil {
			header = found[0]
		}
		if diff := cmp.Diff(header, found[0]); diff != "" {
			t.Errorf("%s: %s", sheet, diff)
		}
		if len(found)-1 > most {
			t.Errorf("%s: %d rows", sheet, len(found)-1)
		}
		rows += len(found) - 1
	}
	return worksheets, rows
}

// Nothing that is listed is ever cut off where a worksheet ends.
func TestNoListIsEverCutByAWorksheet(t *testing.T) {
	t.Parallel()
	var lines []MatchLine
	for i := range 11 {
		lines = append(lines, MatchLine{Class: MissingThere, Ours: ourSide("MX7K3QF"+strconv.Itoa(i), 100)})
	}
	lines = append(lines, MatchLine{Class: Matched, Ours: ourSide("MX7K3QF11", 100), There: theirSide("y", 100), Difference: pesos(0)})
	book := narrow(t, withMatching(lines...), 5)
	for name, want := range map[lang.Key][2]int{rowsSheet: {5, 22}, exceptionsSheet: {4, 17}, linesSheet: {3, 12}} {
		if worksheets, rows := listed(t, book, name, 5); [2]int{worksheets, rows} != want {
			t.Errorf("%s: %d rows on %d worksheets, want %v", name, rows, worksheets, want)
		}
	}
	counted := map[string]bool{}
	for row := 1; row < 40; row++ {
		formula, err := book.GetCellFormula(string(matchingSheet), at("B", row))
		if err != nil {
			t.Fatal(err)
		}
		counted[formula] = true
		if name, _ := book.GetCellValue(string(matchingSheet), at("A", row)); name == MissingThere {
			if value, err := book.CalcCellValue(string(matchingSheet), at("B", row)); err != nil || value != "11" {
				t.Errorf("the formula of %s gives %s, %v", name, value, err)
			}
		}
	}
	if len(counted) < len(Classes()) {
		t.Errorf("formulas: %v", counted)
	}
}

func TestMoreRowsThanAWorksheetHolds(t *testing.T) {
	t.Parallel()
	s := sample()
	book := narrow(t, s, 6)
	if diff := cmp.Diff([]string{"Summary", "Causes", "Exceptions", "Open", "Trend", "Rows", "Rows 2", "Exceptions 2", "Rows 3", "Exceptions 3", "Rows 4"}, book.GetSheetList()); diff != "" {
		t.Fatal(diff)
	}
	n := 0
	for _, name := range []string{"Rows", "Rows 2", "Rows 3", "Rows 4"} {
		rows := cells(t, book, name)
		if diff := cmp.Diff(titles(), rows[0]); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		n += len(rows) - 1
	}
	if n != s.Batches[0].Summary.Batch.Rows {
		t.Errorf("%d rows, want %d", n, s.Batches[0].Summary.Batch.Rows)
	}
}

func TestALongTextIsCutVisibly(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("💸", maxCellUnits)
	got := fit(long)
	if !strings.HasSuffix(got, "💸… (cut)") || strings.ContainsRune(got, '\uFFFD') {
		t.Errorf("ends in %q", got[len(got)-20:])
	}
	if short := strings.Repeat("é", maxCellUnits); fit(short) != short {
		t.Error("a text that fits was cut")
	}
}

func titles() []string {
	var titles []string
	for _, c := range columns {
		titles = append(titles, string(c.title))
	}
	return titles
}

// filledIn is a row as the raw values of its cells.
func filledIn(e entry) []string {
	var row []string
	for _, c := range columns {
		text := c.text(e)
		switch {
		case c.kind == amountKind && e.Readable:
			text = e.Amount.Plain()
		case c.kind == timeKind && text != "":
			text = moment(map[string]time.Time{"submittedAt": e.Submitted, "finalAt": e.Final, "openSince": e.Since}[c.key])
		}
		row = append(row, text)
	}
	for row[len(row)-1] == "" { // excelize leaves these out
		row = row[:len(row)-1]
	}
	return row
}

// cells are the raw values of a worksheet, times as people read them.
func cells(t *testing.T, book *excelize.File, sheet string) [][]string {
	t.Helper()
	raw, err := book.GetRows(sheet, excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range raw {
		for i, c := range columns {
			if c.kind != timeKind || i >= len(row) {
				continue
			}
			if days, err := strconv.ParseFloat(row[i], 64); err == nil {
				at, err := excelize.ExcelDateToTime(days, false)
				if err != nil {
					t.Fatal(err)
				}
				row[i] = moment(at)
			}
		}
	}
	return raw
}

func open(t *testing.T, path string) *excelize.File {
	t.Helper()
	book, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = book.Close() })
	return book
}

// members are the files in a workbook, which must be in order.
func members(t *testing.T, path string) map[string]string {
	t.Helper()
	r, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	files := map[string]string{}
	last := ""
	for _, f := range r.File {
		if f.Name <= last {
			t.Errorf("%s after %s", f.Name, last)
		}
		last = f.Name
		content, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(content)
		if err != nil {
			t.Fatal(err)
		}
		files[f.Name] = string(text)
	}
	return files
}

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
