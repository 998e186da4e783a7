package handback

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

func csvMarked(t testing.TB, text string, o Options) string {
	t.Helper()
	var b bytes.Buffer
	if err := csvText(context.Background(), strings.NewReader(text), &b, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func csvOptions(marks ...Mark) Options {
	return Options{HeaderRow: 1, LastColumn: 2, Headers: []string{"Banco", "Cuenta", "Importe"}, Marks: slices.Values(marks)}
}

const (
	clabeText = "Fault: Cuenta (column B) has 17 digits. Right would be: a CLABE of 18 digits. Suggestion: 012180001183597190"
	rowText   = "Warning: Is the same payout as row 2."
)

var (
	clabe = Mark{Row: 2, Column: 1, Problem: "has 17 digits", Want: "a CLABE of 18 digits", Suggest: "012180001183597190"}
	again = Mark{Row: 4, Column: -1, Problem: "is the same payout as row 2", Warning: true}
)

func TestCSVGetsAColumnOfFaults(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		options func(o *Options)
		text    string
		want    string
	}{
		"plain": {
			nil,
			"Banco,Cuenta,Importe\r\nBBVA,1,2\r\nBBVA,\"1\",2\r\nBBVA,1,2\r\n",
			"Banco,Cuenta,Importe,bulkpay faults\r\nBBVA,1,2," + clabeText + "\r\nBBVA,\"1\",2\r\nBBVA,1,2," + rowText + "\r\n",
		},
		"bytes of other cells stay": {
			nil,
			"\xef\xbb\xbf\"Banco\", Cuenta ,\"Im\"\"porte\"\n  BBVA, 1\xff,\"2\nx\"\nA,\"B,C\" ,x\"y\"\nlast,1,2",
			"\xef\xbb\xbf\"Banco\", Cuenta ,\"Im\"\"porte\",bulkpay faults\n  BBVA, 1\xff,\"2\nx\"," + clabeText +
				"\nA,\"B,C\" ,x\"y\"," + rowText + "\nlast,1,2",
		},
		"short, long and empty rows": {
			nil,
			"Banco,Cuenta,Importe\nBBVA\n\nBBVA,1,500,00\n,,\n",
			"Banco,Cuenta,Importe,bulkpay faults\nBBVA,,," + clabeText + "\n\nBBVA,1,500,00," + rowText + "\n,,\n",
		},
		"empty header cells": {
			nil,
			"Banco,Cuenta,Importe,,\nBBVA,1,2,,\n",
			"Banco,Cuenta,Importe,,,bulkpay faults\nBBVA,1,2,,," + clabeText + "\n",
		},
		"title": {
			func(o *Options) {
				o.HeaderRow = 3
				o.Marks = slices.Values([]Mark{{Row: 4, Column: 0, Problem: "is missing"}})
			},
			"Nómina\n\nBanco,Cuenta,Importe\n,1,2\n",
			"Nómina\n\nBanco,Cuenta,Importe,bulkpay faults\n,1,2,Fault: Banco (column A) is missing.\n",
		},
		"carriage returns": {
			nil,
			"Banco,Cuenta,Importe\rBBVA,1,\"2\r3\"\rBBVA,1,2\r",
			"Banco,Cuenta,Importe,bulkpay faults\rBBVA,1,\"2\r3\"," + clabeText + "\rBBVA,1,2," + rowText + "\r",
		},
		"line ends of every kind": {
			nil,
			"Banco,Cuenta,Importe\r\nBBVA,\"1\r\",2\nBBVA,1,\"2\r\n\"\r",
			"Banco,Cuenta,Importe,bulkpay faults\r\nBBVA,\"1\r\",2," + clabeText + "\nBBVA,1,\"2\r\n\"," + rowText + "\r",
		},
		"texts as formulas": {
			nil,
			"Banco,Cuenta,Importe\nBBVA,=\"1,\"\"2\",2\n=,=1,\"=\"\n",
			"Banco,Cuenta,Importe,bulkpay faults\nBBVA,=\"1,\"\"2\",2," + clabeText + "\n=,=1,\"=\"\n",
		},
		"semicolons and quotation": {
			func(o *Options) {
				o.Delimiter = ';'
				o.Marks = slices.Values([]Mark{
					{Row: 2, Column: 1, Problem: `is "odd"; =1+1`, Want: "x"},
					{Row: 2, Column: 9, Problem: "is\nmissing", Warning: true},
				})
			},
			"Banco;Cuenta;Importe\nBBVA;1;2,5\n",
			"Banco;Cuenta;Importe;bulkpay faults\nBBVA;1;2,5;" +
				`"Fault: Cuenta (column B) is ""odd"";' =1+1. Right would be: x. / Warning: Column J is missing."` + "\n",
		},
		"marks without a row": {
			func(o *Options) {
				o.Marks = slices.Values([]Mark{{Column: -1, Problem: "a"}, {Row: 1, Problem: "b"}, {Row: 3, Problem: "c"}, {Row: 9, Problem: "d"}})
			},
			"Banco,Cuenta,Importe\n\"BB\nVA\",1,2\n",
			"Banco,Cuenta,Importe,bulkpay faults\n\"BB\nVA\",1,2,Fault: Banco (column A) c.\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := csvOptions(clabe, again)
			if test.options != nil {
				test.options(&o)
			}
			if got := csvMarked(t, test.text, o); got != test.want {
				t.Errorf("\n%q, want\n%q", got, test.want)
			}
		})
	}
}

