package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/spf13/cobra"

	"github.com/bulkpay/bulkpay/internal/lang"
	"github.com/bulkpay/bulkpay/internal/mask"
	"github.com/bulkpay/bulkpay/ledger"
	"github.com/bulkpay/bulkpay/report"
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

type showOptions struct {
	target
	language string
}

func newShow(a *app) *cobra.Command {
	o := &showOptions{}
	cmd := &cobra.Command{
		Use:   "show TRADENO",
		Short: "Show one payout, its history and the evidence",
		Long: `show prints one payout, every event of its history, and the raw answers they rest on. The account number is masked,
also where the gateway repeats it. What the tokens in the history mean says bulkpay explain.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return a.show(cmd.Context(), o, args[0]) },
	}
	o.readFlags(cmd)
	cmd.Flags().StringVar(&o.language, "lang", "", languageHelp)
	return cmd
}

func (a *app) show(ctx context.Context, o *showOptions, tradeNo string) error {
	book, _, err := a.openBook(ctx, &o.target)
	if err != nil {
		return err
	}
	defer book.Close() //nolint:errcheck // it was only read
	l, err := a.language(o.language)
	if err != nil {
		return err
	}
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
	payout.Message = mask.Person(payout.Message, payout.PayeeAccount, payout.PayeeName)
	shown, err := a.shown(ctx, book, batch, payout)
	if err != nil {
		return err
	}
	if a.json {
		return a.printJSON(shown)
	}
	a.printShown(shown, l, adviceOn(l, batch, payout), batch.Source, payout.OwnWords())
	return nil
}

func (a *app) shown(ctx context.Context, book *ledger.Ledger, batch ledger.Batch, p ledger.Payout) (showJSON, error) {
	advice := adviceOn(lang.English, batch, p) // for programs
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
			event.Code, mask.Person(event.Message, p.PayeeAccount, p.PayeeName), mask.Person(string(event.Evidence), p.PayeeAccount, p.PayeeName), fmt.Sprintf("%x", event.Hash),
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

func (a *app) printShown(s showJSON, l lang.Lang, advice report.Advice, source string, ownWords bool) {
	line := func(name, says string) { a.tell("%s %s\n", text.Pad(name, 16, ' '), says) }
	line("tradeNo", s.TradeNo)
	line("platFormTradeNo", orDash(s.PlatFormTradeNo))
	line(l.Text("batch"), l.Text("%s, row %s of %s", s.Batch, strconv.Itoa(s.Row), source))
	line(l.Text("amount"), s.Amount+" "+s.Currency)
	line(l.Text("account"), s.Account)
	line(l.Text("state"), s.State)
	line(l.Text("reason"), advice.Reason)
	switch {
	case s.Message == "":
	case ownWords:
		line(l.Text("because"), s.Message)
	default:
		line(l.Text("gateway says"), s.Message)
	}
	if advice.Action != "" {
		line(l.Text("what to do"), advice.Action)
	}
	line(l.Text("attempts"), l.Text("%d sent, %d asked", s.Attempts, s.Asks))
	a.tell("\n")
	a.printHistory(s)
}

// printHistory prints tokens as they are kept: bulkpay explain has the words.
func (a *app) printHistory(s showJSON) {
	for _, e := range s.History {
		a.tell("%s  event %d  %s", e.At.Format(time.RFC3339), e.Seq, e.Kind)
		if e.From != e.To {
			a.tell(": %s → %s", e.From, e.To)
		}
		a.tell("  by %s  (%s)\n", e.Actor, e.Reason)
		if e.Evidence == "" && e.Message != "" { // a person's words, or ours; the gateway's stand in its answer
			a.tell("    %s\n", e.Message)
		}
		for answer := range strings.Lines(e.Evidence) {
			if answer = strings.TrimSpace(answer); answer != "" {
				a.tell("    %s\n", answer)
			}
		}
	}
}
