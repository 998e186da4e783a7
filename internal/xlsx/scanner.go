package xlsx

import (
	"bytes"
	"errors"
	"io"
	"unicode/utf8"
)

const (
	// scanBytes is the window on a part, and with it the longest tag, comment
	// or CDATA section. Excel's longest tags have a few kilobytes.
	scanBytes = 128 << 10
	// maxDepth is how deep elements stand inside one another.
	maxDepth = 128
	// maxAttributes is the most attributes of one element.
	maxAttributes = 512
)

// What is wrong with XML. None of them quotes it.
var (
	errEnds     = damage("ends early")
	errTooLong  = tooBig("has a tag longer than any spreadsheet writes")
	errDeep     = tooBig("has elements deeper inside one another than any spreadsheet writes")
	errSyntax   = damage("is not well-formed XML")
	errNesting  = damage("closes an element that is not open")
	errChar     = damage("has characters that XML does not allow, or is not UTF-8")
	errEntity   = damage("has an entity that XML does not know")
	errDoctype  = damage("has a document type declaration")
	errEncoding = damage("is not written in UTF-8")
	errPrefix   = damage("uses a namespace prefix that it does not declare")
	errStray    = damage("has text where none belongs")
)

type token uint8

const (
	tokenStart token = iota + 1
	tokenEnd
	tokenText
	tokenEOF // all of the part was read, to its check sum
)

// scanner reads XML into tokens, several times faster than encoding/xml, which
// is its oracle in tests, and stricter: one root, tags that match, attributes
// given once, prefixes declared, and no document type. What it returns points
// into its window and is good until the next call.
type scanner struct {
	src      io.Reader
	buf      []byte
	pos, end int
	eof      bool
	readErr  error

	name  []byte // of the element that starts or ends, with its prefix
	attrs []attribute
	text  []byte // one piece of a text; the next token may be the rest

	open  []byte // names of the open elements, one after the other
	opens []int  // where each begins
	namespaces
	begun    bool // the beginning was looked at
	rooted   bool // the root was there
	emptyTag bool // the element just started ends at once
	ended    bool // the element just ended is to be left
	scratch  [utf8.UTFMax]byte
}

// newScanner reads a part of so many bytes; a wrong size costs nothing but
// room.
func newScanner(src io.Reader, size uint64) *scanner {
	window := min(size+1024, scanBytes)
	return &scanner{src: src, buf: make([]byte, window), namespaces: namespaces{plain: noSpace}}
}

// depth counts the open elements.
func (s *scanner) depth() int { return len(s.opens) }

// next reads a token. After an error or the end it must not be called again.
func (s *scanner) next() (token, error) {
	if s.ended {
		s.leave()
	}
	if s.emptyTag {
		s.emptyTag, s.ended = false, true
		return tokenEnd, nil
	}
	if !s.begun {
		if err := s.begin(); err != nil {
			return 0, err
		}
	}
	for {
		if s.pos == s.end && !s.more() {
			return s.finish()
		}
		if s.buf[s.pos] != '<' {
			if kind, err := s.words(); kind != 0 || err != nil {
				return kind, err
			}
			continue
		}
		if kind, err := s.markup(); kind != 0 || err != nil {
			return kind, err
		}
	}
}

// finish is what there is to say when nothing more comes.
func (s *scanner) finish() (token, error) {
	switch {
	case s.readErr != nil:
		return 0, s.readErr
	case !s.rooted || s.depth() > 0:
		return 0, errEnds
	}
	return tokenEOF, nil
}

// more fills the window behind what is not yet read, and tells whether
// anything came.
func (s *scanner) more() bool {
	if s.eof || s.readErr != nil {
		return false
	}
	if s.pos > 0 {
		s.end = copy(s.buf, s.buf[s.pos:s.end])
		s.pos = 0
	}
	before := s.end
	for s.end < len(s.buf) {
		n, err := s.src.Read(s.buf[s.end:])
		s.end += n
		if errors.Is(err, io.EOF) {
			s.eof = true
			break
		}
		if err != nil {
			s.readErr = err
			break
		}
	}
	return s.end > before
}

// need makes n bytes available if the part has them.
func (s *scanner) need(n int) bool {
	return s.end-s.pos >= n || s.more() && s.end-s.pos >= n
}

// short is why a token is not in the window as a whole.
func (s *scanner) short() error {
	switch {
	case s.readErr != nil:
		return s.readErr
	case s.eof:
		return errEnds
	}
	return errTooLong
}

