package sandbox

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"
	"sync"
)

// maxBody is the largest body that is read: real ones have under a kilobyte.
const maxBody = 64 << 10

// call is one request as far as it has been understood.
type call struct {
	route
	merchant *merchant // nil: unknown
	params   params
	signIn   string // "body" or "header": where the signature was; "" if there was none
	tradeNo  string
	now      int64
	offset   int64 // by which the clock of the answers is off, in ms
}

// ServeHTTP answers one request of any area. The request is counted and logged
// before its answer leaves.
func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c := call{now: g.now(), offset: g.opts.ClockOffset.Milliseconds()}
	a := g.answer(&c, r)
	g.stats.count(&c, &a)
	if err := g.requests.write(&c, &a, g.opts.Now()); err != nil {
		g.log.Error("sandbox: request log", "error", err)
	}
	g.carryOut(w, r, &a)
}

// answer checks in the order of a gateway: transport, merchant, form, signature,
// and only then what is asked for.
func (g *Gateway) answer(c *call, r *http.Request) answer {
	if g.plan != nil && g.plan.out(c.now) {
		g.stats.fault(EndpointConnection, outageName)
		return answer{reset: true, fault: outageName}
	}
	var known bool
	if c.route, known = g.routes[r.URL.Path]; !known {
		return page(http.StatusNotFound)
	}
	if r.Method != http.MethodPost {
		return page(http.StatusMethodNotAllowed)
	}
	body := bodies.Get().(*bytes.Buffer)
	defer bodies.Put(body)
	if code := readBody(body, r); code != 0 {
		return page(code)
	}
	if c.merchant = g.merchants[r.Header.Get("merchantNo")]; c.merchant == nil {
		return refuse(c, "unknown merchantNo")
	}
	bare := c.endpoint == EndpointBalance && c.area.balanceBare
	if body.Len() > 0 || !bare {
		var wrong string
		if c.params, wrong = parseParams(body.Bytes()); wrong != "" {
			return refuse(c, wrong)
		}
	}
	if wrong := g.authentic(c, r, bare); wrong != "" {
		return refuse(c, wrong)
	}
	switch c.endpoint {
	case EndpointPlacement:
		return g.placement(c)
	case EndpointQuery:
		return g.query(c)
	}
	return g.balance(c, bare)
}

// authentic says what is wrong with the signature, "" if nothing. It is given once, in one place.
func (g *Gateway) authentic(c *call, r *http.Request, bare bool) string {
	sign, inBody := c.params.get("sign")
	header := r.Header.Values("sign")
	switch {
	case len(header) > 0 && !c.area.signHeader:
		return "sign belongs in the body"
	case len(header) > 1, len(header) == 1 && inBody:
		return "sign is given twice"
	case len(header) == 1:
		sign, c.signIn = header[0], "header"
	case inBody:
		c.signIn = "body"
	case bare:
		return ""
	}
	if !c.params.signed(sign, c.merchant.secret, g.prefix) {
		return "signature is not valid"
	}
	return ""
}

var bodies = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// readBody answers the HTTP status of the refusal, 0 for none. An empty body needs
// no media type.
func readBody(into *bytes.Buffer, r *http.Request) int {
	into.Reset()
	if r.ContentLength > maxBody {
		return http.StatusRequestEntityTooLarge
	}
	if _, err := into.ReadFrom(io.LimitReader(r.Body, maxBody+1)); err != nil {
		return http.StatusBadRequest
	}
	if into.Len() > maxBody {
		return http.StatusRequestEntityTooLarge
	}
	if t := r.Header.Get("Content-Type"); into.Len() > 0 && t != "application/json" {
		if t, _, err := mime.ParseMediaType(t); err != nil || t != "application/json" {
			return http.StatusUnsupportedMediaType
		}
	}
	return 0
}

// placement serves the payout endpoint.
func (g *Gateway) placement(c *call) answer {
	if wrong := complaint(c.params, c.area.fields); wrong != "" {
		return refuse(c, wrong)
	}
	if c.area.cross != nil {
		if wrong := c.area.cross(c.params, &g.opts); wrong != "" {
			return refuse(c, wrong)
		}
	}
	amount, _ := c.params.get("amount")
	units, places, wrong := c.area.amountComplaint(amount)
	if wrong != "" {
		return refuse(c, wrong)
	}
	c.tradeNo, _ = c.params.get("tradeNo")
	remark, _ := c.params.get("remark")
	f, wrong := g.decide(c, remark)
	if wrong != "" {
		return refuse(c, wrong)
	}
	o := g.newOrder(c, f)
	o.amount, o.places = units, uint8(places) //nolint:gosec // at most 2
	p, err := g.books.place(o, f)
	switch {
	case errors.Is(err, errClosed):
		return page(http.StatusServiceUnavailable)
	case err != nil:
		g.log.Error("sandbox: order not made", "tradeNo", c.tradeNo, "error", err)
		return page(http.StatusInternalServerError)
	}
	a := g.placed(c, f, p, remark)
	if f.planned || p.lost || p.late || p.first && p.order != nil {
		g.spoil(c, &a, f)
	}
	return a
}

