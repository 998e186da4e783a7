package report

import (
	"strings"

	"github.com/bulkpay/bulkpay/ledger"
)

// part is all that is said about one merchant before its rows.
func (s *htmlSink) part(h *head) {
	if len(s.parts) > 1 {
		s.raw(`<h2 class="part">`, bdi(h.where()), ` · `, text(h.currency.Code), "</h2>\n")
	}
	s.figures(h)
	s.tieOut(h)
	s.equations(h)
	s.changed(h)
	s.causes(h)
	s.ages(h)
	s.trend(h)
	s.batches(h)
}

// section begins a section with a heading and says how much is in it; what is
// negative is not said.
func (s *htmlSink) section(class, name string, count int) {
	s.raw(`<section class="`, class, `"><h2>`, text(name))
	if count >= 0 {
		s.raw(` <span class="count">`, group(count), `</span>`)
	}
	s.raw("</h2>\n")
}

// figures answers the first question in three numbers beside the sheet's.
func (s *htmlSink) figures(h *head) {
	s.raw(`<section class="figures" aria-label="`, s.say("Key figures"), `">`)
	card := func(name, class, says string, count int, sum string) {
		s.raw(`<div class="figure `, class, `"><p class="name">`, text(name), `</p><p class="sum">`, sum, ` <span>`,
			text(h.currency.Code), `</span></p><p class="says">`, text(s.n(count, "%d row", "%d rows")), ` · `, text(says), `</p></div>`)
	}
	card(s.t("Sheet"), "f-sheet", s.t("all rows"), h.sheet.Count, h.number(h.sheet.Sum))
	for _, outcome := range outcomes {
		count, sum := 0, h.Bucket(outcome.buckets[0]).Sum
		for i, name := range outcome.buckets {
			bucket := h.Bucket(name)
			count += bucket.Count
			if i > 0 {
				// A sum that overflows makes the report NOT TIED already.
				sum, _ = sum.Add(bucket.Sum)
			}
		}
		if outcome.rare && count == 0 {
			continue
		}
		card(s.t(outcome.name), "f-"+strings.ReplaceAll(strings.ToLower(string(outcome.name)), " ", "-"),
			s.t(outcome.says), count, h.number(sum))
	}
	s.raw("</section>\n")
}

func (s *htmlSink) tieOut(h *head) {
	s.section("tie", s.t("Tie-out"), -1)
	s.raw(`<div class="split">`, h.chart())
	s.raw(`<table class="buckets"><caption class="hidden">`, s.say("Rows and sums by status"), `</caption><thead><tr>`,
		s.columns("Status", "#Rows", "#"+s.t("Sum, %s", h.currency.Code)), "</tr></thead><tbody>\n")
	for _, bucket := range h.Buckets {
		empty := ""
		if bucket.Count == 0 {
			empty = ` class="empty"`
		}
		s.raw("<tr", empty, `><th scope="row">`, s.dot(bucket.Name),
			`</th><td class="num">`, group(bucket.Count), `</td><td class="num">`, h.number(bucket.Sum), "</td></tr>\n")
	}
	s.raw(`</tbody><tfoot>`)
	for _, side := range []ledger.Bucket{h.total, h.sheet} {
		s.raw(`<tr><th scope="row">`, text(s.word(side.Name)), `</th><td class="num">`, group(side.Count), `</td><td class="num">`,
			h.number(side.Sum), "</td></tr>")
	}
	s.raw("</tfoot></table></div>\n<div class=\"equation\">")
	s.terms(h.countTerms())
	s.terms(h.sumTerms())
	s.raw("</div>\n")
	for _, note := range h.notes() {
		s.raw(`<p class="note">`, bdi(note), "</p>\n")
	}
	s.raw("</section>\n")
}

// columns are the heads of a table; "#" stands before those of numbers. The
// fixed ones are texts of ours, in English.
func (s *htmlSink) columns(names ...string) string {
	var b strings.Builder
	for _, name := range names {
		name, number := strings.CutPrefix(name, "#")
		if key, ok := heads[name]; ok {
			name = s.t(key)
		}
		if number {
			b.WriteString(`<th scope="col" class="num">` + text(name) + "</th>")
		} else {
			b.WriteString(`<th scope="col">` + text(name) + "</th>")
		}
	}
	return b.String()
}

// terms writes an equation in pieces that stay together.
func (s *htmlSink) terms(pieces []string) {
	if len(pieces) == 0 {
		return
	}
	s.raw("<p>")
	for _, piece := range pieces {
		s.raw("<span>", text(piece), "</span> ")
	}
	s.raw("</p>")
}