func TestCSVKeepsItsEncoding(t *testing.T) {
	t.Parallel()
	const text, want = "名前|é|Importe\r\n山田|1|2\r\n", "名前|é|Importe|bulkpay faults\r\n山田|1|2|Fault: é (column B) is “odd”. Suggestion: 田x\r\n"
	o := Options{HeaderRow: 1, LastColumn: 2, Delimiter: '|', Headers: []string{"", "é"}}
	for name, test := range map[string]struct {
		option string
		encode func(string) string
	}{
		"utf-8": {"utf-8", func(s string) string { return s }},
		"mark":  {"", func(s string) string { return "\ufeff" + s }},
		"utf-16le": {"UTF-16LE", func(s string) string {
			return must(unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewEncoder().String(s))
		}},
		"utf-16be": {"utf-16be", func(s string) string {
			return must(unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM).NewEncoder().String(s))
		}},
		"16 and mark": {"", func(s string) string {
			return must(unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(s))
		}},
		"gb18030": {"GB18030", func(s string) string { return must(simplifiedchinese.GB18030.NewEncoder().String(s)) }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := o
			o.Encoding = test.option
			o.Marks = slices.Values([]Mark{{Row: 2, Column: 1, Problem: "is “odd”", Suggest: "田x"}})
			if got := csvMarked(t, test.encode(text), o); got != test.encode(want) {
				t.Errorf("%q, want %q", got, test.encode(want))
			}
		})
	}
	t.Run("windows-1252 has no kanji", func(t *testing.T) {
		t.Parallel()
		o := o
		o.Encoding = "Windows-1252"
		o.Marks = slices.Values([]Mark{{Row: 2, Column: 1, Problem: "is “odd”", Suggest: "田x"}})
		latin := func(s string) string { return must(charmap.Windows1252.NewEncoder().String(s)) }
		got := csvMarked(t, latin("ñ|é|Importe\r\n€|1|2\r\n")+"\x81|\x8d|", o)
		want := latin("ñ|é|Importe|bulkpay faults\r\n€|1|2|Fault: é (column B) is “odd”. Suggestion: ?x\r\n") + "\x81|\x8d|"
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	})
	// The second byte of a GB18030 character may be that of a bar.
	t.Run("a bar that is none", func(t *testing.T) {
		t.Parallel()
		o := o
		o.Encoding, o.Append, o.Values = "gb18030", []Column{{"status", "B", 0}}, func(int) []string { return []string{"ok"} }
		if got, want := csvMarked(t, "a|b|c\n\x81|x|y|z\n", o), "a|b|c\n\x81|x|ok|z\n"; got != want {
			t.Errorf("%q, want %q", got, want)
		}
	})
	if err := csvText(context.Background(), strings.NewReader(""), &bytes.Buffer{}, Options{Encoding: "ebcdic"}); err == nil {
		t.Error("EBCDIC is accepted")
	}
}

