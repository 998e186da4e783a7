package ingest

import (
	"cmp"
	"errors"
	"io"
	"iter"
	"slices"

	"github.com/bulkpay/bulkpay/internal/money"
	"github.com/bulkpay/bulkpay/paypro"
)

// Row is one payout as the sheet has it.
type Row struct {
	// Number is the row number the person sees: of the spreadsheet, or the
	// line of a CSV on which the row begins.
	Number int
	// Values are in canonical form, constants filled in; only non-empty ones.
	Values paypro.Values
	// Amount is read whenever it can be, whatever else is wrong with the row,
	// so that a faulty row still counts in the sum of the sheet.
	Amount     money.Amount
	AmountRead bool
	// Problems are all that is wrong with the row, from left to right.
	Problems []Problem

	filled []string // fields that a constant filled
}

// Rows gives the rows below the header that have a value in a known column.
// An error ends the iteration: the file cannot be read any further, and what
// was given out before is not the whole sheet.
func (s *Sheet) Rows() iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		rows, err := s.start()
		if err != nil {
			yield(Row{}, s.located(err))
			return
		}
		defer rows.Close()
		w := newWindow(s.mapping)
		for {
			end := w.fill(rows)
			for i := range w.lines {
				if row, ok := s.row(w, i); ok && !yield(row, nil) {
					return
				}
			}
			if errors.Is(end, io.EOF) {
				return
			}
			if end != nil {
				yield(Row{}, s.located(end))
				return
			}
		}
	}
}

// start opens the sheet with the next row being the first below the header.
func (s *Sheet) start() (rowReader, error) {
	if workbook, ok := s.book.(*workbook); ok {
		if err := workbook.verify(); err != nil {
			return nil, err
		}
	}
	rows, err := s.way.open()
	if err != nil {
		return nil, err
	}
	for range s.header.index + 1 {
		_, _, err := rows.read()
		if _, broken := errors.AsType[brokenRow](err); err != nil && !broken {
			rows.Close()
			return nil, err
		}
	}
	return rows, nil
}

// row builds one row of the window; ok is false if there is nothing in it.
func (s *Sheet) row(w *window, i int) (row Row, ok bool) {
	line := &w.lines[i]
	row.Number = line.number
	if line.broken != nil {
		row.Problems = []Problem{s.problem(line.number, Problem{What: line.broken.what, Want: line.broken.want})}
		return row, true
	}
	area := s.mapping.area
	row.Values = make(paypro.Values, len(area.Fields))
	var bad []paypro.Fault
	for k := range area.Fields {
		field := &area.Fields[k]
		value := trim(w.cell(i, k))
		switch {
		case value == "":
		case isCellError(value):
			bad = append(bad, paypro.Fault{Field: field.Name, Problem: "holds an error of the spreadsheet such as #N/A", Want: "a value"})
		case tooLong(value):
			bad = append(bad, paypro.Fault{Field: field.Name, Problem: "has more than 32,767 characters", Want: "fewer"})
		default:
			row.Values[field.Name] = field.Canonical(value)
		}
	}
	if len(row.Values) == 0 && len(bad) == 0 && line.stray < 0 {
		return row, false
	}
	s.fillIn(&row, bad)
	s.check(&row, bad, line)
	return row, true
}

// fillIn puts the constants where the sheet has nothing. A cell that holds an
// error is not empty: somebody meant a value to be there.
func (s *Sheet) fillIn(row *Row, bad []paypro.Fault) {
	for _, constant := range s.fills {
		if row.Values[constant.field] != "" || faulty(bad, constant.field) {
			continue
		}
		row.Values[constant.field] = constant.value
		row.filled = append(row.filled, constant.field)
	}
}

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
	if field := area.FieldFor(paypro.RoleAmount); field != nil {
		amount, err := money.Parse(area.Currency, row.Values[field.Name])
		row.Amount, row.AmountRead = amount, err == nil
	}
	faults := area.Check(row.Values)
	if len(bad) > 0 {
		faults = merge(area, faults, bad)
	}
	for _, fault := range faults {
		row.Problems = append(row.Problems, s.fault(line.number, fault))
	}
	slices.SortStableFunc(row.Problems, func(a, b Problem) int {
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
