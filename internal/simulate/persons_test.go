package simulate

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/bulkpay/bulkpay/internal/dispatch"
	"github.com/bulkpay/bulkpay/internal/retry"
	"github.com/bulkpay/bulkpay/ledger"
	"github.com/bulkpay/bulkpay/paypro"
	"github.com/bulkpay/bulkpay/paypro/sandbox"
)

// persons are there during the storm: they look at what is held or in doubt,
// and give a sheet back that they have repaired.
func (w *world) persons() {
	if w.s.persons {
		for i := range w.s.below(4, "words") {
			name := fmt.Sprintf("person-%d", i)
			w.later(w.s.span(w.s.storm/4, w.s.storm, "speaks", name), func() { w.decide(name) })
		}
	}
	if w.s.retry {
		w.later(w.s.span(w.s.storm/2, w.s.storm*3/2, "retries"), func() { w.payAnew("retrier") })
	}
	if w.s.repair {
		w.later(w.s.span(w.s.storm/2, w.s.storm, "repairs"), func() { w.repair("repairer") })
	}
}

// later does something after a while, beside everything else.
func (w *world) later(after time.Duration, do func()) {
	w.running.Go(func() {
		time.Sleep(after)
		do()
	})
}

// decide has a person say a word about whatever needs one, and tells whether
// any was said.
func (w *world) decide(name string) (said bool) {
	if !w.s.persons {
		return false
	}
	var f fate
	if time.Now().Before(w.stormEnds()) && w.s.chance(w.s.deaths, "interrupted", name) {
		f = fate{write: "word", nth: 1 + w.s.below(3, "nth", name), committed: w.s.chance(0.5, "committed", name)}
	}
	p := w.start(name, f, func(p *process, book *ledger.Ledger) error {
		at := w.lookAtBooks(book)
		for _, payout := range at.payouts {
			spoken, err := p.speak(book, at, payout)
			if err != nil {
				return err
			}
			said = said || spoken
		}
		return nil
	})
	<-p.ended
	return said
}

// look is what a person sees who has both books before them.
type look struct {
	payouts []ledger.Payout
	debts   map[string]string          // by number
	live    map[string][]string        // numbers that may be paid, by debt
	orders  map[string][]sandbox.Order // by number
}

// lookAtBooks reads both sides.
func (w *world) lookAtBooks(book *ledger.Ledger) *look {
	at := &look{debts: map[string]string{}, live: map[string][]string{}, orders: map[string][]sandbox.Order{}}
	for o := range w.gateway.Orders() {
		at.orders[o.TradeNo] = append(at.orders[o.TradeNo], o)
	}
	batches := batchesOf(book)
	slices.Reverse(batches) // the oldest first, so that what is replaced is known before
	for _, batch := range batches {
		for line, err := range book.Lines(w.ctx, batch.ID) {
			w.must(err)
			if line.Payout == nil {
				continue
			}
			p := *line.Payout
			at.payouts = append(at.payouts, p)
			debt := at.debts[p.Replaces]
			if p.Replaces == "" {
				w.mu.Lock()
				debt = w.debts[place{batch.Source, p.Row}]
				w.mu.Unlock()
			}
			at.debts[p.TradeNo] = debt
			if !p.State.CalledOff() {
				at.live[debt] = append(at.live[debt], p.TradeNo)
			}
		}
	}
	return at
}

// speak says the word that is true of a payout, if it needs one.
func (p *process) speak(book *ledger.Ledger, at *look, payout ledger.Payout) (bool, error) {
	d := p.w.s.of("word", payout.TradeNo)
	const actor, reason = "person:maria", "looked at the gateway's list"
	var err error
	var word ledger.Kind
	switch over := time.Now().After(p.w.stormEnds().Add(p.w.s.hidden())); {
	case payout.State == ledger.Held && payout.Sends() == 0:
		if len(at.live[at.debts[payout.TradeNo]]) > 1 || d.chance(0.3, "cancels") {
			word = ledger.Cancel
			_, err = book.Cancel(p.ctx, payout.TradeNo, actor, reason)
		} else {
			word = ledger.Release
			_, err = book.Release(p.ctx, payout.TradeNo, actor, reason)
		}
	case p.w.spoken(payout.TradeNo) > wordsMost:
		return false, nil
	case payout.State == ledger.Held || payout.State == ledger.InDoubt && d.chance(0.3, "in doubt"):
		if word = truth(at.orders[payout.TradeNo], over); word == "" {
			return false, nil
		}
		_, err = book.Resolve(p.ctx, payout.TradeNo, word, actor, reason)
	default:
		return false, nil
	}
	refused := (*ledger.WordError)(nil)
	switch {
	case errors.As(err, &refused):
		p.w.counts.add("words: refused, "+string(word), 1)
		return false, nil
	case err != nil:
		return false, err
	}
	p.w.counts.add("words: "+string(word), 1)
	return true, nil
}

