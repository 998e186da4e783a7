package ledger

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"
)

// sheetOf is a batch to be made of these bytes.
func (d *desk) sheetOf(file []byte) NewBatch {
	n := d.sheet()
	sum := sha256.Sum256(file)
	n.SourceSHA256 = hex.EncodeToString(sum[:])
	n.Original = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(file)), nil }
	return n
}

func (d *desk) source(b Batch) []byte {
	d.t.Helper()
	r, err := d.ledger().Source(d.t.Context(), b)
	must(d.t, err)
	must(d.t, iotest.TestReader(r, d.mustRead(b)))
	return d.mustRead(b)
}

func (d *desk) mustRead(b Batch) []byte {
	d.t.Helper()
	r, err := d.ledger().Source(d.t.Context(), b)
	must(d.t, err)
	file, err := io.ReadAll(r)
	must(d.t, err)
	return file
}

// noise are bytes that cannot be squeezed.
func noise(n int) []byte {
	random, file := rand.NewChaCha8([32]byte{7}), make([]byte, n)
	_, _ = random.Read(file) // it never fails
	return file
}

func TestAFileIsNeverGivenBackOtherThanItCame(t *testing.T) {
	t.Parallel()
	d := setup(t)
	for name, file := range map[string][]byte{
		"one byte":          {0},
		"text":              []byte("name;amount\r\nJosé;1,50\r\n"),
		"a piece exactly":   noise(chunkBytes),
		"a piece and a bit": noise(chunkBytes + 1),
		"several pieces":    noise(3*chunkBytes + 17),
		"nothing but zeros": make([]byte, 2*chunkBytes+5),
	} {
		b, err := d.Import(t.Context(), d.sheetOf(file), plainRows(2))
		must(t, err)
		equal(t, name+": size", b.SourceSize, int64(len(file)))
		if !bytes.Equal(d.source(b), file) {
			t.Errorf("%s: came back changed", name)
		}
	}
	rapid.Check(t, func(rt *rapid.T) {
		file := rapid.SliceOfN(rapid.Byte(), 1, 4096).Draw(rt, "file")
		b, err := d.Import(t.Context(), d.sheetOf(file), plainRows(1))
		ok(rt, err)
		if !bytes.Equal(d.mustRead(b), file) {
			rt.Error("came back changed")
		}
	})
}

func TestAnImportWithoutItsFileNeverHappens(t *testing.T) {
	t.Parallel()
	torn := errors.New("the disk is gone")
	for name, change := range map[string]func(*NewBatch){
		"none":             func(n *NewBatch) { n.Original = nil },
		"empty":            func(n *NewBatch) { n.SourceSHA256, n.Original = "", Text("") },
		"another":          func(n *NewBatch) { n.Original = Text("saved in between") },
		"cannot be opened": func(n *NewBatch) { n.Original = func() (io.ReadCloser, error) { return nil, torn } },
		"cannot be read": func(n *NewBatch) {
			n.Original = func() (io.ReadCloser, error) { return io.NopCloser(iotest.ErrReader(torn)), nil }
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := setup(t)
			n := d.sheet()
			change(&n)
			_, err := d.Import(t.Context(), n, plainRows(2))
			if err == nil || strings.HasPrefix(name, "cannot") && !errors.Is(err, torn) || name == "another" && !errors.Is(err, ErrSourceChanged) {
				t.Fatal(err)
			}
			var left int
			must(t, d.ledger().q.QueryRowContext(t.Context(), "SELECT (SELECT count(*) FROM sources) + (SELECT count(*) FROM source_chunks)").Scan(&left))
			equal(t, "left of it", left, 0)
		})
	}
}

func TestTheSameFileIsNeverKeptTwice(t *testing.T) {
	t.Parallel()
	d := setup(t)
	file := noise(2*chunkBytes + 1)
	first, err := d.Import(t.Context(), d.sheetOf(file), plainRows(1))
	must(t, err)
	second, err := d.Import(t.Context(), d.sheetOf(file), plainRows(1))
	must(t, err)
	third, err := d.Import(t.Context(), d.sheetOf([]byte("another")), plainRows(1))
	must(t, err)
	var sources, chunks int
	must(t, d.ledger().q.QueryRowContext(t.Context(), "SELECT (SELECT count(*) FROM sources), (SELECT count(*) FROM source_chunks)").Scan(&sources, &chunks))
	equal(t, "kept", []int{sources, chunks}, []int{2, 4})
	if !bytes.Equal(d.source(first), file) || !bytes.Equal(d.source(second), file) || string(d.source(third)) != "another" {
		t.Error("a file came back as another one")
	}
}

// TestABatchOfAnOlderBulkpayIsNeverFoundUnsound makes one as a ledger has it
// that was made before files were kept.
func TestABatchOfAnOlderBulkpayIsNeverFoundUnsound(t *testing.T) {
	t.Parallel()
	d := setup(t)
	d.tampered = true
	b := d.batch(2)
	db := raw(t, d.ledger().Path())
	for _, statement := range []string{
		"DROP TRIGGER sources_are_kept", "DROP TRIGGER source_chunks_are_kept", "DROP TRIGGER events_do_not_change",
		"DELETE FROM source_chunks", "DELETE FROM sources",
		"UPDATE events SET evidence = CAST(json_remove(evidence, '$.sourceSize') AS BLOB) WHERE kind = 'imported'",
	} {
		_, err := db.Exec(statement)
		must(t, err)
	}
	imported := all(t, d.ledger().BatchEvents(t.Context(), b.ID))
	equal(t, "events", len(imported), 1)
	hash := imported[0].chain(make([]byte, hashBytes))
	for _, statement := range []string{"UPDATE events SET hash = ?", "UPDATE head SET hash = ?"} {
		_, err := db.Exec(statement, hash)
		must(t, err)
	}
	d.isClean()
	old, err := d.ledger().BatchByID(t.Context(), b.ID)
	must(t, err)
	if _, err := d.ledger().Source(t.Context(), old); !errors.Is(err, ErrNoSource) {
		t.Error(err)
	}
}

func TestAFileOfAnySizeNeverFillsTheMemory(t *testing.T) {
	d := setup(t) // not parallel: it measures
	const size = 64 << 20
	n := d.sheet()
	n.SourceSHA256 = ""
	n.Original = func() (io.ReadCloser, error) { return io.NopCloser(io.LimitReader(zeros{}, size)), nil }
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	b, err := d.Import(t.Context(), n, plainRows(1))
	must(t, err)
	r, err := d.ledger().Source(t.Context(), b)
	must(t, err)
	read, err := io.Copy(io.Discard, r)
	must(t, err)
	equal(t, "read", read, int64(size))
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapSys) - int64(before.HeapSys); grown > size/2 {
		t.Errorf("the heap has grown by %d bytes", grown)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }
