package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"
)

// verifyJSON is what `bulkpay verify --json` prints.
type verifyJSON struct {
	Ledger   string        `json:"ledger"`
	Sound    bool          `json:"sound"`
	Events   int           `json:"events"`
	Payouts  int           `json:"payouts"`
	Batches  int           `json:"batches"`
	Sources  int           `json:"sources"`
	Head     string        `json:"head"`
	Findings []findingJSON `json:"findings"`
}

// findingJSON is something that is not as it must be.
type findingJSON struct {
	What string `json:"what"`
	Why  string `json:"why"`
}

func newVerify(a *app) *cobra.Command {
	t := &target{}
	var digest string
	cmd := &cobra.Command{
		Use:   "verify [PACK.zip]",
		Short: "Check the ledger, or an evidence pack: every byte, every event, every payout, every tie-out",
		Long: `verify reads the whole ledger and changes nothing: it checks the database, recomputes the chain of events, holds
every payout against its history, every batch against what was imported and every kept sheet against its digest, and
ties every batch out. It works offline. The head hash it prints stands for the whole history: keep it elsewhere, and no
event before it can be changed unnoticed. Exit code 1 if anything is found.

With a file that evidence has made, it checks that instead, on any machine, without ledger or configuration: no byte of
it has changed, nothing is missing or was added, hashes of events are recomputed, every row follows from its events, and
all sums tie out. What was touched is named, down to the event or row where that can be told. --digest is the root
digest that was kept apart from the file.`,
		Example: `  bulkpay verify
  bulkpay verify MX-20261121-7K3QF-evidence.zip --digest 5f0c…`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case len(args) == 1:
				return a.verifyPack(cmd.Context(), args[0], digest)
			case digest != "":
				return usageError{errors.New("--digest is of an evidence pack: name the file")}
			}
			return a.verify(cmd.Context(), t)
		},
	}
	t.readFlags(cmd)
	cmd.Flags().StringVar(&digest, "digest", "", "the pack's root digest, as evidence printed it")
	return cmd
}

func (a *app) verify(ctx context.Context, t *target) error {
	book, p, err := a.openBook(ctx, t)
	if err != nil {
		return err
	}
	defer book.Close() //nolint:errcheck // it was only read
	v, err := book.Verify(ctx)
	if err != nil {
		return err
	}
	if a.json {
		result := verifyJSON{p.ledger, len(v.Findings) == 0, v.Events, v.Payouts, v.Batches, v.Sources, v.Head, []findingJSON{}}
		for _, finding := range v.Findings {
			result.Findings = append(result.Findings, findingJSON(finding))
		}
		err = a.printJSON(result)
	} else {
		for _, finding := range v.Findings {
			a.tell("%s %s\n", finding.What, finding.Why)
		}
		a.tell("%s, %s, %s checked; head %s\n", plural(v.Events, "event"), plural(v.Payouts, "payout"), plural(v.Batches, "batch"), v.Head)
		a.tell("%s\n", soundness("the ledger", len(v.Findings) == 0))
		err = a.told()
	}
	if err != nil {
		return err
	}
	if len(v.Findings) > 0 {
		return outcome(exitError)
	}
	return nil
}
