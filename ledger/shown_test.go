package ledger

import (
	"errors"
	"testing"
	"time"
)

// shown is what the book says of a payout that was called off: the line that
// has it as paid, whether a number leads to contrary answers, and as what a row
// like it is suspected.
func (c *counter) shown(p Payout) (line string, flagged bool, suspects int) {
	c.t.Helper()
	line, err := c.ledger().ShownPaid(c.t.Context(), p.ID)
	must(c.t, err)
	looking, err := c.ledger().LookBack(c.t.Context(), c.merchant.ID, time.Time{})
	must(c.t, err)
	defer func() { must(c.t, looking.Close()) }()
	traded, ok, err := looking.Trade(c.t.Context(), p.TradeNo)
	must(c.t, err)
	if !ok {
		c.t.Fatalf("%s stands for nothing", p.TradeNo)
	}
	found, err := looking.Suspects(c.t.Context(), Sought{Name: p.PayeeName, Account: p.PayeeAccount, Amount: p.Amount})
	must(c.t, err)
	return line, traded.Flagged, len(found)
}

// What a statement shows as paid is not paid anew, whatever the gateway says;
// and is when the match is undone, or the money is back.
func TestWhatAStatementShowsAsPaidIsNotPaidAnew(t *testing.T) {
	t.Parallel()
	c := atCounter(t)
	p := c.paidFor(NotPaid, 10000)[0]
	if line, flagged, suspects := c.shown(p); line != "" || flagged || suspects != 0 {
		t.Fatalf("before: %q, %v, %d", line, flagged, suspects)
	}
	c.line(NewLine{TradeNo: p.TradeNo, Amount: pesos(10000)})
	c.reconcile(MatchPolicy{}, c.statement(today, today))
	if line, flagged, suspects := c.shown(p); line != "statement-1.csv, line 2" || !flagged || suspects != 1 {
		t.Errorf("shown: %q, %v, %d", line, flagged, suspects)
	}
	contradicted := 0
	for tally, err := range c.ledger().Tallies(t.Context(), Within{MerchantID: c.merchant.ID}) {
		must(t, err)
		if tally.Contradicted {
			contradicted += tally.Count
		}
	}
	if contradicted != 1 {
		t.Errorf("%d contradicted", contradicted)
	}
	must(t, c.ledger().UndoMatch(t.Context(), c.matchOf(p, Confirmed), "maria", "another one's"))
	if line, flagged, suspects := c.shown(p); line != "" || flagged || suspects != 0 {
		t.Errorf("undone: %q, %v, %d", line, flagged, suspects)
	}
}

func TestWhatIsBackMayBePaidAnew(t *testing.T) {
	t.Parallel()
	c := atCounter(t)
	p := c.paidFor(NotPaid, 10000)[0]
	c.line(NewLine{TradeNo: p.TradeNo, Amount: pesos(10000)})
	c.line(NewLine{TradeNo: p.TradeNo, Amount: pesos(-10000), Status: LineReturned})
	c.reconcile(MatchPolicy{}, c.statement(today, today))
	if line, flagged, suspects := c.shown(p); line != "" || flagged || suspects != 0 {
		t.Errorf("%q, %v, %d", line, flagged, suspects)
	}
}

// A line on which no money moved shows nothing.
func TestAnAttemptShowsNothingAsPaid(t *testing.T) {
	t.Parallel()
	c := atCounter(t)
	p := c.paidFor(NotPaid, 10000)[0]
	c.line(NewLine{TradeNo: p.TradeNo, Amount: pesos(10000), Status: LineFailed})
	c.reconcile(MatchPolicy{}, c.statement(today, today))
	if line, _, _ := c.shown(p); line != "" {
		t.Error(line)
	}
}

// A payout that waits to be sent in the place of one that a statement shows as
// paid is held before it is sent: by the reconciliation, or by a person's word.
func TestNothingIsSentForWhatAStatementShowsAsPaid(t *testing.T) {
	t.Parallel()
	for _, byHand := range []bool{false, true} {
		c := atCounter(t)
		p := c.paidFor(NotPaid, 10000)[0]
		again := row(2, 10000)
		again.Replaces = p.TradeNo
		batch := c.imported(again)
		line := NewLine{TradeNo: p.TradeNo, Amount: pesos(10000)}
		if byHand {
			line.TradeNo = ""
		}
		c.line(line)
		s := c.statement(today, today)
		c.reconcile(MatchPolicy{}, s)
		if byHand {
			_, err := c.ledger().MatchByHand(t.Context(), s.ID, 2, p.TradeNo, "maria", "seen")
			must(t, err)
		}
		claimed, err := c.Claim(t.Context(), c.lease, batch.ID, 1)
		if err != nil && !errors.Is(err, ErrNotFound) {
			t.Fatal(err)
		}
		if len(claimed) != 0 {
			t.Errorf("by hand %v: %s is sent", byHand, claimed[0].TradeNo)
		}
		found, err := c.ledger().Verify(t.Context())
		must(t, err)
		if len(found.Findings) > 0 {
			t.Errorf("%v", found.Findings)
		}
	}
}

// doubtful is a payout of which nothing is known but that it may have been sent.
func (c *counter) doubtful() Payout {
	c.t.Helper()
	claimed, err := c.Claim(c.t.Context(), c.lease, c.imported(row(2, 10000)).ID, 1)
	must(c.t, err)
	c.record(answer(claimed[0], Doubt))
	return c.reload(claimed[0])
}

// The gateway denies it, and a statement has its money as gone: sent once more, it
// might be paid twice. A person's permission does not change that, as long as the
// match stands.
func TestWhatIsDeniedAndShownAsPaidIsNotSentAgain(t *testing.T) {
	t.Parallel()
	for name, deniedFirst := range map[string]bool{"matched before": false, "matched after": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := atCounter(t)
			p := c.doubtful()
			if deniedFirst {
				c.stands(c.deny(p, 3, 8*time.Minute), Ready)
			}
			c.line(NewLine{TradeNo: p.TradeNo, Amount: pesos(10000)})
			c.reconcile(MatchPolicy{}, c.statement(today, today))
			if !deniedFirst {
				c.stands(c.deny(p, 3, 8*time.Minute), Held)
			}
			p = c.stands(p, Held)
			equal(t, "why", []string{p.Reason, p.Message}, []string{ReasonSpent, "denied, and a statement shows it as paid: statement-1.csv, line 2"})
			_, err := c.ledger().Resolve(t.Context(), p.TradeNo, Resend, "person:maria", "again")
			must(t, err)
			c.stands(c.deny(p, 3, 8*time.Minute), Held)

			must(t, c.ledger().UndoMatch(t.Context(), c.matchOf(p, Confirmed), "maria", "another one's"))
			_, err = c.ledger().Resolve(t.Context(), p.TradeNo, Resend, "person:maria", "again")
			must(t, err)
			c.stands(c.deny(p, 3, 8*time.Minute), Ready)
			c.isClean()
		})
	}
}
