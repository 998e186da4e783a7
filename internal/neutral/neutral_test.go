package neutral

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestCell(t *testing.T) {
	t.Parallel()
	for cell, want := range map[string]string{
		"":                      "",
		"María":                 "María",
		"7-Eleven":              "7-Eleven",
		"1500":                  "1500",
		"12345678901":           "12345678901",
		"0":                     "0",
		"MX7K3QF000002":         "MX7K3QF000002",
		"row 5: wrong; want 18": "row 5: wrong; want 18",
		"=1+1":                  "'=1+1",
		"+1":                    "'+1",
		"-1":                    "'-1",
		"@SUM(A1)":              "'@SUM(A1)",
		"\t=1":                  "'\t'=1",
		"\rx":                   "'\rx",
		" \u00a0=1":             "' \u00a0=1",
		"\u200b=1":              "'\u200b=1",
		"\"=1":                  "'\"=1",
		"＝1":                    "'＝1",
		"'x":                    "''x",
		"a;=1":                  "a;'=1",
		"a;'b":                  "a;''b",
		"a\n-1":                 "a\n'-1",
		"0000":                  "'0000",
		"00029":                 "'00029",
		"123456789012":          "'123456789012",
		"12E4":                  "'12E4",
		"3/4":                   "'3/4",
		"2026-11-21":            "'2026-11-21",
		"••••0004":              "••••0004",
	} {
		got := Cell(cell)
		if got != want {
			t.Errorf("Cell(%q) = %q, want %q", cell, got, want)
		}
		if back := Restore(got); back != cell {
			t.Errorf("Restore(%q) = %q, want %q", got, back, cell)
		}
	}
}

func FuzzCell(f *testing.F) {
	for _, text := range []string{
		"", "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "'x", "a;=1", "a\n-1", "00029", "12E4", "\u200b=1", "＝1", "\"=1", "María",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, cell string) {
		got := Cell(cell)
		if back := Restore(got); back != cell {
			t.Fatalf("%q became %q and came back as %q", cell, got, back)
		}
		// As a spreadsheet cuts it, with any of the usual separators.
		for _, part := range strings.FieldsFunc(got, func(r rune) bool { return strings.ContainsRune(";\t\r\n", r) }) {
			first, _ := utf8.DecodeRuneInString(strings.TrimLeft(part, " \""))
			if strings.ContainsRune("=+-@＝＋－＠", first) && first != utf8.RuneError {
				t.Fatalf("%q holds the formula %q", got, part)
			}
		}
	})
}
