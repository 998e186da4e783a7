package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/bulkpay/bulkpay/internal/backup"
	"github.com/bulkpay/bulkpay/internal/visible"
	"github.com/bulkpay/bulkpay/ledger"
)

// backupJSON is what `bulkpay backup --json` prints.
type backupJSON struct {
	File     string        `json:"file"`
	MadeAt   time.Time     `json:"madeAt"`
	Bytes    int64         `json:"bytes"`
	Events   int           `json:"events"`
	Payouts  int           `json:"payouts"`
	Batches  int           `json:"batches"`
	Head     string        `json:"head"`
	Sound    bool          `json:"sound"`
	Findings []findingJSON `json:"findings"`
}

// backupOptions are the flags of `bulkpay backup`.
type backupOptions struct {
	target
	force, verify bool
}

func newBackup(a *app) *cobra.Command {
	o := &backupOptions{}
	cmd := &cobra.Command{
		Use:   "backup FILE",
		Short: "Copy the ledger to a file, also during a run, and verify the copy",
		Long: `backup copies the ledger as it is at one moment, also while a run goes on, which it does not hold up. The copy is
verified like verify does, and held against what the ledger had at that moment, before it gets its name: a file of that
name is a whole and sound backup, or the one that was there before. Only its owner can read it.

A backup is a ledger, and every command that only looks can look at it: --ledger FILE. Nothing is sent from it. In the
place of a ledger that was lost it goes on by itself only if the witness beside it says that nothing was sent since;
otherwise, and anywhere else, adopt has to be said first. docs/operations.md has the restore drill.

--verify checks a backup that is there, wherever it lies, and writes nothing. Exit code 1 if anything is found.`,
		Example: `  bulkpay backup /backup/bulkpay-$(date +%a).db --force
  bulkpay backup --verify /backup/bulkpay-Mon.db`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if o.verify {
				return a.checkBackup(cmd.Context(), args[0])
			}
			return a.backup(cmd.Context(), o, args[0])
		},
	}
	o.readFlags(cmd)
	cmd.Flags().BoolVar(&o.force, "force", false, "take the place of an older backup; of nothing else")
	cmd.Flags().BoolVar(&o.verify, "verify", false, "check a backup that is there")
	cmd.MarkFlagsMutuallyExclusive("force", "verify")
	return cmd
}

func (a *app) backup(ctx context.Context, o *backupOptions, path string) error {
	ctx, done := interruptible(ctx)
	defer done()
	book, _, err := a.openBook(ctx, &o.target)
	if err != nil {
		return err
	}
	defer book.Close() //nolint:errcheck // it was only read
	made, err := backup.Make(ctx, book, path, backup.Options{Replace: o.force, Progress: a.copied(), Now: a.now})
	switch {
	case errors.Is(err, backup.ErrUnsound):
		for _, finding := range made.Verification.Findings {
			a.say("%s %s", finding.What, finding.Why)
		}
		return hinted{err, "bulkpay verify"}
	case errors.Is(err, backup.ErrExists):
		return hinted{err, "add --force to replace an older backup"}
	case err != nil:
		return err
	}
	return a.printBackup(path, made)
}

// copied says now and then how far a long copy is.
func (a *app) copied() func(done, of int) {
	said := time.Now()
	return func(done, of int) {
		if time.Since(said) >= plainEvery {
			said = time.Now()
			a.say("%d %% copied", 100*done/of)
		}
	}
}

// interruptible is for work that a signal may end at once: what was begun is
// dropped, and nothing is left behind.
func interruptible(ctx context.Context) (context.Context, context.CancelFunc) {
	return signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
}

func (a *app) checkBackup(ctx context.Context, path string) error {
	made, err := backup.Check(ctx, path)
	switch {
	case errors.Is(err, ledger.ErrNoCopy):
		return hinted{err, "bulkpay --ledger " + visible.Word(path) + " verify"}
	case errors.Is(err, ledger.ErrNoLedger):
		return hinted{fmt.Errorf("%s: no backup", path), "bulkpay backup FILE makes one"}
	case err != nil:
		return err
	}
	if err := a.printBackup(path, made); err != nil {
		return err
	}
	if len(made.Verification.Findings) > 0 {
		return outcome(exitError)
	}
	return nil
}

func (a *app) printBackup(path string, made backup.Made) error {
	v := made.Verification
	sound := len(v.Findings) == 0
	if a.json {
		result := backupJSON{path, made.MadeAt, made.Bytes, v.Events, v.Payouts, v.Batches, v.Head, sound, []findingJSON{}}
		for _, finding := range v.Findings {
			result.Findings = append(result.Findings, findingJSON(finding))
		}
		return a.printJSON(result)
	}
	for _, finding := range v.Findings {
		a.tell("%s %s\n", finding.What, finding.Why)
	}
	a.tell("%s: the ledger of %s: %s, %s, %s, %s bytes; head %s\n", path, made.MadeAt.Format(time.RFC3339),
		plural(v.Events, "event"), plural(v.Payouts, "payout"), plural(v.Batches, "batch"), group(int(made.Bytes)), v.Head)
	a.tell("%s\n", map[bool]string{true: "nothing found: the backup is sound", false: "NOT SOUND"}[sound])
	return a.told()
}
