package ledger

import (
	"bytes"
	"compress/flate"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"strings"
)

// Errors about the files that batches were made of.
var (
	// ErrNoSource is a batch of an older bulkpay, which did not keep the file.
	ErrNoSource = errors.New("the file it was made of is not kept")
	// ErrSourceChanged is a file that is not the one that was announced, or
	// that is not any more what it was when it was imported.
	ErrSourceChanged = errors.New("the file is not the one that was imported")
)

// chunkBytes is how much of a file is held at once. It must not grow: what
// is written must be read by every later version.
const chunkBytes = 1 << 20

// Source opens the file a batch was made of. What is read from it is exactly
// what was imported: instead of io.EOF comes ErrSourceChanged if it is not.
// The reader holds at most a piece of 1 MiB, and nothing to be closed.
// Of a batch that an older bulkpay has made there is ErrNoSource.
func (v View) Source(ctx context.Context, batch Batch) (io.Reader, error) {
	r := &sourceReader{ctx: ctx, q: v.q, sha256: batch.SourceSHA256, sum: sha256.New()}
	err := v.q.QueryRowContext(ctx, "SELECT id, size FROM sources WHERE sha256 = ?", batch.SourceSHA256).Scan(&r.id, &r.size)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("batch %s: %s: %w", batch.Code, batch.Source, ErrNoSource)
	}
	if err != nil {
		return nil, cancelled(ctx, err)
	}
	return r, nil
}

// Text is the original of a batch that no file was given for.
func Text(text string) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }
}

// sourceReader reads a file piece by piece.
type sourceReader struct {
	ctx    context.Context
	q      querier
	id     int64
	size   int64
	sha256 string

	n    int // the next piece
	read int64
	sum  hash.Hash
	left []byte // of the piece before
	err  error
}

func (r *sourceReader) Read(p []byte) (int, error) {
	for len(r.left) == 0 && r.err == nil {
		r.next()
	}
	if len(r.left) == 0 {
		return 0, r.err
	}
	n := copy(p, r.left)
	r.left = r.left[n:]
	return n, nil
}

// next inflates the next piece, or finds out whether the end is the end.
func (r *sourceReader) next() {
	var deflated []byte
	err := r.q.QueryRowContext(r.ctx, "SELECT data FROM source_chunks WHERE source_id = ? AND n = ?", r.id, r.n).Scan(&deflated)
	if errors.Is(err, sql.ErrNoRows) {
		r.err = io.EOF
		if r.read != r.size || hex.EncodeToString(r.sum.Sum(nil)) != r.sha256 {
			r.err = ErrSourceChanged
		}
		return
	}
	if err != nil {
		r.err = cancelled(r.ctx, err)
		return
	}
	// What is longer than a piece was not written here.
	piece, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(deflated)), chunkBytes+1))
	if err != nil || len(piece) > chunkBytes {
		r.err = ErrSourceChanged
		return
	}
	r.n, r.left, r.read = r.n+1, piece, r.read+int64(len(piece))
	r.sum.Write(piece) // a hash never returns an error
}

// keepSource writes the file of an import, in the import's own transaction,
// and finds its digest and size. A file that is there already is not written
// a second time.
func (i *importing) keepSource() error {
	if i.n.Original == nil {
		return errors.New("ledger: an import needs the bytes of its source (NewBatch.Original)")
	}
	if _, err := i.ExecContext(i.ctx, "SAVEPOINT source"); err != nil {
		return err
	}
	original, err := i.n.Original()
	if err != nil {
		return err
	}
	sum, size, err := i.writeSource(original)
	if err := errors.Join(err, original.Close()); err != nil {
		return fmt.Errorf("%s: %w", i.n.Source, err)
	}
	switch {
	case size == 0:
		return fmt.Errorf("%s: is empty", i.n.Source)
	case i.n.SourceSHA256 != "" && i.n.SourceSHA256 != sum:
		return fmt.Errorf("%s: %w", i.n.Source, ErrSourceChanged)
	}
	i.n.SourceSHA256, i.sourceSize = sum, size
	var there int
	if err := i.QueryRowContext(i.ctx, "SELECT count(*) FROM sources WHERE sha256 = ?", sum).Scan(&there); err != nil {
		return err
	}
	end := "RELEASE source"
	if there > 0 {
		end = "ROLLBACK TO source"
	} else if _, err := i.ExecContext(i.ctx, "INSERT INTO sources (id, sha256, size) VALUES ((SELECT coalesce(max(id), 0) + 1 FROM sources), ?, ?)", sum, size); err != nil {
		return err
	}
	_, err = i.ExecContext(i.ctx, end)
	return err
}

// writeSource writes the pieces of the file under the next number.
func (i *importing) writeSource(original io.Reader) (digest string, size int64, err error) {
	sum, piece := sha256.New(), make([]byte, chunkBytes)
	var deflated bytes.Buffer
	squeeze, err := flate.NewWriter(&deflated, flate.BestSpeed)
	if err != nil {
		return "", 0, err
	}
	for n := 0; ; n++ {
		got, err := io.ReadFull(original, piece)
		if errors.Is(err, io.EOF) {
			return hex.EncodeToString(sum.Sum(nil)), size, nil
		}
		if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
			return "", 0, err
		}
		sum.Write(piece[:got]) // a hash never returns an error
		size += int64(got)
		deflated.Reset()
		squeeze.Reset(&deflated)
		if _, err := squeeze.Write(piece[:got]); err != nil {
			return "", 0, err
		}
		if err := squeeze.Close(); err != nil {
			return "", 0, err
		}
		if _, err := i.ExecContext(i.ctx, `INSERT INTO source_chunks (source_id, n, data)
			VALUES ((SELECT coalesce(max(id), 0) + 1 FROM sources), ?, ?)`, n, deflated.Bytes()); err != nil {
			return "", 0, err
		}
	}
}

// sources reads every file that is kept and holds it against its digest.
func (c *checker) sources(ctx context.Context) error {
	scan := func(rows *sql.Rows) (*sourceReader, error) {
		r := &sourceReader{ctx: ctx, q: c.q, sum: sha256.New()}
		return r, rows.Scan(&r.id, &r.sha256, &r.size)
	}
	for r, err := range query(ctx, c.q, scan, "SELECT id, sha256, size FROM sources ORDER BY id") {
		if err != nil {
			return err
		}
		c.found.Sources++
		_, err := io.Copy(io.Discard, r)
		switch {
		case errors.Is(err, ErrSourceChanged):
			err = c.find("source "+r.sha256, "is not the file that was imported: its bytes do not have this digest")
		case err == nil:
			err = c.pieces(ctx, r)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// pieces finds pieces that no reading comes to, and files of no batch.
func (c *checker) pieces(ctx context.Context, r *sourceReader) error {
	var more, batches int
	err := c.q.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM source_chunks WHERE source_id = ? AND n >= ?),
		(SELECT count(*) FROM batches WHERE source_sha256 = ?)`, r.id, r.n, r.sha256).Scan(&more, &batches)
	switch {
	case err != nil:
		return cancelled(ctx, err)
	case more > 0:
		return c.find("source "+r.sha256, "has pieces beyond its end")
	case batches == 0:
		return c.find("source "+r.sha256, "is the file of no batch")
	}
	return nil
}
