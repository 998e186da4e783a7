package report

import (
	"github.com/bulkpay/bulkpay/internal/money"
)

// causes is the table of why rows are to be looked at, and what to do.
func (s *htmlSink) causes(h *head) {
	all := h.causes.sorted()
	if len(all) == 0 {
		return
	}
	s.section("causes", s.t("Exceptions by cause"), len(all))
	s.raw(`<div class="scroll" role="region" aria-label="`, s.say("Exceptions by cause"), `" tabindex="0"><table class="buckets wide"><caption class="hidden">`,
		s.say("Exceptions by cause"), `</caption><thead><tr>`, s.columns("Status", "Cause", "#Rows", "#"+s.t("Sum, %s", h.currency.Code), "What to do", "Whose job"), "</tr></thead><tbody>\n")
	for _, c := range all {
		why, code := c.Reason, c.Code
		if c.Other {
			why = s.t("all other causes")
		}
		s.raw(`<tr class="`, class(c.Bucket), `"><th scope="row"><span class="chip">`, text(s.word(c.Bucket)), `</span></th><td>`, bdi(why), under(bdi(code)),
			`</td><td class="num">`, group(c.Count), `</td><td class="num">`, bare(c.sum(h.currency)), `</td><td>`, commands(c.Action),
			`</td><td class="who">`, bdi(c.Who), "</td></tr>\n")
	}
	s.raw("</tbody></table></div></section>\n")
}

// ages is how long what is in doubt or held has been so.
func (s *htmlSink) ages(h *head) {
	count, most := 0, 0
	for _, f := range h.open {
		count += f.Count
		most = max(most, f.Count)
	}
	if count == 0 {
		return
	}
	s.section("ages", s.t("In doubt and held, by age"), count)
	s.raw(`<table class="buckets"><caption class="hidden">`, s.say("In doubt and held, by age"), `</caption><thead><tr>`,
		s.columns("Age", "", "#Rows", "#"+s.t("Sum, %s", h.currency.Code)), "</tr></thead><tbody>\n")
	for i, f := range h.open {
		s.raw(`<tr><th scope="row">`, s.say(ages[i].name), `</th><td>`, bar(f.Count, most), `</td><td class="num">`, group(f.Count),
			`</td><td class="num">`, text(h.number(f.Sum)), "</td></tr>\n")
	}
	s.raw("</tbody></table></section>\n")
}

// trend is how the batches or months of a part compare; one point is none.
func (s *htmlSink) trend(h *head) {
	points := h.trend()
	if len(points) == 1 {
		if d, ok := points[0].speed.within(50); ok {
			p95, _ := points[0].speed.within(95)
			s.raw(`<p class="note">`, s.say("From submission to the final answer: half within %s, 95 in 100 within %s.", short(d), short(p95)), "</p>\n")
		}
		return
	}
	s.section("trend", s.t("Trend"), len(points))
	s.raw(h.trendChart(points))
	s.raw(`<div class="scroll" role="region" aria-label="`, s.say("Trend"), `" tabindex="0"><table class="buckets wide"><caption class="hidden">`, s.say("Trend"), `</caption><thead><tr>`,
		s.columns("Batch", "#Rows", "#"+s.t("Sum, %s", h.currency.Code), "#Paid", "#Not paid", "#In doubt", "#Open", "#Failures", "#Median", "#95 in 100", "#Fees"), "</tr></thead><tbody>\n")
	for _, p := range points {
		s.raw(`<tr><th scope="row">`, bdi(p.Name), `</th>`)
		median, ok := p.speed.within(50)
		p95, _ := p.speed.within(95)
		times := []string{"–", "–"}
		if ok {
			times = []string{short(median), short(p95)}
		}
		for _, cell := range []string{
			group(p.All.Count), h.number(p.All.Sum), group(p.Paid.Count), group(p.NotPaid.Count), group(p.Doubt.Count), group(p.Open.Count),
			s.Lang.Percent(p.failures()), times[0], times[1], fees(p.Fees),
		} {
			s.raw(`<td class="num">`, text(cell), "</td>")
		}
		s.raw("</tr>\n")
	}
	s.raw("</tbody></table></div></section>\n")
}

// fees is a sum of fees, or a dash where nobody has named any.
func fees(a money.Amount) string {
	if a.IsZero() {
		return "–"
	}
	return bare(a)
}

// openList is what has been in doubt or held for longest.
func (s *htmlSink) openList() {
	rows := s.openRows.sorted()
	if len(rows) == 0 {
		return
	}
	s.section("list", s.t("In doubt and held, the oldest first"), s.openRows.count)
	s.raw(`<div class="scroll" role="region" aria-label="`, s.say("In doubt and held, the oldest first"), `" tabindex="0"><table class="buckets wide"><caption class="hidden">`,
		s.say("In doubt and held, the oldest first"), `</caption><thead><tr>`, s.columns("Age", "Status", "Batch", "#Row", "Trade no.", "Payee", "#Amount", "What to do"), "</tr></thead><tbody>\n")
	for i, e := range rows {
		if i == maxPageOpen {
			break
		}
		s.raw(`<tr class="`, class(e.Bucket), `"><th scope="row"><time datetime="`, stamp(e.Since), `">`, text(e.age(s.Lang)), `</time></th><td><span class="chip">`, text(s.word(e.Bucket)),
			`</span></td><td>`, bdi(e.Batch), `</td><td class="num">`, group(e.Row), `</td><td>`, bdi(e.TradeNo), `</td><td>`, bdi(e.Payee), `</td><td class="num">`, text(e.Amount.String()),
			`</td><td>`, commands(e.Action), "</td></tr>\n")
	}
	s.raw("</tbody></table></div>\n")
	if s.openRows.count > maxPageOpen {
		s.raw(`<p class="note">`, s.say("The first %d of %d are shown.", maxPageOpen, s.openRows.count), "</p>\n")
	}
	s.raw("</section>\n")
}
