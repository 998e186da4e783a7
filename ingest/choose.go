package ingest

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/bulkpay/bulkpay/paypro"
)

// candidate is a way to read the file that finds a header in it.
type candidate struct {
	variant
	header *header
}

// chooseWay finds the worksheet or the delimiter.
func (s *Sheet) chooseWay(worksheet string, find *finder) (candidate, error) {
	ways := s.book.variants()
	_, isWorkbook := s.book.(*workbook)
	if isWorkbook {
		s.several = len(ways) > 1
		if worksheet != "" {
			way, err := namedWorksheet(ways, worksheet)
			if err != nil {
				return candidate{}, err
			}
			way.hidden = false // somebody asked for it
			ways = []variant{way}
			s.worksheet = way.name
		}
	} else if worksheet != "" {
		return candidate{}, refuse("has no worksheets: it is a CSV", "no --sheet")
	}
	found, trouble := tryAll(ways, find)
	if len(ways) == 1 && trouble != nil && len(found) == 0 {
		return candidate{}, trouble
	}
	shown := slices.DeleteFunc(slices.Clone(found), func(c candidate) bool { return c.hidden })
	switch {
	case len(shown) == 1:
		return shown[0], nil
	case len(shown) == 0 && trouble != nil:
		return candidate{}, trouble
	case len(shown) == 0 && len(found) > 0:
		return candidate{}, refuse("has the columns of payouts on a hidden worksheet only",
			"--sheet with its name if it is meant: "+listed(waysOf(found)))
	case len(shown) == 0:
		return candidate{}, noHeader(find.tables)
	case isWorkbook:
		return s.fittingWorksheet(shown, find)
	}
	return clearestDelimiter(shown, find)
}

// tryAll looks for a header in each way of reading. trouble is the first
// error that was met.
func tryAll(ways []variant, find *finder) (found []candidate, trouble error) {
	for _, way := range ways {
		header, err := tryWay(way, find)
		if err != nil && trouble == nil {
			trouble = err
		}
		if header != nil {
			found = append(found, candidate{way, header})
		}
	}
	return found, trouble
}

func waysOf(found []candidate) []variant {
	ways := make([]variant, len(found))
	for i := range found {
		ways[i] = found[i].variant
	}
	return ways
}

func tryWay(way variant, find *finder) (*header, error) {
	rows, err := way.open()
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	header, err := find.find(rows)
	if errors.Is(err, io.EOF) {
		return nil, nil
	}
	return header, err
}

func namedWorksheet(ways []variant, name string) (variant, error) {
	for _, way := range ways {
		if way.name == name {
			return way, nil
		}
	}
	for _, way := range ways {
		if strings.EqualFold(trim(way.name), trim(name)) {
			return way, nil
		}
	}
	return variant{}, refuse("has no worksheet of that name", "--sheet with one of "+listed(ways))
}

func listed(ways []variant) string {
	names := make([]string, len(ways))
	for i, way := range ways {
		names[i] = fmt.Sprintf("%q", shown(way.name))
	}
	return strings.Join(names, ", ")
}

// noHeader asks for a header with examples from the first area.
func noHeader(among []*headerTable) error {
	var names []string
	for i := range among[0].area.Fields {
		if field := &among[0].area.Fields[i]; field.Required {
			names = append(names, field.Name)
		}
	}
	return refuse(
		fmt.Sprintf("none of the first %d rows names the columns", headerDepth),
		"a row with the names of the columns, for "+among[0].area.Name+": "+strings.Join(names, ", "))
}

// fittingWorksheet takes the one worksheet that has all required columns of
// some area. Which of several is meant is for a person to say: one may be
// last month's.
func (s *Sheet) fittingWorksheet(found []candidate, find *finder) (candidate, error) {
	var fitting []candidate
	for _, way := range found {
		for _, table := range find.tables {
			if len(newMapping(table, way.header.cells, find.told).missing(s.constants)) == 0 {
				fitting = append(fitting, way)
				break
			}
		}
	}
	switch len(fitting) {
	case 1:
		return fitting[0], nil
	case 0:
		return candidate{}, refuse("has several worksheets that may be meant, and none has all required columns",
			"--sheet with one of "+listed(waysOf(found)))
	}
	return candidate{}, refuse("has several worksheets that may be meant", "--sheet with one of "+listed(waysOf(fitting)))
}

