package handback

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/bulkpay/bulkpay/internal/neutral"
)

// CSV writes the text src to dst with columns for what is wrong and for what
// became of the rows. Rows are numbered by the line on which they begin.
//
// A row that has more cells than the header, because a delimiter stands in
// one of them, gets ours after its last: once the person has put quotation
// marks around that cell, ours are where they belong. Marks of rows that are
// not there or stand above the header have no place in a CSV.
func CSV(ctx context.Context, src *os.File, dst io.Writer, o Options) error {
	info, err := src.Stat()
	if err != nil {
		return err
	}
	return csvText(ctx, io.NewSectionReader(src, 0, info.Size()), dst, o)
}

const csvBuffer = 64 << 10

func csvText(ctx context.Context, src io.Reader, dst io.Writer, o Options) error {
	in := bufio.NewReaderSize(src, csvBuffer)
	head, err := in.Peek(csvBuffer)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	s, skip, err := scriptOf(o.Encoding, head)
	if err != nil {
		return err
	}
	if o.Delimiter == 0 {
		o.Delimiter = ','
	}
	if o.Delimiter >= 0x80 || o.Delimiter == '"' || o.Delimiter == '\n' || o.Delimiter == '\r' {
		return fmt.Errorf("the sheet to hand back: no sheet has %q between its cells", o.Delimiter)
	}
	w := &csvWriter{
		options: &o, script: s, out: bufio.NewWriterSize(dst, csvBuffer), marks: readMarks(o.Marks),
		delimiter: s.ascii(byte(o.Delimiter)),
		in:        &recordReader{script: s, src: in, delimiter: byte(o.Delimiter), line: 1},
	}
	defer w.marks.stop()
	w.out.Write(head[:skip])
	if _, err := in.Discard(skip); err != nil {
		return err
	}
	if err := w.columns(); err != nil {
		return err
	}
	return w.run(ctx)
}

// csvColumn is a column of ours.
type csvColumn struct {
	header string
	index  int // -1: added
	value  int // its place among the values; -1: the faults
}

type csvWriter struct {
	options   *Options
	script    script
	in        *recordReader
	out       *bufio.Writer
	marks     *markReader
	delimiter []byte
	written   []csvColumn // over ones that are there, ordered by index
	added     []csvColumn
	width     int // cells of the header
	owned     int // from here on all of the header's are ours
}

func (w *csvWriter) columns() error {
	w.width = w.options.LastColumn + 1
	all := make([]Column, 0, len(w.options.Append)+1)
	if w.options.Marks != nil {
		all = append(all, Column{Header: FaultsHeader, Letter: w.options.FaultsLetter})
	}
	first := len(all)
	all = append(all, w.options.Append...)
	there, err := place(all, maxColumn/2)
	if err != nil {
		return err
	}
	for _, one := range there {
		column := csvColumn{one.Header, one.index, one.value - first}
		if one.added {
			w.added = append(w.added, column)
		} else {
			w.written = append(w.written, column)
		}
	}
	return nil
}

func (w *csvWriter) run(ctx context.Context) error {
	for n := 0; ; n++ {
		if n&1023 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		rec, err := w.in.read()
		if errors.Is(err, io.EOF) {
			return w.out.Flush()
		}
		if err != nil {
			return err
		}
		if rec.over {
			w.out.Write(rec.raw)
			if _, err := io.Copy(w.out, w.in.src); err != nil {
				return err
			}
			return w.out.Flush()
		}
		w.row(rec)
	}
}

func (w *csvWriter) row(rec *record) {
	marks := w.marks.take(rec.last)
	switch {
	case rec.first < w.options.HeaderRow:
		w.out.Write(rec.raw)
	case rec.first == w.options.HeaderRow:
		w.header(rec)
	default:
		w.body(rec, marks)
	}
	w.out.Write(rec.end)
}

func (w *csvWriter) header(rec *record) {
	w.width = max(w.width, len(rec.cells))
	w.out.Write(rec.raw)
	texts := make([]string, len(w.added))
	for i, column := range w.added {
		texts[i] = column.header
	}
	w.append(len(rec.cells), texts)
	for w.owned = w.width; w.owned > 0 && w.overwrites(w.owned-1); w.owned-- {
	}
}

func (w *csvWriter) overwrites(index int) bool {
	for _, column := range w.written {
		if column.index == index {
			return true
		}
	}
	return false
}

