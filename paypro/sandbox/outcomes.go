package sandbox

import (
	"slices"
	"strings"
)

// Outcome is a magic value: what becomes of a payout whose remark has the word
// SANDBOX:<Name>, and of any request for which [Options.Fault] answers Name.
type Outcome struct {
	Name    string
	What    string // what the gateway then does
	Promise string // what it exercises in a client
}

// magicPrefix starts the word in a remark; its case does not matter.
const magicPrefix = "sandbox:"

// lifePlan is the course of an order's status.
type lifePlan uint8

const (
	lifeNormal   lifePlan = iota // 0015, and after the delay the final status
	lifeNow                      // the final status at once
	lifeNever                    // 0015 for ever
	lifeReversed                 // as normal, and after a further delay 00029
)

// wire is what happens to the answer of a request.
type wire uint8

const (
	wireFine    wire = iota
	wireRefuse       // outer 8000
	wireSystem       // outer 5000
	wireSilence      // no answer, the connection stays open
	wireReset        // no answer, the connection is reset
	wire429          // HTTP 429 with Retry-After
	wire500          // HTTP 500
	wire502          // HTTP 502 of a proxy
	wireHTML         // HTTP 200 with a page of HTML
	wireHalf         // the connection is closed in the middle of the body
)

// outcome is an Outcome with its workings.
type outcome struct {
	Outcome
	life  lifePlan
	final string // "" is 0000
	free  bool   // final need not be documented in the area
	wire  wire

	lost   bool // the request makes no order
	always bool // lost on every placement of the tradeNo, not only on the first

	otherTradeNo bool // the placement answers about another tradeNo
	otherAmount  bool // queries answer another amount
	hidden       bool // queries do not know the order for hiddenLags delays
}

// hiddenLags is how many delays an invisible order stays unknown to queries.
const hiddenLags = 3

// normal is the outcome of a payout that asks for none.
var normal = outcomeTable[0]

var outcomeTable = buildOutcomes([]*outcome{
	{Outcome: Outcome{"processing", "0015, and 0000 after the delay: as without a magic value", "asked until final"}},
	{Outcome: Outcome{"paid", "0000 in the placement's answer", "success is believed at once"}, life: lifeNow},
	{Outcome: Outcome{"0015", "0015 for ever", "a deadline ends the run, the row stays in process"}, life: lifeNever},
	{Outcome: Outcome{"00029", "00029 after the delay", "a failure is not counted as paid"}, final: "00029"},
	{Outcome: Outcome{"00029-now", "00029 in the placement's answer", "a failure is final at once"}, final: "00029", life: lifeNow},
	{Outcome: Outcome{
		"strange", "inner status 0777, which nobody documented, in the placement's answer",
		"an unknown code is kept as text and never counted as paid",
	}, final: "0777", free: true, life: lifeNow},
	{Outcome: Outcome{
		"8000-status", "inner status 8000 after the delay (documented in Indonesia, Nigeria)",
		"an inner code is told apart from the same outer one",
	}, final: "8000"},
	{Outcome: Outcome{
		"reversed", "0000 after the delay, 00029 after a further one",
		"paid rows are watched, a contrary answer is flagged",
	}, life: lifeReversed},
	{
		Outcome: Outcome{"8000", "outer 8000, no order, every time", "a refused first attempt is a rejection"},
		wire:    wireRefuse, lost: true, always: true,
	},
	{Outcome: Outcome{"5000", "outer 5000, the order IS made", "5000 is not a failure: ask"}, wire: wireSystem},
	{
		Outcome: Outcome{"5000-lost", "outer 5000, no order; the next placement is served", "sent again only after asking"},
		wire:    wireSystem, lost: true,
	},
	{Outcome: Outcome{"timeout", "the order is made, the answer never comes", "a time-out leaves the row in doubt"}, wire: wireSilence},
	{Outcome: Outcome{
		"timeout-lost", "no order, the answer never comes; the next placement is served",
		"unknown to the gateway must be heard several times",
	}, wire: wireSilence, lost: true},
	{Outcome: Outcome{"reset", "the order is made, the connection is reset", "a reset after writing leaves the row in doubt"}, wire: wireReset},
	{Outcome: Outcome{
		"reset-lost", "no order, the connection is reset; the next placement is served",
		"sent again with the same tradeNo",
	}, wire: wireReset, lost: true},
	{Outcome: Outcome{
		"http-429", "HTTP 429 with Retry-After: 1, no order; the next placement is served",
		"the rate goes down, the row is not lost",
	}, wire: wire429, lost: true},
	{Outcome: Outcome{"http-500", "HTTP 500, the order is made", "5xx leaves the row in doubt"}, wire: wire500},
	{Outcome: Outcome{"http-502", "HTTP 502 with HTML, as of a proxy; the order is made", "5xx leaves the row in doubt"}, wire: wire502},
	{Outcome: Outcome{"html", "HTTP 200 with a page of HTML, the order is made", "only a well-formed answer counts"}, wire: wireHTML},
	{Outcome: Outcome{"half-body", "the answer breaks off half-way, the order is made", "only a whole answer counts"}, wire: wireHalf},
	{Outcome: Outcome{
		"other-tradeno", "the placement answers about another tradeNo, the order is made",
		"an answer about another payout says nothing about this one",
	}, otherTradeNo: true},
	{Outcome: Outcome{"other-amount", "queries answer another amount", "a person sees a wrong amount, it is no silent success"}, otherAmount: true},
	{Outcome: Outcome{
		"invisible", "queries do not know the order for three delays",
		"unknown to the gateway is not: never arrived",
	}, hidden: true},
})

