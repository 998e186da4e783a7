package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/bulkpay/bulkpay/internal/visible"
	"github.com/bulkpay/bulkpay/ledger"
)

// matchWordOptions are the flags of a person's word about a match.
type matchWordOptions struct {
	target
	reason string
}

// matchWordJSON is what `bulkpay reconcile confirm`, `undo` and `match` print
// with --json.
type matchWordJSON struct {
	Match    int64  `json:"match"`
	Standing string `json:"standing"`
}

func (o *matchWordOptions) flags(cmd *cobra.Command) {
	o.readFlags(cmd)
	cmd.Flags().StringVar(&o.reason, "reason", "", "why, for the record (needed)")
}

func newReconcileConfirm(a *app) *cobra.Command {
	o := &matchWordOptions{}
	cmd := &cobra.Command{
		Use:   "confirm MATCH",
		Short: "Confirm a match that was proposed",
		Long: `confirm makes a proposed match a confirmed one on your word. Who and why stand in the history, which the chain of
hashes covers.`,
		Example: `  bulkpay reconcile confirm 1204 --reason "the bank cut the number off"`,
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.matchWord(cmd.Context(), o, args[0], ledger.Confirmed, (*ledger.Ledger).ConfirmMatch)
		},
	}
	o.flags(cmd)
	return cmd
}

func newReconcileUndo(a *app) *cobra.Command {
	o := &matchWordOptions{}
	cmd := &cobra.Command{
		Use:   "undo MATCH",
		Short: "Undo a match",
		Long: `undo takes a match back on your word, with all payouts of a line that is several, and all lines of a payout that
stands on several. What was matched is open again, and no rule ever matches it so again. Who and why stand in the
history.`,
		Example: `  bulkpay reconcile undo 1204 --reason "the line is of another merchant"`,
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.matchWord(cmd.Context(), o, args[0], ledger.Undone, (*ledger.Ledger).UndoMatch)
		},
	}
	o.flags(cmd)
	return cmd
}

func (a *app) matchWord(ctx context.Context, o *matchWordOptions, match string, to ledger.Standing, say func(*ledger.Ledger, context.Context, int64, string, string) error) error {
	id, err := strconv.ParseInt(match, 10, 64)
	if err != nil {
		return usageError{fmt.Errorf("%q is not the number of a match; bulkpay reconcile lists them", match)}
	}
	return a.wordOnMatch(ctx, o, func(book *ledger.Ledger) (int64, ledger.Standing, error) {
		return id, to, say(book, ctx, id, operator(), o.reason)
	})
}

func (a *app) wordOnMatch(ctx context.Context, o *matchWordOptions, say func(*ledger.Ledger) (int64, ledger.Standing, error)) error {
	if strings.TrimSpace(o.reason) == "" {
		return usageError{errors.New("a decision needs a --reason")}
	}
	book, _, err := a.openBook(ctx, &o.target)
	if err != nil {
		return err
	}
	defer book.Close() //nolint:errcheck // everything in it is committed
	id, standing, err := say(book)
	if err != nil {
		return err
	}
	if a.json {
		return a.printJSON(matchWordJSON{id, string(standing)})
	}
	a.tell("match %d: now %s\n", id, standing)
	return a.told()
}

func newReconcileMatch(a *app) *cobra.Command {
	o := &matchWordOptions{}
	cmd := &cobra.Command{
		Use:   "match STATEMENT LINE TRADENO",
		Short: "Say that a line of a statement is a payout",
		Long: `match says on your word that a line is a payout, where no rule has found it. STATEMENT is the number or the name of
a statement that was taken in. Neither may be matched otherwise: undo that first. Who and why stand in the history.`,
		Example: `  bulkpay reconcile match november.csv 88 BP20261121104501X8K2M5PQRSTV --reason "seen in the bank's portal"`,
		Args:    cobra.ExactArgs(3),
		RunE: func(cmd *cobra.Command, args []string) error {
			line, err := strconv.Atoi(args[1])
			if err != nil || line < 1 {
				return usageError{fmt.Errorf("%q is not the number of a line", args[1])}
			}
			ctx := cmd.Context()
			return a.wordOnMatch(ctx, o, func(book *ledger.Ledger) (int64, ledger.Standing, error) {
				statement, err := findStatement(ctx, book, args[0])
				if err != nil {
					return 0, "", err
				}
				id, err := book.MatchByHand(ctx, statement, line, args[2], operator(), o.reason)
				return id, ledger.Confirmed, err
			})
		},
	}
	o.flags(cmd)
	return cmd
}

// findStatement finds a statement by its number, or by its name if only one has
// it: a word about a line is about no other file of the same name.
func findStatement(ctx context.Context, book *ledger.Ledger, what string) (int64, error) {
	var named []string
	var found int64
	for m, err := range book.Merchants(ctx) {
		if err != nil {
			return 0, err
		}
		for s, err := range book.Statements(ctx, m.ID) {
			if err != nil {
				return 0, err
			}
			if strconv.FormatInt(s.ID, 10) == what {
				return s.ID, nil
			}
			if s.Name == what {
				found = s.ID
				named = append(named, fmt.Sprintf("%d (%s, %s to %s)", s.ID, m.Name, s.FirstDay.Format(time.DateOnly), s.LastDay.Format(time.DateOnly)))
			}
		}
	}
	switch len(named) {
	case 1:
		return found, nil
	case 0:
	default:
		return 0, usageError{fmt.Errorf("several statements are called %s: say which by its number, %s", what, strings.Join(named, " or "))}
	}
	return 0, hinted{fmt.Errorf("no statement %s was taken in", what), "bulkpay reconcile --statement " + visible.Word(what)}
}
