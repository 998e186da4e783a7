package ingest

import (
	"cmp"
	"slices"

	"github.com/bulkpay/bulkpay/internal/money"
	"github.com/bulkpay/bulkpay/paypro"
)

// check reads the amount and applies the rules of the area. Of a row whose
// cells have moved nothing else is said: under which column each of them
// stands, the amount's too, is by accident.
func (s *Sheet) check(row *Row, bad []paypro.Fault, line *windowLine) {
	if line.stray >= 0 {
		row.Problems = append(row.Problems, s.problem(line.number, Problem{
			Column: columnLetter(line.stray),
			What:   "is filled, and the header ends before it: the cells of this row may have moved",
			Want:   "no more cells than the header has; a cell with a delimiter inside needs quotation marks",
		}))
		return
	}
	area := s.mapping.area
	if field := s.amounts.field; field != nil {
		amount, err := money.Parse(area.Currency, row.Values[field.Name])
		row.Amount, row.AmountRead = amount, err == nil
	}
	faults := area.Check(row.Values)
	if len(bad) > 0 {
		faults = merge(area, faults, bad)
	}
	found := s.findDamage(row, faults, line)
	for _, fault := range faults {
		if at := slices.IndexFunc(found, func(f damaged) bool { return f.field == fault.Field }); at >= 0 {
			found[at].want = fault.Want + inTextColumn // the rule knows better what is right
			continue
		}
		problem := s.fault(line.number, fault)
		if !faulty(bad, fault.Field) {
			problem.Suggest = suggest(area, area.Field(fault.Field), row.Values[fault.Field], row.Values)
		}
		row.Problems = append(row.Problems, problem)
	}
	for _, f := range found {
		problem := s.fault(line.number, paypro.Fault{Field: f.field, Problem: f.what, Want: f.want})
		problem.Suggest = f.suggest
		if f.warning {
			row.Warnings = append(row.Warnings, problem)
		} else {
			row.Problems = append(row.Problems, problem)
		}
	}
	s.warn(row, line)
	s.order(row.Problems)
	s.order(row.Warnings)
}

// damaged is a finding in a field.
type damaged struct {
	field string
	finding
}

// findDamage looks at every identifier that came from a cell and can be read.
func (s *Sheet) findDamage(row *Row, faults []paypro.Fault, line *windowLine) []damaged {
	var found []damaged
	for _, k := range s.identifiers {
		value, column := s.values[k], s.mapping.byField[k]
		if value == "" {
			continue
		}
		field := &s.mapping.area.Fields[k]
		kind, failing := kindAt(line.kinds, column), len(faults) > 0 && faulty(faults, field.Name)
		if !failing && (kind == kindText || kind == kindPlain && !isCut(value) && plainDigits(value)) {
			continue // nearly all of them
		}
		about := subject{field: field, value: value, kind: kind, row: row.Values, failing: failing}
		if long := s.found.long[column]; long != nil {
			about.column = *long
		}
		if f, ok := about.damage(); ok {
			found = append(found, damaged{field.Name, f})
		}
	}
	return found
}

// warn looks for what is doubtful in a row without being against a rule. A
// bank that is not on the list is a fault if that was asked for; an account
// that does not begin like those of its bank never is.
func (s *Sheet) warn(row *Row, line *windowLine) {
	area := s.mapping.area
	for _, fault := range area.Warnings(row.Values) {
		if !s.told(row, fault.Field) {
			row.Warnings = append(row.Warnings, s.fault(line.number, fault))
		}
	}
	if s.banks == nil {
		return
	}
	for _, fault := range s.banks.Check(area, row.Values) {
		switch {
		case s.told(row, fault.Field):
		case s.strictBanks && area.Field(fault.Field).Role == paypro.RoleBank:
			row.Problems = append(row.Problems, s.fault(line.number, fault))
		default:
			row.Warnings = append(row.Warnings, s.fault(line.number, fault))
		}
	}
}

// told tells whether a problem with a field has been reported already.
func (s *Sheet) told(row *Row, field string) bool {
	return slices.ContainsFunc(row.Problems, func(p Problem) bool { return p.Field == field })
}

// order puts problems into the order of the columns.
func (s *Sheet) order(problems []Problem) {
	if len(problems) < 2 {
		return
	}
	slices.SortStableFunc(problems, func(a, b Problem) int {
		return cmp.Compare(s.position(a.Field), s.position(b.Field))
	})
}

// position is where a field stands in the sheet; those without a column come
// last.
func (s *Sheet) position(field string) int {
	for i := range s.mapping.columns {
		if s.mapping.columns[i].Field == field {
			return i
		}
	}
	return maxColumns
}

// merge lets what is wrong with a cell stand for what follows from it, which
// is that the field is empty.
func merge(area *paypro.Area, faults, bad []paypro.Fault) []paypro.Fault {
	var all []paypro.Fault
	for i := range area.Fields {
		name := area.Fields[i].Name
		from := faults
		if faulty(bad, name) {
			from = bad
		}
		for _, fault := range from {
			if fault.Field == name {
				all = append(all, fault)
			}
		}
	}
	return all
}

func faulty(faults []paypro.Fault, field string) bool {
	return slices.ContainsFunc(faults, func(f paypro.Fault) bool { return f.Field == field })
}

// fault adds the coordinates to a fault of the area's rules.
func (s *Sheet) fault(number int, fault paypro.Fault) Problem {
	problem := Problem{Field: fault.Field, What: fault.Problem, Want: fault.Want}
	if at := s.position(fault.Field); at < maxColumns {
		column := &s.mapping.columns[at]
		problem.Column, problem.Header = column.Letter, shown(column.Header)
	}
	return s.problem(number, problem)
}

func (s *Sheet) problem(number int, problem Problem) Problem {
	problem.File, problem.Row = s.file, number
	if s.several {
		problem.Worksheet = shown(s.worksheet)
	}
	return problem
}
