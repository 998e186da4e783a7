package report

import (
	"strconv"
	"strings"

	"github.com/bulkpay/bulkpay/ledger"
)

func itoa(n int) string { return strconv.Itoa(n) }

// top is what stands before all merchants: the alarms and the facts.
func (s *pdfSink) top() {
	s.font(18, true)
	s.text(margin, s.y+6, bodyWidth, s.t("Payout report"))
	s.y += 11
	for _, loud := range s.loud() {
		s.band(loud, "FFFFFF", badColour, 9.5, true)
	}
	s.y += 2
	facts := [][2]string{{s.t("Batches"), group(len(s.sections))}, {s.t("Merchant"), s.scope.Merchant}, {s.t("Imported"), s.Lang.Span(s.scope.From, s.scope.To)}}
	if s.one() {
		h := s.parts[0]
		b := h.Summary.Batch
		facts = [][2]string{
			{s.t("Merchant no."), b.Merchant.MerchantNo},
			{s.t("Gateway"), b.Merchant.Gateway},
			{s.t("Source"), b.Source},
			{"SHA-256", b.SourceSHA256},
			{s.t("Imported"), s.Lang.Moment(b.CreatedAt)},
			{s.t("Repeats batch"), b.Repeats},
			{s.t("Reason"), h.reason()},
			{s.t("Assumed"), strings.Join(b.Assumed, "; ")},
			{s.t("Changes"), h.sinceLast()},
		}
	}
	for _, fact := range facts {
		if fact[1] != "" {
			s.pair(fact[0], fact[1])
		}
	}
}

// pair is a label with its value, over as many lines as it takes.
func (s *pdfSink) pair(label, value string) {
	s.font(8.5, false)
	lines := s.pen.wrap(s.pen.legible(value), bodyWidth-32)
	s.room(float64(len(lines)) * 4.2)
	s.colour(quietColour)
	s.text(margin, s.y+3.2, 31, label)
	s.colour(inkColour)
	for _, line := range lines {
		s.pen.draw(margin+32, s.y+3.2, line)
		s.y += 4.2
	}
}

// band is a text on a ground of its own, over as many lines as it takes.
func (s *pdfSink) band(text, ink, ground string, size float64, bold bool) {
	s.font(size, bold)
	step := size * 0.48
	lines := s.pen.wrap(s.pen.legible(text), bodyWidth-6)
	for len(lines) > 0 {
		s.room(step + 3)
		n := min(len(lines), max(int((contentFoot-s.y-3)/step), 1))
		height := float64(n)*step + 2.6
		s.fill(ground)
		s.pdf.Rect(margin, s.y, bodyWidth, height, "F")
		s.colour(ink)
		s.font(size, bold)
		for i, line := range lines[:n] {
			s.pen.draw(margin+3, s.y+1+float64(i+1)*step-0.6, line)
		}
		s.colour(inkColour)
		s.y += height + 1
		lines = lines[n:]
	}
}

func (s *pdfSink) heading(text string) {
	s.room(22)
	s.y += 5
	s.font(11.5, true)
	s.text(margin, s.y+3, bodyWidth, text)
	s.y += 6
}

func (s *pdfSink) paragraph(text string) {
	s.font(8.5, false)
	for _, line := range s.pen.wrap(s.pen.legible(text), bodyWidth) {
		s.room(4.2)
		s.pen.draw(margin, s.y+3.2, line)
		s.y += 4.2
	}
}

// part is all that is said about one merchant before the rows.
func (s *pdfSink) part(h *head) {
	if len(s.parts) > 1 {
		s.heading(h.where() + " · " + h.currency.Code)
	}
	s.equations(h)
	s.tieOut(h)
	for _, note := range h.notes() {
		s.paragraph("• " + note)
	}
	s.changed(h)
	s.batches(h)
	s.causes(h)
	s.ages(h)
}

func (s *pdfSink) equations(h *head) {
	s.heading(s.t("Three equations"))
	for _, e := range h.equations {
		s.equation(h.saying(e), s.t(equationTitles[e.Name]))
	}
}

// equation is one with its verdict beside its title.
func (s *pdfSink) equation(said saying, title string) {
	s.room(14)
	s.font(9, true)
	s.text(margin, s.y+3.4, 130, title)
	s.colour(map[Verdict]string{Tied: goodColour, NotTied: badColour, NotKnown: "6B3F00"}[said.Verdict])
	s.right(pageWidth-margin, s.y+3.4, said.Word)
	s.colour(inkColour)
	s.y += 5
	for _, text := range []string{said.Why, strings.Join(said.Counts, " "), strings.Join(said.Sums, " "), said.Heard, strings.Join(said.Notes, " ")} {
		if text != "" {
			s.paragraph(text)
		}
	}
	s.y += 1.5
}

