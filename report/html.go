package report

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html"
	"io"
	"slices"
	"strings"

	"github.com/bulkpay/bulkpay/ledger"
)

// The page shows so many rows, because a browser that lays out and prints a
// million of them helps nobody: the workbook and the CSV file have them all.
// The bytes bound memory when every text is as long as it can be.
const (
	MaxPageRows       = 5000 // of all rows; with more, none are shown but the exceptions
	MaxPageExceptions = 1000
	maxPageBytes      = 32 << 20 // of either table
)

//go:embed page.css
var pageCSS string

// htmlSink collects the two tables, both bounded, and writes the page at the
// end: the exceptions stand before the rows they come from.
//
// The page is written by hand and not by html/template: importing a template
// package turns off most of the linker's dead-code removal and makes the
// program larger by 6 MB. Every text from outside goes through text or bdi.
type htmlSink struct {
	head
	w          *bufio.Writer
	all        table
	exceptions table
}

func openHTML(w io.Writer, h head) (sink, error) {
	return &htmlSink{
		head:       h,
		w:          bufio.NewWriter(w),
		all:        table{limit: MaxPageRows},
		exceptions: table{limit: MaxPageExceptions},
	}, nil
}

// table is the body of a table as far as it is shown.
type table struct {
	body  bytes.Buffer
	limit int
	shown int
	rows  int
}

func (t *table) add(e entry, h head) {
	t.rows++
	// Once a row is left out all that follow are: a gap would mislead.
	if t.shown+1 == t.rows && t.shown < t.limit && t.body.Len() < maxPageBytes {
		t.shown++
		h.row(&t.body, e)
	}
}

func (s *htmlSink) line(e entry) error {
	s.all.add(e, s.head)
	if s.all.rows > s.all.shown {
		s.all.body = bytes.Buffer{}
	}
	if e.exception() {
		s.exceptions.add(e, s.head)
	}
	return nil
}

func (s *htmlSink) finish() error {
	s.top()
	s.figures()
	s.tieOut()
	s.changed()
	s.signature()
	s.lookAt()
	s.rows()
	s.raw(`<footer><p>`, text(s.writer()), ` · as of `, moment(s.At), " UTC · account numbers are masked</p></footer>\n</body>\n</html>\n")
	return s.w.Flush()
}

// raw writes what is markup or escaped already. The writer keeps its first
// error for Flush.
func (s *htmlSink) raw(pieces ...string) {
	for _, piece := range pieces {
		s.w.WriteString(piece)
	}
}

// text is a text from anywhere made fit for an element or a quoted attribute.
func text(s string) string { return html.EscapeString(visible(s)) }

// bdi keeps the direction of a stranger's text to itself.
func bdi(s string) string {
	if s == "" {
		return ""
	}
	return "<bdi>" + text(s) + "</bdi>"
}

// style is the page's whole style sheet, and the policy that lets in nothing
// else: no script, no request, no inline style.
func style() (css, policy string) {
	var b strings.Builder
	for _, name := range ledger.Buckets() {
		fmt.Fprintf(&b, ".%s{--s:#%s}\n", class(name), looks[name].strong)
	}
	css = b.String() + pageCSS
	sum := sha256.Sum256([]byte(css))
	return css, "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
		"'; base-uri 'none'; form-action 'none'"
}

func (s *htmlSink) top() {
	css, policy := style()
	s.raw("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n",
		`<meta http-equiv="Content-Security-Policy" content="`, policy, "\">\n",
		"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n",
		"<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"referrer\" content=\"no-referrer\">\n",
		"<title>", text(s.Batch.Code), " · payout report · ", s.verdict(), "</title>\n",
		"<style>", css, "</style>\n</head>\n<body>\n")
	state := "tied"
	if !s.tied {
		state = "untied"
	}
	s.raw(`<header><div class="title"><p class="kicker">Payout report</p><h1>`, bdi(s.Batch.Code), `</h1><p class="sub">`,
		bdi(s.Batch.Merchant.Name), ` · `, text(s.Batch.Merchant.Area), ` · `, text(s.currency.Code),
		` · as of `, moment(s.At), ` UTC</p></div><p class="badge `, state, `" role="status">`, s.verdict(), "</p></header>\n")
	if warning := s.simulation(); warning != "" {
		s.raw(`<p class="alarm"><strong>`, warning, "</strong></p>\n")
	}
	for _, alarm := range s.alarms() {
		s.raw(`<p class="alarm" role="alert"><strong>`, text(alarm.loud), `.</strong> `, bdi(alarm.says), "</p>\n")
	}
	if s.off != "" {
		s.raw(`<p class="alarm" role="alert"><strong>NOT TIED.</strong> `, text(s.off), ".</p>\n")
	}
	s.raw(`<dl class="facts">`)
	for _, fact := range [][2]string{
		{"Source", bdi(s.Batch.Source)},
		{"Worksheet", bdi(s.Batch.Worksheet)},
		{"SHA-256", mono(s.Batch.SourceSHA256)},
		{"Merchant no.", bdi(s.Batch.Merchant.MerchantNo)},
		{"Gateway", bdi(s.Batch.Merchant.Gateway)},
		{"Imported", moment(s.Batch.CreatedAt) + " UTC"},
		{"Repeats", bdi(s.Batch.Repeats)},
		{"Reason", bdi(s.reason())},
		{"Assumed", bdi(strings.Join(s.Batch.Assumed, "; "))},
		{"History anchor", mono(s.Head)},
		{"Changes", text(s.sinceLast())},
	} {
		if fact[1] != "" {
			s.raw("<div><dt>", fact[0], "</dt><dd>", fact[1], "</dd></div>")
		}
	}
	s.raw("</dl>\n")
}

