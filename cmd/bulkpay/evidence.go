package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/bulkpay/bulkpay/internal/atomicfile"
	"github.com/bulkpay/bulkpay/internal/evidence"
	"github.com/bulkpay/bulkpay/internal/evidence/offline"
	"github.com/bulkpay/bulkpay/internal/evidence/pack"
	"github.com/bulkpay/bulkpay/ledger"
	"github.com/bulkpay/bulkpay/report"
)

// evidenceJSON is what `bulkpay evidence --json` prints.
type evidenceJSON struct {
	Batch    string            `json:"batch"`
	File     string            `json:"file"`
	Bytes    int64             `json:"bytes"`
	Digest   string            `json:"digest"`
	Head     headJSON          `json:"head"`
	Unmasked bool              `json:"unmasked"`
	Members  int               `json:"members"`
	Events   int               `json:"events"`
	Masked   int               `json:"masked"`
	Tied     bool              `json:"tied"`
	Sound    bool              `json:"sound"`
	Findings []packFindingJSON `json:"findings"`
}

// headJSON is where a history ends.
type headJSON struct {
	Seq  int64  `json:"seq"`
	Hash string `json:"hash"`
}

// evidenceOptions are the flags of `bulkpay evidence`.
type evidenceOptions struct {
	target
	out             string
	unmasked, force bool
}

func newEvidence(a *app) *cobra.Command {
	o := &evidenceOptions{}
	cmd := &cobra.Command{
		Use:   "evidence BATCH",
		Short: "Put all that proves what became of a batch into one file, for an auditor",
		Long: `evidence writes one zip file with all there is about a batch: the sheet as it was imported, what its columns were
taken for, the rows that were left out, every event with the raw answer it rests on, who decided what, the reports, the
trade numbers, the bank's message (pain002), the bookings (journal) if accounts are configured, and a manifest with the
SHA-256 of every file. Whoever gets it checks it with bulkpay verify FILE, without the ledger, or with unzip and sha256sum
alone: README.txt in it says how, docs/evidence.md what it proves.

The root digest it prints stands for every byte. Keep it apart from the file: only who has it can tell the pack from one
that was made anew. The same ledger and configuration give the same file. BATCH is a batch's code, or "last".

Account numbers are masked and names left out, but for the reports, which have names, and the sheet, which is what it
was. With --unmasked everything is in full; only then can the hash of every event be made anew from the file alone. That it
was asked for, and by whom, is written into the ledger's history first, where the pack says that the history ends.

The file is checked before it gets its name. Exit code 1 if anything is found, or if the batch is NOT TIED.`,
		Example: `  bulkpay evidence MX-20261121-7K3QF
  bulkpay evidence last --unmasked --out /audit/november.zip`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return a.evidence(cmd.Context(), o, args[0]) },
	}
	o.readFlags(cmd)
	cmd.Flags().StringVar(&o.out, "out", "", "the file (default: BATCH-evidence.zip in the folder for reports, or BATCH-evidence-unmasked.zip)")
	cmd.Flags().BoolVar(&o.unmasked, "unmasked", false, "account numbers and names in full")
	cmd.Flags().BoolVar(&o.force, "force", false, "take the place of a file that is there")
	return cmd
}

func (a *app) evidence(ctx context.Context, o *evidenceOptions, code string) error {
	ctx, done := interruptible(ctx)
	defer done()
	book, p, batch, err := a.openBatch(ctx, &o.target, code)
	if err != nil {
		return err
	}
	defer book.Close() //nolint:errcheck // everything in it is committed
	path := o.out
	if path == "" {
		path = filepath.Join(p.reports, batch.Code+map[bool]string{false: "-evidence.zip", true: "-evidence-unmasked.zip"}[o.unmasked])
		if err := os.MkdirAll(p.reports, 0o700); err != nil {
			return err
		}
	}
	if o.unmasked {
		if err := a.unmask(ctx, book, "evidence "+batch.Code); err != nil {
			return err
		}
	}
	file, err := atomicfile.Create(path, 0o600)
	if err != nil {
		return err
	}
	defer file.Discard()
	made, left, size, err := a.writeEvidence(ctx, book, batch, o.unmasked, file)
	if err != nil {
		return err
	}
	found, err := offline.Check(ctx, file, size, offline.Options{Digest: made.Root})
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	found.Findings = append(found.Findings, left...)
	if err := o.mayName(path, file, size); err != nil {
		return err
	}
	if err := file.Commit(); err != nil {
		return err
	}
	return a.printEvidence(evidenceJSON{
		Batch: batch.Code, File: path, Bytes: size, Digest: made.Root, Head: headJSON(made.Head), Unmasked: o.unmasked,
		Members: made.Members, Events: made.Events, Masked: made.Masked, Tied: made.Tied, Sound: found.Sound(), Findings: findingsOf(found),
	})
}