// clearestDelimiter takes the delimiter under which the header names the most
// columns.
func clearestDelimiter(found []candidate, find *finder) (candidate, error) {
	best, most, tie := candidate{}, 0, false
	for _, way := range found {
		known := find.most(way.header.cells)
		switch {
		case known > most:
			best, most, tie = way, known, false
		case known == most:
			tie = true
		}
	}
	if tie {
		return candidate{}, refuse("has a header that can be read with more than one delimiter", "--delimiter with the one that is meant")
	}
	return best, nil
}

// chooseArea takes the area that explains the most columns, if it is one and
// its required columns are all there. An area that wants little fits the
// sheets of others too, with columns left over; and a sheet of another area
// in which one header is misspelt must not be taken for such a one.
func chooseArea(h *header, find *finder, constants map[string]string) (*mapping, error) {
	var best []*mapping
	most := -1
	for _, table := range find.tables {
		if _, unknown := resolve(find.told, table.area); len(unknown) > 0 && len(find.tables) > 1 {
			continue
		}
		m := newMapping(table, h.cells, find.told)
		score := 2 * m.explained()
		if len(m.missing(constants)) == 0 {
			score++ // of two that explain as much, the one that is complete
		}
		if score > most {
			best, most = nil, score
		}
		if score == most {
			best = append(best, m)
		}
	}
	best = mostOfItsOwn(best)
	switch {
	case len(best) == 0:
		return nil, Problem{Row: h.row, What: "--map names a field that no area has", Want: "--area, and the names of its fields"}
	case len(best) > 1 && len(best[0].missing(constants)) == 0:
		slugs := make([]string, len(best))
		for i, m := range best {
			slugs[i] = m.area.Slug
		}
		return nil, Problem{
			Row:  h.row,
			What: "the header fits more than one area",
			Want: "--area with one of " + strings.Join(slugs, ", "),
		}
	case len(best[0].missing(constants)) == 0:
		return best[0], nil
	}
	return nil, lacking(h, best, constants)
}

// mostOfItsOwn keeps of equals those that explain the most columns which no
// other of them does: many areas know a bank's name, and India alone an IFSC.
func mostOfItsOwn(equals []*mapping) []*mapping {
	if len(equals) < 2 {
		return equals
	}
	var best []*mapping
	most := -1
	for _, m := range equals {
		own := 0
		for i := range m.columns {
			if m.columns[i].Field != "" && !slices.ContainsFunc(equals, func(o *mapping) bool { return o != m && o.columns[i].Field != "" }) {
				own++
			}
		}
		if own > most {
			best, most = nil, own
		}
		if own == most {
			best = append(best, m)
		}
	}
	return best
}

// lacking says what the areas that come nearest lack.
func lacking(h *header, nearest []*mapping, constants map[string]string) error {
	const most = 3
	var texts []string
	var problems Problems
	for _, m := range nearest[:min(len(nearest), most)] {
		missing := m.missing(constants)
		texts = append(texts, m.area.Name+" "+fieldList(missing))
		if len(nearest) == 1 {
			for name, column := range m.nearMatches(missing) {
				problems = append(problems, Problem{
					Row: h.row, Column: column.Letter, Header: shown(column.Header), Field: name,
					What: fmt.Sprintf("did you mean %s?", name), Want: "--map " + inQuotes(shown(column.Header)+"="+name) + " if so",
				})
			}
		}
	}
	slices.SortFunc(problems, func(a, b Problem) int { return strings.Compare(a.Column, b.Column) })
	return append(Problems{{
		Row:  h.row,
		What: "the header does not have the required columns of any area; missing are: for " + strings.Join(texts, "; for "),
		Want: "the missing columns, or --area to hear what they may be called",
	}}, problems...)
}

func fieldList(fields []*paypro.Field) string {
	names := make([]string, len(fields))
	for i, field := range fields {
		names[i] = field.Name
	}
	return strings.Join(names, ", ")
}
