package samplegen

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/bulkpay/bulkpay/ingest"
	"github.com/bulkpay/bulkpay/paypro"
	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"
)

const committed = "../../samples"

func TestCommittedSamplesAreWhatIsGenerated(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	if err := WriteSamples(folder); err != nil {
		t.Fatal(err)
	}
	want := names(t, committed)
	want = slices.DeleteFunc(want, func(name string) bool { return name == "README.md" })
	if diff := cmp.Diff(want, names(t, folder)); diff != "" {
		t.Errorf("files: %s", diff)
	}
	for _, name := range want {
		old, made := filepath.Join(committed, name), filepath.Join(folder, name)
		if filepath.Ext(name) == ".xlsx" {
			// The bytes hold the version of the library and times.
			if diff := cmp.Diff(cells(t, old), cells(t, made)); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
			continue
		}
		if !bytes.Equal(read(t, old), read(t, made)) {
			t.Errorf("%s is not what is generated", name)
		}
	}
}

func TestEveryRowSatisfiesItsArea(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		var slugs []string
		for _, area := range paypro.Areas() {
			slugs = append(slugs, area.Slug)
		}
		area := area(rapid.SampledFrom(slugs).Draw(r, "area"))
		seed := rapid.Uint64().Draw(r, "seed")
		rows := slices.Collect(Rows(area, 20, seed))
		if diff := cmp.Diff(rows, slices.Collect(Rows(area, 20, seed))); diff != "" {
			r.Fatalf("the same seed gives other rows: %s", diff)
		}
		for _, row := range rows {
			for name, value := range Constants() {
				if area.Field(name) != nil {
					row[name] = value
				}
			}
			faults := slices.Concat(area.Check(row), area.Warnings(row), paypro.ShippedBanks(area).Check(area, row))
			if len(faults) > 0 {
				r.Fatalf("%s: %v", area.Name, faults)
			}
			for name, value := range row {
				if value != area.Field(name).Canonical(value) {
					r.Fatalf("%s: %s is not in the form of the documents", area.Name, name)
				}
			}
		}
	})
}

// Every header is understood as the field it stands for, and every row comes
// back as it was.
func TestEverySheetIsReadBack(t *testing.T) {
	t.Parallel()
	for _, area := range paypro.Areas() {
		for _, language := range []Language{LanguageOf(area), English, Wire} {
			want := slices.Collect(Rows(area, 5, 1))
			var text bytes.Buffer
			if err := WriteCSV(&text, area, language, slices.Values(want)); err != nil {
				t.Fatal(err)
			}
			plain, book := filepath.Join(t.TempDir(), "a.csv"), filepath.Join(t.TempDir(), "a.xlsx")
			if err := os.WriteFile(plain, text.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := WriteXLSX(book, "", area, language, slices.Values(want)); err != nil {
				t.Fatal(err)
			}
			for _, path := range []string{plain, book} {
				t.Run(area.Slug+"-"+string(language)+filepath.Ext(path), func(t *testing.T) {
					readBack(t, path, area, language, want)
				})
			}
		}
	}
}

func readBack(t *testing.T, path string, area *paypro.Area, language Language, want []paypro.Values) {
	t.Helper()
	sheet, err := ingest.Open(path, ingest.Options{Area: area, Constants: Constants()})
	if err != nil {
		t.Fatal(err)
	}
	defer sheet.Close()
	for i, column := range sheet.Columns() {
		if field := Columns(area, language)[i].Field; column.Field != field {
			t.Errorf("column %s is taken for %q, not %s", column.Letter, column.Field, field)
		}
	}
	var got []paypro.Values
	for row, err := range sheet.Rows() {
		if err != nil || len(row.Problems) > 0 {
			t.Fatal(err, row.Problems)
		}
		for name := range Constants() {
			delete(row.Values, name)
		}
		got = append(got, row.Values)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestCheckDigits(t *testing.T) {
	t.Parallel()
	// The card is the test number every payment system documents.
	if got := Card(0); got != "4000000000000002" {
		t.Errorf("card %s", got)
	}
	if got := CLABE("072", 0); got != "072180000000000000" {
		t.Errorf("CLABE %s", got)
	}
	// Both as printed in the description of the algorithm.
	if got := twoChecks("111444777", 11); got != "11144477735" {
		t.Errorf("CPF %s", got)
	}
	if got := twoChecks("112223330001", 9); got != "11222333000181" {
		t.Errorf("CNPJ %s", got)
	}
}

func names(t *testing.T, folder string) []string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func cells(t *testing.T, path string) map[string][][]string {
	t.Helper()
	book, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	sheets := map[string][][]string{}
	for _, name := range book.GetSheetList() {
		rows, err := book.GetRows(name, excelize.Options{RawCellValue: true})
		if err != nil {
			t.Fatal(err)
		}
		sheets[name] = rows
	}
	return sheets
}

// Large sheets are for measuring; two of their rows must not look like one
// payout made twice.
func TestPayeesOfALargeSheetAreDistinct(t *testing.T) {
	t.Parallel()
	for _, slug := range []string{"mexico", "india"} {
		area, _ := paypro.LookupArea(slug)
		names, accounts := map[string]bool{}, map[string]bool{}
		const rows = 20_000
		for row := range Rows(area, rows, 5) {
			names[row[area.FieldFor(paypro.RoleName).Name]] = true
			accounts[row[area.FieldFor(paypro.RoleAccount).Name]] = true
		}
		if len(accounts) != rows || len(names) < rows-20 { // a few of the first rows may be namesakes
			t.Errorf("%s: %d accounts and %d names for %d rows", slug, len(accounts), len(names), rows)
		}
	}
}
