package handback

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
)

// look is everything a person sees of a cell.
type look struct {
	Value, Formula string
	Kind           excelize.CellType
	Style          excelize.Style
	Fill           string
}

func lookOf(f *excelize.File, sheet, cell string) look {
	style := must(f.GetCellStyle(sheet, cell))
	return look{
		must(f.GetCellValue(sheet, cell, excelize.Options{RawCellValue: true})),
		must(f.GetCellFormula(sheet, cell)),
		must(f.GetCellType(sheet, cell)),
		*must(f.GetStyle(style)),
		fillOfStyle(f, style),
	}
}

// sameBut compares two workbooks cell by cell and in all that is about rows,
// columns and the sheet, except for these cells.
func sameBut(t *testing.T, before, after []byte, except ...string) {
	t.Helper()
	a, b := opened(t, before), opened(t, after)
	names := func(f *excelize.File) []excelize.DefinedName {
		return slices.DeleteFunc(f.GetDefinedName(), func(n excelize.DefinedName) bool { return n.Name != "zona" })
	}
	if diff := cmp.Diff(names(a), names(b)); diff != "" {
		t.Errorf("defined names: %s", diff)
	}
	for _, sheet := range a.GetSheetList() {
		if sheet == listTitle {
			continue
		}
		for row := 1; row <= 20; row++ {
			for column := range 12 {
				cell := cellName(row, column)
				if sheet == sheetName && slices.Contains(except, cell) {
					continue
				}
				was, is := lookOf(a, sheet, cell), lookOf(b, sheet, cell)
				if diff := cmp.Diff(was, is); diff != "" {
					t.Errorf("%s %s: %s", sheet, cell, diff)
				}
			}
			if was, is := must(a.GetRowHeight(sheet, row)), must(b.GetRowHeight(sheet, row)); was != is {
				t.Errorf("%s row %d: height %g was %g", sheet, row, is, was)
			}
			if was, is := must(a.GetRowVisible(sheet, row)), must(b.GetRowVisible(sheet, row)); was != is {
				t.Errorf("%s row %d: visible %t was %t", sheet, row, is, was)
			}
		}
		for column := range 6 {
			if was, is := must(a.GetColWidth(sheet, letters(column))), must(b.GetColWidth(sheet, letters(column))); was != is {
				t.Errorf("%s column %d: width %g was %g", sheet, column, is, was)
			}
		}
		about := func(f *excelize.File) []any {
			return []any{
				must(f.GetMergeCells(sheet)), must(f.GetConditionalFormats(sheet)), must(f.GetDataValidations(sheet)),
				must(f.GetPanes(sheet)), must(f.GetSheetProps(sheet)), must(f.GetPageLayout(sheet)),
			}
		}
		if diff := cmp.Diff(about(a), about(b)); diff != "" {
			t.Errorf("%s: %s", sheet, diff)
		}
	}
}

// fillOf is the colour a cell is filled with. It looks into the styles, since
// excelize tells no fills of a workbook without a theme.
func fillOf(t testing.TB, f *excelize.File, cell string) string {
	t.Helper()
	return fillOfStyle(f, must(f.GetCellStyle(sheetName, cell)))
}

func fillOfStyle(f *excelize.File, style int) string {
	must(f.GetStyle(style)) // reads the styles
	fill := f.Styles.Fills.Fill[*f.Styles.CellXfs.Xf[style].FillID].PatternFill
	if fill == nil || fill.PatternType != "solid" || fill.FgColor == nil || len(fill.FgColor.RGB) != 8 {
		return ""
	}
	return fill.FgColor.RGB[2:]
}

// commentsOf are the texts of a sheet's comments.
func commentsOf(f *excelize.File) map[string]string {
	all := map[string]string{}
	for _, c := range must(f.GetComments(sheetName)) {
		text := c.Text
		for _, p := range c.Paragraph {
			text += p.Text
		}
		all[c.Cell] = text
	}
	return all
}

var wantComments = map[string]string{
	"C4": "bulkpay:\nHas 17 digits. Right would be: a CLABE of 18 digits. Suggestion: 012180001183597190",
	"B5": "ask her\nbulkpay:\nIs the name of another payee last month.",
	"D5": "bulkpay:\n• Has three decimals. Right would be: an amount with at most two.\n• Is ten times the usual.",
	"F7": "bulkpay:\nIs missing. Right would be: a text of at most 40 letters.",
	"A8": "bulkpay:\nIs the same payout as row 4. Right would be: one of the two.",
}

