package handback

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A scanner cuts XML into pieces whose bytes, put together again, are the
// input. encoding/xml cannot be used for rewriting: it loses quotes, prefixes
// and what is between attributes.
type scanner struct {
	src   io.Reader
	buf   []byte
	start int // of the next piece
	end   int // of what was read
	depth int
	eof   bool
	begun bool
	seen  int64
}

// pieceKind tells pieces apart.
type pieceKind uint8

const (
	otherPiece pieceKind = iota // text, comment, CDATA, instruction
	openPiece                   // <c r="A1">
	emptyPiece                  // <c r="A1"/>
	closePiece                  // </c>
)

// A piece is good until the next call of next.
type piece struct {
	kind pieceKind
	raw  []byte
	name []byte // with its prefix
	deep int    // elements around it
}

const (
	scanBuffer = 64 << 10
	maxPiece   = 1 << 20 // bytes of one tag; a sane one has less than 1 KB
)

var (
	errNotXML  = errors.New("not well-formed XML")
	errBigTag  = errors.New("an XML tag is too long")
	errNotUTF8 = errors.New("XML in another encoding than UTF-8")
)

func newScanner(src io.Reader) *scanner {
	return &scanner{src: src, buf: make([]byte, scanBuffer)}
}

// fill reads more. It returns false at the end of the input.
func (s *scanner) fill() (bool, error) {
	if s.eof {
		return false, nil
	}
	if s.start > 0 {
		copy(s.buf, s.buf[s.start:s.end])
		s.end -= s.start
		s.start = 0
	}
	if s.end == len(s.buf) {
		if len(s.buf) >= maxPiece {
			return false, errBigTag
		}
		s.buf = append(s.buf, make([]byte, len(s.buf))...)
	}
	n, err := s.src.Read(s.buf[s.end:])
	s.end += n
	s.seen += int64(n)
	if errors.Is(err, io.EOF) {
		s.eof = true
		return n > 0, nil
	}
	return true, err
}

// next returns the next piece, io.EOF after the last one, and errNotXML where
// a tag is cut off or elements do not close. Long texts come in several pieces.
func (s *scanner) next() (piece, error) {
	for s.start == s.end {
		more, err := s.fill()
		if err != nil {
			return piece{}, err
		}
		if !more {
			if s.depth != 0 || !s.begun {
				return piece{}, errNotXML
			}
			return piece{}, io.EOF
		}
	}
	if !s.begun {
		if err := s.begin(); err != nil {
			return piece{}, err
		}
	}
	if s.buf[s.start] != '<' {
		return s.text(), nil
	}
	return s.markup()
}

// begin refuses what is not UTF-8, by the byte order mark or the declaration.
func (s *scanner) begin() error {
	for s.end-s.start < 128 {
		if more, err := s.fill(); err != nil {
			return err
		} else if !more {
			break
		}
	}
	s.begun = true
	head := s.buf[s.start:min(s.end, s.start+128)]
	head = bytes.TrimPrefix(head, []byte("\xef\xbb\xbf"))
	if bytes.IndexByte(head, 0) >= 0 || bytes.HasPrefix(head, []byte{0xff, 0xfe}) || bytes.HasPrefix(head, []byte{0xfe, 0xff}) {
		return errNotUTF8
	}
	if decl, _, found := bytes.Cut(head, []byte("?>")); found && bytes.HasPrefix(decl, []byte("<?xml")) {
		if name, ok := attr(decl, "encoding"); ok && !strings.EqualFold(name, "utf-8") && !strings.EqualFold(name, "us-ascii") {
			return errNotUTF8
		}
	}
	return nil
}

func (s *scanner) text() piece {
	raw := s.buf[s.start:s.end]
	if at := bytes.IndexByte(raw, '<'); at >= 0 {
		raw = raw[:at]
	}
	s.start += len(raw)
	return piece{raw: raw, deep: s.depth}
}

// markup returns the piece that begins with "<".
func (s *scanner) markup() (piece, error) {
	for {
		raw := s.buf[s.start:s.end]
		size := markupSize(raw)
		if size > 0 {
			s.start += size
			return s.classify(raw[:size])
		}
		more, err := s.fill()
		if err != nil {
			return piece{}, err
		}
		if !more {
			return piece{}, errNotXML
		}
	}
}

