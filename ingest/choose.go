package ingest

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/bulkpay/bulkpay/paypro"
)

// candidate is a way to read the file that finds a header in it.
type candidate struct {
	variant
	header *header
}

// chooseWay finds the worksheet or the delimiter.
func (s *Sheet) chooseWay(worksheet string, among []*headerTable) (candidate, error) {
	ways := s.book.variants()
	_, isWorkbook := s.book.(*workbook)
	if isWorkbook {
		s.several = len(ways) > 1
		if worksheet != "" {
			way, err := namedWorksheet(ways, worksheet)
			if err != nil {
				return candidate{}, err
			}
			ways = []variant{way}
			s.worksheet = way.name
		}
	} else if worksheet != "" {
		return candidate{}, refuse("has no worksheets: it is a CSV", "no --sheet")
	}
	var found []candidate
	var trouble error
	for _, way := range ways {
		header, err := tryWay(way, among)
		if err != nil && trouble == nil {
			trouble = err
		}
		if header != nil {
			found = append(found, candidate{way, header})
		}
	}
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(found) == 0 && trouble != nil:
		return candidate{}, trouble
	case len(found) == 0:
		return candidate{}, noHeader(among)
	case isWorkbook:
		return s.fittingWorksheet(found, ways, among)
	}
	return clearestDelimiter(found, among)
}

func tryWay(way variant, among []*headerTable) (*header, error) {
	rows, err := way.open()
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	header, err := findHeader(rows, among)
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
func (s *Sheet) fittingWorksheet(found []candidate, ways []variant, among []*headerTable) (candidate, error) {
	var fitting []candidate
	for _, way := range found {
		for _, table := range among {
			if len(newMapping(table, way.header.cells).missing(s.constants)) == 0 {
				fitting = append(fitting, way)
				break
			}
		}
	}
	if len(fitting) == 1 {
		return fitting[0], nil
	}
	return candidate{}, refuse("has several worksheets that may be meant", "--sheet with one of "+listed(ways))
}

// clearestDelimiter takes the delimiter under which the header names the most
// columns.
func clearestDelimiter(found []candidate, among []*headerTable) (candidate, error) {
	best, most, tie := candidate{}, 0, false
	for _, way := range found {
		known := 0
		for _, table := range among {
			known = max(known, table.known(way.header.cells))
		}
		switch {
		case known > most:
			best, most, tie = way, known, false
		case known == most:
			tie = true
		}
	}
	if tie {
		return candidate{}, refuse("has a header that can be read with more than one delimiter", "one delimiter between the columns")
	}
	return best, nil
}

// chooseArea takes the one area whose required columns are all there.
func chooseArea(h *header, among []*headerTable, constants map[string]string) (*mapping, error) {
	var fitting []*mapping
	var slugs, lacking []string
	for _, table := range among {
		m := newMapping(table, h.cells)
		missing := m.missing(constants)
		if len(missing) == 0 {
			fitting = append(fitting, m)
			slugs = append(slugs, table.area.Slug)
			continue
		}
		lacking = append(lacking, table.area.Name+" "+fieldList(missing))
	}
	switch len(fitting) {
	case 1:
		return fitting[0], nil
	case 0:
		return nil, Problem{
			Row:  h.row,
			What: "the header does not have the required columns of any area; missing are: for " + strings.Join(lacking, "; for "),
			Want: "the missing columns, or --area to hear what they may be called",
		}
	}
	return nil, Problem{
		Row:  h.row,
		What: "the header fits more than one area",
		Want: "--area with one of " + strings.Join(slugs, ", "),
	}
}

func fieldList(fields []*paypro.Field) string {
	names := make([]string, len(fields))
	for i, field := range fields {
		names[i] = field.Name
	}
	return strings.Join(names, ", ")
}
