package sandbox

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Plan is a drawn course of faults: the same seed draws the same faults for the same tradeNos.
// What a request suffers depends on the seed, its endpoint, its tradeNo and how often that tradeNo was asked about
// there before, never on the order of requests. Connections alone have no tradeNo: they are counted.
//
// The zero Plan draws nothing. A placement can suffer one fault of its answer, one of the
// order's end and one of what queries say of it, all at once.
type Plan struct {
	Seed    uint64
	Faults  []PlanFault
	Outages []Outage

	// Start is what outages are counted from; zero: when the gateway is opened.
	Start time.Time

	// Until ends the plan; zero: it never ends. From then on nothing goes wrong any more: late orders are
	// made at that time at the latest, hidden ones are visible, and what was to be reversed is. A status 0015
	// for ever stays unless Thaw is set: then it becomes 0000.
	Until time.Time
	Thaw  bool

	Slow time.Duration // an answer is slower by up to this much; 0: Options.Slow
	// Late is when an order is made that is made late: so long after its request, or up to twice. It
	// should be above the client's time-out. Callbacks are late and payouts reversed after the same time. 0: Options.Late.
	Late time.Duration
	Lag  time.Duration // queries do not see an order as it is for up to this long; 0: Options.Late
}

// PlanFault is one fault and how often it happens.
type PlanFault struct {
	Outcome  string  // a name of PlanOutcomes
	Endpoint string  // EndpointPlacement, …; "": wherever it can happen
	Share    float64 // of the requests there, from 0 to 1; what excludes one another adds up to 1 at most
}

// Outage is a time in which connections are refused and open ones are reset.
type Outage struct {
	After time.Duration // the start of the plan
	For   time.Duration
}

// share is one line of the table from which a fault is drawn.
type share struct {
	*outcome
	upTo float64 // the sum of the shares so far
}

// countKey is what is counted: a tradeNo at an endpoint.
type countKey struct {
	endpoint          string
	merchant, tradeNo string
}

// planned is a plan at work.
type planned struct {
	Plan
	start, until int64 // epoch ms
	delay        int64
	tables       [len(endpoints)][groups][]share
	books        *books

	mu    sync.Mutex
	asked map[countKey]uint64

	attempts    atomic.Uint64 // to connect
	connections atomic.Uint64
}

// compile checks a plan and makes its tables.
func (p Plan) compile() (*planned, error) {
	c := &planned{Plan: p, until: math.MaxInt64, asked: map[countKey]uint64{}}
	if !p.Until.IsZero() {
		c.until = p.Until.UnixMilli()
	}
	if p.Slow < 0 || p.Late < 0 || p.Lag < 0 {
		return nil, errors.New("sandbox: plan: negative duration")
	}
	for _, o := range p.Outages {
		if o.After < 0 || o.For < 0 {
			return nil, errors.New("sandbox: plan: negative outage")
		}
	}
	for _, f := range p.Faults {
		if err := c.add(f); err != nil {
			return nil, fmt.Errorf("sandbox: plan: %w", err)
		}
	}
	return c, nil
}

// add enters one fault into the tables of its endpoints.
func (c *planned) add(f PlanFault) error {
	o := findOutcome(f.Outcome)
	switch {
	case o == nil || o.at == 0:
		return fmt.Errorf("%w %q: there are %s", errUnknownFault, f.Outcome, planNames())
	case f.Endpoint != "" && endpointIndex(f.Endpoint) < 0:
		return fmt.Errorf("unknown endpoint %q: there are %s", f.Endpoint, endpointNames())
	case f.Endpoint != "" && o.at&(1<<endpointIndex(f.Endpoint)) == 0:
		return fmt.Errorf("%s cannot happen at %s, but at %s", o.Name, f.Endpoint, joined(o.Endpoints))
	case !(f.Share >= 0 && f.Share <= 1): // and NaN is neither
		return fmt.Errorf("share of %s is %v: want 0 to 1", o.Name, f.Share)
	}
	for i, endpoint := range endpoints {
		if o.at&(1<<i) == 0 || f.Endpoint != "" && f.Endpoint != endpoint {
			continue
		}
		table := &c.tables[i][o.group]
		sum := f.Share
		if n := len(*table); n > 0 {
			sum += (*table)[n-1].upTo
		}
		if sum > 1+1e-9 {
			return fmt.Errorf("shares of what excludes one another add up to more than 1 at %s, with %s", endpoint, o.Name)
		}
		*table = append(*table, share{o, sum})
	}
	return nil
}

// begin sets what the plan takes over from the gateway.
func (c *planned) begin(g *Gateway) {
	c.books, c.delay = g.books, g.delay
	if c.Slow == 0 {
		c.Slow = g.opts.Slow
	}
	if c.Late == 0 {
		c.Late = g.opts.Late
	}
	if c.Lag == 0 {
		c.Lag = g.opts.Late
	}
	c.start = g.now()
	if !c.Start.IsZero() {
		c.start = c.Start.UnixMilli()
	}
}