// equations are the three with their verdicts: what is not known says why.
func (s *htmlSink) equations(h *head) {
	s.section("equations", s.t("Three equations"), -1)
	for _, e := range h.equations {
		said := h.saying(e)
		s.raw(`<div class="said"><h3>`, s.say(equationTitles[e.Name]), ` <span class="mark `, verdictClass(said.Verdict), `">`, text(said.Word), "</span></h3>\n")
		if said.Why != "" {
			s.raw(`<p>`, bdi(said.Why), "</p>\n")
		}
		if e.Name != SheetEquation && len(said.Sums) > 0 { // the sheet's stands above
			s.raw(`<div class="equation">`)
			s.terms(said.Counts)
			s.terms(said.Sums)
			s.raw("</div>\n")
		}
		if e.Name != SheetEquation {
			s.ours(h, e)
		}
		for _, note := range append(said.Notes, said.Heard) {
			if note != "" {
				s.raw(`<p class="note">`, bdi(note), "</p>\n")
			}
		}
		s.raw("</div>\n")
	}
	s.raw("</section>\n")
}

// ours is the table of what the ledger and somebody else say of each term.
func (s *htmlSink) ours(h *head, e Equation) {
	any := false
	for _, term := range e.Terms {
		any = any || term.Ours != nil
	}
	if !any {
		return
	}
	s.raw(`<table class="buckets"><caption class="hidden">`, s.say("Ledger and gateway, status by status"), `</caption><thead><tr>`,
		s.columns("Status", "#Rows here", "#Rows there", "#Sum here", "#Sum there"), "</tr></thead><tbody>\n")
	for _, term := range e.Terms {
		row, here, count := "<tr>", "", ""
		if e.differs(term) {
			row = `<tr class="loud">`
		}
		if term.Ours != nil {
			here, count = h.figure(Figure{Sum: term.Ours.Sum}, false), group(term.Ours.Count)
		}
		s.raw(row, `<th scope="row">`, s.dot(term.Name), `</th><td class="num">`, count, `</td><td class="num">`, group(term.Count),
			`</td><td class="num">`, text(here), `</td><td class="num">`, text(h.figure(Figure{Sum: term.Sum}, false)), "</td></tr>\n")
	}
	s.raw("</tbody></table>\n")
}

// changed is the table of what moved since the last report, the alarming
// first. That nothing did, or that there was none, is said among the facts.
func (s *htmlSink) changed(h *head) {
	if len(h.moved) == 0 {
		if !s.one() && h.sinceLast() != "" {
			s.raw(`<p class="note">`, text(h.sinceLast()), "</p>\n")
		}
		return
	}
	s.section("changes", s.t("Changed since the last report"), h.movedCount())
	s.raw(`<table class="buckets"><caption class="hidden">`, text(h.sinceLast()), `</caption><thead><tr>`,
		s.columns("From", "To", "", "#Rows", "#"+s.t("Sum, %s", h.currency.Code)), "</tr></thead><tbody>\n")
	for _, move := range h.moved {
		key, _ := contrary(move)
		row, loud := "<tr>", ""
		if key != "" {
			row, loud = `<tr class="loud">`, `<span class="flag">`+s.say(key)+`</span>`
		}
		s.raw(row, `<th scope="row">`, s.dot(move.From), `</th><td>→ &nbsp;`, s.dot(move.To), `</td><td>`, loud,
			`</td><td class="num">`, group(move.Count), `</td><td class="num">`, h.number(move.Sum), "</td></tr>\n")
	}
	s.raw("</tbody></table></section>\n")
}

// batches is the table of the batches of a part, if there are several.
func (s *htmlSink) batches(h *head) {
	if s.one() {
		return
	}
	s.section("batches", s.t("Batches"), len(h.sections))
	s.raw(`<div class="scroll" role="region" aria-label="`, s.say("Batches"), `" tabindex="0"><table class="buckets wide"><caption class="hidden">`, s.say("Batches"), `</caption><thead><tr>`,
		s.columns("Batch", "Source", "#Rows", "#"+s.t("Sum, %s", h.currency.Code), "#Paid", "#Not paid", "#Open", "Sheet", "Gateway", "Balance"), "</tr></thead><tbody>\n")
	for _, one := range h.sections {
		sum := one.Summary
		s.raw(`<tr><th scope="row">`, bdi(sum.Batch.Code), under(text(s.Lang.Date(sum.Batch.CreatedAt))), `</th><td>`, bdi(sum.Batch.Source),
			`</td><td class="num">`, group(sum.Batch.Rows), `</td><td class="num">`, h.number(sum.Batch.Sum), `</td>`)
		for _, outcome := range outcomes[:3] {
			s.raw(`<td class="num">`, group(countOf(sum, outcome.buckets)), `</td>`)
		}
		for _, e := range one.equations {
			v := e.Verdict()
			s.raw(`<td><span class="mark `, verdictClass(v), `">`, text(s.word(string(v))), `</span></td>`)
		}
		s.raw("</tr>\n")
	}
	s.raw("</tbody></table></div></section>\n")
}

func countOf(s ledger.Summary, buckets []string) int {
	n := 0
	for _, name := range buckets {
		n += s.Bucket(name).Count
	}
	return n
}

// dot is a status, or another word, with its mark.
func (s *htmlSink) dot(bucket string) string {
	return `<i class="dot ` + class(bucket) + `"></i>` + text(s.word(bucket))
}
