package ingest

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"

	"github.com/bulkpay/bulkpay/internal/money"
	"github.com/bulkpay/bulkpay/paypro"
)

// Rows gives the rows below the header that have a value in a known column;
// examples, and a total that agrees with its rows, are not among them. An
// error ends the iteration: the file cannot be read any further, and what was
// given out before is not the whole sheet.
func (s *Sheet) Rows() iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		s.notes, s.totals = nil, Totals{}
		rows, err := s.start()
		if _, isWorkbook := s.book.(*workbook); isWorkbook && s.found.err != nil {
			err = s.found.err // nothing of a damaged archive is worth believing
		}
		if rows != nil {
			defer rows.Close()
		}
		if err != nil {
			yield(Row{}, s.located(err))
			return
		}
		t := tally{sum: money.FromMinor(s.mapping.area.Currency, 0)}
		w := newWindow(s.mapping)
		for {
			end := w.fill(rows)
			for i := range w.lines {
				if row, ok := s.row(w, i, &t); ok && !yield(row, nil) {
					return
				}
			}
			if errors.Is(end, io.EOF) {
				end = s.found.err // what the survey did not see was not judged
			}
			if end != nil {
				yield(Row{}, s.located(end))
			}
			if end != nil || len(w.lines) < windowRows {
				return
			}
		}
	}
}

// start opens the sheet with the next row being the first below the header.
func (s *Sheet) start() (rowReader, error) {
	rows, err := s.way.open()
	if err != nil {
		return nil, err
	}
	var above gridRow
	for range s.header.index + 1 {
		err := rows.read(&above)
		if _, broken := errors.AsType[brokenRow](err); err != nil && !broken {
			rows.Close()
			return nil, err
		}
	}
	return rows, nil
}

// row builds one row of the window; ok is false if there is nothing in it to
// be paid or complained about.
func (s *Sheet) row(w *window, i int, t *tally) (row Row, ok bool) {
	line := &w.lines[i]
	row.Number, row.area = line.number, s.mapping.area
	if line.broken != nil {
		row.Problems = []Problem{s.problem(line.number, Problem{What: line.broken.what, Want: line.broken.want})}
		t.add(&row)
		return row, true
	}
	cells := w.raw(i)
	class := s.classify(cells, line.kinds)
	switch {
	case class == rowEmpty && line.stray >= 0:
	case class == rowEmpty, class == rowExample:
		return row, false
	case class == rowTotals && line.number == s.found.totalsRow:
		return s.controlled(line, cells, t)
	case class == rowTotals:
		row.Totals = true
		row.Problems = []Problem{s.problem(line.number, Problem{
			What: "is a subtotal among the payouts", Want: "the payouts alone, and one total at the end at most: remove this row",
		})}
		return row, true
	}
	below := s.found.totalsRow > 0 && line.number > s.found.totalsRow
	if below && s.isSignature(cells) {
		s.note(fmt.Sprintf("row %d stands below the total with neither account nor amount: ignored", line.number))
		return row, false
	}
	s.build(&row, w, i)
	if line.hidden && s.skipHidden && class == rowPayout {
		t.skipped++
		if sum, err := t.skippedSum.Add(row.Amount); err == nil && row.AmountRead {
			t.skippedSum = sum
		}
		return Row{}, false
	}
	if below {
		row.Problems = slices.Insert(row.Problems, 0, s.problem(line.number, Problem{
			What: "stands below a total", Want: "the total in the last row; remove the total, or what stands below it",
		}))
	}
	t.add(&row)
	return row, true
}

// build reads the values of a row and checks them.
func (s *Sheet) build(row *Row, w *window, i int) {
	line := &w.lines[i]
	if cells := w.raw(i); s.mapping.tradeNo >= 0 && s.mapping.tradeNo < len(cells) {
		row.TradeNo = trim(cells[s.mapping.tradeNo])
	}
	area := s.mapping.area
	row.Values = make(paypro.Values, len(area.Fields))
	var bad []paypro.Fault
	for k := range area.Fields {
		value, fault := s.value(w, i, k)
		if fault.Field != "" {
			bad = append(bad, fault)
		} else if value != "" {
			row.Values[area.Fields[k].Name] = value
		}
		s.values[k] = value
	}
	s.fillIn(row, bad)
	s.check(row, bad, line)
}

const wantComputed = "the file opened and saved by the spreadsheet program, which computes it, or the value itself"

// value reads one cell, or says why it cannot be read.
func (s *Sheet) value(w *window, i, k int) (string, paypro.Fault) {
	line, field, column := &w.lines[i], &s.mapping.area.Fields[k], s.mapping.byField[k]
	value, kind := trim(w.cell(i, k)), kindAt(line.kinds, column)
	fault := func(problem, want string) (string, paypro.Fault) {
		return "", paypro.Fault{Field: field.Name, Problem: problem, Want: want}
	}
	switch {
	case kind == kindUncomputed:
		return fault("is a formula whose result is not in the file", wantComputed)
	case value == "":
		return s.noValue(field, line.number, column)
	case kind == kindFault || isCellError(value):
		return fault("holds an error of the spreadsheet such as #N/A", "a value")
	case tooLong(value):
		return fault("has more than 32,767 characters", "fewer")
	case isLost(value):
		return fault("has lost a character to a wrong encoding: � stands in its place", "the text typed anew, or the file saved anew from where it came")
	case field.Role == paypro.RoleAmount:
		plain, fault := s.amounts.read(value, kind)
		return plain, fault
	case field.ID:
		if value = trim(foldDigits(value)); kind == kindPlain && len(value) > 1 && value[0] == '\'' {
			value = value[1:]
			line.setKind(column, kindText) // it is how a spreadsheet is told to keep a text
		}
	case field.Role == paypro.RoleName && (kind == kindDate || kind == kindBool):
		return fault("is a date, or TRUE or FALSE, where a name belongs", "the name as text")
	default:
		value = foldText(value)
	}
	return field.Canonical(value), paypro.Fault{}
}

// noValue tells an empty cell from one whose value is in the first of the
// cells it is merged with.
func (s *Sheet) noValue(field *paypro.Field, row, column int) (string, paypro.Fault) {
	if len(s.found.shape.merged) == 0 || column < 0 || !field.Required && !field.ID {
		return "", paypro.Fault{}
	}
	first, merged := s.mergedInto(row, column)
	switch {
	case !merged:
		return "", paypro.Fault{}
	case first == row:
		return "", paypro.Fault{Field: field.Name, Problem: "is merged with the cell before it, which has the value", Want: "the cells unmerged, and a value in each"}
	}
	return "", paypro.Fault{
		Field: field.Name, Problem: "is merged with the cells above, and only the first of them has the value",
		Want: "the cells unmerged, and a value in each row",
	}
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
