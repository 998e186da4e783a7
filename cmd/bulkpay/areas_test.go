package main

import (
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/bulkpay/bulkpay/internal/samplegen"
	"github.com/bulkpay/bulkpay/paypro"
)

// In every area the whole way is open: the template is filled in, run, and
// every row is paid and tied out.
func TestEveryAreaFromTemplateToPaid(t *testing.T) {
	t.Parallel()
	const rows = 8
	for i, area := range paypro.Areas() {
		for _, format := range []string{"xlsx", "csv"} {
			t.Run(area.Slug+"-"+format, func(t *testing.T) {
				t.Parallel()
				tr := newTrial(t)
				path := filepath.Join(tr.folder, "payouts."+format)
				// The language is English, because then a header is its
				// field's label.
				if got := call(t, "template", area.Slug, "--lang", "en", "--format", format, "--output", path); got.code != exitDone {
					t.Fatalf("template: %+v", got)
				}
				if unfilled := call(t, tr.with("check", path, "--area", area.Slug, "--json")...); unfilled.code != exitNotPaid || !strings.Contains(unfilled.out, `"rows": 0`) {
					t.Errorf("the template has a row to pay: %+v", unfilled)
				}
				payouts := slices.Collect(samplegen.Rows(area, rows, uint64(i)))
				if format == "xlsx" {
					fillWorkbook(t, path, area, payouts)
				} else {
					fillCSV(t, path, area, payouts)
				}
				got := call(t, tr.with("run", path, "--area", area.Slug, "--json")...)
				if got.code != exitDone {
					t.Fatalf("run: exit code %d\n%s%s", got.code, got.out, got.err)
				}
				var result runJSON
				if err := json.Unmarshal([]byte(got.out), &result); err != nil {
					t.Fatal(err)
				}
				batch := result.Batches[0]
				if len(result.Batches) != 1 || batch.Rows != rows || !batch.Tied || batch.Area != area.Code {
					t.Errorf("batch %+v", batch)
				}
				for _, bucket := range batch.Buckets {
					if want := map[bool]int{true: rows}[bucket.Name == "succeeded"]; bucket.Rows != want {
						t.Errorf("%d rows %s, want %d", bucket.Rows, bucket.Name, want)
					}
				}
			})
		}
	}
}

// fillWorkbook types rows below the template's example: amounts as numbers,
// everything else as text.
func fillWorkbook(t *testing.T, path string, area *paypro.Area, payouts []paypro.Values) {
	t.Helper()
	book, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	sheet := book.GetSheetName(0)
	all, err := book.GetRows(sheet)
	if err != nil {
		t.Fatal(err)
	}
	for c, label := range all[0] {
		field := labelled(t, area, label)
		for r, values := range payouts {
			at, err := excelize.CoordinatesToCellName(c+1, r+3)
			if err != nil {
				t.Fatal(err)
			}
			value := values[field.Name]
			switch {
			case value == "":
			case field.Role == paypro.RoleAmount:
				err = book.SetCellDefault(sheet, at, value)
			default:
				err = book.SetCellStr(sheet, at, value)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := book.Save(); err != nil {
		t.Fatal(err)
	}
}

func fillCSV(t *testing.T, path string, area *paypro.Area, payouts []paypro.Values) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	header, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(text), "\uFEFF"))).Read()
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	writer := csv.NewWriter(file)
	for _, values := range payouts {
		var cells []string
		for _, label := range header {
			cells = append(cells, values[labelled(t, area, label).Name])
		}
		if err := writer.Write(cells); err != nil {
			t.Fatal(err)
		}
	}
	writer.Flush()
	if err := writer.Error(); err != nil {
		t.Fatal(err)
	}
}

func labelled(t *testing.T, area *paypro.Area, label string) *paypro.Field {
	t.Helper()
	at := slices.IndexFunc(area.Fields, func(f paypro.Field) bool { return f.Label == label })
	if at < 0 {
		t.Fatalf("%s has no field labelled %q", area.Name, label)
	}
	return &area.Fields[at]
}
