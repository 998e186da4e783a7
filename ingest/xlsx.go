package ingest

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/xuri/excelize/v2"
)

// workbook is an XLSX file. The library reads the cells; what it does not
// notice about a damaged file is checked by [verifyParts].
type workbook struct {
	file     *os.File
	archive  *zip.Reader
	cells    *excelize.File
	verified bool
}

// wantRepaired is the way out of a damaged workbook.
const wantRepaired = "the file opened and saved again by a spreadsheet program"

var errDamaged = refuse("is a damaged workbook", wantRepaired)

func openWorkbook(file *os.File, archive *zip.Reader) (book, error) {
	if err := checkSizes(archive); err != nil {
		return nil, err
	}
	var cells *excelize.File
	err := guard(func() (err error) {
		cells, err = excelize.OpenFile(file.Name(), excelize.Options{
			RawCellValue:      true,
			UnzipSizeLimit:    maxUnzippedBytes,
			UnzipXMLSizeLimit: maxPartInMemoryBytes,
		})
		return err
	})
	if err != nil {
		if cells != nil {
			cells.Close()
		}
		// The library's errors are about parts and parsers, of no use to the
		// person with the sheet.
		return nil, errDamaged
	}
	return &workbook{file: file, archive: archive, cells: cells}, nil
}

// checkSizes trusts the sizes an archive declares: archive/zip gives an error
// for a part that unzips to more.
func checkSizes(archive *zip.Reader) error {
	var all, others uint64
	for _, part := range archive.File {
		size := part.UncompressedSize64
		if size > maxUnzippedBytes {
			return errTooBig
		}
		all += size
		name := strings.ToLower(strings.ReplaceAll(part.Name, "\\", "/"))
		if !strings.HasPrefix(name, "xl/worksheets/sheet") && name != "xl/sharedstrings.xml" {
			others += size
		}
		if all > maxUnzippedBytes || others > maxPartsBytes {
			return errTooBig
		}
	}
	return nil
}

var errTooBig = refuse("is a workbook that unzips to more than any payout sheet",
	"the payouts alone in a new workbook, or a CSV in UTF-8")

func (b *workbook) Close() error {
	return errors.Join(b.cells.Close(), b.file.Close())
}

func (b *workbook) variants() []variant {
	var ways []variant
	for _, name := range b.cells.GetSheetList() {
		ways = append(ways, variant{name, func() (rowReader, error) { return b.open(name) }})
	}
	return ways
}

func (b *workbook) open(name string) (rowReader, error) {
	var rows *excelize.Rows
	err := guard(func() (err error) {
		rows, err = b.cells.Rows(name)
		return err
	})
	if err != nil {
		return nil, errDamaged
	}
	return &xlsxReader{rows: rows}, nil
}

// verify is called before the first row is given out.
func (b *workbook) verify() error {
	if b.verified {
		return nil
	}
	err := verifyParts(b.archive)
	b.verified = err == nil
	return err
}

type xlsxReader struct {
	rows *excelize.Rows
	row  int
}

func (r *xlsxReader) Close() error { return r.rows.Close() }

func (r *xlsxReader) read() (cells []string, row int, err error) {
	err = guard(func() error {
		if !r.rows.Next() {
			if r.rows.Error() != nil {
				return r.rows.Error()
			}
			return io.EOF
		}
		// A row the file leaves out comes as an empty one, so counting gives
		// the number the person sees.
		r.row++
		cells, err = r.rows.Columns(excelize.Options{RawCellValue: true})
		return err
	})
	switch {
	case err == nil:
		return cells, r.row, nil
	case errors.Is(err, io.EOF):
		return nil, 0, io.EOF
	}
	return nil, 0, Problem{Row: r.row + 1, What: "the workbook is damaged from here on", Want: wantRepaired}
}

// guard turns a panic of the library over a malformed file into an error.
func guard(call func() error) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("panic: %v", cause)
		}
	}()
	return call()
}
