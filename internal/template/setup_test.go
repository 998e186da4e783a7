package template

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/bulkpay/bulkpay/ingest"
	"github.com/bulkpay/bulkpay/internal/samplegen"
	"github.com/bulkpay/bulkpay/paypro"
	"github.com/xuri/excelize/v2"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// everyTemplate runs a test for each area in each of its languages.
func everyTemplate(t *testing.T, test func(t *testing.T, area *paypro.Area, language string)) {
	t.Helper()
	for _, area := range paypro.Areas() {
		for _, language := range Languages(area) {
			t.Run(area.Slug+"-"+language, func(t *testing.T) {
				t.Parallel()
				test(t, area, language)
			})
		}
	}
}

func write(t *testing.T, area *paypro.Area, o Options) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := Write(&out, area, o); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// book is the template as a workbook that is being worked on.
func book(t *testing.T, area *paypro.Area, language string) *excelize.File {
	t.Helper()
	opened, err := excelize.OpenReader(bytes.NewReader(write(t, area, Options{Language: language})))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { opened.Close() })
	return opened
}

// saved puts content into a file of its own.
func saved(t *testing.T, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// read opens a sheet as the commands do, and finds no fault in it.
func read(t *testing.T, path string, area *paypro.Area) (*ingest.Sheet, []ingest.Row) {
	t.Helper()
	sheet, err := ingest.Open(path, ingest.Options{
		Area: area, Constants: samplegen.Constants(), Banks: paypro.ShippedBanks(area),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sheet.Close() })
	var rows []ingest.Row
	for row, err := range sheet.Rows() {
		if err != nil {
			t.Fatal(err)
		}
		for _, problem := range row.Problems {
			t.Error(problem)
		}
		for _, warning := range row.Warnings {
			t.Error("warning:", warning)
		}
		rows = append(rows, row)
	}
	return sheet, rows
}

// fill writes rows below the example as a person types them: an amount is a
// number, everything else text.
func fill(t *testing.T, opened *excelize.File, area *paypro.Area, rows []paypro.Values) {
	t.Helper()
	for i, c := range layout(area, English, nil) {
		for k, row := range rows {
			at, value := cell(i, 3+k), row[c.field.Name]
			var err error
			if value == "" {
				continue
			}
			if c.isAmount() {
				err = opened.SetCellDefault(payouts, at, value)
			} else {
				err = opened.SetCellStr(payouts, at, value)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
}

func bytesOf(t *testing.T, opened *excelize.File) []byte {
	t.Helper()
	out, err := opened.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func area(t *testing.T, slug string) *paypro.Area {
	t.Helper()
	found, ok := paypro.LookupArea(slug)
	if !ok {
		t.Fatal("no area ", slug)
	}
	return found
}
