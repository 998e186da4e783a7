package ledger

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// charged tells the charges of the merchant, or of a batch.
func (c *counter) charged(within Within) (told []string) {
	c.t.Helper()
	for charge, err := range c.ledger().Charges(c.t.Context(), within, OfGateway) {
		must(c.t, err)
		what := "fee"
		if charge.Returned {
			what = "return"
		}
		if charge.Undone {
			what += " undone"
		}
		told = append(told, fmt.Sprintf("%s line %d row %d: %s %s", charge.Statement, charge.Line, charge.Row, what, charge.Amount.Fixed()))
	}
	return told
}

func (c *counter) charges(want ...string) {
	c.t.Helper()
	got := c.charged(Within{MerchantID: c.merchant.ID})
	if diff := cmp.Diff(want, got); diff != "" {
		c.t.Errorf("(-want +got):\n%s", diff)
	}
}

// matchOf finds the id of a match of a payout.
func (c *counter) matchOf(p Payout, standing Standing) int64 {
	c.t.Helper()
	var id int64
	must(c.t, c.ledger().View.q.QueryRowContext(c.t.Context(), "SELECT max(id) FROM matches WHERE payout_id = ? AND standing = ?", p.ID, string(standing)).Scan(&id))
	return id
}

func TestChargesAreNeverForgottenOrCountedTwice(t *testing.T) {
	t.Parallel()
	c := atCounter(t)
	p := c.paidFor(Paid, 10000, 20000, 30000, 40000)
	c.line(NewLine{TradeNo: p[0].TradeNo, Amount: pesos(10000), Fee: pesos(350)})       // line 2: beside the amount
	c.line(NewLine{TradeNo: p[1].TradeNo, Amount: pesos(20120)})                        // line 3: on top
	c.line(NewLine{TradeNo: p[2].TradeNo, Amount: pesos(29900)})                        // line 4: the payee got less
	c.line(NewLine{TradeNo: p[3].TradeNo, Amount: pesos(40000)})                        // line 5: none
	c.line(NewLine{TradeNo: p[3].TradeNo, Amount: pesos(-40000), Status: LineReturned}) // line 6
	c.line(NewLine{TradeNo: "BPNOBODY", Amount: pesos(5), Fee: pesos(1)})               // line 7: of nobody
	policy := MatchPolicy{FeeMinor: 200}
	s := c.statement(today, today)
	c.charges()
	c.reconcile(policy, s)
	want := []string{
		"statement-1.csv line 2 row 2: fee 3.50", "statement-1.csv line 3 row 3: fee 1.20", "statement-1.csv line 6 row 5: return 400.00",
	}
	c.charges(want...)
	c.reconcile(policy, s)
	c.charges(want...)

	must(t, c.ledger().UndoMatch(t.Context(), c.matchOf(p[0], Confirmed), "maria", "another one's"))
	must(t, c.ledger().UndoMatch(t.Context(), c.matchOf(p[3], Confirmed), "maria", "another one's"))
	want = append(want, "statement-1.csv line 2 row 2: fee undone 3.50", "statement-1.csv line 6 row 5: return undone 400.00")
	c.charges(want...)
	_, err := c.ledger().MatchByHand(t.Context(), s.ID, 2, p[0].TradeNo, "maria", "after all")
	must(t, err)
	c.charges(append(want, "statement-1.csv line 2 row 2: fee 3.50")...)

	if got := c.charged(Within{BatchID: p[0].BatchID}); len(got) != 6 {
		t.Errorf("of the batch: %q", got)
	}
	if got := c.charged(Within{MerchantID: c.register("other-mx").ID}); len(got) != 0 {
		t.Errorf("of another: %q", got)
	}
}

// What was only proposed is charged when a person confirms it.
func TestAProposalChargesNothing(t *testing.T) {
	t.Parallel()
	c := atCounter(t)
	p := c.paidFor(Paid, 10000)
	q := c.paidFor(Paid, 10000)
	c.line(NewLine{Amount: pesos(10000), Fee: pesos(350)}) // either
	s := c.statement(today, today)
	c.reconcile(MatchPolicy{}, s)
	c.charges()
	var id int64
	must(t, c.ledger().View.q.QueryRowContext(t.Context(), "SELECT coalesce(max(id), 0) FROM matches WHERE standing = 'proposed'").Scan(&id))
	if id == 0 {
		t.Fatal("nothing is proposed")
	}
	must(t, c.ledger().ConfirmMatch(t.Context(), id, "maria", "seen"))
	if got := c.charged(Within{MerchantID: c.merchant.ID}); len(got) != 1 {
		t.Errorf("%q, of %s or %s", got, p[0].TradeNo, q[0].TradeNo)
	}
	for charge, err := range c.ledger().Charges(t.Context(), Within{MerchantID: c.merchant.ID}, OfGateway) {
		must(t, err)
		var kind string
		must(t, c.ledger().View.q.QueryRowContext(t.Context(), "SELECT kind FROM events WHERE seq = ?", charge.Seq).Scan(&kind))
		if kind != kindMatch {
			t.Errorf("learned by %s", kind)
		}
	}
}

// The line of a lump charges its fee once.
func TestALumpChargesOnce(t *testing.T) {
	t.Parallel()
	c := atCounter(t)
	p := c.paidFor(Paid, 10000, 20000)
	c.line(NewLine{Narrative: "payroll " + p[0].TradeNo + " " + p[1].TradeNo, Amount: pesos(30000), Fee: pesos(500)})
	s := c.statement(today, today)
	c.reconcile(MatchPolicy{}, s)
	c.charges("statement-1.csv line 2 row 2: fee 5.00")
	must(t, c.ledger().UndoMatch(t.Context(), c.matchOf(p[1], Confirmed), "maria", "no"))
	c.charges("statement-1.csv line 2 row 2: fee 5.00", "statement-1.csv line 2 row 2: fee undone 5.00")
}