// markupSize is the length of the markup at the beginning of raw, or 0 if its
// end is not there yet.
func markupSize(raw []byte) int {
	for _, pair := range [...][2]string{{"<!--", "-->"}, {"<![CDATA[", "]]>"}, {"<?", "?>"}} {
		if len(raw) < len(pair[0]) && strings.HasPrefix(pair[0], string(raw)) {
			return 0
		}
		if bytes.HasPrefix(raw, []byte(pair[0])) {
			at := bytes.Index(raw[len(pair[0]):], []byte(pair[1]))
			if at < 0 {
				return 0
			}
			return len(pair[0]) + at + len(pair[1])
		}
	}
	// A ">" may stand in the value of an attribute.
	at := bytes.IndexByte(raw, '>')
	if at < 0 {
		return 0
	}
	if bytes.IndexByte(raw[:at], '"') < 0 && bytes.IndexByte(raw[:at], '\'') < 0 {
		return at + 1
	}
	quote := byte(0)
	for i, b := range raw {
		switch {
		case quote != 0:
			if b == quote {
				quote = 0
			}
		case b == '"' || b == '\'':
			quote = b
		case b == '>':
			return i + 1
		}
	}
	return 0
}

func (s *scanner) classify(raw []byte) (piece, error) {
	p := piece{raw: raw, deep: s.depth}
	switch {
	case raw[1] == '!' && !bytes.HasPrefix(raw, []byte("<!--")) && !bytes.HasPrefix(raw, []byte("<![CDATA[")):
		// A document type may define entities; no workbook has one.
		return p, errNotXML
	case raw[1] == '!' || raw[1] == '?':
		return p, nil
	case raw[1] == '/':
		p.kind = closePiece
		p.name = bytes.TrimRight(raw[2:len(raw)-1], " \t\r\n")
		if s.depth--; s.depth < 0 {
			return p, errNotXML
		}
		p.deep = s.depth
		return p, nil
	}
	p.kind = openPiece
	p.name = raw[1 : 1+nameSize(raw[1:])]
	if len(p.name) == 0 {
		return p, errNotXML
	}
	if raw[len(raw)-2] == '/' {
		p.kind = emptyPiece
		return p, nil
	}
	s.depth++
	return p, nil
}

func nameSize(raw []byte) int {
	if at := bytes.IndexAny(raw, " \t\r\n/>"); at >= 0 {
		return at
	}
	return len(raw)
}

// attributes calls visit with each attribute of a tag: its name and where its
// value begins and ends in raw. visit returns false to stop.
func attributes(raw []byte, visit func(name []byte, from, to int) bool) {
	i := 0
	for i < len(raw) && !blank(raw[i]) { // the tag's own name
		i++
	}
	for i < len(raw) {
		for i < len(raw) && blank(raw[i]) {
			i++
		}
		start := i
		for i < len(raw) && raw[i] != '=' && !blank(raw[i]) && raw[i] != '>' {
			i++
		}
		name := raw[start:i]
		for i < len(raw) && blank(raw[i]) {
			i++
		}
		if i >= len(raw) || raw[i] != '=' || len(name) == 0 {
			return
		}
		for i++; i < len(raw) && blank(raw[i]); i++ {
		}
		if i >= len(raw) || raw[i] != '"' && raw[i] != '\'' {
			return
		}
		size := bytes.IndexByte(raw[i+1:], raw[i])
		if size < 0 || !visit(name, i+1, i+1+size) {
			return
		}
		i += size + 2
	}
}

func blank(b byte) bool { return b == ' ' || b == '\t' || b == '\r' || b == '\n' }

// attr is the value of a tag's attribute, entities resolved.
func attr(raw []byte, name string) (value string, found bool) {
	attributes(raw, func(n []byte, from, to int) bool {
		if string(n) == name {
			value, found = unescape(string(raw[from:to])), true
		}
		return !found
	})
	return value, found
}

// attrInt is the attribute as a number that is not negative; otherwise -1.
func attrInt(raw []byte, name string) int {
	n := -1
	attributes(raw, func(found []byte, from, to int) bool {
		if string(found) != name {
			return true
		}
		n = digits(raw[from:to])
		return false
	})
	return n
}

