package audit

import (
	"maps"
	"slices"
	"strings"
)

// holdAgainstGateway holds every order against its payout, and every payout
// against its orders.
func (a *auditor) holdAgainstGateway() {
	for _, number := range slices.Sorted(maps.Keys(a.orders)) {
		a.order(number, a.orders[number])
	}
	for _, number := range slices.Sorted(maps.Keys(a.byNumber)) {
		p := a.byNumber[number]
		a.arrivals(p)
		a.standing(p)
	}
	for number, n := range a.Arrived {
		if a.byNumber[number] == nil {
			a.find("number "+number, "%d requests to pay it reached the gateway, and the ledger does not know it", n)
		}
	}
	for _, label := range slices.Sorted(maps.Keys(a.debts)) {
		if d := a.debts[label]; len(d.paid) > 1 {
			a.find(label, "is paid %d times: %s", len(d.paid), strings.Join(d.paid, ", "))
		}
	}
}

// order holds the orders for one number against its payout.
func (a *auditor) order(number string, orders []Order) {
	what := "number " + number
	if len(orders) > 1 || orders[0].Nth > 1 {
		a.find(what, "the gateway has %d orders for it", max(len(orders), orders[0].Nth))
	}
	p := a.byNumber[number]
	for i := range orders {
		o := &orders[i]
		if o.moved() {
			a.report.Paid++
		}
		if p == nil {
			continue
		}
		p.orders++
		if p.order == nil || o.moved() && !p.order.moved() {
			p.order = o
		}
		if o.moved() {
			d := a.debt(p.label)
			d.paid = append(d.paid, number)
		}
		a.agrees(p, o)
	}
	if p == nil {
		a.find(what, "the gateway has an order that the ledger does not know")
	}
}

// moved tells whether the payee has any of the money.
func (o Order) moved() bool { return o.Status == statusPaid || o.Status == statusPartly }

// agrees holds the two sides' coordinates against each other.
func (a *auditor) agrees(p *payout, o *Order) {
	if !a.sameAmount(p, o.Amount) {
		a.find("payout "+p.number, "the gateway's order has another amount")
	}
	if p.attempts == p.unsent {
		a.find("payout "+p.number, "was never sent, and the gateway has an order for it")
	}
	if p.platform != "" && p.platform != o.PlatFormTradeNo && p.orders == 1 {
		a.find("payout "+p.number, "has another number of the gateway's than the gateway's order")
	}
}

// arrivals: for every request that reached the gateway there is an intent.
func (a *auditor) arrivals(p *payout) {
	if n := a.Arrived[p.number]; n > p.attempts-p.unsent {
		a.find("payout "+p.number, "%d requests reached the gateway, and the ledger has sent it %d times", n, p.attempts-p.unsent)
	}
}

// standing holds how a payout stands against what the gateway has of it.
func (a *auditor) standing(p *payout) {
	what := "payout " + p.number
	paid := p.order != nil && p.order.Status == statusPaid
	partly := p.order != nil && p.order.Status == statusPartly
	was := p.order != nil && p.order.WasPaid
	switch p.state {
	case stateSucceeded:
		switch {
		case paid || was && !a.Settled:
		case was && p.history.contradicted:
			a.report.TakenBack++
		default:
			a.find(what, "is succeeded, and the gateway has no paid order for it")
		}
	case stateReversed:
		if !was || paid && a.Settled {
			a.find(what, "is reversed, and the gateway has not paid it and taken it back")
		}
	case stateFailed, stateRejected:
		if a.Settled && (paid || partly) {
			a.find(what, "is %s, and the gateway has paid it", p.state)
		}
	case stateCancelled:
		if p.order != nil || a.Arrived[p.number] > 0 {
			a.find(what, "is cancelled, and the gateway knows it")
		}
	case stateHeld:
		a.held(p, paid || partly)
	default:
		if a.Settled {
			a.find(what, "is %s still", p.state)
		}
	}
}

// heldByAWord are the reasons for which a payout may be held without a
// contradiction: a person has to decide, or has been told that one must.
var heldByAWord = map[string]bool{
	"suspect":             true, // it looks like another payout
	"doubt_did_not_clear": true, // denied as often as it may be sent
	"stuck":               true, // answered and not final for too long
}

func (a *auditor) held(p *payout, moved bool) {
	what := "payout " + p.number
	switch {
	case p.reason == "":
		a.find(what, "is held without a reason")
	case !p.conflict && !p.flagged && !heldByAWord[p.reason]:
		a.find(what, "is held for %q, which is no reason to", p.reason)
	}
	if moved {
		a.report.HeldPaid[p.reason]++
	}
}

// findLost looks for what was given and is nowhere.
func (a *auditor) findLost() {
	if !a.Settled {
		return
	}
	for i := range a.Given {
		r := &a.Given[i]
		if d := a.debts[r.label()]; d == nil || len(d.numbers) == 0 && d.leftOut == 0 {
			a.find(r.Sheet+" row "+itoa(int64(r.Row)), "was given, and the ledger knows nothing of it")
		}
	}
}
