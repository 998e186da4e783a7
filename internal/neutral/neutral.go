// Package neutral makes texts safe to open in a spreadsheet program: no cell of
// a CSV file that bulkpay writes becomes a formula or loses its digits.
//
//	cell = neutral.Cell("=1+1")     // '=1+1
//	text = neutral.Restore(cell)    // =1+1
package neutral

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// guard is what is put before a part of a cell that a spreadsheet program
// would not leave as it is.
//
// An apostrophe is not beautiful: opened in a spreadsheet it is seen. The
// other ways are worse. ="0123" is a formula, which scanners and some mail
// gateways refuse and which no other program understands. A leading tab, a
// no-break space or another invisible character is never seen, so it ends up
// in a payment reference or makes a lookup fail that looks right. Doing
// nothing turns 00029 into 29 and 123456789012345678 into 1.23457E+17, and
// the digits are gone as soon as the file is saved.
const guard = '\''

// plainDigits is the longest number that every spreadsheet program shows in
// full in a cell; more become 1.23E+11.
const plainDigits = 11

// Cell makes a cell of text safe to open in a spreadsheet program. It
// puts an apostrophe before
//
//   - what would be read as a formula: a cell that begins with =, +, -, @ or
//     one of their full-width forms, also after blanks, quotes or invisible
//     characters; and a cell that begins with a tab or a line break;
//   - what would be read as a number or date and lose digits: leading zeros,
//     more than eleven digits, 12E4, 3/4, 1-2;
//   - what begins with an apostrophe already, so that it can be undone.
//
// The same holds for every part of a cell after a semicolon, a tab or a line
// break: where these part the cells of a CSV file, as semicolons do in half of
// Europe and America, such a part is a cell of its own.
//
// It is undone by taking one apostrophe from the beginning of the cell, and
// one after every semicolon, tab and line break, where there is one: see
// [Restore].
func Cell(cell string) string {
	var b strings.Builder
	if cell != "" && strings.IndexByte("\t\r\n", cell[0]) >= 0 {
		b.WriteByte(guard)
	}
	for part := range parts(cell) {
		if part[0] == guard || formula(part) || number(part) {
			b.WriteByte(guard)
		}
		b.WriteString(part)
	}
	return b.String()
}

// Restore takes back what [Cell] did.
func Restore(cell string) string {
	var b strings.Builder
	for part := range parts(cell) {
		b.WriteString(strings.TrimPrefix(part, string(guard)))
	}
	return b.String()
}

// parts cuts a text after each character that may part cells. No part is
// empty, and together they are the text.
func parts(text string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for text != "" {
			end := strings.IndexAny(text, ";\t\r\n") + 1
			if end == 0 {
				end = len(text)
			}
			if !yield(text[:end]) {
				return
			}
			text = text[end:]
		}
	}
}

func formula(part string) bool {
	rest := strings.TrimLeftFunc(part, func(r rune) bool {
		return r == '"' || unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) || unicode.IsControl(r)
	})
	first, _ := utf8.DecodeRuneInString(rest)
	return rest != "" && strings.ContainsRune("=+-@＝＋－＠−", first)
}

// number tells whether a part consists of nothing but what numbers, dates and
// times are written with, unless it is a number that survives.
func number(part string) bool {
	part = strings.Trim(part, "; \t\r\n")
	if part == "" || !strings.ContainsAny(part[:1], ".0123456789") {
		return false
	}
	if strings.Trim(part, "0123456789") == "" {
		return len(part) > plainDigits || len(part) > 1 && part[0] == '0'
	}
	return strings.Trim(part, "0123456789.,:/-+%eE ") == ""
}
