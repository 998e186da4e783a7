package ledger

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write golden files and the generated parts of documents")

// situation is one cell of the state machine.
type situation struct {
	standing
	kind Kind
	from source
}

func (s source) String() string { return [...]string{"query", "current", "older", "callback"}[s] }

// everySituation calls do for every state, kind and circumstance there is.
func everySituation(do func(situation, decision)) {
	for _, state := range States() {
		for _, kind := range Kinds() {
			for _, from := range sources {
				for standing := range standings(state) {
					do(situation{standing, kind, from}, decide(standing, kind, from))
				}
			}
		}
	}
}

func (s situation) String() string {
	return fmt.Sprintf("%+v %s from %s", s.standing, s.kind, s.from)
}

func (d decision) String() string {
	text := string(d.to)
	switch {
	case d.ignored:
		return "ignored"
	case d.hint:
		text += " ?"
	case d.flagged:
		text += " !"
	case !d.event:
		text += " (quiet)"
	}
	return text
}

// TestNoDecisionDriftsUnnoticed holds every decision against the table that
// people read. A cell names the circumstances that matter, and only those.
func TestNoDecisionDriftsUnnoticed(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("# state, kind: decision, by what it depends on. \"!\" is flagged, \"?\" a hint, \"quiet\" makes no event.\n")
	for _, state := range States() {
		for _, kind := range Kinds() {
			fmt.Fprintf(&b, "%-10s %-11s %s\n", state, kind, strings.Join(cell(state, kind), "; "))
		}
	}
	golden(t, "testdata/decisions.golden", b.String())
}

// cell splits the decisions of a state and kind along the circumstances on
// which they depend, in a fixed order.
func cell(state State, kind Kind) []string {
	type circumstance struct {
		name   string
		from   int
		values int
		set    func(*situation, int)
	}
	fewest := fewestSends(state)
	all := []circumstance{
		{"sends", fewest, 3, func(s *situation, v int) { s.sends = v }},
		{"from", 0, len(sources), func(s *situation, v int) { s.from = source(v) }},
		{"known", 0, 2, func(s *situation, v int) { s.known = v == 1 }},
		{"conflict", 0, 2, func(s *situation, v int) { s.conflict = v == 1 }},
		{"denied", 0, 2, func(s *situation, v int) { s.denied = v == 1 }},
		{"spent", 0, 2, func(s *situation, v int) { s.spent = v == 1 }},
		{"stuck", 0, 2, func(s *situation, v int) { s.stuck = v == 1 }},
	}
	var split func(fixed situation, rest []circumstance, path string) []string
	// outcomes lists what can follow while the rest is free.
	var outcomes func(fixed situation, rest []circumstance, seen map[string]bool)
	outcomes = func(fixed situation, rest []circumstance, seen map[string]bool) {
		if len(rest) == 0 {
			seen[decide(fixed.standing, kind, fixed.from).String()] = true
			return
		}
		for v := rest[0].from; v < rest[0].values; v++ {
			rest[0].set(&fixed, v)
			outcomes(fixed, rest[1:], seen)
		}
	}
	split = func(fixed situation, rest []circumstance, path string) []string {
		seen := map[string]bool{}
		outcomes(fixed, rest, seen)
		if len(seen) == 1 {
			for text := range seen {
				return []string{strings.TrimSpace(path + " " + text)}
			}
		}
		var parts [][]string
		same := true
		for v := rest[0].from; v < rest[0].values; v++ {
			next := fixed
			rest[0].set(&next, v)
			parts = append(parts, split(next, rest[1:], ""))
			same = same && strings.Join(parts[len(parts)-1], ";") == strings.Join(parts[0], ";")
		}
		if same {
			return split(fixed, rest[1:], path)
		}
		var lines []string
		for v, part := range parts {
			for _, line := range part {
				lines = append(lines, fmt.Sprintf("%s%s=%s %s", path, rest[0].name, value(rest[0].name, v+rest[0].from), line))
			}
		}
		return lines
	}
	return split(situation{standing: standing{state: state, sends: fewest}, kind: kind}, all, "")
}

// fewestSends is what the schema lets stand in a state.
func fewestSends(state State) int {
	if oneOf(state, Ready, Held, Cancelled) {
		return 0
	}
	return 1
}

