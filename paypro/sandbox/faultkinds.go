package sandbox

import (
	"errors"
	"slices"
	"strings"
)

// Besides the endpoints of requests, what a [Plan] can draw faults for.
const (
	EndpointCallback   = "callback"
	EndpointConnection = "connection"
)

// endpoints in the order of the bits of where.
var endpoints = [...]string{EndpointPlacement, EndpointQuery, EndpointBalance, EndpointCallback, EndpointConnection}

// outageName is the fault of a [Plan]'s outages, which have no share.
const outageName = "outage"

var errUnknownFault = errors.New("unknown fault")

func endpointIndex(name string) int { return slices.Index(endpoints[:], name) }

func joined(names []string) string { return strings.Join(names, ", ") }

func endpointNames() string { return joined(endpoints[:]) }

// planNames lists what a plan can draw, for an error.
func planNames() string {
	var names []string
	for _, o := range outcomeTable {
		if o.at != 0 {
			names = append(names, o.Name)
		}
	}
	return joined(names)
}

// kind is a fault at an endpoint.
type kind struct {
	endpoint string
	outcome  *outcome
}

// kinds are what a plan can draw.
func kinds() []kind {
	var list []kind
	for i, endpoint := range endpoints {
		for _, o := range outcomeTable {
			if o.at&(1<<i) != 0 {
				list = append(list, kind{endpoint, o})
			}
		}
	}
	return list
}

// FaultKinds lists the keys of [Stats.Faults], "placement:timeout": what a plan can draw, what orders
// that look wrong do to queries, and outages. With areas, by their slugs, it leaves out what none of them can have:
// status codes that they do not document.
func FaultKinds(slugs ...string) []string {
	var list []string
	for _, k := range kinds() {
		if k.outcome.possible(slugs) {
			list = append(list, k.endpoint+":"+k.outcome.Name)
		}
	}
	for _, o := range looksTable {
		if name := EndpointQuery + ":" + o.Name; !slices.Contains(list, name) {
			list = append(list, name)
		}
	}
	return append(list, EndpointConnection+":"+outageName)
}

// possible tells whether one of the areas can have an outcome.
func (o *outcome) possible(slugs []string) bool {
	return len(slugs) == 0 || slices.ContainsFunc(slugs, func(slug string) bool {
		a := areaBySlug(slug)
		return a != nil && o.documented(a)
	})
}

// faultKey is what faults are counted by.
type faultKey struct{ endpoint, name string }

// fault counts one that happened.
func (s *stats) fault(endpoint, name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.faults == nil {
		s.faults = map[faultKey]int{}
	}
	s.faults[faultKey{endpoint, name}]++
}

// happened counts an outcome, unless it is the normal one.
func (s *stats) happened(endpoint string, o *outcome) {
	if o != nil && o != normal {
		s.fault(endpoint, o.Name)
	}
}