// writeEvidence writes the pack of one moment; left is what could not be put
// into it.
func (a *app) writeEvidence(
	ctx context.Context, book *ledger.Ledger, batch ledger.Batch, unmasked bool, to io.Writer,
) (made evidence.Made, left []pack.Finding, size int64, err error) {
	folder, err := os.MkdirTemp("", "bulkpay-evidence-*")
	if err != nil {
		return made, nil, 0, err
	}
	defer os.RemoveAll(folder) //nolint:errcheck // it is the system's folder for such files
	options := evidence.Options{Version: version, Unmasked: unmasked}
	if area, err := areaOf(batch); err == nil {
		options.Personal = func(field string) bool {
			for i := range area.Fields {
				if area.Fields[i].Name == field {
					return area.Fields[i].Personal
				}
			}
			return false
		}
	}
	counted := &counting{w: to}
	err = book.Snapshot(ctx, func(v ledger.View) error {
		if options.Members, err = a.reportMembers(ctx, v, batch, unmasked, folder); err != nil {
			return err
		}
		var books []evidence.Member
		if books, left, err = a.bookMembers(ctx, v, batch, folder); err != nil {
			return err
		}
		options.Members = append(options.Members, books...)
		made, err = evidence.Write(ctx, counted, v, batch.ID, options)
		return err
	})
	return made, left, counted.n, err
}

// counting counts what is written.
type counting struct {
	w io.Writer
	n int64
}

func (c *counting) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}

// reportMembers writes the reports into a folder for the pack to take them
// from. That is no report to anybody yet: it is not remembered as one.
func (a *app) reportMembers(ctx context.Context, v ledger.View, batch ledger.Batch, unmasked bool, folder string) ([]evidence.Member, error) {
	source, err := sourceOf(ctx, v, report.Scope{}, []ledger.Batch{batch})
	if err != nil {
		return nil, err
	}
	files, err := report.Write(ctx, folder, batch.Code, source, report.Options{Version: version, Unmasked: unmasked, Explain: adviceIn})
	if err != nil {
		return nil, err
	}
	var members []evidence.Member
	for _, file := range files {
		members = append(members, evidence.Member{
			Name: pack.ReportsFolder + filepath.Base(file.Path), What: "the report of the batch, as " + file.Format,
			Fill: func(w io.Writer) error { return copyFile(w, file.Path) },
		})
	}
	return members, nil
}

func copyFile(to io.Writer, path string) error {
	from, err := os.Open(path)
	if err != nil {
		return err
	}
	defer from.Close() //nolint:errcheck // it was only read
	_, err = io.Copy(to, from)
	return err
}

// mayName refuses to take the place of a file that is not the same: it may be
// the pack that somebody was given the digest of.
func (o *evidenceOptions) mayName(path string, file io.ReaderAt, size int64) error {
	old, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) || o.force {
		if err == nil {
			return old.Close()
		}
		return nil
	}
	if err != nil {
		return err
	}
	defer old.Close() //nolint:errcheck // it was only read
	same, err := sameBytes(old, io.NewSectionReader(file, 0, size))
	if err != nil || same {
		return err
	}
	return hinted{fmt.Errorf("%s is there and is another file: a pack that somebody may have the digest of is not written over", path), "name another one with --out, or add --force"}
}

func sameBytes(one, other io.Reader) (bool, error) {
	a, b := make([]byte, 1<<16), make([]byte, 1<<16)
	for {
		n, err := io.ReadFull(one, a)
		m, otherErr := io.ReadFull(other, b)
		switch {
		case !bytes.Equal(a[:n], b[:m]):
			return false, nil
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return true, nil
		case err != nil || otherErr != nil:
			return false, errors.Join(err, otherErr)
		}
	}
}

func (a *app) printEvidence(made evidenceJSON) error {
	var err error
	if a.json {
		err = a.printJSON(made)
	} else {
		for _, f := range made.Findings {
			a.tell("%s\n", f)
		}
		a.tell("%s: %s, %s", made.File, plural(made.Members, "file"), plural(made.Events, "event"))
		if made.Masked > 0 {
			a.tell(", %s of them masked", group(made.Masked))
		}
		a.tell("\nroot digest %s: keep it apart from the file\n", made.Digest)
		a.tell("ledger's head %s, event %d\n", made.Head.Hash, made.Head.Seq)
		a.tell("%s\n", soundness("the pack", made.Sound))
		err = a.told()
	}
	if err == nil && !made.Sound {
		err = outcome(exitError)
	}
	return err
}
