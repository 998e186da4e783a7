package ingest

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/bulkpay/bulkpay/internal/xlsx"
	"github.com/bulkpay/bulkpay/paypro"
)

// survey is what must be known of a whole sheet before its first row can be
// judged: how its amounts are written, whether rows are hidden, where the
// total stands, which cells are merged. It costs one more reading, without
// checks.
type survey struct {
	err       error // the sheet could not be read to its end
	hidden    rowList
	examples  rowList
	formulas  int              // cells of known columns
	totalsRow int              // the last row that is a total; 0 without
	long      map[int]*longIDs // by column
	shape     shape
}

// rowList is a list of row numbers for a message, however many they are.
type rowList struct {
	count  int
	ranges [][2]int // the first ones
	last   int
}

func (l *rowList) add(row int) {
	l.count++
	n := len(l.ranges)
	switch {
	case n > 0 && l.last == row-1 && l.ranges[n-1][1] == l.last:
		l.ranges[n-1][1] = row
	case n < listedRanges:
		l.ranges = append(l.ranges, [2]int{row, row})
	}
	l.last = row
}

// String is "4, 7 to 9 and 3 more".
func (l *rowList) String() string {
	var parts []string
	named := 0
	for _, r := range l.ranges {
		named += r[1] - r[0] + 1
		if r[0] == r[1] {
			parts = append(parts, fmt.Sprint(r[0]))
		} else {
			parts = append(parts, fmt.Sprintf("%d to %d", r[0], r[1]))
		}
	}
	text := strings.Join(parts, ", ")
	if more := l.count - named; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

func (l *rowList) noun() string {
	if l.count == 1 {
		return "row"
	}
	return "rows"
}

// lookAround reads the sheet once for what concerns all of it. An error in
// the reading is kept: the rows before it are still worth a check, and who
// reads them meets it too.
func (s *Sheet) lookAround() {
	s.found = survey{long: map[int]*longIDs{}}
	for _, k := range s.identifiers {
		s.found.long[s.mapping.byField[k]] = &longIDs{}
	}
	rows, err := s.start()
	if err != nil {
		s.found.err = err
		return
	}
	defer rows.Close()
	var row gridRow
	for n := 0; n <= maxRows; n++ {
		err := rows.read(&row)
		if _, broken := errors.AsType[brokenRow](err); broken {
			continue
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			s.found.err = err
			return
		}
		s.lookAt(&row)
	}
	if workbook, ok := rows.(*xlsxReader); ok {
		s.found.shape = workbook.shape()
		s.found.shape.merged = s.concerned(s.found.shape.merged)
	}
}

func (s *Sheet) lookAt(row *gridRow) {
	if width := len(s.mapping.columns); len(row.cells) > width {
		row.cells = row.cells[:width]
	}
	switch s.classify(row.cells, row.kinds) {
	case rowEmpty:
		return
	case rowExample:
		s.found.examples.add(row.number)
		return
	case rowTotals:
		s.found.totalsRow = row.number
	case rowPayout:
		if row.hidden {
			s.found.hidden.add(row.number)
		}
		s.countFormulas(row)
		s.countLong(row)
	}
	if cell := s.cellOf(row.cells, paypro.RoleAmount); cell != "" {
		s.amounts.survey(cell, kindAt(row.kinds, s.columnOf(paypro.RoleAmount)), row.number)
	}
}

func (s *Sheet) countFormulas(row *gridRow) {
	for _, at := range row.formulas {
		if at < len(s.mapping.columns) && s.mapping.columns[at].Field != "" && kindAt(row.kinds, at) != kindUncomputed {
			s.found.formulas++
		}
	}
}

func (s *Sheet) countLong(row *gridRow) {
	for at, long := range s.found.long {
		if at >= len(row.cells) || len(row.cells[at]) <= keptDigits || kindAt(row.kinds, at) != kindPlain {
			continue
		}
		switch value := trim(row.cells[at]); {
		case len(value) <= keptDigits || !plainDigits(value):
		case isCut(value):
			long.cut++
		default:
			long.whole++
		}
	}
}

// concerned keeps the merged cells that lie among the rows and in known
// columns, by row.
func (s *Sheet) concerned(merged []xlsx.Range) []xlsx.Range {
	var kept []xlsx.Range
	for _, r := range merged {
		if r.Row2 <= s.header.row || len(kept) == mergedRanges {
			continue
		}
		for _, column := range s.mapping.columns {
			if column.Field != "" && r.Col1 <= column.Index && column.Index <= r.Col2 {
				kept = append(kept, r)
				break
			}
		}
	}
	slices.SortFunc(kept, func(a, b xlsx.Range) int { return cmp.Compare(a.Row1, b.Row1) })
	return kept
}

// mergedInto gives the first row of the merged cells in which a cell lies
// without being the one that has the value.
func (s *Sheet) mergedInto(row, column int) (first int, ok bool) {
	merged := s.found.shape.merged
	if row < s.mergedRow {
		s.mergedAt = 0 // a new reading
	}
	for s.mergedRow = row; s.mergedAt < len(merged) && merged[s.mergedAt].Row2 < row; s.mergedAt++ {
	}
	for _, r := range merged[s.mergedAt:] {
		if r.Row1 > row {
			break
		}
		if row <= r.Row2 && r.Col1 <= column && column <= r.Col2 && (row > r.Row1 || column > r.Col1) {
			return r.Row1, true
		}
	}
	return 0, false
}

// hiddenRows asks what to do with rows that nobody sees and that have values.
func (s *Sheet) hiddenRows(choice string) error {
	switch strings.ToLower(choice) {
	case "":
	case "include":
		return nil
	case "skip":
		s.skipHidden = true
		return nil
	default:
		return refuse("cannot be read as was asked for", "--hidden include or --hidden skip")
	}
	hidden := &s.found.hidden
	if hidden.count == 0 {
		return nil
	}
	what := fmt.Sprintf("has %d hidden %s with values: %s", hidden.count, hidden.noun(), hidden)
	if s.found.shape.filtered {
		what += " (a filter is on)"
	}
	return refuse(what, "--hidden include to pay them too, or --hidden skip to leave them out")
}

// remarks are what the survey found worth a note.
func (s *Sheet) remarks() []string {
	var lines []string
	add := func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }
	if hidden := &s.found.hidden; hidden.count > 0 {
		what := "read like the others"
		if s.skipHidden {
			what = "left out"
		}
		add("hidden %s %s: %s", hidden.noun(), hidden, what)
	}
	if examples := &s.found.examples; examples.count > 0 {
		add("%s %s: an example, ignored", examples.noun(), examples)
	}
	for _, span := range s.found.shape.hidden {
		for _, column := range s.mapping.columns {
			if column.Field != "" && span.First <= column.Index && column.Index <= span.Last {
				add("%s is hidden, and read as %s", column, column.Field)
			}
		}
	}
	if s.found.formulas > 0 {
		add("formulas in %d cells: the results that were saved with them are used", s.found.formulas)
	}
	if merged := s.found.shape.merged; len(merged) > 0 {
		add("merged cells begin in row %d: only the first cell of each has the value", merged[0].Row1)
	}
	return lines
}
