package ingest

import "strings"

// Form is how a file is written, for whoever writes into a copy of it.
type Form struct {
	Workbook  bool
	Encoding  string // of a CSV, as people write it
	Delimiter rune   // of a CSV
}

// Form tells how the file is written.
func (s *Sheet) Form() Form {
	text, ok := s.book.(*csvBook)
	if !ok {
		return Form{Workbook: true}
	}
	form := Form{Encoding: text.charset.Name}
	for _, delimiter := range delimiters {
		if delimiter.name == s.way.name {
			form.Delimiter = delimiter.char
		}
	}
	if form.Delimiter == 0 { // one that a person or the first line told
		for _, char := range strings.Trim(s.way.name, "`") {
			form.Delimiter = char
		}
	}
	return form
}
