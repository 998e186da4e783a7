package report

import (
	"errors"
	"slices"
	"time"

	"github.com/bulkpay/bulkpay/ledger"
)

// kinds are the three equations in the order in which they stand everywhere.
var kinds = []string{SheetEquation, GatewayEquation, BalanceEquation}

// threeEquations are those of a batch: the sheet's, and the other two as they
// were given or with the reason why they are not known.
func (s *section) threeEquations() []Equation {
	return three(s.Summary.Batch.Code, sheetEquation(s.Summary.Batch.Code, s.Summary), s.Equations)
}

// three completes what is given about a batch or a merchant.
func three(of string, sheet Equation, given []Equation) []Equation {
	all := []Equation{sheet}
	for _, kind := range kinds[1:] {
		all = append(all, find(given, kind, of))
	}
	return all
}

func find(given []Equation, kind, of string) Equation {
	for _, e := range given {
		if e.Name == kind && e.Of == of {
			return e
		}
	}
	why := Say("what the gateway said was not compared for this report")
	if kind == BalanceEquation {
		why = Say("the balance was not asked before and after the payouts")
	}
	return Equation{Name: kind, Of: of, Counts: kind == GatewayEquation, Unknown: &why}
}

func sheetEquation(of string, s ledger.Summary) Equation {
	e := Equation{Name: SheetEquation, Of: of, Counts: true, Left: Term{Name: "sheet", Count: s.Batch.Rows, Sum: s.Batch.Sum}}
	for _, bucket := range s.Buckets {
		e.Terms = append(e.Terms, Term{Name: bucket.Name, Count: bucket.Count, Sum: bucket.Sum})
	}
	return e
}

// ownEquations are those of a merchant as a whole. The gateway's is added up
// where it is known of every batch; its balance is one, so it is given.
func (h *head) ownEquations(given []Equation) []Equation {
	if len(h.sections) == 1 {
		return h.sections[0].equations
	}
	name := h.Summary.Batch.Merchant.Name
	all := three(name, sheetEquation(name, h.Summary), given)
	if all[1].Unknown != nil {
		all[1] = h.gatewayEquation(name)
	}
	if all[2].Unknown != nil && !slices.ContainsFunc(given, func(e Equation) bool { return e.Name == BalanceEquation && e.Of == name }) {
		counts := map[Verdict]int{}
		for _, s := range h.sections {
			counts[s.equations[2].Verdict()]++
		}
		why := Say("each batch has its own: %d tied, %d not tied, %d not known", counts[Tied], counts[NotTied], counts[NotKnown])
		all[2].Unknown = &why
	}
	return all
}

// gatewayEquation adds up those of the batches, term by term.
func (h *head) gatewayEquation(of string) Equation {
	sum := Equation{Name: GatewayEquation, Of: of, Counts: true}
	unknown := 0
	for _, s := range h.sections {
		e := s.equations[1]
		if e.Unknown != nil {
			unknown++
			continue
		}
		if err := sum.plus(e); err != nil {
			why := Say("the sums are too large to be added")
			return Equation{Name: GatewayEquation, Of: of, Counts: true, Unknown: &why}
		}
	}
	switch {
	case unknown == len(h.sections):
		return find(nil, GatewayEquation, of)
	case unknown > 0:
		why := Say("it is not known for %d of %d batches", unknown, len(h.sections))
		sum.Unknown = &why
	}
	return sum
}

// plus adds another equation of the same kind, term by term.
func (e *Equation) plus(other Equation) error {
	err := e.Left.plus(other.Left)
	for _, term := range other.Terms {
		i := slices.IndexFunc(e.Terms, func(t Term) bool { return t.Name == term.Name })
		if i < 0 {
			i = len(e.Terms)
			e.Terms = append(e.Terms, Term{Name: term.Name, Minus: term.Minus})
		}
		err = errors.Join(err, e.Terms[i].plus(term))
	}
	if other.Asked != nil {
		if e.Asked == nil {
			e.Asked = &Asked{}
		}
		e.Asked.plus(*other.Asked)
	}
	return err
}

// plus adds the pass over another batch.
func (a *Asked) plus(other Asked) {
	a.Payouts, a.Asked, a.Answered = a.Payouts+other.Payouts, a.Asked+other.Asked, a.Answered+other.Answered
	a.Definite, a.Agreed, a.Rest = a.Definite+other.Definite, a.Agreed+other.Agreed, a.Rest+other.Rest
	a.First, a.RestSince = earlier(a.First, other.First), earlier(a.RestSince, other.RestSince)
	if other.Last.After(a.Last) {
		a.Last = other.Last
	}
}

// earlier is the first of two times; zero is none.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// plus adds another term of the same name, and what is ours of it.
func (t *Term) plus(other Term) (err error) {
	t.Name = other.Name
	t.Count += other.Count
	if t.Sum, err = t.Sum.Add(other.Sum); err != nil {
		return err
	}
	if other.Ours != nil {
		ours := Figure{}
		if t.Ours != nil {
			ours = *t.Ours
		}
		ours.Count += other.Ours.Count
		if ours.Sum, err = ours.Sum.Add(other.Ours.Sum); err != nil {
			return err
		}
		t.Ours = &ours
	}
	t.Since = earlier(t.Since, other.Since)
	if other.Until.After(t.Until) {
		t.Until = other.Until
	}
	return nil
}