// wordsMost is how often somebody says a word about one payout that was sent:
// where the gateway has no money left, sending once more helps as little the
// tenth time as the third.
const wordsMost = 3

// spoken counts the words about a payout.
func (w *world) spoken(tradeNo string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.words[tradeNo]++
	return w.words[tradeNo]
}

// truth is what is true of a payout for good, by the gateway's books; "" if
// nothing is yet.
func truth(orders []sandbox.Order, over bool) ledger.Kind {
	for _, o := range orders {
		switch {
		case o.Status == "0000" && !strings.Contains(o.Outcome, "reversed"):
			return ledger.SaidPaid
		case o.Status == "0001", !final(o.Status), o.Status == "0000", strings.HasPrefix(o.Outcome, "strange"):
			return "" // in part, or not for good
		}
	}
	switch {
	case len(orders) > 0:
		return ledger.SaidNotPaid
	case over:
		return ledger.Resend
	}
	return ""
}

// payAnew has what was called off paid anew, as `bulkpay retry` does.
func (w *world) payAnew(name string) {
	f := w.s.fateOf(name)
	f.drain, f.now = 0, 0
	p := w.start(name, f, func(p *process, book *ledger.Ledger) error {
		return p.patiently(book, func(lease *ledger.Lease, client *paypro.Client) error {
			runner := dispatch.New(book, lease, client, w.s.quiet())
			for _, batch := range batchesOf(book) {
				made, left, err := retry.Make(p.ctx, p.ctx, runner, book, batch, "person:maria", "once more")
				if err != nil {
					return err
				}
				w.counts.add("payouts: left as they are by a retry", len(left))
				if made.ID != 0 {
					w.counts.add("sheets: made by a retry", 1)
				}
			}
			return nil
		})
	})
	<-p.ended
}

// patiently waits for the lease as a person does who tries again.
func (p *process) patiently(book *ledger.Ledger, do func(*ledger.Lease, *paypro.Client) error) error {
	for range 20 {
		if err := p.leased(book, do); !errors.Is(err, ledger.ErrLocked) || p.ctx.Err() != nil {
			return err
		}
		time.Sleep(5 * time.Second)
	}
	return nil
}

// repair gives the first sheet back: with the numbers of its payouts, and
// what was called off put right.
func (w *world) repair(name string) {
	p := w.start(name, fate{}, func(p *process, book *ledger.Ledger) error {
		w.mu.Lock()
		was := w.sheets[0]
		w.mu.Unlock()
		for batch, err := range book.Batches(p.ctx) {
			if err != nil {
				return err
			}
			if batch.Source == was.name {
				return w.giveBack(p, book, was, batch)
			}
		}
		return nil
	})
	<-p.ended
}

func (w *world) giveBack(p *process, book *ledger.Ledger, was *sheet, batch ledger.Batch) error {
	s := &sheet{name: "repaired.csv", numbered: true}
	for line, err := range book.Lines(p.ctx, batch.ID) {
		if err != nil {
			return err
		}
		if line.Payout == nil {
			continue
		}
		r := was.rows[line.Row-firstRow]
		r.tradeNo = line.Payout.TradeNo
		if w.s.chance(0.02, "number lost", r.debt) {
			r.tradeNo = "" // somebody has cleared the cell
		}
		// Without its number, a row with another amount is another debt.
		if amount, err := strconv.Atoi(r.values["amount"]); err == nil && r.tradeNo != "" && w.s.chance(0.1, "edited", r.debt) {
			r.values = maps.Clone(r.values)
			r.values["amount"] = strconv.Itoa(amount + 1)
		}
		s.rows = append(s.rows, r)
	}
	if len(s.rows) == 0 {
		return nil
	}
	s.after = time.Since(w.began)
	w.lay(s)
	if w.s.chance(0.7, "old copy") {
		// The same numbers once more, when others may stand in for them.
		old := &sheet{name: "old-copy.csv", numbered: true, after: s.after + w.s.span(0, w.s.storm/2, "old copy after")}
		for _, r := range s.rows {
			if r.tradeNo != "" {
				old.rows = append(old.rows, r)
			}
		}
		w.lay(old)
	}
	return nil
}