func value(circumstance string, v int) string {
	if circumstance == "from" {
		return source(v).String()
	}
	return fmt.Sprint(v)
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		must(t, os.MkdirAll("testdata", 0o755))
		must(t, os.WriteFile(path, []byte(got), 0o644))
	}
	want, err := os.ReadFile(path)
	must(t, err)
	equal(t, path+" (go test ./ledger -update rewrites it)", got, string(want))
}

func TestNoSituationIsWithoutADecision(t *testing.T) {
	t.Parallel()
	n := 0
	everySituation(func(s situation, d decision) {
		n++
		if d.to == "" || d.ignored && (d.event || d.flagged || d.to != s.state) || d.flagged && !d.event || d.hint && (!d.event || d.flagged) {
			t.Errorf("%v: %+v", s, d)
		}
		if d.to != s.state && !d.event {
			t.Errorf("%v: moves to %s without an event", s, d.to)
		}
	})
	equal(t, "situations", n, 10*17*4*96)
}

// TestTheStateMachineNeverBreaksAPromise checks each promise in every
// situation, reachable or not.
func TestTheStateMachineNeverBreaksAPromise(t *testing.T) {
	t.Parallel()
	enters := func(s situation, d decision, state State) bool { return d.to == state && s.state != state }
	for name, broken := range map[string]func(s situation, d decision) bool{
		"nothing succeeds without an answer, or a person, that says paid": func(s situation, d decision) bool {
			return enters(s, d, Succeeded) && s.kind != Paid && s.kind != SaidPaid
		},
		"nothing fails without an answer, or a person, that says not paid": func(s situation, d decision) bool {
			return enters(s, d, Failed) && s.kind != NotPaid && s.kind != SaidNotPaid
		},
		"nothing is rejected but by a refusal of the first attempt of what was not known": func(s situation, d decision) bool {
			return enters(s, d, Rejected) && (s.kind != Refused || s.sends != 1 || s.known || s.from != fromCurrent)
		},
		"nothing is reversed but by a contrary word or answer, flagged": func(s situation, d decision) bool {
			return enters(s, d, Reversed) && (s.kind != NotPaid && s.kind != SaidNotPaid || s.state != Succeeded || !d.flagged)
		},
		"no doubt is sent again unless denied, never known, and not spent": func(s situation, d decision) bool {
			return s.state == InDoubt && d.to == Ready && (s.kind != Unknown || !s.denied || s.known || s.spent)
		},
		"nothing becomes ready again but what was never sent, not sent, or denied": func(s situation, d decision) bool {
			unsent := s.state == Held && s.kind == Release && s.sends == 0 && !s.known
			notSent := s.state == Submitting && s.kind == NotSent && s.from == fromCurrent && s.sends == 1
			denied := s.state == InDoubt && s.kind == Unknown
			return enters(s, d, Ready) && !unsent && !notSent && !denied
		},
		"nothing that the gateway knows becomes ready": func(s situation, d decision) bool {
			return enters(s, d, Ready) && s.known
		},
		"nothing that may have been sent stays ready once the gateway has shown that it knows it": func(s situation, d decision) bool {
			shows := Outcome{Kind: s.kind}.shows() && (s.kind != Doubt || s.from == fromQuery || s.from == fromCallback)
			return s.state == Ready && s.sends > 0 && shows && d.to == Ready
		},
		"nothing is claimed by an outcome": func(s situation, d decision) bool { return enters(s, d, Submitting) },
		"what was never sent never becomes anything sent": func(s situation, d decision) bool {
			return s.sends == 0 && !s.known && oneOf(s.state, Ready, Held, Cancelled) && !oneOf(d.to, Ready, Held, Cancelled)
		},
		"what was sent is never cancelled": func(s situation, d decision) bool {
			return enters(s, d, Cancelled) && (s.sends > 0 || s.known || s.kind != Cancel)
		},
		"cancelled never leaves": func(s situation, d decision) bool { return s.state == Cancelled && d.to != Cancelled },
		"reversed never leaves":  func(s situation, d decision) bool { return s.state == Reversed && d.to != Reversed },
		"no silence ever ends a payout": func(s situation, d decision) bool {
			silent := slices.Contains([]Kind{Doubt, Interrupted, NoAnswer, Unknown, Hint, Resend}, s.kind)
			return silent && d.to.Final() && d.to != s.state
		},
		"a late answer of an older attempt never frees, rejects or interrupts": func(s situation, d decision) bool {
			return s.from == fromOlder && slices.Contains([]Kind{Refused, NotSent, Interrupted}, s.kind) && !d.ignored
		},
		"a contradiction is never lifted by an answer": func(s situation, d decision) bool {
			said := slices.Contains([]Kind{Release, Cancel, SaidPaid, SaidNotPaid}, s.kind)
			return s.state == Held && s.conflict && !said && d.to != Held
		},
		"a placement never fails a payout that was sent more than once": func(s situation, d decision) bool {
			return enters(s, d, Failed) && s.kind == NotPaid && s.from != fromQuery && s.from != fromCallback && s.sends != 1
		},
		"nothing but a query or a person reverses": func(s situation, d decision) bool {
			return enters(s, d, Reversed) && s.kind == NotPaid && s.from != fromQuery
		},
		"a contrary answer is never silent": func(s situation, d decision) bool {
			contrary := s.kind == Paid && oneOf(s.state, Failed, Rejected, Cancelled, Reversed) || s.kind == NotPaid && s.state == Succeeded
			return contrary && !d.flagged && !d.hint
		},
		"a callback never flags what was sent, and moves nothing that has ended": func(s situation, d decision) bool {
			return s.from == fromCallback && (s.sends > 0 && d.flagged || s.state.Final() && d.to != s.state)
		},
		"a callback says no more than a query would": func(s situation, d decision) bool {
			return s.from == fromCallback && !d.hint && !d.ignored && d != decideKind(s.standing, s.kind, fromQuery)
		},
		"a hint proves nothing": func(s situation, d decision) bool {
			return d.hint && (d.flagged || d.to != s.state && (s.state != Ready || d.to != InDoubt))
		},
		"a person never sends again what the gateway knows, or has contradicted itself about": func(s situation, d decision) bool {
			return s.kind == Resend && !d.ignored && (s.known || s.state == Held && s.conflict || d.to != InDoubt)
		},
		"a person never says what becomes of a payout on the wire, or never sent": func(s situation, d decision) bool {
			said := slices.Contains([]Kind{SaidPaid, SaidNotPaid, Resend}, s.kind)
			never := s.sends == 0 && !s.known && oneOf(s.state, Ready, Held, Cancelled)
			return said && !d.ignored && (s.state == Submitting || never)
		},
		"nothing is stuck but what a question leaves open": func(s situation, d decision) bool {
			stuck := d.reason == ReasonStuck
			return stuck && (!s.stuck || s.from != fromQuery || d.to != Held || d.flagged)
		},
		"no question leaves open what is stuck": func(s situation, d decision) bool {
			asked := s.from == fromQuery && slices.Contains([]Kind{Accepted, Doubt, NoAnswer, Unknown}, s.kind)
			denied := s.kind == Unknown && s.state == InDoubt && !s.known // which ends by itself
			return asked && !denied && s.stuck && oneOf(s.state, InDoubt, Processing) && oneOf(d.to, InDoubt, Processing)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			everySituation(func(s situation, d decision) {
				if broken(s, d) {
					t.Errorf("%v: %v", s, d)
				}
			})
		})
	}
}

