package sandbox

import (
	"strings"
	"sync"
	"time"
)

// magicPrefix starts the word in a remark; its case does not matter.
const magicPrefix = "sandbox:"

// fate is what befalls one request and the order that it makes: at most one
// outcome of each group. There is one fate of a kind, so that an order keeps a pointer.
type fate struct {
	name    string // of the outcomes, joined with a plus; "processing" if there are none
	ends    *outcome
	looks   *outcome
	answers *outcome
	calls   *outcome
}

// picks are the outcomes of a fate by group; nil: normal.
type picks [groupLines]*outcome

// fates are those there were so far: their number is bounded by the table.
var fates = struct {
	sync.RWMutex
	known map[picks]*fate
}{known: map[picks]*fate{}}

var normalFate = fateOf(picks{})

// fateOf is the one fate of these outcomes.
func fateOf(p picks) *fate {
	fates.RLock()
	f := fates.known[p]
	fates.RUnlock()
	if f != nil {
		return f
	}
	fates.Lock()
	defer fates.Unlock()
	if f := fates.known[p]; f != nil {
		return f
	}
	var names []string
	full := p
	for i, o := range p {
		if o == nil {
			full[i] = normal
		} else {
			names = append(names, o.Name)
		}
	}
	if names == nil {
		names = []string{normal.Name}
	}
	f = &fate{strings.Join(names, "+"), full[groupEnds], full[groupLooks], full[groupAnswers], full[groupCalls]}
	fates.known[p] = f
	return f
}

// fateByName is nil for a name that is not in the table, for a status code which
// the area does not document, and for two outcomes that exclude one another.
func fateByName(names string, a *area) *fate {
	var p picks
	for name := range strings.SplitSeq(names, "+") {
		o := findOutcome(name)
		switch {
		case o == nil || o.group == groupLines || !o.documented(a):
			return nil
		case o == normal:
			if len(name) != len(names) {
				return nil // there is something beside it, so it is not that
			}
		case p[o.group] != nil:
			return nil
		default:
			p[o.group] = o
		}
	}
	return fateOf(p)
}

// magic finds the magic word in a remark: the first one, without the
// punctuation around it. found is false when the remark has none.
func magic(remark string) (name string, found bool) {
	if len(remark) < len(magicPrefix) {
		return "", false
	}
	for word := range strings.FieldsSeq(remark) {
		word = strings.Trim(word, `.,;!?()[]{}<>"'`)
		if len(word) >= len(magicPrefix) && strings.EqualFold(word[:len(magicPrefix)], magicPrefix) {
			return word[len(magicPrefix):], true
		}
	}
	return "", false
}

// Request is what [Options.Fault] is asked about: a request that is valid and
// would be served.
type Request struct {
	Area       string // slug
	Endpoint   string // EndpointPlacement, …
	MerchantNo string
	TradeNo    string // "" for a balance
}

// fault is what goes wrong with one request.
type fault struct {
	*fate
	planned bool  // by Options.Fault or Options.Plan, which count attempts themselves: never "first placement only"
	late    int64 // ms after the request at which an order is made that is made late
	slow    time.Duration
	shape   shape
}

// shape is what a plan lays down of an order's life. Zeros: as the delay has it.
type shape struct {
	hidden   int64 // ms for which queries do not see the order as it is
	thaw     int64 // epoch ms at which 0015 for ever ends
	reversal int64 // ms from 0000 to 00029
}

// decide is the one place where the fault of a request is chosen: by its remark, or else
// by the plans. The text says what is wrong with the magic word, "" if nothing.
func (g *Gateway) decide(c *call, remark string) (fault, string) {
	f := fault{fate: normalFate, late: g.opts.Late.Milliseconds(), slow: g.opts.Slow}
	if name, found := magic(remark); found {
		if f.fate = fateByName(name, c.area); f.fate == nil {
			return fault{}, "sandbox: remark asks for an unknown outcome"
		}
		return f, ""
	}
	if g.opts.Fault != nil {
		name := g.opts.Fault(Request{c.area.slug, c.endpoint, c.merchant.no, c.tradeNo})
		if name != "" {
			if chosen := fateByName(name, c.area); chosen != nil {
				f.fate, f.planned = chosen, true
				return f, ""
			}
			g.log.Error("sandbox: the fault plan asks for an unknown outcome", "outcome", name)
		}
	}
	if g.plan != nil {
		return g.plan.decide(c), ""
	}
	return f, ""
}
