package atomicfile

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

const ledgerBytes = sqliteHeader + "payouts"

// A slip of the tab key must not cost the books.
func TestADatabaseIsNotReplacedByAReport(t *testing.T) {
	t.Parallel()
	path := existing(t, ledgerBytes)
	if err := Write(path, 0o600, fill("new")); !errors.Is(err, ErrDatabase) {
		t.Fatalf("error %v", err)
	}
	wantContent(t, path, ledgerBytes)
	wantOnly(t, path)
}

func TestANameThatLeadsToADatabaseIsNotReplacedEither(t *testing.T) {
	t.Parallel()
	target := existing(t, ledgerBytes)
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(target, link); err != nil {
		t.Skip(err)
	}
	if err := Write(link, 0o600, fill("new")); !errors.Is(err, ErrDatabase) {
		t.Fatalf("error %v", err)
	}
	wantContent(t, link, ledgerBytes)
}

func TestADatabaseThatCameMeanwhileIsNotReplaced(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "report")
	f, err := Create(path, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Discard()
	if err := os.WriteFile(path, []byte(ledgerBytes), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := f.Commit(); !errors.Is(err, ErrDatabase) {
		t.Fatalf("error %v", err)
	}
	f.Discard()
	wantContent(t, path, ledgerBytes)
	wantOnly(t, path)
}

func TestABackupReplacesAnOlderOne(t *testing.T) {
	t.Parallel()
	path := existing(t, ledgerBytes)
	f, err := Replace(path, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Discard()
	if err := errors.Join(fill("new")(f), f.Commit()); err != nil {
		t.Fatal(err)
	}
	wantContent(t, path, "new")
}

func TestADeviceIsNotReplaced(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("there is none")
	}
	link := filepath.Join(t.TempDir(), "null")
	if err := os.Symlink(os.DevNull, link); err != nil {
		t.Skip(err)
	}
	if err := Write(link, 0o600, fill("new")); !errors.Is(err, ErrNoFile) {
		t.Fatalf("error %v", err)
	}
}
