package ingest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/bulkpay/bulkpay/paypro"
)

// Column is one column of a sheet.
type Column struct {
	Index  int    // from 0
	Letter string // "C"
	Header string // as written
	Field  string // [paypro.Field.Name]; "" if the column is ignored
}

func (c Column) String() string {
	return fmt.Sprintf("column %s `%s`", c.Letter, shown(c.Header))
}

// mapping says what the columns of a sheet are in one area.
type mapping struct {
	area     *paypro.Area
	table    *headerTable
	columns  []Column
	byField  []int           // index in columns by index in area.Fields; -1 without a column
	tradeNo  int             // the column with the numbers of a sheet handed back; -1 without
	told     []bool          // by column: it was told, not recognised
	toldUsed map[string]bool // by key: a column was found
	beaten   map[int]string  // columns recognised as a field that another was told to be
}

func newMapping(table *headerTable, cells []string, all []told) *mapping {
	m := &mapping{
		area: table.area, table: table, byField: make([]int, len(table.area.Fields)), tradeNo: -1,
		told: make([]bool, len(cells)), toldUsed: map[string]bool{}, beaten: map[int]string{},
	}
	for i := range m.byField {
		m.byField[i] = -1
	}
	all, _ = resolve(all, table.area)
	for i, cell := range cells {
		m.columns = append(m.columns, Column{Index: i, Letter: columnLetter(i), Header: cell})
		if at := findTold(all, cell, i); at >= 0 {
			m.told[i], m.toldUsed[all[at].key] = true, true
			m.claim(i, all[at].field)
		}
	}
	for i, cell := range cells {
		plain, _ := headerKeys(cell)
		switch {
		case plain == tradeNoKey && m.tradeNo < 0:
			m.tradeNo = i
		case m.told[i] || ownNames[plain]:
		default:
			if field := table.lookup(cell); field >= 0 {
				m.recognise(i, field)
			}
		}
	}
	return m
}

// claim gives a field to a column. Of several that claim it the first has it,
// and the others are problems.
func (m *mapping) claim(column int, name string) {
	if plain, _ := headerKeys(m.columns[column].Header); ownNames[plain] {
		return
	}
	field := slices.IndexFunc(m.area.Fields, func(f paypro.Field) bool { return f.Name == name })
	if field < 0 {
		return
	}
	m.columns[column].Field = name
	if m.byField[field] < 0 {
		m.byField[field] = column
	}
}

// recognise gives a field to a column by its header, unless another column
// was told to have it.
func (m *mapping) recognise(column, field int) {
	name := m.area.Fields[field].Name
	if at := m.byField[field]; at >= 0 && m.told[at] {
		m.beaten[column] = m.columns[at].Letter
		return
	}
	m.claim(column, name)
}

// explained counts the columns that are a field.
func (m *mapping) explained() int {
	n := 0
	for _, at := range m.byField {
		if at >= 0 {
			n++
		}
	}
	return n
}

// headers lists the headers there are.
func (m *mapping) headers() string {
	var names []string
	for i := range m.columns {
		if name := shown(m.columns[i].Header); name != "" {
			names = append(names, fmt.Sprintf("%q", name))
		}
	}
	return strings.Join(names, ", ")
}

// missing lists the required fields that neither a column nor a constant
// gives.
func (m *mapping) missing(constants map[string]string) []*paypro.Field {
	var missing []*paypro.Field
	for i := range m.area.Fields {
		field := &m.area.Fields[i]
		if field.Required && m.byField[i] < 0 && constants[field.Name] == "" {
			missing = append(missing, field)
		}
	}
	return missing
}

