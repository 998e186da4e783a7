package handback

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// styleOrder is the order in which the parts of a stylesheet must stand.
var styleOrder = []string{
	"numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles",
	"dxfs", "tableStyles", "colors", "extLst",
}

// A stylesheet is a workbook's styles. Entries are only ever added, so that
// every number in the workbook goes on meaning what it meant.
type stylesheet struct {
	text     []byte
	prefix   string
	end      int // where the root closes
	sections map[string]*section
	err      error // the first failure; it is looked at in bytes

	trustFill bool // our colours are marks even without our named style
	markedBy  map[markKey]int
	baseOf    map[int]int
	textOf    map[int]int
}

// section is one list of the stylesheet: fonts, fills and so on.
type section struct {
	from, to   int // all of it, in the text
	inner, out int // what is inside the tags; out is -1 for <fills/>
	entries    []string
	old        int            // that many were there
	index      map[string]int // of entries, the first of equal ones
}

// maxStyles is how many cell formats Excel takes.
const maxStyles = 65_000

// plainStyles is a stylesheet for a workbook without one.
const plainStyles = xmlHead + `<styleSheet xmlns="%s">` +
	`<fonts count="1"><font><sz val="11"/><name val="Calibri"/><family val="2"/></font></fonts>` +
	`<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>` +
	`<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>` +
	`<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>` +
	`<cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs>` +
	`<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`

func parseStyles(text []byte) (*stylesheet, error) {
	s := &stylesheet{
		text: text, sections: map[string]*section{},
		markedBy: map[markKey]int{}, baseOf: map[int]int{}, textOf: map[int]int{},
	}
	known := false
	at, child := 0, -1
	var open *section
	err := eachPiece(text, func(p piece) {
		prefix, element := splitName(p.name)
		from := at
		at += len(p.raw)
		switch {
		case p.kind == otherPiece:
		case p.deep == 0 && p.kind == closePiece:
			s.end = from
		case p.deep == 0:
			main, _ := spaces(p.raw)
			known, s.prefix, s.end = main != "" && p.kind == openPiece, prefix, at
		case p.deep == 1 && slices.Contains(styleOrder, element) && p.kind != closePiece:
			open = &section{from: from, to: at, inner: at, out: -1}
			s.sections[element] = open
		case p.deep == 1 && p.kind == closePiece && open != nil:
			open.out, open.to, open = from, at, nil
		case p.deep == 2 && open != nil && p.kind == openPiece:
			child = from
		case p.deep == 2 && open != nil:
			if p.kind == emptyPiece {
				child = from
			}
			open.entries = append(open.entries, string(text[child:at]))
		}
	})
	if err != nil {
		return nil, err
	}
	if !known {
		return nil, refuse("has styles of an unknown kind")
	}
	for _, section := range s.sections {
		section.old = len(section.entries)
	}
	s.ground()
	return s, nil
}

// ground sees to it that number 0 of everything is there, since cells without
// a style have it.
func (s *stylesheet) ground() {
	plain, err := parsePlain()
	if err != nil {
		panic(err)
	}
	for _, name := range styleOrder[1:7] {
		if len(s.list(name).entries) > 0 {
			continue
		}
		for _, entry := range plain[name] {
			s.add(name, s.prefixed(entry))
		}
	}
}

func parsePlain() (map[string][]string, error) {
	found := map[string][]string{}
	text := []byte(fmt.Sprintf(plainStyles, transitionalMain))
	at, child, list := 0, 0, ""
	err := eachPiece(text, func(p piece) {
		from := at
		at += len(p.raw)
		switch {
		case p.deep == 1:
			list = string(p.name)
		case p.deep == 2 && p.kind == openPiece:
			child = from
		case p.deep == 2 && p.kind == emptyPiece:
			found[list] = append(found[list], string(p.raw))
		case p.deep == 2:
			found[list] = append(found[list], string(text[child:at]))
		}
	})
	return found, err
}

func (s *stylesheet) prefixed(xml string) string { return prefixed(s.prefix, xml) }

