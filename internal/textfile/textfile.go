// Package textfile reads files of text, whatever encoding and line ends they
// have, as valid UTF-8, or says in which line they are not.
//
//	text := textfile.NewReader(file, textfile.Windows1252, 1<<20)
//	for … {
//		text.Mark() // a record begins
//		… reading from text …
//		errors.Is(err, textfile.ErrNotText) // in text.Line()
//	}
package textfile

import (
	"bytes"
	"errors"
	"io"
	"unicode/utf8"

	"golang.org/x/text/transform"
)

// What ends the reading of a text, beside the errors of its source.
var (
	ErrNotText = errors.New("not text in this encoding")
	ErrTooLong = errors.New("record too long")
)

// BOM is the byte order mark of UTF-8.
var BOM = []byte("\xef\xbb\xbf")

var replacement = []byte(string(utf8.RuneError))

// Reader hands through valid UTF-8 and nothing else, without a byte order
// mark and with a line feed at the end of each line, or what there was if that
// was CR LF. It counts lines, so that the place of a wrong byte can be named,
// and limits what is read between two calls of Mark.
type Reader struct {
	src     io.Reader
	decoded bool // from another encoding, whose wrong bytes come as U+FFFD
	start   bool
	carry   []byte // the beginning of a character or a line end that the last read cut off
	line    int
	since   int // bytes since Mark
	limit   int // of since
	err     error
	buffer  []byte
	ready   []byte // of the buffer, what was not read yet
}

// NewReader gives the text of a source in UTF-8. A record, from one call of Mark
// to the next, may have that many bytes.
func NewReader(src io.Reader, from Charset, limit int) *Reader {
	t := &Reader{src: src, line: 1, start: true, limit: limit, buffer: make([]byte, textBuffer)}
	if from.codec != nil {
		t.src, t.decoded = transform.NewReader(src, from.codec.NewDecoder()), true
	}
	return t
}

// Mark says that a new record begins.
func (t *Reader) Mark() { t.since = 0 }

// Line is the line, from 1, up to which was read.
func (t *Reader) Line() int { return t.line }

// Decoded tells whether the text was in another encoding than UTF-8.
func (t *Reader) Decoded() bool { return t.decoded }

// textBuffer is how much is read at once. It is not the caller's buffer: within
// a long row csv.Reader has room for less than a character at times.
const textBuffer = 16 << 10

// Read returns valid text before it returns an error, so that what stands
// before a wrong byte is still read.
func (t *Reader) Read(p []byte) (int, error) {
	if len(t.ready) == 0 {
		if err := t.fill(); err != nil {
			return 0, err
		}
	}
	n := copy(p, t.ready)
	t.ready = t.ready[n:]
	return n, nil
}

// fill reads the next piece of text.
func (t *Reader) fill() error {
	for t.err == nil {
		if t.since > t.limit {
			return ErrTooLong
		}
		n := copy(t.buffer, t.carry)
		t.carry = t.carry[:0]
		read, err := io.ReadAtLeast(t.src, t.buffer[n:], 1)
		data := t.buffer[:n+read]
		if t.start {
			if err == nil && len(data) < len(BOM) {
				t.carry = append(t.carry, data...)
				continue
			}
			t.start = false
			data = bytes.TrimPrefix(data, BOM)
		}
		data = t.take(data, err)
		t.since += len(data)
		if len(data) > 0 {
			t.ready = data
			return nil
		}
	}
	return t.err
}

// take keeps what is valid, sets the error and puts aside what the next read
// must complete. err is what came with the data.
func (t *Reader) take(data []byte, err error) []byte {
	valid := ValidPrefix(data)
	rest := data[valid:]
	bad := len(rest) > 0 && (err != nil || utf8.FullRune(rest))
	if t.decoded {
		if at := bytes.Index(data[:valid], replacement); at >= 0 {
			valid, rest, bad = at, nil, true
		}
	}
	data = data[:valid]
	switch {
	case bad:
		t.err = ErrNotText
	case err != nil:
		t.err = err
	case len(rest) > 0:
		t.carry = append(t.carry, rest...)
	case valid > 0 && data[valid-1] == '\r':
		t.carry = append(t.carry, '\r')
		data = data[:valid-1]
	}
	unifyLines(data)
	t.line += bytes.Count(data, []byte{'\n'})
	return data
}

// unifyLines makes a line feed of each carriage return that stands alone, as
// at the ends of lines on old Macs. Spreadsheets still write them ("CSV
// (Macintosh)").
func unifyLines(data []byte) {
	for at := 0; ; at++ {
		next := bytes.IndexByte(data[at:], '\r')
		if next < 0 {
			return
		}
		if at += next; at+1 == len(data) || data[at+1] != '\n' {
			data[at] = '\n'
		}
	}
}

// ValidPrefix is how many bytes in front are whole characters of UTF-8.
func ValidPrefix(data []byte) int {
	if utf8.Valid(data) {
		return len(data)
	}
	n := 0
	for n < len(data) {
		r, size := utf8.DecodeRune(data[n:])
		if r == utf8.RuneError && size <= 1 {
			break
		}
		n += size
	}
	return n
}
