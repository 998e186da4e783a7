package sandbox

// lateOrder is an order that is to be made at a time after its request, when its client has been answered or has
// given up. Its amount is frozen from the request on. When the time comes, an order that was made of
// another request meanwhile makes it a duplicate: then it is dropped.
//
// Nothing waits for that time but the books: whoever looks into them finds what was due made.
type lateOrder struct {
	order     *order // not in the books yet; created is when it will be
	placement int    // which request of its tradeNo it is, from 1
	dup       bool   // it may be a second order
	decided   bool   // by the journal, when it is read
}

// lateKey names a late order in the journal.
type lateKey struct {
	tradeKey
	placement int
}

// postpone puts off a placement. The caller has settled its account.
func (b *books) postpone(key tradeKey, t *trade, o *order, after int64) error {
	arrived := o.created
	o.created += after
	l := &lateOrder{order: o, placement: t.placements + 1, dup: b.allowDup}
	if err := b.journal.late(l, arrived); err != nil {
		return err
	}
	b.await(key, t, l)
	return nil
}

// await enters a late order that is not decided.
func (b *books) await(key tradeKey, t *trade, l *lateOrder) {
	t.placements++
	b.trades[key] = t
	b.account(key.merchant, l.order.area).frozen += l.order.amount
	b.pending[lateKey{key, l.placement}] = l
	b.late.push(l.order.created, l)
}

// settle decides what was due. What cannot be written down now is decided later, as if nobody had looked; what was
// due when the books were closed is worked out from them whenever they are read.
func (b *books) settle(now int64) {
	for {
		l, ok := b.late.pop(now)
		if !ok {
			return
		}
		if l.decided {
			continue
		}
		o := l.order
		key := tradeKey{o.merchant, o.tradeNo}
		latest := b.trades[key].latest
		made := latest == nil || l.dup
		if made {
			o.nth = following(latest)
		}
		if !b.closed {
			if err := b.journal.decided(l, made); err != nil {
				b.late.push(o.created, l)
				return
			}
		}
		b.decide(key, l, made)
		if made && b.made != nil && !b.closed {
			b.made(o)
		}
	}
}

// decide makes a late order, or drops it.
func (b *books) decide(key tradeKey, l *lateOrder, made bool) {
	l.decided = true
	delete(b.pending, lateKey{key, l.placement})
	b.account(key.merchant, l.order.area).frozen -= l.order.amount
	if made {
		b.enter(key, b.trades[key], l.order)
	}
}

// following is the number of the order after another one of its tradeNo.
func following(latest *order) int {
	if latest == nil {
		return 1
	}
	return latest.nth + 1
}

// postponed are the orders that are still to be made.
func (b *books) postponed() []*order {
	b.mu.Lock()
	defer b.mu.Unlock()
	list := make([]*order, 0, len(b.pending))
	for _, l := range b.pending {
		list = append(list, l.order)
	}
	return list
}
