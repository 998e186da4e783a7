package handback

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf16"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
)

// script is how the characters of a CSV are written.
type script struct {
	code encoding.Encoding // nil for UTF-8
	wide bool              // UTF-16: two bytes a unit
	big  bool              // the high one first
	pair bool              // some characters have a second byte that looks like ASCII
}

// scripts by name, without dashes, in small letters.
var scripts = map[string]script{
	"":            {},
	"utf8":        {},
	"utf8bom":     {},
	"utf16le":     {code: unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), wide: true},
	"utf16be":     {code: unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), wide: true, big: true},
	"windows1252": {code: charmap.Windows1252},
	"windows1256": {code: charmap.Windows1256},
	"windows1258": {code: charmap.Windows1258},
	"macintosh":   {code: charmap.Macintosh},
	"cp850":       {code: charmap.CodePage850},
	"gb18030":     {code: simplifiedchinese.GB18030, pair: true},
	"euckr":       {code: korean.EUCKR, pair: true},
	"big5":        {code: traditionalchinese.Big5, pair: true},
}

// scriptOf finds the script by name; a byte order mark knows better.
func scriptOf(name string, head []byte) (script, int, error) {
	switch {
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		return scripts["utf8"], 3, nil
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}):
		return scripts["utf16le"], 2, nil
	case bytes.HasPrefix(head, []byte{0xfe, 0xff}):
		return scripts["utf16be"], 2, nil
	case bytes.HasPrefix(head, []byte{0x84, 0x31, 0x95, 0x33}):
		return scripts["gb18030"], 4, nil
	}
	plain := strings.ToLower(strings.NewReplacer("-", "", "_", "", " ", "").Replace(name))
	s, known := scripts[plain]
	if !known {
		return s, 0, fmt.Errorf("the sheet to hand back: no encoding is called %q", name)
	}
	return s, 0, nil
}

// encode writes text in the script. What it has no character for becomes a
// question mark, which is seen, in a text that is ours.
func (s script) encode(text string) []byte {
	if s.code == nil {
		return []byte(strings.ToValidUTF8(text, "\uFFFD"))
	}
	encoder := s.code.NewEncoder()
	if all, err := encoder.Bytes([]byte(text)); err == nil {
		return all
	}
	var b bytes.Buffer
	for _, r := range text {
		one, err := s.code.NewEncoder().Bytes([]byte(string(r)))
		if err != nil {
			one = s.ascii('?')
		}
		b.Write(one)
	}
	return b.Bytes()
}

// ascii is one character of ASCII.
func (s script) ascii(c byte) []byte {
	switch {
	case s.wide && s.big:
		return []byte{0, c}
	case s.wide:
		return []byte{c, 0}
	}
	return []byte{c}
}

// decode reads a cell's bytes; broken ones become U+FFFD.
func (s script) decode(raw []byte) string {
	switch {
	case s.code == nil:
		return string(raw)
	case s.wide:
		units := make([]uint16, 0, len(raw)/2)
		for i := 0; i+1 < len(raw); i += 2 {
			low, high := raw[i], raw[i+1]
			if s.big {
				low, high = high, low
			}
			units = append(units, uint16(high)<<8|uint16(low))
		}
		return string(utf16.Decode(units))
	}
	text, err := s.code.NewDecoder().Bytes(raw)
	if err != nil {
		return string(raw)
	}
	return string(text)
}

// A record is one row of a CSV as it stands.
type record struct {
	raw   []byte // without the line end
	end   []byte // the line end; empty at the end of the file
	cells [][2]int
	first int // the line it begins on, from 1
	last  int // the line it ends on
	over  bool
}

// maxRecord is how many bytes of a row are held. A longer one goes through as
// it is, which can only be an open quotation mark.
const maxRecord = 4 << 20

// recordReader cuts a CSV into rows and keeps every byte.
type recordReader struct {
	script
	src       *bufio.Reader
	delimiter byte
	line      int
	unit      [4]byte
	record    record
}

// next reads one character: its bytes, good until the next call, and what it
// is in ASCII, or 0 if it is not.
func (r *recordReader) next() (raw []byte, c byte, err error) {
	first, err := r.src.ReadByte()
	if err != nil {
		return nil, 0, err
	}
	r.unit[0] = first
	switch {
	case r.wide:
		second, err := r.src.ReadByte()
		if err != nil {
			return r.unit[:1], 0, atEnd(err) // half a character at the end
		}
		r.unit[1] = second
		low, high := first, second
		if r.big {
			low, high = high, low
		}
		if high != 0 || low >= 0x80 {
			low = 0
		}
		return r.unit[:2], low, nil
	case r.pair && first >= 0x81:
		second, err := r.src.Peek(1)
		if err != nil || !(second[0] >= 0x40 && second[0] != 0x7f || second[0] >= '0' && second[0] <= '9') {
			return r.unit[:1], 0, atEnd(err)
		}
		r.unit[1] = second[0]
		_, err = r.src.Discard(1)
		return r.unit[:2], 0, err
	case first >= 0x80:
		return r.unit[:1], 0, nil
	}
	return r.unit[:1], first, nil
}

// atEnd leaves only errors that are more than the end of the file; that is
// found again by the next read.
func atEnd(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// cellState is where in a cell the reader is.
type cellState uint8

const (
	atStart   cellState = iota
	atEquals            // ="0123" is how programs keep a number a text
	inPlain             // quotation marks mean nothing here
	inQuotes            // delimiters and line ends mean nothing here
	afterMark           // a quotation mark that closes, or is doubled
)

// step is the state after a character that does not end the cell.
func (s cellState) step(c byte) cellState {
	switch {
	case c == '"' && s == inQuotes:
		return afterMark
	case c == '"' && s != inPlain, s == inQuotes:
		return inQuotes
	case c == '=' && s == atStart:
		return atEquals
	}
	return inPlain
}

// read returns the next row, good until the next call, or io.EOF.
func (r *recordReader) read() (*record, error) {
	rec := &r.record
	*rec = record{raw: rec.raw[:0], end: rec.end[:0], cells: rec.cells[:0], first: r.line}
	from, state, empty := 0, atStart, true
	for {
		raw, c, err := r.next()
		if err != nil {
			if !errors.Is(err, io.EOF) || empty {
				return nil, err
			}
			break
		}
		empty = false
		// A carriage return ends a line too, alone or with the line feed after it.
		paired := c == '\r' && r.beforeFeed()
		ends := c == '\n' || c == '\r'
		if ends && state != inQuotes {
			rec.end = append(rec.end, raw...)
			if !paired {
				break
			}
			if raw, _, err = r.next(); err != nil {
				return nil, err
			}
			rec.end = append(rec.end, raw...)
			break
		}
		if ends && !paired {
			r.line++
		}
		if c == r.delimiter && state != inQuotes {
			rec.cells = append(rec.cells, [2]int{from, len(rec.raw)})
			rec.raw = append(rec.raw, raw...)
			from, state = len(rec.raw), atStart
			continue
		}
		state = state.step(c)
		rec.raw = append(rec.raw, raw...)
		if len(rec.raw) > maxRecord {
			rec.over = true
			break
		}
	}
	rec.cells = append(rec.cells, [2]int{from, len(rec.raw)})
	rec.last = r.line
	if len(rec.end) > 0 {
		r.line++
	}
	return rec, nil
}

// beforeFeed tells whether a line feed comes next.
func (r *recordReader) beforeFeed() bool {
	feed := r.ascii('\n')
	next, _ := r.src.Peek(len(feed))
	return bytes.Equal(next, feed)
}
