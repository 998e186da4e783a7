package journal

import (
	"context"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/bulkpay/bulkpay/internal/money"
	"github.com/bulkpay/bulkpay/ledger"
)

var comparing = cmp.Options{
	cmp.AllowUnexported(Entry{}),
	cmpopts.EquateEmpty(),
	cmp.Comparer(func(a, b money.Amount) bool { return a.Equal(b) }),
}

// TestNoHistoryLeavesTheBooksUnbalanced does to payouts whatever can be done
// to them, in any order, and holds the books against the payouts after each
// step, the entries against those of the step before, and the periods against
// one another.
func TestNoHistoryLeavesTheBooksUnbalanced(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		w := &walk{desk: newDesk(rt, filepath.Join(t.TempDir(), "book.db"), "https://gateway.test")}
		defer w.close()
		rt.Repeat(map[string]func(*rapid.T){
			"import": w.imports, "claim": w.claims, "again": w.again, "answer": w.answer, "ask": w.ask, "asked": w.ask, "deny": w.deny,
			"word": w.word, "hold": w.word, "wait": w.wait, "recover": w.recover,
			"": w.check,
		})
		w.tiles(rt)
	})
}

// walk is a random history, and the entries it had before the last step.
type walk struct {
	*desk
	before []Entry
	steps  int
}

func (w *walk) imports(rt *rapid.T) {
	if len(w.batches) < 4 {
		w.imported(rapid.IntRange(1, 4).Draw(rt, "rows"), rapid.Bool().Draw(rt, "suspect"))
	}
}

func (w *walk) claims(rt *rapid.T) {
	if len(w.batches) > 0 {
		w.run(rapid.SampledFrom(w.batches).Draw(rt, "batch"), rapid.IntRange(1, 4).Draw(rt, "n"))
	}
}

func (w *walk) answer(rt *rapid.T) {
	if p, ok := w.any(rt); ok && p.Attempts > 0 {
		kinds := []ledger.Kind{ledger.Paid, ledger.Accepted, ledger.NotPaid, ledger.Refused, ledger.Doubt, ledger.NotSent, ledger.Conflict}
		w.hear(p, rapid.SampledFrom(kinds).Draw(rt, "kind"), rapid.IntRange(1, p.Attempts).Draw(rt, "attempt"))
	}
}

func (w *walk) ask(rt *rapid.T) {
	if p, ok := w.any(rt); ok {
		kinds := []ledger.Kind{ledger.Paid, ledger.Accepted, ledger.NotPaid, ledger.Doubt, ledger.NoAnswer, ledger.Conflict, ledger.Hint}
		w.hear(p, rapid.SampledFrom(kinds).Draw(rt, "kind"), 0)
	}
}

// again has a payout sent a second time: what is never sent again often enough
// by chance.
func (w *walk) again(rt *rapid.T) {
	p, ok := w.any(rt)
	if !ok {
		return
	}
	batch, err := w.book.BatchByID(context.Background(), p.BatchID)
	w.must(err)
	w.claims(rt)
	w.hear(p, rapid.SampledFrom([]ledger.Kind{ledger.NotSent, ledger.Doubt}).Draw(rt, "first"), 1)
	for range 2 {
		w.hear(p, ledger.Unknown, 0)
		w.later(11 * time.Minute)
	}
	w.run(batch, 4)
}

// deny denies until something comes of it.
func (w *walk) deny(rt *rapid.T) {
	if p, ok := w.any(rt); ok {
		w.hear(p, ledger.Unknown, 0)
		w.later(11 * time.Minute)
		w.hear(p, ledger.Unknown, 0)
	}
}

func (w *walk) word(rt *rapid.T) {
	p, ok := w.any(rt)
	if !ok {
		return
	}
	ctx := context.Background()
	// What a word cannot do is refused, and that is fine here.
	switch rapid.IntRange(0, 4).Draw(rt, "word") {
	case 0:
		_, _ = w.book.Release(ctx, p.TradeNo, "person:maria", "fine")
	case 1:
		_, _ = w.book.Cancel(ctx, p.TradeNo, "person:maria", "no")
	case 2:
		_, _ = w.book.Resolve(ctx, p.TradeNo, ledger.SaidPaid, "person:maria", "seen")
	case 3:
		_, _ = w.book.Resolve(ctx, p.TradeNo, ledger.SaidNotPaid, "person:maria", "seen")
	case 4:
		_, _ = w.book.Resolve(ctx, p.TradeNo, ledger.Resend, "person:maria", "again")
	}
}

