package report

import (
	"strings"
	"time"

	"github.com/bulkpay/bulkpay/internal/lang"
	"github.com/bulkpay/bulkpay/ledger"
)

// paper is everything that a report says, the same for every form: one part
// for each merchant, because sums are made within one merchant and currency
// only, and one section for each batch.
type paper struct {
	Options
	scope    Scope
	parts    []*head
	sections []*section // in the order of the source
	matching *Matching
	openRows *oldest // what is in doubt or held, gathered while the rows go by
}

// section is one batch of the paper.
type section struct {
	Batch
	part      *head
	equations []Equation // always the three, in their order
	found     map[string]ledger.Bucket
	speed     speeds
}

func newPaper(source Source, o Options) *paper {
	if o.Explain == nil {
		o.Explain = func(l lang.Lang, _ ledger.Batch, p ledger.Payout) Advice { return ExplainIn(l, p) }
	}
	p := &paper{Options: o, scope: source.Scope, matching: source.Matching, openRows: newOldest()}
	of := map[int64]*head{}
	for _, batch := range source.Batches {
		id := batch.Summary.Batch.Merchant.ID
		if of[id] == nil {
			of[id] = &head{paper: p}
			p.parts = append(p.parts, of[id])
		}
		s := &section{Batch: batch, part: of[id], found: map[string]ledger.Bucket{}}
		s.equations = s.threeEquations()
		of[id].sections = append(of[id].sections, s)
		p.sections = append(p.sections, s)
	}
	for _, part := range p.parts {
		part.gather(source.Equations)
	}
	return p
}

// one tells whether the paper is about a single batch.
func (p *paper) one() bool { return p.scope.One() && len(p.sections) == 1 }

// t is a text in the reader's language.
func (p *paper) t(key lang.Key, args ...any) string { return p.Lang.Text(key, args...) }

// n is a text about a number of things in the reader's language.
func (p *paper) n(n int, one, other lang.Key, args ...any) string {
	return p.Lang.Plural(n, one, other, args...)
}

// word is a word that comes as data and has a fixed list: a bucket, a class.
func (p *paper) word(name string) string { return wordIn(p.Lang, name) }

func wordIn(l lang.Lang, name string) string {
	if key, ok := terms[name]; ok {
		return l.Text(key)
	}
	return name
}

// phrase puts a phrase into the reader's language.
func (p *paper) phrase(phrase Phrase) string { return phrase.In(p.Lang) }

// in is the same paper in another language, before or after its rows.
func (p *paper) in(l lang.Lang) *paper {
	other := *p
	other.Lang = l
	other.parts = nil
	for _, part := range p.parts {
		copied := *part
		copied.paper = &other
		other.parts = append(other.parts, &copied)
	}
	return &other
}

// last is the summary whose history goes furthest: its hash anchors all.
func (p *paper) last() ledger.Summary {
	var last ledger.Summary
	for _, s := range p.sections {
		if last.Head == "" || s.Summary.Seq > last.Seq {
			last = s.Summary
		}
	}
	return last
}

// asOf is the latest moment that the report speaks of.
func (p *paper) asOf() time.Time {
	var at time.Time
	for _, s := range p.sections {
		if s.Summary.At.After(at) {
			at = s.Summary.At
		}
	}
	return at
}

// title names what the report is about: a batch by its code, or the scope.
func (p *paper) title() string {
	switch {
	case p.one():
		return p.sections[0].Summary.Batch.Code
	case !p.scope.From.IsZero() || !p.scope.To.IsZero():
		return p.Lang.Span(p.scope.From, p.scope.To)
	case p.scope.Merchant != "":
		return p.scope.Merchant
	}
	return p.t("All batches")
}

// subtitle says whose the batches are.
func (p *paper) subtitle() string {
	if len(p.parts) == 1 {
		return p.parts[0].where() + " · " + p.parts[0].currency.Code
	}
	return p.n(len(p.parts), "%d merchant", "%d merchants") + " · " + p.n(len(p.sections), "%d batch", "%d batches")
}

// sheetVerdict is whether every sheet of the report ties, batch by batch.
func (p *paper) sheetVerdict() Verdict {
	for _, s := range p.sections {
		if s.equations[0].Verdict() != Tied {
			return NotTied
		}
	}
	for _, part := range p.parts {
		if !part.tied {
			return NotTied
		}
	}
	return Tied
}

// Verdict is the worst of all equations of a source that can be known. A
// report whose verdict is [NotTied] must not be signed.
func (s Source) Verdict() Verdict {
	p := newPaper(s, Options{})
	return p.verdict()
}

// verdict is what the report as a whole says: NOT TIED if any equation does
// not hold. What is not known of the gateway or of balances does not make
// a sheet that ties untied; it is said beside it.
func (p *paper) verdict() Verdict {
	if p.sheetVerdict() != Tied {
		return NotTied
	}
	var all []Equation
	for _, s := range p.sections {
		all = append(all, s.equations...)
	}
	for _, part := range p.parts {
		all = append(all, part.equations...)
	}
	if p.matching != nil {
		all = append(all, p.matching.Equations...)
	}
	for _, e := range all {
		if e.Verdict() == NotTied {
			return NotTied
		}
	}
	return Tied
}

// simulation is the warning on a report of the simulated gateway, which must
// not be taken for one of money; "" on all others.
func (p *paper) simulation() string {
	for _, part := range p.parts {
		if part.simulated() {
			return p.t("SIMULATION: no money moved")
		}
	}
	return ""
}

// loud is what nobody may miss, one sentence each: what does not tie first,
// then the alarms.
func (p *paper) loud() []string {
	var all []string
	for _, part := range p.parts {
		for _, off := range part.untied() {
			all = append(all, p.t("NOT TIED")+": "+off)
		}
	}
	for _, part := range p.parts {
		for _, alarm := range part.alarms() {
			all = append(all, alarm.String())
		}
	}
	return all
}

// signed is what stands above a place to sign: of what, how much, and that it
// ties.
func (p *paper) signed(h *head) string {
	return strings.Join([]string{p.title(), h.where(), h.n(h.sheet.Count, "%d row", "%d rows"), h.sheet.Sum.String(), h.verdict()}, " · ")
}
