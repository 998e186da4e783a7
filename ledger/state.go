package ledger

import (
	"iter"
	"slices"
)

// State is where a payout stands.
type State string

// The states. Every paragraph says who enters, who leaves, and what a crash
// leaves here.
const (
	// Ready payouts are valid, numbered and may be sent. Import enters it,
	// and so does a person's release and a payout whose request provably never reached the wire, or
	// one the gateway has denied knowing often and long enough. Claim
	// leaves it. A crash leaves it as it is.
	Ready State = "ready"

	// Held payouts wait for a person: a suspected duplicate, from its import
	// on, an answer about another amount, a doubt that did not clear. Nothing
	// is sent while held. A person's word leaves it only if nothing was ever
	// sent; see [Ledger.Release] and [Ledger.Cancel].
	Held State = "held"

	// Submitting payouts have a committed intent; a request may be on the
	// wire. Claim enters it, the answer leaves it. A crash leaves payouts
	// here, and the next start turns them into InDoubt.
	Submitting State = "submitting"

	// InDoubt payouts may have reached the gateway, and nothing trustworthy
	// says what became of them. They are asked about, never sent blind.
	InDoubt State = "in_doubt"

	// Processing payouts are accepted by the gateway and not final.
	Processing State = "processing"

	// Succeeded payouts are paid: the gateway said so in a definite answer.
	Succeeded State = "succeeded"

	// Failed payouts were accepted and definitely not paid.
	Failed State = "failed"

	// Rejected payouts were refused by the gateway on their first attempt:
	// no order exists.
	Rejected State = "rejected"

	// Cancelled payouts were withdrawn before they were ever sent. Final.
	Cancelled State = "cancelled"

	// Reversed payouts were succeeded and are not any more. Final.
	Reversed State = "reversed"
)

// States lists all states in the order in which reports show them.
func States() []State {
	return []State{Held, Cancelled, Ready, Submitting, InDoubt, Processing, Succeeded, Failed, Rejected, Reversed}
}

// Final tells whether the state is an end for the payout unless a contrary
// answer arrives.
func (s State) Final() bool {
	return slices.Contains([]State{Succeeded, Failed, Rejected, Cancelled, Reversed}, s)
}

// Kind is what was learned about a payout, or decided by a person.
type Kind string

// The kinds of outcome.
const (
	Paid        Kind = "paid"        // a definite answer: the payee has the money
	Accepted    Kind = "accepted"    // a definite answer: in progress
	NotPaid     Kind = "not_paid"    // a definite answer: failed
	Refused     Kind = "refused"     // the placement was refused, no order was made by it
	Doubt       Kind = "doubt"       // an answer, or none, that settles nothing
	NotSent     Kind = "not_sent"    // the request never reached the wire
	Interrupted Kind = "interrupted" // the run ended with the request possibly on the wire
	Unknown     Kind = "unknown"     // a query: the gateway does not know the number
	NoAnswer    Kind = "no_answer"   // a query that said nothing
	Conflict    Kind = "conflict"    // an answer that contradicts the ledger: another amount, another order
	Hold        Kind = "hold"        // a person, or a rule, wants a decision first
	Release     Kind = "release"     // a person lets it go on
	Cancel      Kind = "cancel"      // a person withdraws it
)

// Kinds lists all kinds.
func Kinds() []Kind {
	return []Kind{Paid, Accepted, NotPaid, Refused, Doubt, NotSent, Interrupted, Unknown, NoAnswer, Conflict, Hold, Release, Cancel}
}

// standing is what of a payout decides about its next state.
type standing struct {
	state    State
	sends    int  // requests that may have reached the wire
	known    bool // the gateway has shown that it knows this number
	conflict bool // held because an answer contradicts the ledger
	denied   bool // denied by the gateway often and long enough (P4)
	spent    bool // sent as often as policy allows, or policy forbids a second time
}

// source is where an outcome comes from.
type source int

const (
	fromQuery   source = iota // a query, a callback, a person: about the payout as a whole
	fromCurrent               // the placement's own answer, of the latest attempt
	fromOlder                 // a placement's answer that an earlier attempt was waiting for
)

// decision is what an outcome does to a payout.
type decision struct {
	to      State
	event   bool // append an event
	flagged bool // contrary to what was known: a person must see it
	ignored bool // says nothing about the payout as it stands now
}

func stay(s standing) decision         { return decision{to: s.state, event: true} }
func ignore(s standing) decision       { return decision{to: s.state, ignored: true} }
func move(to State) decision           { return decision{to: to, event: true} }
func contrary(to State) decision       { return decision{to: to, event: true, flagged: true} }
func quietly(s standing) decision      { return decision{to: s.state} }
func (s standing) sent() bool          { return s.sends > 0 }
func (s standing) in(of ...State) bool { return slices.Contains(of, s.state) }

// decide is the whole state machine: what an outcome of a kind does to a
// payout that stands so.
func decide(s standing, kind Kind, from source) decision {
	switch kind {
	case Paid:
		return decidePaid(s)
	case Accepted:
		return decideAccepted(s)
	case NotPaid:
		return decideNotPaid(s, from)
	case Conflict:
		return decideConflict(s)
	case Refused, Doubt, NotSent, Interrupted:
		return decidePlacement(s, kind, from)
	case Unknown:
		return decideUnknown(s)
	case NoAnswer:
		if s.in(InDoubt, Processing) {
			return quietly(s)
		}
		return ignore(s)
	case Hold, Release, Cancel:
		return decidePerson(s, kind)
	}
	panic("ledger: unknown kind " + string(kind))
}

