package statement

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"github.com/bulkpay/bulkpay/internal/textfile"
	"github.com/bulkpay/bulkpay/internal/xlsx"
)

// cell is one cell of a table, with what is known of how a spreadsheet held it.
type cell struct {
	text string
	kind cellKind
	// lossy tells that a number has more digits than a spreadsheet keeps.
	lossy bool
}

type cellKind uint8

const (
	cellText cellKind = iota
	cellNumber
	cellDate
	cellBad // #N/A and its like
)

// tableRow is a row as it stands. It is good until the next one.
type tableRow struct {
	number int
	broken bool // it goes over several lines of a text
	cells  []cell
}

func (r *tableRow) at(column int) cell {
	if column < len(r.cells) {
		return r.cells[column]
	}
	return cell{}
}

// rowReader gives the rows of a table; io.EOF follows the last.
type rowReader interface {
	next(row *tableRow) error
	Close() error
}

// way is one way to read a file as a table: a delimiter and an encoding, or a worksheet.
type way struct {
	name      string // for people
	format    Format
	worksheet string
	open      func(quotes) (rowReader, error) // a worksheet has no quotes
}

// quotes says what to do about quotes in a CSV that nobody doubled.
type quotes uint8

const (
	strictQuotes quotes = iota // they are an error
	lazyQuotes                 // they are lived with, and no record may go over several lines
	anyQuotes                  // to have a look
)

// csvRows reads text.
type csvRows struct {
	text *textfile.Reader
	csv  *csv.Reader
	last int
}

// errQuotes is that quotes are not as the format wants them.
var errQuotes = errors.New("quotes that are not doubled")

func newCSVRows(file *os.File, from textfile.Charset, delimiter rune, mode quotes) (rowReader, error) {
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	r := &csvRows{text: textfile.NewReader(file, from, maxRecordBytes)}
	r.csv = csv.NewReader(r.text)
	r.csv.Comma = delimiter
	r.csv.FieldsPerRecord = -1
	r.csv.ReuseRecord = true
	r.csv.LazyQuotes = mode != strictQuotes
	return r, nil
}

// Close leaves the file open: it is the statement's.
func (r *csvRows) Close() error { return nil }

func (r *csvRows) next(row *tableRow) error {
	r.text.Mark()
	record, err := r.csv.Read()
	if err != nil {
		var syntax *csv.ParseError
		if errors.As(err, &syntax) {
			return fmt.Errorf("%w: %w", errQuotes, Problem{Row: syntax.Line, What: "cannot be taken apart into cells", Want: "quotes in a cell doubled"})
		}
		return refused(r.text, err, r.last+1)
	}
	r.last, _ = r.csv.FieldPos(0)
	if len(record) > maxColumns {
		return Problem{Row: r.last, What: "has more columns than any statement", Want: "the file as the bank gave it"}
	}
	row.number, row.broken = r.last, false
	row.cells = row.cells[:0]
	for _, text := range record {
		row.broken = row.broken || strings.IndexByte(text, '\n') >= 0
		row.cells = append(row.cells, cell{text: plainCell(text)})
	}
	return nil
}

// plainCell takes off what programs put before digits to save them from
// spreadsheets: ="0029", '0029, `0029, a tab.
func plainCell(text string) string {
	text = strings.Trim(text, " \t\u00a0\ufeff")
	if len(text) > 3 && strings.HasPrefix(text, `="`) && strings.HasSuffix(text, `"`) {
		return strings.TrimSpace(text[2 : len(text)-1])
	}
	if len(text) > 1 && (text[0] == '\'' || text[0] == '`') {
		return text[1:]
	}
	return text
}

// openCSV finds the ways in which a text may be a table, and the one that is.
func openCSV(file *os.File, b *bytesOf, o Options) (source, error) {
	proved, sure := b.charset()
	charsets := []textfile.Charset{proved}
	if !sure {
		charsets = []textfile.Charset{textfile.GB18030, textfile.Windows1252}
	}
	var ways []way
	for _, from := range charsets {
		for _, one := range [...]struct {
			name string
			char rune
		}{{"comma", ','}, {"semicolon", ';'}, {"tab", '\t'}, {"bar", '|'}} {
			ways = append(ways, csvWay(file, from, one.name, one.char, !sure))
		}
	}
	return openTable(o, func(p *Profile) ([]way, error) { return toldCSV(file, p, o, charsets, ways, !sure) })
}

func csvWay(file *os.File, from textfile.Charset, name string, char rune, guessed bool) way {
	text := name + "-separated, " + from.Name
	if guessed {
		text += " (by its bytes, as it is not UTF-8)"
	}
	return way{name: text, format: CSV, open: func(mode quotes) (rowReader, error) { return newCSVRows(file, from, char, mode) }}
}

