package atomicfile

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

func TestWriteReplacesWhole(t *testing.T) {
	t.Parallel()
	path := existing(t, "old")
	if err := Write(path, 0o640, fill("new")); err != nil {
		t.Fatal(err)
	}
	wantContent(t, path, "new")
	wantOnly(t, path)
	if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o640 {
		t.Fatalf("mode %v, %v", info.Mode(), err)
	}
}

func TestNothingIsLeftOfAFailedWrite(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	path := existing(t, "old")
	err := Write(path, 0o600, func(w io.Writer) error {
		if _, err := io.WriteString(w, "half"); err != nil {
			return err
		}
		return broken
	})
	if !errors.Is(err, broken) {
		t.Fatalf("error %v", err)
	}
	wantContent(t, path, "old")
	wantOnly(t, path)
}

func TestNothingIsLeftOfAPanic(t *testing.T) {
	t.Parallel()
	path := existing(t, "old")
	func() {
		defer func() { _ = recover() }()
		_ = Write(path, 0o600, func(io.Writer) error { panic("fill") })
	}()
	wantContent(t, path, "old")
	wantOnly(t, path)
}

func TestAFolderInTheWayIsNotReplaced(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "report")
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := Write(path, 0o600, fill("new")); err == nil {
		t.Fatal("a folder was replaced")
	}
	wantOnly(t, path)
}

func TestWriteWantsItsFolder(t *testing.T) {
	t.Parallel()
	err := Write(filepath.Join(t.TempDir(), "none", "report"), 0o600, fill("new"))
	if !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("error %v", err)
	}
}

func TestALinkIsReplacedNotFollowed(t *testing.T) {
	t.Parallel()
	target := existing(t, "old")
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(target, link); err != nil {
		t.Skip(err)
	}
	if err := Write(link, 0o600, fill("new")); err != nil {
		t.Fatal(err)
	}
	wantContent(t, target, "old")
	wantContent(t, link, "new")
}

func TestFilesThatBelongTogether(t *testing.T) {
	t.Parallel()
	path := existing(t, "old")
	f, err := Create(path, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Discard()
	if _, err := io.WriteString(f, "new"); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(f.Sync(), f.Sync()); err != nil {
		t.Fatal(err)
	}
	wantContent(t, path, "old") // synced, not yet named
	if err := f.Commit(); err != nil {
		t.Fatal(err)
	}
	f.Discard()
	wantContent(t, path, "new")
	wantOnly(t, path)
}

func TestADiscardedFileIsNeverNamed(t *testing.T) {
	t.Parallel()
	path := existing(t, "old")
	f, err := Create(path, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	f.Discard()
	f.Discard()
	if _, err := f.Write([]byte("x")); !errors.Is(err, fs.ErrClosed) {
		t.Fatalf("write after discard: %v", err)
	}
	if err := f.Commit(); !errors.Is(err, fs.ErrClosed) {
		t.Fatalf("commit after discard: %v", err)
	}
	wantContent(t, path, "old")
	wantOnly(t, path)
}

func fill(content string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, content)
		return err
	}
}

func existing(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "report")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func wantContent(t *testing.T, path, want string) {
	t.Helper()
	got, err := os.ReadFile(path)
	if err != nil || string(got) != want {
		t.Fatalf("%s holds %q, %v; want %q", path, got, err, want)
	}
}

func wantOnly(t *testing.T, path string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(entries) != 1 {
		t.Fatalf("folder holds %v, %v", entries, err)
	}
}
