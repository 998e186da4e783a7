package statement

import (
	"encoding/xml"
	"fmt"
	"strings"
)

// node is an element with all that is in it: the small parts of a statement
// are read whole, so that the order of their elements does not matter.
type node struct {
	name     string
	ccy      string // the attribute Ccy
	chars    string
	row      int
	entry    bool // it belongs to an entry
	children []*node
}

// child finds an element by its path, the first of that name at each step.
func (n *node) child(path string) *node {
	for path != "" && n != nil {
		name, rest, _ := strings.Cut(path, "/")
		var found *node
		for _, one := range n.children {
			if one.name == name {
				found = one
				break
			}
		}
		n, path = found, rest
	}
	return n
}

// text is what stands in the element with that path, "" if there is none.
func (n *node) text(path string) string {
	if found := n.child(path); found != nil {
		return strings.TrimSpace(found.chars)
	}
	return ""
}

// firstOf is the first of these texts that is not empty.
func (n *node) firstOf(paths ...string) string {
	for _, path := range paths {
		if text := n.text(path); text != "" {
			return text
		}
	}
	return ""
}

// each calls with every element of that name right below.
func (n *node) each(name string, call func(*node)) {
	if n == nil {
		return
	}
	for _, one := range n.children {
		if one.name == name {
			call(one)
		}
	}
}

// tree reads an element whose start was just read, with all that is in it.
func (r *camtReader) tree(start xml.StartElement) (*node, error) {
	r.nodes = 0
	return r.grow(start)
}

func (r *camtReader) grow(start xml.StartElement) (*node, error) {
	if r.nodes++; r.nodes > maxNodes {
		return nil, Problem{Row: r.row(), Entry: r.entries, What: fmt.Sprintf("has more than %d elements in one %s", maxNodes, start.Name.Local), Want: "the file as the bank gave it"}
	}
	n := &node{name: start.Name.Local, row: r.row(), entry: r.entries > 0}
	for _, attr := range start.Attr {
		if attr.Name.Local == "Ccy" {
			n.ccy = attr.Value
		}
	}
	for {
		token, err := r.next()
		if err != nil {
			return nil, err
		}
		switch t := token.(type) {
		case xml.StartElement:
			child, err := r.grow(t)
			if err != nil {
				return nil, err
			}
			n.children = append(n.children, child)
		case xml.CharData:
			if len(n.children) == 0 && len(n.chars)+len(t) <= maxNarrativeBytes {
				n.chars += string(t)
			}
		case xml.EndElement:
			return n, nil
		}
	}
}
