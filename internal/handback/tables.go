package handback

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// A table, as Excel means it, is sorted as a whole. Columns of ours that only
// stand beside it would part from their rows, so it takes them in, if that is
// certain to leave it whole.

// table is what has to be known of one.
type table struct {
	area    area
	names   []string // of its columns, in small letters
	highest int      // column id
	odd     bool     // a total row, a query or the like: not for us to change
}

func parseTable(text []byte) (table, error) {
	t := table{odd: true}
	err := eachPiece(text, func(p piece) {
		_, element := splitName(p.name)
		switch {
		case p.kind == otherPiece || p.kind == closePiece:
		case p.deep == 0:
			ref, _ := attr(p.raw, "ref")
			is, ok := parseArea(ref)
			kind, _ := attr(p.raw, "tableType")
			headers := attrInt(p.raw, "headerRowCount")
			t.area = is
			t.odd = !ok || element != "table" || kind != "" && kind != "worksheet" ||
				headers >= 0 && headers != 1 || attrInt(p.raw, "totalsRowCount") > 0
		case p.deep == 2 && element == "tableColumn":
			name, _ := attr(p.raw, "name")
			t.names = append(t.names, strings.ToLower(name))
			t.highest = max(t.highest, attrInt(p.raw, "id"))
		}
	})
	return t, err
}

// widenTables lets the tables that end with the person's last column take in
// those that follow.
func (m *marking) widenTables() error {
	for _, one := range m.rels.list {
		part := m.rels.part(one)
		if one.external || !strings.HasSuffix(one.kind, "/table") || !m.archive.has(part) {
			continue
		}
		text, err := m.archive.read(part)
		if err != nil {
			return err
		}
		t, err := parseTable(text)
		if err != nil {
			return err
		}
		added := m.follow(t)
		if len(added) == 0 {
			continue
		}
		if text, err = t.widened(text, added); err != nil {
			return err
		}
		m.replace(part, text)
	}
	return nil
}

// follow are the columns that a table shall take in: none unless all can.
func (m *marking) follow(t table) []placed {
	var added []placed
	for _, column := range m.rewriter.columns {
		if column.added {
			added = append(added, column)
		}
	}
	if t.odd || t.area.row1 != m.options.HeaderRow || t.area.col2 != m.options.LastColumn ||
		len(t.names) != t.area.col2-t.area.col1+1 || len(added) == 0 || added[0].index != t.area.col2+1 {
		return nil
	}
	names := slices.Clone(t.names)
	for _, column := range added {
		name := strings.ToLower(column.Header)
		if name == "" || slices.Contains(names, name) {
			return nil
		}
		names = append(names, name)
	}
	return added
}

func (t table) widened(text []byte, added []placed) ([]byte, error) {
	wide := t.area
	wide.col2 += len(added)
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
		prefix, element := splitName(p.name)
		opens := p.kind == openPiece || p.kind == emptyPiece
		switch {
		case opens && (p.deep == 0 || p.deep == 1 && element == "autoFilter"):
			b.Write(withAttr(nil, p.raw, "ref", wide.String()))
			continue
		case opens && p.deep == 1 && element == "tableColumns":
			b.Write(withAttr(nil, p.raw, "count", strconv.Itoa(len(t.names)+len(added))))
			continue
		case p.kind == closePiece && p.deep == 1 && element == "tableColumns":
			for i, column := range added {
				fmt.Fprintf(&b, `<%stableColumn id="%d" name="%s"/>`, prefix, t.highest+1+i, escapeCell(column.Header))
			}
		}
		b.Write(p.raw)
	}
}
