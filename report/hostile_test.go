package report

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/bulkpay/bulkpay/internal/lang"
	"github.com/bulkpay/bulkpay/ledger"
)

// nasty draws a text as strangers may write it: anything, often of the pieces
// that have broken some program before.
func nasty() *rapid.Generator[string] {
	pieces := append([]string{
		"=", "+", "-", "@", "\t", "\r", "\n", "\x00", "\x1b[2J", "\u202e", "\u2066", "\u200f", "\ufeff", "\ud7ff", "'", "\"", "`", "<", ">", "&", "]]>", "-->",
		"<script>", "</style>", "<svg onload=x>", "%s", "%d", "{{", "#", ",", ";", "|", "👩‍👩‍👧‍👦", "😀", "漢字", "مرحبا", "é", "\xff", "_x000D_", "A1", "SUM(A1)",
	}, hostile...)
	return rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 6).Draw(t, "pieces"), "")
	})
}

// nastySource has nasty texts wherever a stranger, a sheet or the gateway can
// put one, in two batches of two merchants, with a matching.
func nastySource(t *rapid.T) Source {
	draw := func(name string) string { return nasty().Draw(t, name) }
	states := rapid.SliceOfN(rapid.SampledFrom(ledger.States()), 1, 5).Draw(t, "states")
	var lines []ledger.Line
	for i, state := range states {
		p := payout(i+2, state, draw("payee"), int64(i+1)*100)
		p.Bank, p.Message, p.PayeeAccount, p.Reason = draw("bank"), draw("message"), draw("account"), rapid.SampledFrom([]string{"", "timeout", ledger.ReasonSuspect, ledger.ReasonSaidPaid}).Draw(t, "reason")
		p.Code, p.PlatformTradeNo = draw("code"), draw("platform")
		lines = append(lines, ledger.Line{Row: p.Row, Payout: p})
	}
	row := len(lines) + 2
	lines = append(lines, ledger.Line{Row: row, Invalid: &ledger.InvalidRow{Row: row, Problems: []string{draw("problem")}}})
	s := source(lines)
	b := &s.Batches[0].Summary
	b.Batch.Source, b.Batch.Worksheet, b.Batch.Assumed = draw("source"), draw("sheet"), []string{draw("assumed")}
	b.Batch.Overridden, b.Batch.Reason, b.Stopped = 1, draw("why"), draw("stopped")
	b.Batch.Merchant.Name, b.Batch.Merchant.MerchantNo = draw("merchant"), draw("number")
	s.Batches = append(s.Batches, koreanBatch())
	s.Scope = Scope{All: true, Merchant: draw("scope")}
	why := Say("it is not known for %d of %d batches", 1, 2)
	s.Equations = []Equation{{Name: BalanceEquation, Of: b.Batch.Merchant.Name, Left: term(draw("left"), 0, 5), Terms: []Term{term(draw("term"), 0, 5)}, Unknown: &why}}
	return s
}

// Whatever strangers write: every form stays whole, runs nothing, hides
// nothing, and is the same the second time; in every language.
func TestHostileTextsInEveryFormAndLanguage(t *testing.T) {
	if testing.Short() {
		t.Skip("one goroutine, and long under the race detector")
	}
	t.Parallel()
	folder := t.TempDir()
	rapid.Check(t, func(rt *rapid.T) {
		s := nastySource(rt)
		language := rapid.SampledFrom(lang.All()).Draw(rt, "language")
		forms := formsOf(t, rt, folder, s, Options{Lang: language, Unmasked: rapid.Bool().Draw(rt, "unmasked")})
		rows := 0
		for line := range s.Batches[0].Lines(t.Context()) {
			_ = line
			rows++
		}
		checkCSV(rt, forms["csv"], rows+1)
		var d Document
		if err := json.Unmarshal(forms["json"], &d); err != nil || len(d.Rows) != rows+1 {
			rt.Fatalf("json: %v, %d rows", err, len(d.Rows))
		}
		checkPage(rt, string(forms["html"]))
		var b bytes.Buffer
		if err := WriteText(&b, s, TextOptions{Lang: language}); err != nil {
			rt.Fatal(err)
		}
		if strings.ContainsAny(b.String(), "\x1b\x00\r\u202e\u2066") || !utf8.Valid(b.Bytes()) {
			rt.Fatalf("terminal: %q", b.String())
		}
	})
}

// formsOf writes the forms; a workbook, which takes long, one time in eight,
// where it is looked into at once.
func formsOf(t *testing.T, rt *rapid.T, folder string, s Source, o Options) map[string][]byte {
	p := newPaper(s, o)
	texts := map[string]*bytes.Buffer{}
	var sinks []sink
	for _, format := range formats {
		if format.name == "xlsx" && rapid.IntRange(0, 7).Draw(rt, "workbook") > 0 {
			continue
		}
		texts[format.name] = &bytes.Buffer{}
		to, err := format.open(t.Context(), texts[format.name], p)
		if err != nil {
			rt.Fatal(err)
		}
		if c, ok := to.(io.Closer); ok {
			defer c.Close() //nolint:errcheck // temporary files only
		}
		sinks = append(sinks, to)
	}
	if err := p.pour(t.Context(), sinks); err != nil {
		rt.Fatal(err)
	}
	forms := map[string][]byte{}
	for _, to := range sinks {
		if err := to.finish(); err != nil {
			rt.Fatal(err)
		}
	}
	for name, text := range texts {
		forms[name] = text.Bytes()
	}
	if book := forms["xlsx"]; book != nil {
		path := filepath.Join(folder, "x.xlsx")
		writeFile(t, path, string(book))
		onlyOurFormulas(t, path)
	}
	return forms
}

func checkCSV(t *rapid.T, text []byte, rows int) {
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(text, []byte("\uFEFF"))))
	r.Comment = '#'
	records, err := r.ReadAll()
	if err != nil || len(records) != rows+1 {
		t.Fatalf("csv: %v, %d records, want %d", err, len(records), rows+1)
	}
	for _, record := range records {
		for _, cell := range record {
			if strings.HasPrefix(cell, "=") || strings.HasPrefix(cell, "+") || strings.HasPrefix(cell, "@") || strings.HasPrefix(cell, "\t") {
				t.Fatalf("csv: %q is a formula", cell)
			}
		}
	}
}

// checkPage reads the page as markup, in which nothing may run or be fetched,
// and every element that was opened is closed.
func checkPage(t *rapid.T, page string) {
	d := xml.NewDecoder(strings.NewReader(page))
	d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	depth := 0
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("page: %v", err)
		}
		switch e := token.(type) {
		case xml.StartElement:
			depth++
			for _, attribute := range e.Attr {
				if name := attribute.Name.Local; strings.HasPrefix(name, "on") || name == "style" || name == "src" || name == "href" {
					t.Fatalf("page: <%s %s>", e.Name.Local, name)
				}
			}
			if name := e.Name.Local; name == "script" || name == "img" || name == "iframe" || name == "object" {
				t.Fatalf("page: <%s>", name)
			}
		case xml.EndElement:
			depth--
		}
	}
	if depth != 0 || strings.ContainsAny(page, "\u202e\u2066\x1b\x00") {
		t.Fatalf("page: %d elements left open, or a text that turns others around", depth)
	}
}
