package handback

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
)

// relation is one line of a part's relationships.
type relation struct {
	id, kind, target string
	external         bool
}

// relations are the relationships of one part.
type relations struct {
	owner string // the part's name
	text  []byte // as it stands; nil if there are none
	list  []relation
	added []relation
}

func relsName(owner string) string {
	return path.Join(path.Dir(owner), "_rels", path.Base(owner)+".rels")
}

func (a *archive) relations(owner string) (*relations, error) {
	r := &relations{owner: owner}
	if !a.has(relsName(owner)) {
		return r, nil
	}
	var err error
	if r.text, err = a.read(relsName(owner)); err != nil {
		return nil, err
	}
	err = eachPiece(r.text, func(p piece) {
		if _, local := splitName(p.name); local != "Relationship" || p.kind == closePiece {
			return
		}
		var one relation
		one.id, _ = attr(p.raw, "Id")
		one.kind, _ = attr(p.raw, "Type")
		one.target, _ = attr(p.raw, "Target")
		mode, _ := attr(p.raw, "TargetMode")
		one.external = mode == "External"
		r.list = append(r.list, one)
	})
	return r, err
}

// part is the name of the part that a relationship leads to.
func (r *relations) part(one relation) string {
	target := strings.ReplaceAll(one.target, `\`, "/")
	if strings.HasPrefix(target, "/") {
		return strings.TrimPrefix(path.Clean(target), "/")
	}
	return path.Join(path.Dir(r.owner), target)
}

// find is the first relationship of a kind: the end of its type, "comments".
func (r *relations) find(kind string) (relation, bool) {
	for _, one := range r.list {
		if !one.external && strings.HasSuffix(one.kind, "/"+kind) {
			return one, true
		}
	}
	return relation{}, false
}

func (r *relations) byID(id string) (relation, bool) {
	for _, one := range r.list {
		if one.id == id && !one.external {
			return one, true
		}
	}
	return relation{}, false
}

// add makes a relationship to a part and returns its id.
func (r *relations) add(kind, part string) string {
	taken := map[string]bool{}
	for _, one := range r.list {
		taken[strings.ToLower(one.id)] = true
	}
	id := ""
	for n := len(r.list) + 1; id == "" || taken[strings.ToLower(id)]; n++ {
		id = fmt.Sprintf("rId%d", n)
	}
	one := relation{id: id, kind: kind, target: relative(r.owner, part)}
	r.list, r.added = append(r.list, one), append(r.added, one)
	return id
}

// relative is how one part refers to another.
func relative(owner, part string) string {
	from, to := strings.Split(path.Dir(owner), "/"), strings.Split(part, "/")
	for len(from) > 0 && len(to) > 1 && from[0] == to[0] {
		from, to = from[1:], to[1:]
	}
	return strings.Repeat("../", len(from)) + strings.Join(to, "/")
}

const (
	xmlHead     = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	relsSpace   = "http://schemas.openxmlformats.org/package/2006/relationships"
	typesSpace  = "http://schemas.openxmlformats.org/package/2006/content-types"
	contentPart = "[Content_Types].xml"
)

// bytes are the relationships with what was added.
func (r *relations) bytes() ([]byte, error) {
	text := r.text
	if text == nil {
		text = []byte(xmlHead + `<Relationships xmlns="` + relsSpace + `"></Relationships>`)
	}
	return appendChildren(text, func(prefix string) string {
		var b strings.Builder
		for _, one := range r.added {
			fmt.Fprintf(&b, `<%sRelationship Id="%s" Type="%s" Target="%s"/>`, prefix, escape(one.id), escape(one.kind), escape(one.target))
		}
		return b.String()
	})
}

// appendChildren puts XML at the end of the root element.
func appendChildren(text []byte, children func(prefix string) string) ([]byte, error) {
	s := newScanner(bytes.NewReader(text))
	var b bytes.Buffer
	for {
		p, err := s.next()
		if errors.Is(err, io.EOF) {
			return b.Bytes(), nil
		}
		if err != nil {
			return nil, asRefusal(err)
		}
		prefix, _ := splitName(p.name)
		switch {
		case p.deep == 0 && p.kind == closePiece:
			b.WriteString(children(prefix))
			b.Write(p.raw)
		case p.deep == 0 && p.kind == emptyPiece:
			b.Write(bytes.TrimSuffix(p.raw, []byte("/>")))
			b.WriteString(">" + children(prefix) + "</" + string(p.name) + ">")
		default:
			b.Write(p.raw)
		}
	}
}

// eachPiece calls visit with every piece of a part.
func eachPiece(text []byte, visit func(piece)) error {
	s := newScanner(bytes.NewReader(text))
	for {
		p, err := s.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return asRefusal(err)
		}
		visit(p)
	}
}

// contentTypes returns the content types with more of them: by part name with
// a slash, or by extension without one. What is there already stays.
func contentTypes(text []byte, add [][2]string) ([]byte, error) {
	known := map[string]bool{}
	err := eachPiece(text, func(p piece) {
		switch _, local := splitName(p.name); local {
		case "Override":
			name, _ := attr(p.raw, "PartName")
			known[strings.ToLower(name)] = true
		case "Default":
			name, _ := attr(p.raw, "Extension")
			known[strings.ToLower(name)] = true
		}
	})
	if err != nil {
		return nil, err
	}
	return appendChildren(text, func(prefix string) string {
		var b strings.Builder
		for _, one := range add {
			switch name := one[0]; {
			case known[strings.ToLower(name)]:
			case name[0] == '/':
				fmt.Fprintf(&b, `<%sOverride PartName="%s" ContentType="%s"/>`, prefix, escape(name), one[1])
			default:
				fmt.Fprintf(&b, `<%sDefault Extension="%s" ContentType="%s"/>`, prefix, escape(name), one[1])
			}
			known[strings.ToLower(one[0])] = true
		}
		return b.String()
	})
}
