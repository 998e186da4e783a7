package ledger

import (
	"context"
	"errors"
	"io"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/bulkpay/bulkpay/internal/money"
)

// TestNoSequenceOfEventsEverBreaksTheBook does whatever can be done to a book
// in any order, beside a model of it in memory: imports, claims, answers of
// every kind to payouts as they are and as they were, a person's words, kills,
// reopenings and the passing of time.
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
			"deny":    m.deny,
			"fail":    m.fail,
			"contra":  m.contradict,
			"word":    m.word,
			"words":   m.words,
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
	succeeded bool     // was ever
	meant     bool     // a person has released it
	seen      []Payout // as it was remembered at some time
}

var brief = Policy{Unknowns: 2, Quarantine: 10 * time.Minute, MaxAttempts: 2}

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
	o.PlatformTradeNo = rapid.SampledFrom([]string{"", "", "P-" + p.TradeNo, "P-1", "P-2"}).Draw(rt, "number")
	m.record(rt, p, o)
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
	was := p.State
	if m.expect(p, o) && was.CalledOff() {
		for _, standIn := range m.after(p) {
			standIn.suspect(standIn.State == Ready)
		}
	}
	if was != Ready && o.Kind != Release {
		p.suspect(p.State == Ready && slices.ContainsFunc(m.before(p)[1:], func(p *twin) bool { return !p.State.CalledOff() }))
	}
	if applied[0].Payout.State != p.State {
		rt.Fatalf("%s on %+v led to %s", o.Kind, p.Payout, applied[0].Payout.State)
	}
	now, err := m.book.Payout(context.Background(), p.TradeNo)
	ok(rt, err)
	p.seen = append(p.seen, now)
}

// suspect holds what stands in for a payout that may have been paid.
func (p *twin) suspect(is bool) {
	if is {
		p.State, p.Reason, p.DueAt = Held, map[bool]string{true: ReasonSpent, false: ReasonSuspect}[p.heardOf()], time.Time{}
	}
}

// expect does to the model what the outcome should do to the book, and tells
// whether the outcome is contrary to what was known.
func (m *model) expect(p *twin, o Outcome) bool {
	named := o.PlatformTradeNo != ""
	if o.PlatformTradeNo != "" && p.PlatformTradeNo != "" && o.PlatformTradeNo != p.PlatformTradeNo {
		o.Kind, o.Reason, o.PlatformTradeNo = Conflict, ReasonNumberDiffers, ""
	}
	d, unknowns, since := m.decide(p, o)
	late := d.ignored && o.Kind == Paid && o.PlatformTradeNo != "" && p.PlatformTradeNo == ""
	if d.ignored && !late {
		return false
	}
	taken := slices.ContainsFunc(m.payouts, func(other *twin) bool {
		return other != p && o.PlatformTradeNo != "" && other.PlatformTradeNo == o.PlatformTradeNo
	})
	if taken {
		o.Kind, o.Reason, o.PlatformTradeNo = Conflict, ReasonNumberTaken, ""
		if d, unknowns, since = m.decide(p, o); d.ignored {
			return false
		}
	}
	if late && !taken {
		p.PlatformTradeNo, p.known, p.Reason = o.PlatformTradeNo, true, o.Reason
		return false
	}
	p.unknowns, p.firstUnknown, p.DueAt = unknowns, since, o.NextAsk
	if o.PlatformTradeNo != "" {
		p.PlatformTradeNo = o.PlatformTradeNo
	}
	p.known = p.known || named || slices.Contains([]Kind{Accepted, Paid, NotPaid, Conflict}, o.Kind) || o.Kind == Doubt && o.Attempt == 0
	p.conflict = (p.conflict || d.flagged && d.to == Held) && o.Kind != Release
	p.Flagged = p.Flagged || d.flagged
	if d.event {
		p.Reason = o.Reason
	}
	switch {
	case o.Kind == NotSent:
		p.Unsent++
	case o.Kind == Release:
		p.unknowns, p.firstUnknown = 0, time.Time{}
	case o.Kind == Unknown && d.to == Ready:
		p.DueAt, p.unknowns, p.firstUnknown = m.clock.now(), 0, time.Time{}
	case o.Kind == Unknown && d.to == Held && p.known:
		p.Reason = ReasonDenied
	}
	p.State = d.to
	p.succeeded = p.succeeded || d.to == Succeeded
	if o.Kind == Release {
		p.meant = true
	}
	return d.flagged
}

func (m *model) decide(p *twin, o Outcome) (d decision, unknowns int, since time.Time) {
	unknowns, since = p.unknowns, p.firstUnknown
	if o.Kind == Unknown {
		if unknowns++; since.IsZero() {
			since = m.clock.now()
		}
	}
	return decide(standing{
		state: p.State, sends: p.Sends(), known: p.known, conflict: p.conflict,
		denied: unknowns >= brief.Unknowns && m.clock.now().Sub(since) >= brief.Quarantine, spent: p.Sends() >= brief.MaxAttempts,
	}, o.Kind, o.source(p.Payout)), unknowns, since
}

func (m *model) recover(rt *rapid.T) {
	want := 0
	for _, p := range m.payouts {
		if p.State == Submitting || p.State == Ready && p.Sends() > 0 {
			p.State, p.DueAt, p.Reason = InDoubt, m.clock.now(), "interrupted"
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
	m.clock.advance(time.Duration(rapid.IntRange(0, 15).Draw(rt, "minutes")) * time.Minute)
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
				got.Replaces != want.Replaces || got.ReplacedBy != want.ReplacedBy || got.PlatformTradeNo != want.PlatformTradeNo || got.Flagged != want.Flagged || !got.DueAt.Equal(want.DueAt) {
				rt.Fatalf("book: %+v\nmodel: %+v", *got, want.Payout)
			}
			if want.succeeded && !oneOf(got.State, Succeeded, Reversed) {
				rt.Fatalf("was succeeded: %+v", *got)
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
