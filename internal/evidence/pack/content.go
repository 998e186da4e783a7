package pack

import (
	"bufio"
	"compress/flate"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"sync"
)

// Measured is what the bytes of a member turned out to be.
type Measured struct {
	PackedSHA256 string // of the bytes in the archive, hex
	SHA256       string // of the content, hex
	Size         int64  // of the content
	CRC          uint32
}

// ErrDamaged is a member whose data cannot be its content.
var ErrDamaged = errors.New("its data is damaged")

// Measure reads a member once and copies its content to a writer, which may
// be nil. The error is ErrDamaged if the data cannot be inflated to the size
// that the headers say, with what could be measured until then; any other one
// is of reading, of the writer or of the context.
func (a *Archive) Measure(ctx context.Context, e Entry, to io.Writer) (Measured, error) {
	if to == nil {
		to = io.Discard
	}
	k := kits.Get().(*kit) //nolint:errcheck,forcetypeassert // there is nothing else in it
	defer kits.Put(k)
	packed, content, crc := sha256.New(), sha256.New(), crc32.NewIEEE()
	from := &limited{ctx: ctx, left: e.Size}
	from.r = k.inflated(e, io.TeeReader(io.NewSectionReader(a.r, e.at+int64(len(e.header())), e.Packed), packed))
	_, err := io.CopyBuffer(io.MultiWriter(to, content, crc), from, k.buffer)
	if err == nil && from.left > 0 {
		err = fmt.Errorf("%w: it ends early", ErrDamaged)
	}
	if rest, failed := k.rest(); err == nil && failed == nil && rest > 0 {
		err = fmt.Errorf("%w: something follows its content", ErrDamaged)
	} else if failed != nil {
		err = errors.Join(err, failed)
	}
	return Measured{hexOf(packed), hexOf(content), e.Size - from.left, crc.Sum32()}, err
}

// kit is what reading a member takes, used again for the next one.
type kit struct {
	data    *bufio.Reader
	inflate io.ReadCloser
	buffer  []byte
}

var kits = sync.Pool{New: func() any {
	data := bufio.NewReaderSize(nil, 1<<16)
	return &kit{data, flate.NewReader(data), make([]byte, 1<<15)}
}}

// inflated is a member's content out of its data. The flate reader takes not
// a byte more than it needs, so that what follows can be seen.
func (k *kit) inflated(e Entry, data io.Reader) io.Reader {
	k.data.Reset(data)
	if !e.Deflated {
		return k.data
	}
	if err := k.inflate.(flate.Resetter).Reset(k.data, nil); err != nil {
		panic(err) // it never fails
	}
	return k.inflate
}

// rest reads to the end of the data.
func (k *kit) rest() (n int64, err error) {
	for {
		got, err := k.data.Read(k.buffer)
		n += int64(got)
		if errors.Is(err, io.EOF) {
			return n, nil
		}
		if err != nil {
			return n, err
		}
	}
}

func hexOf(h hash.Hash) string { return hex.EncodeToString(h.Sum(nil)) }

// limited gives no more than was announced, and names what is wrong with
// deflated data by one error.
type limited struct {
	ctx  context.Context
	r    io.Reader
	left int64
}

func (l *limited) Read(p []byte) (int, error) {
	if err := l.ctx.Err(); err != nil {
		return 0, err
	}
	if l.left == 0 { // the end of the data must be here, too
		var one [1]byte
		n, err := io.ReadFull(l.r, one[:])
		switch {
		case n > 0:
			return 0, fmt.Errorf("%w: it is longer than was announced", ErrDamaged)
		case errors.Is(err, io.EOF):
			return 0, io.EOF
		}
		return 0, damage(err)
	}
	n, err := l.r.Read(p[:min(int64(len(p)), l.left)])
	l.left -= int64(n)
	return n, damage(err)
}

// damage turns what flate says into ErrDamaged.
func damage(err error) error {
	var corrupt flate.CorruptInputError
	if errors.As(err, &corrupt) || errors.Is(err, io.ErrUnexpectedEOF) {
		return ErrDamaged
	}
	return err
}

// ReadSmall is the content of a member of at most so many bytes.
func (a *Archive) ReadSmall(ctx context.Context, e Entry, most int64) ([]byte, error) {
	if e.Size > most {
		return nil, fmt.Errorf("is larger than %d bytes", most)
	}
	var text writer
	_, err := a.Measure(ctx, e, &text)
	return text, err
}

type writer []byte

func (w *writer) Write(p []byte) (int, error) { *w = append(*w, p...); return len(p), nil }
