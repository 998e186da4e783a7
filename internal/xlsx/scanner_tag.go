package xlsx

import (
	"bytes"
	"errors"
	"unicode/utf8"
)

// attribute is one of a start tag, as written.
type attribute struct {
	name, value []byte
	escaped     bool // the value has entities or line ends in it
}

// errMore says that a tag goes on behind the window.
var errMore = errors.New("more to come")

// startTag reads an element's start. A tag that the window cuts is read again
// once the window has moved.
func (s *scanner) startTag() (token, error) {
	if s.rooted && s.depth() == 0 {
		return 0, errSyntax
	}
	n, err := s.tag(s.buf[s.pos:s.end])
	for errors.Is(err, errMore) {
		if !s.more() {
			return 0, s.short()
		}
		n, err = s.tag(s.buf[s.pos:s.end])
	}
	if err != nil {
		return 0, err
	}
	s.pos += n
	if s.depth() == maxDepth {
		return 0, errDeep
	}
	s.rooted = true
	s.opens = append(s.opens, len(s.open))
	s.open = append(s.open, s.name...)
	if err := s.declare(s.attrs, s.depth()); err != nil {
		return 0, err
	}
	return tokenStart, s.resolve(s.name, s.attrs)
}

// tag reads a start tag and returns its length.
func (s *scanner) tag(b []byte) (int, error) {
	n := nameLength(b[1:])
	if n == 0 {
		return 0, errSyntax
	}
	s.name = b[1 : 1+n]
	i, err := s.attributes(b, 1+n)
	if err != nil {
		return 0, err
	}
	switch {
	case b[i] == '>':
		s.emptyTag = false
		return i + 1, nil
	case b[i] != '/':
		return 0, errSyntax
	case i+1 == len(b):
		return 0, errMore
	case b[i+1] != '>':
		return 0, errSyntax
	}
	s.emptyTag = true
	return i + 2, nil
}

// attributes reads from i up to what ends the tag, and returns where that is.
func (s *scanner) attributes(b []byte, i int) (int, error) {
	s.attrs = s.attrs[:0]
	for {
		spaces := i
		for i < len(b) && isSpace(b[i]) {
			i++
		}
		if i == len(b) {
			return 0, errMore
		}
		if c := b[i]; c == '>' || c == '/' || c == '?' {
			return i, nil
		}
		if i == spaces {
			return 0, errSyntax
		}
		attr, n, err := readAttribute(b[i:])
		if err != nil {
			return 0, err
		}
		i += n
		for k := range s.attrs {
			if bytes.Equal(s.attrs[k].name, attr.name) {
				return 0, errSyntax
			}
		}
		if len(s.attrs) == maxAttributes {
			return 0, errTooLong
		}
		s.attrs = append(s.attrs, attr)
	}
}

func readAttribute(b []byte) (attribute, int, error) {
	n := nameLength(b)
	if n == len(b) {
		return attribute{}, 0, errMore
	}
	i := n
	for i < len(b) && isSpace(b[i]) {
		i++
	}
	if i < len(b) && (b[i] != '=' || n == 0) {
		return attribute{}, 0, errSyntax
	}
	for i++; i < len(b) && isSpace(b[i]); i++ {
	}
	if i >= len(b) {
		return attribute{}, 0, errMore
	}
	quote := b[i]
	if quote != '"' && quote != '\'' {
		return attribute{}, 0, errSyntax
	}
	i++
	length := bytes.IndexByte(b[i:], quote)
	if length < 0 {
		return attribute{}, 0, errMore
	}
	attr := attribute{name: b[:n], value: b[i : i+length]}
	err := attr.check()
	return attr, i + length + 1, err
}

// check holds a value against what XML allows in one.
func (a *attribute) check() error {
	plain := true
	for _, c := range a.value {
		plain = plain && classes[c] == plainChar
	}
	if plain {
		return nil
	}
	if bytes.IndexByte(a.value, '<') >= 0 {
		return errSyntax
	}
	if !validChars(a.value) {
		return errChar
	}
	a.escaped = bytes.ContainsAny(a.value, "&\r")
	if !a.escaped {
		return nil
	}
	_, err := unescape(nil, a.value)
	return err
}

// attr is the value of an attribute without a prefix, and whether it is there.
// It is good until the next token.
func (s *scanner) attr(name string) ([]byte, bool) {
	for i := range s.attrs {
		if string(s.attrs[i].name) == name {
			return s.attrs[i].plain(), true
		}
	}
	return nil, false
}

// plain is the value with its entities replaced.
func (a *attribute) plain() []byte {
	if !a.escaped {
		return a.value
	}
	text, err := unescape(nil, a.value)
	if err != nil {
		panic("xlsx: attribute was checked: " + err.Error())
	}
	return text
}

// unescape replaces entities and line ends.
func unescape(dst, text []byte) ([]byte, error) {
	for i := 0; i < len(text); {
		switch c := text[i]; c {
		case '&':
			r, n, err := entity(text[i:])
			if err != nil {
				return nil, err
			}
			dst = utf8.AppendRune(dst, r)
			i += n
		case '\r':
			dst = append(dst, '\n')
			if i++; i < len(text) && text[i] == '\n' {
				i++
			}
		default:
			dst = append(dst, c)
			i++
		}
	}
	return dst, nil
}