// append writes cells after those of a row that has so many, in columns of
// the header or further right.
func (w *csvWriter) append(has int, texts []string) {
	if len(texts) == 0 {
		return
	}
	for ; has < w.width; has++ {
		w.out.Write(w.delimiter)
	}
	for _, text := range texts {
		w.out.Write(w.delimiter)
		w.out.Write(w.quoted(text))
	}
}

func (w *csvWriter) body(rec *record, marks []Mark) {
	faults := w.faults(rec.first, marks)
	var values []string
	if len(w.options.Append) > 0 && w.options.Values != nil {
		values = w.options.Values(rec.first)
	}
	texts := map[int]string{}
	var late []string
	for _, column := range w.written {
		text, given := faults, true
		if column.value >= 0 {
			given = column.value < len(values)
			if given {
				text = values[column.value]
			}
		}
		at := w.target(column.index, len(rec.cells))
		switch {
		case !given || text == "" && at >= len(rec.cells):
		case column.value < 0 && at < len(rec.cells) && !w.isFaults(rec, at):
			// What stands there is a person's, pushed there by a delimiter.
			if text != "" {
				late = append(late, text)
			}
		default:
			texts[at] = text
		}
	}
	has := w.rewrite(rec, texts)
	added, filled := make([]string, len(w.added)), false
	for i, column := range w.added {
		switch {
		case column.value < 0:
			added[i] = faults
		case column.value < len(values):
			added[i] = values[column.value]
		}
		filled = filled || added[i] != ""
	}
	if filled {
		late = append(late, added...)
	}
	w.append(has, late)
}

// target is where a column of ours is in a row of so many cells: in one that
// is too long those at the end have moved with it.
func (w *csvWriter) target(index, has int) int {
	if has > w.width && index >= w.owned {
		return index + has - w.width
	}
	return index
}

// rewrite writes a row with other texts in some cells, and tells how many
// cells it has then. Without any it is the row as it stands.
func (w *csvWriter) rewrite(rec *record, texts map[int]string) (has int) {
	if len(texts) == 0 {
		w.out.Write(rec.raw)
		return len(rec.cells)
	}
	last := len(rec.cells) - 1
	for at := range texts {
		last = max(last, at)
	}
	for i := range last + 1 {
		if i > 0 {
			w.out.Write(w.delimiter)
		}
		if text, ours := texts[i]; ours {
			w.out.Write(w.quoted(text))
		} else if i < len(rec.cells) {
			w.out.Write(rec.raw[rec.cells[i][0]:rec.cells[i][1]])
		}
	}
	return last + 1
}

const (
	faultHead   = "Fault: "
	warningHead = "Warning: "
)

// isFaults tells whether a cell is empty or holds what an earlier copy said.
func (w *csvWriter) isFaults(rec *record, at int) bool {
	text := w.script.decode(rec.raw[rec.cells[at][0]:rec.cells[at][1]])
	text = strings.TrimSpace(strings.Trim(strings.TrimSpace(text), `"`))
	return text == "" || strings.HasPrefix(text, faultHead) || strings.HasPrefix(text, warningHead)
}

// faults is what is wrong with a row, on one line.
func (w *csvWriter) faults(row int, marks []Mark) string {
	var texts []string
	for _, m := range marks {
		if m.Row < row {
			continue // a row that is not there
		}
		head := faultHead
		if m.Warning {
			head = warningHead
		}
		texts = append(texts, head+m.sentence(w.subject(m)))
	}
	return strings.Join(strings.Fields(strings.Join(texts, " / ")), " ")
}

// subject is the column of a mark as a person knows it; "" for a whole row.
func (w *csvWriter) subject(m Mark) string {
	if m.Column < 0 {
		return ""
	}
	letter := "column " + letters(m.Column)
	if m.Column < len(w.options.Headers) && w.options.Headers[m.Column] != "" {
		return w.options.Headers[m.Column] + " (" + letter + ")"
	}
	return upperFirst(letter)
}

// quoted is a cell of ours, safe in a spreadsheet program.
func (w *csvWriter) quoted(text string) []byte {
	text = neutral.Cell(text)
	if strings.ContainsAny(text, "\",;\t\r\n"+string(w.options.Delimiter)) || strings.TrimSpace(text) != text {
		text = `"` + strings.ReplaceAll(text, `"`, `""`) + `"`
	}
	return w.script.encode(text)
}
