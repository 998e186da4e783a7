package ledger

import (
	"context"
	"errors"
	"io"
	"iter"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/bulkpay/bulkpay/internal/money"
)

// TestNoSequenceOfEventsEverBreaksTheBook does whatever can be done to a book
// in any order, beside a model of it in memory: imports, claims, answers of
// every kind to payouts as they are and as they were, callbacks and replays of
// them, questions that are due, a person's words, kills, reopenings and the
// passing of time.
func TestNoSequenceOfEventsEverBreaksTheBook(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		m := newModel(rt, filepath.Join(t.TempDir(), "book.db"))
		defer m.close(rt)
		rt.Repeat(map[string]func(*rapid.T){
			"import":  m.importSheet,
			"claim":   m.claim,
			"answer":  m.answer,
			"answers": m.answer,
			"call":    m.call,
			"ask":     m.ask,
			"watch":   m.ask,
			"deny":    m.deny,
			"again":   m.sendAgain,
			"fail":    m.fail,
			"contra":  m.contradict,
			"word":    m.word,
			"words":   m.words,
			"resolve": m.resolve,
			"recover": m.recover,
			"reopen":  m.reopen,
			"wait":    m.wait,
			"":        m.check,
		})
		m.isClean(rt)
	})
}

// model is the book as it should be, in memory.
type model struct {
	path     string
	clock    *clock
	random   io.Reader
	book     *Ledger
	lease    *Lease
	merchant Merchant
	batches  []Batch
	payouts  []*twin
}

// twin is a payout as it should be.
type twin struct {
	Payout
	succeeded bool            // was ever
	meant     bool            // a person has released it
	shown     bool            // the gateway has shown that it knows it
	heard     map[string]bool // evidence of events
	told      map[string]bool // contradictions that moved nothing
	settledAt time.Time       // when it came to rest
	seen      []Payout        // as it was remembered at some time
}

var brief = Policy{
	Unknowns: 2, Quarantine: 10 * time.Minute, MaxAttempts: 2, StuckAfter: 45 * time.Minute,
	Watch: []time.Duration{5 * time.Minute, 20 * time.Minute, 30 * time.Minute, 3 * time.Hour},
}

func ok(rt *rapid.T, err error) {
	if err != nil {
		rt.Fatal(err)
	}
}

func newModel(rt *rapid.T, path string) *model {
	m := &model{path: path, clock: newClock(), random: seeded(3)}
	m.enter(rt)
	return m
}

func (m *model) enter(rt *rapid.T) {
	var err error
	m.book, err = Create(context.Background(), m.path, Options{Now: m.clock.now, Random: m.random, Host: "here"})
	ok(rt, err)
	m.merchant, err = m.book.Merchant(context.Background(), Merchant{Name: "acme", Area: "MX", Currency: money.MXN, MerchantNo: "1", Gateway: "sandbox"})
	ok(rt, err)
	m.lease, err = m.book.Acquire(context.Background(), m.merchant)
	ok(rt, err)
}

func (m *model) close(rt *rapid.T) {
	ok(rt, m.lease.Release())
	ok(rt, m.book.Close())
}

// moves tells whether a person's word moves a payout, and does it.
func (m *model) moves(p *twin, kind Kind) bool {
	never := p.Sends() == 0 && !p.known && !p.conflict && !p.Flagged
	switch {
	case never && kind == Release && p.State == Held:
		p.State, p.unknowns, p.firstUnknown, p.meant = Ready, 0, time.Time{}, true
	case never && kind == Cancel && oneOf(p.State, Held, Ready):
		p.State = Cancelled
		p.settledAt = m.clock.now()
	default:
		return false
	}
	p.Reason, p.DueAt = wordReasons[kind], time.Time{}
	return true
}