func (s *pdfSink) tieOut(h *head) {
	s.heading(s.t("Tie-out"))
	t := s.table(pdfColumn{s.t("Status"), 90, false}, pdfColumn{s.t("Rows"), 40, true}, pdfColumn{s.t("Sum, %s", h.currency.Code), 50, true})
	for _, bucket := range h.Buckets {
		t.row(s.word(bucket.Name), group(bucket.Count), h.number(bucket.Sum))
	}
	t.bold = true
	for _, side := range []ledger.Bucket{h.total, h.sheet} {
		t.row(s.word(side.Name), group(side.Count), h.number(side.Sum))
	}
	verdict, ground := goodColour, "E2F3EA"
	if !h.tied {
		verdict, ground = "FFFFFF", badColour
	}
	s.y += 2
	s.band(h.verdict()+strings.Repeat(": ", min(1, len(h.off)))+h.off, verdict, ground, 11, true)
}

func (s *pdfSink) changed(h *head) {
	if len(h.moved) == 0 {
		return
	}
	s.heading(s.t("Changed since the last report"))
	t := s.table(pdfColumn{s.t("From → to"), 80, false}, pdfColumn{"", 40, false}, pdfColumn{s.t("Rows"), 20, true}, pdfColumn{s.t("Sum, %s", h.currency.Code), 40, true})
	for _, move := range h.moved {
		key, _ := contrary(move)
		loud := ""
		if key != "" {
			loud = s.t(key)
		}
		t.bold = loud != ""
		t.row(s.word(move.From)+" → "+s.word(move.To), loud, group(move.Count), h.number(move.Sum))
	}
}

func (s *pdfSink) batches(h *head) {
	if s.one() {
		return
	}
	s.heading(s.t("Batches"))
	t := s.table(pdfColumn{s.t("Batch"), 36, false}, pdfColumn{s.t("Source"), 40, false}, pdfColumn{s.t("Rows"), 16, true}, pdfColumn{s.t("Sum, %s", h.currency.Code), 31, true},
		pdfColumn{s.t("Sheet"), 18, false}, pdfColumn{s.t("Gateway"), 18, false}, pdfColumn{s.t("Balance"), 21, false})
	for _, one := range h.sections {
		b := one.Summary.Batch
		cells := []string{b.Code, b.Source, group(b.Rows), h.number(b.Sum)}
		for _, e := range one.equations {
			cells = append(cells, s.word(string(e.Verdict())))
		}
		t.row(cells...)
	}
}

func (s *pdfSink) causes(h *head) {
	all := h.causes.sorted()
	if len(all) == 0 {
		return
	}
	s.heading(s.t("Exceptions by cause"))
	t := s.table(pdfColumn{s.t("Status"), 20, false}, pdfColumn{s.t("Cause"), 50, false}, pdfColumn{s.t("Rows"), 13, true},
		pdfColumn{s.t("Sum, %s", h.currency.Code), 27, true}, pdfColumn{s.t("What to do"), 50, false}, pdfColumn{s.t("Whose job"), 20, false})
	for _, c := range all {
		why := c.Reason
		if c.Other {
			why = s.t("all other causes")
		}
		t.row(s.word(c.Bucket), dotted(why, c.Code), group(c.Count), bare(c.sum(h.currency)), strings.ReplaceAll(c.Action, "`", ""), c.Who)
	}
}

func (s *pdfSink) ages(h *head) {
	count := 0
	for _, f := range h.open {
		count += f.Count
	}
	if count == 0 {
		return
	}
	s.heading(s.t("In doubt and held, by age"))
	t := s.table(pdfColumn{s.t("Age"), 90, false}, pdfColumn{s.t("Rows"), 40, true}, pdfColumn{s.t("Sum, %s", h.currency.Code), 50, true})
	for i, f := range h.open {
		t.row(s.t(ages[i].name), group(f.Count), h.number(f.Sum))
	}
}

// statements is what the matching found, class by class.
func (s *pdfSink) statements() {
	if s.matching == nil {
		return
	}
	s.heading(s.t("Statements"))
	for _, one := range s.matching.Statements {
		s.paragraph(one.Name + " · " + s.Lang.Span(one.FirstDay, one.LastDay))
	}
	for _, e := range s.matching.Equations {
		said := (&head{paper: s.paper, currency: e.Left.Sum.Currency()}).saying(e)
		s.equation(said, said.Name)
	}
	t := s.table(pdfColumn{s.t("Class"), 60, false}, pdfColumn{s.t("Lines"), 30, true}, pdfColumn{s.t("Sum here"), 45, true}, pdfColumn{s.t("Sum there"), 45, true})
	for _, class := range s.matching.sorted() {
		t.row(s.word(class.Name), group(class.Count), s.sideSum(class.Here), s.sideSum(class.There))
	}
}
