package pack

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// Finding is something that is not as it must be.
type Finding struct {
	Member string // its name, or [TheDirectory], or [TheArchive]
	Where  string // "event 12", "row 40", "line 3"; "": the member as a whole
	Why    string // no contents
}

// Where a finding is that is in no member.
const (
	TheDirectory = "the archive's directory"
	TheArchive   = "the archive"
)

// ErrNotAPack is a file that is no archive of ours, or none that can be read
// any more.
var ErrNotAPack = errors.New("not an evidence pack, or damaged beyond reading")

// Archive is an open pack.
type Archive struct {
	Entries []Entry
	r       io.ReaderAt
}

// Entry finds a member.
func (a *Archive) Entry(name string) (Entry, bool) {
	for _, e := range a.Entries {
		if e.Name == name {
			return e, true
		}
	}
	return Entry{}, false
}

// Open reads headers and directory, which say everything twice, and finds
// every byte of them that is not as [Entry] makes it, whatever lies between or
// after the members, and members out of order. Where the two contradict one
// another it goes on with the one that makes sense. It reads no data.
func Open(r io.ReaderAt, size int64) (*Archive, []Finding, error) {
	o := opening{r: r, size: size}
	listed, start, listErr := o.directory()
	walked, end, walkErr := o.walk(listErr != nil)
	entries, at := walked, end
	switch {
	case listErr != nil && walkErr != nil:
		return nil, nil, fmt.Errorf("%w: %w", ErrNotAPack, listErr)
	case listErr != nil:
		o.find(TheDirectory, "cannot be read: %v", listErr)
	case walkErr != nil:
		entries, at = listed, start
		o.find(o.culprit(listed), "its header cannot be read: %v", walkErr)
	default:
		o.compare(listed, walked)
	}
	o.canonical(entries, at)
	return &Archive{Entries: entries, r: r}, o.found, nil
}

// opening is an archive that is being opened.
type opening struct {
	r     io.ReaderAt
	size  int64
	found []Finding
}

func (o *opening) find(member, why string, args ...any) {
	o.found = append(o.found, Finding{Member: member, Why: fmt.Sprintf(why, args...)})
}

// bytes reads a part of the file that must be there.
func (o *opening) bytes(at, n int64) ([]byte, error) {
	if at < 0 || n < 0 || at > o.size || n > o.size-at {
		return nil, errors.New("it reaches beyond the end of the file")
	}
	b := make([]byte, n)
	_, err := io.ReadFull(io.NewSectionReader(o.r, at, n), b)
	return b, err
}

// directory reads the archive from its end.
func (o *opening) directory() (entries []Entry, start int64, err error) {
	order := binary.LittleEndian
	end, err := o.bytes(o.size-endBytes, endBytes)
	if err != nil || order.Uint32(end) != markEnd {
		return nil, 0, errors.New("the archive does not end as one does")
	}
	count, size, at := uint64(order.Uint16(end[10:])), int64(order.Uint32(end[12:])), int64(order.Uint32(end[16:]))
	if uint64(at) == beyond {
		end64, err := o.bytes(o.size-endBytes-locator64Bytes-end64Bytes, end64Bytes)
		if err != nil || order.Uint32(end64) != markEnd64 {
			return nil, 0, errors.New("the end of a large archive is missing")
		}
		at = int64(order.Uint64(end64[48:]))
	}
	if size > maxDirectory || count > MaxMembers {
		return nil, 0, errors.New("it is longer than that of a pack")
	}
	text, err := o.bytes(at, size)
	if err != nil {
		return nil, 0, err
	}
	for len(text) > 0 {
		e, rest, err := readRecord(text)
		if err != nil {
			return nil, 0, err
		}
		entries, text = append(entries, e), rest
	}
	return entries, at, o.laidOut(entries, at)
}

// laidOut checks that members lie one after the other, as far as the
// directory.
func (o *opening) laidOut(entries []Entry, start int64) error {
	at := int64(0)
	for _, e := range entries {
		if e.at != at || e.Packed < 0 || e.Packed > o.size {
			return errors.New("the members do not lie one after the other")
		}
		at += int64(len(e.header())) + e.Packed
	}
	if at != start || len(entries) == 0 {
		return errors.New("the members do not reach to the directory")
	}
	return nil
}

