package report

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/bulkpay/bulkpay/internal/lang"
	"github.com/bulkpay/bulkpay/internal/neutral"
)

// csvSink writes the file itself, because encoding/csv turns line feeds in a
// cell into CRLF when lines end so, which changes what a cell says.
type csvSink struct {
	*paper
	w *bufio.Writer
}

func openCSV(_ context.Context, w io.Writer, p *paper) (sink, error) {
	s := &csvSink{p.in(lang.English), bufio.NewWriter(w)}
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
	var notes []string
	for _, part := range s.parts {
		notes = append(notes, s.partNotes(part)...)
	}
	if s.Unmasked {
		notes = append(notes, "UNMASKED: account numbers are shown whole")
	}
	if len(s.parts) > 1 {
		notes = append(notes, "all together: "+string(s.verdict()))
	}
	cells := make([]string, len(columns))
	cells[0] = "#"
	for _, note := range notes {
		cells[1] = neutral.Cell(oneLine(note))
		if err := s.record(cells); err != nil {
			return err
		}
	}
	return s.w.Flush()
}

// partNotes are what stands under the rows about one merchant; the verdict
// over all equations is the last line.
func (s *csvSink) partNotes(h *head) []string {
	notes := s.origins(h)
	notes = append(notes, "as of "+stamp(h.At)+", history "+h.Head)
	if reason := h.reason(); reason != "" {
		notes = append(notes, "reason: "+reason)
	}
	for _, alarm := range h.alarms() {
		notes = append(notes, alarm.String())
	}
	if since := h.sinceLast(); since != "" {
		notes = append(notes, "changes: "+since)
	}
	notes = append(notes, h.changeLines()...)
	for _, bucket := range append(slices.Clone(h.Buckets), h.total, h.sheet) {
		notes = append(notes, fmt.Sprintf("%s | %s | %s", bucket.Name, h.n(bucket.Count, "%d row", "%d rows"),
			h.number(bucket.Sum)+" "+h.currency.Code))
	}
	equation := h.equation()
	notes = append(notes, equation[0], equation[1])
	notes = append(notes, h.notes()...)
	for _, e := range h.equations[1:] {
		notes = append(notes, h.saying(e).lines()...)
	}
	said, _ := h.conclusion()
	return append(notes, said)
}

// origins name the batches of a part and their sheets, each with its verdict
// if there are several.
func (s *csvSink) origins(h *head) []string {
	var lines []string
	for _, section := range h.sections {
		b := section.Summary.Batch
		line := "batch " + b.Code + ", " + b.Merchant.Name + ", source " + b.Source
		if b.SourceSHA256 != "" {
			line += ", sha256 " + b.SourceSHA256
		}
		if !h.one() {
			for _, e := range section.equations {
				line += ", " + e.Name + " " + string(e.Verdict())
			}
		}
		lines = append(lines, line)
	}
	return lines
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
