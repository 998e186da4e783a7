package sandbox

// callFault is what goes wrong with a callback.
type callFault uint8

const (
	callFine        callFault = iota
	callLost                  // it is never posted
	callLate                  // it is posted late
	callDoubled               // it is posted again at once
	callDisordered            // an older one follows it
	callForged                // a lie with a wrong signature comes before it
	callUnsigned              // a lie without a signature comes before it
	callReplayed              // it is posted again much later
	callOtherAmount           // one with another amount comes before it
)

// replays is how many times the time of what is late passes before a callback is replayed.
const replays = 10

// draw chooses what goes wrong with a callback: what its order's remark asks for, or else the plan.
func (c *caller) draw(d *delivery) *outcome {
	o, plan := d.order.fate.calls, c.g.plan
	if o == normal && plan != nil {
		o, d.dice = plan.callback(d.order, d.nth, c.g.now())
	}
	if o == nil {
		return normal
	}
	return o
}

// later is how long something is late, in ms: of a plan, not later than it ends.
func (c *caller) later(d *delivery, from, times int64) int64 {
	if d.order.fate.calls != normal || c.g.plan == nil {
		return from + times*c.g.opts.Late.Milliseconds()
	}
	return max(from, min(from+times*between(&d.dice, c.g.plan.Late), c.g.plan.until))
}

// begin does what comes before a callback. false: it is not posted now.
func (c *caller) begin(d *delivery, secret string) bool {
	d.begun, d.fault = true, c.draw(d)
	steps, _ := d.order.life()
	switch d.fault.call {
	case callLost:
		c.happened(d)
		c.g.stats.callback(func(s *CallbackStats) { s.Lost++ })
		c.done(*d, d.nth)
		c.following(d.order, d.nth+1, 0)
		return false
	case callLate:
		if due := c.later(d, steps[d.nth].at, 1); due > c.g.now() {
			c.happened(d)
			c.push(due, *d)
			return false
		}
	case callDisordered:
		if i, at, ok := d.order.finalFrom(d.nth+1, 0); ok {
			c.push(at, delivery{order: d.order, nth: i, begun: true, fault: d.fault, skips: d.nth + 1})
			return false
		}
	case callForged, callUnsigned, callOtherAmount:
		c.happened(d)
		first := *d
		first.text, first.lie = c.g.notice(d.order, d.nth, d.fault.call, secret), d.fault.call != callOtherAmount
		c.postExtra(first)
	}
	return true
}

// end does what follows a callback that is done with.
func (c *caller) end(d delivery, secret string) {
	d.extra = true
	switch d.fault.call {
	case callDoubled:
		c.happened(&d)
		c.postExtra(d)
	case callReplayed:
		c.happened(&d)
		c.push(c.later(&d, c.g.now(), replays), d)
	case callDisordered:
		c.happened(&d)
		older := d.nth - 1
		if d.skips > 0 {
			older = d.skips - 1
			c.done(d, older)
		}
		d.text = c.g.notice(d.order, older, callFine, secret)
		c.postExtra(d)
	}
}

// happened counts the fault of a delivery.
func (c *caller) happened(d *delivery) {
	c.g.stats.fault(EndpointCallback, d.fault.Name)
}

// postExtra posts a text once.
func (c *caller) postExtra(d delivery) {
	confirmed := c.post(d)
	c.g.stats.callback(func(s *CallbackStats) {
		s.Extra++
		if confirmed && d.lie {
			s.ForgedOK++
		}
	})
}
