// Package backup makes copies of a ledger that can be trusted: taken of one
// moment, also during a run, verified before they have their name, whole or not
// there at all.
//
//	made, err := backup.Make(ctx, book, "/backup/monday.db", backup.Options{})
//	made, err := backup.Check(ctx, "/backup/monday.db")
//
// A backup is a ledger with a mark in it (see [ledger.CopyMark]). It can be read
// by every command and by other programs, wherever it lies; nothing is sent from it
// until it stands in the place of the ledger beside the witness, and that witness
// knows of nothing that was sent since, or until a person adopts it.
package backup

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/bulkpay/bulkpay/internal/atomicfile"
	"github.com/bulkpay/bulkpay/ledger"
)

// Errors that callers tell apart.
var (
	ErrExists   = errors.New("there is a file of that name")
	ErrNoBackup = errors.New("there is something else of that name than a backup") // it is never replaced
	ErrUnsound  = errors.New("the copy is not sound, and was dropped")             // the findings are in Made
)

// Options are what a person may want otherwise.
type Options struct {
	Replace  bool                  // a backup of the same name
	Progress func(done, total int) // told of pages copied; nil: nobody
	Now      func() time.Time      // nil: time.Now
}

// Made is a backup and what was found in it.
type Made struct {
	ledger.CopyMark
	Bytes        int64
	Verification ledger.Verification
}

// Make copies a ledger to a new file that its owner alone can read, verifies
// the copy and then gives it its name. After any error the name is as it
// was. A copy in which anything is found is dropped: ErrUnsound, and the
// ledger itself wants to be verified.
func Make(ctx context.Context, book *ledger.Ledger, path string, o Options) (made Made, err error) {
	if err := mayBeWritten(ctx, book.Path(), path, o.Replace); err != nil {
		return made, err
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if err := atomicfile.Sweep(filepath.Dir(path), o.Now()); err != nil {
		return made, fmt.Errorf("backup: %w", err)
	}
	file, err := atomicfile.Replace(path, 0o600) // mayBeWritten has looked
	if err != nil {
		return made, fmt.Errorf("backup: %w", err)
	}
	defer func() {
		for _, suffix := range []string{"-journal", "-wal", "-shm"} {
			_ = os.Remove(file.TempName() + suffix) // SQLite's own, of a copy that was given up
		}
		file.Discard()
	}()
	if _, err := book.Copy(ctx, file.TempName(), o.Progress); err != nil {
		return made, err
	}
	// Only what is on the disk is verified.
	if err := file.Sync(); err != nil {
		return made, fmt.Errorf("backup: %w", err)
	}
	if made, err = Check(ctx, file.TempName()); err != nil {
		return made, err
	}
	if len(made.Verification.Findings) > 0 {
		return made, fmt.Errorf("%s: %w", path, ErrUnsound)
	}
	return made, file.Commit()
}

// Check verifies a backup: the database itself, the chain of events, every
// payout, every batch, and that it has what the ledger had. What is found is
// in Made, and no error.
func Check(ctx context.Context, path string) (made Made, err error) {
	made.CopyMark, made.Verification, err = ledger.VerifyCopy(ctx, path)
	if err != nil {
		return made, err
	}
	info, err := os.Stat(path)
	if err == nil {
		made.Bytes = info.Size()
	}
	return made, err
}

// mayBeWritten keeps a backup from taking the place of anything that is none: the
// ledger itself above all.
func mayBeWritten(ctx context.Context, book, path string, replace bool) error {
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	if its, err := os.Stat(book); err == nil {
		if target, err := os.Stat(path); err == nil && os.SameFile(its, target) {
			return fmt.Errorf("%s: %w: it is the ledger", path, ErrNoBackup)
		}
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%s: %w", path, ErrNoBackup)
	}
	if !replace {
		return fmt.Errorf("%s: %w", path, ErrExists)
	}
	if _, err := ledger.MarkOf(ctx, path); err != nil {
		return fmt.Errorf("%w: %w", ErrNoBackup, err)
	}
	return nil
}