// figures answers the first question in three numbers beside the sheet's.
func (s *htmlSink) figures() {
	s.raw(`<section class="figures" aria-label="Key figures">`)
	card := func(name, class, says string, count int, sum string) {
		s.raw(`<div class="figure `, class, `"><p class="name">`, name, `</p><p class="sum">`, sum, ` <span>`,
			text(s.currency.Code), `</span></p><p class="says">`, plural(count, "row"), ` · `, says, `</p></div>`)
	}
	card("Sheet", "f-sheet", "all rows", s.sheet.Count, s.number(s.sheet.Sum))
	for _, outcome := range outcomes {
		count, sum := 0, s.Bucket(outcome.buckets[0]).Sum
		for i, name := range outcome.buckets {
			bucket := s.Bucket(name)
			count += bucket.Count
			if i > 0 {
				// A sum that overflows makes the report NOT TIED already.
				sum, _ = sum.Add(bucket.Sum)
			}
		}
		if outcome.rare && count == 0 {
			continue
		}
		card(outcome.name, "f-"+strings.ReplaceAll(strings.ToLower(outcome.name), " ", "-"),
			outcome.says, count, s.number(sum))
	}
	s.raw("</section>\n")
}

func (s *htmlSink) tieOut() {
	s.raw(`<section class="tie" aria-labelledby="h-tie"><h2 id="h-tie">Tie-out</h2><div class="split">`)
	s.raw(s.chart())
	s.raw(`<table class="buckets"><caption class="hidden">Rows and sums by status</caption><thead><tr>`,
		`<th scope="col">Status</th><th scope="col" class="num">Rows</th><th scope="col" class="num">Sum, `,
		text(s.currency.Code), "</th></tr></thead><tbody>\n")
	for _, bucket := range s.Buckets {
		empty := ""
		if bucket.Count == 0 {
			empty = ` class="empty"`
		}
		s.raw("<tr", empty, `><th scope="row">`, dot(bucket.Name),
			`</th><td class="num">`, group(bucket.Count), `</td><td class="num">`, s.number(bucket.Sum), "</td></tr>\n")
	}
	s.raw(`</tbody><tfoot>`)
	for _, side := range []ledger.Bucket{s.total, s.sheet} {
		s.raw(`<tr><th scope="row">`, side.Name, `</th><td class="num">`, group(side.Count), `</td><td class="num">`,
			s.number(side.Sum), "</td></tr>")
	}
	s.raw("</tfoot></table></div>\n<div class=\"equation\">")
	for _, terms := range [][]string{s.countTerms(), s.sumTerms()} {
		s.raw("<p>")
		for _, term := range terms {
			s.raw("<span>", text(term), "</span> ")
		}
		s.raw("</p>")
	}
	s.raw("</div>\n")
	for _, note := range s.notes() {
		s.raw(`<p class="note">`, text(note), "</p>\n")
	}
	s.raw("</section>\n")
}

// signature is a place to sign on paper, after all that is signed for.
func (s *htmlSink) signature() {
	if s.tied { // nobody should sign what does not tie
		s.raw(`<div class="sign" aria-hidden="true"><p>Prepared by</p><p>Approved by</p><p>Date</p></div>`, "\n")
	}
}

// changed is the table of what moved since the last report, the alarming
// first. That nothing did, or that there was none, is said among the facts.
func (s *htmlSink) changed() {
	if len(s.moved) == 0 {
		return
	}
	s.raw(`<section class="changes" aria-labelledby="h-changes"><h2 id="h-changes">Changed since the last report <span class="count">`,
		group(s.movedCount()), `</span></h2><table class="buckets"><caption class="hidden">Payouts that went from one status to another since `,
		moment(s.changes.Since), ` UTC</caption><thead><tr><th scope="col">From</th><th scope="col">To</th><th scope="col"></th>`,
		`<th scope="col" class="num">Rows</th><th scope="col" class="num">Sum, `, text(s.currency.Code), "</th></tr></thead><tbody>\n")
	for _, move := range s.moved {
		loud, _ := contrary(move)
		row := "<tr>"
		if loud != "" {
			row, loud = `<tr class="loud">`, `<span class="flag">`+text(loud)+`</span>`
		}
		s.raw(row, `<th scope="row">`, dot(move.From), `</th><td>→ &nbsp;`, dot(move.To), `</td><td>`, loud,
			`</td><td class="num">`, group(move.Count), `</td><td class="num">`, s.number(move.Sum), "</td></tr>\n")
	}
	s.raw("</tbody></table></section>\n")
}

// dot is a status with its mark.
func dot(bucket string) string {
	return `<i class="dot ` + class(bucket) + `"></i>` + text(bucket)
}

// mono is a number that is compared sign by sign; "" if there is none.
func mono(number string) string {
	if number == "" {
		return ""
	}
	return "<code>" + text(number) + "</code>"
}

// notes are the sentences that belong under the equation.
func (h head) notes() []string {
	notes := []string{h.simulation(), h.unreadable(), h.overridden(), h.onWords()}
	if h.Flagged > 0 {
		notes = append(notes, plural(h.Flagged, "payout")+" flagged: answers of the gateway contradict one another")
	}
	return slices.DeleteFunc(notes, func(note string) bool { return note == "" })
}
