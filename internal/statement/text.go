package statement

import (
	"bytes"
	"errors"
	"io"
	"unicode/utf8"

	"golang.org/x/text/transform"
)

var (
	errNotText = errors.New("not text in this encoding")
	errTooLong = errors.New("record too long")
)

var (
	bomUTF8     = []byte("\xef\xbb\xbf")
	replacement = []byte(string(utf8.RuneError))
)

// textReader hands through valid UTF-8 and nothing else, without a byte order
// mark and with a line feed or CR LF at the end of each line. It counts lines, so
// that the place of a wrong byte can be named, and limits what is read between
// two calls of mark.
type textReader struct {
	src     io.Reader
	decoded bool // from another encoding, whose wrong bytes come as U+FFFD
	start   bool
	carry   []byte // the beginning of a character or a line end that the last read cut off
	line    int
	since   int // bytes since mark
	err     error
	buffer  []byte
	ready   []byte // of the buffer, what was not read yet
}

func newText(src io.Reader, from charset) *textReader {
	t := &textReader{src: src, line: 1, start: true, buffer: make([]byte, textBuffer)}
	if from.codec != nil {
		t.src, t.decoded = transform.NewReader(src, from.codec.NewDecoder()), true
	}
	return t
}

// mark says that a new record begins.
func (t *textReader) mark() { t.since = 0 }

// textBuffer is how much is read at once. It is not the caller's buffer, which may have room for
// less than a character.
const textBuffer = 16 << 10

// Read returns valid text before it returns an error, so that what stands
// before a wrong byte is still read.
func (t *textReader) Read(p []byte) (int, error) {
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
func (t *textReader) fill() error {
	for t.err == nil {
		if t.since > maxRecordBytes {
			return errTooLong
		}
		n := copy(t.buffer, t.carry)
		t.carry = t.carry[:0]
		read, err := io.ReadAtLeast(t.src, t.buffer[n:], 1)
		data := t.buffer[:n+read]
		if t.start {
			if err == nil && len(data) < len(bomUTF8) {
				t.carry = append(t.carry, data...)
				continue
			}
			t.start = false
			data = bytes.TrimPrefix(data, bomUTF8)
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
func (t *textReader) take(data []byte, err error) []byte {
	valid := validPrefix(data)
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
		t.err = errNotText
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

// unifyLines makes a line feed of each carriage return that stands alone.
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

// validPrefix is how many bytes in front are whole characters of UTF-8.
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

// refused turns what ended the reading of a text into a problem.
func (t *textReader) refused(err error, row int) error {
	switch {
	case errors.Is(err, errNotText):
		return Problem{Row: t.line, What: "has bytes that are not text in this encoding", Want: "the file in UTF-8, or " + wantEncoding()}
	case errors.Is(err, errTooLong):
		return Problem{Row: row, What: "is longer than anything a statement has", Want: "the file as the bank gave it: a quote may not be closed"}
	}
	return err
}

// clean makes one line of a text: control characters, and those that change
// the direction of text, become blanks; blanks at the ends go.
func clean(text string, most int) string {
	plain := true
	for i := range len(text) {
		if text[i] < ' ' || text[i] >= 0x7f {
			plain = false
			break
		}
	}
	if !plain {
		text = string(bytes.Map(printable, []byte(text)))
	}
	text = trimBlanks(text)
	if len(text) > most {
		text = text[:validPrefix([]byte(text[:most]))]
	}
	return text
}

func printable(r rune) rune {
	switch {
	case r < ' ', r >= 0x7f && r < 0xa0, r == 0xa0, r == 0xad, r == 0xfeff,
		r >= 0x200b && r <= 0x200f, r >= 0x2028 && r <= 0x202e, r >= 0x2060 && r <= 0x206f, r == utf8.RuneError:
		return ' '
	}
	return r
}

func trimBlanks(text string) string {
	for len(text) > 0 && text[0] == ' ' {
		text = text[1:]
	}
	for len(text) > 0 && text[len(text)-1] == ' ' {
		text = text[:len(text)-1]
	}
	return text
}
