package export

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"reflect"

	"github.com/bulkpay/bulkpay/internal/neutral"
)

type csvSink struct {
	w       *csv.Writer
	columns []column
	cells   []string
}

func openCSV(w *bufio.Writer, o Options, columns []column) (*csvSink, error) {
	if o.BOM {
		w.WriteString("\uFEFF")
	}
	s := &csvSink{csv.NewWriter(w), columns, make([]string, len(columns))}
	for i, c := range columns {
		s.cells[i] = c.name
	}
	return s, s.w.Write(s.cells)
}

func (s *csvSink) row(row any) error {
	value := reflect.ValueOf(row).Elem()
	for i, c := range s.columns {
		s.cells[i] = c.text(value)
		if c.kind == textKind {
			s.cells[i] = neutral.Cell(s.cells[i])
		}
	}
	return s.w.Write(s.cells)
}

func (s *csvSink) finish() error {
	s.w.Flush()
	return s.w.Error()
}

func (s *csvSink) close() {}

// jsonSink writes the struct itself: its fields are the columns, and what was
// not asked for is empty and left out.
type jsonSink struct {
	w       *bufio.Writer
	encoder *json.Encoder
	array   bool
	rows    int
}

func openJSON(w *bufio.Writer, form Form, _ []column) (*jsonSink, error) {
	s := &jsonSink{w: w, encoder: json.NewEncoder(w), array: form == JSON}
	s.encoder.SetEscapeHTML(false)
	if s.array {
		return s, w.WriteByte('[')
	}
	return s, nil
}

func (s *jsonSink) row(row any) error {
	if s.array {
		between := ","
		if s.rows == 0 {
			between = ""
		}
		s.w.WriteString(between)
	}
	s.rows++
	return s.encoder.Encode(row)
}

func (s *jsonSink) finish() error {
	if s.array {
		s.w.WriteString("]\n")
	}
	return nil
}

func (s *jsonSink) close() {}
