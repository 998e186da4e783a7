package main

import (
	"context"
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bulkpay/bulkpay/ledger"
)

// resolveOptions are the flags of `bulkpay resolve`.
type resolveOptions struct {
	target
	paid, notPaid, resend bool
	reason                string
}

// resolvedJSON is what `bulkpay resolve --json` prints.
type resolvedJSON struct {
	TradeNo string `json:"tradeNo"`
	State   string `json:"state"`
	Flagged bool   `json:"flagged"`
	Who     string `json:"who"`
	Why     string `json:"why"`
}

func newResolve(a *app) *cobra.Command {
	o := &resolveOptions{}
	cmd := &cobra.Command{
		Use:   "resolve TRADENO",
		Short: "Say what became of a payout that the gateway leaves open",
		Long: `resolve records a person's word about a payout that may have been sent and whose fate the gateway does not tell:

  --paid      it was paid: seen in the bank's statement, or confirmed by the gateway's support
  --not-paid  it was not paid, and will not be: it counts as failed from now on
  --resend    it may be sent once more, with the same number. It is not sent at once: the next runs ask about it
              first, and send it only when the gateway has denied knowing it several times over the quarantine

Who said it and why stand in the history, and in the reports beside the payout: no answer of the gateway stands behind
it. An answer that says otherwise later is flagged. What was never sent is released or cancelled instead.

Be sure before you say --not-paid: a payout that is paid anew in its place, and is executed after all, is paid twice.`,
		Example: `  bulkpay resolve 20261121104501X8K2M5 --paid --reason "BBVA statement of 21 Nov, line 88"
  bulkpay resolve 20261121104501X8K2M5 --not-paid --reason "gateway support, ticket 4711: never executed"`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return a.resolve(cmd.Context(), o, args[0]) },
	}
	o.readFlags(cmd)
	flags := cmd.Flags()
	flags.BoolVar(&o.paid, "paid", false, "it was paid")
	flags.BoolVar(&o.notPaid, "not-paid", false, "it was not paid, and will not be")
	flags.BoolVar(&o.resend, "resend", false, "it may be sent once more, with the same number, after being asked about")
	flags.StringVar(&o.reason, "reason", "", "how you know, for the record (needed)")
	cmd.MarkFlagsMutuallyExclusive("paid", "not-paid", "resend")
	return cmd
}

// word is what the person says, as the ledger calls it.
func (o *resolveOptions) word() (ledger.Kind, error) {
	switch {
	case strings.TrimSpace(o.reason) == "":
		return "", usageError{errors.New("a decision needs a --reason")}
	case o.paid:
		return ledger.SaidPaid, nil
	case o.notPaid:
		return ledger.SaidNotPaid, nil
	case o.resend:
		return ledger.Resend, nil
	}
	return "", usageError{errors.New("say what became of it: --paid, --not-paid or --resend")}
}

func (a *app) resolve(ctx context.Context, o *resolveOptions, tradeNo string) error {
	word, err := o.word()
	if err != nil {
		return err
	}
	book, _, err := a.openBook(ctx, &o.target)
	if err != nil {
		return err
	}
	defer book.Close() //nolint:errcheck // everything in it is committed
	payout, err := book.Resolve(ctx, tradeNo, word, operator(), o.reason)
	if errors.Is(err, ledger.ErrNotFound) {
		return hinted{err, "trade numbers stand in the reports, and in: bulkpay mapping last"}
	}
	if err != nil {
		return err
	}
	if a.json {
		return a.printJSON(resolvedJSON{payout.TradeNo, string(payout.State), payout.Flagged, operator(), o.reason})
	}
	a.tell("%s: now %s, on your word\n", payout.TradeNo, strings.ReplaceAll(string(payout.State), "_", " "))
	err = a.told()
	if err == nil && word == ledger.Resend {
		a.say("the next run asks about it, and sends it once more if the gateway keeps denying it")
	}
	return err
}