// over tells whether nothing goes wrong any more.
func (c *planned) over(now int64) bool { return now >= c.until }

// out tells whether connections are refused at a time.
func (c *planned) out(now int64) bool {
	_, _, out := c.outage(now)
	return out
}

// outage is the one that a time falls into, or else the next one, in epoch ms; zeros: there is none.
func (c *planned) outage(now int64) (from, to int64, out bool) {
	for _, o := range c.Outages {
		begin := c.start + o.After.Milliseconds()
		end := min(begin+o.For.Milliseconds(), c.until)
		switch {
		case begin <= now && now < end:
			return begin, end, true
		case begin > now && begin < end && (from == 0 || begin < from):
			from, to = begin, end
		}
	}
	return from, to, false
}

// count is how often a tradeNo was asked about at an endpoint before. Placements are in the journal, so that
// they are counted over restarts.
func (c *planned) count(endpoint, merchant, tradeNo string) uint64 {
	k := countKey{endpoint, merchant, tradeNo}
	c.mu.Lock()
	defer c.mu.Unlock()
	n, known := c.asked[k]
	if !known {
		k.tradeNo = strings.Clone(tradeNo) // or it would keep the whole body
		if endpoint == EndpointPlacement {
			n = c.books.arrivals(merchant, tradeNo)
		}
	}
	c.asked[k] = n + 1
	return n
}

// draw takes one outcome of a group at an endpoint, nil for none.
func (c *planned) draw(endpoint int, g group, d dice) *outcome {
	table := c.tables[endpoint][g]
	if len(table) == 0 {
		return nil
	}
	d = d.fork(uint64(g))
	x := d.float()
	for _, s := range table {
		if x < s.upTo {
			return s.outcome
		}
	}
	return nil
}

// decide draws the fault of a request.
func (c *planned) decide(call *call) fault {
	f := fault{fate: normalFate, planned: true}
	if c.over(call.now) {
		return f
	}
	tradeNo := call.tradeNo
	if tradeNo == "" {
		tradeNo = call.area.slug // of a balance
	}
	i := endpointIndex(call.endpoint)
	d := roll(c.Seed, uint64(i), tradeNo, c.count(call.endpoint, call.merchant.no, tradeNo)) //nolint:gosec // at least 0
	var p picks
	any := false
	for g := range groupCalls {
		if o := c.draw(i, g, d); o != nil && o.documented(call.area) {
			p[g], any = o, true
		}
	}
	if !any {
		return f
	}
	d = d.fork(uint64(groups))
	f.slow = time.Duration(d.float() * float64(c.Slow))
	f.late = between(&d, c.Late)
	c.shape(call.now, &f, &p, &d)
	f.fate = fateOf(p)
	return f
}

// between draws a time from a span to twice of it, in ms.
func between(d *dice, span time.Duration) int64 {
	return int64((1 + d.float()) * float64(span.Milliseconds()))
}

// shape draws the times of an order's life, so that all of it is over when the plan is. What would have no time
// left is not drawn.
func (c *planned) shape(now int64, f *fault, p *picks, d *dice) {
	f.late = min(f.late, c.until-now)
	made := now
	if o := p[groupAnswers]; o != nil && o.late {
		made += f.late
	}
	hidden, reversal := 1+int64(d.float()*float64(c.Lag.Milliseconds())), between(d, c.Late)
	if o := p[groupLooks]; o != nil {
		if o.look == lookAmount {
			hidden = 0 // for ever
			if c.until < math.MaxInt64 {
				hidden = c.until - made
			}
		}
		if f.shape.hidden = min(hidden, c.until-made); made >= c.until {
			p[groupLooks], f.shape.hidden = nil, 0
		}
	}
	if o := p[groupEnds]; o != nil {
		switch o.life {
		case lifeNever:
			if c.Thaw && c.until < math.MaxInt64 {
				f.shape.thaw = max(c.until, made+1)
			}
		case lifeReversed:
			paid := made + c.delay
			if f.shape.reversal = min(reversal, c.until-paid); f.shape.reversal <= 0 {
				p[groupEnds], f.shape.reversal = nil, 0
			}
		}
	}
}

// callback draws the fault of the callback of one step of an order; nil: none.
func (c *planned) callback(o *order, nth int, now int64) (*outcome, dice) {
	if c.over(now) {
		return nil, dice{}
	}
	i := endpointIndex(EndpointCallback)
	d := roll(c.Seed, uint64(i), o.tradeNo, uint64(8*o.nth+nth)) //nolint:gosec // small
	return c.draw(i, groupCalls, d), d.fork(uint64(groups))
}

// connection draws the fault of a connection: of the n-th of those that were tried, or that were accepted.
func (c *planned) connection(name string, n uint64, now int64) bool {
	if c.over(now) {
		return false
	}
	i := endpointIndex(EndpointConnection)
	o := c.draw(i, groupLines, roll(c.Seed, uint64(i), "", n)) //nolint:gosec // at least 0
	return o != nil && o.Name == name
}
