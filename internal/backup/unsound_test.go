package backup

import (
	"database/sql"
	"errors"
	"path/filepath"
	"testing"

	_ "modernc.org/sqlite" // the ledger's file, past the ledger
)

// A ledger that somebody has changed must not push out the last sound backup.
func TestAnUnsoundLedgerDoesNotReplaceASoundBackup(t *testing.T) {
	t.Parallel()
	book := newBook(t, 3)
	path := filepath.Join(t.TempDir(), "b.db")
	_, err := Make(t.Context(), book, path, Options{})
	must(t, err)
	db, err := sql.Open("sqlite", "file:"+book.Path())
	must(t, err)
	_, err = db.Exec("UPDATE payouts SET message = 'paid, honestly' WHERE row = 2")
	must(t, err)
	must(t, db.Close())
	made, err := Make(t.Context(), book, path, Options{Replace: true})
	if !errors.Is(err, ErrUnsound) || len(made.Verification.Findings) == 0 {
		t.Errorf("error %v, found %v", err, made.Verification.Findings)
	}
	alone(t, path)
	made, err = Check(t.Context(), path)
	must(t, err)
	if len(made.Verification.Findings) > 0 {
		t.Errorf("found %v", made.Verification.Findings)
	}
}
