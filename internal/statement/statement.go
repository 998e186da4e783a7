package statement

import (
	"errors"
	"iter"
	"os"
	"path/filepath"

	"github.com/bulkpay/bulkpay/internal/money"
)

// Options say how to read a statement. The zero value finds out for itself.
type Options struct {
	// Profile says how to read a table. Nil: Profiles, the built-in ones and the names of
	// columns are tried, in this order. Other formats need none.
	Profile *Profile
	// Profiles are those of the configuration; the first whose columns are all
	// there is used.
	Profiles []*Profile
	// Currency is what all lines must be of. A table that does not name its
	// currency needs it. Zero: as the file says.
	Currency money.Currency
	// Account chooses one of several accounts in a file: the account, or its last four
	// or more letters and digits.
	Account string
	// Worksheet, Encoding and Delimiter go before what a profile says.
	Worksheet, Encoding, Delimiter string
}

// Statement is an open statement in which nothing is wrong.
type Statement struct {
	file    *os.File
	source  source
	options Options
	header  Header
	assumed []string
	total   totals
}

// source is a file in a recognised format.
type source interface {
	// read goes through the whole file from its beginning. An error is one
	// that ends the reading; faults of lines go to the collector.
	read(to *collector) error
	// describe fills in what is known of the whole file once it was read.
	describe(h *Header)
	// assumed says, a line each, what was taken to be so.
	assumed() []string
}

// Open recognises a file, reads all of it once and checks it. What is
// wrong with it comes in one error of type *[Problems].
func Open(path string, o Options) (*Statement, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	s, err := open(file, filepath.Base(path), o)
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return s, nil
}

func open(file *os.File, name string, o Options) (*Statement, error) {
	bytes, err := surveyBytes(file)
	if err != nil {
		return nil, located(name, err)
	}
	from, err := recognise(file, bytes, o)
	if err != nil {
		return nil, located(name, err)
	}
	c := newCollector(name, o)
	if err := from.read(c); err != nil {
		c.refusal(err)
	}
	s := &Statement{file: file, source: from, options: o}
	s.header = Header{File: name, SHA256: bytes.sha256, Size: bytes.size}
	c.finish(&s.header)
	from.describe(&s.header)
	if err := c.faults.err(); err != nil {
		return nil, err
	}
	s.total = c.total
	s.assumed = append(from.assumed(), c.notes()...)
	return s, nil
}

// located gives a refusal of the file as a whole its name.
func located(name string, err error) error {
	var all *Problems
	if errors.As(err, &all) {
		for i := range all.List {
			all.List[i].File = name
		}
		return all
	}
	var one Problem
	if errors.As(err, &one) {
		one.File = name
		return &Problems{List: []Problem{one}}
	}
	return err
}

// Header is what the statement says of itself.
func (s *Statement) Header() Header { return s.header }

// Assumed says, a line each, what was taken to be so without being told.
func (s *Statement) Assumed() []string { return s.assumed }

// errChanged ends a second reading that does not give what the first gave.
var errChanged = Problem{What: "was changed while it was read", Want: "the same command again, when nobody writes to the file"}

// Lines gives the lines in the order of the file. An error ends it: the file
// has changed since [Open], or cannot be read any more, and what was given
// out is not the whole statement. A line is good beyond the next one.
func (s *Statement) Lines() iter.Seq2[Line, error] {
	return func(yield func(Line, error) bool) {
		c := newCollector(s.header.File, s.options)
		c.yield = func(l Line) bool {
			if l.Day == 0 {
				l.Day = s.header.Last
			}
			return yield(l, nil)
		}
		err := s.source.read(c)
		if c.stopped {
			return
		}
		c.finish(&Header{})
		if err != nil || len(c.faults.list) > 0 || c.total != s.total {
			yield(Line{}, located(s.header.File, errChanged))
		}
	}
}

// Close gives the file back.
func (s *Statement) Close() error { return s.file.Close() }
