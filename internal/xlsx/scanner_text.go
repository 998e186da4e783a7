package xlsx

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// Classes of bytes in a text. Most are plain, and passed over at once.
const (
	plainChar = iota
	specialChar
	wideChar // begins or continues a character of several bytes
)

var classes = func() (table [256]uint8) {
	for c := range table {
		switch {
		case c >= utf8.RuneSelf:
			table[c] = wideChar
		case c < ' ' && c != '\t' && c != '\n', c == '<', c == '&', c == ']':
			table[c] = specialChar
		}
	}
	return table
}()

var nameBytes = func() (table [256]bool) {
	for _, c := range "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_:-." {
		table[c] = true
	}
	return table
}()

// nameLength is how many bytes at the start are a name. Names in workbooks are
// ASCII.
func nameLength(b []byte) int {
	if len(b) == 0 || !nameBytes[b[0]] || strings.IndexByte("0123456789-.:", b[0]) >= 0 {
		return 0
	}
	n := 1
	for n < len(b) && nameBytes[b[n]] {
		n++
	}
	return n
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }

// words reads a piece of a text. It returns no token for space outside the
// root.
func (s *scanner) words() (token, error) {
	if s.depth() == 0 {
		if !isSpace(s.buf[s.pos]) {
			return 0, errStray
		}
		s.pos++
		return 0, nil
	}
	switch s.buf[s.pos] {
	case '&':
		s.need(maxEntity)
		r, n, err := entity(s.buf[s.pos:min(s.end, s.pos+maxEntity)])
		if err != nil {
			return 0, err
		}
		s.text = utf8.AppendRune(s.scratch[:0], r)
		s.pos += n
		return tokenText, nil
	case '\r':
		s.need(2)
		if s.pos++; s.pos < s.end && s.buf[s.pos] == '\n' {
			return 0, nil // the line feed is told as the text goes on
		}
		s.text = append(s.scratch[:0], '\n')
		return tokenText, nil
	}
	return s.run()
}

// run reads a text as far as it stands in the window as it is.
func (s *scanner) run() (token, error) {
	i := s.pos
	for {
		for i < s.end && classes[s.buf[i]] == plainChar {
			i++
		}
		if i == s.end {
			break
		}
		n, err := s.oddChar(i)
		if err != nil {
			return 0, err
		}
		if n == 0 {
			break
		}
		i += n
	}
	if i == s.pos { // a character that the window cuts
		if !s.more() {
			return 0, s.short()
		}
		return 0, nil
	}
	s.text = s.buf[s.pos:i]
	s.pos = i
	return tokenText, nil
}

// oddChar tells how long the character at i is: 0 if the run ends before it.
func (s *scanner) oddChar(i int) (int, error) {
	rest := s.buf[i:s.end]
	whole := s.eof || s.readErr != nil
	switch c := rest[0]; {
	case c == '<' || c == '&' || c == '\r':
		return 0, nil
	case c == ']':
		if len(rest) < 3 && !whole {
			return 0, nil
		}
		if bytes.HasPrefix(rest, []byte("]]>")) {
			return 0, errSyntax
		}
		return 1, nil
	case c < utf8.RuneSelf:
		return 0, errChar
	}
	r, n := utf8.DecodeRune(rest)
	switch {
	case r == utf8.RuneError && n == 1 && !whole && !utf8.FullRune(rest):
		return 0, nil
	case r == utf8.RuneError && n == 1 || !allowed(r):
		return 0, errChar
	}
	return n, nil
}

// allowed tells whether XML may have the character.
func allowed(r rune) bool {
	return r == '\t' || r == '\n' || r == '\r' ||
		r >= ' ' && r <= 0xd7ff || r >= 0xe000 && r <= 0xfffd || r >= 0x10000 && r <= 0x10ffff
}

func validChars(text []byte) bool {
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && n == 1 || !allowed(r) {
			return false
		}
		i += n
	}
	return true
}

// maxEntity is the longest an entity is, leading zeros and all.
const maxEntity = 16

// entity reads the entity at the start of the text.
func entity(text []byte) (rune, int, error) {
	end := bytes.IndexByte(text, ';')
	if end < 0 {
		return 0, 0, errEntity
	}
	name := string(text[1:end])
	switch name {
	case "lt":
		return '<', end + 1, nil
	case "gt":
		return '>', end + 1, nil
	case "amp":
		return '&', end + 1, nil
	case "quot":
		return '"', end + 1, nil
	case "apos":
		return '\'', end + 1, nil
	}
	digits, numeric := strings.CutPrefix(name, "#")
	base := 10
	if hex, ok := strings.CutPrefix(digits, "x"); ok {
		digits, base = hex, 16
	}
	if !numeric || digits == "" {
		return 0, 0, errEntity
	}
	code := 0
	for i := range len(digits) {
		digit := digitOf(digits[i])
		if digit >= base || code > utf8.MaxRune {
			return 0, 0, errEntity
		}
		code = code*base + digit
	}
	if !allowed(rune(code)) || code > utf8.MaxRune {
		return 0, 0, errEntity
	}
	return rune(code), end + 1, nil
}

// digitOf is the value of a hexadecimal digit, 99 of anything else.
func digitOf(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return 99
}

// oneLineEnd makes every line end a line feed, as XML has it.
func oneLineEnd(text []byte) []byte {
	if bytes.IndexByte(text, '\r') < 0 {
		return text
	}
	text = bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))
	return bytes.ReplaceAll(text, []byte("\r"), []byte("\n"))
}
