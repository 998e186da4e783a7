package ingest

import (
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"

	"github.com/bulkpay/bulkpay/paypro"
	"github.com/gocarina/gocsv"
)

// window is the part of a sheet that is held at once. gocsv puts its cells
// under their fields; everything gocsv would get wrong is done around it: it
// sees our canonical header instead of the sheet's, its structure has nothing
// but strings, rows it would stop at come to it empty, and the row numbers
// are ours.
type window struct {
	width  int        // columns of the header
	moves  bool       // a stray cell says that others have moved
	cells  [][]string // the canonical header, then the rows
	lines  []windowLine
	fields reflect.Value // *[]struct{ F0, F1, … string }, one F for each field of the area
	rows   int           // read so far, in all windows
	next   gridRow
}

// windowLine is what is known of a row besides its cells.
type windowLine struct {
	number int
	hidden bool
	broken *brokenRow
	stray  int // the first filled cell beyond the header; -1 if none
	kinds  []kind
}

// setKind says what has shown of a cell whose file has no kinds.
func (l *windowLine) setKind(column int, is kind) {
	for len(l.kinds) <= column {
		l.kinds = append(l.kinds, kindPlain)
	}
	l.kinds[column] = is
}

func newWindow(m *mapping) *window {
	names := make([]string, len(m.columns))
	for i, column := range m.columns {
		names[i] = column.Field
	}
	w := &window{
		width:  len(names),
		cells:  make([][]string, 1, windowRows+1),
		lines:  make([]windowLine, 0, windowRows),
		fields: reflect.New(reflect.SliceOf(recordType(m.area))),
	}
	w.cells[0] = names
	return w
}

// recordType is the structure that gocsv fills, tagged with the area's names.
func recordType(area *paypro.Area) reflect.Type {
	fields := make([]reflect.StructField, len(area.Fields))
	for i := range area.Fields {
		fields[i] = reflect.StructField{
			Name: fmt.Sprintf("F%d", i),
			Type: reflect.TypeFor[string](),
			Tag:  reflect.StructTag(fmt.Sprintf("csv:%q", area.Fields[i].Name)),
		}
	}
	return reflect.StructOf(fields)
}

// fill reads the next rows. An error, io.EOF among them, concerns what comes
// after the rows that are then in the window.
func (w *window) fill(rows rowReader) error {
	_, w.moves = rows.(*csvReader)
	w.cells, w.lines = w.cells[:1], w.lines[:0]
	var end error
	for len(w.lines) < windowRows && end == nil {
		err := rows.read(&w.next)
		broken, isBroken := errors.AsType[brokenRow](err)
		switch {
		case isBroken:
			w.next.cells, w.next.kinds = w.next.cells[:0], w.next.kinds[:0]
			w.add(&broken)
		case err != nil:
			end = err
		case len(w.next.cells) > 0:
			w.add(nil)
		}
		if w.rows > maxRows {
			return Problem{Row: w.next.number, What: "is beyond the 5,000,000 rows a sheet may have", Want: "the sheet in parts"}
		}
	}
	if len(w.lines) == 0 {
		return end
	}
	if err := gocsv.UnmarshalCSV(w, w.fields.Interface()); err != nil {
		return err
	}
	return end
}

// add copies the row that was read into the place of one that has been given
// out.
func (w *window) add(broken *brokenRow) {
	w.rows++
	line := windowLine{number: w.next.number, hidden: w.next.hidden, broken: broken, stray: -1}
	cells := w.next.cells
	if len(cells) > w.width {
		if w.moves {
			for i, cell := range cells[w.width:] {
				if trim(cell) != "" {
					line.stray = w.width + i
					break
				}
			}
		}
		cells = cells[:w.width]
	}
	if at := len(w.lines); at < cap(w.lines) {
		line.kinds = append(w.lines[:at+1][at].kinds[:0], w.next.kinds...)
	}
	w.lines = append(w.lines, line)
	if at := len(w.cells); at < cap(w.cells) {
		cells = append(w.cells[:at+1][at][:0], cells...)
	} else {
		cells = slices.Clone(cells)
	}
	w.cells = append(w.cells, cells)
}

// cell is the value of a field in a row of the window.
func (w *window) cell(row, field int) string {
	return w.fields.Elem().Index(row).Field(field).String()
}

// raw are the cells of a row of the window by column, in which the row may
// have fewer than the header.
func (w *window) raw(row int) []string { return w.cells[row+1] }

// ReadAll gives gocsv the window as if it were a whole file.
func (w *window) ReadAll() ([][]string, error) { return w.cells, nil }

// Read is the other half of gocsv's reader, which it does not use here.
func (w *window) Read() ([]string, error) { return nil, io.EOF }
