package ingest

import (
	"encoding/csv"
	"errors"
	"io"
	"os"
	"strings"

	"github.com/bulkpay/bulkpay/internal/textfile"
)

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
type csvBook struct {
	file     *os.File
	charset  textfile.Charset
	guessed  string // how the encoding was found, if it was a guess
	formulas bool   // ="…" may stand in it
	told     rune   // the delimiter, if it was told; 0 if it is to be found
	sep      bool   // the first line told it
}

// openCSV decides on the encoding, over the whole file.
func openCSV(file *os.File, o Options) (*csvBook, error) {
	b := &csvBook{file: file}
	found, guessed, scan, err := findCharset(file)
	if o.Encoding != "" {
		if found, err = lookupCharset(o.Encoding); found.Name == textfile.UTF16LE.Name && scan.bom == textfile.UTF16BE.Name {
			found = textfile.UTF16BE // "UTF-16" alone leaves the order to the mark
		}
		guessed = ""
	}
	if err != nil {
		return nil, err
	}
	b.charset, b.guessed = found, guessed
	b.formulas = scan.formulas || !found.IsUTF8()
	if o.Delimiter != "" {
		if b.told, err = lookupDelimiter(o.Delimiter); err != nil {
			return nil, err
		}
		return b, nil
	}
	b.told, err = b.sepLine()
	b.sep = b.told != 0
	return b, err
}

func lookupDelimiter(name string) (rune, error) {
	for _, known := range delimiters {
		if name == string(known.char) || strings.EqualFold(name, known.name) {
			return known.char, nil
		}
	}
	switch strings.ToLower(name) {
	case `\t`:
		return '\t', nil
	case "pipe":
		return '|', nil
	}
	return 0, refuse("cannot be read with the delimiter that was asked for", "--delimiter with one of comma, semicolon, tab, bar")
}

// sepLine reads the first line for what spreadsheets take as an instruction:
// sep=; and nothing else.
func (b *csvBook) sepLine() (rune, error) {
	if _, err := b.file.Seek(0, io.SeekStart); err != nil {
		return 0, err
	}
	head := make([]byte, 64)
	n, err := io.ReadFull(textfile.NewReader(b.file, b.charset, maxRowBytes), head)
	if err != nil && n == 0 {
		return 0, nil //nolint:nilerr // reading the rows meets the same error and says where
	}
	line, _, _ := strings.Cut(string(head[:n]), "\n")
	line = strings.Trim(strings.TrimRight(line, "\r"), `"`)
	if len(line) == len("sep=;") && strings.EqualFold(line[:4], "sep=") && isDelimiter(line[4]) {
		return rune(line[4]), nil
	}
	return 0, nil
}

func isDelimiter(b byte) bool {
	return b == '\t' || b > ' ' && b < 0x7f && b != '"' && b != '=' && !isLetter(b) && (b < '0' || b > '9')
}

func (b *csvBook) Close() error { return b.file.Close() }

func (b *csvBook) variants() []variant {
	var ways []variant
	add := func(name string, char rune) {
		ways = append(ways, variant{name: name, open: func() (rowReader, error) {
			if _, err := b.file.Seek(0, io.SeekStart); err != nil {
				return nil, err
			}
			return newCSVReader(b.file, char, b.charset, b.formulas), nil
		}})
	}
	for _, delimiter := range delimiters {
		if b.told == 0 || b.told == delimiter.char {
			add(delimiter.name, delimiter.char)
		}
	}
	if len(ways) == 0 {
		add("`"+string(b.told)+"`", b.told)
	}
	return ways
}

// assumed says how the text is read.
func (b *csvBook) assumed(way variant) string {
	line := way.name + "-separated, " + b.charset.Name + b.guessed
	if b.sep {
		line += ", the delimiter as the first line says"
	}
	return line
}

type csvReader struct {
	text *textfile.Reader
	csv  *csv.Reader
	last int // line of the last row
}

func newCSVReader(src io.Reader, delimiter rune, from textfile.Charset, formulas bool) *csvReader {
	text := textfile.NewReader(src, from, maxRowBytes)
	var quoted io.Reader = text
	if formulas {
		quoted = newFormulaReader(text, byte(delimiter))
	}
	reader := csv.NewReader(quoted)
	reader.Comma = delimiter
	reader.FieldsPerRecord = -1
	reader.ReuseRecord = true
	return &csvReader{text: text, csv: reader}
}

// Close leaves the file open: it is the book's.
func (r *csvReader) Close() error { return nil }

func (r *csvReader) read(row *gridRow) error {
	row.reset()
	r.text.Mark()
	cells, err := r.csv.Read()
	if err == nil {
		r.last, _ = r.csv.FieldPos(0)
		row.number, row.cells = r.last, append(row.cells, cells...)
		unwrapTexts(row)
		return nil
	}
	var syntax *csv.ParseError
	switch {
	case errors.Is(err, io.EOF):
		return io.EOF
	case errors.Is(err, textfile.ErrNotText) && !r.text.Decoded():
		return Problem{Row: r.text.Line(), What: "has bytes that are not UTF-8", Want: saveUTF8 + "; or " + wantEncoding}
	case errors.Is(err, textfile.ErrNotText):
		return Problem{Row: r.text.Line(), What: "has bytes that mean nothing in this encoding", Want: saveUTF8 + "; or " + wantEncoding}
	case errors.Is(err, textfile.ErrTooLong):
		return Problem{
			Row:  r.last + 1,
			What: "a row beginning here or soon after has more than 1 MB: a quotation mark may be open",
			Want: "quotation marks in pairs",
		}
	case errors.As(err, &syntax):
		return r.misquoted(syntax, row)
	}
	return err
}

// misquoted tells a stray quotation mark in one line, after which the reader
// finds the next line by itself, from one that has swallowed lines: what was
// in those is lost, and going on would pretend that they were never there.
func (r *csvReader) misquoted(syntax *csv.ParseError, row *gridRow) error {
	r.last = syntax.Line
	const want = "quotation marks in pairs around a whole cell, and doubled inside one"
	if syntax.Line > syntax.StartLine {
		return Problem{
			Row:  syntax.StartLine,
			What: "a quotation mark that opens a cell here is not closed as it should be, and the rows after it cannot be read",
			Want: want,
		}
	}
	row.number = syntax.StartLine
	return brokenRow{"has a quotation mark in the wrong place", want}
}

// unwrapTexts takes ="0123" for the text 0123: it is how programs write a CSV
// whose numbers a spreadsheet must leave alone, and proves that it did.
func unwrapTexts(row *gridRow) {
	for i, cell := range row.cells {
		if len(cell) < 3 || cell[0] != '=' || cell[1] != '"' || cell[len(cell)-1] != '"' {
			continue
		}
		if inside := cell[2 : len(cell)-1]; !strings.Contains(inside, `"`) {
			for len(row.kinds) < len(row.cells) {
				row.kinds = append(row.kinds, kindPlain)
			}
			row.cells[i], row.kinds[i] = inside, kindText
		}
	}
}