// prefixed puts a prefix before every element's name.
func prefixed(prefix, xml string) string {
	if prefix == "" {
		return xml
	}
	xml = strings.ReplaceAll(xml, "</", "\x00")
	xml = strings.ReplaceAll(xml, "<", "<"+prefix)
	return strings.ReplaceAll(xml, "\x00", "</"+prefix)
}

func (s *stylesheet) list(name string) *section {
	if s.sections[name] == nil {
		s.sections[name] = &section{from: -1}
	}
	return s.sections[name]
}

// add returns the number of an entry, which is added unless it is there.
func (s *stylesheet) add(name, entry string) int {
	list := s.list(name)
	if list.index == nil {
		list.index = map[string]int{}
		for i, old := range list.entries {
			if _, there := list.index[old]; !there {
				list.index[old] = i
			}
		}
	}
	if at, there := list.index[entry]; there {
		return at
	}
	if len(list.entries) >= maxStyles && s.err == nil {
		s.err = refuse("has as many cell styles as a workbook can have")
	}
	list.entries = append(list.entries, entry)
	list.index[entry] = len(list.entries) - 1
	return len(list.entries) - 1
}

// entry is one of a list, or "" if there is no such one.
func (s *stylesheet) entry(list string, at int) string {
	if entries := s.list(list).entries; at >= 0 && at < len(entries) {
		return entries[at]
	}
	return ""
}

// bytes is the stylesheet with what was added.
func (s *stylesheet) bytes() ([]byte, error) {
	if s.err != nil {
		return nil, s.err
	}
	var b bytes.Buffer
	at := 0
	for i, name := range styleOrder {
		list := s.sections[name]
		switch {
		case list == nil || len(list.entries) == list.old:
		case list.from < 0:
			place := s.place(i)
			b.Write(s.text[at:place])
			at = place
			fmt.Fprintf(&b, `<%s%s count="%d">%s</%s%s>`, s.prefix, name, len(list.entries), strings.Join(list.entries, ""), s.prefix, name)
		default:
			b.Write(s.text[at:list.from])
			s.extend(&b, name, list)
			at = list.to
		}
	}
	b.Write(s.text[at:])
	return b.Bytes(), nil
}

// place is where a list belongs that is not there: before the next that is.
func (s *stylesheet) place(order int) int {
	for _, name := range styleOrder[order+1:] {
		if next := s.sections[name]; next != nil && next.from >= 0 {
			return next.from
		}
	}
	return s.end
}

func (s *stylesheet) extend(b *bytes.Buffer, name string, list *section) {
	tag := s.text[list.from:list.inner]
	count := strconv.Itoa(len(list.entries))
	if list.out < 0 { // <fills/>
		tag = append(bytes.TrimSuffix(bytes.Clone(tag), []byte("/>")), '>')
	}
	b.Write(withAttr(nil, tag, "count", count))
	if list.out >= 0 {
		b.Write(s.text[list.inner:list.out])
	}
	b.WriteString(strings.Join(list.entries[list.old:], ""))
	b.WriteString("</" + s.prefix + name + ">")
}

// format is what a cell format consists of besides its fill: two cells with
// equal ones look the same once their fills do.
type format struct {
	rest  string // all other attributes in order, and what is inside
	fill  int
	style int // xfId
}

func parseFormat(xf string) format {
	f := format{}
	end := strings.IndexByte(xf, '>') + 1
	tag := []byte(xf[:end])
	var rest []string
	attributes(tag, func(name []byte, from, to int) bool {
		value := tag[from:to]
		switch string(name) {
		case "fillId":
			f.fill = max(digits(value), 0)
		case "xfId":
			f.style = max(digits(value), 0)
		case "applyFill":
		default:
			rest = append(rest, string(name)+"="+string(value))
		}
		return true
	})
	slices.Sort(rest)
	f.rest = strings.Join(rest, " ") + " " + xf[end:]
	return f
}

// pieceOf is the first element of this name in an entry: its tag.
func pieceOf(entry, element string) []byte {
	s := newScanner(strings.NewReader(entry))
	for {
		p, err := s.next()
		if err != nil {
			return nil
		}
		if _, local := splitName(p.name); local == element && p.kind != closePiece {
			return bytes.Clone(p.raw)
		}
	}
}