func readRecord(text []byte) (e Entry, rest []byte, err error) {
	order := binary.LittleEndian
	if len(text) < recordBytes || order.Uint32(text) != markRecord {
		return e, nil, errors.New("an entry is none")
	}
	e.Deflated, e.CRC = order.Uint16(text[10:]) == deflated, order.Uint32(text[16:])
	e.Packed, e.Size, e.at = int64(order.Uint32(text[20:])), int64(order.Uint32(text[24:])), int64(order.Uint32(text[42:]))
	name, extra := int(order.Uint16(text[28:])), int(order.Uint16(text[30:]))
	if len(text) < recordBytes+name+extra {
		return e, nil, errors.New("an entry is cut off")
	}
	text = text[recordBytes:]
	e.Name = string(text[:name])
	e.widen(text[name:name+extra], &e.at)
	return e, text[name+extra:], goodEntry(e)
}

// widen takes sizes from the extra field of a large member; at is nil where
// the field has no place.
func (e *Entry) widen(extra []byte, at *int64) {
	wide := []*int64{&e.Size, &e.Packed}
	if uint64(e.Size) != beyond {
		wide = nil
	}
	if at != nil && uint64(*at) == beyond {
		wide = append(wide, at)
	}
	if len(extra) != 4+8*len(wide) || len(wide) == 0 {
		return
	}
	for i, to := range wide {
		*to = int64(binary.LittleEndian.Uint64(extra[4+8*i:]))
	}
}

// goodEntry refuses what no pack has before anything is done with it.
func goodEntry(e Entry) error {
	switch {
	case e.Packed < 0 || e.Size < 0 || e.at < 0:
		return errors.New("a size is none")
	case !e.Deflated && e.Packed != e.Size, e.Size > freeBytes && e.Size/maxRatio > e.Packed:
		return fmt.Errorf("%q: its sizes cannot be those of a member of a pack", e.Name)
	}
	return goodName(e.Name)
}

// walk reads the archive from its beginning, from member to member, up to the
// directory, or, if that is to be done without, to whatever comes after the
// members.
func (o *opening) walk(alone bool) (entries []Entry, end int64, err error) {
	order, at := binary.LittleEndian, int64(0)
	for {
		head, err := o.bytes(at, memberBytes)
		if err != nil {
			return nil, 0, err
		}
		if mark := order.Uint32(head); mark != markMember {
			if len(entries) > 0 && (alone || mark == markRecord) {
				return entries, at, nil
			}
			return nil, 0, fmt.Errorf("there is no member at byte %d", at)
		}
		e := Entry{Deflated: order.Uint16(head[8:]) == deflated, CRC: order.Uint32(head[14:]), at: at}
		e.Packed, e.Size = int64(order.Uint32(head[18:])), int64(order.Uint32(head[22:]))
		name, extra := int64(order.Uint16(head[26:])), int64(order.Uint16(head[28:]))
		more, err := o.bytes(at+memberBytes, name+extra)
		if err != nil {
			return nil, 0, err
		}
		e.Name = string(more[:name])
		e.widen(more[name:], nil)
		if err := goodEntry(e); err != nil {
			return nil, 0, err
		}
		entries = append(entries, e)
		if len(entries) > MaxMembers || e.Packed > o.size {
			return nil, 0, errors.New("there are more members, or larger ones, than a pack has")
		}
		at += memberBytes + name + extra + e.Packed
	}
}

// culprit is the first member whose header is not what the directory says.
func (o *opening) culprit(listed []Entry) string {
	for _, e := range listed {
		want := e.header()
		if got, err := o.bytes(e.at, int64(len(want))); err != nil || !bytes.Equal(got, want) {
			return e.Name
		}
	}
	return TheDirectory
}

// compare holds directory and headers against one another.
func (o *opening) compare(listed, walked []Entry) {
	if len(listed) != len(walked) {
		o.find(TheDirectory, "lists %d members, and there are %d", len(listed), len(walked))
		return
	}
	for i, e := range walked {
		if listed[i] != e {
			o.find(e.Name, "its header and %s contradict one another", TheDirectory)
		}
	}
}

// canonical holds every header, the directory and the order of the members
// against what they must be.
func (o *opening) canonical(entries []Entry, at int64) {
	for i, e := range entries {
		want := e.header()
		if got, err := o.bytes(e.at, int64(len(want))); err != nil || !bytes.Equal(got, want) {
			o.find(e.Name, "its header is not as one of a pack")
		}
		if i > 0 && !before(entries[i-1].Name, e.Name) {
			o.find(e.Name, "is out of order, or there twice")
		}
	}
	want := directory(entries, at)
	got, err := o.bytes(at, min(o.size-at, maxDirectory+endBytes+locator64Bytes+end64Bytes))
	if err != nil || at+int64(len(want)) != o.size || !bytes.Equal(got, want) {
		o.find(TheDirectory, "is not as that of a pack with these members, or something follows it")
	}
}
