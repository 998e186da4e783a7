package handback

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"
)

// listName is the defined name that leads to our list, wherever a person has
// moved its tab and whatever they called it.
const (
	listName  = "bulkpay_faults"
	listTitle = "bulkpay"
)

const (
	transitionalMain = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
	transitionalRels = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	strictMain       = "http://purl.oclc.org/ooxml/spreadsheetml/main"
	strictRels       = "http://purl.oclc.org/ooxml/officeDocument/relationships"
)

// A book is the part that lists the worksheets.
type book struct {
	archive *archive
	name    string
	text    []byte
	rels    *relations
	main    string // namespace of the elements
	kinds   string // namespace of relationships
	sheets  []bookSheet
	highest int               // sheetId
	listRef string            // what listName refers to; "" if it is not defined
	named   bool              // listName is defined
	filters map[string]string // by localSheetId: the range of a filter
}

type bookSheet struct{ name, part string }

func openBook(a *archive) (*book, error) {
	roots, err := a.relations("")
	if err != nil {
		return nil, err
	}
	b := &book{archive: a, name: "xl/workbook.xml", filters: map[string]string{}}
	if root, ok := roots.find("officeDocument"); ok {
		b.name = roots.part(root)
	}
	if b.text, err = a.read(b.name); err != nil {
		return nil, err
	}
	if b.rels, err = a.relations(b.name); err != nil {
		return nil, err
	}
	if err := b.parse(); err != nil {
		return nil, err
	}
	if len(b.sheets) == 0 {
		return nil, refuse("has no worksheet")
	}
	return b, nil
}

func (b *book) parse() error {
	nameOf, local := "", ""
	err := eachPiece(b.text, func(p piece) {
		_, element := splitName(p.name)
		switch {
		case p.kind == otherPiece:
			if nameOf == listName {
				b.listRef += unescape(string(p.raw))
			} else if nameOf == "_xlnm._FilterDatabase" {
				b.filters[local] += unescape(string(p.raw))
			}
		case p.kind == closePiece:
			nameOf = ""
		case p.deep == 0:
			b.main, b.kinds = spaces(p.raw)
		case element == "sheet" && p.deep == 2:
			b.sheets = append(b.sheets, b.sheet(p))
			b.highest = max(b.highest, attrInt(p.raw, "sheetId"))
		case element == "definedName" && p.kind == openPiece:
			nameOf, _ = attr(p.raw, "name")
			local, _ = attr(p.raw, "localSheetId")
			b.named = b.named || nameOf == listName
		}
	})
	if err == nil && b.main == "" {
		return refuse("is not a workbook in the XLSX format")
	}
	return err
}

// spaces are the namespaces of a document whose root this is.
func spaces(root []byte) (main, kinds string) {
	for _, space := range namespaces(root) {
		switch space {
		case transitionalMain:
			return transitionalMain, transitionalRels
		case strictMain:
			return strictMain, strictRels
		}
	}
	return "", ""
}

// namespaces of a tag by prefix: "x:", or "" for the default.
func namespaces(tag []byte) map[string]string {
	found := map[string]string{}
	attributes(tag, func(name []byte, from, to int) bool {
		if prefix, local := splitName(name); prefix == "xmlns:" {
			found[local+":"] = unescape(string(tag[from:to]))
		} else if local == "xmlns" {
			found[""] = unescape(string(tag[from:to]))
		}
		return true
	})
	return found
}

func (b *book) sheet(p piece) bookSheet {
	var sheet bookSheet
	sheet.name, _ = attr(p.raw, "name")
	attributes(p.raw, func(name []byte, from, to int) bool {
		// The prefix of r:id may be any.
		if prefix, local := splitName(name); prefix != "" && local == "id" {
			if one, ok := b.rels.byID(unescape(string(p.raw[from:to]))); ok {
				sheet.part = b.rels.part(one)
			}
		}
		return true
	})
	return sheet
}

// pick finds the worksheet that is meant.
func (b *book) pick(o Options) (int, error) {
	if o.Part == "" && o.Sheet == "" {
		return 0, nil
	}
	at := slices.IndexFunc(b.sheets, func(s bookSheet) bool {
		if o.Part != "" {
			return s.part != "" && partKey(s.part) == partKey(o.Part)
		}
		return s.name == o.Sheet
	})
	if at < 0 {
		return 0, refuse("has no such worksheet")
	}
	return at, nil
}

// list is the place of our list among the worksheets, or -1.
func (b *book) list() int {
	name, _, found := cutLast(b.listRef, "!")
	if !found {
		return -1
	}
	if strings.HasPrefix(name, "'") && strings.HasSuffix(name, "'") && len(name) > 1 {
		name = strings.ReplaceAll(name[1:len(name)-1], "''", "'")
	}
	return slices.IndexFunc(b.sheets, func(s bookSheet) bool { return strings.EqualFold(s.name, name) && s.part != "" })
}

