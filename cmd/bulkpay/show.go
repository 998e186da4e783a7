package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/bulkpay/bulkpay/internal/mask"
	"github.com/bulkpay/bulkpay/ledger"
)

// showJSON is what `bulkpay show --json` prints.
type showJSON struct {
	TradeNo         string      `json:"tradeNo"`
	PlatFormTradeNo string      `json:"platFormTradeNo,omitempty"`
	Batch           string      `json:"batch"`
	Row             int         `json:"row"`
	Amount          string      `json:"amount"`
	Currency        string      `json:"currency"`
	Account         string      `json:"account"` // masked
	State           string      `json:"state"`
	Replaces        string      `json:"replaces,omitempty"`
	ReplacedBy      string      `json:"replacedBy,omitempty"`
	Code            string      `json:"code,omitempty"`
	Message         string      `json:"message,omitempty"`
	Reason          string      `json:"reason"`
	Action          string      `json:"action,omitempty"`
	Flagged         bool        `json:"flagged"`
	Attempts        int         `json:"attempts"`
	Asks            int         `json:"asks"`
	SubmittedAt     *time.Time  `json:"submittedAt,omitempty"`
	FinalAt         *time.Time  `json:"finalAt,omitempty"`
	History         []eventJSON `json:"history"`
}

// eventJSON is one event of a payout's history.
type eventJSON struct {
	Seq      int64     `json:"seq"`
	At       time.Time `json:"at"`
	Kind     string    `json:"kind"`
	From     string    `json:"from,omitempty"`
	To       string    `json:"to,omitempty"`
	Attempt  int       `json:"attempt,omitempty"`
	Actor    string    `json:"actor"`
	Reason   string    `json:"reason"`
	Code     string    `json:"code,omitempty"`
	Message  string    `json:"message,omitempty"`
	Evidence string    `json:"evidence,omitempty"`
	Hash     string    `json:"hash"`
}

func newShow(a *app) *cobra.Command {
	t := &target{}
	cmd := &cobra.Command{
		Use:   "show TRADENO",
		Short: "Show one payout, its history and the evidence",
		Long: `show prints one payout, every event of its history, and the raw answers they rest on. The account number is masked,
also where the gateway repeats it.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return a.show(cmd.Context(), t, args[0]) },
	}
	t.readFlags(cmd)
	return cmd
}

func (a *app) show(ctx context.Context, t *target, tradeNo string) error {
	book, _, err := a.openBook(ctx, t)
	if err != nil {
		return err
	}
	defer book.Close() //nolint:errcheck // it was only read
	payout, err := book.Payout(ctx, tradeNo)
	if errors.Is(err, ledger.ErrNotFound) {
		return hinted{err, "trade numbers stand in the reports, and in: bulkpay mapping last"}
	}
	if err != nil {
		return err
	}
	batch, err := book.BatchByID(ctx, payout.BatchID)
	if err != nil {
		return err
	}
	shown, err := a.shown(ctx, book, batch, payout)
	if err != nil {
		return err
	}
	if a.json {
		return a.printJSON(shown)
	}
	a.printShown(shown, batch, payout.OwnWords())
	return nil
}

func (a *app) shown(ctx context.Context, book *ledger.Ledger, batch ledger.Batch, p ledger.Payout) (showJSON, error) {
	advice := adviceOn(batch, p)
	s := showJSON{
		TradeNo: p.TradeNo, PlatFormTradeNo: p.PlatformTradeNo, Batch: batch.Code, Row: p.Row,
		Amount: p.Amount.Fixed(), Currency: p.Amount.Currency().Code, Account: mask.Account(p.PayeeAccount),
		State: string(p.State), Replaces: p.Replaces, ReplacedBy: p.ReplacedBy, Code: p.Code, Message: p.Message, Reason: advice.Reason, Action: advice.Action,
		Flagged: p.Flagged, Attempts: p.Sends(), Asks: p.Asks, SubmittedAt: stamp(p.SubmittedAt), FinalAt: stamp(p.FinalAt),
		History: []eventJSON{},
	}
	for event, err := range book.Events(ctx, p.ID) {
		if err != nil {
			return s, err
		}
		s.History = append(s.History, eventJSON{
			event.Seq, event.At, event.Kind, string(event.From), string(event.To), event.Attempt, event.Actor, event.Reason,
			event.Code, event.Message, mask.Person(string(event.Evidence), p.PayeeAccount, p.PayeeName), fmt.Sprintf("%x", event.Hash),
		})
	}
	return s, nil
}

func stamp(at time.Time) *time.Time {
	if at.IsZero() {
		return nil
	}
	return &at
}

func (a *app) printShown(s showJSON, batch ledger.Batch, ownWords bool) {
	line := func(name, format string, args ...any) {
		fmt.Fprintf(a.out, "%-16s %s\n", name, fmt.Sprintf(format, args...))
	}
	line("tradeNo", "%s", s.TradeNo)
	line("platFormTradeNo", "%s", orDash(s.PlatFormTradeNo))
	line("batch", "%s, row %d of %s", s.Batch, s.Row, batch.Source)
	line("amount", "%s %s", s.Amount, s.Currency)
	line("account", "%s", s.Account)
	line("state", "%s", s.State)
	line("reason", "%s", s.Reason)
	switch {
	case s.Message == "":
	case ownWords:
		line("because", "%s", s.Message)
	default:
		line("gateway says", "%s", s.Message)
	}
	if s.Action != "" {
		line("what to do", "%s", s.Action)
	}
	line("attempts", "%d sent, %d asked", s.Attempts, s.Asks)
	fmt.Fprintln(a.out)
	for _, e := range s.History {
		fmt.Fprintf(a.out, "%s  event %d  %s", e.At.Format(time.RFC3339), e.Seq, e.Kind)
		if e.From != e.To {
			fmt.Fprintf(a.out, ": %s → %s", e.From, e.To)
		}
		fmt.Fprintf(a.out, "  by %s  (%s)\n", e.Actor, e.Reason)
		if e.Evidence == "" && e.Message != "" { // a person's words, or ours; the gateway's stand in its answer
			fmt.Fprintf(a.out, "    %s\n", e.Message)
		}
		for text := range strings.Lines(e.Evidence) {
			if text = strings.TrimSpace(text); text != "" {
				fmt.Fprintf(a.out, "    %s\n", text)
			}
		}
	}
}