// problems are all that is wrong with the header, row being where it stands.
func (m *mapping) problems(row int, constants map[string]string) Problems {
	var problems Problems
	for i := range m.columns {
		column := &m.columns[i]
		if column.Field == "" {
			continue
		}
		first := m.columns[m.byField[slices.IndexFunc(m.area.Fields, func(f paypro.Field) bool { return f.Name == column.Field })]]
		if first.Index != column.Index {
			problems = append(problems, Problem{
				Row: row, Column: column.Letter, Header: shown(column.Header), Field: column.Field,
				What: fmt.Sprintf("is %s, and so is column %s (%s)", column.Field, first.Letter, shown(first.Header)),
				Want: "one column for each field: rename or remove the other, or --map " + inQuotes(shown(column.Header)+"=-"),
			})
		}
	}
	missing := m.missing(constants)
	near := m.nearMatches(missing)
	for _, field := range missing {
		problem := Problem{Row: row, Field: field.Name, What: "no column has this required field", Want: "a column called " + callable(field)}
		if column, ok := near[field.Name]; ok {
			problem.Column, problem.Header = column.Letter, shown(column.Header)
			problem.What = fmt.Sprintf("did you mean %s? No column has this required field", field.Name)
			problem.Want = "--map " + inQuotes(shown(column.Header)+"="+field.Name) + " if so; if not, " + problem.Want
		}
		if field.Role == paypro.RoleNotify || field.Role == paypro.RoleAddress {
			problem.Want += ", or a setting for all rows"
		}
		problems = append(problems, problem)
	}
	return problems
}

// unclaimed lists the fields without a column.
func (m *mapping) unclaimed() []*paypro.Field {
	var fields []*paypro.Field
	for i, at := range m.byField {
		if at < 0 {
			fields = append(fields, &m.area.Fields[i])
		}
	}
	return fields
}

// nearMatches finds for each missing field the one column nobody knows whose
// header is almost one of its names.
func (m *mapping) nearMatches(missing []*paypro.Field) map[string]Column {
	near := map[string]Column{}
	for _, column := range m.columns {
		plain, _ := headerKeys(column.Header)
		if column.Field != "" || m.told[column.Index] || ownNames[plain] || m.beaten[column.Index] != "" {
			continue
		}
		best, least, tie := "", mostEdits+1, false
		for key, at := range m.table.names {
			field := &m.area.Fields[at]
			if !slices.Contains(missing, field) {
				continue
			}
			switch edits := editsBetween(plain, key); {
			case edits < least:
				best, least, tie = field.Name, edits, false
			case edits == least && field.Name != best:
				tie = true
			}
		}
		if _, taken := near[best]; best != "" && !tie && !taken {
			near[best] = column
		}
	}
	return near
}

// callable names what a column may be called: its own name, and of the others
// some from the front, which are English, and some from the back, which are
// the area's own.
func callable(field *paypro.Field) string {
	const most = 4
	names := []string{field.Name}
	if field.Label != field.Name {
		names = append(names, field.Label)
	}
	if aliases := field.Aliases; len(aliases) > 2*most {
		names = append(append(names, aliases[:most]...), aliases[len(aliases)-most:]...)
	} else {
		names = append(names, aliases...)
	}
	for i, name := range names {
		names[i] = fmt.Sprintf("%q", name)
	}
	if len(names) == 1 {
		return names[0]
	}
	return strings.Join(names[:len(names)-1], ", ") + " or " + names[len(names)-1]
}

// checkConstants looks at the values that stand in for missing cells once,
// instead of reporting the same fault for each row.
func checkConstants(area *paypro.Area, constants map[string]string) Problems {
	var problems Problems
	for i := range area.Fields {
		name := area.Fields[i].Name
		if constants[name] == "" {
			continue
		}
		value := area.Fields[i].Canonical(constants[name])
		for _, fault := range area.Check(paypro.Values{name: value}) {
			if fault.Field == name {
				problems = append(problems, Problem{
					Field: name, What: "the value set for all rows " + fault.Problem, Want: fault.Want,
				})
			}
		}
	}
	for _, name := range sortedKeys(constants) {
		known := slices.ContainsFunc(paypro.Areas(), func(a *paypro.Area) bool { return a.Field(name) != nil })
		if !known && area.Field(name) == nil {
			problems = append(problems, Problem{
				Field: name, What: "the value set for all rows is for a field that no area has", Want: "the name of a field",
			})
		}
	}
	return problems
}