// begin passes over the mark and the declaration at the start of a part.
func (s *scanner) begin() error {
	s.begun = true
	s.need(6)
	head := s.buf[s.pos:s.end]
	switch {
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		s.pos += 3
	case bytes.HasPrefix(head, []byte("\xff\xfe")), bytes.HasPrefix(head, []byte("\xfe\xff")),
		len(head) > 1 && (head[0] == 0 || head[1] == 0):
		return errEncoding
	}
	s.need(6)
	if head = s.buf[s.pos:s.end]; len(head) < 6 || string(head[:5]) != "<?xml" || !isSpace(head[5]) {
		return nil
	}
	end, err := s.find("?>", len("<?xml"))
	if err != nil {
		return err
	}
	declaration := s.buf[s.pos : s.pos+end+1]
	s.pos += end + 2
	return s.declaration(declaration)
}

func (s *scanner) declaration(text []byte) error {
	n, err := s.attributes(text, len("<?xml"))
	if err != nil || n != len(text)-1 {
		return errSyntax
	}
	version := false
	for _, attr := range s.attrs {
		switch value := string(attr.value); string(attr.name) {
		case "version":
			version = value == "1.0"
		case "encoding":
			if !bytes.EqualFold(attr.value, []byte("utf-8")) {
				return errEncoding
			}
		}
	}
	if !version {
		return errSyntax
	}
	return nil
}

// find looks for what ends a construct at the start of the window, behind the
// first so many bytes of it.
func (s *scanner) find(end string, from int) (int, error) {
	for {
		if at := bytes.Index(s.buf[s.pos+from:s.end], []byte(end)); at >= 0 {
			return from + at, nil
		}
		if !s.more() {
			return 0, s.short()
		}
	}
}

// markup reads what begins with "<". It returns no token for what is only
// passed over.
func (s *scanner) markup() (token, error) {
	if !s.need(2) {
		return 0, s.short()
	}
	switch s.buf[s.pos+1] {
	case '/':
		return s.endTag()
	case '?':
		return 0, s.instruction()
	case '!':
		return s.declared()
	}
	return s.startTag()
}

func (s *scanner) endTag() (token, error) {
	at := bytes.IndexByte(s.buf[s.pos:s.end], '>')
	if at < 0 {
		var err error
		if at, err = s.find(">", len("</")); err != nil {
			return 0, err
		}
	}
	name := s.buf[s.pos+2 : s.pos+at]
	for len(name) > 0 && isSpace(name[len(name)-1]) {
		name = name[:len(name)-1]
	}
	if s.depth() == 0 || !bytes.Equal(name, s.open[s.opens[len(s.opens)-1]:]) {
		return 0, errNesting
	}
	s.name = name
	s.pos += at + 1
	s.ended = true
	return tokenEnd, nil
}

// leave closes the innermost element.
func (s *scanner) leave() {
	s.ended = false
	s.undeclare(s.depth())
	last := len(s.opens) - 1
	s.open = s.open[:s.opens[last]]
	s.opens = s.opens[:last]
}

// instruction passes over a processing instruction.
func (s *scanner) instruction() error {
	end, err := s.find("?>", len("<?"))
	if err != nil {
		return err
	}
	target := s.buf[s.pos+2 : s.pos+end]
	n := nameLength(target)
	if n == 0 || n < len(target) && !isSpace(target[n]) || bytes.EqualFold(target[:n], []byte("xml")) {
		return errSyntax
	}
	s.pos += end + 2
	return nil
}

// declared reads what begins with "<!".
func (s *scanner) declared() (token, error) {
	s.need(len("<![CDATA["))
	switch rest := s.buf[s.pos:s.end]; {
	case bytes.HasPrefix(rest, []byte("<!--")):
		return 0, s.comment()
	case bytes.HasPrefix(rest, []byte("<![CDATA[")) && s.depth() > 0:
		end, err := s.find("]]>", len("<![CDATA["))
		if err != nil {
			return 0, err
		}
		s.text = s.buf[s.pos+len("<![CDATA[") : s.pos+end]
		s.pos += end + len("]]>")
		if !validChars(s.text) {
			return 0, errChar
		}
		s.text = oneLineEnd(s.text)
		return tokenText, nil
	case len(rest) < len("<!DOCTYPE"):
		return 0, s.short()
	case string(rest[:len("<!DOCTYPE")]) == "<!DOCTYPE":
		return 0, errDoctype
	}
	return 0, errSyntax
}

func (s *scanner) comment() error {
	s.pos += 2 // so that the end is not found in "<!-->"
	for from := 2; ; {
		if at := bytes.Index(s.buf[s.pos+from:s.end], []byte("--")); at >= 0 {
			if !s.need(from + at + 3) {
				return s.short()
			}
			if s.buf[s.pos+from+at+2] != '>' {
				return errSyntax
			}
			s.pos += from + at + 3
			return nil
		}
		if !s.more() {
			return s.short()
		}
	}
}
