package ingest

import (
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// table is a sheet of Mexico that is changed by a test: header in row 1, five
// payouts in rows 2 to 6.
func table(t testing.TB, change func(book *excelize.File)) []byte {
	t.Helper()
	book := excelize.NewFile()
	defer book.Close()
	must(0, book.SetSheetRow("Sheet1", "A1", &[]any{"Banco", "Nombre", "Tipo de cuenta", "Cuenta", "Monto", "Concepto"}))
	for _, at := range []string{"A2", "A3", "A4", "A5", "A6"} {
		must(0, book.SetSheetRow("Sheet1", at, &[]any{"BANORTE", "Ana Ruiz", "CLABE", "072180000012345012", 1500, "Nómina"}))
	}
	change(book)
	return must(book.WriteToBuffer()).Bytes()
}

func hide(rows ...int) func(*excelize.File) {
	return func(book *excelize.File) {
		for _, row := range rows {
			must(0, book.SetRowVisible("Sheet1", row, false))
		}
	}
}

func TestHiddenRowsAreAskedAbout(t *testing.T) {
	t.Parallel()
	content := table(t, hide(3, 4, 6))
	_, err := setup(t, "a.xlsx", content, Options{})
	const want = "a.xlsx: has 3 hidden rows with values: 3 to 4, 6; want --hidden include to pay them too, or --hidden skip to leave them out"
	if err == nil || err.Error() != want {
		t.Error(err)
	}
	for choice, want := range map[string]struct{ rows, note string }{
		"include": {"2\n3\n4\n5\n6\n", "hidden rows 3 to 4, 6: read like the others"},
		"skip":    {"2\n5\n", "hidden rows 3 to 4, 6: left out"},
	} {
		sheet := must(setup(t, "a.xlsx", content, Options{Hidden: choice}))
		if got := summary(drain(t, sheet)); got != want.rows {
			t.Errorf("%s: %s", choice, got)
		}
		if notes := strings.Join(sheet.Notes(), "\n"); notes != want.note {
			t.Errorf("%s: %s", choice, notes)
		}
	}
	if _, err := setup(t, "a.xlsx", content, Options{Hidden: "show"}); err == nil || !strings.Contains(err.Error(), "--hidden include or") {
		t.Error(err)
	}
	if _, err := setup(t, "a.xlsx", table(t, hide(1, 7, 8)), Options{}); err != nil {
		t.Error("rows without payouts are asked about:", err)
	}
}

// A total may count the rows that are left out or not; both are said.
func TestATotalOverHiddenRows(t *testing.T) {
	t.Parallel()
	for total, want := range map[int]string{4500: "row 7 is the total, and agrees with the rows\n", 7500: "agrees with the rows when the hidden ones", 6000: ""} {
		content := table(t, func(book *excelize.File) {
			hide(3, 4)(book)
			must(0, book.SetSheetRow("Sheet1", "A7", &[]any{nil, "Total", nil, nil, total}))
		})
		sheet := must(setup(t, "a.xlsx", content, Options{Hidden: "skip"}))
		rows := drain(t, sheet)
		if notes := strings.Join(sheet.Notes(), "\n") + "\n"; want != "" && (!strings.Contains(notes, want) || len(rows) != 3) || want == "" && len(rows) != 4 {
			t.Errorf("%d: %s %v", total, notes, rows)
		}
	}
}

func TestHiddenColumnsAreReadAndSaid(t *testing.T) {
	t.Parallel()
	sheet := must(setup(t, "a.xlsx", table(t, func(book *excelize.File) { must(0, book.SetColVisible("Sheet1", "D:F", false)) }), Options{}))
	drain(t, sheet)
	want := "column D `Cuenta` is hidden, and read as customerAccount\ncolumn E `Monto` is hidden, and read as amount\ncolumn F `Concepto` is hidden, and read as remark"
	if notes := strings.Join(sheet.Notes(), "\n"); notes != want {
		t.Error(notes)
	}
}

func TestMergedCells(t *testing.T) {
	t.Parallel()
	sheet := must(setup(t, "a.xlsx", table(t, func(book *excelize.File) {
		for _, at := range []string{"A4", "A5", "F3", "F4", "F5", "F6", "C6"} {
			must(0, book.SetCellValue("Sheet1", at, nil))
		}
		for _, merged := range [][2]string{{"A3", "A5"}, {"F2", "F6"}, {"B6", "C6"}} {
			must(0, book.MergeCell("Sheet1", merged[0], merged[1]))
		}
	}), Options{}))
	const want = `2
3
4 A:is merged with the cells above, and only the first of them has the value
5 A:is merged with the cells above, and only the first of them has the value
6 C:is merged with the cell before it, which has the value
`
	rows := drain(t, sheet)
	if got := summary(rows); got != want {
		t.Error(got)
	}
	if rows[0].Values["remark"] == "" || rows[1].Values["remark"] != "" {
		t.Error("a remark is in other rows than the first")
	}
	if notes := strings.Join(sheet.Notes(), "\n"); !strings.Contains(notes, "merged cells begin in row 2: only the first cell of each has the value") {
		t.Error(notes)
	}
}

func TestFormulas(t *testing.T) {
	t.Parallel()
	content := table(t, func(book *excelize.File) {
		must(0, book.SetCellFormula("Sheet1", "E2", "1000+500")) // keeps the value that is there
		must(0, book.SetCellValue("Sheet1", "E3", nil))
		must(0, book.SetCellFormula("Sheet1", "E3", "1000+500"))
		must(0, book.SetCellValue("Sheet1", "D4", nil))
		must(0, book.SetCellFormula("Sheet1", "D4", "VLOOKUP(1,2,3)"))
	})
	sheet := must(setup(t, "a.xlsx", content, Options{}))
	if got := summary(drain(t, sheet)); got != "2\n3 E:is a formula whose result is not in the file\n4 D:is a formula whose result is not in the file\n5\n6\n" {
		t.Error(got)
	}
	if notes := strings.Join(sheet.Notes(), "\n"); notes != "formulas in 1 cells: the results that were saved with them are used" {
		t.Error(notes)
	}
	// A row of nothing but such formulas is no empty row.
	content = table(t, func(book *excelize.File) {
		for _, at := range []string{"A7", "B7", "C7", "D7", "E7"} {
			must(0, book.SetCellFormula("Sheet1", at, "A1"))
		}
	})
	if rows := drain(t, must(setup(t, "a.xlsx", content, Options{}))); len(rows) != 6 || len(rows[5].Problems) != 5 {
		t.Errorf("%d rows", len(rows))
	}
}

func TestHiddenWorksheetsAreNotChosen(t *testing.T) {
	t.Parallel()
	two := table(t, func(book *excelize.File) {
		must(book.NewSheet("Octubre"))
		must(0, book.SetSheetRow("Octubre", "A1", &[]any{"Banco", "Nombre", "Tipo de cuenta", "Cuenta", "Monto"}))
		must(0, book.SetSheetVisible("Octubre", false))
	})
	if sheet := must(setup(t, "a.xlsx", two, Options{})); sheet.Worksheet() != "Sheet1" {
		t.Errorf("took %q", sheet.Worksheet())
	}
	if sheet := must(setup(t, "a.xlsx", two, Options{Worksheet: "Octubre"})); sheet.Worksheet() != "Octubre" {
		t.Errorf("took %q", sheet.Worksheet())
	}
	only := table(t, func(book *excelize.File) {
		must(book.NewSheet("Portada"))
		book.SetActiveSheet(1)
		must(0, book.SetSheetVisible("Sheet1", false))
	})
	if _, err := setup(t, "a.xlsx", only, Options{}); err == nil || !strings.Contains(err.Error(), `on a hidden worksheet only; want --sheet with its name if it is meant: "Sheet1"`) {
		t.Error(err)
	}
}

func TestEmptyRowsAndColumnsAround(t *testing.T) {
	t.Parallel()
	content := workbookBytes(t, map[string][][]any{"A": {
		{},
		{nil, "Nómina"},
		{nil, "Banco: BANORTE", nil, "Cuenta", "072180000012345012"},
		{},
		{nil, nil, "Banco", "Nombre", nil, "Tipo de cuenta", "Cuenta", "Monto"},
		{},
		{nil, "1", "BANORTE", "Ana Ruiz", nil, "CLABE", "072180000012345012", 1500},
		{},
		{},
		{nil, "2", "BANORTE", "Ana Ruiz", nil, "CLABE", "072180000012345012", 1500},
	}})
	sheet := must(setup(t, "a.xlsx", content, Options{}))
	if got := summary(drain(t, sheet)); sheet.HeaderRow() != 5 || got != "7\n10\n" {
		t.Errorf("header in row %d: %s", sheet.HeaderRow(), got)
	}
}
