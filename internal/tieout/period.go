package tieout

import (
	"context"
	"errors"
	"sort"
	"time"

	"github.com/bulkpay/bulkpay/internal/money"
	"github.com/bulkpay/bulkpay/ledger"
	"github.com/bulkpay/bulkpay/report"
)

// Merchants makes the balance's equation of every merchant that has several of
// these batches, over all of its runs from the first of them to the last. One
// whose balance was not asked has none.
func Merchants(ctx context.Context, v ledger.View, batches []ledger.Batch) ([]report.Equation, error) {
	of := map[int64][]ledger.Batch{}
	var order []int64
	for _, b := range batches {
		if of[b.Merchant.ID] == nil {
			order = append(order, b.Merchant.ID)
		}
		of[b.Merchant.ID] = append(of[b.Merchant.ID], b)
	}
	var all []report.Equation
	for _, id := range order {
		if len(of[id]) < 2 {
			continue
		}
		e, known, err := periodOf(ctx, v, of[id])
		if err != nil {
			return nil, err
		}
		if known {
			all = append(all, e)
		}
	}
	return all, nil
}

// window is a time at both ends of which a run has asked for the balance. Runs
// of a merchant never overlap.
type window struct {
	from, to      time.Time
	before, after money.Amount
}

// windows are those from the first opening of a batch to its last closing. A
// run that died before it asked again is one with the next.
func windows(ctx context.Context, v ledger.View, batches []ledger.Batch) ([]window, error) {
	own := map[int64]bool{}
	for _, b := range batches {
		own[b.ID] = true
	}
	var all []window
	open, last := false, 0 // last: how many there are up to an own closing
	for b, err := range v.BalancesOf(ctx, batches[0].Merchant.ID) {
		if err != nil {
			return nil, err
		}
		holdings, err := b.Holdings()
		if err != nil {
			return nil, err
		}
		switch {
		case b.Moment == ledger.Opening && !open && (len(all) > 0 || own[b.BatchID]):
			all, open = append(all, window{from: b.At, before: holdings}), true
		case b.Moment == ledger.Closing && len(all) > 0:
			all[len(all)-1].to, all[len(all)-1].after, open = b.At, holdings, false
			if own[b.BatchID] {
				last = len(all)
			}
		}
	}
	return all[:last], nil
}

// period adds up what moved a merchant's balance over some windows.
type period struct {
	windows            []window
	own                map[int64]bool
	paid, others, back report.Figure
	unclear            report.Figure
	fees               money.Amount
	stated             bool // a statement has all that was paid
}

func periodOf(ctx context.Context, v ledger.View, batches []ledger.Batch) (e report.Equation, known bool, err error) {
	m := batches[0].Merchant
	nothing := money.FromMinor(m.Currency, 0)
	zero := report.Figure{Sum: nothing}
	p := period{own: map[int64]bool{}, paid: zero, others: zero, back: zero, unclear: zero, fees: nothing, stated: true}
	for _, b := range batches {
		p.own[b.ID] = true
	}
	if p.windows, err = windows(ctx, v, batches); err != nil || len(p.windows) == 0 {
		return e, false, err
	}
	for s, err := range v.Spendings(ctx, m, p.windows[0].from, p.end().to) {
		if err == nil {
			err = p.add(s)
		}
		if err != nil {
			return e, false, err
		}
	}
	e, err = p.equation(m.Name)
	return e, true, err
}

func (p *period) end() window { return p.windows[len(p.windows)-1] }

// place is where a moment lies: the windows from 0 on as 1, 3, 5, the times
// between them as 2, 4, 6; before all of them 0.
func (p *period) place(at time.Time) int {
	i := sort.Search(len(p.windows), func(i int) bool { return !p.windows[i].to.Before(at) })
	if i == len(p.windows) || at.Before(p.windows[i].from) {
		return 2 * i
	}
	return 2*i + 1
}

// add takes a payout in. What was sent and paid within windows moved the
// balance there; what was sent and paid in one time between them is in what
// moved then. Of all else nobody knows when it moved.
func (p *period) add(s ledger.Spending) error {
	sent, paid, back := p.place(s.SentAt), p.place(s.PaidAt), p.place(s.BackAt)
	own, asked := p.own[s.BatchID], func(place int) bool { return place%2 == 1 }
	came := !s.BackAt.IsZero() && !s.BackAt.After(p.end().to)
	switch {
	case s.PaidAt.IsZero() || s.PaidAt.After(p.end().to): // open when the balance was asked
		return count(&p.unclear, s.Amount)
	case came && sent == 0 && paid == 0: // paid before all of it
		if asked(back) {
			return count(&p.back, s.Amount)
		}
		return nil
	case s.Resent && len(p.windows) > 1:
		return count(&p.unclear, s.Amount)
	case asked(sent) && asked(paid):
		err := p.spent(own, s)
		if came && asked(back) {
			err = errors.Join(err, count(&p.back, s.Amount))
		}
		return err
	case sent == paid && !own && !came:
		return nil
	}
	return count(&p.unclear, s.Amount)
}

func (p *period) spent(own bool, s ledger.Spending) (err error) {
	p.stated = p.stated && s.Stated
	if p.fees, err = p.fees.Add(s.Fee); err != nil {
		return err
	}
	if own {
		return count(&p.paid, s.Amount)
	}
	return count(&p.others, s.Amount)
}

func count(f *report.Figure, a money.Amount) (err error) {
	f.Count++
	f.Sum, err = f.Sum.Add(a)
	return err
}

// between is what the balances say of the times between the windows.
func (p *period) between() (moved money.Amount, err error) {
	for i := 1; i < len(p.windows) && err == nil; i++ {
		var step money.Amount
		if step, err = p.windows[i].before.Sub(p.windows[i-1].after); err == nil {
			moved, err = moved.Add(step)
		}
	}
	return moved, err
}

func (p *period) equation(of string) (report.Equation, error) {
	first, last := p.windows[0], p.end()
	moved, err := p.between()
	if err != nil {
		return report.Equation{}, err
	}
	e := report.Equation{
		Name: report.BalanceEquation, Of: of, Left: report.Term{Name: "closing balance", Sum: last.after, Since: last.to, Until: last.to},
		Terms: []report.Term{
			{Name: "opening balance", Sum: first.before, Since: first.from, Until: first.from},
			{Name: "paid", Minus: true, Count: p.paid.Count, Sum: p.paid.Sum},
			{Name: "fees", Minus: true, Sum: p.fees},
			{Name: "paid by other batches", Minus: true, Count: p.others.Count, Sum: p.others.Sum},
			{Name: "came back", Count: p.back.Count, Sum: p.back.Sum},
		},
	}
	if !moved.IsZero() {
		e.Terms = append(e.Terms, report.Term{Name: "moved between the runs", Sum: moved})
		e.Notes = append(e.Notes, report.Say("what moved between the runs is what the balances say: put in, taken out, or paid while no run had asked"))
	}
	if !p.stated {
		e.Notes = append(e.Notes, report.Say("what was charged is not known without a statement; any fee is in the difference"))
	}
	all, err := p.paid.Sum.Add(p.others.Sum)
	if err != nil {
		return e, err
	}
	if p.unclear.Count > 0 {
		why := report.Say("%d payouts, %s, were not sent and settled between two balances that were asked: what moved for them cannot be told apart", p.unclear.Count, p.unclear.Sum)
		e.Unknown = &why
	} else if lacking, ok := mayBeFees(e, p.stated, all); ok {
		why := report.Say("%s less than explained, which may be fees; a statement tells: bulkpay reconcile", lacking)
		e.Unknown = &why
	}
	return e, nil
}
