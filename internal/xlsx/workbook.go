package xlsx

import (
	"path"
	"strings"
)

// relation is how one part refers to another.
type relation struct {
	id, kind string // kind is the last word of its type
	part     string
	external bool
}

// relations reads what a part refers to; "" is the archive as a whole.
func (b *Book) relations(of string) ([]relation, error) {
	dir, base := path.Split(of)
	name := dir + "_rels/" + base + ".rels"
	if b.archive.parts[name] == nil {
		return nil, b.noWorkbook()
	}
	var all []relation
	err := b.archive.read(name, b.archive.limits.Part, func(s *scanner) error {
		return eachOfRoot(s, packageSpace, "Relationships", func() error {
			if !s.is(packageSpace, "Relationship") {
				return nil
			}
			id, _ := s.attr("Id")
			kind, _ := s.attr("Type")
			target, _ := s.attr("Target")
			mode, _ := s.attr("TargetMode")
			rel := relation{id: string(id), kind: relationKind(string(kind)), external: string(mode) == "External"}
			if !rel.external {
				rel.part = resolve(of, string(target))
			}
			all = append(all, rel)
			return nil
		})
	})
	return all, err
}

// relationKind is "worksheet" for the type of a worksheet in either flavour of
// the format, and "" for what is not the format's own.
func relationKind(kind string) string {
	for _, prefix := range []string{
		"http://schemas.openxmlformats.org/officeDocument/2006/relationships/",
		"http://purl.oclc.org/ooxml/officeDocument/relationships/",
	} {
		if rest, ok := strings.CutPrefix(kind, prefix); ok {
			return rest
		}
	}
	return ""
}

var errSheets = damage("names a sheet that is not there")

// readWorkbook reads the list of sheets.
func (b *Book) readWorkbook(s *scanner, related []relation) error {
	if err := s.root(); err != nil {
		return err
	}
	if !s.is(sheetSpace, "workbook") {
		return damage("is no workbook")
	}
	for {
		more, err := s.child()
		if err != nil {
			return err
		}
		switch {
		case !more && len(b.sheets) == 0:
			return damage("has no worksheets")
		case !more:
			return s.finishRoot()
		case s.is(sheetSpace, "sheets"):
			err = eachChild(s, "sheet", func() error { return b.addSheet(s, related) })
		case s.is(sheetSpace, "workbookPr"):
			b.date1904 = s.yes("date1904")
			err = s.skip()
		default:
			err = s.skip()
		}
		if err != nil {
			return err
		}
	}
}

func (b *Book) addSheet(s *scanner, related []relation) error {
	id, _ := s.attrIn(relationSpace, "id")
	for _, rel := range related {
		if rel.id != string(id) {
			continue
		}
		switch rel.kind {
		case "chartsheet", "dialogsheet":
			return nil
		case "worksheet":
		default:
			return errSheets
		}
		part := b.archive.parts[rel.part]
		if part == nil {
			return errSheets
		}
		if len(b.sheets) == maxSheets {
			return tooBig("has more worksheets than anybody looks through")
		}
		name, _ := s.attr("name")
		state, _ := s.attr("state")
		b.sheets = append(b.sheets, SheetInfo{
			Name:       string(name),
			Hidden:     string(state) == "hidden" || string(state) == "veryHidden",
			VeryHidden: string(state) == "veryHidden",
			Part:       part.Name,
		})
		return nil
	}
	return errSheets
}
