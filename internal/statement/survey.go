package statement

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"github.com/bulkpay/bulkpay/internal/textfile"
)

// bytesOf is what one pass over all bytes of a file shows.
type bytesOf struct {
	sha256 [32]byte
	size   int64
	head   []byte // the first of them
	nulls  [2]int // zero bytes at even and at odd places
	badAt  int    // the line of the first byte that is not UTF-8; 0 without
	ascii  bool

	feeds int
	carry []byte
}

// surveyBytes reads a file once, for its hash and its encoding.
func surveyBytes(file *os.File) (*bytesOf, error) {
	info, err := file.Stat()
	switch {
	case err != nil:
		return nil, err
	case info.IsDir():
		return nil, Problem{What: "is a folder", Want: "a statement"}
	case info.Size() > maxBytes:
		return nil, Problem{What: fmt.Sprintf("has more than %d GB", int64(maxBytes>>30)), Want: "a file for each month"}
	case info.Size() == 0:
		return nil, Problem{What: "is empty", Want: "a statement"}
	}
	b := &bytesOf{ascii: true}
	sum := sha256.New()
	buffer := make([]byte, sniffBytes)
	for {
		n, err := file.Read(buffer)
		sum.Write(buffer[:n])
		b.take(buffer[:n])
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
	}
	if len(b.carry) > 0 && b.badAt == 0 {
		b.badAt = b.feeds + 1
	}
	sum.Sum(b.sha256[:0])
	return b, nil
}

func (b *bytesOf) take(data []byte) {
	if len(b.head) == 0 {
		b.head = bytes.Clone(data)
	}
	if bytes.IndexByte(data, 0) >= 0 {
		for i, one := range data {
			if one == 0 {
				b.nulls[(b.size+int64(i))&1]++
			}
		}
	}
	b.size += int64(len(data))
	if b.badAt == 0 {
		b.takeUTF8(append(b.carry, data...))
	}
}

// takeUTF8 looks for the first byte that is not UTF-8, and keeps the beginning of a
// character that the read has cut off.
func (b *bytesOf) takeUTF8(data []byte) {
	valid := textfile.ValidPrefix(data)
	b.feeds += bytes.Count(data[:valid], []byte{'\n'})
	for _, one := range data[:valid] {
		if one >= utf8.RuneSelf {
			b.ascii = false
			break
		}
	}
	rest := data[valid:]
	b.carry = nil
	if len(rest) == 0 {
		return
	}
	b.ascii = false
	if utf8.FullRune(rest) {
		b.badAt = b.feeds + 1
		return
	}
	b.carry = bytes.Clone(rest)
}

// charset is in which encoding a file is, where that can be proved.
func (b *bytesOf) charset() (found textfile.Charset, proved bool) {
	const mostlyOneSided = 20
	even, odd := b.nulls[0], b.nulls[1]
	switch {
	case bytes.HasPrefix(b.head, []byte("\xff\xfe")):
		return textfile.UTF16LE, true
	case bytes.HasPrefix(b.head, []byte("\xfe\xff")):
		return textfile.UTF16BE, true
	case even+odd > 0 && odd > mostlyOneSided*even:
		return textfile.UTF16LE, true
	case even+odd > 0 && even > mostlyOneSided*odd:
		return textfile.UTF16BE, true
	case b.badAt == 0:
		return textfile.UTF8, true
	}
	return textfile.Windows1252, false
}

func wantEncoding() string { return "one of the encodings " + strings.Join(textfile.Names(), ", ") }
