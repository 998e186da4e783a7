// Package spoolzip writes an excelize workbook in flat memory and always with
// the same bytes. Excelize writes streamed worksheets in the order of a map,
// so that the same workbook has other bytes each time, and it gathers the
// whole zip in memory. Here the parts are compressed into a temporary file and
// then written in the order of their names straight to where the workbook
// goes:
//
//	err := spoolzip.Write(book, w)
package spoolzip

import (
	"archive/zip"
	"cmp"
	"compress/flate"
	"errors"
	"hash"
	"hash/crc32"
	"io"
	"io/fs"
	"slices"
	"sort"

	"github.com/xuri/excelize/v2"

	"github.com/bulkpay/bulkpay/internal/atomicfile"
)

// Write writes a workbook whose rows went through stream writers. The book is
// not to be written again after that, and is the caller's to close.
func Write(book *excelize.File, dst io.Writer) error {
	// excelize appends these in the order of a map. Their type has no name
	// outside it, so the older way of sorting has to do.
	types := book.ContentTypes.Defaults
	sort.Slice(types, func(i, j int) bool { return types[i].Extension < types[j].Extension })
	book.SetZipWriter(func(io.Writer) excelize.ZipWriter { return newSpoolZip(dst) })
	return book.Write(io.Discard) // all goes through the zip writer
}

// spoolZip is the zip writer that excelize fills.
type spoolZip struct {
	dst   io.Writer
	spool *atomicfile.Scratch
	err   error // the first failure; every later call returns it
	parts []*zipPart
	open  *zipPart
}

var _ excelize.ZipWriter = (*spoolZip)(nil)

// zipPart is one file of the zip. It is complete once the next is created.
type zipPart struct {
	name       string
	start      int64
	size       uint64
	compressed uint64
	sum        hash.Hash32
	deflate    *flate.Writer
	out        *atomicfile.Scratch
}

// newSpoolZip cannot fail, as excelize wants it; the first Create will.
func newSpoolZip(dst io.Writer) *spoolZip {
	spool, err := atomicfile.NewScratch()
	return &spoolZip{dst: dst, spool: spool, err: err}
}

// Create begins the next part. What was written to the one before is done.
func (z *spoolZip) Create(name string) (io.Writer, error) {
	if z.end(); z.err != nil {
		return nil, z.err
	}
	start, err := z.spool.Seek(0, io.SeekCurrent)
	if err != nil {
		return nil, err
	}
	part := &zipPart{name: name, start: start, sum: crc32.NewIEEE(), out: z.spool}
	part.deflate, err = flate.NewWriter(compressedCounter{part}, flate.DefaultCompression)
	if err != nil {
		return nil, err
	}
	z.parts, z.open = append(z.parts, part), part
	return part, nil
}

// AddFS is not needed: excelize never calls it.
func (z *spoolZip) AddFS(fs.FS) error { return errors.ErrUnsupported }

// Close writes the zip and drops the temporary file.
func (z *spoolZip) Close() error {
	z.end()
	if z.spool == nil {
		return z.err
	}
	defer z.spool.Close() //nolint:errcheck // nothing in it is needed any more
	if z.err != nil {
		return z.err
	}
	slices.SortFunc(z.parts, func(a, b *zipPart) int { return cmp.Compare(a.name, b.name) })
	w := zip.NewWriter(z.dst)
	for _, part := range z.parts {
		out, err := w.CreateRaw(&zip.FileHeader{
			Name:               part.name,
			Method:             zip.Deflate,
			CRC32:              part.sum.Sum32(),
			CompressedSize64:   part.compressed,
			UncompressedSize64: part.size,
		})
		if err != nil {
			return err
		}
		if _, err := io.Copy(out, io.NewSectionReader(z.spool, part.start, int64(part.compressed))); err != nil {
			return err
		}
	}
	return w.Close()
}

func (z *spoolZip) end() {
	if z.open == nil {
		return
	}
	if err := z.open.deflate.Close(); err != nil && z.err == nil {
		z.err = err
	}
	z.open.deflate = nil // a compressor is large
	z.open = nil
}

func (p *zipPart) Write(text []byte) (int, error) {
	n, err := p.deflate.Write(text)
	p.size += uint64(n)
	p.sum.Write(text[:n])
	return n, err
}

// compressedCounter is where a part's compressor writes.
type compressedCounter struct{ part *zipPart }

func (c compressedCounter) Write(text []byte) (int, error) {
	n, err := c.part.out.Write(text)
	c.part.compressed += uint64(n)
	return n, err
}