// toldCSV are the ways that are left when an encoding or a delimiter is told.
func toldCSV(file *os.File, p *Profile, o Options, from []textfile.Charset, all []way, guessed bool) ([]way, error) {
	encoding, delimiter := o.Encoding, o.Delimiter
	if p != nil && encoding == "" {
		encoding = p.Encoding
	}
	if p != nil && delimiter == "" {
		delimiter = p.Delimiter
	}
	if encoding == "" && delimiter == "" {
		return all, nil
	}
	if encoding != "" {
		found, ok := textfile.Lookup(encoding)
		if !ok {
			return nil, Problem{What: "cannot be read in the encoding that was asked for: it is not known", Want: wantEncoding()}
		}
		from, guessed = []textfile.Charset{found}, false
	}
	chars := []rune{',', ';', '\t', '|'}
	if delimiter != "" {
		char, ok := lookupDelimiter(delimiter)
		if !ok {
			return nil, Problem{What: "cannot be read with the delimiter that was asked for", Want: "comma, semicolon, tab, bar or one character"}
		}
		chars = []rune{char}
	}
	var ways []way
	for _, one := range from {
		for _, char := range chars {
			ways = append(ways, csvWay(file, one, delimiterName(char), char, guessed))
		}
	}
	return ways, nil
}

func lookupDelimiter(name string) (rune, bool) {
	switch strings.ToLower(name) {
	case "comma":
		return ',', true
	case "semicolon":
		return ';', true
	case "tab", `\t`:
		return '\t', true
	case "bar", "pipe":
		return '|', true
	}
	r, size := utf8.DecodeRuneInString(name)
	return r, size == len(name) && r != '"' && r != '\n' && r != '\r' && r != utf8.RuneError
}

func delimiterName(char rune) string {
	for _, name := range [...]string{"comma", "semicolon", "tab", "bar"} {
		if known, _ := lookupDelimiter(name); known == char {
			return name
		}
	}
	return "`" + string(char) + "`"
}

// xlsxRows reads a worksheet.
type xlsxRows struct{ rows *xlsx.Rows }

func (r *xlsxRows) Close() error { return r.rows.Close() }

func (r *xlsxRows) next(row *tableRow) error {
	from, err := r.rows.Next()
	if err != nil {
		return workbookProblem(err)
	}
	row.number = from.Number
	row.cells = row.cells[:0]
	for _, c := range from.Cells {
		if c.Column >= maxColumns {
			return Problem{Row: from.Number, What: "has more columns than any statement", Want: "the file as the bank gave it"}
		}
		for len(row.cells) < c.Column {
			row.cells = append(row.cells, cell{})
		}
		row.cells = append(row.cells, workbookCell(c))
	}
	return nil
}

func workbookCell(from xlsx.Cell) cell {
	c := cell{text: from.Text, lossy: from.Rounded}
	switch from.Kind {
	case xlsx.Number:
		const kept = 15 // significant digits of a number in a workbook
		c.kind = cellNumber
		c.lossy = c.lossy || len(strings.TrimLeft(strings.Trim(c.text, "-"), "0")) > kept && !strings.Contains(c.text, ".")
	case xlsx.Date:
		c.kind = cellDate
	case xlsx.Fault:
		c.kind = cellBad
	default:
		c.text = plainCell(c.text)
	}
	return c
}

// workbookProblem gives the reader's error our coordinates.
func workbookProblem(err error) error {
	var damage *xlsx.Error
	if !errors.As(err, &damage) {
		return err
	}
	want := "the workbook as it was saved, without macros and passwords"
	return Problem{Row: damage.Row, What: "cannot be read: " + damage.What, Want: want}
}

// openWorkbook finds the worksheet that is a statement.
func openWorkbook(file *os.File, size int64, o Options) (source, error) {
	book, err := xlsx.Open(file, size, xlsx.Limits{})
	if err != nil {
		return nil, workbookProblem(err)
	}
	var ways []way
	for i, sheet := range book.Sheets() {
		ways = append(ways, way{
			name: "worksheet " + shown(sheet.Name), format: XLSX, worksheet: sheet.Name,
			open: func(quotes) (rowReader, error) {
				rows, err := book.Rows(i)
				if err != nil {
					return nil, workbookProblem(err)
				}
				return &xlsxRows{rows}, nil
			},
		})
	}
	return openTable(o, func(p *Profile) ([]way, error) {
		name := o.Worksheet
		if name == "" && p != nil {
			name = p.Sheet
		}
		if name == "" {
			return ways, nil
		}
		for _, one := range ways {
			if strings.EqualFold(one.worksheet, name) {
				return []way{one}, nil
			}
		}
		return nil, Problem{What: "has no worksheet of the name that was asked for", Want: "one of its worksheets"}
	})
}
