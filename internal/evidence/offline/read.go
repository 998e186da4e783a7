package offline

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"iter"

	"github.com/bulkpay/bulkpay/internal/evidence/pack"
)

// errUnreadable is a member that ends in the middle of something; that it is
// damaged has been found before.
var errUnreadable = errors.New("cannot be read to its end")

// open reads a member's content as a stream. It must be closed.
func (c *checker) open(name string) io.ReadCloser {
	e, _ := c.archive.Entry(name) // a member that is missing is empty
	from, to := io.Pipe()
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, err := c.archive.Measure(c.ctx, e, to)
		_ = to.CloseWithError(err) // it never fails
	}()
	return &stream{from, done}
}

// stream waits for whoever fills it.
type stream struct {
	*io.PipeReader
	done chan struct{}
}

func (s *stream) Close() error {
	err := s.PipeReader.Close()
	<-s.done
	return err
}

// guard lets no more be read between two pauses than a record may have, for
// readers that would hold any length.
type guard struct {
	io.Reader
	left int
}

func (g *guard) pause() { g.left = pack.MaxLine }

func (g *guard) Read(p []byte) (int, error) {
	if g.left <= 0 {
		return 0, bufio.ErrTooLong
	}
	n, err := g.Reader.Read(p[:min(len(p), g.left)])
	g.left -= n
	return n, err
}

// records reads a member in JSON Lines. A line that cannot be read is found
// and left out; at the end of what can be read the records end.
func records[T any](c *checker, name string) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		from := c.open(name)
		defer from.Close() //nolint:errcheck // it was only read
		lines := bufio.NewScanner(from)
		lines.Buffer(make([]byte, 0, 1<<16), pack.MaxLine)
		for n := 1; lines.Scan(); n++ {
			var record T
			if err := json.Unmarshal(lines.Bytes(), &record); err != nil {
				if err := c.find(name, at("line", n), "cannot be read"); err != nil {
					yield(none, err)
					return
				}
				continue
			}
			if !yield(record, nil) {
				return
			}
		}
		if err := c.broken(name, lines.Err()); err != nil {
			yield(none, err)
		}
	}
}

// broken finds a member that cannot be read to its end; other errors are not
// the pack's.
func (c *checker) broken(name string, err error) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case err == nil:
		return nil
	case errors.Is(err, pack.ErrDamaged), errors.Is(err, bufio.ErrTooLong), errors.As(err, &syntax), errors.As(err, &kind), errors.Is(err, io.ErrUnexpectedEOF):
		return c.find(name, "", "%v", errUnreadable)
	}
	return err
}

// readBatch reads batch.json.
func (c *checker) readBatch() (ok bool, err error) {
	from := c.open(pack.BatchName)
	defer from.Close() //nolint:errcheck // it was only read
	text, err := io.ReadAll(io.LimitReader(from, pack.MaxLine))
	if err := c.broken(pack.BatchName, err); err != nil {
		return false, err
	}
	if err := json.NewDecoder(bytes.NewReader(text)).Decode(&c.batch); err != nil {
		return false, c.find(pack.BatchName, "", "cannot be read")
	}
	c.Merchant = c.batch.Merchant
	if c.batch.Code != c.manifest.Batch {
		return true, c.find(pack.BatchName, "", "is about another batch than the manifest")
	}
	return true, nil
}