var markedCells = []string{"C4", "B5", "D5", "F7", "A8", "B8", "C8", "D8", "E8", "F8"}

func TestWorkbookIsMarkedAndOtherwiseTheSame(t *testing.T) {
	t.Parallel()
	book := salaries(t, 12)
	got := mark(t, book, salariesOptions(someMarks...))
	sameBut(t, book, got, markedCells...)
	before, f := opened(t, book), opened(t, got)
	for _, cell := range markedCells {
		want := faultFill[2:]
		if cell == "B5" {
			want = warningFill[2:]
		}
		if is := fillOf(t, f, cell); is != want {
			t.Errorf("%s is filled %q, want %q", cell, is, want)
		}
		was, is := lookOf(before, sheetName, cell), lookOf(f, sheetName, cell)
		was.Style.Fill, is.Style.Fill, was.Fill, is.Fill = excelize.Fill{}, excelize.Fill{}, "", ""
		if diff := cmp.Diff(was, is); diff != "" && cell != "F7" { // which was not there
			t.Errorf("%s: more than the fill has changed: %s", cell, diff)
		}
	}
	if diff := cmp.Diff(wantComments, commentsOf(f)); diff != "" {
		t.Error(diff)
	}
	if is := f.GetSheetList(); !slices.Equal(is, []string{sheetName, "Cuentas", "bulkpay"}) {
		t.Errorf("worksheets %q", is)
	}
}

func TestListNamesEveryMarkAndLeadsToIt(t *testing.T) {
	t.Parallel()
	marks := append([]Mark{{Row: 0, Column: -1, Problem: "=1+1", Want: "a total that agrees"}}, someMarks...)
	o := salariesOptions(marks...)
	o.Notes = []string{"salaries.xlsx, checked on 21 November 2026"}
	f := opened(t, mark(t, salaries(t, 12), o))
	want := [][]string{
		{"What to put right in “Nómina”"},
		{"5 faults, 2 warnings."},
		{"Put the coloured cells right, save the file, and give it back: colours, comments and this list are then made anew."},
		{"salaries.xlsx, checked on 21 November 2026"},
		nil,
		{"Cell", "Kind", "Column", "What is wrong", "What would be right", "Suggestion"},
		{"the sheet", "Fault", "", "=1+1", "A total that agrees"},
		{"C4", "Fault", "CLABE", "Has 17 digits", "A CLABE of 18 digits", "012180001183597190"},
		{"B5", "Warning", "Beneficiario", "Is the name of another payee last month"},
		{"D5", "Fault", "Importe", "Has three decimals", "An amount with at most two"},
		{"D5", "Warning", "Importe", "Is ten times the usual"},
		{"F7", "Fault", "Concepto", "Is missing", "A text of at most 40 letters"},
		{"row 8", "Fault", "", "Is the same payout as row 4", "One of the two"},
	}
	rows := must(f.GetRows("bulkpay"))
	for i := range rows {
		rows[i] = slices.Clip(rows[i])
		for len(rows[i]) > 0 && rows[i][len(rows[i])-1] == "" {
			rows[i] = rows[i][:len(rows[i])-1]
		}
		if len(rows[i]) == 0 {
			rows[i] = nil
		}
	}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Error(diff)
	}
	for cell, want := range map[string]string{"A7": "", "A8": "'Nómina'!C4", "A13": "'Nómina'!A8"} {
		if _, is, err := f.GetCellHyperLink("bulkpay", cell); err != nil || is != want {
			t.Errorf("%s leads to %q, %v", cell, is, err)
		}
	}
	if formula := must(f.GetCellFormula("bulkpay", "D7")); formula != "" {
		t.Errorf("formula %q", formula)
	}
}

// sheetXML is the part of the salaries.
func sheetXML(t testing.TB, book []byte) string {
	t.Helper()
	return parts(t, book)["xl/worksheets/sheet1.xml"]
}

