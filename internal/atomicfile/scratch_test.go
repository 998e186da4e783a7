package atomicfile

import (
	"io"
	"os"
	"runtime"
	"testing"
)

func TestScratchIsGoneBeforeItIsUsed(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	t.Setenv("TMP", os.Getenv("TMPDIR"))
	s, err := NewScratch()
	if err != nil {
		t.Fatal(err)
	}
	left := func() int {
		entries, err := os.ReadDir(os.Getenv("TMPDIR"))
		if err != nil {
			t.Fatal(err)
		}
		return len(entries)
	}
	if runtime.GOOS != "windows" && left() != 0 {
		t.Error("a killed process would leave it behind")
	}
	if _, err := s.WriteString("kept"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Seek(0, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	if text, err := io.ReadAll(s); err != nil || string(text) != "kept" {
		t.Errorf("read back %q, %v", text, err)
	}
	if err := s.Close(); err != nil || left() != 0 {
		t.Errorf("%d files left, %v", left(), err)
	}
}
