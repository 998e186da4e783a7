package spoolzip

import (
	"bytes"
	"errors"
	"fmt"
	"testing"

	"github.com/xuri/excelize/v2"
)

// workbook has several streamed worksheets: excelize keeps them in a map.
func workbook(t *testing.T) *excelize.File {
	t.Helper()
	book := excelize.NewFile()
	t.Cleanup(func() { _ = book.Close() })
	for i := range 6 {
		name := fmt.Sprint("sheet ", i)
		if _, err := book.NewSheet(name); err != nil {
			t.Fatal(err)
		}
		stream, err := book.NewStreamWriter(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := stream.SetRow("A1", []any{i, "text"}); err != nil {
			t.Fatal(err)
		}
		if err := stream.Flush(); err != nil {
			t.Fatal(err)
		}
	}
	return book
}

func TestTheSameWorkbookNeverHasOtherBytes(t *testing.T) {
	t.Parallel()
	var first []byte
	for range 5 {
		var out bytes.Buffer
		if err := Write(workbook(t), &out); err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = out.Bytes()
		}
		if !bytes.Equal(first, out.Bytes()) {
			t.Fatal("the bytes differ")
		}
	}
	book, err := excelize.OpenReader(bytes.NewReader(first))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	if value, err := book.GetCellValue("sheet 5", "A1"); err != nil || value != "5" {
		t.Errorf("it holds %q, %v", value, err)
	}
}

type broken struct{}

var errBroken = errors.New("broken")

func (broken) Write([]byte) (int, error) { return 0, errBroken }

func TestAWorkbookThatCannotBeWrittenIsAnError(t *testing.T) {
	t.Parallel()
	if err := Write(workbook(t), broken{}); !errors.Is(err, errBroken) {
		t.Errorf("error %v", err)
	}
}
