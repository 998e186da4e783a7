package handback

import (
	"archive/zip"
	"context"
	"errors"
	"io"
	"io/fs"
	"path"
	"strings"
	"time"
)

// Limits on what is read, in bytes as they unzip.
const (
	maxSheetBytes  = 4 << 30  // of the worksheet, which streams
	maxPartBytes   = 64 << 20 // of each part that is held
	maxParts       = 50_000
	maxCopiedBytes = 4 << 30 // of all other parts, zipped
)

// archive is a workbook's zip. Names are looked up as OPC does: in any case,
// with either slash, with or without one in front.
type archive struct {
	files  []*zip.File
	byName map[string]*zip.File
}

func openArchive(src io.ReaderAt, size int64) (*archive, error) {
	reader, err := zip.NewReader(src, size)
	if err != nil {
		return nil, refuseFor("is not a workbook in the XLSX format", err)
	}
	if len(reader.File) > maxParts {
		return nil, refuse("has more parts than any workbook")
	}
	a := &archive{files: reader.File, byName: make(map[string]*zip.File, len(reader.File))}
	var all uint64
	for _, file := range reader.File {
		key := partKey(file.Name)
		if _, twice := a.byName[key]; twice {
			return nil, refuse("has a part twice")
		}
		a.byName[key] = file
		all += file.CompressedSize64
	}
	if all > maxCopiedBytes {
		return nil, refuse("is larger than any payout sheet")
	}
	return a, nil
}

func partKey(name string) string {
	return strings.ToLower(strings.TrimPrefix(strings.ReplaceAll(name, `\`, "/"), "/"))
}

func (a *archive) has(name string) bool { return a.byName[partKey(name)] != nil }

// open streams a part of at most limit bytes.
func (a *archive) open(name string, limit int64) (io.ReadCloser, error) {
	file := a.byName[partKey(name)]
	if file == nil {
		return nil, refuse("lacks the part " + path.Base(name))
	}
	content, err := file.Open()
	if err != nil {
		return nil, asRefusal(err)
	}
	return &limited{content, limit}, nil
}

// read returns a whole part.
func (a *archive) read(name string) ([]byte, error) {
	content, err := a.open(name, maxPartBytes)
	if err != nil {
		return nil, err
	}
	defer content.Close()
	text, err := io.ReadAll(content)
	if err != nil {
		return nil, asRefusal(err)
	}
	return text, nil
}

var errTooBig = errors.New("a part of the workbook is too large")

// limited gives an error, and not an end, where the limit is passed.
type limited struct {
	io.ReadCloser
	left int64
}

func (l *limited) Read(p []byte) (int, error) {
	if l.left <= 0 {
		return 0, errTooBig
	}
	if int64(len(p)) > l.left {
		p = p[:l.left]
	}
	n, err := l.ReadCloser.Read(p)
	l.left -= int64(n)
	return n, err
}

// asRefusal blames the file for an error in reading it, unless the disk or the
// caller is to blame.
func asRefusal(err error) error {
	var already *Refusal
	var disk *fs.PathError
	switch {
	case err == nil || errors.As(err, &already) || errors.As(err, &disk),
		errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.Is(err, errTooBig) || errors.Is(err, errBigTag):
		return refuseFor("is larger than any payout sheet", err)
	}
	return refuseFor("is damaged", err)
}

// out is the zip that is written.
type out struct {
	*zip.Writer
	written map[string]bool // by partKey
	stamp   time.Time       // of new parts: a time of the old ones, not the clock
}

func newOut(dst io.Writer, a *archive) *out {
	o := &out{Writer: zip.NewWriter(dst), written: map[string]bool{}}
	if len(a.files) > 0 {
		o.stamp = a.files[0].Modified
	}
	return o
}

// create begins a part; the one before is done then.
func (o *out) create(name string) (io.Writer, error) {
	if o.written[partKey(name)] {
		return nil, refuse("uses one part for two things")
	}
	o.written[partKey(name)] = true
	return o.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: o.stamp})
}

func (o *out) put(name string, text []byte) error {
	w, err := o.create(name)
	if err != nil {
		return err
	}
	_, err = w.Write(text)
	return err
}

// finish copies the parts that were held back for nothing, and ends the zip.
func (o *out) finish(a *archive) error {
	for _, file := range a.files {
		if o.written[partKey(file.Name)] {
			continue
		}
		if err := o.copyPart(file); err != nil {
			return err
		}
	}
	return o.Close()
}

// copyPart copies a part byte for byte as it is zipped.
func (o *out) copyPart(file *zip.File) error {
	o.written[partKey(file.Name)] = true
	raw, err := file.OpenRaw()
	if err != nil {
		return asRefusal(err)
	}
	header := file.FileHeader
	w, err := o.CreateRaw(&header)
	if err != nil {
		return err
	}
	source := &source{Reader: raw}
	_, err = io.Copy(w, source)
	if source.err != nil {
		return asRefusal(source.err)
	}
	return err
}

// source remembers that it was the reading that failed.
type source struct {
	io.Reader
	err error
}

func (s *source) Read(p []byte) (int, error) {
	n, err := s.Reader.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		s.err = err
	}
	return n, err
}