// A word reaches only payouts that the gateway cannot know; of these it moves
// the held ones to ready and the held and ready ones to cancelled.
func TestAWordNeverMovesAnythingElse(t *testing.T) {
	t.Parallel()
	everySituation(func(s situation, d decision) {
		p := Payout{State: s.state, Attempts: s.sends, known: s.known, conflict: s.conflict}
		if s.kind != Release && s.kind != Cancel || s.from != fromQuery || p.heardOf() || s.state == Submitting {
			return
		}
		want := ignore(s.standing)
		switch {
		case s.kind == Release && s.state == Held:
			want = move(Ready)
		case s.kind == Cancel && oneOf(s.state, Held, Ready):
			want = move(Cancelled)
		}
		if d != want {
			t.Errorf("%v: %v, want %v", s, d, want)
		}
	})
}

func TestAnUnknownKindIsNeverAccepted(t *testing.T) {
	t.Parallel()
	defer func() {
		if recover() == nil {
			t.Fatal("a kind that does not exist was decided")
		}
	}()
	decide(standing{state: Ready}, "nonsense", fromQuery)
}

func TestEveryStateHasABucket(t *testing.T) {
	t.Parallel()
	for _, state := range States() {
		if !strings.Contains(strings.Join(Buckets(), ","), state.Bucket()) {
			t.Errorf("%s counts in %q, which is no bucket", state, state.Bucket())
		}
	}
}
