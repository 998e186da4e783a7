package export

import (
	"database/sql"

	_ "modernc.org/sqlite" // the ledger's file, past the ledger
)

// checkpoint tries to empty the log; busy is whether somebody reads what
// stands in it.
func (b *bench) checkpoint() (busy bool) {
	b.t.Helper()
	db, err := sql.Open("sqlite", "file:"+b.Path())
	must(b.t, err)
	defer db.Close()
	var logged, moved int
	must(b.t, db.QueryRow("PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &logged, &moved))
	return busy
}
