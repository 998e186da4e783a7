package ledger

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func TestAMissingFileIsNeverMadeByOpen(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "none.db")
	if _, err := Open(t.Context(), path, Options{}); !errors.Is(err, ErrNoLedger) {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Fatal("it was made")
	}
	if _, err := Create(t.Context(), filepath.Join(t.TempDir(), "no", "folder", "x.db"), Options{}); err == nil {
		t.Fatal("made in a folder that does not exist")
	}
}

func TestAnotherFileIsNeverTakenForALedger(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	text := filepath.Join(folder, "salaries.csv")
	must(t, os.WriteFile(text, []byte(strings.Repeat("name,account\n", 1000)), 0o600))
	short := filepath.Join(folder, "short")
	must(t, os.WriteFile(short, []byte("xy"), 0o600))
	foreign := filepath.Join(folder, "browser.db")
	db, err := sql.Open("sqlite", foreign)
	must(t, err)
	_, err = db.Exec("CREATE TABLE cookies (x)")
	must(t, err)
	must(t, db.Close())
	must(t, os.Chmod(foreign, 0o600))
	for _, path := range []string{text, short, foreign} {
		for name, open := range map[string]func(context.Context, string, Options) (*Ledger, error){"open": Open, "create": Create} {
			if l, err := open(t.Context(), path, Options{}); !errors.Is(err, ErrNotALedger) {
				t.Errorf("%s %s: %v, %v", name, filepath.Base(path), l, err)
			}
		}
	}
	if _, err := Open(t.Context(), folder, Options{}); err == nil {
		t.Error("a folder was opened")
	}
}

func TestANewerLedgerIsNeverTouched(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "book.db")
	l, err := Create(t.Context(), path, Options{})
	must(t, err)
	must(t, l.Close())
	_, err = raw(t, path).Exec("PRAGMA user_version = 9000")
	must(t, err)
	if _, err := Open(t.Context(), path, Options{}); !errors.Is(err, ErrNewer) {
		t.Fatal(err)
	}
}

func TestNobodyElseCanEverReadTheBook(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("permissions are lists there")
	}
	d := setup(t)
	d.batch(3)
	path := d.ledger().Path()
	for _, suffix := range []string{"", "-wal", "-shm", ".1.lock"} {
		info, err := os.Stat(path + suffix)
		must(t, err)
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v", suffix, info.Mode())
		}
	}
	lax := filepath.Join(t.TempDir(), "copied.db")
	must(t, openSQLite(t, lax, Options{}).Close())
	must(t, os.Chmod(lax, 0o644))
	openSQLite(t, lax, Options{})
	info, err := os.Stat(lax)
	must(t, err)
	if info.Mode().Perm() != 0o600 {
		t.Errorf("a copy stays at %v", info.Mode())
	}
}

func TestNoCharacterOfAPathIsEverMistaken(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"a b?#%.db", "100%25.db", "ñandú;x=1&_pragma=synchronous(OFF).db", "it's \"quoted\".db", ":memory:", "-v.db"} {
		folder := t.TempDir()
		path := filepath.Join(folder, name)
		l := openSQLite(t, path, Options{})
		must(t, l.Note(t.Context(), 0, "me", "here", "", nil))
		again := openSQLite(t, path, Options{})
		v, err := again.Verify(t.Context())
		must(t, err)
		equal(t, name, v.Events, 1)
		entries, err := os.ReadDir(folder)
		must(t, err)
		for _, entry := range entries {
			if !strings.HasPrefix(entry.Name(), name) {
				t.Errorf("%s: left %s", name, entry.Name())
			}
		}
	}
}

// TestNoConnectionIsEverLessThanDurable reads the pragmas back from the
// connections that are used: a setting made once on a pool is lost with the
// connection that had it.
func TestNoConnectionIsEverLessThanDurable(t *testing.T) {
	t.Parallel()
	l := setup(t).ledger()
	for name, db := range map[string]*sql.DB{"writer": l.writer, "reader": l.reader} {
		for pragma, want := range map[string]string{"synchronous": "2", "journal_mode": "wal", "foreign_keys": "1", "busy_timeout": "60000"} {
			var got string
			must(t, db.QueryRow("PRAGMA "+pragma).Scan(&got))
			equal(t, name+" "+pragma, got, want)
		}
	}
	if _, err := l.reader.Exec("INSERT INTO merchants (name, area, currency, merchant_no, gateway, created_at) VALUES ('x', '', '', '', '', 1)"); err == nil {
		t.Error("a reader wrote")
	}
}

func TestTheSameSeedNeverGivesAnotherBook(t *testing.T) {
	t.Parallel()
	var heads [2]string
	for i := range heads {
		d := setup(t)
		b := d.batch(50)
		for _, p := range d.claim(b, 10) {
			d.record(answer(p, Paid))
		}
		v, err := d.Verify(t.Context())
		must(t, err)
		heads[i] = v.Head + b.Code
	}
	equal(t, "head", heads[1], heads[0])
}

func TestARandomSourceThatFailsNeverGivesANumber(t *testing.T) {
	t.Parallel()
	clock := newClock()
	l := openSQLite(t, filepath.Join(t.TempDir(), "book.db"), Options{Now: clock.now, Random: strings.NewReader("short")})
	d := &desk{store: l, t: t, clock: clock}
	d.merchant = d.register("acme-mx")
	if _, err := l.Import(t.Context(), d.sheet(), plainRows(1)); err == nil {
		t.Fatal("imported")
	}
}
