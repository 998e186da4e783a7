package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/bulkpay/bulkpay/internal/neutral"
)

// csvSink writes the file itself, because encoding/csv turns line feeds in a
// cell into CRLF when lines end so, which changes what a cell says.
type csvSink struct {
	head
	w *bufio.Writer
}

func openCSV(w io.Writer, h head) (sink, error) {
	s := &csvSink{h, bufio.NewWriter(w)}
	if _, err := s.w.WriteString("\uFEFF"); err != nil {
		return nil, err
	}
	return s, s.record(Columns())
}

func (s *csvSink) line(e entry) error {
	cells := make([]string, len(columns))
	for i, c := range columns {
		cells[i] = c.text(e)
		if c.kind == textKind || c.kind == idKind {
			cells[i] = neutral.Cell(clean(cells[i]))
		}
	}
	return s.record(cells)
}

func (s *csvSink) finish() error {
	equation := s.equation()
	source := s.Batch.Source
	if s.Batch.SourceSHA256 != "" {
		source += ", sha256 " + s.Batch.SourceSHA256
	}
	notes := []string{
		"batch " + s.Batch.Code + ", " + s.Batch.Merchant.Name + ", source " + source,
		"as of " + stamp(s.At) + ", history " + s.Head,
	}
	if reason := s.reason(); reason != "" {
		notes = append(notes, "reason: "+reason)
	}
	for _, alarm := range s.alarms() {
		notes = append(notes, alarm.String())
	}
	if since := s.sinceLast(); since != "" {
		notes = append(notes, "changes: "+since)
	}
	notes = append(notes, s.changeLines()...)
	for _, bucket := range append(s.Buckets, s.total, s.sheet) {
		notes = append(notes, fmt.Sprintf("%s | %s | %s", bucket.Name, plural(bucket.Count, "row"),
			s.number(bucket.Sum)+" "+s.currency.Code))
	}
	notes = append(notes, equation[0], equation[1])
	notes = append(notes, s.notes()...)
	verdict := s.verdict()
	if s.off != "" {
		verdict += ": " + s.off
	}
	cells := make([]string, len(columns))
	cells[0] = "#"
	for _, note := range append(notes, verdict) {
		cells[1] = neutral.Cell(oneLine(note))
		if err := s.record(cells); err != nil {
			return err
		}
	}
	return s.w.Flush()
}

func (s *csvSink) record(cells []string) error {
	for i, cell := range cells {
		if i > 0 {
			s.w.WriteByte(',')
		}
		if strings.ContainsAny(cell, ",;\t\r\n\"") || strings.TrimSpace(cell) != cell {
			cell = `"` + strings.ReplaceAll(cell, `"`, `""`) + `"`
		}
		s.w.WriteString(cell)
	}
	_, err := s.w.WriteString("\r\n") // a bufio.Writer keeps its first error
	return err
}
