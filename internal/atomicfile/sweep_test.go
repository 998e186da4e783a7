package atomicfile

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestSweepRemovesWhatWasLeftBehindAndNothingElse(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "re[po]rts")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	for name, age := range map[string]time.Duration{
		".bulkpay-old.tmp": 25 * time.Hour, ".bulkpay-new.tmp": time.Hour, ".bulkpay-old.tmp-journal": 25 * time.Hour, "report.csv": 1000 * time.Hour, ".bulkpay-x": 1000 * time.Hour,
	} {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, now.Add(-age), now.Add(-age)); err != nil {
			t.Fatal(err)
		}
	}
	if err := Sweep(folder, now); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{".bulkpay-old.tmp": false, ".bulkpay-new.tmp": true, ".bulkpay-old.tmp-journal": false, "report.csv": true, ".bulkpay-x": true} {
		if _, err := os.Stat(filepath.Join(folder, name)); (err == nil) != want {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := Sweep(filepath.Join(folder, "nowhere"), now); err != nil {
		t.Error(err)
	}
}
