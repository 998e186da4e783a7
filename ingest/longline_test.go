package ingest

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/bulkpay/bulkpay/internal/textfile"
)

// A row may be longer than what encoding/csv reads at once. It then asks for
// the few bytes that it has room for, which may be less than a character.
func TestLongRowsOfAnyLanguageAreRead(t *testing.T) {
	t.Parallel()
	for _, letter := range []string{"é", "语", "😀"} {
		remark := strings.Repeat(letter, 9000)
		path := filepath.Join(t.TempDir(), "long.csv")
		must(0, os.WriteFile(path, []byte("Banco,Importe,Nota\nBBVA,100,\""+remark+"\"\nHSBC,200,x\n"), 0o600))
		file := must(os.Open(path))
		rows := newCSVReader(file, ',', textfile.UTF8, false)
		var row gridRow
		var cells []string
		for rows.read(&row) == nil {
			cells = append(cells, row.cells[2])
		}
		must(0, file.Close())
		if len(cells) != 3 || cells[1] != remark || cells[2] != "x" {
			t.Errorf("%s: %d rows", letter, len(cells))
		}
	}
}

func TestTextIsReadByteByByte(t *testing.T) {
	t.Parallel()
	const text = "a,é\r\nb,语\r\nc,😀"
	got, err := io.ReadAll(iotest.OneByteReader(textfile.NewReader(iotest.OneByteReader(strings.NewReader(text)), textfile.UTF8, maxRowBytes)))
	if err != nil || string(got) != text {
		t.Errorf("%q, %v", got, err)
	}
}
