package ingest

import (
	"encoding/csv"
	"errors"
	"io"
	"os"
)

// book is a file that has been recognised. Its variants are the ways to read
// it, one of which has to be chosen: worksheets, or delimiters.
type book interface {
	variants() []variant
	Close() error
}

// variant is one way to read a file.
type variant struct {
	name string // for people: "comma-separated", or the name of the worksheet
	open func() (rowReader, error)
}

// rowReader gives the rows of a sheet as they stand.
type rowReader interface {
	// read returns the next row and its number as the person sees it. The
	// error is io.EOF after the last row, a brokenRow if only this row cannot
	// be read, and anything else if reading cannot go on. The cells are the
	// caller's.
	read() (cells []string, row int, err error)
	Close() error
}

// brokenRow is the error for a row whose cells cannot be told apart.
type brokenRow struct{ what, want string }

func (b brokenRow) Error() string { return b.what }

var delimiters = []struct {
	name string
	char rune
}{
	{"comma", ','},
	{"semicolon", ';'},
	{"tab", '\t'},
	{"bar", '|'},
}

// csvBook is text with a row a line.
type csvBook struct{ file *os.File }

func (b *csvBook) Close() error { return b.file.Close() }

func (b *csvBook) variants() []variant {
	ways := make([]variant, len(delimiters))
	for i, delimiter := range delimiters {
		ways[i] = variant{delimiter.name, func() (rowReader, error) {
			if _, err := b.file.Seek(0, io.SeekStart); err != nil {
				return nil, err
			}
			return newCSVReader(b.file, delimiter.char), nil
		}}
	}
	return ways
}

type csvReader struct {
	text *textReader
	csv  *csv.Reader
	last int // line of the last row
}

func newCSVReader(src io.Reader, delimiter rune) *csvReader {
	text := newText(src)
	reader := csv.NewReader(text)
	reader.Comma = delimiter
	reader.FieldsPerRecord = -1
	return &csvReader{text: text, csv: reader}
}

// Close leaves the file open: it is the book's.
func (r *csvReader) Close() error { return nil }

func (r *csvReader) read() ([]string, int, error) {
	r.text.mark()
	cells, err := r.csv.Read()
	if err == nil {
		r.last, _ = r.csv.FieldPos(0)
		return cells, r.last, nil
	}
	var syntax *csv.ParseError
	switch {
	case errors.Is(err, io.EOF):
		return nil, 0, io.EOF
	case errors.Is(err, errNotUTF8):
		return nil, 0, Problem{Row: r.text.line, What: "has bytes that are not UTF-8", Want: saveUTF8}
	case errors.Is(err, errLongRow):
		return nil, 0, Problem{
			Row:  r.last + 1,
			What: "a row beginning here or soon after has more than 1 MB: a quotation mark may be open",
			Want: "quotation marks in pairs",
		}
	case errors.As(err, &syntax):
		return r.misquoted(syntax)
	}
	return nil, 0, err
}

// misquoted tells a stray quotation mark in one line, after which the reader
// finds the next line by itself, from one that has swallowed lines: what was
// in those is lost, and going on would pretend that they were never there.
func (r *csvReader) misquoted(syntax *csv.ParseError) ([]string, int, error) {
	r.last = syntax.Line
	const want = "quotation marks in pairs around a whole cell, and doubled inside one"
	if syntax.Line > syntax.StartLine {
		return nil, 0, Problem{
			Row:  syntax.StartLine,
			What: "a quotation mark that opens a cell here is not closed as it should be, and the rows after it cannot be read",
			Want: want,
		}
	}
	return nil, syntax.StartLine, brokenRow{"has a quotation mark in the wrong place", want}
}
