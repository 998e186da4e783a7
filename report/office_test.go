package report

import (
	"archive/zip"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
)

// Every formula of a workbook, calculated anew by another program, comes to
// what stands in its cell.
func TestLibreOfficeCalculatesWhatIsPrinted(t *testing.T) {
	t.Parallel()
	soffice, err := exec.LookPath("soffice")
	if err != nil {
		t.Skip("needs LibreOffice: soffice is not in the path")
	}
	if testing.Short() {
		t.Skip("takes several seconds")
	}
	folder := t.TempDir()
	arguments := []string{
		"-env:UserInstallation=file://" + filepath.ToSlash(t.TempDir()), "--headless",
		"--convert-to", "xlsx", "--outdir", filepath.Join(folder, "calculated"),
	}
	lines := []MatchLine{
		{Match: 7, Class: AmountDiffers, Ours: ourSide("MX7K3QF000003", 100_00), There: theirSide("z", 110_00), Difference: pesos(10_00)},
		{Class: UnknownToUs, There: theirSide("y", 77_01)},
	}
	printed := map[string]string{}
	for name, s := range map[string]Source{"one": sample(), "several": severalBatches(), "matching": withMatching(lines...), "hostile": hostileSource()} {
		printed[name] = write(t, s)["xlsx"]
		empty := filepath.Join(folder, name+".xlsx")
		withoutResults(t, printed[name], empty)
		arguments = append(arguments, empty)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	if out, err := exec.CommandContext(ctx, soffice, arguments...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for name, path := range printed {
		sameResults(t, name, path, filepath.Join(folder, "calculated", name+".xlsx"))
	}
}

// sameResults holds the cells with formulas of two workbooks against each other.
func sameResults(t *testing.T, name, printed, calculated string) {
	t.Helper()
	was, is, checked := open(t, printed), open(t, calculated), 0
	for sheet, found := range formulas(t, printed) {
		for cell, formula := range found {
			want, err := was.GetCellValue(sheet, cell, excelize.Options{RawCellValue: true})
			if err != nil {
				t.Fatal(err)
			}
			got, err := is.GetCellValue(sheet, cell, excelize.Options{RawCellValue: true})
			if err != nil {
				t.Fatal(err)
			}
			checked++
			if number(want) != number(got) {
				t.Errorf("%s: %s!%s: %s comes to %q, and %q is printed", name, sheet, cell, formula, got, want)
			}
		}
	}
	if checked < 20 {
		t.Errorf("%s: only %d formulas", name, checked)
	}
}

var result = regexp.MustCompile(`(</f>)<v>[^<]*</v>`)

// withoutResults copies a workbook without what its formulas have come to, so
// that whoever opens it must calculate.
func withoutResults(t *testing.T, from, to string) {
	t.Helper()
	file, err := os.Create(to)
	if err != nil {
		t.Fatal(err)
	}
	archive, taken := zip.NewWriter(file), 0
	for name, text := range members(t, from) {
		part, err := archive.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(name, "xl/worksheets/") {
			taken += len(result.FindAllString(text, -1))
			text = result.ReplaceAllString(text, "$1")
		}
		if _, err := part.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	if taken == 0 {
		t.Fatal("no results to take out")
	}
}
