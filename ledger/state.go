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
	// sent, or if the person has seen what became of it; see [Ledger.Release],
	// [Ledger.Cancel] and [Ledger.Resolve].
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

	// Succeeded payouts are paid: the gateway said so in a definite answer, or
	// a person has seen it.
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
	Paid        Kind = "paid"          // a definite answer: the payee has the money
	Accepted    Kind = "accepted"      // a definite answer: in progress
	NotPaid     Kind = "not_paid"      // a definite answer: failed
	Refused     Kind = "refused"       // the placement was refused, no order was made by it
	Doubt       Kind = "doubt"         // an answer, or none, that settles nothing
	NotSent     Kind = "not_sent"      // the request never reached the wire
	Interrupted Kind = "interrupted"   // the run ended with the request possibly on the wire
	Unknown     Kind = "unknown"       // a query: the gateway does not know the number
	NoAnswer    Kind = "no_answer"     // a query that said nothing
	Conflict    Kind = "conflict"      // an answer that contradicts the ledger: another amount, another order
	Hold        Kind = "hold"          // a person, or a rule, wants a decision first
	Release     Kind = "release"       // a person lets it go on
	Cancel      Kind = "cancel"        // a person withdraws it
	SaidPaid    Kind = "said_paid"     // a person has seen that it was paid
	SaidNotPaid Kind = "said_not_paid" // a person has seen that it was not
	Resend      Kind = "resend"        // a person lets it be sent once more, with the same number
	Hint        Kind = "hint"          // proves nothing; there may be news: ask now
)

// Kinds lists all kinds.
func Kinds() []Kind {
	return []Kind{
		Paid, Accepted, NotPaid, Refused, Doubt, NotSent, Interrupted, Unknown, NoAnswer, Conflict,
		Hold, Release, Cancel, SaidPaid, SaidNotPaid, Resend, Hint,
	}
}

// standing is what of a payout decides about its next state.
type standing struct {
	state    State
	sends    int  // requests that may have reached the wire
	known    bool // the gateway has shown that it knows this number
	conflict bool // held because an answer contradicts the ledger
	denied   bool // denied by the gateway often and long enough (P4)
	spent    bool // sent as often as policy and persons allow, or policy forbids a second time
	stuck    bool // last sent so long ago that policy no longer leaves it open
}

// source is where an outcome comes from.
type source int

const (
	fromQuery    source = iota // a query or a person: about the payout as a whole
	fromCurrent                // the placement's own answer, of the latest attempt
	fromOlder                  // a placement's answer that an earlier attempt was waiting for
	fromCallback               // the gateway called; what it says about what is settled is asked about first
)

var sources = []source{fromQuery, fromCurrent, fromOlder, fromCallback}

// decision is what an outcome does to a payout.
type decision struct {
	to      State
	event   bool   // append an event
	flagged bool   // contrary to what was known: a person must see it
	ignored bool   // says nothing about the payout as it stands now
	hint    bool   // proves nothing, but there may be news: ask now
	later   bool   // ignored, but for when to ask again
	reason  string // why, if not as the outcome says
}

func stay(s standing) decision    { return decision{to: s.state, event: true} }
func ignore(s standing) decision  { return decision{to: s.state, ignored: true} }
func move(to State) decision      { return decision{to: to, event: true} }
func contrary(to State) decision  { return decision{to: to, event: true, flagged: true} }
func quietly(s standing) decision { return decision{to: s.state} }

// because gives a decision a reason of the ledger's own.
func because(d decision, reason string) decision {
	d.reason = reason
	return d
}

func (s standing) sent() bool          { return s.sends > 0 }
func (s standing) in(of ...State) bool { return slices.Contains(of, s.state) }

// decide is the whole state machine: what an outcome of a kind does to a
// payout that stands so.
func decide(s standing, kind Kind, from source) decision {
	if from == fromCallback {
		return decideCallback(s, kind)
	}
	d := decideKind(s, kind, from)
	left := !d.ignored && s.in(InDoubt, Processing) && (d.to == InDoubt || d.to == Processing)
	// Denials lead somewhere by themselves, in the time of a quarantine, however
	// long nobody had asked before the first of them.
	denial := kind == Unknown && s.state == InDoubt && !s.known
	if left && s.stuck && from == fromQuery && kind.answers() && !denial {
		return because(move(Held), ReasonStuck)
	}
	return d
}

// answers tells whether an outcome of this kind is what a question brings.
func (k Kind) answers() bool {
	return slices.Contains([]Kind{Paid, Accepted, NotPaid, Doubt, Unknown, NoAnswer, Conflict}, k)
}

