package statement

import (
	"fmt"
	"strings"

	"github.com/bulkpay/bulkpay/internal/visible"
)

// Problem is one thing wrong with a statement: where, what, and what would be
// right. It holds coordinates and never the content of a cell or a field.
type Problem struct {
	File      string // base name
	Worksheet string // of a workbook
	Row       int    // the row of a sheet or the line of a text; 0 if the whole file is meant
	Entry     int    // [Line.Entry], where rows alone do not tell: XML; 0 otherwise
	Column    string // letter
	Header    string // the column's header
	Field     string // "Bal/Amt", ":61:", "day"
	What      string // "is not a date"
	Want      string // "a date such as 22/11/2026"
}

// Error puts the coordinates in front:
//
//	november.csv: row 14, column D (Cargo): is not an amount; want digits such as 1500.50
func (p Problem) Error() string {
	var where []string
	if p.Worksheet != "" {
		where = append(where, "sheet "+p.Worksheet)
	}
	if p.Row > 0 {
		where = append(where, fmt.Sprintf("row %d", p.Row))
	}
	if p.Entry > 0 {
		where = append(where, fmt.Sprintf("entry %d", p.Entry))
	}
	switch {
	case p.Column != "" && p.Header != "":
		where = append(where, fmt.Sprintf("column %s (%s)", p.Column, p.Header))
	case p.Column != "":
		where = append(where, "column "+p.Column)
	case p.Field != "":
		where = append(where, p.Field)
	}
	text := p.File
	if len(where) > 0 {
		text += ": " + strings.Join(where, ", ")
	}
	if text != "" {
		text += ": "
	}
	text += p.What
	if p.Want != "" {
		text += "; want " + p.Want
	}
	return visible.Line(text) // names of files, sheets and columns are a stranger's
}

// Problems is an error of one line a problem: all that is wrong with a
// statement.
type Problems struct {
	List []Problem // the first of them, see maxProblems
	More int       // how many there are besides
	// Paste is a profile to paste into the configuration and to complete, if
	// the columns are what is not clear.
	Paste string
}

func (ps *Problems) Error() string {
	lines := make([]string, 0, len(ps.List)+1)
	for _, p := range ps.List {
		lines = append(lines, p.Error())
	}
	if ps.More > 0 {
		lines = append(lines, fmt.Sprintf("and %d more like these", ps.More))
	}
	return strings.Join(lines, "\n")
}

// Hint is the profile to paste, with where it goes; "" without one.
func (ps *Problems) Hint() string {
	if ps.Paste == "" {
		return ""
	}
	return "complete this and put it into bulkpay.toml:\n\n" + ps.Paste
}

// Unwrap lets [errors.As] find the first [Problem].
func (ps *Problems) Unwrap() []error {
	errs := make([]error, len(ps.List))
	for i, p := range ps.List {
		errs[i] = p
	}
	return errs
}