func cutLast(text, sep string) (before, after string, found bool) {
	if at := strings.LastIndex(text, sep); at >= 0 {
		return text[:at], text[at+len(sep):], true
	}
	return text, "", false
}

// quoted is a worksheet's name as references write it.
func quoted(sheet string) string {
	return "'" + strings.ReplaceAll(sheet, "'", "''") + "'"
}

// bookEdit is what has to change.
type bookEdit struct {
	addList  bool              // a worksheet for the list, and its name
	listID   string            // of its relationship
	nameRef  string            // what listName shall refer to; "" to leave it
	listName string            // of the worksheet
	filters  map[string]string // new ranges by localSheetId
}

// freeName is a name for the list that no worksheet has.
func (b *book) freeName() string {
	for n := 1; ; n++ {
		name := listTitle
		if n > 1 {
			name += " " + strconv.Itoa(n)
		}
		if !slices.ContainsFunc(b.sheets, func(s bookSheet) bool { return strings.EqualFold(s.name, name) }) {
			return name
		}
	}
}

// freePart is the name of a part that is not there: "xl/comments%d.xml".
func (a *archive) freePart(pattern string) string {
	for n := 1; ; n++ {
		if name := fmt.Sprintf(pattern, n); !a.has(name) {
			return name
		}
	}
}

func (b *book) dir() string { return path.Dir(b.name) }

// After these of a workbook's elements defined names may stand.
var beforeNames = []string{
	"fileVersion", "fileSharing", "workbookPr", "AlternateContent", "revisionPtr", "workbookProtection",
	"bookViews", "sheets", "functionGroups", "externalReferences",
}

// edited is the part with the changes.
func (b *book) edited(e bookEdit) ([]byte, error) {
	s := newScanner(bytes.NewReader(b.text))
	w := &bookWriter{book: b, edit: e, named: e.nameRef == ""}
	for {
		p, err := s.next()
		if errors.Is(err, io.EOF) {
			return w.out.Bytes(), nil
		}
		if err != nil {
			return nil, asRefusal(err)
		}
		w.piece(p)
	}
}

type bookWriter struct {
	book   *book
	edit   bookEdit
	out    bytes.Buffer
	prefix string
	named  bool // listName is written
	skip   bool // the text of the name that is open: another is written
}

func (w *bookWriter) piece(p piece) {
	prefix, element := splitName(p.name)
	switch {
	case p.deep == 0 && p.kind == openPiece:
		w.prefix = prefix
	case p.deep == 1 && element == "sheets" && p.kind == closePiece && w.edit.addList:
		w.out.WriteString(w.sheet())
	case p.deep == 1 && element == "definedNames" && p.kind == closePiece && !w.named:
		w.out.WriteString(w.name())
	case p.deep == 1 && element == "definedNames" && p.kind == emptyPiece && !w.named:
		w.out.WriteString("<" + string(p.name) + ">" + w.name() + "</" + string(p.name) + ">")
		return
	case p.deep == 1 && p.kind != otherPiece && element != "definedNames" && !w.named && !slices.Contains(beforeNames, element),
		p.deep == 0 && p.kind == closePiece && !w.named:
		w.out.WriteString("<" + w.prefix + "definedNames>" + w.name() + "</" + w.prefix + "definedNames>")
	case element == "definedName" && p.kind == openPiece:
		w.out.Write(p.raw)
		w.definedName(p)
		return
	case element == "definedName":
		w.skip = false
	}
	if w.skip && p.kind == otherPiece {
		return // the old text
	}
	w.out.Write(p.raw)
}

// definedName writes the new text of a name, if it gets one.
func (w *bookWriter) definedName(p piece) {
	name, _ := attr(p.raw, "name")
	local, _ := attr(p.raw, "localSheetId")
	text := ""
	switch {
	case name == listName && w.edit.nameRef != "":
		text, w.named = w.edit.nameRef, true
	case name == "_xlnm._FilterDatabase":
		text = w.edit.filters[local]
	}
	if text != "" {
		w.skip = true
		w.out.WriteString(escape(text))
	}
}

func (w *bookWriter) sheet() string {
	return fmt.Sprintf(`<%ssheet name="%s" sheetId="%d" xmlns:r="%s" r:id="%s"/>`,
		w.prefix, escape(w.edit.listName), w.book.highest+1, w.book.kinds, escape(w.edit.listID))
}

func (w *bookWriter) name() string {
	w.named = true
	return fmt.Sprintf(`<%sdefinedName name="%s">%s</%sdefinedName>`, w.prefix, listName, escape(w.edit.nameRef), w.prefix)
}
