package ingest

import "io"

// formulaReader puts cells such as ="0123" into the quotation marks that CSV
// wants around them: "=""0123""". Programs write them bare, and a reader that
// is strict about quotation marks would refuse the row. It is used only for
// files that have such cells.
type formulaReader struct {
	src       io.Reader
	delimiter byte
	state     formulaState
	in, out   []byte
	rest      []byte // of out
	err       error
}

type formulaState uint8

const (
	atStart   formulaState = iota // of a cell
	inPlain                       // a cell without quotation marks around it
	inQuoted                      // a cell with them
	atQuote                       // a quotation mark in such a cell, which may close it
	atEquals                      // an equals sign at the start of a cell
	inFormula                     // ="…
	atEnd                         // ="…"
)

func newFormulaReader(src io.Reader, delimiter byte) *formulaReader {
	return &formulaReader{src: src, delimiter: delimiter, in: make([]byte, 4096)}
}

func (r *formulaReader) Read(p []byte) (int, error) {
	for len(r.rest) == 0 {
		if r.err != nil {
			return 0, r.err
		}
		n, err := r.src.Read(r.in)
		r.out, r.err = r.out[:0], err
		for _, b := range r.in[:n] {
			r.take(b)
		}
		if err != nil {
			r.finish()
		}
		r.rest = r.out
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

func (r *formulaReader) ends(b byte) bool { return b == r.delimiter || b == '\n' || b == '\r' }

func (r *formulaReader) take(b byte) {
	switch r.state {
	case atEquals:
		if b == '"' {
			r.out, r.state = append(r.out, `"=""`...), inFormula
			return
		}
		r.out, r.state = append(r.out, '='), inPlain
		r.plain(b)
	case inFormula:
		if b == '"' {
			r.state = atEnd
			return
		}
		r.out = append(r.out, b)
	case atEnd:
		if b == '"' {
			r.out, r.state = append(r.out, `""""`...), inFormula
			return
		}
		r.out, r.state = append(r.out, `"""`...), inPlain
		r.plain(b)
	case inQuoted:
		if b == '"' {
			r.state = atQuote
		}
		r.out = append(r.out, b)
	case atQuote:
		if b == '"' {
			r.out, r.state = append(r.out, b), inQuoted
			return
		}
		r.plain(b)
	case inPlain:
		r.plain(b)
	case atStart:
		r.begin(b)
	}
}

func (r *formulaReader) begin(b byte) {
	switch {
	case b == '=':
		r.state = atEquals
		return
	case b == '"':
		r.state = inQuoted
	case !r.ends(b):
		r.state = inPlain
	}
	r.out = append(r.out, b)
}

func (r *formulaReader) plain(b byte) {
	r.out, r.state = append(r.out, b), inPlain
	if r.ends(b) {
		r.state = atStart
	}
}

// finish gives out what was held back when the text ended.
func (r *formulaReader) finish() {
	switch r.state {
	case atEquals:
		r.out = append(r.out, '=')
	case atEnd:
		r.out = append(r.out, `"""`...)
	}
	r.state = atStart
}
