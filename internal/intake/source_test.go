package intake

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/bulkpay/bulkpay/internal/samplegen"
)

func TestTheSheetIsKeptAsItWasRead(t *testing.T) {
	t.Parallel()
	d := setup(t)
	path := d.csv("sheet.csv", slices.Values(valid(20, 1)))
	book := filepath.Join(d.folder, "sheet.xlsx")
	d.must(samplegen.WriteXLSX(book, "Payouts", mexico(), samplegen.English, slices.Values(valid(20, 2))))
	for _, path := range []string{path, book} {
		want, err := os.ReadFile(path)
		d.must(err)
		batch, err := d.importSheet(path, d.order())
		d.must(err)
		d.must(os.Remove(path)) // it is kept, not pointed at
		source, err := d.book.Source(t.Context(), batch)
		d.must(err)
		got, err := io.ReadAll(source)
		d.must(err)
		if !bytes.Equal(got, want) || batch.SourceSize != int64(len(want)) {
			t.Errorf("%s: %d bytes came back, of %d", batch.Source, len(got), len(want))
		}
	}
}

// TestAnotherFileWithTheSameRowsIsNeverKept saves the sheet anew between
// looking and importing, so that its rows are the same and its bytes are not.
func TestAnotherFileWithTheSameRowsIsNeverKept(t *testing.T) {
	t.Parallel()
	for name, save := range map[string]func(path string, text []byte) error{
		"with a line more": func(path string, text []byte) error { return os.WriteFile(path, append(text, '\n'), 0o600) },
		"empty":            func(path string, _ []byte) error { return os.Truncate(path, 0) },
		"gone":             func(path string, _ []byte) error { return os.Remove(path) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := setup(t)
			path := d.csv("sheet.csv", slices.Values(valid(5, 1)))
			e, _, _ := d.examine(path)
			sheet := d.open(path)
			text, err := os.ReadFile(path)
			d.must(err)
			d.must(save(path, text))
			_, err = Import(t.Context(), d.book, sheet, e, d.order())
			if err == nil || name == "with a line more" && !errors.Is(err, ErrChanged) {
				t.Errorf("imported: %v", err)
			}
			if n := d.batches(); n != 0 {
				t.Errorf("%d batches", n)
			}
		})
	}
}
