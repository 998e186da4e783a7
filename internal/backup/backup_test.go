package backup

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/bulkpay/bulkpay/internal/money"
	"github.com/bulkpay/bulkpay/ledger"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// newBook is a ledger with a batch of n payouts.
func newBook(t *testing.T, n int) *ledger.Ledger {
	t.Helper()
	book, err := ledger.Create(context.Background(), filepath.Join(t.TempDir(), "book.db"), ledger.Options{})
	must(t, err)
	t.Cleanup(func() { must(t, book.Close()) })
	m, err := book.Merchant(t.Context(), ledger.Merchant{Name: "acme", Area: "MX", Currency: money.MXN, MerchantNo: "1", Gateway: "sandbox"})
	must(t, err)
	rows := iter.Seq2[ledger.NewRow, error](func(yield func(ledger.NewRow, error) bool) {
		for i := range n {
			row := ledger.NewRow{
				Row: i + 2, Amount: money.FromMinor(money.MXN, 100), Readable: true, PayeeName: "n", PayeeAccount: fmt.Sprint(i),
				Fields: map[string]string{"a": "b"}, Fingerprint: fmt.Append(nil, i),
			}
			if !yield(row, nil) {
				return
			}
		}
	})
	_, err = book.Import(t.Context(), ledger.NewBatch{
		Merchant: m, Source: "s.csv", Original: ledger.Text("s"), Actor: "maria", Content: func() string { return "s" },
	}, rows)
	must(t, err)
	return book
}

func alone(t *testing.T, path string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(path))
	must(t, err)
	for _, entry := range entries {
		if entry.Name() != filepath.Base(path) {
			t.Errorf("%s is left", entry.Name())
		}
	}
}

func TestABackupIsWholeAndItsOwnersAlone(t *testing.T) {
	t.Parallel()
	book := newBook(t, 20)
	path := filepath.Join(t.TempDir(), "b.db")
	made, err := Make(t.Context(), book, path, Options{})
	must(t, err)
	alone(t, path)
	info, err := os.Stat(path)
	must(t, err)
	if runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 || info.Size() != made.Bytes || made.Payouts != 20 {
		t.Errorf("%v, %d bytes: %+v", info.Mode(), info.Size(), made)
	}
	again, err := Check(t.Context(), path)
	must(t, err)
	if again.CopyMark != made.CopyMark || len(again.Verification.Findings) > 0 {
		t.Errorf("made %+v, found %+v", made, again)
	}
	alone(t, path) // looking leaves nothing beside it
}

func TestNothingButABackupIsReplaced(t *testing.T) {
	t.Parallel()
	book, other := newBook(t, 2), newBook(t, 3)
	folder := t.TempDir()
	path := filepath.Join(folder, "b.db")
	_, err := Make(t.Context(), book, path, Options{})
	must(t, err)
	before, err := os.ReadFile(path)
	must(t, err)
	if _, err := Make(t.Context(), other, path, Options{}); !errors.Is(err, ErrExists) {
		t.Errorf("error %v", err)
	}
	if after, err := os.ReadFile(path); err != nil || string(after) != string(before) {
		t.Error("it was replaced")
	}
	made, err := Make(t.Context(), other, path, Options{Replace: true})
	must(t, err)
	if made.Payouts != 3 {
		t.Errorf("it has %d payouts", made.Payouts)
	}

	text, link := filepath.Join(folder, "text"), filepath.Join(folder, "link")
	must(t, os.WriteFile(text, []byte(strings.Repeat("mine", 100)), 0o600))
	must(t, os.Symlink(other.Path(), link))
	used := filepath.Join(folder, "used.db")
	_, err = Make(t.Context(), book, used, Options{})
	must(t, err)
	must(t, os.WriteFile(used+".witness", nil, 0o600)) // payouts were sent from it
	for _, path := range []string{text, link, folder, used, other.Path(), book.Path()} {
		if _, err := Make(t.Context(), book, path, Options{Replace: true}); !errors.Is(err, ErrNoBackup) {
			t.Errorf("%s: error %v", filepath.Base(path), err)
		}
	}
}

// A backup that is given up, or finds no room, leaves the one before it.
func TestABackupThatFailsLeavesTheOneBefore(t *testing.T) {
	if testing.Short() {
		t.Skip("one goroutine, and long under the race detector")
	}
	t.Parallel()
	book := newBook(t, 3000)
	path := filepath.Join(t.TempDir(), "b.db")
	_, err := Make(t.Context(), book, path, Options{})
	must(t, err)
	ctx, stop := context.WithCancel(t.Context())
	_, err = Make(ctx, book, path, Options{Replace: true, Progress: func(int, int) { stop() }})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	alone(t, path)
	if _, err := Make(t.Context(), book, filepath.Join(filepath.Dir(path), "none", "b.db"), Options{}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error %v", err)
	}
	made, err := Check(t.Context(), path)
	must(t, err)
	if made.Payouts != 3000 || len(made.Verification.Findings) > 0 {
		t.Errorf("the one before is %+v", made)
	}
}
