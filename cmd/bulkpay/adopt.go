package main

import (
	"context"
	"errors"
	"strings"

	"github.com/spf13/cobra"
)

// adoptedJSON is what `bulkpay adopt --json` prints.
type adoptedJSON struct {
	Ledger  string `json:"ledger"`
	Doubted int    `json:"doubted"`
	Held    int    `json:"held"`
}

func newAdopt(a *app) *cobra.Command {
	t := &target{}
	var reason string
	cmd := &cobra.Command{
		Use:   "adopt",
		Short: "Go on with an old copy of the ledger, asking before anything is sent",
		Long: `adopt is for the day on which the ledger is lost and only an old copy is left. Beside every ledger lies a small file
(.witness) that knows up to where payouts were sent; a copy that has forgotten some of that refuses to send anything.
A backup that lies where there is no such file refuses it, too: it cannot know what was sent since.

First look for a newer copy: put it in the place of this one. If there is none, adopt takes this one, on your word:
every payout that it believes ready may have been sent, and is in doubt from now on. The next run asks about each, and
sends only what the gateway denies knowing several times over the quarantine. What it has as held and never sent may
have been released and sent, too: it stays held, release no longer sends it, and resolve --resend asks first. Sheets
that were imported after the copy was made, and payouts made anew since, are not in it: give no sheet to run and no
batch to retry before the gateway's own list has been looked at.

Who said it and why stand in the history.`,
		Example: `  bulkpay adopt --reason "disk of 21 Nov lost, copy of 20 Nov, 18:00"`,
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.adopt(cmd.Context(), t, reason) },
	}
	t.readFlags(cmd)
	cmd.Flags().StringVar(&reason, "reason", "", "what happened, for the record (needed)")
	return cmd
}

func (a *app) adopt(ctx context.Context, t *target, reason string) error {
	if strings.TrimSpace(reason) == "" {
		return usageError{errors.New("a decision needs a --reason")}
	}
	book, p, err := a.openBook(ctx, t)
	if err != nil {
		return err
	}
	defer book.Close() //nolint:errcheck // everything in it is committed
	done, err := book.Adopt(ctx, operator(), reason)
	if err != nil {
		return err
	}
	if a.json {
		return a.printJSON(adoptedJSON{p.ledger, done.Doubted, done.Held})
	}
	a.tell("%s: %s in doubt now, to be asked about before anything is sent\n", p.ledger, plural(done.Doubted, "payout"))
	if done.Held > 0 {
		a.tell("%s held that may have been released and sent: bulkpay resolve TRADENO says what became of each, or asks before it is sent\n",
			plural(done.Held, "payout"))
	}
	return nil
}