func TestCSVGetsWhatBecameOfItsRows(t *testing.T) {
	t.Parallel()
	o := csvOptions()
	o.Marks, o.Append = nil, outcome
	o.Values = func(row int) []string {
		if row == 3 {
			return nil
		}
		return []string{"BP1", "000123", "failed", "=1+1"}
	}
	const first = "Banco,Cuenta,Importe,tradeNo,platFormTradeNo,status,reason\nBBVA,1,2,BP1,'000123,failed,'=1+1\nnota\n"
	if got := csvMarked(t, "Banco,Cuenta,Importe\nBBVA,1,2\nnota\n", o); got != first {
		t.Errorf("%q, want %q", got, first)
	}
	// Handed back again: written over, and the last cell of a short row added.
	o.LastColumn = 6
	o.Append = []Column{{"tradeNo", "D", 0}, {"platFormTradeNo", "E", 0}, {"status", "F", 0}, {"reason", "G", 0}}
	o.Values = func(int) []string { return []string{"BP1", "", "succeeded", ""} }
	want := "Banco,Cuenta,Importe,tradeNo,platFormTradeNo,status,reason\nBBVA,1,2,BP1,,succeeded,\nnota,,,BP1,,succeeded\n"
	if got := csvMarked(t, first, o); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// A column of faults from an earlier copy is made anew, and nothing a person
// has written is lost where a delimiter has pushed cells into it.
func TestCSVFaultsOfAnEarlierCopy(t *testing.T) {
	t.Parallel()
	const head = "Banco,Cuenta,Importe,bulkpay faults\n"
	for name, test := range map[string]struct{ text, want string }{
		"repaired":          {"BBVA,12,2,Fault: Cuenta (column B) has 17 digits.\n", "BBVA,12,2,\n"},
		"quoted":            {"BBVA,12,2,\"Fault: a, b\"\n", "BBVA,12,2,\n"},
		"never written":     {"BBVA,12,2\n", "BBVA,12,2\n"},
		"moved":             {"BBVA,12,2,5,Fault: x\n", "BBVA,12,2,5,\n"},
		"pushed into it":    {"BBVA,12,2,5\n", "BBVA,12,2,5\n"},
		"still wrong":       {"BBVA,1,2,Fault: x\n", "BBVA,1,2," + clabeText + "\n"},
		"wrong now":         {"BBVA,1,2\n", "BBVA,1,2," + clabeText + "\n"},
		"wrong and pushed":  {"BBVA,1,2,5\n", "BBVA,1,2,5," + clabeText + "\n"},
		"wrong and moved":   {"BBVA,1,2,5,Fault: x\n", "BBVA,1,2,5," + clabeText + "\n"},
		"wrong and too far": {"BBVA,1,2,5,6\n", "BBVA,1,2,5,6," + clabeText + "\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := csvOptions()
			if strings.Contains(test.want, "17") {
				o = csvOptions(clabe)
			}
			o.LastColumn, o.FaultsLetter = 3, "D"
			if got := csvMarked(t, head+test.text, o); got != head+test.want {
				t.Errorf("%q, want %q", got, head+test.want)
			}
		})
	}
}

func TestCSVIsTheSameAgain(t *testing.T) {
	t.Parallel()
	text := "Banco,Cuenta,Importe\r\nBBVA,1,2\r\nBBVA,\"1\r\n\",2\r\nBBVA,1,2\r\n"
	once := csvMarked(t, text, csvOptions(clabe, again))
	o := csvOptions(clabe, again)
	o.LastColumn, o.FaultsLetter = 3, "D"
	if twice := csvMarked(t, once, o); twice != once {
		t.Errorf("%q, want %q", twice, once)
	}
	o = csvOptions()
	o.LastColumn, o.FaultsLetter = 3, "D"
	want := "Banco,Cuenta,Importe,bulkpay faults\r\nBBVA,1,2,\r\nBBVA,\"1\r\n\",2,\r\nBBVA,1,2\r\n"
	if clean := csvMarked(t, once, o); clean != want {
		t.Errorf("%q, want %q", clean, want)
	}
}

// A quotation mark that is never closed swallows the rest, which is kept.
func TestCSVWithAnOpenQuotationMark(t *testing.T) {
	t.Parallel()
	text := "Banco,Cuenta,Importe\nBBVA,\"1,2\n" + strings.Repeat("BBVA,1,2\n", 1_000_000)
	got := csvMarked(t, text, csvOptions(clabe))
	if want := strings.Replace(text, "\n", ",bulkpay faults\n", 1); got != want {
		t.Errorf("%d bytes became %d", len(want), len(got))
	}
}

func TestCSVOptions(t *testing.T) {
	t.Parallel()
	for _, o := range []Options{
		{Delimiter: 'é'},
		{Delimiter: '"'},
		{Append: []Column{{Letter: "A1"}}},
		{Append: []Column{{Letter: "A"}, {Letter: "A"}}},
		{FaultsLetter: "?", Marks: slices.Values([]Mark{})},
	} {
		if err := csvText(context.Background(), strings.NewReader("a\n"), &bytes.Buffer{}, o); err == nil {
			t.Errorf("accepted: %+v", o)
		}
	}
}
