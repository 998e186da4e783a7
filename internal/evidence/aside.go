package evidence

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"

	"github.com/bulkpay/bulkpay/internal/atomicfile"
)

// aside is a member that is written while another one is, so that the ledger
// is read once for both: it waits in a file without a name.
type aside struct{ *atomicfile.Scratch }

// addAside adds what was written aside.
func (w *writing) addAside(name, what string, from aside, flush func() error) error {
	return w.add(name, what, func(to io.Writer) error {
		if err := flush(); err != nil {
			return err
		}
		if _, err := from.Seek(0, io.SeekStart); err != nil {
			return err
		}
		_, err := io.Copy(to, from)
		return err
	})
}

func newAside() (aside, error) {
	scratch, err := atomicfile.NewScratch()
	return aside{scratch}, err
}

// lines writes records in JSON, one a line.
type lines struct {
	buffer  *bufio.Writer
	encoder *json.Encoder
}

func newLines(to io.Writer) *lines {
	buffer := bufio.NewWriter(to)
	encoder := json.NewEncoder(buffer)
	encoder.SetEscapeHTML(false)
	return &lines{buffer, encoder}
}

func (l *lines) write(record any) error { return l.encoder.Encode(record) }

// table writes CSV as a spreadsheet program wants it: UTF-8 with a byte order
// mark, lines that end in CRLF.
type table struct {
	buffer *bufio.Writer
	rows   *csv.Writer
}

func newTable(to io.Writer, header ...string) (*table, error) {
	buffer := bufio.NewWriter(to)
	buffer.WriteString("\uFEFF")
	t := &table{buffer, csv.NewWriter(buffer)}
	t.rows.UseCRLF = true
	return t, t.write(header...)
}

func (t *table) write(cells ...string) error { return t.rows.Write(cells) }

func (t *table) flush() error {
	t.rows.Flush()
	return errors.Join(t.rows.Error(), t.buffer.Flush())
}