func decideKind(s standing, kind Kind, from source) decision {
	switch kind {
	case Paid:
		return decidePaid(s)
	case Accepted:
		return decideAccepted(s, from)
	case NotPaid:
		return decideNotPaid(s, from)
	case Conflict:
		return decideConflict(s)
	case Doubt:
		if from == fromQuery {
			return decideUnclear(s)
		}
		return decidePlacement(s, kind, from)
	case Refused, NotSent, Interrupted:
		return decidePlacement(s, kind, from)
	case Unknown:
		return decideUnknown(s, from)
	case NoAnswer:
		if s.in(InDoubt, Processing) {
			return quietly(s)
		}
		return ignore(s)
	case Hold, Release, Cancel, Resend:
		return decidePerson(s, kind)
	case SaidPaid, SaidNotPaid:
		return decideSaid(s, kind)
	case Hint:
		return decideHint(s)
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

func decideAccepted(s standing, from source) decision {
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
		switch {
		case !s.sent() || s.conflict:
		case s.stuck && from == fromQuery && s.known:
			return quietly(s) // it would be held again at the next answer
		case s.stuck && from == fromQuery:
			return because(stay(s), ReasonStuck)
		default:
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
	case s.state == Ready && final:
		return move(Failed)
	case s.state == Ready:
		return move(InDoubt) // the gateway knows it after all: not sent again
	case s.state == Held && s.sent() && !s.conflict && final:
		return move(Failed)
	case s.state == Held && s.sent() && !s.conflict:
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

// decideUnclear is about a query that was answered with a status that settles
// nothing. Whatever it says, the gateway knows the number.
func decideUnclear(s standing) decision {
	switch {
	case s.state == InDoubt:
		return stay(s)
	case s.state == Processing, s.state == Ready && s.sent():
		return move(InDoubt)
	case s.in(Submitting, Held) && s.sent() && !s.known:
		return quietly(s)
	}
	return ignore(s)
}

func decidePlacement(s standing, kind Kind, from source) decision {
	if kind == Interrupted && s.state == Ready && s.sent() && from != fromOlder {
		// It was to be sent again on the strength of denials that are
		// yesterday's by now: ask anew.
		return move(InDoubt)
	}
	if s.state != Submitting || from != fromCurrent {
		return ignore(s)
	}
	switch {
	case kind == NotSent && s.sends == 1 && !s.known:
		return move(Ready)
	case kind == NotSent:
		return move(InDoubt) // likewise: an earlier attempt did leave, or the gateway knows it
	case kind == Refused && s.sends == 1 && !s.known:
		return move(Rejected)
	}
	return move(InDoubt)
}

func decideUnknown(s standing, from source) decision {
	switch {
	case s.state == Processing && s.denied:
		return because(contrary(Held), ReasonDenied) // accepted once, denied now
	case s.state == Processing:
		return stay(s)
	case s.state == Succeeded && from == fromQuery && s.denied:
		return because(contrary(Succeeded), ReasonDenied) // paid once, denied now
	case s.state == Succeeded && from == fromQuery:
		return quietly(s)
	case s.state != InDoubt:
		return ignore(s)
	case !s.denied:
		return stay(s)
	case s.known:
		return because(contrary(Held), ReasonDenied) // never send again what the gateway has known
	case s.spent:
		return because(move(Held), ReasonSpent)
	}
	return because(move(Ready), ReasonSendAgain)
}

func decidePerson(s standing, kind Kind) decision {
	never := !s.sent() && !s.known
	switch {
	case kind == Hold && s.in(Ready, InDoubt):
		return move(Held)
	case kind == Release && s.state == Held && never:
		return move(Ready)
	case kind == Cancel && s.in(Ready, Held) && never:
		return move(Cancelled)
	case kind == Resend && s.known:
		return ignore(s) // never send again what the gateway has known
	case kind == Resend && (s.state == InDoubt || s.state == Held && s.sent() && !s.conflict):
		return move(InDoubt) // asked first, like any doubt
	}
	return ignore(s)
}

// decideSaid is about what a person has seen of a payout that may have been
// sent, on a statement or with the gateway's support.
func decideSaid(s standing, kind Kind) decision {
	open := s.in(InDoubt, Processing) || s.state == Ready && s.sent() || s.state == Held && (s.sent() || s.known)
	switch {
	case kind == SaidPaid && open:
		return move(Succeeded)
	case kind == SaidPaid && s.in(Failed, Rejected):
		return contrary(Succeeded)
	case kind == SaidNotPaid && open:
		return move(Failed)
	case kind == SaidNotPaid && s.state == Succeeded:
		return contrary(Reversed)
	}
	return ignore(s)
}

// decideHint has the payout asked about. What was to be sent again is not,
// before it has been.
func decideHint(s standing) decision {
	if s.state == Ready && s.sent() {
		return decision{to: InDoubt, event: true, hint: true}
	}
	return decision{to: s.state, event: true, hint: true}
}

// decideCallback believes a callback about an open payout as it does an
// answer. Anything that contradicts is only a hint, for a callback may be old,
// or another's: the query that follows decides. Of what was never sent nobody
// asks; there it holds as an answer would.
func decideCallback(s standing, kind Kind) decision {
	if kind == Hint {
		return decideHint(s)
	}
	if !slices.Contains([]Kind{Paid, Accepted, NotPaid, Conflict, Doubt}, kind) {
		return ignore(s)
	}
	asked := decideKind(s, kind, fromQuery)
	definite := kind == Paid || kind == NotPaid
	switch {
	case !s.sent() && !s.state.Final():
		return asked
	case definite && !asked.flagged:
		return asked
	case kind == Accepted && s.state == Processing:
		return ignore(s) // known already
	}
	return decideHint(s)
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
			for _, source := range sources {
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
		for bits := range 32 {
			for sends := range 3 {
				s := standing{in, sends, bits&1 > 0, bits&2 > 0, bits&4 > 0, bits&8 > 0, bits&16 > 0}
				if !yield(s) {
					return
				}
			}
		}
	}
}
