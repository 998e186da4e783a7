package sandbox

import (
	"slices"
	"strings"
)

// Outcome is a magic value: what becomes of a payout whose remark has the word
// SANDBOX:<Name>, and of any request for which [Options.Fault] or [Options.Plan] says so.
type Outcome struct {
	Name    string
	What    string // what the gateway then does
	Promise string // what it exercises in a client

	// Order says whether a placement that suffers it makes an order: OrderMade, OrderNotMade or OrderLate.
	Order string
	// Endpoints are those at which a [Plan] can draw it: EndpointPlacement, …
	Endpoints []string
}

// What a placement comes to, whatever its answer says.
const (
	OrderMade    = "made"
	OrderNotMade = "not made"
	OrderLate    = "made late" // after the client was answered, or has given up
)

// lifePlan is the course of an order's status.
type lifePlan uint8

const (
	lifeNormal   lifePlan = iota // 0015, and after the delay the final status
	lifeNow                      // the final status at once
	lifeNever                    // 0015 for ever, or until it thaws
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
	wirePage         // an HTTP status with a page of HTML: outcome.http
	wireHalf         // the connection is closed in the middle of the body
	wireCut          // the connection is closed behind a whole answer
	wireSlow         // the answer takes its time
	wireOther        // the answer is about another tradeNo
	wireMangle       // the JSON is not as documented: outcome.mangle
)

// look is what queries say of an order, beside its status.
type look uint8

const (
	lookFine   look = iota
	lookHidden      // for a while they do not know it
	lookOther       // for a while they answer about another tradeNo
	lookObject      // for a while the amount is an object
	lookAmount      // always another amount
)

// group tells outcomes apart that one payout can have at the same time.
type group uint8

const (
	groupEnds    group = iota // what becomes of the order
	groupLooks                // what queries say of it
	groupAnswers              // what happens to the answer of the request
	groupCalls                // what happens to the callback
	groupLines                // what happens to connections
	groups
)

// where is a set of endpoints.
type where uint8

const (
	atPlacement where = 1 << iota
	atQuery
	atBalance
	atCallback
	atConnection

	everywhere = atPlacement | atQuery | atBalance
)

// outcome is an Outcome with its workings.
type outcome struct {
	Outcome
	group group
	at    where // where a plan can draw it

	life  lifePlan
	begin string // the status until the delay is over; "" is 0015
	final string // "" is 0000
	free  bool   // final need not be documented in the area

	look look
	call callFault

	wire   wire
	http   int  // of a page
	retry  bool // the page has Retry-After
	mangle mangle

	lost   bool // the request makes no order
	always bool // lost on every placement of the tradeNo, not only on the first
	late   bool // the order is made later
}

// hiddenLags is how many delays an order looks wrong to queries.
const hiddenLags = 3

// normal is the outcome of a payout that asks for none.
var normal = outcomeTable[0]

var outcomeTable = buildOutcomes(endsTable, looksTable, answersTable, callsTable, linesTable)

// buildOutcomes puts the tables together and adds the documented status codes that
// have no line of their own.
func buildOutcomes(tables ...[]*outcome) []*outcome {
	var all []*outcome
	for i, table := range tables {
		for _, o := range table {
			o.group = group(i) //nolint:gosec // there are five
			all = append(all, o)
		}
	}
	all = append(all, codeOutcomes(all)...)
	for _, o := range all {
		if o.at == 0 && o.group < groupCalls && o.Name != "processing" {
			o.at = atPlacement
		}
		for i, name := range endpoints {
			if o.at&(1<<i) != 0 {
				o.Endpoints = append(o.Endpoints, name)
			}
		}
		switch {
		case o.group == groupLines || o.lost:
			o.Order = OrderNotMade
		case o.late:
			o.Order = OrderLate
		default:
			o.Order = OrderMade
		}
	}
	return all
}

// codeOutcomes are the status codes of the areas' tables that are not known yet.
func codeOutcomes(known []*outcome) []*outcome {
	documented := map[string][]string{}
	for _, a := range areas {
		for code := range a.codes {
			has := slices.ContainsFunc(known, func(o *outcome) bool { return o.Name == code })
			if code != "0000" && !has {
				documented[code] = append(documented[code], a.name)
			}
		}
	}
	var more []*outcome
	for code, names := range documented {
		more = append(more, &outcome{Outcome: Outcome{
			Name:    code,
			What:    code + " after the delay (documented in " + strings.Join(names, ", ") + ")",
			Promise: "every documented code is told apart",
		}, final: code})
	}
	slices.SortFunc(more, func(a, b *outcome) int { return strings.Compare(a.Name, b.Name) })
	return more
}

// Outcomes lists the magic values, for documents and help texts.
func Outcomes() []Outcome {
	var list []Outcome
	for _, o := range outcomeTable {
		if o.group != groupLines {
			list = append(list, o.public())
		}
	}
	return list
}

// PlanOutcomes lists what a [Plan] can draw, and where.
func PlanOutcomes() []Outcome {
	var list []Outcome
	for _, o := range outcomeTable {
		if o.at != 0 {
			list = append(list, o.public())
		}
	}
	return list
}

func (o *outcome) public() Outcome {
	p := o.Outcome
	p.Endpoints = slices.Clone(p.Endpoints)
	return p
}

// findOutcome looks a name up in the table, in either case; nil: not there.
func findOutcome(name string) *outcome {
	if name == "0000" {
		return normal
	}
	for _, o := range outcomeTable {
		if strings.EqualFold(o.Name, name) {
			return o
		}
	}
	return nil
}

// documented tells whether an area knows the status code that an outcome ends in.
func (o *outcome) documented(a *area) bool {
	_, ok := a.codes[o.final]
	return ok || o.final == "" || o.free
}
