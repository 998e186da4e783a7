package evidence

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/bulkpay/bulkpay/internal/evidence/pack"
	"github.com/bulkpay/bulkpay/ledger"
)

// Options are the settings of a pack.
type Options struct {
	Version  string // of bulkpay
	Unmasked bool   // account numbers and names in full

	// Personal tells whether a field of an instruction, by its name on the
	// wire, is about a person, besides name and account, which always are.
	// nil: none is.
	Personal func(field string) bool

	// Members are what others have to add, such as reports. Their names begin
	// with the folder they are in.
	Members []Member
}

// Member is a file in the pack.
type Member struct {
	Name string // see [pack.Name]
	What string // what it is, in a line
	Fill func(io.Writer) error
}

// Made is a pack that was written.
type Made struct {
	Root    string // SHA-256 of its manifest, hex: it stands for every byte
	Members int    // all of them
	Events  int
	Masked  int // events whose hash cannot be made anew from the pack
	Head    pack.Head
	Tied    bool
}

// Write writes the pack of a batch as the view has it. The view must stand
// still: see [ledger.Ledger.Snapshot].
func Write(ctx context.Context, to io.Writer, v ledger.View, batchID int64, o Options) (made Made, err error) {
	w := &writing{ctx: ctx, v: v, o: o, b: pack.NewBuilder(), made: &made}
	defer func() { err = errors.Join(err, w.b.Close()) }()
	if w.summary, err = v.Summary(ctx, batchID); err != nil {
		return made, err
	}
	if made.Head.Seq, made.Head.Hash, err = v.Head(ctx); err != nil {
		return made, err
	}
	made.Tied = w.summary.Tied()
	for _, add := range []func() error{w.addSource, w.addMatches, w.addSheet, w.addRows, w.addEvents, w.addOthers, w.addReadme} {
		if err := add(); err != nil {
			return made, err
		}
	}
	made.Members = w.members + 2 // the manifest and its sums
	made.Root, err = w.b.Write(to, pack.Manifest{
		Bulkpay: o.Version, Batch: w.summary.Batch.Code, Unmasked: o.Unmasked, Head: made.Head,
	})
	return made, err
}

// writing is a pack being written.
type writing struct {
	ctx     context.Context
	v       ledger.View
	o       Options
	b       *pack.Builder
	summary ledger.Summary
	source  string // the source's member; "": it is not kept
	matches int
	members int
	made    *Made
}

func (w *writing) add(name, what string, fill func(io.Writer) error) error {
	w.members++
	return w.b.Add(name, what, fill)
}

// addSource adds the file as it was.
func (w *writing) addSource() error {
	batch := w.summary.Batch
	source, err := w.v.Source(w.ctx, batch)
	if errors.Is(err, ledger.ErrNoSource) {
		return nil
	}
	if err != nil {
		return err
	}
	w.source = pack.SourceFolder + pack.Name(batch.Source)
	err = w.add(w.source, "the file that was imported, byte for byte, with account numbers in full", func(to io.Writer) error {
		_, err := io.Copy(to, source)
		return err
	})
	if err != nil {
		return fmt.Errorf("batch %s: %w", batch.Code, err)
	}
	return nil
}

// addOthers adds what the caller has.
func (w *writing) addOthers() error {
	for _, m := range w.o.Members {
		if err := w.add(m.Name, m.What, m.Fill); err != nil {
			return err
		}
	}
	return nil
}
