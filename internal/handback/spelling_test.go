package handback

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var tags = regexp.MustCompile(`<(/?)([A-Za-z]+)([\s/>])`)

// otherSpelling writes the parts of a workbook in another way XML allows.
func otherSpelling(t testing.TB, book []byte, change func(string) string) []byte {
	all := parts(t, book)
	for name, text := range all {
		if strings.HasPrefix(name, "xl/") && strings.HasSuffix(name, ".xml") && !strings.Contains(name, "theme") {
			all[name] = change(text)
		}
	}
	return zipped(all)
}

// withPrefix puts every element of a document in a prefix, as other writers do.
func withPrefix(text string) string {
	text = tags.ReplaceAllString(text, "<${1}x:$2$3")
	return strings.Replace(text, `xmlns="`+transitionalMain+`"`, `xmlns:x="`+transitionalMain+`"`, 1)
}

func asStrict(text string) string {
	text = strings.ReplaceAll(text, transitionalMain, strictMain)
	return strings.ReplaceAll(text, transitionalRels, strictRels)
}

func TestOtherSpellings(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(string) string{
		"prefix": withPrefix, "strict": asStrict,
		"apostrophes": func(text string) string { return strings.ReplaceAll(text, `"`, `'`) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			// Comments are left out: excelize writes them in its own way.
			f := opened(t, salaries(t, 12))
			must(0, f.DeleteComment(sheetName, "B5"))
			plain := saved(f)
			o := salariesOptions(someMarks...)
			o.Append, o.Values = outcome, outcomes
			want := mark(t, plain, o)
			got := mark(t, otherSpelling(t, plain, change), o)
			unchanged := otherSpelling(t, want, change)
			a, b := parts(t, unchanged), parts(t, got)
			for _, part := range []string{"xl/worksheets/sheet1.xml", "xl/workbook.xml"} {
				if diff := cmp.Diff(normal(a[part]), normal(b[part])); diff != "" {
					t.Errorf("%s: %s", part, diff)
				}
			}
		})
	}
}

// normal levels what two spellings may differ in.
func normal(text string) string {
	text = strings.ReplaceAll(text, `'`, `"`)
	return regexp.MustCompile(` xmlns:[rx]="[^"]*"`).ReplaceAllString(text, "")
}