// digits reads a number of at most nine digits; anything else is -1.
func digits(text []byte) int {
	if len(text) == 0 || len(text) > 9 {
		return -1
	}
	n := 0
	for _, b := range text {
		if b < '0' || b > '9' {
			return -1
		}
		n = n*10 + int(b-'0')
	}
	return n
}

// withAttr appends the tag to dst, the attribute set to value.
func withAttr(dst, raw []byte, name, value string) []byte {
	at, end := -1, -1
	attributes(raw, func(n []byte, from, to int) bool {
		if string(n) == name {
			at, end = from, to
		}
		return at < 0
	})
	value = escape(value)
	if at >= 0 {
		dst = append(dst, raw[:at]...)
		dst = append(dst, value...)
		return append(dst, raw[end:]...)
	}
	tail := len(raw) - 1
	if raw[tail-1] == '/' {
		tail--
	}
	for tail > 0 && blank(raw[tail-1]) {
		tail--
	}
	dst = append(dst, raw[:tail]...)
	dst = append(dst, ' ')
	dst = append(dst, name...)
	dst = append(dst, `="`...)
	dst = append(dst, value...)
	dst = append(dst, '"')
	return append(dst, raw[tail:]...)
}

// withoutAttr appends the tag to dst without the attribute.
func withoutAttr(dst, raw []byte, name string) []byte {
	at, end := -1, -1
	attributes(raw, func(n []byte, from, to int) bool {
		if string(n) != name {
			return true
		}
		end = to + 1
		for at = from - 1; at > 0 && !blank(raw[at]); at-- {
		}
		return false
	})
	if at < 0 {
		return append(dst, raw...)
	}
	return append(append(dst, raw[:at]...), raw[end:]...)
}

// splitName parts "x:row" into "x:" and "row".
func splitName(name []byte) (prefix, local string) {
	if at := bytes.IndexByte(name, ':'); at >= 0 {
		return string(name[:at+1]), string(name[at+1:])
	}
	return "", string(name)
}

// escape makes text fit for XML, in an element or an attribute. What XML
// forbids becomes U+FFFD; line breaks become references, or an attribute would
// lose them.
func escape(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case r == '&':
			b.WriteString("&amp;")
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '"':
			b.WriteString("&quot;")
		case r == '\n' || r == '\r' || r == '\t':
			b.WriteString("&#" + strconv.Itoa(int(r)) + ";")
		case r < ' ' || r == 0xFFFE || r == 0xFFFF:
			b.WriteRune(utf8.RuneError)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// escapeCell is escape for the text of a cell or comment, in which Excel would
// read "_x0041_" as "A".
func escapeCell(text string) string {
	if !strings.Contains(text, "_x") {
		return escape(text)
	}
	var b strings.Builder
	for i := range len(text) {
		if text[i] == '_' && escapedUnit(text[i:]) {
			b.WriteString("_x005F")
		}
		b.WriteByte(text[i])
	}
	return escape(b.String())
}

// escapedUnit tells whether the text begins like "_x0041_".
func escapedUnit(text string) bool {
	if len(text) < 7 || text[1] != 'x' || text[6] != '_' {
		return false
	}
	_, err := strconv.ParseUint(text[2:6], 16, 16)
	return err == nil
}

var entities = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&quot;", `"`, "&apos;", "'", "&amp;", "&")

// unescape resolves the five entities and numbers.
func unescape(text string) string {
	if !strings.Contains(text, "&") {
		return text
	}
	if !strings.Contains(text, "&#") {
		return entities.Replace(text)
	}
	var b strings.Builder
	for text != "" {
		before, rest, found := strings.Cut(text, "&#")
		b.WriteString(entities.Replace(before))
		if !found {
			break
		}
		number, after, closed := strings.Cut(rest, ";")
		base := 10
		if strings.HasPrefix(number, "x") {
			number, base = number[1:], 16
		}
		r, err := strconv.ParseUint(number, base, 32)
		if !closed || err != nil {
			b.WriteString("&#")
			text = rest
			continue
		}
		b.WriteRune(rune(r))
		text = after
	}
	return b.String()
}
