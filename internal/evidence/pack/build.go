package pack

import (
	"bufio"
	"bytes"
	"compress/flate"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/bulkpay/bulkpay/internal/atomicfile"
)

// Builder gathers members, each in a temporary file that has no name any more
// where the system allows it, and writes the pack when all are there. It is
// for one goroutine.
type Builder struct {
	staged []staged
	files  []*atomicfile.Scratch
}

type staged struct {
	Entry
	measured Measured
	what     string
	file     *atomicfile.Scratch
}

// NewBuilder begins a pack. Close it when done.
func NewBuilder() *Builder { return &Builder{} }

// squeezed are the kinds of file in which nothing is left to deflate.
var squeezed = []string{".xlsx", ".pdf", ".zip", ".png"}

// Add adds a member: its content is what fill writes, and what says to people
// what it is. Members may be added in any order.
func (b *Builder) Add(name, what string, fill func(io.Writer) error) error {
	if err := goodName(name); err != nil {
		return err
	}
	if last(name) > 0 || slices.ContainsFunc(b.staged, func(s staged) bool { return s.Name == name }) {
		return fmt.Errorf("%s: is there already", name)
	}
	s, err := b.stage(!slices.Contains(squeezed, strings.ToLower(path.Ext(name))), fill)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	s.Name, s.what = name, what
	if s.Size > freeBytes && s.Size/maxRatio > s.Packed {
		again := s
		s, err = b.stage(false, func(w io.Writer) error {
			if _, err := again.file.Seek(0, io.SeekStart); err != nil {
				return err
			}
			_, err := io.Copy(w, flate.NewReader(bufio.NewReader(again.file)))
			return err
		})
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		s.Name, s.what = name, what
	}
	b.staged = append(b.staged, s)
	return nil
}

// stage writes a member's data to a file.
func (b *Builder) stage(deflate bool, fill func(io.Writer) error) (s staged, err error) {
	file, err := b.scratch()
	if err != nil {
		return s, err
	}
	packed, content, crc := sha256.New(), sha256.New(), crc32.NewIEEE()
	buffer := bufio.NewWriterSize(file, 1<<16)
	lies, is := &counter{w: io.MultiWriter(buffer, packed)}, &counter{}
	finish := buffer.Flush
	is.w = io.MultiWriter(lies, content, crc)
	if deflate {
		squeeze, err := flate.NewWriter(lies, flate.DefaultCompression)
		if err != nil {
			return s, err
		}
		is.w = io.MultiWriter(squeeze, content, crc)
		finish = func() error { return errors.Join(squeeze.Close(), buffer.Flush()) }
	}
	if err := fill(is); err != nil {
		return s, err
	}
	if err := finish(); err != nil {
		return s, err
	}
	return staged{
		Entry:    Entry{Deflated: deflate, CRC: crc.Sum32(), Packed: lies.n, Size: is.n},
		measured: Measured{hexOf(packed), hexOf(content), is.n, crc.Sum32()},
		file:     file,
	}, nil
}

func (b *Builder) scratch() (*atomicfile.Scratch, error) {
	file, err := atomicfile.NewScratch()
	if err == nil {
		b.files = append(b.files, file)
	}
	return file, err
}

// counter counts what is written.
type counter struct {
	w io.Writer
	n int64
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}

// Write writes the pack. Format and Members of the manifest are filled in. It
// returns the root digest.
func (b *Builder) Write(to io.Writer, m Manifest) (root string, err error) {
	slices.SortFunc(b.staged, func(x, y staged) int { return strings.Compare(x.Name, y.Name) })
	m.Format, m.Members = Format, []Member{}
	z := &zipWriter{to: to}
	for _, s := range b.staged {
		m.Members = append(m.Members, Member{s.Name, s.what, s.Size, s.measured.SHA256, packedOf(s.Entry, s.measured)})
		if _, err := s.file.Seek(0, io.SeekStart); err != nil {
			return "", err
		}
		if err := z.add(s.Entry, s.file); err != nil {
			return "", fmt.Errorf("%s: %w", s.Name, err)
		}
	}
	text, err := m.text()
	if err != nil {
		return "", err
	}
	root = digest(text)
	for _, small := range []struct {
		name string
		text []byte
	}{{ManifestName, text}, {SumsName, m.sums(root)}} {
		size := int64(len(small.text))
		e := Entry{Name: small.name, CRC: crc32.ChecksumIEEE(small.text), Packed: size, Size: size}
		if err := z.add(e, bytes.NewReader(small.text)); err != nil {
			return "", err
		}
	}
	return root, z.finish()
}

// Close gives the temporary files back.
func (b *Builder) Close() error {
	var errs []error
	for _, file := range b.files {
		errs = append(errs, file.Close())
	}
	b.files, b.staged = nil, nil
	return errors.Join(errs...)
}
