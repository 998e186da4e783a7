package offline

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/bulkpay/bulkpay/internal/evidence/pack"
	"github.com/bulkpay/bulkpay/internal/spill"
)

// Options are the settings of a check.
type Options struct {
	Digest string // root digest that was kept elsewhere, hex in any case; "": none
}

// Result is what was gone through, and found.
type Result struct {
	Batch    string
	Merchant string
	Root     string    // the pack's root digest, hex; "" without a manifest
	Head     pack.Head // where the ledger's history ended when the pack was made
	Unmasked bool
	Kept     bool // the root digest was given, and is this one

	Members    int
	Events     int
	Recomputed int // events whose hash was made anew
	Asserted   int // events whose hash is given only, because something in them is masked
	Others     int // events of other batches in between, of which only hashes are known
	Rows       int
	Findings   []pack.Finding
}

// Sound tells whether nothing was found.
func (r Result) Sound() bool { return len(r.Findings) == 0 }

// maxFindings bounds what is reported: after that many, the pack is beyond
// reading line by line.
const maxFindings = 1000

// errEnough ends a check with very many findings.
var errEnough = errors.New("too many findings")

// Check checks a pack. The error is [pack.ErrNotAPack], or one of reading or
// of the context; whatever else is wrong with the pack is a finding.
func Check(ctx context.Context, r io.ReaderAt, size int64, o Options) (Result, error) {
	c := &checker{ctx: ctx}
	archive, found, err := pack.Open(r, size)
	if err != nil {
		return c.Result, err
	}
	c.archive, c.Members, c.Findings = archive, len(archive.Entries), found
	manifest, root, found, err := archive.CheckManifest(ctx)
	c.Findings = append(c.Findings, found...)
	if err != nil {
		return c.Result, err
	}
	c.Root, c.Batch, c.Head, c.Unmasked, c.manifest = root, manifest.Batch, manifest.Head, manifest.Unmasked, manifest
	if o.Digest != "" {
		c.Kept = strings.EqualFold(o.Digest, root)
		if !c.Kept {
			_ = c.find(pack.ManifestName, "", "its SHA-256 is not the root digest that was given: this is another pack, or one that was made anew")
		}
	}
	if manifest.Format == pack.Format {
		err = c.contents()
	}
	if errors.Is(err, errEnough) {
		err = nil
	}
	return c.Result, err
}

type checker struct {
	Result
	ctx      context.Context
	archive  *pack.Archive
	manifest pack.Manifest
	batch    pack.Batch
	steps    *spill.Sorter // of payouts, by payout and in order
	anchor   *anchor       // nil: the import's event is not there, or cannot be read
	last     pack.Event
}

func (c *checker) find(member, where, why string, args ...any) error {
	c.Findings = append(c.Findings, pack.Finding{Member: member, Where: where, Why: fmt.Sprintf(why, args...)})
	if len(c.Findings) >= maxFindings {
		return errEnough
	}
	return nil
}

// required are the members that every pack has besides the manifest.
var required = []string{
	pack.ReadmeName, pack.BatchName, pack.RowsName, pack.EventsName, pack.DecisionsName, pack.NumbersName, pack.MappingName, pack.LeftOutName,
}

// contents reads the members as what they are. Those that are damaged have
// been found by now; here it is said which event or row it is, where that can
// be told.
func (c *checker) contents() error {
	for _, name := range required {
		if !slices.ContainsFunc(c.manifest.Members, func(m pack.Member) bool { return m.Name == name }) {
			if err := c.find(name, "", "is missing: every pack has it"); err != nil {
				return err
			}
		}
		if _, ok := c.archive.Entry(name); !ok {
			return nil // which has been found
		}
	}
	if ok, err := c.readBatch(); err != nil || !ok {
		return err
	}
	c.steps = spill.New(stepBytes)
	defer c.steps.Close() //nolint:errcheck // everything in it has been read, or is of no use any more
	for _, check := range []func() error{c.events, c.ends, c.rows, c.source} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

// source holds the file that was imported against what was said of it at the
// import.
func (c *checker) source() error {
	b := c.batch
	if b.SourceMember == "" {
		if b.SourceSize > 0 {
			return c.find(pack.BatchName, "", "the file that was imported was kept, and is not in the pack")
		}
		return nil
	}
	for _, m := range c.manifest.Members {
		if m.Name != b.SourceMember {
			continue
		}
		if m.SHA256 != b.SourceSHA256 || m.Size != b.SourceSize {
			return c.find(m.Name, "", "is not the file that was imported: %s has another SHA-256 or size", pack.BatchName)
		}
		return nil
	}
	return c.find(pack.BatchName, "", "the file that was imported is not in the pack")
}
