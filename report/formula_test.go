package report

import (
	"html"
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
	for sheet, found := range formulas(t, path) {
		for cell, formula := range found {
			if strings.HasPrefix(sheet, string(rowsSheet)) || strings.HasPrefix(sheet, string(exceptionsSheet)) || !ours.MatchString(formula) {
				t.Errorf("%s!%s: formula %q", sheet, cell, formula)
			}
		}
	}
}

var inCell = regexp.MustCompile(`<c r="([A-Z]+[0-9]+)"[^>]*><f>([^<]*)</f>`)

// formulas are those of each worksheet by their cells.
func formulas(t *testing.T, path string) map[string]map[string]string {
	t.Helper()
	all := map[string]map[string]string{}
	names := open(t, path).GetSheetList()
	for name, text := range members(t, path) {
		number, isSheet := strings.CutPrefix(name, "xl/worksheets/sheet")
		if !isSheet {
			continue
		}
		n, err := strconv.Atoi(strings.TrimSuffix(number, ".xml"))
		if err != nil || n > len(names) {
			t.Fatalf("%s: %v", name, err)
		}
		found := map[string]string{}
		for _, m := range inCell.FindAllStringSubmatch(text, -1) {
			found[m[1]] = html.UnescapeString(m[2])
		}
		if len(found) != strings.Count(text, "<f>") {
			t.Fatalf("%s: %d formulas of %d found", name, len(found), strings.Count(text, "<f>"))
		}
		all[names[n-1]] = found
	}
	return all
}

// Whoever lets the workbook calculate again must see the totals that stand in
// it, and whoever cannot must see them too.
func TestTheWorkbookAddsItselfUp(t *testing.T) {
	if testing.Short() {
		t.Skip("one goroutine, and long under the race detector")
	}
	t.Parallel()
	for name, source := range map[string]Source{"one batch": sample(), "several": severalBatches()} {
		for _, language := range lang.All() {
			files, err := Write(t.Context(), t.TempDir(), "x", source, Options{Lang: language})
			if err != nil {
				t.Fatal(err)
			}
			path := files[slices.IndexFunc(files, func(f File) bool { return f.Format == "xlsx" })].Path
			book := open(t, path)
			checked := 0
			for sheet, found := range formulas(t, path) {
				for cell := range found {
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
