package xlsx

import "bytes"

// space is a namespace that matters here.
type space uint8

const (
	otherSpace    space = iota
	noSpace             // no namespace
	sheetSpace          // workbooks, worksheets, styles, texts
	relationSpace       // attributes that refer to a relationship
	packageSpace        // the relationships of a package
	typesSpace          // the types of a package's parts
	choiceSpace         // alternatives for readers that know more or less
)

// spaces has the names of both flavours of the format, transitional and strict.
var spaces = map[string]space{
	"": noSpace,
	"http://schemas.openxmlformats.org/spreadsheetml/2006/main":           sheetSpace,
	"http://purl.oclc.org/ooxml/spreadsheetml/main":                       sheetSpace,
	"http://schemas.openxmlformats.org/officeDocument/2006/relationships": relationSpace,
	"http://purl.oclc.org/ooxml/officeDocument/relationships":             relationSpace,
	"http://schemas.openxmlformats.org/package/2006/relationships":        packageSpace,
	"http://schemas.openxmlformats.org/package/2006/content-types":        typesSpace,
	"http://schemas.openxmlformats.org/markup-compatibility/2006":         choiceSpace,
}

// namespaces are the prefixes in force.
type namespaces struct {
	bound []binding
	plain space // of names without a prefix
	// space and local are the name of the element that just started.
	space space
	local []byte
}

type binding struct {
	prefix string
	space  space
	depth  int // of the element that declares it
}

// declare puts a start tag's declarations in force.
func (n *namespaces) declare(attrs []attribute, depth int) error {
	for i := range attrs {
		rest, ok := bytes.CutPrefix(attrs[i].name, []byte("xmlns"))
		if !ok || len(rest) > 0 && rest[0] != ':' {
			continue
		}
		if len(rest) == 1 {
			return errPrefix
		}
		prefix := string(bytes.TrimPrefix(rest, []byte(":")))
		n.bound = append(n.bound, binding{prefix, spaces[string(attrs[i].plain())], depth})
		if prefix == "" {
			n.plain = n.bound[len(n.bound)-1].space
		}
	}
	return nil
}

// undeclare ends what an element declared.
func (n *namespaces) undeclare(depth int) {
	last := len(n.bound)
	for last > 0 && n.bound[last-1].depth >= depth {
		last--
	}
	if last == len(n.bound) {
		return
	}
	n.bound = n.bound[:last]
	n.plain = noSpace
	for _, b := range n.bound {
		if b.prefix == "" {
			n.plain = b.space
		}
	}
}

// resolve finds the namespace of an element, and refuses prefixes that nobody
// declared.
func (n *namespaces) resolve(name []byte, attrs []attribute) error {
	colon := bytes.IndexByte(name, ':')
	if colon < 0 {
		n.space, n.local = n.plain, name
	} else {
		found, ok := n.lookup(name[:colon])
		if !ok || !isLocal(name[colon+1:]) {
			return errPrefix
		}
		n.space, n.local = found, name[colon+1:]
	}
	for i := range attrs {
		attr := attrs[i].name
		if colon := bytes.IndexByte(attr, ':'); colon >= 0 {
			if _, ok := n.lookup(attr[:colon]); !ok || !isLocal(attr[colon+1:]) {
				return errPrefix
			}
		}
	}
	return nil
}

// isLocal tells whether what stands behind a colon is a name.
func isLocal(name []byte) bool {
	return nameLength(name) == len(name) && len(name) > 0 && bytes.IndexByte(name, ':') < 0
}

func (n *namespaces) lookup(prefix []byte) (space, bool) {
	for i := len(n.bound) - 1; i >= 0; i-- {
		if n.bound[i].prefix == string(prefix) {
			return n.bound[i].space, true
		}
	}
	if string(prefix) == "xml" || string(prefix) == "xmlns" {
		return otherSpace, true
	}
	return otherSpace, false
}

// is tells whether the element that just started is one of the format's own.
func (n *namespaces) is(space space, local string) bool {
	return n.space == space && string(n.local) == local
}

// attrIn is the value of an attribute of a namespace.
func (s *scanner) attrIn(space space, local string) ([]byte, bool) {
	for i := range s.attrs {
		prefix, rest, ok := bytes.Cut(s.attrs[i].name, []byte(":"))
		if !ok || string(rest) != local {
			continue
		}
		if found, _ := s.lookup(prefix); found == space {
			return s.attrs[i].plain(), true
		}
	}
	return nil, false
}
