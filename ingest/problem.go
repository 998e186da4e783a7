package ingest

import (
	"fmt"
	"strings"

	"github.com/bulkpay/bulkpay/internal/visible"
)

// Problem is one thing wrong with a sheet: where, what, and what would be
// right. It holds coordinates and never the content of a
// cell, but for Suggest.
type Problem struct {
	File      string // base name
	Worksheet string // only if the workbook has more than one
	Row       int    // as the person sees it; 0 if the whole file is meant
	Column    string // letter; "" if there is no such column
	Header    string // the column's header
	Field     string // [paypro.Field.Name]; "" if no field is meant
	What      string // "has 17 digits"
	Want      string // "a CLABE of 18 digits"
	// Suggest is a value that would be right. It is a person's data, for the
	// sheet that is handed back to the one who made it: it is no part of the
	// error, and must not be printed or logged.
	Suggest string
}

// Error puts the coordinates in front:
//
//	salaries.xlsx: row 14, column D (Cuenta): has 17 digits; want a CLABE of 18 digits
func (p Problem) Error() string {
	var where []string
	if p.Worksheet != "" {
		where = append(where, "sheet "+p.Worksheet)
	}
	if p.Row > 0 {
		where = append(where, fmt.Sprintf("row %d", p.Row))
	}
	switch {
	case p.Column != "" && p.Header != "":
		where = append(where, fmt.Sprintf("column %s (%s)", p.Column, p.Header))
	case p.Column != "":
		where = append(where, "column "+p.Column)
	case p.Field != "":
		where = append(where, p.Field)
	}
	text := p.File + ": "
	if len(where) > 0 {
		text += strings.Join(where, ", ") + ": "
	}
	text += p.What
	if p.Want != "" {
		text += "; want " + p.Want
	}
	return visible.Line(text) // names of files, sheets and columns are a stranger's
}

// Problems is an error of one line a problem. [Open] returns it with
// everything that is wrong with a file and its header at once.
type Problems []Problem

func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap lets [errors.As] find the first [Problem].
func (ps Problems) Unwrap() []error {
	errs := make([]error, len(ps))
	for i, p := range ps {
		errs[i] = p
	}
	return errs
}

// refuse is the error for a file as a whole.
func refuse(what, want string) error {
	return Problem{What: what, Want: want}
}

// columnLetter names a column as spreadsheets do: 0 is A, 26 is AA.
func columnLetter(index int) string {
	name := ""
	for n := index + 1; n > 0; n = (n - 1) / 26 {
		name = string(rune('A'+(n-1)%26)) + name
	}
	return name
}

// shown is a header or the name of a sheet fit for one line of a message.
func shown(text string) string {
	const most = 40
	words := strings.Join(strings.FieldsFunc(text, isPadding), " ")
	words = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, words)
	if runes := []rune(words); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return words
}

// inQuotes is a text as one word of a command line that is pasted. Most need
// nothing but the quotes that every system has; a header can also be something
// that a shell would run.
func inQuotes(text string) string {
	if strings.ContainsAny(text, "$`\"\\!%") {
		return visible.Word(text)
	}
	return `"` + text + `"`
}