func (w *walk) wait(rt *rapid.T) {
	w.later(time.Duration(rapid.IntRange(1, 30).Draw(rt, "hours")) * time.Hour)
}

func (w *walk) recover(*rapid.T) {
	_, err := w.book.Recover(context.Background(), w.lease)
	w.must(err)
}

func (w *walk) check(rt *rapid.T) {
	entries, result := w.journal(Scope{}, nil)
	if !result.Tied() {
		rt.Fatalf("not tied: %+v", result.Controls)
	}
	if diff := cmp.Diff(w.before, entries[:min(len(w.before), len(entries))], comparing); diff != "" {
		rt.Fatalf("entries changed after they were exported:\n%s", diff)
	}
	w.before = entries
	ids := map[string]bool{}
	for _, e := range entries {
		if ids[e.ID] || len(e.ID) > 21 || len(e.Day) != 10 {
			rt.Fatalf("%s of %s: not an id and a day of its own", e.ID, e.Day)
		}
		ids[e.ID] = true
		lines := e.Lines()
		if !lines[0].Debit.Equal(lines[1].Credit) || !lines[0].Credit.IsZero() || !lines[1].Debit.IsZero() || lines[0].Account == lines[1].Account {
			rt.Fatalf("%s does not balance: %+v", e.ID, lines)
		}
	}
	if w.steps++; w.steps%5 == 0 { // it costs as much as all else
		w.batchwise(rt, entries)
	}
	w.states(rt, result)
}

// batchwise holds the entries of all batches against those of the merchant.
func (w *walk) batchwise(rt *rapid.T, all []Entry) {
	var union []Entry
	for _, batch := range w.batches {
		entries, result := w.journal(Scope{Batch: batch}, nil)
		if !result.Tied() {
			rt.Fatalf("%s is not tied: %+v", batch.Code, result.Controls)
		}
		union = append(union, entries...)
	}
	slices.SortFunc(union, func(a, b Entry) int { return int(a.Event - b.Event) })
	if diff := cmp.Diff(all, union, comparing); diff != "" {
		rt.Fatalf("the batches together are not the merchant:\n%s", diff)
	}
}

// states adds up by itself what the balances must be.
func (w *walk) states(rt *rapid.T, result Result) {
	var suspense, paid, reversed int64
	for _, batch := range w.batches {
		for _, p := range w.payouts(batch) {
			minor, _ := p.Amount.Minor()
			// What was never sent and is known there is held with a flag, or for having been open too long.
			heard := p.State == ledger.Held && (p.Flagged || p.Reason == ledger.ReasonStuck)
			switch {
			case p.State == ledger.Succeeded:
				paid += minor
			case p.State == ledger.Reversed:
				reversed += minor
			case p.State == ledger.InDoubt, p.State == ledger.Held && (p.Sends() > 0 || heard),
				p.State == ledger.Ready && p.Sends() > 0, p.State == ledger.Submitting && p.Sends() > 1:
				suspense += minor
			}
		}
	}
	for role, want := range map[Role]int64{Suspense: -suspense, Gateway: -paid - reversed, Reversals: reversed, Payable: paid + suspense, Fees: 0} {
		if got, _ := result.Balance(role).Closing.Minor(); got != want {
			rt.Fatalf("%s is %d, and the payouts add up to %d", role, got, want)
		}
	}
}

// tiles cuts the history in two at any day.
func (w *walk) tiles(rt *rapid.T) {
	all, _ := w.journal(Scope{From: "2026-01-01", To: "2026-12-31"}, nil)
	cut := w.now().AddDate(0, 0, -rapid.IntRange(0, 20).Draw(rt, "cut"))
	first, before := w.journal(Scope{To: dayOf(cut, time.UTC)}, nil)
	second, after := w.journal(Scope{From: dayOf(cut.AddDate(0, 0, 1), time.UTC)}, nil)
	if diff := cmp.Diff(all, append(first, second...), comparing); diff != "" {
		rt.Fatalf("two periods are not the whole:\n%s", diff)
	}
	for _, role := range Roles() {
		if !before.Balance(role).Closing.Equal(after.Balance(role).Opening) {
			rt.Fatalf("%s closes with %s and opens with %s", role, before.Balance(role).Closing, after.Balance(role).Opening)
		}
	}
	if !before.Tied() || !after.Tied() {
		rt.Fatal("a part of the history is not tied")
	}
}
