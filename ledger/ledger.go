package ledger

import (
	"context"
	"crypto/rand"
	"database/sql"
	"embed"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
	_ "modernc.org/sqlite" // the database/sql driver
)

// Errors that callers tell apart.
var (
	ErrNoLedger   = errors.New("no ledger")                                       // the file does not exist
	ErrNotALedger = errors.New("not a ledger")                                    // it exists and is something else
	ErrNewer      = errors.New("ledger was made by a newer bulkpay")              // its schema is ahead of this program
	ErrOlder      = errors.New("made by an older bulkpay")                        // a copy that is only looked at is not brought up to date
	ErrInUse      = errors.New("it is in use: a log or a witness lies beside it") // a file that should lie still
	ErrNotFound   = errors.New("not in the ledger")
	ErrLocked     = errors.New("another run holds the ledger")
	ErrLeaseLost  = errors.New("another run has taken over the ledger")
)

// applicationID marks the file as ours in SQLite's header: "bulk" in ASCII.
const applicationID = 0x62756c6b

// pragmas stand in the DSN, so that every pooled connection has them. FULL
// is what makes an intent durable before a request leaves (P2). The busy
// time-out outlasts an import of a million rows by another process.
const pragmas = "_txlock=immediate" + commonPragmas + "&_pragma=cache_size(-32768)"

// readPragmas open connections that can never write and whose transactions
// take no lock.
const readPragmas = "_txlock=deferred" + commonPragmas + "&_pragma=cache_size(-8192)&_pragma=query_only(1)"

const commonPragmas = "" +
	"&_pragma=busy_timeout(60000)" +
	"&_pragma=journal_mode(WAL)" +
	"&_pragma=synchronous(FULL)" +
	"&_pragma=foreign_keys(1)" +
	"&_pragma=journal_size_limit(67108864)"

// readers is how many reading connections are kept. Their number has no
// limit: a stream that waits for another one's connection would wait for ever.
const readers = 4

// Options are the seams of a ledger.
type Options struct {
	Now    func() time.Time // nil: time.Now
	Random io.Reader        // nil: crypto/rand; numbers are drawn from it
	Host   string           // nil: the machine's name; told apart in leases

	// Commit is a seam for tests that simulate the death of a process at every
	// commit. It is asked just before (false) and just after (true) each one,
	// with the name of the write, and never for two at once. An error is the
	// end of this process as far as the book is concerned: nothing is written
	// through this Ledger any more, and every later write returns that error.
	// It must not write to the book itself.
	Commit func(write string, committed bool) error
}

// Ledger is an open book. Close it when done.
type Ledger struct {
	View
	path   string
	writer *sql.DB // one connection: writes take turns
	reader *sql.DB
	now    func() time.Time
	random io.Reader
	host   string
	stmts  statements
	seam   seam
	attach sync.Mutex // one temporary file at a time
}

// Create opens the ledger at path and makes it if it does not exist, for its
// owner's eyes only.
func Create(ctx context.Context, path string, o Options) (*Ledger, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	switch {
	case err == nil:
		if err := file.Close(); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
	case !errors.Is(err, fs.ErrExist):
		return nil, fmt.Errorf("ledger: %w", err)
	}
	return Open(ctx, path, o)
}

// Open opens an existing ledger and brings its schema up to date. A missing
// file is ErrNoLedger.
func Open(ctx context.Context, path string, o Options) (*Ledger, error) {
	if resolved, err := filepath.EvalSymlinks(path); err == nil {
		path = resolved // the log and the locks lie beside the file itself
	}
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: %w", path, ErrNoLedger)
	}
	if err != nil {
		return nil, fmt.Errorf("ledger: %w", err)
	}
	if err := isLedger(path); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		// It holds account numbers: whatever copied it here, others have no
		// business in it. Nothing is given to anybody: a ledger that its owner
		// has made read-only stays so.
		if err := os.Chmod(path, info.Mode().Perm()&0o700); err != nil {
			return nil, fmt.Errorf("ledger: %w", err)
		}
	}
	if err := mayWrite(path); err != nil {
		return nil, err
	}
	l := &Ledger{path: path, now: o.Now, random: o.Random, host: o.Host, seam: seam{ask: o.Commit}}
	if l.now == nil {
		l.now = time.Now
	}
	if l.random == nil {
		l.random = rand.Reader
	}
	if l.host == "" {
		l.host = hostname()
	}
	if err := l.connectPatiently(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", path, err), l.Close())
	}
	return l, nil
}

// Path is the file the ledger lives in.
func (l *Ledger) Path() string { return l.path }

// Close closes the file. Leases must be released before.
func (l *Ledger) Close() error {
	var errs []error
	for _, db := range []*sql.DB{l.reader, l.writer} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	return errors.Join(errs...)
}

// mayWrite finds out whether the file can be written before SQLite looks at it,
// which would make its other files beside it with the same mode: they would
// stand in the way when the file itself has become writable again.
func mayWrite(path string) error {
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	return file.Close()
}

