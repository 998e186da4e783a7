// Package lang says the same thing in English, Spanish and Chinese, for people
// who sign, defend or follow what bulkpay writes.
//
// # Use
//
//	l, err := lang.Parse("es")                        // "es-MX", "zh_CN.UTF-8", …
//	l.Text("Prepared by")                              // "Elaborado por"
//	l.Text("%s was replaced by %s", old, new)          // verbs as in fmt
//	l.Plural(3, "%d row", "%d rows")                   // "3 filas"
//	l.Count(1234567)                                   // "1,234,567"
//	l.Amount("1234.50")                                // "1,234.50"
//	l.Date(at), l.Moment(at), l.Month(at), l.Span(a, b)
//	l.Age(49 * time.Hour)                              // "2 días"
//	l.List("a", "b", "c")                              // "a, b y c"
//
// The English text is the key. There are no identifiers to look up: what
// stands in the code is what people read, and English needs no table.
// Whole numbers under %d get their thousands marks, and a time under %s is
// written as [Lang.Moment] does it; a number that is a name (a year, a code, a
// line of a file) goes in as a string.
//
// # Translations
//
// They stand side by side in the files texts_*.go, one table for each part of
// the program. A text that varies with a count stands in [count] tables. The
// order of words is free: a translation may say %[2]s before %[1]s.
//
// A missing translation is found by a test, not by a reader: internal/house
// collects every constant of type [Key] in the sources and asks for each of
// them here, in every language, with the same verbs. At run time a text without
// a translation is shown in English, which is better than nothing.
//
// Where one English text has two meanings, the key says which after "##", and
// nobody sees it: "Open##a payout", "Open##a file".
//
// # The languages
//
// Spanish is that of Mexico, where numbers are written 1,234.56. Chinese is
// simplified. Machine forms (CSV columns, JSON, codes, commands) are the
// same in all of them and do not go through here.
package lang

import (
	"fmt"
	"strings"

	"golang.org/x/text/language"
)

// A Lang is a language that people can have. The zero value is English.
type Lang uint8

// The languages.
const (
	English Lang = iota
	Spanish      // as in Mexico
	Chinese      // simplified
)

// A Key is a text in English, by which its translations are found. Constants
// become keys by themselves; a table that holds texts for later gives its
// field this type, so that the test that looks for missing translations sees
// them.
type Key string

// All lists the languages, English first.
func All() []Lang { return []Lang{English, Spanish, Chinese} }

// about is what there is to know of a language.
type about struct {
	code string // what people type
	tag  language.Tag
	name string // in itself
}

var abouts = [...]about{
	English: {"en", language.English, "English"},
	Spanish: {"es", language.MustParse("es-MX"), "español"},
	Chinese: {"zh", language.SimplifiedChinese, "简体中文"},
}

// Parse finds a language by its code, with or without a country, as people
// and environments write it: "es", "es-MX", "zh_CN.UTF-8". An empty text is
// not a language; the caller knows what it assumes then.
func Parse(text string) (Lang, error) {
	plain, _, _ := strings.Cut(text, ".")
	plain, _, _ = strings.Cut(plain, "@")
	if tag, err := language.Parse(plain); err == nil {
		base, _ := tag.Base()
		for _, l := range All() {
			if base.String() == abouts[l].code {
				return l, nil
			}
		}
	}
	return English, fmt.Errorf("language %q is not known; there are %s", text, strings.Join(Codes(), ", "))
}

// Codes are what [Parse] takes at least: "en", "es", "zh".
func Codes() []string {
	var codes []string
	for _, l := range All() {
		codes = append(codes, l.String())
	}
	return codes
}

// String is the code that people type: "es".
func (l Lang) String() string { return abouts[l].code }

// Tag is the BCP 47 tag of what is written, as HTML's lang has it: "es-MX".
func (l Lang) Tag() string { return abouts[l].tag.String() }

// Name is the language's name in itself: "español".
func (l Lang) Name() string { return abouts[l].name }
