package xlsx

import (
	"archive/zip"
	"errors"
	"io"
	"path"
	"strings"
)

// archive is the parts of a workbook by name.
type archive struct {
	parts  map[string]*zip.File // by the name [partName] makes of theirs
	limits Limits
}

// openArchive reads the table of contents, and refuses what would be too much.
// The sizes in it can be trusted: archive/zip ends a part that is longer or
// shorter than it says with an error.
func openArchive(src io.ReaderAt, size int64, limits Limits) (*archive, error) {
	table := &tableReader{src: src, left: maxDirectory}
	contents, err := zip.NewReader(table, size)
	switch {
	case errors.Is(err, errTable) || err == nil && len(contents.File) > limits.Parts:
		return nil, errTable
	case err != nil:
		return nil, &Error{Kind: KindDamaged, What: "is no zip archive, or one that was cut off or changed", Err: err}
	}
	table.left = -1
	a := &archive{parts: make(map[string]*zip.File, len(contents.File)), limits: limits}
	var all uint64
	for _, part := range contents.File {
		name := partName(part.Name)
		if strings.HasSuffix(name, "/") {
			continue
		}
		if _, twice := a.parts[name]; twice {
			return nil, &Error{Kind: KindDamaged, Part: part.Name, What: "is there twice"}
		}
		if part.Flags&1 != 0 {
			return nil, &Error{Kind: KindEncrypted, Part: part.Name, What: "is locked with a password"}
		}
		a.parts[name] = part
		if all += min(part.UncompressedSize64, 1<<40); all > uint64(limits.Unzipped) {
			return nil, tooBig("unzips to more than any payout sheet")
		}
	}
	return a, nil
}

var errTable = tooBig("has more parts than any workbook")

// tableReader lets only so much be read while the table of contents is: an
// archive of a million parts is refused before a million parts are in memory.
type tableReader struct {
	src  io.ReaderAt
	left int // bytes; negative once the table is read
}

func (r *tableReader) ReadAt(p []byte, off int64) (int, error) {
	if r.left >= 0 {
		if r.left -= len(p); r.left < 0 {
			r.left = 0
			return 0, errTable
		}
	}
	return r.src.ReadAt(p, off)
}

// partName is a name as parts are compared: without regard to case, and with
// the backslashes that some writers put taken for what they mean.
func partName(name string) string {
	return strings.ToLower(strings.TrimPrefix(strings.ReplaceAll(name, "\\", "/"), "/"))
}

// resolve finds the part that another refers to.
func resolve(from, target string) string {
	target = strings.ReplaceAll(target, "\\", "/")
	if !strings.HasPrefix(target, "/") {
		target = path.Join("/", path.Dir(from), target)
	}
	return partName(path.Clean(target))
}

// open begins to read a part.
func (a *archive) open(name string, limit int64) (io.ReadCloser, error) {
	part, ok := a.parts[name]
	if !ok {
		return nil, &Error{Kind: KindDamaged, Part: name, What: "is not there"}
	}
	if part.UncompressedSize64 > uint64(limit) {
		return nil, &Error{Kind: KindTooBig, Part: part.Name, What: "is bigger than in any payout sheet"}
	}
	content, err := part.Open()
	return content, at(err, part.Name, 0)
}

// read gives a part to a function as a whole. The part's name is added to the
// function's errors.
func (a *archive) read(name string, limit int64, read func(*scanner) error) error {
	content, err := a.open(name, limit)
	if err != nil {
		return err
	}
	defer content.Close()
	part := a.parts[name]
	return at(read(newScanner(content, part.UncompressedSize64)), part.Name, 0)
}