// hostname is the machine's name. Machines that do not know theirs must not
// take one another for themselves.
func hostname() string {
	if name, err := os.Hostname(); err == nil && name != "" {
		return name
	}
	return "unnamed-" + uuid.NewString()
}

// isLedger looks at a file's first bytes before anything is done to it:
// opening a database may already change it. A file that is still empty is
// being made by another process.
func isLedger(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close() //nolint:errcheck // it was only read
	var header [72]byte
	n, err := io.ReadFull(file, header[:])
	switch {
	case errors.Is(err, io.EOF):
		return nil
	case err != nil && !errors.Is(err, io.ErrUnexpectedEOF):
		return err
	case n < len(header) || string(header[:16]) != "SQLite format 3\x00":
		return ErrNotALedger
	}
	id := binary.BigEndian.Uint32(header[68:])
	if id == 0 && beingMade(path, file) {
		return nil
	}
	if id != applicationID {
		return ErrNotALedger
	}
	return nil
}

// beingMade tells whether a database may be a ledger that another process is
// making right now: nothing but its first page, or a log beside it in which
// the mark may still stand.
func beingMade(path string, file *os.File) bool {
	const largestPage = 65536
	if info, err := file.Stat(); err == nil && info.Size() <= largestPage && emptySchema(file) {
		return true
	}
	_, err := os.Stat(path + "-wal")
	return err == nil
}

// emptySchema tells whether a database has no tables: the first page is then
// a leaf without cells.
func emptySchema(file *os.File) bool {
	var page [5]byte
	if _, err := file.ReadAt(page[:], 100); err != nil {
		return true
	}
	return binary.BigEndian.Uint16(page[3:]) == 0
}

// Several processes that open a new file at once can get in one another's
// way while it is made: switching to WAL does not wait its turn.
const (
	connectTries = 200
	connectPause = 25 * time.Millisecond
)

func (l *Ledger) connectPatiently(ctx context.Context) error {
	for try := 1; ; try++ {
		err := l.connect(ctx)
		if sqliteCode(err)&0xff != codeBusy || try == connectTries || ctx.Err() != nil {
			return err
		}
		if err := l.Close(); err != nil {
			return err
		}
		time.Sleep(connectPause)
	}
}

func (l *Ledger) connect(ctx context.Context) error {
	var err error
	if l.writer, err = sql.Open("sqlite", dsn(l.path, pragmas)); err != nil {
		return err
	}
	l.writer.SetMaxOpenConns(1)
	if err := migrate(ctx, l.writer); err != nil {
		return err
	}
	if err := l.stmts.prepare(ctx, l.writer); err != nil {
		return err
	}
	if l.reader, err = sql.Open("sqlite", dsn(l.path, readPragmas)); err != nil {
		return err
	}
	l.reader.SetMaxIdleConns(readers)
	l.View = View{&prepared{db: l.reader, stmts: map[string]*sql.Stmt{}}}
	return nil
}

func dsn(path, query string) string {
	if absolute, err := filepath.Abs(path); err == nil {
		path = absolute
	}
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // C:/… on Windows
	}
	return (&url.URL{Scheme: "file", Path: path, RawQuery: query}).String()
}

//go:embed migrations/*.sql
var migrations embed.FS

// scripts are the migrations in the order of their names.
func scripts() ([]string, error) {
	names, err := fs.Glob(migrations, "migrations/*.sql")
	slices.Sort(names)
	return names, err
}

// schemaVersion is the user_version of an up-to-date ledger.
func schemaVersion() (int, error) {
	names, err := scripts()
	return len(names), err
}

// migrate applies the numbered files beyond the file's user_version, each in
// a transaction of its own.
func migrate(ctx context.Context, db *sql.DB) error {
	names, err := scripts()
	if err != nil {
		return err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return openError(err)
	}
	defer tx.Rollback() //nolint:errcheck // after a commit it does nothing
	var version, id, tables int
	err = tx.QueryRowContext(ctx, `SELECT (SELECT user_version FROM pragma_user_version),
		(SELECT application_id FROM pragma_application_id), (SELECT count(*) FROM sqlite_schema)`).Scan(&version, &id, &tables)
	if err != nil {
		return openError(err)
	}
	switch {
	case tables > 0 && id != applicationID:
		return ErrNotALedger
	case version > len(names):
		return ErrNewer
	case version == len(names):
		return nil
	}
	for _, name := range names[version:] {
		script, err := migrations.ReadFile(name)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, string(script)); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	mark := fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d", applicationID, len(names))
	if _, err := tx.ExecContext(ctx, mark); err != nil {
		return err
	}
	return tx.Commit()
}

// openError names the two ways in which a file that is there cannot be used.
func openError(err error) error {
	if code := sqliteCode(err); code == codeNotADatabase || code == codeCorrupt {
		return fmt.Errorf("%w: %w", ErrNotALedger, err)
	}
	return err
}