// word lets a person decide about one payout.
func (m *model) word(rt *rapid.T) {
	p := m.some(rt)
	kind := rapid.SampledFrom([]Kind{Release, Cancel}).Draw(rt, "kind")
	decide := map[Kind]func(context.Context, string, string, string) (Payout, error){Release: m.book.Release, Cancel: m.book.Cancel}[kind]
	now, err := decide(context.Background(), p.TradeNo, "maria", "said so")
	was := p.State
	if refused := (*WordError)(nil); m.moves(p, kind) != !errors.As(err, &refused) {
		rt.Fatalf("%s of what was %s: %v", kind, was, err)
	}
	if err == nil {
		p.seen = append(p.seen, now)
	}
}

// words lets a person decide about all of a batch that is held.
func (m *model) words(rt *rapid.T) {
	if len(m.batches) == 0 {
		rt.Skip("no batch")
	}
	b := rapid.SampledFrom(m.batches).Draw(rt, "batch")
	kind := rapid.SampledFrom([]Kind{Release, Cancel}).Draw(rt, "kind")
	decide := map[Kind]func(context.Context, int64, string, string) (int, error){Release: m.book.ReleaseAll, Cancel: m.book.CancelHeld}[kind]
	n, err := decide(context.Background(), b.ID, "maria", "said so")
	ok(rt, err)
	for _, p := range m.payouts {
		if p.BatchID == b.ID && p.State == Held && m.moves(p, kind) {
			n--
		}
	}
	if n != 0 {
		rt.Fatalf("%s: %d too many", kind, n)
	}
}

func (m *model) claim(rt *rapid.T) {
	if len(m.batches) == 0 {
		rt.Skip("no batch")
	}
	b := rapid.SampledFrom(m.batches).Draw(rt, "batch")
	n := rapid.IntRange(1, 4).Draw(rt, "n")
	var want []*twin
	for _, p := range m.payouts {
		if p.BatchID == b.ID && p.State == Ready && !p.DueAt.After(m.clock.now()) {
			want = append(want, p)
		}
	}
	slices.SortStableFunc(want, func(a, b *twin) int { return a.DueAt.Compare(b.DueAt) })
	want = want[:min(n, len(want))]
	claimed, err := m.book.Claim(context.Background(), m.lease, b.ID, n)
	ok(rt, err)
	if len(claimed) != len(want) {
		rt.Fatalf("claimed %d, want %d", len(claimed), len(want))
	}
	for i, p := range claimed {
		w := want[i]
		if p.ID != w.ID || p.TradeNo != w.TradeNo || w.succeeded {
			rt.Fatalf("claimed %+v, want %+v", p, w)
		}
		for _, was := range m.before(w)[1:] {
			if !was.State.CalledOff() && !w.meant {
				rt.Fatalf("claimed %+v, though %+v may be paid", p, was.Payout)
			}
		}
		w.intend(m.clock.now())
		w.seen = append(w.seen, p)
	}
}

func (m *model) some(rt *rapid.T) *twin {
	if len(m.payouts) == 0 {
		rt.Skip("no payout")
	}
	return rapid.SampledFrom(m.payouts).Draw(rt, "payout")
}

func (m *model) answer(rt *rapid.T) {
	p := m.some(rt)
	was := rapid.SampledFrom(p.seen).Draw(rt, "as it was")
	kind := rapid.SampledFrom(Kinds()).Draw(rt, "kind")
	o := Outcome{Payout: was, Kind: kind, Reason: string(kind), Actor: "x", Evidence: []byte("{}"), NextAsk: m.clock.now().Add(time.Minute)}
	if rapid.Bool().Draw(rt, "placement") {
		o.Attempt = was.Attempts
	}
	o.PlatformTradeNo = m.drawNumber(rt, p)
	m.record(rt, p, o)
}

func (m *model) drawNumber(rt *rapid.T, p *twin) string {
	return rapid.SampledFrom([]string{"", "", "P-" + p.TradeNo, "P-1", "P-2"}).Draw(rt, "number")
}