// buildOutcomes adds the documented status codes that have no line of their own.
func buildOutcomes(table []*outcome) []*outcome {
	where := map[string][]string{}
	for _, a := range areas {
		for code := range a.codes {
			known := slices.ContainsFunc(table, func(o *outcome) bool { return o.Name == code })
			if code != "0000" && !known {
				where[code] = append(where[code], a.name)
			}
		}
	}
	n := len(table)
	for code, names := range where {
		table = append(table, &outcome{Outcome: Outcome{
			Name:    code,
			What:    code + " after the delay (documented in " + strings.Join(names, ", ") + ")",
			Promise: "every documented code is told apart",
		}, final: code})
	}
	slices.SortFunc(table[n:], func(a, b *outcome) int { return strings.Compare(a.Name, b.Name) })
	return table
}

// Outcomes lists the magic values, for documents and help texts.
func Outcomes() []Outcome {
	list := make([]Outcome, len(outcomeTable))
	for i, o := range outcomeTable {
		list[i] = o.Outcome
	}
	return list
}

// outcomeByName is nil for a name that is not in the table, or that is a status
// code which the area does not document.
func outcomeByName(name string, a *area) *outcome {
	if name == "0000" {
		return normal
	}
	for _, o := range outcomeTable {
		if !strings.EqualFold(o.Name, name) {
			continue
		}
		if _, documented := a.codes[o.final]; o.final != "" && !o.free && !documented {
			return nil
		}
		return o
	}
	return nil
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

// fault is what goes wrong with one request. The zero value: nothing.
type fault struct {
	*outcome
	planned bool // by Options.Fault, which counts attempts itself: never "first placement only"
}

// decide is the one place where the fault of a request is chosen: by its remark, or
// else by the plan. The text says what is wrong with the magic word, "" if nothing.
func (g *Gateway) decide(c *call, remark string) (fault, string) {
	if name, found := magic(remark); found {
		o := outcomeByName(name, c.area)
		if o == nil {
			return fault{}, "sandbox: remark asks for an unknown outcome"
		}
		return fault{outcome: o}, ""
	}
	if g.opts.Fault != nil {
		name := g.opts.Fault(Request{c.area.slug, c.endpoint, c.merchant.no, c.tradeNo})
		if name != "" {
			if o := outcomeByName(name, c.area); o != nil {
				return fault{outcome: o, planned: true}, ""
			}
			g.log.Error("sandbox: the fault plan asks for an unknown outcome", "outcome", name)
		}
	}
	return fault{outcome: normal}, ""
}
