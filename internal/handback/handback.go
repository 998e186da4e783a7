package handback

import (
	"iter"
	"unicode"
	"unicode/utf8"
)

// Mark is one thing to point out in a sheet.
type Mark struct {
	Row     int    // as the person sees it; 0: the sheet as a whole, which is listed only
	Column  int    // from 0; -1: the row as a whole
	Problem string // "has 17 digits"
	Want    string // "a CLABE of 18 digits"; "" if there is nothing to say
	Suggest string // a value that would be right; "" if none is known
	Warning bool   // does not stop the row
}

// Column is a column that is added to the sheet.
type Column struct {
	Header string
	// Letter is where an earlier copy has the column, "K": it is overwritten
	// there. Empty: the column is added after the last one.
	Letter string
	Width  float64 // in a workbook, in characters; 0: what suits the header
}

// Options say where the table is and what to put into it.
type Options struct {
	Part  string // of a workbook: zip path of the worksheet; "": the one called Sheet
	Sheet string // of a workbook: name of the worksheet; "" without a Part: the first

	HeaderRow   int      // as the person sees it; 0: the table has none
	FirstColumn int      // of the table, from 0
	LastColumn  int      // of the table, from 0; what is added stands after it
	Headers     []string // by column, for the list of marks and the texts

	// Marks are ordered by row. They are ranged over once. Nil leaves the
	// marks of an earlier copy as they are; none at all removes them.
	Marks iter.Seq[Mark]

	Append []Column // nil adds none
	// Values are the cells of the columns of Append in a row below the header,
	// asked for in order, once for each row that the file has. Nil leaves the
	// row as it is; an empty text empties a cell.
	Values func(row int) []string

	Title string   // first line of the list of marks
	Notes []string // further lines above the list

	// Encoding of a CSV: "UTF-8", "UTF-16LE", "UTF-16BE", "Windows-1252",
	// "Windows-1256", "Windows-1258", "GB18030", "EUC-KR", "Big5", "Macintosh"
	// or "CP850", in any case and with or without dashes; "" is UTF-8. A byte
	// order mark says more than the name; it stays, and none is added.
	Encoding  string
	Delimiter rune // of a CSV; 0: a comma
	// FaultsLetter is where an earlier copy, a CSV, has its column
	// [FaultsHeader]; "" if it has none.
	FaultsLetter string
}

// FaultsHeader is the header of the column that tells, in a CSV, what is wrong
// with a row.
const FaultsHeader = "bulkpay faults"

// Refusal is the error for a file that cannot be marked with certainty. The
// file itself may be perfectly good.
type Refusal struct {
	What string // "has a styles part that is not XML"
	Err  error  // the cause, if there is one
}

func (r *Refusal) Error() string {
	if r.Err != nil {
		return "cannot be marked: " + r.What + ": " + r.Err.Error()
	}
	return "cannot be marked: " + r.What
}

func (r *Refusal) Unwrap() error { return r.Err }

func refuse(what string) error { return &Refusal{What: what} }

func refuseFor(what string, err error) error { return &Refusal{What: what, Err: err} }

// sentence is the mark in plain words, on one line. subject is what is wrong;
// without one the place of the text says it.
func (m Mark) sentence(subject string) string {
	text := upperFirst(m.Problem) + "."
	if subject != "" {
		text = subject + " " + m.Problem + "."
	}
	if m.Want != "" {
		text += " Right would be: " + m.Want + "."
	}
	if m.Suggest != "" {
		text += " Suggestion: " + m.Suggest
	}
	return text
}

func upperFirst(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	if first == utf8.RuneError {
		return text
	}
	return string(unicode.ToUpper(first)) + text[size:]
}

// markReader hands out marks row by row.
type markReader struct {
	next func() (Mark, bool)
	stop func()
	head Mark
	more bool
	row  []Mark
}

// readMarks takes nil for no marks. The caller calls stop.
func readMarks(marks iter.Seq[Mark]) *markReader {
	if marks == nil {
		marks = func(func(Mark) bool) {}
	}
	r := &markReader{}
	r.next, r.stop = iter.Pull(marks)
	r.head, r.more = r.next()
	return r
}

// peek is the row of the next mark; more is false after the last.
func (r *markReader) peek() (row int, more bool) { return r.head.Row, r.more }

// take returns the marks of rows up to this one. They are good until the next
// call. A mark out of order comes with the row that is asked for next, so that
// none is lost.
func (r *markReader) take(row int) []Mark {
	r.row = r.row[:0]
	for r.more && r.head.Row <= row {
		r.row = append(r.row, r.head)
		r.head, r.more = r.next()
	}
	return r.row
}
