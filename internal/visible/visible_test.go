package visible

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestText(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][2]string{
		"": {"", ""},
		"María 工资 👩‍👩‍👧‍👦":     {"María 工资 👩‍👩‍👧‍👦", "María 工资 👩‍👩‍👧‍👦"},
		"مرحبا\u200f":          {"مرحبا\u200f", "مرحبا\u200f"},
		"Ana\u202eRuiz":        {"Ana‹U+202E›Ruiz", "Ana‹U+202E›Ruiz"},
		"\x1b[2J\x00\x9b":      {"‹U+001B›[2J‹U+0000›\uFFFD", "‹U+001B›[2J‹U+0000›\uFFFD"},
		"a\u009b1mb":           {"a‹U+009B›1mb", "a‹U+009B›1mb"},
		"paid\r\n\tTIED\u2028": {"paid\r\n\tTIED\u2028", "paid   TIED "},
		"\xff":                 {"\uFFFD", "\uFFFD"},
	} {
		if got := [2]string{Text(text), Line(text)}; got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// pieces are what draws take texts from.
var pieces = []string{
	"a", "é", "工", "😀", "\n", "\r", "\r\n", "\t", "\x00", "\x1b[31m", "\u009b", "\u202e", "\u2066", "\u2069", "\xff", "\xe2\x80", "\xae", "\xc2", "\"", "\\", "‹", " ",
}

func drawn(t *rapid.T) (all string, cuts []string) {
	all = strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 12).Draw(t, "text"), "")
	for rest := all; rest != ""; {
		n := rapid.IntRange(1, len(rest)).Draw(t, "cut")
		cuts, rest = append(cuts, rest[:n]), rest[n:]
	}
	return all, cuts
}

// However a text is cut into writes, what arrives is the same, and nothing of
// it is unruly.
func TestNothingUnrulyPassesTheWriter(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		all, cuts := drawn(t)
		var got bytes.Buffer
		w := NewWriter(&got)
		for _, cut := range cuts {
			if n, err := w.Write([]byte(cut)); n != len(cut) || err != nil {
				t.Fatal(n, err)
			}
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		text := got.String()
		if strings.ContainsFunc(strings.ReplaceAll(text, "\r\n", ""), func(r rune) bool { return unruly(r) || r == '\r' }) || !utf8.ValidString(text) {
			t.Fatalf("%q became %q", all, text)
		}
		whole := strings.ReplaceAll(strings.ReplaceAll(strings.ReplaceAll(all, "\r\n", "\n"), "\r", "‹U+000D›"), "\xff", "\uFFFD")
		if utf8.ValidString(whole) && strings.ReplaceAll(text, "\r\n", "\n") != Text(whole) {
			t.Fatalf("%q became %q, want %q", all, text, Text(whole))
		}
	})
}

// A program reads from escaped JSON what it would have read before.
func TestJSONSaysTheSame(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		all, _ := drawn(t)
		all = strings.ToValidUTF8(all, "")
		var got bytes.Buffer
		encoder := json.NewEncoder(NewJSONWriter(&got))
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(all); err != nil {
			t.Fatal(err)
		}
		var back string
		if err := json.Unmarshal(got.Bytes(), &back); err != nil || back != all || strings.ContainsFunc(got.String(), func(r rune) bool { return unruly(r) || r == '\r' }) {
			t.Fatalf("%q became %q: %q, %v", all, got.String(), back, err)
		}
	})
}
