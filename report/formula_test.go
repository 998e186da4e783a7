package report

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/bulkpay/bulkpay/internal/lang"
)

// ours is all that a formula of ours is made of: names of worksheets, cells,
// and five functions.
var ours = regexp.MustCompile(`^((SUM|SUMIFS|COUNTIF|COUNTIFS|ROUND)\(|'[^'=@]+'!|\$?[A-Z]{1,2}\$?[0-9]+|"[a-z0-9-]+"|[0-9]+|[-+/:,()])*$`)

// onlyOurFormulas looks into a workbook for formulas that somebody else has
// made: the sheets of rows have none, the others only such as we make.
func onlyOurFormulas(t *testing.T, path string) {
	t.Helper()
	book := open(t, path)
	for _, name := range book.GetSheetList() {
		for cell, formula := range formulas(t, book, name) {
			if strings.HasPrefix(name, string(rowsSheet)) || strings.HasPrefix(name, string(exceptionsSheet)) || !ours.MatchString(formula) {
				t.Errorf("%s!%s: formula %q", name, cell, formula)
			}
		}
	}
}

// formulas are those of a worksheet by their cells.
func formulas(t *testing.T, book *excelize.File, name string) map[string]string {
	t.Helper()
	rows, err := book.GetRows(name)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for i := range len(rows) + 40 {
		for n := range 24 {
			cell, err := excelize.CoordinatesToCellName(n+1, i+1)
			if err != nil {
				t.Fatal(err)
			}
			formula, err := book.GetCellFormula(name, cell)
			if err != nil {
				t.Fatal(err)
			}
			if formula != "" {
				found[cell] = formula
			}
		}
	}
	return found
}

// Whoever lets the workbook calculate again must see the totals that stand in
// it, and whoever cannot must see them too.
func TestTheWorkbookAddsItselfUp(t *testing.T) {
	t.Parallel()
	for name, source := range map[string]Source{"one batch": sample(), "several": severalBatches()} {
		for _, language := range lang.All() {
			files, err := Write(t.Context(), t.TempDir(), "x", source, Options{Lang: language})
			if err != nil {
				t.Fatal(err)
			}
			book := open(t, files[slices.IndexFunc(files, func(f File) bool { return f.Format == "xlsx" })].Path)
			checked := 0
			for _, sheet := range book.GetSheetList() {
				for cell := range formulas(t, book, sheet) {
					cached, err := book.GetCellValue(sheet, cell, excelize.Options{RawCellValue: true})
					if err != nil {
						t.Fatal(err)
					}
					again, err := book.CalcCellValue(sheet, cell, excelize.Options{RawCellValue: true})
					if err != nil || number(cached) != number(again) {
						t.Errorf("%s, %s: %s!%s holds %s and calculates %q, %v", name, language, sheet, cell, cached, again, err)
					}
					checked++
				}
			}
			if checked < 25 {
				t.Errorf("%s, %s: only %d formulas", name, language, checked)
			}
		}
	}
}

// number is a cell's number to the last digit that anybody is shown.
func number(text string) string {
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return text
	}
	return strconv.FormatFloat(f, 'f', 9, 64)
}
