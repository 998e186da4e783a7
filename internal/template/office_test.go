package template

import (
	"context"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/bulkpay/bulkpay/internal/samplegen"
	"github.com/bulkpay/bulkpay/paypro"
)

// Filled in and saved by another office suite, every row is still valid and
// still the same.
func TestSavedByLibreOffice(t *testing.T) {
	t.Parallel()
	soffice, err := exec.LookPath("soffice")
	if err != nil {
		t.Skip("needs LibreOffice: soffice is not in the path")
	}
	if testing.Short() {
		t.Skip("takes several seconds")
	}
	folder := t.TempDir()
	filled := map[*paypro.Area][]paypro.Values{}
	arguments := []string{
		"-env:UserInstallation=file://" + filepath.ToSlash(t.TempDir()), "--headless",
		"--convert-to", "xlsx", "--outdir", filepath.Join(folder, "saved"),
	}
	for _, area := range paypro.Areas() {
		filled[area] = slices.Collect(samplegen.Rows(area, 12, 9))
		opened := book(t, area, "")
		fill(t, opened, area, filled[area])
		path := filepath.Join(folder, area.Slug+".xlsx")
		if err := opened.SaveAs(path); err != nil {
			t.Fatal(err)
		}
		arguments = append(arguments, path)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	if out, err := exec.CommandContext(ctx, soffice, arguments...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for area, want := range filled {
		t.Run(area.Slug, func(t *testing.T) {
			_, rows := read(t, filepath.Join(folder, "saved", area.Slug+".xlsx"), area)
			same(t, area, want, rows)
		})
	}
}
