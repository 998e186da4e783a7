package report

import (
	"bytes"
	"strings"
	"time"
)

// lookAt is the table of the rows that a person must look at.
func (s *htmlSink) lookAt() {
	s.section("list", s.t("To look at"), s.exceptions.rows)
	switch t := &s.exceptions; {
	case t.rows == 0:
		s.raw(`<p class="calm">`, s.say("Nothing. Every row is paid or waits for its turn."), "</p>\n")
	default:
		s.table(s.t("Rows that a person must look at"), t)
		if t.shown < t.rows {
			s.raw(`<p class="note">`, s.say("The first %d of %d are shown. The workbook and the CSV file list them all.", t.shown, t.rows), "</p>\n")
		}
	}
	s.raw("</section>\n")
}

// rows is the table of all rows, if the page can hold them.
func (s *htmlSink) rows() {
	s.section("list", s.t("All rows"), s.all.rows)
	if s.all.shown < s.all.rows {
		s.raw(`<p class="note">`, s.say("Too many for a page. The workbook and the CSV file beside it list every row in the order of the sheet."), "</p>\n")
	} else {
		s.table(s.t("All rows in the order of the sheet"), &s.all)
	}
	s.raw("</section>\n")
}

func (s *htmlSink) table(caption string, t *table) {
	s.raw(`<div class="scroll" role="region" aria-label="`, text(caption), `" tabindex="0"><table class="rows"><caption class="hidden">`,
		text(caption), `</caption><colgroup>`)
	for _, name := range []string{"row", "no", "payee", "num", "status", "why", "when"} {
		s.raw(`<col class="c-`, name, `">`)
	}
	s.raw(`</colgroup><thead><tr>`)
	head := func(class, name, below string) {
		s.raw(`<th scope="col"`, class, `>`, name, `<br><small>`, below, `</small></th>`)
	}
	batch := ""
	if !s.one() {
		batch = s.say("Batch")
	}
	currency := s.parts[0].currency.Code
	if len(s.parts) > 1 {
		currency = ""
	}
	head("", s.say("Row"), batch)
	head("", s.say("Trade no."), s.say("Gateway no."))
	head("", s.say("Payee"), s.say("Account · bank"))
	head(` class="num"`, s.say("Amount"), text(currency))
	head("", s.say("Status"), s.say("Code"))
	head("", s.say("Why"), s.say("What to do"))
	head("", s.say("Submitted"), s.say("Final, UTC"))
	s.raw(`</tr></thead><tbody>`, "\n")
	_, _ = t.body.WriteTo(s.w) // the writer keeps its error for Flush
	s.raw("</tbody></table></div>\n")
}

// row writes one row of a table.
func (p *paper) row(b *bytes.Buffer, e entry) {
	put := func(pieces ...string) {
		for _, piece := range pieces {
			b.WriteString(piece)
		}
	}
	put(`<tr class="`, class(e.Bucket), `"><th scope="row">`, group(e.Row), p.batchOf(e), `</th><td class="no">`, bdi(e.TradeNo),
		under(bdi(e.PlatformTradeNo)), `</td><td>`, bdi(e.Payee), under(dotted(bdi(e.Account), bdi(e.Bank))),
		`</td><td class="num">`, p.amountOf(e), `</td><td><span class="chip">`, text(p.word(e.Bucket)), `</span>`)
	if e.Flagged {
		put(` <span class="flag">`, text(p.t("flagged")), `</span>`)
	}
	if e.WordOf != "" {
		put(` <span class="flag word">`, text(p.t("person's word")), `</span>`)
	}
	if age := e.age(p.Lang); age != "" {
		put(under(`<time datetime="` + stamp(e.Since) + `">` + text(p.t("for %s", age)) + "</time>"))
	}
	put(under(p.code(e)), `</td><td>`, why(e))
	if e.Message != "" {
		put(under(text(p.t("Gateway:")) + " “" + bdi(e.Message) + "”"))
	}
	if e.Action != "" {
		put(`<div class="todo">`, commands(e.Action), `</div>`)
	}
	put(`</td><td class="when">`, clock(e.Submitted), under(clock(e.Final)))
	if e.Since.After(e.Submitted) {
		put(under(text(p.t("since")) + " " + clock(e.Since)))
	}
	put("</td></tr>\n")
}

// batchOf names the batch of a row, if there are several.
func (p *paper) batchOf(e entry) string {
	if p.one() {
		return ""
	}
	return under(bdi(e.Batch))
}

// amountOf is the amount of a row, with its currency if there are several.
func (p *paper) amountOf(e entry) string {
	switch {
	case !e.Readable:
		return `<span class="none">` + text(p.t("unreadable")) + `</span>`
	case len(p.parts) > 1:
		return text(e.Amount.String())
	}
	return text(bare(e.Amount))
}

// why is the reason, or the list of what is wrong with an invalid row.
func why(e entry) string {
	if len(e.Problems) < 2 {
		return bdi(e.Reason)
	}
	var b strings.Builder
	b.WriteString("<ul>")
	for _, problem := range e.Problems {
		b.WriteString("<li>" + bdi(problem) + "</li>")
	}
	b.WriteString("</ul>")
	return b.String()
}

// commands marks what stands between backquotes as something to type.
func commands(action string) string {
	parts := strings.Split(action, "`")
	if len(parts)%2 == 0 {
		return bdi(action)
	}
	var b strings.Builder
	for i, part := range parts {
		switch {
		case i%2 == 1:
			b.WriteString("<code>" + command(part) + "</code>")
		case part != "":
			b.WriteString(bdi(part))
		}
	}
	return b.String()
}

// command is a command line in which no flag is parted from its dashes by the
// end of a line.
func command(line string) string {
	words := strings.Split(line, " ")
	for i, word := range words {
		if words[i] = text(word); strings.HasPrefix(word, "--") {
			words[i] = `<span class="option">` + words[i] + "</span>"
		}
	}
	return strings.Join(words, " ")
}

func (p *paper) code(e entry) string {
	said := dotted(bdi(e.Code), "")
	if e.Attempts > 1 {
		said = dotted(said, text(p.n(e.Attempts, "%d attempt", "%d attempts")))
	}
	return said
}

// under is the second, quieter line of a cell.
func under(markup string) string {
	if markup == "" {
		return ""
	}
	return `<div class="under">` + markup + `</div>`
}

func dotted(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + " · " + b
}

func clock(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return `<time datetime="` + stamp(at) + `">` + moment(at) + `</time>`
}
