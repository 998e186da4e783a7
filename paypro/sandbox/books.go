package sandbox

import (
	"errors"
	"sync"
)

var (
	errClosed  = errors.New("sandbox is closed")
	errJournal = errors.New("journal cannot be written")
)

// tradeKey: a tradeNo is unique for a merchant, over all areas.
type tradeKey struct{ merchant, tradeNo string }

type accountKey struct {
	merchant string
	area     *area
}

// books are the orders and the balances. One mutex guards all of it: what
// happens under it takes a few microseconds, the journal's write included.
type books struct {
	mu       sync.Mutex
	trades   map[tradeKey]*trade
	orders   []*order // in the order of their creation; only ever appended to
	accounts map[accountKey]*account
	late     timed[*lateOrder]
	pending  map[lateKey]*lateOrder // those of late that are not decided yet
	journal  *journal               // nil: memory only
	opening  int64                  // hundredths
	allowDup bool
	closed   bool
	made     func(*order) // is told of orders that were made late; nil: nobody
}

func newBooks(opening int64, allowDup bool) *books {
	return &books{
		trades:   map[tradeKey]*trade{},
		accounts: map[accountKey]*account{},
		pending:  map[lateKey]*lateOrder{},
		opening:  opening,
		allowDup: allowDup,
	}
}

// placed is what became of a placement.
type placed struct {
	order     *order // nil: none was made
	first     bool   // no placement of this tradeNo arrived before
	duplicate bool
	short     bool // the balance does not cover it
	lost      bool
	late      bool // it is made later
}

// place counts the arrival of a placement and makes the order o, unless the
// fault or the books are against it. o becomes the books' own. An error means that
// nothing was changed.
func (b *books) place(o *order, f fault) (placed, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return placed{}, errClosed
	}
	b.settle(o.created)
	key := tradeKey{o.merchant, o.tradeNo}
	t := b.trades[key]
	p := placed{first: t == nil}
	if t == nil {
		t = &trade{}
	}
	acc := b.account(o.merchant, o.area)
	acc.settle(o.created)
	switch {
	case f.answers.lost && (f.answers.always || f.planned || p.first):
		p.lost = true
	case t.latest != nil && !b.allowDup:
		p.duplicate = true
	case b.opening-acc.frozen-acc.spent < o.amount:
		p.short = true
	case f.answers.late && (f.planned || p.first):
		p.late = true
		return p, b.postpone(key, t, o, f.late)
	}
	if p.lost || p.duplicate || p.short {
		if err := b.journal.arrival(o); err != nil {
			return placed{}, err
		}
		t.placements++
		b.trades[key] = t
		return p, nil
	}
	o.nth = following(t.latest)
	if err := b.journal.order(o); err != nil {
		return placed{}, err
	}
	t.placements++
	b.enter(key, t, o)
	p.order = o
	return p, nil
}

// arrivals is how many placements of a tradeNo there were.
func (b *books) arrivals(merchant, tradeNo string) uint64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	if t := b.trades[tradeKey{merchant, tradeNo}]; t != nil {
		return uint64(t.placements) //nolint:gosec // a count
	}
	return 0
}

// enter puts an order into the books: a new one, or one from the journal.
func (b *books) enter(key tradeKey, t *trade, o *order) {
	o.trade, o.previous = t, t.latest
	t.latest = o
	b.trades[key] = t
	b.orders = append(b.orders, o)
	b.account(o.merchant, o.area).book(o)
}

// find is the latest order of a tradeNo that queries of an area know. nil: none. hidden tells that there
// is one that they do not know yet.
func (b *books) find(merchant, tradeNo string, a *area, now int64) (found *order, hidden bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.settle(now)
	t := b.trades[tradeKey{merchant, tradeNo}]
	if t == nil {
		return nil, false
	}
	for o := t.latest; o != nil; o = o.previous {
		switch {
		case o.area != a:
		case o.look(now) != lookHidden:
			return o, hidden
		default:
			hidden = true
		}
	}
	return nil, hidden
}

// latest is the latest order of a tradeNo, whether queries know it or not. nil: none.
func (b *books) latest(merchant, tradeNo string, now int64) *order {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.settle(now)
	if t := b.trades[tradeKey{merchant, tradeNo}]; t != nil {
		return t.latest
	}
	return nil
}

// balance answers what a merchant may still spend in an area, and what is frozen.
func (b *books) balance(merchant string, a *area, now int64) (available, frozen int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.settle(now)
	acc := b.account(merchant, a)
	acc.settle(now)
	return b.opening - acc.frozen - acc.spent, acc.frozen
}

func (b *books) account(merchant string, a *area) *account {
	key := accountKey{merchant, a}
	acc := b.accounts[key]
	if acc == nil {
		acc = &account{}
		b.accounts[key] = acc
	}
	return acc
}

// notified records that the callback of an order's final status is done with.
func (b *books) notified(o *order, nth int) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return errClosed
	}
	if err := b.journal.notified(o, nth); err != nil {
		return err
	}
	o.told |= 1 << nth
	return nil
}

// list is the orders so far. The slice is only ever appended to, so it may be read
// without the lock.
func (b *books) list(now int64) []*order {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.settle(now)
	return b.orders[:len(b.orders):len(b.orders)]
}

func (b *books) snapshot(o *order, now int64) Order {
	b.mu.Lock()
	defer b.mu.Unlock()
	return o.snapshot(now)
}

func (b *books) close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return nil
	}
	b.closed = true
	return b.journal.close()
}

// account is one merchant's money in one area, in hundredths. It follows the
// orders' lives: what will change later waits in changes.
type account struct {
	frozen, spent int64
	changes       timed[change]
}

type change struct{ frozen, spent int64 }

// book enters an order's whole life.
func (acc *account) book(o *order) {
	steps, n := o.life()
	var was change
	for i := range n {
		is := change{spent: o.paid(steps[i].status)}
		if steps[i].open {
			is = change{frozen: o.amount}
		}
		d := change{is.frozen - was.frozen, is.spent - was.spent}
		if i == 0 {
			acc.frozen += d.frozen
			acc.spent += d.spent
		} else {
			acc.changes.push(steps[i].at, d)
		}
		was = is
	}
}

// settle brings the account to the present.
func (acc *account) settle(now int64) {
	for {
		d, ok := acc.changes.pop(now)
		if !ok {
			return
		}
		acc.frozen += d.frozen
		acc.spent += d.spent
	}
}
