package report

import (
	"strings"
	"time"

	"github.com/bulkpay/bulkpay/internal/money"
)

// saying is an equation as people read it.
type saying struct {
	Name    string
	Verdict Verdict
	Word    string   // the verdict in the reader's language
	Why     string   // by how much it is off, or why it is not known; "" if tied
	Counts  []string // "sheet 40 rows", "= invalid 2", "+ held 1", …; nil: counts are not compared
	Sums    []string
	Notes   []string
	Heard   string // when what others say was heard; "" if it is all our own
}

// saying puts an equation of the part into words.
func (h *head) saying(e Equation) saying {
	s := saying{Name: h.word(e.Name), Verdict: e.Verdict()}
	s.Word = h.word(string(s.Verdict))
	for _, note := range e.Notes {
		s.Notes = append(s.Notes, h.phrase(note))
	}
	if e.Unknown != nil {
		s.Why = h.phrase(*e.Unknown)
	} else if s.Verdict == NotTied {
		s.Why = h.whyNot(e)
	}
	if len(e.Terms) == 0 {
		return s
	}
	d, ok := e.Difference()
	if e.Counts {
		s.Counts = h.pieces(e, !ok || d.Count == 0, func(t Term) string { return group(t.Count) })
	}
	s.Sums = h.pieces(e, ok && d.Sum.IsZero(), func(t Term) string { return h.number(t.Sum) })
	s.Heard = h.heard(e)
	return s
}

// pieces are an equation in pieces that stay together when a line is broken.
func (h *head) pieces(e Equation, equal bool, value func(Term) string) []string {
	all := []string{h.word(e.Left.Name) + " " + value(e.Left)}
	for i, term := range e.Terms {
		sign := "+ "
		if term.Minus {
			sign = "− "
		}
		if i == 0 {
			sign = strings.Replace(strings.TrimLeft(sign, "+ "), " ", "", 1)
			sign = map[bool]string{true: "= ", false: "≠ "}[equal] + sign
		}
		all = append(all, sign+h.word(term.Name)+" "+value(term))
	}
	return all
}

// whyNot says by how much an equation is off.
func (h *head) whyNot(e Equation) string {
	var why []string
	d, ok := e.Difference()
	if !ok {
		why = append(why, h.t("the sums cannot be compared"))
	}
	if e.Counts && d.Count != 0 || ok && !d.Sum.IsZero() {
		why = append(why, h.t("difference: %s", h.figure(Figure{d.Count, d.Sum}, e.Counts)))
	}
	for _, term := range e.Terms {
		if e.differs(term) {
			why = append(why, h.t("%s: %s here, %s there", h.word(term.Name),
				h.figure(*term.Ours, e.Counts), h.figure(term.Figure(), e.Counts)))
		}
	}
	return strings.Join(why, "; ")
}

// figure is a count and a sum, or the sum alone.
func (h *head) figure(f Figure, counts bool) string {
	sum := f.Sum
	if sum.Currency() == (money.Currency{}) {
		sum = money.FromMinor(h.currency, 0)
	}
	if !counts {
		return sum.String()
	}
	return group(f.Count) + " · " + sum.String()
}

// heard is the span of times in which others were heard.
func (h *head) heard(e Equation) string {
	var first, last Term
	for _, term := range e.Terms {
		if !term.Since.IsZero() && (first.Since.IsZero() || term.Since.Before(first.Since)) {
			first = term
		}
		if term.Until.After(last.Until) {
			last = term
		}
	}
	switch {
	case e.Asked != nil:
		return h.asked(*e.Asked, first.Since, last.Until)
	case last.Until.IsZero():
		return ""
	case first.Since.Equal(last.Until):
		return h.t("heard on %s", h.Lang.Moment(last.Until))
	}
	return h.t("heard from %s to %s", h.Lang.Moment(first.Since), h.Lang.Moment(last.Until))
}

// asked says whether the gateway was asked anew, when, and what came of it;
// and what rests on what it said before that, which may be long ago.
func (h *head) asked(a Asked, since, until time.Time) string {
	switch {
	case a.Answered == 0 && a.Asked > 0:
		return h.t("asked anew, and none of %s payouts answered: it rests on the last answers before", group(a.Payouts))
	case a.Answered == 0 && until.IsZero():
		return ""
	case a.Answered == 0:
		return h.t("rests on the last answers, heard from %s to %s; nothing was asked anew: bulkpay settle BATCH --again",
			h.Lang.Moment(since), h.Lang.Moment(until))
	}
	says := h.t("as asked from %s to %s: %s of %s payouts answered, %s of them definitely, %s as the ledger had it",
		h.Lang.Moment(a.First), h.Lang.Moment(a.Last), group(a.Answered), group(a.Payouts), group(a.Definite), group(a.Agreed))
	switch {
	case a.Rest > 0 && a.RestSince.IsZero():
		says += "; " + h.t("for %s more nothing was heard that counts", group(a.Rest))
	case a.Rest > 0:
		says += "; " + h.t("%s more rest on what was heard before, from %s on", group(a.Rest), h.Lang.Moment(a.RestSince))
	}
	return says
}

// lines are an equation as lines of text, the verdict first.
func (s saying) lines() []string {
	first := s.Name + ": " + s.Word
	if s.Why != "" {
		first += ": " + s.Why
	}
	lines := []string{first}
	if len(s.Counts) > 0 {
		lines = append(lines, strings.Join(s.Counts, " "))
	}
	if len(s.Sums) > 0 {
		lines = append(lines, strings.Join(s.Sums, " "))
	}
	if s.Heard != "" {
		lines = append(lines, s.Heard)
	}
	return append(lines, s.Notes...)
}