// call lets the gateway call, now and then with what it has said before.
func (m *model) call(rt *rapid.T) {
	p := m.some(rt)
	o := Outcome{Payout: rapid.SampledFrom(p.seen).Draw(rt, "as it was"), Callback: true, Actor: ActorCallback}
	o.Kind = rapid.SampledFrom([]Kind{Paid, Paid, NotPaid, Accepted, Conflict, Doubt, Unknown, Hint}).Draw(rt, "kind")
	o.Reason = "called_" + string(o.Kind)
	o.Evidence = []byte(rapid.SampledFrom([]string{"one call", "another", "a third"}).Draw(rt, "evidence"))
	o.PlatformTradeNo = m.drawNumber(rt, p)
	m.record(rt, p, o)
}

// ask asks about what is due, open or settled, and is answered.
func (m *model) ask(rt *rapid.T) {
	if len(m.batches) == 0 {
		rt.Skip("no batch")
	}
	b, now := rapid.SampledFrom(m.batches).Draw(rt, "batch"), m.clock.now()
	var due []Payout
	for _, payouts := range []iter.Seq2[Payout, error]{
		m.book.Due(context.Background(), b.ID, now, 100), m.book.Watched(context.Background(), b.ID, now, 100),
	} {
		for p, err := range payouts {
			ok(rt, err)
			due = append(due, p)
		}
	}
	m.allDue(rt, b, due)
	for _, p := range due {
		kind := rapid.SampledFrom([]Kind{Paid, NotPaid, Accepted, Doubt, Unknown, Unknown, NoAnswer, Conflict}).Draw(rt, "answer")
		o := asked(p, kind)
		o.NextAsk = now.Add(time.Minute)
		m.record(rt, m.numbered(p.TradeNo), o)
	}
}

// deny tells the book that the gateway does not know a payout in doubt, often
// enough for random walks to get there.
func (m *model) deny(rt *rapid.T) {
	p := m.some(rt)
	if p.State != InDoubt {
		rt.Skip("not in doubt")
	}
	for range 2 {
		m.record(rt, p, Outcome{Payout: p.seen[0], Kind: Unknown, Reason: "unknown", Actor: "x", NextAsk: m.clock.now()})
		m.wait(rt)
	}
}

// sendAgain brings a payout as far as it gets: sent, in doubt, allowed once
// more by a person, denied.
func (m *model) sendAgain(rt *rapid.T) {
	p := m.some(rt)
	if p.State == Submitting {
		m.record(rt, p, answer(p.seen[len(p.seen)-1], Doubt))
	}
	if p.State == Held && p.Sends() > 0 || p.State == InDoubt {
		m.record(rt, p, Outcome{Payout: p.Payout, Kind: Resend, Reason: ReasonResend, Actor: "maria", Message: "support says so"})
	}
	for range 2 {
		if p.State == InDoubt {
			m.record(rt, p, Outcome{Payout: p.seen[0], Kind: Unknown, Reason: "unknown", Actor: "x", NextAsk: m.clock.now()})
			m.pass(rt, 6*time.Minute)
		}
	}
}

// fail lets what was claimed come to the end after which it may be replaced.
func (m *model) fail(rt *rapid.T) {
	for _, p := range m.payouts {
		if p.State == Submitting {
			o := answer(p.seen[len(p.seen)-1], NotPaid)
			m.record(rt, p, o)
		}
	}
}

// contradict tells the book that something was made of what was replaced.
func (m *model) contradict(rt *rapid.T) {
	p := m.some(rt)
	if p.ReplacedBy == "" {
		rt.Skip("not replaced")
	}
	kind := rapid.SampledFrom([]Kind{Paid, Accepted, Conflict}).Draw(rt, "contrary")
	m.record(rt, p, asked(rapid.SampledFrom(p.seen).Draw(rt, "as it was"), kind))
}

