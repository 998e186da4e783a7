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
	// Map says what columns are: a header, in any spelling, or a letter such
	// as "D", to a [paypro.Field.Name], or to "-" to ignore the column. It goes
	// before what a header is recognised as.
	Map map[string]string
	// Banks are the banks that are known; nil looks nothing up. A bank that is
	// not among them is a warning, with StrictBanks a problem.
	Banks       *paypro.Banks
	StrictBanks bool
	// Hidden is what to do with hidden rows that have values: "include" or
	// "skip". If empty, [Open] fails if there are any, and asks.
	Hidden string
	// Decimal is the mark before the decimals of amounts, "point" or "comma".
	// If empty, it is found where that is possible without a doubt.
	Decimal string
	// Encoding and Delimiter of a CSV are found if empty.
	Encoding, Delimiter string
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

	identifiers []int    // fields that are identifiers and have a column
	values      []string // of the row at hand, by field, as its cells have them
	amounts     amounts
	found       survey
	mergedAt    int // the merged cells before this one end above mergedRow
	mergedRow   int
	skipHidden  bool
	banks       *paypro.Banks
	strictBanks bool

	notes  []string // of the last reading
	totals Totals
}

// constant is a value for a field of every row that has none.
type constant struct{ field, value string }

// Open recognises the file and finds its worksheet or delimiter, its header
// and what each column is. All that is wrong with the header comes in one
// error of type [Problems].
func Open(path string, o Options) (*Sheet, error) {
	s := &Sheet{file: filepath.Base(path), constants: map[string]string{}, banks: o.Banks, strictBanks: o.StrictBanks}
	for name, value := range o.Constants {
		if value = trim(value); value != "" {
			s.constants[name] = value
		}
	}
	opened, err := openBook(path, o)
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

// Notes say, a line each, what a reading came across that is neither a fault
// nor to be passed over. They are complete when [Sheet.Rows] has ended.
func (s *Sheet) Notes() []string { return append(s.remarks(), s.notes...) }

func (s *Sheet) note(line string) { s.notes = append(s.notes, line) }

// Totals is what the sheet says that it adds up to. It is known when
// [Sheet.Rows] has ended; ok is false if there is no totals row. That it agrees
// with the rows has been checked: if it does not, its row was given out with a
// problem.
func (s *Sheet) Totals() (totals Totals, ok bool) { return s.totals, s.totals.Row > 0 }

// Assumed says, a line each, what was taken to be so without being told.
func (s *Sheet) Assumed() []string {
	var lines []string
	if s.guessed {
		lines = append(lines, fmt.Sprintf("the area is %s, by its columns", s.mapping.area.Name))
	}
	if text, ok := s.book.(*csvBook); ok {
		lines = append(lines, text.assumed(s.way))
	} else {
		lines = append(lines, fmt.Sprintf("worksheet `%s`", shown(s.worksheet)))
	}
	lines = append(lines, fmt.Sprintf("header in row %d", s.header.row))
	near := map[int]string{}
	for name, column := range s.mapping.nearMatches(s.mapping.unclaimed()) {
		near[column.Index] = name
	}
	for i := range s.mapping.columns {
		line := s.mapping.assumed(i)
		if name := near[i]; name != "" {
			line += fmt.Sprintf("; did you mean %s? (--map %s)", name, inQuotes(shown(s.mapping.columns[i].Header)+"="+name))
		}
		lines = append(lines, line)
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
	if line := s.amounts.assumed(); line != "" {
		lines = append(lines, line)
	}
	return lines
}

// assumed says what a column was taken for.
func (m *mapping) assumed(i int) string {
	column := m.columns[i]
	plain, _ := headerKeys(column.Header)
	switch {
	case column.Field != "" && m.told[i]:
		return fmt.Sprintf("%s is %s, as told", column, column.Field)
	case column.Field != "":
		return fmt.Sprintf("%s is %s", column, column.Field)
	case ownNames[plain]:
		return fmt.Sprintf("%s is ignored: it is never taken from a sheet", column)
	case m.told[i]:
		return fmt.Sprintf("%s is ignored, as told", column)
	case m.beaten[i] != "":
		return fmt.Sprintf("%s is ignored: its field is told to be column %s", column, m.beaten[i])
	case trim(column.Header) == "":
		return fmt.Sprintf("column %s is ignored: it has no header", column.Letter)
	}
	return fmt.Sprintf("%s is ignored: no field is called that", column)
}

// understand chooses the way to read the file, the area and the columns.
func (s *Sheet) understand(o Options) error {
	areas := paypro.Areas()
	if o.Area != nil {
		areas = []*paypro.Area{o.Area}
	}
	find := &finder{told: parseTold(o.Map)}
	for _, area := range areas {
		find.tables = append(find.tables, tableFor(area))
	}
	decimal, err := lookupConvention(o.Decimal)
	if err != nil {
		return err
	}
	chosen, err := s.chooseWay(o.Worksheet, find)
	if err != nil {
		return err
	}
	s.way, s.header = chosen.variant, chosen.header
	if _, isWorkbook := s.book.(*workbook); isWorkbook {
		s.worksheet = chosen.name
	}
	if o.Area == nil {
		if s.mapping, err = chooseArea(s.header, find, s.constants); err != nil {
			return err
		}
		s.guessed = true
	} else {
		s.mapping = newMapping(find.tables[0], s.header.cells, find.told)
	}
	problems := slices.Concat(toldProblems(s.mapping, find.told, s.header.row),
		s.mapping.problems(s.header.row, s.constants), checkConstants(s.mapping.area, s.constants))
	if len(problems) > 0 {
		return problems
	}
	for i := range s.mapping.area.Fields {
		field := &s.mapping.area.Fields[i]
		if value := s.constants[field.Name]; value != "" {
			s.fills = append(s.fills, constant{field.Name, field.Canonical(value)})
		}
	}
	s.values = make([]string, len(s.mapping.area.Fields))
	for i := range s.mapping.area.Fields {
		if s.mapping.area.Fields[i].ID && s.mapping.byField[i] >= 0 {
			s.identifiers = append(s.identifiers, i)
		}
	}
	s.amounts = newAmounts(s.mapping.area, decimal)
	s.lookAround()
	return s.hiddenRows(o.Hidden)
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
