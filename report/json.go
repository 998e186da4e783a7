package report

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"time"

	"github.com/bulkpay/bulkpay/internal/lang"
	"github.com/bulkpay/bulkpay/internal/money"
	"github.com/bulkpay/bulkpay/ledger"
)

// jsonSink writes the document in three: all that is known before the rows,
// marshalled at once and cut open at its end, where the rows stream in, and
// after them what was found in them.
type jsonSink struct {
	*paper
	w    *bufio.Writer
	rows int
}

func openJSON(ctx context.Context, w io.Writer, p *paper) (sink, error) {
	s := &jsonSink{paper: p.in(lang.English), w: bufio.NewWriter(w)}
	d, err := s.document(ctx)
	if err != nil {
		return nil, err
	}
	text, err := json.MarshalIndent(d, "", "  ")
	if err != nil {
		return nil, err
	}
	text, ok := bytes.CutSuffix(text, []byte("null,\n  \"found\": null\n}"))
	if !ok {
		return nil, errors.New("rows and findings are not the last fields of the document")
	}
	s.w.Write(text)
	_, err = s.w.WriteString("[")
	return s, err
}

func (s *jsonSink) line(e entry) error {
	text, err := json.Marshal(e.json())
	if err != nil {
		return err
	}
	if s.rows++; s.rows > 1 {
		s.w.WriteByte(',')
	}
	s.w.WriteString("\n    ")
	_, err = s.w.Write(text)
	return err
}

func (s *jsonSink) finish() error {
	if s.rows > 0 {
		s.w.WriteString("\n  ")
	}
	found := []FindingsJSON{}
	for _, part := range s.parts {
		found = append(found, part.findings())
	}
	text, err := json.MarshalIndent(found, "  ", "  ")
	if err != nil {
		return err
	}
	s.w.WriteString("],\n  \"found\": ")
	s.w.Write(text)
	s.w.WriteString("\n}\n")
	return s.w.Flush()
}

// document is all that is known before the rows.
func (p *paper) document(ctx context.Context) (Document, error) {
	d := Document{
		Bulkpay: p.Version, Scope: p.scopeJSON(), AsOf: stamp(p.asOf()), Head: p.last().Head,
		Tied: p.sheetVerdict() == Tied, Verdict: string(p.verdict()), Unmasked: p.Unmasked,
	}
	for _, part := range p.parts {
		d.Parts = append(d.Parts, part.json())
		for _, s := range part.sections {
			d.Batches = append(d.Batches, part.batchJSON(s))
		}
	}
	var err error
	d.Matching, err = p.matchingJSON(ctx)
	return d, err
}

func (p *paper) scopeJSON() ScopeJSON {
	s := ScopeJSON{From: day(p.scope.From), To: day(p.scope.To), Merchant: p.scope.Merchant, All: p.scope.All}
	if p.one() {
		s.Batch = p.sections[0].Summary.Batch.Code
	}
	return s
}

func (h *head) json() PartJSON {
	m := h.Summary.Batch.Merchant
	equation := h.equation()
	d := PartJSON{
		Merchant: MerchantJSON{m.Name, m.MerchantNo, m.Area, m.Currency.Code, m.Gateway, m.Simulated()},
		Batches:  len(h.sections), Tied: h.tied, Flagged: h.Flagged, Changes: changesJSON(h.changes, h.moved),
		TieOut: TieOutJSON{
			Count: equation[0], Sum: equation[1], Sheet: h.side(h.sheet), Total: h.side(h.total),
			Unreadable: h.Summary.Batch.Unreadable, Difference: h.off,
		},
	}
	for _, bucket := range h.Buckets {
		side := h.side(bucket)
		d.TieOut.Buckets = append(d.TieOut.Buckets, Part{bucket.Name, side.Count, side.Sum})
	}
	for _, e := range h.equations {
		d.Equations = append(d.Equations, h.equationJSON(e, h.currency))
	}
	return d
}

func (h *head) batchJSON(s *section) BatchJSON {
	b := s.Summary.Batch
	d := BatchJSON{
		Code: b.Code, Merchant: b.Merchant.Name, Source: b.Source, SHA256: b.SourceSHA256, Worksheet: b.Worksheet, Assumed: b.Assumed,
		Repeats: b.Repeats, Reason: b.Reason, CreatedAt: stamp(b.CreatedAt), Overridden: b.Overridden,
		AsOf: stamp(s.Summary.At), Head: s.Summary.Head, Tied: s.equations[0].Verdict() == Tied,
		Flagged: s.Summary.Flagged, Stopped: s.Summary.Stopped, Changes: changesJSON(s.Changes, sorted(s.Changes.Moved)),
	}
	for _, e := range s.equations {
		d.Equations = append(d.Equations, h.equationJSON(e, h.currency))
	}
	return d
}

