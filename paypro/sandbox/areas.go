package sandbox

import "time"

// AreaInfo is what a banner or a help text needs to know about an area.
type AreaInfo struct {
	Slug     string // "mexico"
	Name     string // "Mexico"
	BasePath string // "/mexico": the area's base URL is http://HOST + BasePath
}

// area is one country's gateway as its documents describe it. Everything that
// differs between areas is data in here; no other code asks which area it is.
type area struct {
	slug, name  string
	placePath   string // case matters
	queryPath   string
	balancePath string

	fields      []field                              // of a placement
	queryFields []field                              // of a query
	cross       func(p params, opts *Options) string // rules over several fields, "" if all hold; may be nil
	signHeader  bool                                 // sign may also come as an HTTP header

	decimals int   // how many an amount may have: 0 or 2
	least    int64 // amount in whole units; 0: none stated
	most     int64

	codes      map[string]string // documented inner status codes and their texts
	placedDesc string            // desc of a placement that is in progress; "": the status's text

	placedID      string // the name of our order number in the placement's answer
	placedTradeNo bool   // whether that answer repeats the tradeNo

	orderAmountKey string // the query's amount
	payAmountKey   string // "" where the query has one amount only
	queryStyle     amountStyle
	queryTime      timePolicy
	utr            bool // the query of a paid order answers a bank reference

	availableKey  string // spelt differently between areas
	balanceStyle  amountStyle
	balanceBare   bool // the balance is asked for without a body
	balanceQuoted bool // its timestamp and success are strings

	zone           *time.Location // of successTime
	notifyUnsigned bool           // and without a timestamp
	notifyStyle    amountStyle
	notifyTime     timePolicy
}

// timePolicy tells when an answer has a successTime.
type timePolicy uint8

const (
	timeIfPaid   timePolicy = iota // it is optional: only what succeeded has one
	timeIfFinal                    // what failed has one too
	timeIsAbsent                   // the page does not know it
)

func (t timePolicy) has(s step) bool {
	switch t {
	case timeIfFinal:
		return !s.open
	case timeIsAbsent:
		return false
	}
	return s.status == "0000" || s.status == "0001"
}

// areas in the order of the banner. Pointers into it are kept by orders.
var areas = []*area{
	&mexico, &india, &indonesia, &pakistan, &vietnam, &philippines,
	&kenya, &egypt, &brazil, &nigeria, &southKorea, &bangladesh,
}

// Areas lists the areas that are simulated.
func Areas() []AreaInfo {
	infos := make([]AreaInfo, len(areas))
	for i, a := range areas {
		infos[i] = AreaInfo{Slug: a.slug, Name: a.name, BasePath: "/" + a.slug}
	}
	return infos
}

func areaBySlug(slug string) *area {
	for _, a := range areas {
		if a.slug == slug {
			return a
		}
	}
	return nil
}

// text is the wording of a status, for desc and message.
func (a *area) text(status string) string {
	if t, ok := a.codes[status]; ok {
		return t
	}
	return "sandbox: undocumented status"
}

// The three endpoints of an area, as they are named in logs and statistics.
const (
	EndpointPlacement = "placement"
	EndpointQuery     = "query"
	EndpointBalance   = "balance"
)

// route is one path of one area.
type route struct {
	area     *area
	endpoint string
}

// routes maps the paths, compared exactly: the real servers tell payOut from payout.
func routes() map[string]route {
	m := make(map[string]route, 3*len(areas))
	for _, a := range areas {
		base := "/" + a.slug
		m[base+a.placePath] = route{a, EndpointPlacement}
		m[base+a.queryPath] = route{a, EndpointQuery}
		m[base+a.balancePath] = route{a, EndpointBalance}
	}
	return m
}