func (m *model) record(rt *rapid.T, p *twin, o Outcome) {
	applied, err := m.book.Record(context.Background(), brief, []Outcome{o})
	ok(rt, err)
	was := p.Payout
	replay := o.Callback && p.heard[string(o.Evidence)]
	if m.expect(p, o) && was.State.CalledOff() {
		for _, standIn := range m.after(p) {
			m.suspect(standIn, standIn.State == Ready)
		}
	}
	if was.State != Ready && o.Kind != Release {
		m.suspect(p, p.State == Ready && slices.ContainsFunc(m.before(p)[1:], func(p *twin) bool { return !p.State.CalledOff() }))
	}
	if applied[0].Payout.State != p.State {
		rt.Fatalf("%s on %+v led to %s", o.Kind, p.Payout, applied[0].Payout.State)
	}
	now, err := m.book.Payout(context.Background(), p.TradeNo)
	ok(rt, err)
	p.seen = append(p.seen, now)
	if o.Callback && was.Sends() > 0 && now.Flagged && !was.Flagged {
		rt.Fatalf("flagged by a callback: %+v", now)
	}
	p.shown = p.shown || was.Sends() > 0 && !replay && shows(o)
}

// shows tells whether whoever has heard this knows that the gateway knows the
// number.
func shows(o Outcome) bool {
	switch o.Kind {
	case Paid, NotPaid, Accepted, Conflict:
		return true
	case Doubt:
		return o.Attempt == 0 || o.PlatformTradeNo != ""
	}
	return false
}

func (m *model) recover(rt *rapid.T) {
	want := 0
	for _, p := range m.payouts {
		if p.State == Submitting || p.State == Ready && p.Sends() > 0 {
			p.State, p.DueAt, p.Reason = InDoubt, m.clock.now(), ReasonInterrupted
			want++
		}
	}
	n, err := m.book.Recover(context.Background(), m.lease)
	ok(rt, err)
	if n != want {
		rt.Fatalf("recovered %d, want %d", n, want)
	}
}

func (m *model) reopen(rt *rapid.T) {
	m.close(rt)
	m.enter(rt)
}

func (m *model) wait(rt *rapid.T) {
	m.pass(rt, time.Duration(rapid.IntRange(0, 15).Draw(rt, "minutes"))*time.Minute)
}

func (m *model) pass(rt *rapid.T, by time.Duration) {
	m.clock.advance(by)
	ok(rt, m.lease.Release())
	var err error
	m.lease, err = m.book.Acquire(context.Background(), m.merchant)
	ok(rt, err)
}

// check holds the book against the model after every step.
func (m *model) check(rt *rapid.T) {
	at := map[int64]*twin{}
	for _, p := range m.payouts {
		at[p.ID] = p
	}
	for _, b := range m.batches {
		s, err := m.book.Summary(context.Background(), b.ID)
		ok(rt, err)
		if !s.Tied() {
			rt.Fatalf("not tied: %+v", s)
		}
		for line, err := range m.book.Lines(context.Background(), b.ID) {
			ok(rt, err)
			if line.Payout == nil {
				continue
			}
			got, want := line.Payout, at[line.Payout.ID]
			if got.State != want.State || got.TradeNo != want.TradeNo || got.Attempts != want.Attempts || got.Amount != want.Amount ||
				got.Replaces != want.Replaces || got.ReplacedBy != want.ReplacedBy || got.PlatformTradeNo != want.PlatformTradeNo || got.Flagged != want.Flagged || !got.DueAt.Equal(want.DueAt) ||
				got.Reason != want.Reason || got.resendsTo != want.resendsTo {
				rt.Fatalf("book: %+v\nmodel: %+v", *got, want.Payout)
			}
			if want.succeeded && !oneOf(got.State, Succeeded, Reversed) {
				rt.Fatalf("was succeeded: %+v", *got)
			}
			if want.shown && got.State == Ready {
				rt.Fatalf("may be claimed, though the gateway knows it: %+v", *got)
			}
			if got.Sends() > max(brief.MaxAttempts, got.resendsTo) {
				rt.Fatalf("sent too often: %+v", *got)
			}
		}
	}
}

func (m *model) isClean(rt *rapid.T) {
	v, err := m.book.Verify(context.Background())
	ok(rt, err)
	if len(v.Findings) > 0 {
		rt.Fatal(v.Findings)
	}
}
