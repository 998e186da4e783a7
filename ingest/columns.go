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
	area    *paypro.Area
	columns []Column
	byField []int // index in columns by index in area.Fields; -1 without a column
}

func newMapping(table *headerTable, cells []string) *mapping {
	m := &mapping{area: table.area, byField: make([]int, len(table.area.Fields))}
	for i := range m.byField {
		m.byField[i] = -1
	}
	for i, cell := range cells {
		column := Column{Index: i, Letter: columnLetter(i), Header: cell}
		if plain, _ := headerKeys(cell); !ownNames[plain] {
			if field := table.lookup(cell); field >= 0 {
				column.Field = table.area.Fields[field].Name
				if m.byField[field] < 0 {
					m.byField[field] = i
				}
			}
		}
		m.columns = append(m.columns, column)
	}
	return m
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
				Want: "one column for each field: rename or remove the other",
			})
		}
	}
	for _, field := range m.missing(constants) {
		want := "a column called " + callable(field)
		if field.Role == paypro.RoleNotify || field.Role == paypro.RoleAddress {
			want += ", or a setting for all rows"
		}
		problems = append(problems, Problem{
			Row: row, Field: field.Name, What: "no column has this required field", Want: want,
		})
	}
	return problems
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
