package samplegen

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"

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
		area := rapid.SampledFrom([]*paypro.Area{area("mexico"), area("india")}).Draw(r, "area")
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
			if faults := area.Check(row); len(faults) > 0 {
				r.Fatalf("%v", faults)
			}
		}
	})
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
