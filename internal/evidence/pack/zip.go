package pack

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// Methods of ZIP.
const (
	stored   = 0
	deflated = 8
)

// Marks of ZIP's parts (APPNOTE.TXT 6.3.10, section 4.3).
const (
	markMember    = 0x04034b50
	markRecord    = 0x02014b50
	markEnd       = 0x06054b50
	markEnd64     = 0x06064b50
	markLocator64 = 0x07064b50
)

// Lengths of ZIP's parts without names and extra fields.
const (
	memberBytes    = 30
	recordBytes    = 46
	endBytes       = 22
	end64Bytes     = 56
	locator64Bytes = 20
)

const (
	firstDay   = 1<<5 | 1            // 1 January 1980, ZIP's first
	ownersFile = 0o100600 << 16      // a plain file for its owner alone, where that means something
	madeOnUnix = 3 << 8              // who says so
	plain, big = 20, 45              // versions of ZIP: with deflate, with 64-bit sizes
	beyond     = uint64(0xffff_ffff) // stands for: see the extra field
)

// Entry is a member as the archive has it. Its headers are a function of it.
type Entry struct {
	Name     string
	Deflated bool
	CRC      uint32 // of the content
	Packed   int64  // bytes in the archive
	Size     int64  // bytes of the content
	at       int64  // of its header
}

func (e Entry) large() bool { return uint64(e.Packed) >= beyond || uint64(e.Size) >= beyond }

func (e Entry) method() uint16 {
	if e.Deflated {
		return deflated
	}
	return stored
}

func version(large bool) uint16 {
	if large {
		return big
	}
	return plain
}

// short is a number as 32 bits have it.
func short(n int64) uint32 { return uint32(min(uint64(n), beyond)) }

// header is what stands before a member's data.
func (e Entry) header() []byte {
	order := binary.LittleEndian
	b := order.AppendUint32(make([]byte, 0, memberBytes+len(e.Name)+20), markMember)
	b = order.AppendUint16(b, version(e.large()))
	b = e.appendFacts(b, e.large())
	var extra []byte
	if e.large() {
		extra = order.AppendUint16(extra, 1)
		extra = order.AppendUint16(extra, 16)
		extra = order.AppendUint64(extra, uint64(e.Size))
		extra = order.AppendUint64(extra, uint64(e.Packed))
	}
	b = order.AppendUint16(b, uint16(len(e.Name)))
	b = order.AppendUint16(b, uint16(len(extra)))
	return append(append(b, e.Name...), extra...)
}

// appendFacts adds what header and record have in common: no flags, method,
// time, checksum, sizes.
func (e Entry) appendFacts(b []byte, large bool) []byte {
	order := binary.LittleEndian
	b = order.AppendUint16(b, 0)
	b = order.AppendUint16(b, e.method())
	b = order.AppendUint16(b, 0)
	b = order.AppendUint16(b, firstDay)
	b = order.AppendUint32(b, e.CRC)
	if large {
		return order.AppendUint64(b, ^uint64(0))
	}
	b = order.AppendUint32(b, short(e.Packed))
	return order.AppendUint32(b, short(e.Size))
}

// record is the member's entry in the directory.
func (e Entry) record() []byte {
	order := binary.LittleEndian
	far := uint64(e.at) >= beyond
	var extra []byte
	if e.large() || far {
		extra = order.AppendUint16(extra, 1)
		extra = order.AppendUint16(extra, 0)
		if e.large() {
			extra = order.AppendUint64(extra, uint64(e.Size))
			extra = order.AppendUint64(extra, uint64(e.Packed))
		}
		if far {
			extra = order.AppendUint64(extra, uint64(e.at))
		}
		order.PutUint16(extra[2:], uint16(len(extra)-4))
	}
	b := order.AppendUint32(make([]byte, 0, recordBytes+len(e.Name)+len(extra)), markRecord)
	b = order.AppendUint16(b, madeOnUnix|version(e.large() || far))
	b = order.AppendUint16(b, version(e.large() || far))
	b = e.appendFacts(b, e.large())
	b = order.AppendUint16(b, uint16(len(e.Name)))
	b = order.AppendUint16(b, uint16(len(extra)))
	b = append(b, make([]byte, 6)...) // no comment, first disk, nothing about the content
	b = order.AppendUint32(b, ownersFile)
	b = order.AppendUint32(b, short(e.at))
	return append(append(b, e.Name...), extra...)
}

// directory is all that follows the members, which end at a place.
func directory(entries []Entry, at int64) []byte {
	order := binary.LittleEndian
	var b []byte
	for _, e := range entries {
		b = append(b, e.record()...)
	}
	size := int64(len(b))
	if uint64(at) >= beyond {
		b = order.AppendUint32(b, markEnd64)
		b = order.AppendUint64(b, end64Bytes-12)
		b = order.AppendUint16(b, madeOnUnix|big)
		b = order.AppendUint16(b, big)
		b = append(b, make([]byte, 8)...) // one disk
		b = order.AppendUint64(b, uint64(len(entries)))
		b = order.AppendUint64(b, uint64(len(entries)))
		b = order.AppendUint64(b, uint64(size))
		b = order.AppendUint64(b, uint64(at))
		b = order.AppendUint32(b, markLocator64)
		b = order.AppendUint32(b, 0)
		b = order.AppendUint64(b, uint64(at+size))
		b = order.AppendUint32(b, 1)
	}
	b = order.AppendUint32(b, markEnd)
	b = append(b, make([]byte, 4)...) // one disk
	b = order.AppendUint16(b, uint16(len(entries)))
	b = order.AppendUint16(b, uint16(len(entries)))
	b = order.AppendUint32(b, uint32(size))
	b = order.AppendUint32(b, short(at))
	return append(b, 0, 0) // no comment
}

// zipWriter writes members one after the other.
type zipWriter struct {
	to      io.Writer
	at      int64
	entries []Entry
}

func (z *zipWriter) write(b []byte) error {
	n, err := z.to.Write(b)
	z.at += int64(n)
	return err
}

// add writes a member whose data is ready.
func (z *zipWriter) add(e Entry, data io.Reader) error {
	if err := goodName(e.Name); err != nil {
		return err
	}
	if len(z.entries) == MaxMembers {
		return fmt.Errorf("more than %d members", MaxMembers)
	}
	e.at = z.at
	if err := z.write(e.header()); err != nil {
		return err
	}
	n, err := io.Copy(z.to, data)
	z.at += n
	if err == nil && n != e.Packed {
		err = errors.New("its data is not as long as was said")
	}
	z.entries = append(z.entries, e)
	return err
}

func (z *zipWriter) finish() error { return z.write(directory(z.entries, z.at)) }
