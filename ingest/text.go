package ingest

import (
	"bytes"
	"errors"
	"io"
	"unicode/utf8"
)

var (
	errNotUTF8 = errors.New("not UTF-8")
	errLongRow = errors.New("row too long")
)

var bomUTF8 = []byte("\xef\xbb\xbf")

// newText gives the text of a CSV. Here other encodings will be decoded; now
// everything but UTF-8 is refused, since a wrong guess would pay a misspelt
// name.
func newText(src io.Reader) *textReader {
	return &textReader{src: src, line: 1, start: true}
}

// textReader hands through UTF-8 and nothing else, without a byte order mark.
// It counts lines, so that the place of a wrong byte can be named, and limits
// what is read between two calls of mark.
type textReader struct {
	src   io.Reader
	start bool
	carry []byte // the beginning of a character that the last read cut off
	line  int
	since int // bytes since mark
	err   error
}

// mark says that a new row begins.
func (t *textReader) mark() { t.since = 0 }

// Read returns valid text before it returns an error, so that the rows before
// a wrong byte are still read. p must hold a few characters; csv.Reader
// brings 4 KB.
func (t *textReader) Read(p []byte) (int, error) {
	for t.err == nil {
		if t.since > maxRowBytes {
			return 0, errLongRow
		}
		n := copy(p, t.carry)
		read, err := io.ReadAtLeast(t.src, p[n:], 1)
		data := p[:n+read]
		t.carry = t.carry[:0]
		if t.start {
			t.start = false
			data = p[:copy(p, bytes.TrimPrefix(data, bomUTF8))]
		}
		valid := validPrefix(data)
		switch rest := data[valid:]; {
		case len(rest) == 0:
			t.err = err
		case err == nil && !utf8.FullRune(rest):
			t.carry = append(t.carry, rest...)
		default:
			t.err = errNotUTF8
		}
		t.line += bytes.Count(data[:valid], []byte{'\n'})
		t.since += valid
		if valid > 0 {
			return valid, nil
		}
	}
	return 0, t.err
}

func validPrefix(data []byte) int {
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
