package ingest

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/bulkpay/bulkpay/internal/samplegen"
	"github.com/bulkpay/bulkpay/paypro"
	"go.uber.org/goleak"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m)
}

// setup writes a file and opens it; the options' constants are those of a
// configured merchant unless given.
func setup(t testing.TB, name string, content []byte, o Options) (*Sheet, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return openConfigured(t, path, o)
}

func openConfigured(t testing.TB, path string, o Options) (*Sheet, error) {
	t.Helper()
	if o.Constants == nil {
		o.Constants = samplegen.Constants()
	}
	sheet, err := Open(path, o)
	if err == nil {
		t.Cleanup(func() {
			if err := sheet.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	return sheet, err
}

// drain reads all rows of a sheet that can be read to its end.
func drain(t testing.TB, sheet *Sheet) []Row {
	t.Helper()
	var rows []Row
	for row, err := range sheet.Rows() {
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, row)
	}
	return rows
}

// must is for calls that a test does not expect to go wrong.
func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func area(slug string) *paypro.Area {
	found, ok := paypro.LookupArea(slug)
	if !ok {
		panic("no area " + slug)
	}
	return found
}

// mexican is the header of a sheet that has every required column of Mexico
// which a merchant does not configure, and a row that satisfies it.
const (
	mexicanHeader = "Banco,Nombre,Tipo de cuenta,Cuenta,Monto"
	mexicanRow    = "BANORTE,Ana Ruiz,CLABE,072180000012345012,1500"
)
