package ingest

import (
	"os"
	"path/filepath"
	"testing"
)

// What a fuzz target gives must be read or refused; a panic, a hang or rows
// without end are findings. Both targets take any bytes: the format is found
// by content. They differ in their seeds.

func FuzzCSV(f *testing.F) {
	for _, seed := range []string{
		"", mexicanHeader + "\n" + mexicanRow, "\ufeff" + mexicanHeader + "\r\n\"a\r\nb\",,,,\r\n", mexicanHeader + "\n\"",
		mexicanHeader + "\na\"b,,\n\xff", "Banco;Monto|Nombre\n", "sep=;\n",
	} {
		f.Add([]byte(seed))
	}
	addFiles(f, "../samples/*.csv", "testdata/corpus/*.csv")
	f.Fuzz(drainAnything)
}

func FuzzXLSX(f *testing.F) {
	f.Add(workbookBytes(f, map[string][][]any{"A": {{"Banco", "Monto", "Cuenta"}, {"x", 1, "2"}}}))
	f.Add(zipOf(f, "xl/workbook.xml", "<workbook/>"))
	addFiles(f, "testdata/corpus/*.xls?")
	f.Fuzz(drainAnything)
}

func addFiles(f *testing.F, patterns ...string) {
	for _, pattern := range patterns {
		for _, path := range must(filepath.Glob(pattern)) {
			f.Add(must(os.ReadFile(path)))
		}
	}
}

func drainAnything(t *testing.T, content []byte) {
	for _, slug := range []string{"", "mexico", "brazil"} {
		o := Options{Hidden: "include"}
		if slug != "" {
			o.Area = area(slug)
		}
		// Everything required is given, so that any two known columns do.
		o.Constants = map[string]string{
			"wayCode": "BANORTE", "customerName": "Ana", "customerAccountType": "CLABE", "customerAccount": "072180000012345012",
			"amount": "1", "notifyUrl": "https://pay.example.com/",
		}
		sheet, err := setup(t, "a", content, o)
		if err != nil {
			continue
		}
		sheet.Assumed()
		var digest Digest
		before := 0
		for row, err := range sheet.Rows() {
			if err != nil {
				break
			}
			if row.Number <= before || row.Number <= sheet.HeaderRow() {
				t.Fatalf("row %d after row %d", row.Number, before)
			}
			before = row.Number
			digest.Add(row)
			row.PayeeFingerprint()
			if len(row.Problems) == 0 && !row.AmountRead {
				t.Fatalf("row %d has no amount and no problem", row.Number)
			}
		}
		sheet.Notes()
	}
}
