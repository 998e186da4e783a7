package report

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/bulkpay/bulkpay/internal/lang"
	"github.com/bulkpay/bulkpay/ledger"
)

// pdfPages are the texts of the pages of a report, not compressed for once.
func pdfPages(t *testing.T, s Source, o Options) []string {
	t.Helper()
	p := newPaper(s, o)
	var b bytes.Buffer
	to, err := openPDF(t.Context(), &b, p)
	if err != nil {
		t.Fatal(err)
	}
	to.(*pdfSink).plain = true
	if err := p.pour(t.Context(), []sink{to}); err != nil {
		t.Fatal(err)
	}
	if err := to.finish(); err != nil {
		t.Fatal(err)
	}
	var pages []string
	for page := range strings.SplitSeq(b.String(), "/Contents ") {
		if text := drawn(page); text != "" {
			pages = append(pages, text)
		}
	}
	return pages
}

var shownText = regexp.MustCompile(`(?s)Td \((.*?[^\\]|)\) Tj ET`)

// drawn is what the commands of a page draw, in their order. Texts are UTF-16
// with escapes.
func drawn(page string) string {
	var b strings.Builder
	for _, m := range shownText.FindAllStringSubmatch(page, -1) {
		raw := strings.NewReplacer(`\\`, `\`, `\(`, `(`, `\)`, `)`, `\r`, "\r").Replace(m[1])
		var units []uint16
		for i := 0; i+1 < len(raw); i += 2 {
			units = append(units, uint16(raw[i])<<8|uint16(raw[i+1]))
		}
		b.WriteString(string(utf16.Decode(units)))
	}
	return b.String()
}

// squeezed is a text without spaces: where a line was broken, there is none.
func squeezed(text string) string { return strings.Join(strings.Fields(text), "") }

func TestEveryPageOfThePDFSaysWhatItIs(t *testing.T) {
	t.Parallel()
	for _, l := range lang.All() {
		tied, untied := pdfPages(t, sample(), Options{Lang: l}), pdfPages(t, severalBatches(), Options{Lang: l, Unmasked: true})
		if len(tied) < 2 || len(untied) < 2 {
			t.Fatalf("%s: %d and %d pages", l, len(tied), len(untied))
		}
		for i, page := range tied {
			for _, want := range []string{"MX-20261121-7K3QF", l.Text("TIED"), sample().Batches[0].Summary.Head, l.Text("page %s of %s", itoa(i+1), itoa(len(tied)))} {
				if !strings.Contains(squeezed(page), squeezed(want)) {
					t.Errorf("%s: page %d lacks %q", l, i+1, want)
				}
			}
			if strings.Contains(page, l.Text("NOT TIED")) || strings.Contains(page, l.Text("UNMASKED: account numbers are shown whole")) {
				t.Errorf("%s: page %d says what is not so", l, i+1)
			}
		}
		for i, page := range untied {
			for _, want := range []string{l.Text("NOT TIED"), l.Text("UNMASKED: account numbers are shown whole"), strings.Repeat("ab", 32)} {
				if !strings.Contains(squeezed(page), squeezed(want)) {
					t.Errorf("%s: page %d lacks %q", l, i+1, want)
				}
			}
		}
		all, none := squeezed(strings.Join(tied, "")), squeezed(strings.Join(untied, ""))
		if sign := squeezed(l.Text("Approved by")); !strings.Contains(all, sign) || strings.Contains(none, sign) {
			t.Errorf("%s: what ties has no place to sign, or what does not has one", l)
		}
		for _, want := range []string{"AnaSofía", "197,163.50", "CarlaIbáñez", l.Text(equationTitles[GatewayEquation]), l.Text("Exceptions by cause")} {
			if found := strings.Contains(all, squeezed(want)); found == (want == "AnaSofía") { // she was paid
				t.Errorf("%s: %q: %v", l, want, found)
			}
		}
		if strings.Contains(all, "‹U+") {
			t.Errorf("%s: words of ours that the fonts do not have", l)
		}
	}
}

// What the fonts cannot show is said to be there, never dropped.
func TestThePDFShowsWhatItCannotDraw(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"محمد":         "‹U+0645›‹U+062D›‹U+0645›‹U+062F›",
		"👩 Ana":        "‹U+1F469›Ana",
		"a\u202eb":     "a‹U+202E›b",
		"王小明 김":        "王小明‹U+AE40›",
		"Nguyễn Ðức":   "NguyễnÐức",
		"Łukasz Ωмега": "ŁukaszΩмега",
	} {
		s := lineOf(payout(2, ledger.Failed, name, 100))
		all := squeezed(strings.Join(pdfPages(t, s, Options{}), ""))
		if !strings.Contains(all, want) {
			t.Errorf("%q is not shown as %q", name, want)
		}
		if said := strings.Contains(all, "‹U+…›stands"); said != (strings.Contains(want, "‹") && !strings.Contains(want, "‹U+202E›")) { // which every form shows so
			t.Errorf("%q: that something is missing is said: %v", name, said)
		}
	}
}
