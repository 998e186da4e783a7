package report

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html"
	"io"
	"strings"

	"github.com/bulkpay/bulkpay/internal/lang"
	"github.com/bulkpay/bulkpay/ledger"
)

// The page shows so many rows, because a browser that lays out and prints a
// million of them helps nobody: the workbook and the CSV file have them all.
// The bytes bound memory when every text is as long as it can be.
const (
	MaxPageRows       = 5000 // of all rows; with more, none are shown but the exceptions
	MaxPageExceptions = 1000
	maxPageOpen       = 200
	maxPageMatches    = 500
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
	*paper
	ctx        context.Context //nolint:containedctx // of one writing, which ends in finish
	w          *bufio.Writer
	all        table
	exceptions table
}

func openHTML(ctx context.Context, w io.Writer, p *paper) (sink, error) {
	return &htmlSink{
		paper:      p,
		ctx:        ctx,
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

func (t *table) add(e entry, p *paper) {
	t.rows++
	// Once a row is left out all that follow are: a gap would mislead.
	if t.shown+1 == t.rows && t.shown < t.limit && t.body.Len() < maxPageBytes {
		t.shown++
		p.row(&t.body, e)
	}
}

func (s *htmlSink) line(e entry) error {
	s.all.add(e, s.paper)
	if s.all.rows > s.all.shown {
		s.all.body = bytes.Buffer{}
	}
	if e.exception() {
		s.exceptions.add(e, s.paper)
	}
	return nil
}

func (s *htmlSink) finish() error {
	s.top()
	for _, part := range s.parts {
		s.part(part)
	}
	if err := s.matched(); err != nil {
		return err
	}
	s.signature()
	s.openList()
	s.lookAt()
	s.rows()
	accounts := s.t("account numbers are masked")
	if s.Unmasked {
		accounts = s.t("UNMASKED: account numbers are shown whole")
	}
	s.raw(`</main><footer><p>`, text(s.writer()), ` · `, text(s.t("as of %s", s.Lang.Moment(s.asOf()))), " · ", text(accounts), "</p></footer>\n</body>\n</html>\n")
	return s.w.Flush()
}

// raw writes what is markup or escaped already. The writer keeps its first
// error for Flush.
func (s *htmlSink) raw(pieces ...string) {
	for _, piece := range pieces {
		s.w.WriteString(piece)
	}
}

// say writes a text in the reader's language.
func (s *htmlSink) say(key lang.Key, args ...any) string { return text(s.t(key, args...)) }

// text is a text from anywhere made fit for an element or a quoted attribute.
func text(s string) string { return html.EscapeString(shown(s)) }

// bdi keeps the direction of a stranger's text to itself.
func bdi(s string) string {
	if s == "" {
		return ""
	}
	return "<bdi>" + text(s) + "</bdi>"
}

// style is the page's whole style sheet, and the policy that lets in nothing
// else: no script, no request, no inline style. What it says on every printed
// page is of ours and has no quotes.
func style(onEveryPage string) (css, policy string) {
	var b strings.Builder
	for _, name := range ledger.Buckets() {
		fmt.Fprintf(&b, ".%s{--s:#%s}\n", class(name), looks[name].strong)
	}
	css = b.String() + pageCSS
	if onEveryPage != "" {
		css += `@media print{@page{@bottom-left{content:"` + onEveryPage + `";font:bold 8pt system-ui,sans-serif;color:#a3201a}}}` + "\n"
	}
	sum := sha256.Sum256([]byte(css))
	return css, "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
		"'; base-uri 'none'; form-action 'none'"
}

func (s *htmlSink) top() {
	css, policy := style(s.onEveryPage())
	verdict := s.verdict()
	word := s.word(string(verdict))
	s.raw("<!doctype html>\n<html lang=\"", s.Lang.Tag(), "\">\n<head>\n<meta charset=\"utf-8\">\n",
		`<meta http-equiv="Content-Security-Policy" content="`, policy, "\">\n",
		"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n",
		"<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"referrer\" content=\"no-referrer\">\n",
		"<title>", text(s.title()), " · ", s.say("payout report"), " · ", text(word), "</title>\n",
		"<style>", css, "</style>\n</head>\n<body>\n")
	s.raw(`<header><div class="title"><p class="kicker">`, s.say("Payout report"), `</p><h1>`, bdi(s.title()), `</h1><p class="sub">`,
		bdi(s.subtitle()), ` · `, s.say("as of %s", s.Lang.Moment(s.asOf())), `</p></div><p class="badge `, verdictClass(verdict), `" role="status">`,
		text(word), "</p></header>\n<main>\n")
	s.alarmed()
	s.facts()
}

func verdictClass(v Verdict) string {
	return map[Verdict]string{Tied: "tied", NotTied: "untied", NotKnown: "unknown"}[v]
}

// alarmed is what nobody may miss, above all figures.
func (s *htmlSink) alarmed() {
	if warning := s.simulation(); warning != "" {
		s.raw(`<p class="alarm"><strong>`, text(warning), "</strong></p>\n")
	}
	if s.Unmasked {
		s.raw(`<p class="alarm"><strong>`, s.say("UNMASKED: account numbers are shown whole"), "</strong></p>\n")
	}
	for _, part := range s.parts {
		for _, alarm := range part.alarms() {
			s.raw(`<p class="alarm" role="alert"><strong>`, text(alarm.loud), `.</strong> `, bdi(alarm.says), "</p>\n")
		}
		for _, off := range part.untied() {
			s.raw(`<p class="alarm" role="alert"><strong>`, s.say("NOT TIED"), `.</strong> `, bdi(off), ".</p>\n")
		}
	}
}

func (s *htmlSink) facts() {
	s.raw(`<dl class="facts">`)
	facts := [][2]string{
		{s.t("Batches"), text(group(len(s.sections)))},
		{s.t("Merchant"), bdi(s.scope.Merchant)},
		{s.t("Imported"), text(s.Lang.Span(s.scope.From, s.scope.To))},
		{s.t("History anchor"), mono(s.last().Head)},
	}
	if s.one() {
		facts = s.batchFacts()
	}
	for _, fact := range facts {
		if fact[1] != "" {
			s.raw("<div><dt>", text(fact[0]), "</dt><dd>", fact[1], "</dd></div>")
		}
	}
	s.raw("</dl>\n")
}

func (s *htmlSink) batchFacts() [][2]string {
	h := s.parts[0]
	b := h.Summary.Batch
	return [][2]string{
		{s.t("Source"), bdi(b.Source)},
		{s.t("Worksheet"), bdi(b.Worksheet)},
		{"SHA-256", mono(b.SourceSHA256)},
		{s.t("Merchant no."), bdi(b.Merchant.MerchantNo)},
		{s.t("Gateway"), bdi(b.Merchant.Gateway)},
		{s.t("Imported"), text(s.Lang.Moment(b.CreatedAt))},
		{s.t("Repeats"), bdi(b.Repeats)},
		{s.t("Reason"), bdi(h.reason())},
		{s.t("Assumed"), bdi(strings.Join(b.Assumed, "; "))},
		{s.t("History anchor"), mono(h.Head)},
		{s.t("Changes"), text(h.sinceLast())},
	}
}

// signature is a place to sign on paper, after all that is signed for and under
// what it comes to, wherever the page breaks.
func (s *htmlSink) signature() {
	if s.verdict() == Tied { // nobody should sign what does not tie
		s.raw(`<div class="signing" aria-hidden="true">`)
		for _, h := range s.parts {
			s.raw("<p>", bdi(s.signed(h)), "</p>\n")
		}
		s.raw(`<div class="sign"><p>`, s.say("Prepared by"), `</p><p>`, s.say("Approved by"), `</p><p>`, s.say("Date"), "</p></div></div>\n")
	}
}

// mono is a number that is compared sign by sign; "" if there is none.
func mono(number string) string {
	if number == "" {
		return ""
	}
	return "<code>" + text(number) + "</code>"
}
