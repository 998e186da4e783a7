package ingest

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"

	"github.com/bulkpay/bulkpay/paypro"
)

// Options say how to read a sheet. The zero value finds out for itself.
type Options struct {
	// Area is what the rows are checked against. If nil, it is the one area
	// whose required columns the header has, those in Constants aside.
	Area *paypro.Area
	// Worksheet chooses a sheet of a workbook. If empty, it is the only one,
	// or the only one that has a fitting header.
	Worksheet string
	// Constants are values by [paypro.Field.Name] for columns that the sheet
	// does not have and for cells left empty. Names of other areas' fields
	// may be among them.
	Constants map[string]string
}

// Sheet is an open payout sheet whose header is understood.
type Sheet struct {
	file      string // base name
	worksheet string // of a workbook
	several   bool   // the workbook has more worksheets
	book      book
	way       variant
	header    *header
	mapping   *mapping
	guessed   bool // the area was found from the columns
	constants map[string]string
	fills     []constant // those for fields of the area
}

// constant is a value for a field of every row that has none.
type constant struct{ field, value string }

// Open recognises the file and finds its worksheet or delimiter, its header
// and what each column is. All that is wrong with the header comes in one
// error of type [Problems].
func Open(path string, o Options) (*Sheet, error) {
	s := &Sheet{file: filepath.Base(path), constants: map[string]string{}}
	for name, value := range o.Constants {
		if value = trim(value); value != "" {
			s.constants[name] = value
		}
	}
	opened, err := openBook(path)
	if err != nil {
		return nil, s.located(err)
	}
	s.book = opened
	if err := s.understand(o); err != nil {
		opened.Close()
		return nil, s.located(err)
	}
	return s, nil
}

// Close gives the file back.
func (s *Sheet) Close() error { return s.book.Close() }

// Area is what the rows are checked against.
func (s *Sheet) Area() *paypro.Area { return s.mapping.area }

// File is the base name of the file.
func (s *Sheet) File() string { return s.file }

// Worksheet is the name of the sheet in its workbook, "" for a CSV.
func (s *Sheet) Worksheet() string { return s.worksheet }

// HeaderRow is the number of the row that names the columns.
func (s *Sheet) HeaderRow() int { return s.header.row }

// Columns lists the columns from left to right, ignored ones too.
func (s *Sheet) Columns() []Column { return slices.Clone(s.mapping.columns) }

// Assumed says, a line each, what was taken to be so without being told.
func (s *Sheet) Assumed() []string {
	var lines []string
	if s.guessed {
		lines = append(lines, fmt.Sprintf("the area is %s, by its columns", s.mapping.area.Name))
	}
	if s.worksheet == "" {
		lines = append(lines, s.way.name+"-separated, UTF-8")
	} else {
		lines = append(lines, fmt.Sprintf("worksheet `%s`", shown(s.worksheet)))
	}
	lines = append(lines, fmt.Sprintf("header in row %d", s.header.row))
	for _, column := range s.mapping.columns {
		plain, _ := headerKeys(column.Header)
		switch {
		case column.Field != "":
			lines = append(lines, fmt.Sprintf("%s is %s", column, column.Field))
		case ownNames[plain]:
			lines = append(lines, fmt.Sprintf("%s is ignored: it is never taken from a sheet", column))
		case trim(column.Header) == "":
			lines = append(lines, fmt.Sprintf("column %s is ignored: it has no header", column.Letter))
		default:
			lines = append(lines, fmt.Sprintf("%s is ignored: no field is called that", column))
		}
	}
	for i := range s.mapping.area.Fields {
		name := s.mapping.area.Fields[i].Name
		if s.constants[name] == "" {
			continue
		}
		if s.mapping.byField[i] < 0 {
			lines = append(lines, name+" is the same for all rows, as set")
		} else {
			lines = append(lines, name+" is as set where the cell is empty")
		}
	}
	return lines
}

// understand chooses the way to read the file, the area and the columns.
func (s *Sheet) understand(o Options) error {
	areas := paypro.Areas()
	if o.Area != nil {
		areas = []*paypro.Area{o.Area}
	}
	var among []*headerTable
	for _, area := range areas {
		among = append(among, tableFor(area))
	}
	chosen, err := s.chooseWay(o.Worksheet, among)
	if err != nil {
		return err
	}
	s.way, s.header = chosen.variant, chosen.header
	if _, isWorkbook := s.book.(*workbook); isWorkbook {
		s.worksheet = chosen.name
	}
	if o.Area == nil {
		if s.mapping, err = chooseArea(s.header, among, s.constants); err != nil {
			return err
		}
		s.guessed = true
	} else {
		s.mapping = newMapping(among[0], s.header.cells)
	}
	problems := append(s.mapping.problems(s.header.row, s.constants), checkConstants(s.mapping.area, s.constants)...)
	if len(problems) > 0 {
		return problems
	}
	for i := range s.mapping.area.Fields {
		field := &s.mapping.area.Fields[i]
		if value := s.constants[field.Name]; value != "" {
			s.fills = append(s.fills, constant{field.Name, field.Canonical(value)})
		}
	}
	return nil
}

// located puts the file's name into problems found where it is not known.
func (s *Sheet) located(err error) error {
	var many Problems
	var one Problem
	switch {
	case errors.As(err, &many):
		many = slices.Clone(many)
	case errors.As(err, &one):
		many = Problems{one}
	default:
		return fmt.Errorf("%s: %w", s.file, err)
	}
	for i := range many {
		many[i].File = s.file
		if s.several && s.worksheet != "" {
			many[i].Worksheet = shown(s.worksheet)
		}
	}
	return many
}

func sortedKeys[V any](m map[string]V) []string {
	return slices.Sorted(maps.Keys(m))
}
