package visible

import (
	"fmt"
	"io"
	"slices"
	"sync"
	"unicode/utf8"
)

// Writer hands text through with every unruly character shown, and bytes that
// are not UTF-8 as U+FFFD. Line feeds, CR LF and tabs stay; a carriage return
// alone, with which a text writes over the line it stands on, is shown. It may
// be used by several goroutines.
//
// What a write leaves unfinished, a part of a character or a carriage return,
// waits for the next one or for [Writer.Flush].
type Writer struct {
	mu    sync.Mutex
	to    io.Writer
	show  string // how a character is shown, for fmt
	carry []byte
}

// NewWriter shows unruly characters by their number: "‹U+001B›".
func NewWriter(to io.Writer) *Writer { return &Writer{to: to, show: "‹U+%04X›"} }

// NewJSONWriter writes them as JSON escapes them, \u001b: a program reads the
// same text, and a terminal obeys none of it. In JSON they stand in texts only.
func NewJSONWriter(to io.Writer) *Writer { return &Writer{to: to, show: `\u%04x`} }

// Write implements [io.Writer]. It counts the bytes it was given.
func (w *Writer) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	text := p
	if len(w.carry) > 0 || !harmless(p) {
		text = w.shown(slices.Concat(w.carry, p))
	}
	if _, err := w.to.Write(text); err != nil {
		return 0, err
	}
	return len(p), nil
}

// Flush writes what was left unfinished.
func (w *Writer) Flush() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.carry) == 0 {
		return nil
	}
	left := w.carry
	w.carry = nil
	text := []byte(string(utf8.RuneError))
	if left[0] == '\r' {
		text = fmt.Appendf(nil, w.show, '\r')
	}
	_, err := w.to.Write(text)
	return err
}

// shown is data with its unruly characters shown, and without what the next
// write must complete.
func (w *Writer) shown(data []byte) []byte {
	w.carry = nil
	text := make([]byte, 0, len(data)+len(data)/8)
	for len(data) > 0 {
		if !utf8.FullRune(data) || len(data) == 1 && data[0] == '\r' {
			w.carry = slices.Clone(data)
			break
		}
		r, size := utf8.DecodeRune(data)
		if unruly(r) || r == '\r' && data[1] != '\n' {
			text = fmt.Appendf(text, w.show, r)
		} else {
			text = utf8.AppendRune(text, r)
		}
		data = data[size:]
	}
	return text
}

// harmless tells of most texts at a glance that nothing of them need be shown:
// every unruly character begins with one of these bytes.
func harmless(data []byte) bool {
	for _, b := range data {
		if b < ' ' && b != '\n' && b != '\t' || b == 0x7F || b == 0xC2 || b == 0xE2 {
			return false
		}
	}
	return utf8.Valid(data)
}
