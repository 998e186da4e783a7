package report

import "github.com/bulkpay/bulkpay/internal/money"

// matched is what statements say about the payouts: per statement its
// equation, per class how much, and the lines a person must look at.
func (s *htmlSink) matched() error {
	m := s.matching
	if m == nil {
		return nil
	}
	s.section("matching", s.t("Statements"), len(m.Statements))
	s.statements()
	for _, e := range m.Equations {
		h := s.partOf(e)
		said := h.saying(e)
		s.raw(`<div class="said"><h3>`, bdi(e.Of), ` <span class="mark `, verdictClass(said.Verdict), `">`, text(said.Word), "</span></h3>\n")
		if said.Why != "" {
			s.raw(`<p>`, bdi(said.Why), "</p>\n")
		}
		s.raw(`<div class="equation">`)
		s.terms(said.Counts)
		s.terms(said.Sums)
		s.raw("</div></div>\n")
	}
	s.raw(`<table class="buckets"><caption class="hidden">`, s.say("The matching by class"), `</caption><thead><tr>`, s.columns("Class", "#Lines", "#Sum here", "#Sum there"), "</tr></thead><tbody>\n")
	for _, class := range m.sorted() {
		row := "<tr>"
		if class.Count > 0 && (class.Name == StatusDiffers || class.Name == DoubledThere) {
			row = `<tr class="loud">`
		}
		s.raw(row, `<th scope="row">`, text(s.word(class.Name)), `</th><td class="num">`, group(class.Count), `</td><td class="num">`, text(s.sideSum(class.Here)), `</td><td class="num">`, text(s.sideSum(class.There)), "</td></tr>\n")
	}
	s.raw("</tbody></table>\n")
	err := s.matchLines()
	s.raw("</section>\n")
	return err
}

// statements lists the files.
func (s *htmlSink) statements() {
	s.raw(`<div class="scroll" role="region" aria-label="`, s.say("Statements"), `" tabindex="0"><table class="buckets wide"><caption class="hidden">`, s.say("Statements"), `</caption><thead><tr>`,
		s.columns("Statement", "Days", "Account", "#Lines", "#Out", "#Fees"), "</tr></thead><tbody>\n")
	for _, one := range s.matching.Statements {
		s.raw(`<tr><th scope="row">`, bdi(one.Name), under(mono(one.SHA256)), `</th><td>`, text(s.Lang.Span(one.FirstDay, one.LastDay)), `</td><td>`, bdi(one.Account),
			`</td><td class="num">`, group(one.Lines), `</td><td class="num">`, text(one.Out.String()), `</td><td class="num">`, fees(one.Fees), "</td></tr>\n")
	}
	s.raw("</tbody></table></div>\n")
}

// partOf is the part whose currency an equation of a statement is in.
func (s *htmlSink) partOf(e Equation) *head {
	for _, part := range s.parts {
		if part.currency == e.Left.Sum.Currency() {
			return part
		}
	}
	return s.parts[0]
}

// matchLines are the lines that are not plain matches.
func (s *htmlSink) matchLines() error {
	if s.matching.Lines == nil {
		return nil
	}
	shown, all := 0, 0
	for line, err := range s.matching.Lines(s.ctx) {
		if err != nil {
			return err
		}
		if line.Class == Matched {
			continue
		}
		if all++; all > maxPageMatches {
			continue
		}
		if shown++; shown == 1 {
			s.raw(`<div class="scroll" role="region" aria-label="`, s.say("Lines to look at"), `" tabindex="0"><table class="buckets wide"><caption>`, s.say("Lines to look at"), `</caption><thead><tr>`,
				s.columns("Class", "Trade no.", "#Amount here", "Statement", "#Amount there", "#Difference", "Reason"), "</tr></thead><tbody>\n")
		}
		s.matchLine(line)
	}
	if shown > 0 {
		s.raw("</tbody></table></div>\n")
	}
	if all > shown {
		s.raw(`<p class="note">`, s.say("The first %d of %d are shown.", shown, all), "</p>\n")
	}
	return nil
}

// group tells what belongs together.
func (s *htmlSink) group(l MatchLine) string {
	if l.Group == "" {
		return ""
	}
	return under(s.say("Group") + " " + bdi(l.Group))
}

// orBlank leaves out what is no amount: of a group, one that stands above.
func orBlank(a money.Amount) string {
	if a.Currency() == (money.Currency{}) {
		return ""
	}
	return a.String()
}

func (s *htmlSink) matchLine(l MatchLine) {
	var number, here, where, there, difference string
	if o := l.Ours; o != nil {
		number, here = bdi(o.TradeNo)+under(dotted(bdi(o.Batch), s.say("row %d", o.Row))), orBlank(o.Amount)
	}
	if t := l.There; t != nil {
		where = bdi(t.Statement) + under(dotted(s.say("line %d", t.Line), text(s.Lang.Date(t.Day))))
		there = orBlank(t.Amount)
	}
	if l.Ours != nil && l.There != nil {
		difference = orBlank(l.Difference)
	}
	s.raw(`<tr><th scope="row">`, text(s.word(l.Class)), under(bdi(l.Rule)), s.group(l), `</th><td>`, number, `</td><td class="num">`, text(here), `</td><td>`, where,
		`</td><td class="num">`, text(there), `</td><td class="num">`, text(difference), `</td><td>`, bdi(s.phrase(l.Reason)), "</td></tr>\n")
}
