package main

import (
	"bufio"
	"encoding/json"
	"io"
	"iter"

	"github.com/bulkpay/bulkpay/internal/atomicfile"
	"github.com/bulkpay/bulkpay/internal/handback"
)

// markSpool keeps the marks of a sheet, in the order of its rows, until the
// sheet is handed back: on disk, because a sheet may be faulty in each of a
// million rows. The file can be read by nobody else and goes with [close]; it
// holds suggested values, which are personal.
type markSpool struct {
	file    *atomicfile.Scratch
	buffer  *bufio.Writer
	encoder *json.Encoder
	count   int
	err     error // of reading back
}

func (s *markSpool) add(m handback.Mark) error {
	if s.file == nil {
		file, err := atomicfile.NewScratch()
		if err != nil {
			return err
		}
		s.file, s.buffer = file, bufio.NewWriter(file)
		s.encoder = json.NewEncoder(s.buffer)
	}
	s.count++
	return s.encoder.Encode(m)
}

// all reads the marks back. What goes wrong stands in err afterwards.
func (s *markSpool) all() iter.Seq[handback.Mark] {
	return func(yield func(handback.Mark) bool) {
		if s.file == nil {
			return
		}
		if s.err = s.buffer.Flush(); s.err != nil {
			return
		}
		if _, s.err = s.file.Seek(0, io.SeekStart); s.err != nil {
			return
		}
		decoder := json.NewDecoder(bufio.NewReader(s.file))
		for range s.count {
			var mark handback.Mark
			if s.err = decoder.Decode(&mark); s.err != nil || !yield(mark) {
				return
			}
		}
	}
}

// close removes the file. It may be called again.
func (s *markSpool) close() {
	if s.file == nil {
		return
	}
	_ = s.file.Close() // nothing in it is needed any more
	s.file = nil
}

// inRowOrder merges two sequences that are in row order.
func inRowOrder(one, other iter.Seq[handback.Mark]) iter.Seq[handback.Mark] {
	return func(yield func(handback.Mark) bool) {
		next, stop := iter.Pull(other)
		defer stop()
		waiting, more := next()
		for mark := range one {
			for more && waiting.Row < mark.Row {
				if !yield(waiting) {
					return
				}
				waiting, more = next()
			}
			if !yield(mark) {
				return
			}
		}
		for more {
			if !yield(waiting) {
				return
			}
			waiting, more = next()
		}
	}
}
