package tieout

import (
	"slices"
	"testing"

	"github.com/bulkpay/bulkpay/ledger"
	"github.com/bulkpay/bulkpay/report"
)

// repeats is what a gateway says that has changed its mind about nothing.
func repeats(s ledger.State) ledger.Kind {
	switch s {
	case ledger.Succeeded:
		return ledger.Paid
	case ledger.Processing:
		return ledger.Accepted
	case ledger.Failed, ledger.Reversed:
		return ledger.NotPaid
	case ledger.Rejected:
		return ledger.Unknown
	}
	return ledger.NoAnswer
}

// askedAnew goes through a pass; says is what is said of a payout, the first
// of its state or not.
func (b *books) askedAnew(says func(p ledger.Payout, first bool) ledger.Kind) report.Equation {
	b.t.Helper()
	ctx := b.t.Context()
	pass, _, err := b.Book.AskAgain(ctx, b.batch.ID, "maria", "")
	check(b.t, err)
	var outcomes []ledger.Outcome
	var seen []ledger.State
	for p, err := range b.Book.Unanswered(ctx, pass, 0, 100_000) {
		check(b.t, err)
		kind := says(p, !slices.Contains(seen, p.State))
		seen = append(seen, p.State)
		outcomes = append(outcomes, ledger.Outcome{
			Payout: p, Pass: pass.ID, Kind: kind, Reason: "asked", Actor: ledger.ActorSettle, Evidence: []byte("{}"),
		})
	}
	_, err = b.Book.Record(ctx, ledger.Policy{}, outcomes)
	check(b.t, err)
	_, err = b.Book.FinishPass(ctx, pass, ledger.ActorSettle)
	check(b.t, err)
	return b.gateway()
}

func (b *books) gateway() report.Equation {
	b.t.Helper()
	equations, err := Of(b.t.Context(), b.Book.View, b.batch)
	check(b.t, err)
	return equations[0]
}

// but is what repeats everything, but for the first payout of a state.
func but(state ledger.State, kind ledger.Kind) func(ledger.Payout, bool) ledger.Kind {
	return func(p ledger.Payout, first bool) ledger.Kind {
		if first && p.State == state {
			return kind
		}
		return repeats(p.State)
	}
}

func TestTheLedgerIsHeldAgainstWhatIsSaidNow(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		says    func(ledger.Payout, bool) ledger.Kind
		want    report.Verdict
		differs int // answers that are not as the ledger had it
	}{
		"nothing has changed":          {but("", ""), report.Tied, 0},
		"paid, and failed now":         {but(ledger.Succeeded, ledger.NotPaid), report.Tied, 1}, // the ledger follows, and flags it
		"failed, and paid now":         {but(ledger.Failed, ledger.Paid), report.Tied, 1},
		"failed, and not known now":    {but(ledger.Failed, ledger.Unknown), report.Tied, 0},
		"paid, and not known now":      {but(ledger.Succeeded, ledger.Unknown), report.NotTied, 1},
		"paid, and another's now":      {but(ledger.Succeeded, ledger.Conflict), report.NotTied, 1},
		"paid, and in progress now":    {but(ledger.Succeeded, ledger.Accepted), report.NotTied, 1},
		"reversed, and paid once more": {but(ledger.Reversed, ledger.Paid), report.NotTied, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := setup(t).askedAnew(c.says)
			if e.Verdict() != c.want {
				t.Errorf("%s, want %s: %+v", e.Verdict(), c.want, e.Terms)
			}
			if a := e.Asked; a.Payouts == 0 || a.Asked != a.Payouts || a.Answered-a.Agreed != c.differs {
				t.Errorf("asked %+v", a)
			}
		})
	}
}

func TestWhatWasNotAnsweredRestsOnWhatWasHeardBefore(t *testing.T) {
	if testing.Short() {
		t.Skip("one goroutine, and long under the race detector")
	}
	t.Parallel()
	b := setup(t)
	before := b.gateway()
	if before.Asked.Payouts != 0 || before.Asked.Rest != before.Left.Count || before.Asked.RestSince.IsZero() {
		t.Errorf("never asked: %+v", before.Asked)
	}
	e := b.askedAnew(but(ledger.Succeeded, ledger.NoAnswer))
	open := 0
	for _, s := range []ledger.State{ledger.Held, ledger.InDoubt} {
		for line, err := range b.Book.Lines(t.Context(), b.batch.ID) {
			check(t, err)
			if line.Payout != nil && line.Payout.State == s && line.Payout.Sends() > 0 {
				open++
			}
		}
	}
	a := e.Asked
	if e.Verdict() != report.Tied || a.Payouts-a.Answered != open+1 || a.Rest < 1 || a.Rest > open+1 || a.RestSince.IsZero() {
		t.Errorf("%s: %+v, %d open", e.Verdict(), a, open)
	}
}

func TestAnAlteredAnswerOfAPassBreaksTheEquation(t *testing.T) {
	if testing.Short() {
		t.Skip("one goroutine, and long under the race detector")
	}
	t.Parallel()
	b := setup(t)
	b.askedAnew(but("", ""))
	b.alter("UPDATE questions SET heard = 'not_paid' WHERE payout_id = (SELECT min(payout_id) FROM questions WHERE heard = 'paid')")
	b.wants(report.GatewayEquation, report.NotTied)
}

// A person's word is for what the gateway leaves open: that it still does is
// no news, and what it says definitely is.
func TestAWordGivesWayToWhatIsSaidDefinitely(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		kind ledger.Kind
		word int
	}{"not known": {ledger.Unknown, 1}, "paid": {ledger.Paid, 0}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			p := b.first(ledger.Failed)
			_, err := b.Book.Resolve(t.Context(), p.TradeNo, ledger.SaidPaid, "maria", "the bank has it")
			check(t, err)
			e := b.askedAnew(func(other ledger.Payout, _ bool) ledger.Kind {
				if other.TradeNo == p.TradeNo {
					return c.kind
				}
				return repeats(other.State)
			})
			word := 0
			for _, term := range e.Terms {
				if term.Name == termWord {
					word = term.Count
				}
			}
			if e.Verdict() != report.Tied || word != c.word {
				t.Errorf("%s, %d on a word: %+v", e.Verdict(), word, e.Terms)
			}
		})
	}
}

// first is the first payout of the batch in a state.
func (b *books) first(state ledger.State) ledger.Payout {
	b.t.Helper()
	for line, err := range b.Book.Lines(b.t.Context(), b.batch.ID) {
		check(b.t, err)
		if line.Payout != nil && line.Payout.State == state {
			return *line.Payout
		}
	}
	b.t.Fatalf("no payout is %s", state)
	return ledger.Payout{}
}
