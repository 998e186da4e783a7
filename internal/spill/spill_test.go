package spill

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// gather reads everything there is, in copies.
func gather(t interface{ Fatal(...any) }, s *Sorter) [][]byte {
	var all [][]byte
	for record, err := range s.Sorted() {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, bytes.Clone(record))
	}
	return all
}

// Whatever is added comes back in order, every time it is asked for, however
// little memory there is.
func TestSortedIsWhatWasAddedInOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.IntRange(1, 9).Draw(t, "size")
		records := rapid.SliceOf(rapid.SliceOfN(rapid.Byte(), size, size)).Draw(t, "records")
		s := New(size)
		s.budget = rapid.IntRange(size, 64).Draw(t, "budget")
		defer s.Close()
		for i, record := range records {
			if err := s.Add(record); err != nil {
				t.Fatal(err)
			}
			if i == len(records)/2 {
				gather(t, s) // reading in between changes nothing
			}
		}
		slices.SortFunc(records, bytes.Compare)
		for range 2 {
			if got := gather(t, s); !slices.EqualFunc(got, records, bytes.Equal) {
				t.Fatalf("got %v, want %v", got, records)
			}
		}
		if s.Len() != len(records) {
			t.Fatalf("%d records, want %d", s.Len(), len(records))
		}
		if spilt := s.file != nil; spilt != (len(records)*size > s.budget/size*size) {
			t.Fatalf("in a file: %v, with %d bytes and a budget of %d", spilt, len(records)*size, s.budget)
		}
	})
}

func TestReadingMayEndEarly(t *testing.T) {
	t.Parallel()
	s := New(1)
	s.budget = 2
	defer s.Close()
	for b := range byte(9) {
		if err := s.Add([]byte{8 - b}); err != nil {
			t.Fatal(err)
		}
	}
	for record := range s.Sorted() {
		if record[0] == 3 {
			break
		}
	}
	if got := gather(t, s); len(got) != 9 || got[0][0] != 0 {
		t.Errorf("after that: %v", got)
	}
}

// Nothing is left in the folder for temporary files, not even while it is used.
func TestFileHasNoName(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("TMPDIR", folder)
	t.Setenv("TMP", folder)
	s := New(8)
	s.budget = 16
	for i := range uint64(100) {
		if err := s.Add(binary.BigEndian.AppendUint64(nil, i)); err != nil {
			t.Fatal(err)
		}
	}
	if s.file == nil {
		t.Fatal("nothing was written")
	}
	info, err := s.file.Stat()
	if err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "windows" {
		if info.Mode().Perm() != 0o600 {
			t.Errorf("mode %v", info.Mode())
		}
		if left, _ := filepath.Glob(filepath.Join(folder, "*")); len(left) > 0 {
			t.Errorf("open, and found as %v", left)
		}
	}
	for range 2 {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(folder, "*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	if err := (*Sorter)(nil).Close(); err != nil {
		t.Error(err)
	}
}

func TestFolderThatIsNotThereIsAnError(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "none")
	t.Setenv("TMPDIR", missing)
	t.Setenv("TMP", missing)
	s := New(1)
	s.budget = 1
	defer s.Close()
	if err := s.Add([]byte{1}); err != nil {
		t.Fatal(err)
	}
	if err := s.Add([]byte{1}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error %v", err)
	}
}

// A file that ends early must not pass for a sheet without duplicates.
func TestFileThatLostItsEndIsAnError(t *testing.T) {
	t.Parallel()
	s := New(2)
	s.budget = 4
	defer s.Close()
	for b := range byte(9) {
		if err := s.Add([]byte{b, b}); err != nil {
			t.Fatal(err)
		}
	}
	for _, size := range []int64{5, 4, 0} {
		if err := s.file.Truncate(size); err != nil {
			t.Fatal(err)
		}
		var failure error
		for _, err := range s.Sorted() {
			failure = err
		}
		if failure == nil {
			t.Errorf("no error with %d bytes left", size)
		}
	}
}

func TestMemoryIsFlat(t *testing.T) {
	s := New(44)
	defer s.Close()
	random := rand.New(rand.NewPCG(1, 2))
	var record [44]byte
	for range 500_000 { // 22 MB
		binary.BigEndian.PutUint64(record[:], random.Uint64())
		if err := s.Add(record[:]); err != nil {
			t.Fatal(err)
		}
	}
	var live uint64
	n := 0
	var before []byte
	for record, err := range s.Sorted() {
		if err != nil || bytes.Compare(before, record) > 0 {
			t.Fatalf("record %d is out of order: %v", n, err)
		}
		before = append(before[:0], record...)
		if n++; n%250_000 == 0 {
			runtime.GC()
			var stats runtime.MemStats
			runtime.ReadMemStats(&stats)
			live = max(live, stats.HeapAlloc)
		}
	}
	if n != 500_000 || live > 12<<20 {
		t.Errorf("%d records, %d KiB live", n, live>>10)
	}
}