// equationJSON is an equation for programs. The currency is that of figures
// that have none because they are nothing.
func (p *paper) equationJSON(e Equation, currency money.Currency) EquationJSON {
	s := (&head{paper: p, currency: currency}).saying(e)
	d := EquationJSON{Name: e.Name, Of: e.Of, Verdict: string(s.Verdict), Why: s.Why, Left: termJSON(e, e.Left, currency), Terms: []TermJSON{}, Notes: s.Notes}
	if a := e.Asked; a != nil && a.Payouts > 0 {
		d.Asked = &AskedJSON{stamp(a.First), stamp(a.Last), a.Payouts, a.Asked, a.Answered, a.Definite, a.Agreed, a.Rest, stamp(a.RestSince)}
	}
	for _, term := range e.Terms {
		d.Terms = append(d.Terms, termJSON(e, term, currency))
	}
	return d
}

func termJSON(e Equation, t Term, currency money.Currency) TermJSON {
	d := TermJSON{Name: t.Name, Minus: t.Minus, Sum: fixedIn(t.Sum, currency), Since: stamp(t.Since), Until: stamp(t.Until)}
	if e.Counts {
		d.Count = &t.Count
	}
	if t.Ours != nil {
		d.Ours = &SideJSON{t.Ours.Count, fixedIn(t.Ours.Sum, currency)}
	}
	return d
}

func changesJSON(c ledger.Changes, moved []ledger.Change) *Changes {
	if !c.First && c.Since.IsZero() {
		return nil
	}
	d := &Changes{First: c.First, Moved: []Move{}}
	if !d.First {
		d.Since = stamp(c.Since)
	}
	for _, move := range moved {
		loud, _ := contrary(move)
		d.Moved = append(d.Moved, Move{move.From, move.To, move.Count, move.Sum.Fixed(), string(loud)})
	}
	return d
}

// side is a bucket for programs; the total's sum is "" if it cannot be added.
func (h *head) side(b ledger.Bucket) SideJSON {
	if b.Name == h.total.Name && b.Sum.Currency() == (money.Currency{}) {
		return SideJSON{b.Count, ""}
	}
	return SideJSON{b.Count, fixedIn(b.Sum, h.currency)}
}

// findings are what the rows of the part have shown.
func (h *head) findings() FindingsJSON {
	d := FindingsJSON{
		Merchant: h.Summary.Batch.Merchant.Name, Causes: []CauseJSON{}, Trend: []PointJSON{},
		OnWords: h.figureJSON(Figure{h.worded.Count, h.worded.Sum}),
	}
	for _, c := range h.causes.sorted() {
		d.Causes = append(d.Causes, CauseJSON{
			c.Bucket, c.Token, c.Code, c.Count, c.sum(h.currency).Fixed(), c.Plain.Reason, c.Plain.Action, c.Plain.Who, c.Batch, c.Row,
		})
	}
	for i, age := range ages {
		d.Open = append(d.Open, Part{string(age.name), h.open[i].Count, fixedIn(h.open[i].Sum, h.currency)})
	}
	for _, p := range h.trend() {
		d.Trend = append(d.Trend, PointJSON{
			p.Name, p.Batches, h.figureJSON(p.All), h.figureJSON(p.Paid), h.figureJSON(p.NotPaid), h.figureJSON(p.Doubt), h.figureJSON(p.Open),
			fixedIn(p.Fees, h.currency), seconds(p.speed.within(50)), seconds(p.speed.within(95)),
		})
	}
	return d
}

func (h *head) figureJSON(f Figure) SideJSON { return SideJSON{f.Count, fixedIn(f.Sum, h.currency)} }

func fixedIn(a money.Amount, currency money.Currency) string {
	if a.Currency() == (money.Currency{}) {
		a = money.FromMinor(currency, 0)
	}
	return a.Fixed()
}

func seconds(d time.Duration, ok bool) *int {
	if !ok {
		return nil
	}
	n := int(d / time.Second)
	return &n
}
