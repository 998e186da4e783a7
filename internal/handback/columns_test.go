package handback

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
)

var outcome = []Column{{Header: "tradeNo"}, {Header: "platFormTradeNo"}, {Header: "status"}, {Header: "reason"}}

func outcomes(row int) []string {
	switch {
	case row > 15:
		return nil
	case row == 5:
		return []string{"BP5", "", "failed", "=cmd|' /C calc'!A0"}
	}
	return []string{fmt.Sprintf("BP%d", row), "000123", "succeeded", ""}
}

func TestColumnsAreAppended(t *testing.T) {
	t.Parallel()
	book := salaries(t, 12)
	o := salariesOptions()
	o.Marks, o.Append, o.Values = nil, outcome, outcomes
	got := mark(t, book, o)
	var ours []string
	for row := 3; row <= 15; row++ {
		for column := 6; column < 10; column++ {
			ours = append(ours, cellName(row, column))
		}
	}
	sameBut(t, book, got, ours...)
	f := opened(t, got)
	for cell, want := range map[string]string{
		"G3": "tradeNo", "J3": "reason", "G4": "BP4", "H4": "000123", "I4": "succeeded", "J4": "",
		"J5": "=cmd|' /C calc'!A0", "G15": "BP15", "G16": "", "G17": "",
	} {
		if is := must(f.GetCellValue(sheetName, cell)); is != want {
			t.Errorf("%s is %q, want %q", cell, is, want)
		}
	}
	if is := must(f.GetCellFormula(sheetName, "J5")); is != "" {
		t.Errorf("formula %q", is)
	}
	if a, b := must(f.GetCellStyle(sheetName, "F3")), must(f.GetCellStyle(sheetName, "G3")); a != b {
		t.Error("the header's style is not its neighbour's")
	}
	style := must(f.GetStyle(must(f.GetCellStyle(sheetName, "H5"))))
	if style.NumFmt != 49 || len(style.Border) == 0 || style.Fill.Color[0] != "EEF3F8" {
		t.Errorf("style %+v", style)
	}
	if is := must(f.GetColWidth(sheetName, "G")); is < 28 {
		t.Errorf("column G is %g wide", is)
	}
	// The filter takes them in, or sorting would part them from their rows.
	if xml := sheetXML(t, got); !strings.Contains(xml, `<autoFilter ref="A3:J15"`) {
		t.Error("the filter ends before the new columns")
	}
	if xml := parts(t, got)["xl/workbook.xml"]; !strings.Contains(xml, `$A$3:$J$15</definedName>`) {
		t.Errorf("the filter's name does not agree: %s", xml)
	}
	if slices.Contains(f.GetSheetList(), "bulkpay") {
		t.Error("a list without marks")
	}
}

// After a run the marks of a check stay, and ours beside them are not marked.
func TestColumnsBesideMarks(t *testing.T) {
	t.Parallel()
	checked := mark(t, salaries(t, 12), salariesOptions(someMarks...))
	o := salariesOptions()
	o.Marks, o.Append, o.Values = nil, outcome, outcomes
	got := mark(t, checked, o)
	f := opened(t, got)
	for cell, want := range map[string]string{"F8": faultFill[2:], "G8": "", "J8": "", "F7": faultFill[2:], "B5": warningFill[2:], "G5": "EEF3F8"} {
		if is := fillOf(t, f, cell); is != want {
			t.Errorf("%s is filled %q, want %q", cell, is, want)
		}
	}
	if diff := cmp.Diff(wantComments, commentsOf(f)); diff != "" {
		t.Error(diff)
	}
	a, b := parts(t, checked), parts(t, got)
	for _, name := range []string{"xl/worksheets/sheet3.xml", "xl/comments1.xml", "xl/drawings/vmlDrawing1.vml"} {
		if a[name] == "" || a[name] != b[name] {
			t.Errorf("%s has changed", name)
		}
	}
}

// A filter that the workbook does not name, or that ends elsewhere, stays.
func TestFiltersOfOtherKindsStay(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(all map[string]string){
		"without a name": func(all map[string]string) {
			all["xl/workbook.xml"] = strings.Replace(all["xl/workbook.xml"], "_xlnm._FilterDatabase", "other", 1)
		},
		"narrower": func(all map[string]string) {
			all["xl/workbook.xml"] = strings.Replace(all["xl/workbook.xml"], "$F$15", "$E$15", 1)
			all["xl/worksheets/sheet1.xml"] = strings.Replace(all["xl/worksheets/sheet1.xml"], "$F$15", "$E$15", 1)
		},
	} {
		all := parts(t, salaries(t, 12))
		was := all["xl/workbook.xml"]
		if change(all); all["xl/workbook.xml"] == was {
			t.Fatalf("nothing to change in %s", was)
		}
		o := salariesOptions()
		o.Marks, o.Append, o.Values = nil, outcome, outcomes
		got := parts(t, mark(t, zipped(all), o))
		if diff := cmp.Diff(all["xl/workbook.xml"], got["xl/workbook.xml"]); diff != "" {
			t.Errorf("%s: the name of the filter has changed: %s", name, diff)
		}
		if strings.Contains(got["xl/worksheets/sheet1.xml"], `:J15"`) {
			t.Errorf("%s: the filter has changed", name)
		}
	}
}