// Whatever is not about the marks stays byte for byte.
func TestOtherPartsAreTheSameBytes(t *testing.T) {
	t.Parallel()
	book := salaries(t, 12)
	before, after := parts(t, book), parts(t, mark(t, book, salariesOptions(someMarks...)))
	mayDiffer := []string{
		"[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml",
		"xl/worksheets/sheet1.xml", "xl/worksheets/_rels/sheet1.xml.rels", "xl/comments1.xml", "xl/drawings/vmlDrawing1.vml",
	}
	for name, text := range before {
		if !slices.Contains(mayDiffer, name) && after[name] != text {
			t.Errorf("%s has changed", name)
		}
	}
	// With nothing to mark and nothing marked before, all are the same.
	after = parts(t, mark(t, book, salariesOptions()))
	for name, text := range before {
		if after[name] != text && name != "xl/styles.xml" && name != "xl/comments1.xml" && name != "[Content_Types].xml" {
			t.Errorf("%s has changed without a mark:\n%s\n%s", name, text, after[name])
		}
	}
	if len(after) != len(before) {
		t.Errorf("parts %q", slices.Sorted(maps.Keys(after)))
	}
}

// A person repairs their sheet in several rounds, each time on the copy.
func TestMarkRepairMarkClean(t *testing.T) {
	t.Parallel()
	book := salaries(t, 12)
	first := mark(t, book, salariesOptions(someMarks...))
	second := mark(t, first, salariesOptions(someMarks[1:3]...))
	f := opened(t, second)
	for cell, want := range map[string]string{"C4": "", "B5": warningFill[2:], "D5": faultFill[2:], "F7": "", "B8": "", "A8": ""} {
		if is := fillOf(t, f, cell); is != want {
			t.Errorf("%s is filled %q, want %q", cell, is, want)
		}
	}
	want := map[string]string{"B5": wantComments["B5"], "D5": "bulkpay:\nHas three decimals. Right would be: an amount with at most two."}
	if diff := cmp.Diff(want, commentsOf(f)); diff != "" {
		t.Error(diff)
	}
	sameBut(t, book, second, "B5", "D5")

	clean := mark(t, second, salariesOptions())
	sameBut(t, book, clean)
	f = opened(t, clean)
	if diff := cmp.Diff(map[string]string{"B5": "ask her"}, commentsOf(f)); diff != "" {
		t.Error(diff)
	}
	if is := must(f.GetCellValue("bulkpay", "A2")); is != "Nothing is wrong any more." {
		t.Errorf("list says %q", is)
	}
	// Down to the numbers of the styles; F7 was not there and is empty now.
	was := sheetXML(t, book)
	is := strings.Replace(sheetXML(t, clean), `<c r="F7" s="0"/>`, "", 1)
	if was != is {
		t.Errorf("the worksheet is not what it was:\n%s\n%s", was, is)
	}
}

// The same marks again change nothing, however often.
func TestMarkingAgainIsTheSame(t *testing.T) {
	t.Parallel()
	once := mark(t, salaries(t, 12), salariesOptions(someMarks...))
	twice := mark(t, once, salariesOptions(someMarks...))
	thrice := mark(t, twice, salariesOptions(someMarks...))
	if diff := cmp.Diff(parts(t, twice), parts(t, thrice)); diff != "" {
		t.Error(diff)
	}
	a, b := parts(t, once), parts(t, twice)
	for _, name := range []string{"xl/worksheets/sheet1.xml", "xl/worksheets/sheet3.xml", "xl/styles.xml", "xl/workbook.xml", "[Content_Types].xml"} {
		if diff := cmp.Diff(a[name], b[name]); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	if n, want := strings.Count(b["xl/drawings/vmlDrawing1.vml"], `ObjectType="Note"`), len(wantComments); n != want {
		t.Errorf("%d boxes for %d comments", n, want)
	}
}

// A marked cell that a person has painted keeps their colour.
func TestPaintedCellStays(t *testing.T) {
	t.Parallel()
	f := opened(t, mark(t, salaries(t, 12), salariesOptions(someMarks...)))
	green := must(f.NewStyle(&excelize.Style{Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"00FF00"}}}))
	must(0, f.SetCellStyle(sheetName, "C4", "C4", green))
	after := opened(t, mark(t, saved(f), salariesOptions()))
	if is := fillOf(t, after, "C4"); is != "00FF00" {
		t.Errorf("C4 is filled %q", is)
	}
	// Saved by another library in between, the others are clean all the same.
	if is := fillOf(t, after, "D5"); is != "EEF3F8" {
		t.Errorf("D5 is filled %q, want the band", is)
	}
}