// newOrder is the order that a valid placement asks for, without its amount and
// not yet in the books.
func (g *Gateway) newOrder(c *call, f fault) *order {
	o := &order{
		area: c.area, fate: f.fate, merchant: c.merchant.no,
		tradeNo: strings.Clone(c.tradeNo), // or it would keep the whole body
		created: c.now, delay: g.delay,
	}
	o.setShape(f.shape)
	if url, _ := c.params.get("notifyUrl"); g.caller != nil {
		o.notify = g.caller.accept(url)
	}
	return o
}

// placed answers what became of a placement.
func (g *Gateway) placed(c *call, f fault, p placed, remark string) answer {
	switch {
	case p.duplicate:
		return refuse(c, "duplicate tradeNo")
	case p.short:
		return refuse(c, "insufficient balance")
	case p.lost, p.late:
		if p.late && g.caller != nil {
			g.caller.look(c.now + f.late)
		}
		// The fault is about to replace this answer.
		return refuse(c, "sandbox: lost")
	}
	o := p.order
	g.booked(o)
	now := o.at(c.now)
	desc := c.area.text(now.status)
	if now.open && c.area.placedDesc != "" {
		desc = c.area.placedDesc
	}
	e := newEnvelope(c)
	if other := f.answers.wire == wireOther && (p.first || f.planned); c.area.placedTradeNo || other {
		e.str("tradeNo", misnamed(o.tradeNo, other))
	}
	e.str(c.area.placedID, o.platform())
	e.str("status", now.status)
	e.str("desc", desc)
	e.str("remark", remark)
	return e.done(now.status, f.fate)
}

// booked sees to what follows from an order that has been made.
func (g *Gateway) booked(o *order) {
	g.stats.happened(EndpointPlacement, o.fate.ends)
	g.stats.happened(EndpointPlacement, o.fate.looks)
	switch {
	case g.caller == nil:
	case o.notify == "":
		g.stats.callback(func(s *CallbackStats) { s.NotCalled++ })
	default:
		g.caller.expect(o)
	}
}

// misnamed is a tradeNo that the merchant has never heard of.
func misnamed(tradeNo string, other bool) string {
	if other {
		return "other" + tradeNo
	}
	return tradeNo
}

// query serves the payout query.
func (g *Gateway) query(c *call) answer {
	if wrong := complaint(c.params, c.area.queryFields); wrong != "" {
		return refuse(c, wrong)
	}
	c.tradeNo, _ = c.params.get("tradeNo")
	f, _ := g.decide(c, "")
	o, hidden := g.books.find(c.merchant.no, c.tradeNo, c.area, c.now)
	if hidden {
		g.stats.fault(EndpointQuery, "invisible")
	}
	a := refuse(c, "order does not exist")
	if o != nil {
		a = g.queried(c, o, f)
	}
	g.spoil(c, &a, f)
	return a
}

// queried answers the state of an order.
func (g *Gateway) queried(c *call, o *order, f fault) answer {
	s := o.at(c.now)
	seen := o.look(c.now)
	if seen != lookFine {
		g.stats.happened(EndpointQuery, o.fate.looks)
	} else if seen = f.looks.look; seen != lookFine {
		g.stats.happened(EndpointQuery, f.looks)
	}
	amount, paid := o.amount, o.paid(s.status)
	if seen == lookAmount {
		amount += c.area.unit()
		paid = amount
	}
	e := newEnvelope(c)
	e.str("tradeNo", misnamed(o.tradeNo, seen == lookOther || f.answers.wire == wireOther))
	e.str("platFormTradeNo", o.platform())
	e.object = seen == lookObject
	e.amount(c.area.orderAmountKey, amount, c.area.queryStyle)
	if c.area.payAmountKey != "" {
		e.amount(c.area.payAmountKey, paid, c.area.queryStyle)
	}
	e.str("status", s.status)
	e.str("message", c.area.text(s.status))
	if c.area.queryTime.has(s) {
		e.str("successTime", localTime(s.at+c.offset, c.area.zone))
	}
	if c.area.utr && s.status == "0000" {
		e.str("utr", "SANDBOX"+o.platform()[3:15])
	}
	return e.done(s.status, o.fate)
}

// balance serves the balance. Nothing is ever unsettled: that is for money coming in.
func (g *Gateway) balance(c *call, bare bool) answer {
	fields := balanceFields
	if bare {
		fields = bareFields
	}
	if wrong := complaint(c.params, fields); wrong != "" {
		return refuse(c, wrong)
	}
	f, _ := g.decide(c, "")
	available, frozen := g.books.balance(c.merchant.no, c.area, c.now)
	e := newEnvelope(c)
	e.amount(c.area.availableKey, available, c.area.balanceStyle)
	e.amount("freezeAmount", frozen, c.area.balanceStyle)
	e.amount("unsettledAmount", 0, c.area.balanceStyle)
	a := e.done("", normalFate)
	g.spoil(c, &a, f)
	return a
}
