package lang

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/text/feature/plural"
)

// A phrase is one text in every language.
type phrase struct{ en, es, zh string }

// A count is a text that varies with a number: in English and Spanish one form
// for exactly one and another for all else, in Chinese one for all.
type count struct{ one, en, uno, es, zh string }

// Text is the text in the language, with the arguments in it as fmt does it.
// Without arguments the text stands as it is: a % in it needs no escape.
func (l Lang) Text(key Key, args ...any) string {
	text := key.English()
	if l != English {
		if found, ok := translated()[l][key]; ok {
			text = found
		}
	}
	return l.fill(text, args)
}

// Plural is the text for a number of things; the number is its first argument,
// before the others. It is found by its second form, and English needs both:
//
//	l.Plural(n, "%d row of %s", "%d rows of %s", name)
func (l Lang) Plural(n int, one, other Key, args ...any) string {
	text := other.English()
	form := plural.Cardinal.MatchPlural(abouts[l].tag, abs(n), 0, 0, 0, 0)
	if l == English && form == plural.One {
		text = one.English()
	}
	if l != English {
		if found, ok := numbered()[l][other]; ok {
			text = found.of(form)
		}
	}
	return l.fill(text, append([]any{n}, args...))
}

// English is the text without the context that sets it apart from another
// text that is the same in English: "Open##of a payout" is "Open".
func (k Key) English() string {
	text, _, _ := strings.Cut(string(k), "##")
	return text
}

// Has tells whether a text has a translation, for the tests that hold the
// tables complete. English has all of them.
func (l Lang) Has(key Key) bool {
	_, phrased := translated()[l][key]
	_, counted := numbered()[l][key]
	return l == English || phrased || counted
}

// Keys lists every text that has a translation, for the test that finds those
// that nobody asks for any more.
func Keys() []Key {
	keys := slices.Collect(maps.Keys(translated()[Spanish]))
	return slices.AppendSeq(keys, maps.Keys(numbered()[Spanish]))
}

// fill puts the arguments into a text, whole numbers with thousands marks and
// times as moments.
func (l Lang) fill(text string, args []any) string {
	if len(args) == 0 {
		return text
	}
	written := make([]any, len(args))
	for i, arg := range args {
		switch n := arg.(type) {
		case int:
			written[i] = grouped(l.Count(int64(n)))
		case int64:
			written[i] = grouped(l.Count(n))
		case time.Time:
			written[i] = l.Moment(n)
		default:
			written[i] = arg
		}
	}
	return fmt.Sprintf(text, written...)
}

// grouped is a whole number with its thousands marks, under whatever verb.
type grouped string

// Format implements [fmt.Formatter].
func (g grouped) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(g)) }

// forms are a text for one and for any other number of things.
type forms struct{ one, other string }

func (f forms) of(form plural.Form) string {
	if form == plural.One && f.one != "" {
		return f.one
	}
	return f.other
}

// translated are the phrases of every language by their English. They are put
// together when the first text is asked for: most commands never do.
var translated = sync.OnceValue(func() map[Lang]map[Key]string {
	es, zh := map[Key]string{}, map[Key]string{}
	for _, table := range phrases {
		for _, p := range table {
			es[Key(p.en)], zh[Key(p.en)] = p.es, p.zh
		}
	}
	return map[Lang]map[Key]string{Spanish: es, Chinese: zh}
})

var numbered = sync.OnceValue(func() map[Lang]map[Key]forms {
	es, zh := map[Key]forms{}, map[Key]forms{}
	for _, table := range counts {
		for _, c := range table {
			for _, key := range []Key{Key(c.one), Key(c.en)} {
				es[key], zh[key] = forms{c.uno, c.es}, forms{"", c.zh}
			}
		}
	}
	return map[Lang]map[Key]forms{Spanish: es, Chinese: zh}
})

func abs(n int) int { return max(n, -n) }
