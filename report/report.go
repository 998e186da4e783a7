package report

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/bulkpay/bulkpay/internal/atomicfile"
	"github.com/bulkpay/bulkpay/internal/lang"
	"github.com/bulkpay/bulkpay/ledger"
)

// Reports hold names and amounts: they are for the user who made them, who
// may hand them on. Folders are made only if missing.
const (
	fileMode   fs.FileMode = 0o600
	folderMode fs.FileMode = 0o700
)

// ErrChanged says that the rows do not add up to the summary: the batch
// changed between reading the one and the other.
var ErrChanged = errors.New("the batch changed while its report was written")

// Options are the settings of a report.
type Options struct {
	// Explain says why a payout of a batch stands as it does, in a language;
	// a batch without a code stands for any batch. Nil: [ExplainIn].
	Explain func(lang.Lang, ledger.Batch, ledger.Payout) Advice

	Lang     lang.Lang // of what people read; CSV and JSON are in English
	Version  string    // of bulkpay; "" is not shown
	Unmasked bool      // account numbers are shown, and every page says so
	PDF      bool      // the summary and the exceptions as a PDF file besides, to be signed
}

// File is one written report.
type File struct {
	Format string // "xlsx", "csv", "json", "html" or "pdf"
	Path   string
}

// sink is one form of the report being written. line is called for every row
// in sheet order, then finish once.
type sink interface {
	line(e entry) error
	finish() error
}

// formats are the forms in the order in which they are listed to people.
var formats = []struct {
	name string
	open func(ctx context.Context, w io.Writer, p *paper) (sink, error)
}{
	{"xlsx", openXLSX},
	{"csv", openCSV},
	{"json", openJSON},
	{"html", openHTML},
	{"pdf", openPDF},
}

// Write writes base + ".xlsx", ".csv", ".json" and ".html", and ".pdf" if it is
// asked for, into the folder, all of them or none. It makes the folder if it is missing and replaces
// reports that are there.
func Write(ctx context.Context, folder, base string, source Source, o Options) ([]File, error) {
	if base == "." || filepath.Base(base) != base || !filepath.IsLocal(base) {
		return nil, fmt.Errorf("report name %q: want a plain file name", base)
	}
	if err := os.MkdirAll(folder, folderMode); err != nil {
		return nil, err
	}
	if len(source.Batches) == 0 {
		return nil, errors.New("a report is about one batch at least")
	}
	p := newPaper(source, o)
	var set fileSet
	defer set.discard()
	if err := set.open(ctx, folder, base, p); err != nil {
		return nil, err
	}
	if err := p.pour(ctx, set.sinks); err != nil {
		return nil, err
	}
	if err := set.commit(); err != nil {
		return nil, err
	}
	return set.files, nil
}

// fileSet is the reports being written, none of them under its name yet.
type fileSet struct {
	files   []File
	pending []*atomicfile.File
	sinks   []sink
}

func (set *fileSet) open(ctx context.Context, folder, base string, p *paper) error {
	for _, format := range formats {
		if format.name == "pdf" && !p.PDF {
			continue
		}
		path := filepath.Join(folder, base+"."+format.name)
		file, err := atomicfile.Create(path, fileMode)
		if err != nil {
			return err
		}
		set.pending = append(set.pending, file)
		s, err := format.open(ctx, file, p)
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		set.files, set.sinks = append(set.files, File{format.name, path}), append(set.sinks, s)
	}
	return nil
}

// commit finishes all before it names the first.
func (set *fileSet) commit() error {
	for i, s := range set.sinks {
		if err := errors.Join(s.finish(), set.pending[i].Sync()); err != nil {
			return fmt.Errorf("%s: %w", set.files[i].Path, err)
		}
	}
	for _, file := range set.pending {
		if err := file.Commit(); err != nil {
			return err
		}
	}
	return nil
}

// discard drops what was not committed, and the sinks' temporary files.
func (set *fileSet) discard() {
	for _, s := range set.sinks {
		if c, ok := s.(io.Closer); ok {
			_ = c.Close() // temporary files only
		}
	}
	for _, file := range set.pending {
		file.Discard()
	}
}

// pour reads the rows once, batch by batch, into all sinks, and adds them up
// on the way.
func (p *paper) pour(ctx context.Context, sinks []sink) error {
	for _, s := range p.sections {
		if err := s.pour(ctx, sinks); err != nil {
			return fmt.Errorf("batch %s: %w", s.Summary.Batch.Code, err)
		}
	}
	return nil
}

func (s *section) pour(ctx context.Context, sinks []sink) error {
	for line, err := range s.Lines(ctx) {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return err
		}
		e, err := s.entry(line)
		if err != nil {
			return err
		}
		if err := s.nameSpeaker(ctx, &e, line.Payout); err != nil {
			return err
		}
		if err := s.count(e); err != nil {
			return err
		}
		for _, to := range sinks {
			if err := to.line(e); err != nil {
				return fmt.Errorf("row %d: %w", e.Row, err)
			}
		}
	}
	return s.compare()
}