func TestColumnsOfAnEarlierCopyAreOverwritten(t *testing.T) {
	t.Parallel()
	o := salariesOptions()
	o.Marks, o.Append, o.Values = nil, outcome, outcomes
	once := mark(t, salaries(t, 12), o)
	again := salariesOptions(Mark{Row: 5, Column: 8, Problem: "failed"})
	again.LastColumn = 9
	again.Append = []Column{{"tradeNo", "G", 0}, {"platFormTradeNo", "H", 0}, {"status", "I", 0}, {"reason", "J", 0}}
	again.Values = outcomes
	twice := mark(t, once, again)
	sameBut(t, once, twice, "I5")
	again.Marks = slices.Values([]Mark{})
	again.Values = func(row int) []string {
		switch row {
		case 5:
			return []string{"BP5", "1", "succeeded", ""}
		case 6:
			return nil
		}
		return outcomes(row)
	}
	thrice := mark(t, twice, again)
	sameBut(t, once, thrice, "H5", "I5", "J5")
	f := opened(t, thrice)
	for cell, want := range map[string]string{"I5": "succeeded", "J5": "", "G6": "BP6", "K3": "", "K5": ""} {
		if is := must(f.GetCellValue(sheetName, cell)); is != want {
			t.Errorf("%s is %q, want %q", cell, is, want)
		}
	}
	if is := fillOf(t, f, "I5"); is != "EEF3F8" {
		t.Errorf("I5 is filled %q", is)
	}
}

// What stands beside the table is a person's.
func TestColumnsSpareWhatStandsBesideTheTable(t *testing.T) {
	t.Parallel()
	f := opened(t, salaries(t, 12))
	must(0, f.SetCellValue(sheetName, "H9", "ask Ana"))
	must(0, f.SetColVisible(sheetName, "G:Z", false))
	book := saved(f)
	o := salariesOptions()
	o.Marks, o.Append, o.Values = nil, outcome, outcomes
	got := opened(t, mark(t, book, o))
	for cell, want := range map[string]string{"H9": "ask Ana", "G3": "", "H3": "", "I3": "tradeNo", "L3": "reason", "I9": "BP9"} {
		if is := must(got.GetCellValue(sheetName, cell)); is != want {
			t.Errorf("%s is %q, want %q", cell, is, want)
		}
	}
	for column, want := range map[string]bool{"G": false, "H": false, "I": true, "L": true, "M": false} {
		if is := must(got.GetColVisible(sheetName, column)); is != want {
			t.Errorf("column %s: visible %t", column, is)
		}
	}
}

// A formula in a column of ours is a person's doing, and stays.
func TestFormulasAreNotReplaced(t *testing.T) {
	t.Parallel()
	f := opened(t, salaries(t, 12))
	o := salariesOptions()
	o.Append, o.Values = []Column{{"reason", "D", 0}}, func(int) []string { return []string{"x"} }
	got := opened(t, mark(t, saved(f), o))
	if is := must(got.GetCellFormula(sheetName, "D17")); is != "SUM(D4:D15)" {
		t.Errorf("formula %q", is)
	}
	if is := must(got.GetCellValue(sheetName, "D4")); is != "x" {
		t.Errorf("D4 is %q", is)
	}
}

// A table, as Excel means it, takes the columns in, or sorting it would part
// them from their rows.
func TestTablesTakeTheColumnsIn(t *testing.T) {
	t.Parallel()
	withTable := func(change func(string) string) []byte {
		f := opened(t, salaries(t, 12))
		must(0, f.AddTable(sheetName, &excelize.Table{Range: "A3:F15", Name: "Nomina", StyleName: "TableStyleMedium2"}))
		all := parts(t, saved(f))
		if was := all["xl/tables/table1.xml"]; change != nil {
			if all["xl/tables/table1.xml"] = change(was); all["xl/tables/table1.xml"] == was {
				t.Fatalf("nothing to change in %s", was)
			}
		}
		return zipped(all)
	}
	o := salariesOptions()
	o.Append, o.Values = outcome, outcomes
	once := mark(t, withTable(nil), o)
	tables := must(opened(t, once).GetTables(sheetName))
	if len(tables) != 1 || tables[0].Range != "A3:J15" {
		t.Errorf("tables %+v", tables)
	}
	part := parts(t, once)["xl/tables/table1.xml"]
	for _, want := range []string{`count="10"`, `<tableColumn id="10" name="reason"/>`, `<autoFilter ref="A3:J15"`} {
		if !strings.Contains(part, want) {
			t.Errorf("no %s in %s", want, part)
		}
	}
	o = salariesOptions()
	o.LastColumn = 9
	o.Append, o.Values = []Column{{"tradeNo", "G", 0}, {"platFormTradeNo", "H", 0}, {"status", "I", 0}, {"reason", "J", 0}}, outcomes
	if again := parts(t, mark(t, once, o))["xl/tables/table1.xml"]; again != part {
		t.Errorf("the table is changed again: %s", again)
	}
	for name, change := range map[string]func(string) string{
		"total row": func(s string) string {
			return strings.Replace(s, ` ref="A3:F15"`, ` ref="A3:F15" totalsRowCount="1"`, 1)
		},
		"narrower":  func(s string) string { return strings.ReplaceAll(s, `F15"`, `E15"`) },
		"same name": func(s string) string { return strings.Replace(s, `name="Concepto"`, `name="Status"`, 1) },
		"a query": func(s string) string {
			return strings.Replace(s, ` ref="A3:F15"`, ` ref="A3:F15" tableType="queryTable"`, 1)
		},
	} {
		book := withTable(change)
		o := salariesOptions()
		o.Append, o.Values = outcome, outcomes
		if was, is := parts(t, book)["xl/tables/table1.xml"], parts(t, mark(t, book, o))["xl/tables/table1.xml"]; was != is {
			t.Errorf("%s: the table is changed: %s", name, is)
		}
	}
}
