package report

import (
	"bytes"
	"strings"
	"time"
)

// lookAt is the table of the rows that a person must look at.
func (s *htmlSink) lookAt() {
	s.raw(`<section class="list" aria-labelledby="h-look"><h2 id="h-look">To look at <span class="count">`,
		group(s.exceptions.rows), "</span></h2>\n")
	switch t := &s.exceptions; {
	case t.rows == 0:
		s.raw("<p class=\"calm\">Nothing. Every row is paid or waits for its turn.</p>\n")
	default:
		s.table("Rows that a person must look at", t)
		if t.shown < t.rows {
			s.raw(`<p class="note">The first `, group(t.shown), ` of `, group(t.rows),
				" are shown. The workbook and the CSV file list them all.</p>\n")
		}
	}
	s.raw("</section>\n")
}

// rows is the table of all rows, if the page can hold them.
func (s *htmlSink) rows() {
	s.raw(`<section class="list" aria-labelledby="h-all"><h2 id="h-all">All rows <span class="count">`,
		group(s.all.rows), "</span></h2>\n")
	if s.all.shown < s.all.rows {
		s.raw(`<p class="note">Too many for a page. The workbook and the CSV file beside it list every row in the order of the sheet.</p>`, "\n")
	} else {
		s.table("All rows in the order of the sheet", &s.all)
	}
	s.raw("</section>\n")
}

func (s *htmlSink) table(caption string, t *table) {
	s.raw(`<div class="scroll" role="region" aria-label="`, caption, `" tabindex="0"><table class="rows"><caption class="hidden">`,
		caption, `</caption><colgroup>`)
	for _, name := range []string{"row", "no", "payee", "num", "status", "why", "when"} {
		s.raw(`<col class="c-`, name, `">`)
	}
	s.raw(`</colgroup><thead><tr><th scope="col">Row</th><th scope="col">Trade no.<br><small>Gateway no.</small></th>`,
		`<th scope="col">Payee<br><small>Account · bank</small></th><th scope="col" class="num">Amount<br><small>`,
		text(s.currency.Code), `</small></th><th scope="col">Status<br><small>Code</small></th>`,
		`<th scope="col">Why<br><small>What to do</small></th>`,
		`<th scope="col">Submitted<br><small>Final, UTC</small></th></tr></thead><tbody>`, "\n")
	_, _ = t.body.WriteTo(s.w) // the writer keeps its error for Flush
	s.raw("</tbody></table></div>\n")
}

// row writes one row of a table.
func (h head) row(b *bytes.Buffer, e entry) {
	put := func(pieces ...string) {
		for _, piece := range pieces {
			b.WriteString(piece)
		}
	}
	amount := `<span class="none">unreadable</span>`
	if e.Readable {
		amount = h.number(e.Amount)
	}
	put(`<tr class="`, class(e.Bucket), `"><th scope="row">`, group(e.Row), `</th><td class="no">`, bdi(e.TradeNo),
		under(bdi(e.PlatformTradeNo)), `</td><td>`, bdi(e.Payee), under(dotted(bdi(e.Account), bdi(e.Bank))),
		`</td><td class="num">`, amount, `</td><td><span class="chip">`, text(e.Bucket), `</span>`)
	if e.Flagged {
		put(` <span class="flag">flagged</span>`)
	}
	if e.WordOf != "" {
		put(` <span class="flag word">person's word</span>`)
	}
	if e.Age != "" {
		put(under(`for <time datetime="` + stamp(e.Since) + `">` + text(e.Age) + "</time>"))
	}
	put(under(code(e)), `</td><td>`, h.why(e))
	if e.Message != "" {
		put(under("Gateway: “" + bdi(e.Message) + "”"))
	}
	if e.Action != "" {
		put(`<div class="todo">`, commands(e.Action), `</div>`)
	}
	put(`</td><td class="when">`, clock(e.Submitted), under(clock(e.Final)))
	if e.Since.After(e.Submitted) {
		put(under("since " + clock(e.Since)))
	}
	put("</td></tr>\n")
}

// why is the reason, or the list of what is wrong with an invalid row.
func (h head) why(e entry) string {
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
			b.WriteString("<code>" + text(part) + "</code>")
		case part != "":
			b.WriteString(bdi(part))
		}
	}
	return b.String()
}

func code(e entry) string {
	said := dotted(bdi(e.Code), "")
	if e.Attempts > 1 {
		said = dotted(said, plural(e.Attempts, "attempt"))
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
