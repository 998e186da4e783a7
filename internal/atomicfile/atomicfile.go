// Package atomicfile writes a file whole or not at all.
//
// Whoever opens the path sees the old file or the new one, never a part of
// it, whatever happens in between: the content goes to a new file in the same
// folder, is forced to disk, and only then takes the name.
//
//	err := atomicfile.Write("report.csv", 0o600, func(w io.Writer) error { … })
//
// Several files that belong together are prepared first and named last, so
// that an error in any of them leaves all the old ones in place:
//
//	a, err := atomicfile.Create("report.csv", 0o600)
//	defer a.Discard()                 // does nothing after Commit
//	b, err := atomicfile.Create("report.xlsx", 0o600)
//	defer b.Discard()
//	… write both …
//	err = errors.Join(a.Sync(), b.Sync())
//	err = a.Commit()
//	err = b.Commit()
//
// A kill between two commits leaves one new file and one old one, each whole;
// only a kill leaves anything else behind, a file named ".bulkpay-*.tmp", and
// [Sweep] removes those.
//
// If the path is a symbolic link, the link is replaced and what it points at
// is left alone: following it could leave the temporary file on another file
// system, where renaming is not atomic.
//
// A ledger is never replaced by a report: a path at which there is an SQLite
// database is refused ([ErrDatabase]), and so is one that is no plain file, such
// as a folder or a device ([ErrNoFile]). [Replace] is for backups, which take
// the place of older ones.
package atomicfile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// File is a file being written, still without its name. It is used from one
// goroutine.
type File struct {
	path   string
	temp   *os.File
	over   bool // it may take the place of a database
	synced bool
	err    error // the first failure to write; the file is then never named
	done   bool
}

// What a path has that no file of ours takes the place of.
var (
	ErrDatabase = errors.New("is a database, and is not replaced")
	ErrNoFile   = errors.New("is no file that could be replaced")
)

// Create begins a file that will be at path, with exactly these permissions,
// once it is committed. The folder must exist. What is at the path must be a
// file, and no database.
func Create(path string, mode fs.FileMode) (*File, error) {
	if err := MayReplace(path); err != nil {
		return nil, err
	}
	return create(path, mode, false)
}

// Replace is Create for a file that may take the place of a database. The
// caller has looked at what is there.
func Replace(path string, mode fs.FileMode) (*File, error) { return create(path, mode, true) }

func create(path string, mode fs.FileMode, over bool) (*File, error) {
	temp, err := os.CreateTemp(filepath.Dir(path), ".bulkpay-*.tmp")
	if err != nil {
		return nil, err
	}
	f := &File{path: path, temp: temp, over: over}
	if err := temp.Chmod(mode); err != nil {
		f.Discard()
		return nil, err
	}
	return f, nil
}

// Write appends to the file. After a failure every further call fails too.
func (f *File) Write(p []byte) (int, error) {
	if f.err != nil {
		return 0, f.err
	}
	n, err := f.temp.Write(p)
	f.err = err
	return n, err
}

// TempName is where the file is until it is committed, for a library that
// wants a name to write to instead of a writer. It must have closed the file
// before Sync; what it makes beside it is its own to remove.
func (f *File) TempName() string { return f.temp.Name() }

// ReadAt reads back what was written, before [File.Sync], so that a file can be
// checked while it has no name yet.
func (f *File) ReadAt(p []byte, at int64) (int, error) { return f.temp.ReadAt(p, at) }

// Sync ends the writing and forces the content to disk, still without its
// name. It may be called again.
func (f *File) Sync() error {
	if f.synced || f.err != nil {
		return f.err
	}
	// Both are tried: a file that cannot be forced to disk is still closed.
	f.err = errors.Join(f.temp.Sync(), f.temp.Close())
	f.synced = f.err == nil
	return f.err
}

// Commit gives the file its name. It syncs first if that was not done. After
// an error the old file, if there was one, is as it was.
func (f *File) Commit() error {
	if err := f.Sync(); err != nil {
		return err
	}
	if !f.over {
		if err := MayReplace(f.path); err != nil { // it may have come meanwhile
			return err
		}
	}
	if err := os.Rename(f.temp.Name(), f.path); err != nil {
		return err
	}
	f.done = true
	return syncFolder(filepath.Dir(f.path))
}

// sqliteHeader is how ledgers and their backups begin.
const sqliteHeader = "SQLite format 3\x00"

// MayReplace tells whether a file may take the place of what is at the path,
// nothing being there included: [ErrNoFile] or [ErrDatabase] if it may not.
// What is at the end of a symbolic link counts: a name that leads to a ledger
// is as good as the ledger's own.
func MayReplace(path string) error {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s: %w", path, ErrNoFile)
	}
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close() //nolint:errcheck // it was only read
	header := make([]byte, len(sqliteHeader))
	if _, err := io.ReadFull(file, header); err == nil && string(header) == sqliteHeader {
		return fmt.Errorf("%s: %w", path, ErrDatabase)
	}
	return nil
}

// Discard drops the file. After Commit it does nothing, so that it can be
// deferred.
func (f *File) Discard() {
	if f.done {
		return
	}
	f.done = true
	f.err = fs.ErrClosed
	// Neither can be helped here, and what failed before is reported already.
	_ = f.temp.Close()
	_ = os.Remove(f.temp.Name())
}

// leftBehind is after what time a file without its name belongs to nobody any
// more.
const leftBehind = 24 * time.Hour

// Sweep removes from a folder what processes that were killed left behind a
// day ago or more, with what libraries put beside it: it may hold half of
// anything.
func Sweep(folder string, now time.Time) error {
	left, err := filepath.Glob(filepath.Join(escaped(folder), ".bulkpay-*.tmp*"))
	if err != nil {
		return err
	}
	var failed []error
	for _, path := range left {
		info, err := os.Lstat(path)
		if err != nil || !info.Mode().IsRegular() || now.Sub(info.ModTime()) < leftBehind {
			continue
		}
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			failed = append(failed, err)
		}
	}
	return errors.Join(failed...)
}

// escaped is a folder's name in which nothing is a pattern.
func escaped(folder string) string {
	if filepath.Separator == '\\' {
		return folder // there nothing can be escaped
	}
	return strings.NewReplacer("\\", "\\\\", "*", "\\*", "?", "\\?", "[", "\\[").Replace(folder)
}

// Write writes one file whole or not at all: the content that fill gives.
func Write(path string, mode fs.FileMode, fill func(w io.Writer) error) error {
	f, err := Create(path, mode)
	if err != nil {
		return err
	}
	defer f.Discard()
	if err := fill(f); err != nil {
		return err
	}
	return f.Commit()
}
