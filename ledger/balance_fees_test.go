package ledger

import (
	"testing"
)

func TestFeesOfTheBankDoNotLeaveTheGatewaysAccount(t *testing.T) {
	t.Parallel()
	c := atCounter(t)
	p := c.paidFor(Paid, 10000)
	c.line(NewLine{TradeNo: p[0].TradeNo, Amount: pesos(10000), Fee: pesos(580)})
	c.reconcile(MatchPolicy{}, c.statement(today, today))
	n := NewStatement{Merchant: c.merchant, Name: "bank", SHA256: "bank", Origin: OfBank, Format: "mt940", FirstDay: today, LastDay: today, Actor: "maria"}
	s, _, err := c.ledger().TakeStatement(t.Context(), n, each([]NewLine{{Number: 1, Day: today, Amount: pesos(10000), Fee: pesos(300), Status: LineBooked, Narrative: p[0].TradeNo}}))
	must(t, err)
	_, err = c.ledger().Reconcile(t.Context(), c.merchant, OfBank, []int64{s.ID}, MatchPolicy{}, "maria")
	must(t, err)
	batch, err := c.ledger().BatchByID(t.Context(), p[0].BatchID)
	must(t, err)
	outlay, err := c.ledger().Outlay(t.Context(), batch, today, today.AddDate(0, 0, 1))
	must(t, err)
	if !outlay.Fees.Equal(pesos(580)) {
		t.Errorf("fees %s", outlay.Fees)
	}
}
