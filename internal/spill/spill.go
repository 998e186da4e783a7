// Package spill sorts more records than memory should hold.
//
//	records := spill.New(44)
//	defer records.Close()
//	err := records.Add(record)                  // any number of times, in any order
//	for record, err := range records.Sorted() { // as often as needed
//		…
//	}
//
// A record is a string of bytes, all of one length, and they are sorted as
// bytes: whoever makes them puts the key in front, numbers big-endian. One
// megabyte is held in memory. When there is more, sorted runs go to one
// temporary file, and reading merges them; so a hundred
// megabytes of them cost a hundred runs, with a small buffer each.
//
// The temporary file is its owner's alone, and has no name any more as soon as
// it is made, so that nothing of it is left however the program ends. Windows
// does not allow that: there it goes at Close, and a program that is killed
// leaves it in the folder for temporary files. Records should be worthless to
// whoever finds them.
//
// A Sorter is for one goroutine.
package spill

import (
	"bufio"
	"bytes"
	"container/heap"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"sort"
)

// budget is how many bytes of records are held in memory.
const budget = 1 << 20

// readAhead is the buffer for each run while they are merged.
const readAhead = 16 << 10

// Sorter gathers records and gives them back in order.
type Sorter struct {
	size   int
	budget int
	tail   []byte // what is in no run yet
	sorted bool   // tail is in order
	count  int

	file  *os.File // nil: everything is in tail
	named bool     // the file could not be removed while it is open
	runs  []run
	end   int64
}

// run is a sorted part of the file.
type run struct{ from, length int64 }

// New makes a sorter of records of that many bytes.
func New(size int) *Sorter { return &Sorter{size: size, budget: max(budget, size)} }

// Len is how many records there are.
func (s *Sorter) Len() int { return s.count }

// Add takes a copy of a record.
func (s *Sorter) Add(record []byte) error {
	if len(record) != s.size {
		panic(fmt.Sprintf("spill: a record of %d bytes among those of %d", len(record), s.size))
	}
	if len(s.tail)+s.size > s.budget {
		if err := s.spill(); err != nil {
			return fmt.Errorf("temporary file: %w", err)
		}
	}
	s.tail = append(s.tail, record...)
	s.count++
	s.sorted = false
	return nil
}

// spill writes what is in memory as one more run.
func (s *Sorter) spill() error {
	if s.file == nil {
		file, err := os.CreateTemp("", "bulkpay-*.tmp") // with mode 0600
		if err != nil {
			return err
		}
		s.file, s.named = file, os.Remove(file.Name()) != nil
	}
	s.sort()
	if _, err := s.file.WriteAt(s.tail, s.end); err != nil {
		return err
	}
	s.runs = append(s.runs, run{s.end, int64(len(s.tail))})
	s.end += int64(len(s.tail))
	s.tail = s.tail[:0]
	return nil
}

// Close gives memory and file back. It may be called more than once, and of a
// nil sorter.
func (s *Sorter) Close() error {
	if s == nil {
		return nil
	}
	s.tail, s.count = nil, 0
	if s.file == nil {
		return nil
	}
	file := s.file
	s.file, s.runs = nil, nil
	err := file.Close()
	if s.named {
		err = errors.Join(err, os.Remove(file.Name()))
	}
	return err
}

// Sorted gives the records in order, equal ones as often as they were added. A
// record is valid until the next one is asked for. An error ends it. Nothing
// may be added meanwhile.
func (s *Sorter) Sorted() iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		s.sort()
		sources := make(merging, 0, len(s.runs)+1)
		for _, r := range s.runs {
			from := io.NewSectionReader(s.file, r.from, r.length)
			sources = append(sources, &source{bufio.NewReaderSize(from, readAhead), r.length, make([]byte, s.size)})
		}
		sources = append(sources, &source{bytes.NewReader(s.tail), int64(len(s.tail)), make([]byte, s.size)})
		open := sources[:0]
		for _, one := range sources {
			more, err := one.next()
			if err != nil {
				yield(nil, err)
				return
			}
			if more {
				open = append(open, one)
			}
		}
		open.run(yield)
	}
}

// source is a run that is being read.
type source struct {
	from   io.Reader
	left   int64
	record []byte
}

// next reads a record; more is false at the end of the run. A run that is
// shorter than it was written is an error, not an end.
func (s *source) next() (more bool, err error) {
	if s.left == 0 {
		return false, nil
	}
	if _, err = io.ReadFull(s.from, s.record); err != nil {
		return false, fmt.Errorf("temporary file: %w", err)
	}
	s.left -= int64(len(s.record))
	return true, nil
}

// merging is a heap of sources, the one with the least record on top.
type merging []*source

func (m merging) run(yield func([]byte, error) bool) {
	heap.Init(&m)
	for len(m) > 0 {
		if !yield(m[0].record, nil) {
			return
		}
		switch more, err := m[0].next(); {
		case err != nil:
			yield(nil, err)
			return
		case more:
			heap.Fix(&m, 0)
		default:
			heap.Pop(&m)
		}
	}
}

func (m merging) Len() int           { return len(m) }
func (m merging) Less(i, j int) bool { return bytes.Compare(m[i].record, m[j].record) < 0 }
func (m merging) Swap(i, j int)      { m[i], m[j] = m[j], m[i] }

// Push is for [heap.Interface]; sources are never added while merging.
func (m *merging) Push(any) { panic("spill: a run was added while merging") }

// Pop takes the last source away.
func (m *merging) Pop() any {
	last := (*m)[len(*m)-1]
	*m = (*m)[:len(*m)-1]
	return last
}

func (s *Sorter) sort() {
	if s.sorted {
		return
	}
	sort.Sort(&block{s.tail, s.size, make([]byte, s.size)})
	s.sorted = true
}

// block is records one after the other, sorted where they lie.
type block struct {
	bytes []byte
	size  int
	spare []byte
}

func (b *block) at(i int) []byte { return b.bytes[i*b.size : (i+1)*b.size] }

func (b *block) Len() int           { return len(b.bytes) / b.size }
func (b *block) Less(i, j int) bool { return bytes.Compare(b.at(i), b.at(j)) < 0 }
func (b *block) Swap(i, j int) {
	copy(b.spare, b.at(i))
	copy(b.at(i), b.at(j))
	copy(b.at(j), b.spare)
}