func TestDarkCellsGetDarkMarks(t *testing.T) {
	t.Parallel()
	book := salaries(t, 12)
	f := opened(t, mark(t, book, salariesOptions(
		Mark{Row: 3, Column: 1, Problem: "is there twice"}, Mark{Row: 3, Column: 2, Problem: "is odd", Warning: true},
	)))
	if a, b := fillOf(t, f, "B3"), fillOf(t, f, "C3"); a != darkFaultFill[2:] || b != darkWarningFill[2:] {
		t.Errorf("under white letters: %s and %s", a, b)
	}
}

func TestMarksInPlacesThatAreNotThere(t *testing.T) {
	t.Parallel()
	got := mark(t, salaries(t, 12), salariesOptions(
		Mark{Row: 2, Column: 3, Problem: "a"}, Mark{Row: 16, Column: 1, Problem: "b"}, Mark{Row: 17, Column: 0, Problem: "c"},
		Mark{Row: 17, Column: 9, Problem: "d"}, Mark{Row: 400, Column: 2, Problem: "e"},
		Mark{Row: 3, Column: 2, Problem: "out of order"}, Mark{Row: 500, Column: maxColumn, Problem: "beyond"},
		Mark{Row: maxRow + 1, Column: 0, Problem: "below"},
	))
	f := opened(t, got)
	for _, cell := range []string{"D2", "B16", "A17", "J17", "C400"} {
		if fillOf(t, f, cell) != faultFill[2:] || commentsOf(f)[cell] == "" {
			t.Errorf("%s is not marked", cell)
		}
	}
	if is := must(f.GetCellFormula(sheetName, "D17")); is != "SUM(D4:D15)" {
		t.Errorf("formula %q", is)
	}
	if rows := must(f.GetRows("bulkpay")); len(rows) != 5+8 {
		t.Errorf("%d rows in the list", len(rows))
	}
	if strings.Contains(sheetXML(t, got), `spans="4:4"`) {
		t.Error("a row says it goes less far than it does")
	}
}

func TestCommentsAreLimited(t *testing.T) {
	t.Parallel()
	var marks []Mark
	for row := 4; row < 4+maxNotes+300; row++ {
		marks = append(marks, Mark{Row: row, Column: 1, Problem: "is wrong"})
	}
	f := opened(t, mark(t, salaries(t, 3), salariesOptions(marks...)))
	if n := len(commentsOf(f)); n != maxNotes {
		t.Errorf("%d comments", n)
	}
	if is := must(f.GetCellValue("bulkpay", "A2")); !strings.Contains(is, "first 2000 cells have a comment") {
		t.Errorf("the list says %q", is)
	}
	if fillOf(t, f, cellName(4+maxNotes+299, 1)) != faultFill[2:] {
		t.Error("the last one is not marked")
	}
}

// A name that is taken is not taken away, and a list that was renamed and
// moved is found.
func TestListAndTheNamesOfWorksheets(t *testing.T) {
	t.Parallel()
	f := opened(t, salaries(t, 12))
	must(f.NewSheet("BulkPay"))
	must(0, f.SetCellValue("BulkPay", "A1", "mine"))
	got := mark(t, saved(f), salariesOptions(someMarks...))
	f = opened(t, got)
	if is := f.GetSheetList(); !slices.Equal(is, []string{sheetName, "Cuentas", "BulkPay", "bulkpay 2"}) {
		t.Fatalf("worksheets %q", is)
	}
	all := parts(t, got)
	all["xl/workbook.xml"] = strings.ReplaceAll(all["xl/workbook.xml"], "bulkpay 2", "Fallos de Ana&apos;s")
	all["xl/workbook.xml"] = strings.Replace(all["xl/workbook.xml"], "'Fallos de Ana&apos;s'!", "'Fallos de Ana''s'!", 1)
	f = opened(t, mark(t, zipped(all), salariesOptions(someMarks[:1]...)))
	if is := f.GetSheetList(); !slices.Equal(is, []string{sheetName, "Cuentas", "BulkPay", "Fallos de Ana's"}) {
		t.Fatalf("worksheets %q", is)
	}
	if is := must(f.GetCellValue("BulkPay", "A1")); is != "mine" {
		t.Errorf("A1 is %q", is)
	}
	if is := must(f.GetCellValue("Fallos de Ana's", "A2")); is != "1 fault, 0 warnings." {
		t.Errorf("the list says %q", is)
	}
}