func decidePaid(s standing) decision {
	switch s.state {
	case Submitting, InDoubt, Processing:
		return move(Succeeded)
	case Succeeded:
		return ignore(s)
	case Failed, Rejected:
		return contrary(Succeeded)
	case Ready:
		if s.sent() {
			// An earlier attempt was heard of before the next one left.
			return move(Succeeded)
		}
		return contrary(Held) // the gateway knows a number that was never sent
	case Held:
		if s.sent() && !s.conflict {
			return move(Succeeded)
		}
	}
	return contrary(s.state) // held by a contradiction, cancelled, reversed
}

func decideAccepted(s standing) decision {
	switch s.state {
	case Submitting, InDoubt:
		return move(Processing)
	case Processing:
		return quietly(s)
	case Failed, Rejected:
		return contrary(Processing) // alive again: it may still be paid
	case Ready:
		if s.sent() {
			return move(Processing)
		}
		return contrary(Held)
	case Held:
		if s.sent() && !s.conflict {
			return move(Processing)
		}
	}
	return contrary(s.state)
}

// decideNotPaid trusts a failure as far as its source reaches: a query tells
// about the payout, a placement's answer about its own attempt only. If that
// was not the only one, another may have paid: ask (P4).
func decideNotPaid(s standing, from source) decision {
	final := from == fromQuery || from == fromCurrent && s.sends == 1
	switch {
	case s.in(Failed, Rejected, Reversed):
		return ignore(s)
	case s.state == Succeeded && from == fromQuery:
		return contrary(Reversed)
	case s.state == Submitting && from == fromCurrent && final:
		return move(Failed)
	case s.state == Submitting && from != fromOlder:
		return move(InDoubt)
	case s.in(InDoubt, Processing) && final:
		return move(Failed)
	case s.in(Submitting, InDoubt, Processing):
		return stay(s)
	case s.state == Ready && !s.sent():
		return contrary(Held)
	case s.in(Ready, Held) && s.sent() && !s.conflict && final:
		return move(Failed)
	case s.in(Ready, Held) && s.sent() && !s.conflict:
		return stay(s)
	}
	return contrary(s.state)
}

func decideConflict(s standing) decision {
	if s.in(Ready, Submitting, InDoubt, Processing) {
		return contrary(Held)
	}
	return contrary(s.state)
}

func decidePlacement(s standing, kind Kind, from source) decision {
	if kind == Doubt && from == fromQuery {
		// A query answered with a status that settles nothing.
		switch s.state {
		case InDoubt:
			return stay(s)
		case Processing:
			return move(InDoubt)
		}
		return ignore(s)
	}
	if kind == Interrupted && s.state == Ready && s.sent() && from != fromOlder {
		// It was to be sent again on the strength of denials that are
		// yesterday's by now: ask anew.
		return move(InDoubt)
	}
	if s.state != Submitting || from != fromCurrent {
		return ignore(s)
	}
	switch {
	case kind == NotSent && s.sends == 1:
		return move(Ready)
	case kind == NotSent:
		return move(InDoubt) // likewise: an earlier attempt did leave
	case kind == Refused && s.sends == 1:
		return move(Rejected)
	}
	return move(InDoubt)
}

func decideUnknown(s standing) decision {
	switch {
	case s.state == Processing && s.denied:
		return contrary(Held) // accepted once, denied now
	case s.state == Processing:
		return stay(s)
	case s.state != InDoubt:
		return ignore(s)
	case !s.denied:
		return stay(s)
	case s.known:
		return contrary(Held) // never send again what the gateway has known
	case s.spent:
		return move(Held)
	}
	return move(Ready)
}

func decidePerson(s standing, kind Kind) decision {
	switch {
	case kind == Hold && s.in(Ready, InDoubt):
		return move(Held)
	case kind == Release && s.state == Held && (s.sent() || s.known):
		return move(InDoubt)
	case kind == Release && s.state == Held:
		return move(Ready)
	case kind == Cancel && s.in(Ready, Held) && !s.sent() && !s.known:
		return move(Cancelled)
	}
	return ignore(s)
}

// Transition is one way from a state to another.
type Transition struct{ From, To State }

// Transitions lists every transition the state machine can make, found by
// asking it, so that the schema's constraints and the documents cannot drift
// from the code. Claim is the one that no outcome makes.
func Transitions() []Transition {
	found := []Transition{{Ready, Submitting}}
	for _, from := range States() {
		for _, to := range States() {
			if from != to && reachable(from, to) {
				found = append(found, Transition{from, to})
			}
		}
	}
	return found
}

func reachable(from, to State) bool {
	for s := range standings(from) {
		for _, kind := range Kinds() {
			for _, source := range []source{fromQuery, fromCurrent, fromOlder} {
				if decide(s, kind, source).to == to {
					return true
				}
			}
		}
	}
	return false
}

// standings are all the ways in which a payout can stand in a state, as far
// as decisions tell them apart.
func standings(in State) iter.Seq[standing] {
	return func(yield func(standing) bool) {
		for bits := range 16 {
			for sends := range 3 {
				s := standing{in, sends, bits&1 > 0, bits&2 > 0, bits&4 > 0, bits&8 > 0}
				if !yield(s) {
					return
				}
			}
		}
	}
}
