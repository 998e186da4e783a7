package sandbox

import (
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// notice is the documented payload about the nth step of an order's life, signed as a request is; before the first
// step it was in progress. how makes it one of those that are not true.
func (g *Gateway) notice(o *order, nth int, how callFault, secret string) string {
	s := step{o.created, "0015", true}
	if nth >= 0 {
		steps, _ := o.life()
		s = steps[nth]
	}
	return g.noticeOf(o, s, how, secret)
}

func (g *Gateway) noticeOf(o *order, s step, how callFault, secret string) string {
	units := o.amount
	lie := how == callForged || how == callUnsigned
	if lie {
		s = step{s.at, contrary(s.status), false}
	}
	if lie || how == callOtherAmount {
		units += o.area.unit()
	}
	amount := string(o.area.notifyStyle.append(nil, units))
	text := strings.Trim(amount, `"`)
	offset := g.opts.ClockOffset.Milliseconds()
	p := params{
		{key: "platFormTradeNo", value: o.platform()},
		{key: "tradeNo", value: o.tradeNo},
		{key: "amount", value: text, number: text == amount},
		{key: "status", value: s.status},
		{key: "message", value: o.area.text(s.status)},
	}
	if o.area.notifyTime.has(s) {
		p = append(p, param{key: "successTime", value: localTime(s.at+offset, o.area.zone)})
	}
	if !o.area.notifyUnsigned {
		p = append(p, param{key: "timestamp", value: strconv.FormatInt(g.now()+offset, 10)})
		slices.SortFunc(p, func(a, b param) int { return strings.Compare(a.key, b.key) })
		if how == callForged {
			secret = "not " + secret
		}
		if how != callUnsigned {
			sign := p.signature(secret, g.prefix)
			p = append(p, param{key: "sign", value: string(sign[:])})
		}
	}
	return p.json()
}

// contrary is what a lie makes of a status.
func contrary(status string) string {
	if status == "0000" {
		return "00029"
	}
	return "0000"
}

// json writes the parameters in their order.
func (p params) json() string {
	b := []byte("{")
	for i := range p {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(appendJSON(b, p[i].key), ':')
		if p[i].number {
			b = append(b, p[i].value...)
		} else {
			b = appendJSON(b, p[i].value)
		}
	}
	return string(append(b, '}'))
}

// Notices yields the final orders, each with the body of its callback: genuine, signed, of
// the status of the moment. Nothing is posted and nothing counted.
func (g *Gateway) Notices() iter.Seq2[Order, []byte] {
	return func(yield func(Order, []byte) bool) {
		now := g.now()
		for _, o := range g.books.list(now) {
			m, s := g.merchants[o.merchant], o.at(now)
			if m == nil || s.open {
				continue
			}
			if !yield(g.books.snapshot(o, now), []byte(g.noticeOf(o, s, callFine, m.secret))) {
				return
			}
		}
	}
}

// Notice is the body of the genuine callback about a tradeNo's latest order, and the order's area. ok is false if there is no order,
// or none that is final.
func (g *Gateway) Notice(tradeNo string) (area string, body []byte, ok bool) {
	return g.noticeAbout(tradeNo, callFine)
}

// ForgedNotice is the body of a callback that is not true of a tradeNo's latest order, whether it is final or not. how is the name
// of the outcome that would post it: "callback-forged" (the contrary status and another amount, with a
// wrong signature), "callback-unsigned" (the same without one) or "callback-other-amount" (rightly signed).
func (g *Gateway) ForgedNotice(tradeNo, how string) (area string, body []byte, ok bool) {
	o := findOutcome(how)
	if o == nil || o.call != callForged && o.call != callUnsigned && o.call != callOtherAmount {
		return "", nil, false
	}
	return g.noticeAbout(tradeNo, o.call)
}

func (g *Gateway) noticeAbout(tradeNo string, how callFault) (area string, body []byte, ok bool) {
	now := g.now()
	for _, no := range slices.Sorted(maps.Keys(g.merchants)) {
		o := g.books.latest(no, tradeNo, now)
		if o == nil {
			continue
		}
		s := o.at(now)
		if s.open && how == callFine {
			return "", nil, false
		}
		return o.area.slug, []byte(g.noticeOf(o, s, how, g.merchants[no].secret)), true
	}
	return "", nil, false
}
