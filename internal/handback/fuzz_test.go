package handback

import (
	"archive/zip"
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func fuzzOptions() Options {
	return Options{
		HeaderRow: 3, LastColumn: 2, Headers: headers, Append: []Column{{Header: "status"}, {"reason", "B", 0}},
		Values: func(row int) []string { return []string{"x", ""}[:row%3%2+1] },
		Marks: slices.Values([]Mark{
			{Row: 1, Column: 1, Problem: "a"},
			{Row: 4, Column: -1, Problem: "b", Warning: true},
			{Row: 4, Column: 2, Problem: "c", Want: "d"},
			{Row: 5, Column: 1, Problem: "e"},
		}),
	}
}

// marked marks a workbook of any bytes. It is nil if they are refused.
func marked(t *testing.T, book []byte) []byte {
	var b bytes.Buffer
	err := workbook(context.Background(), bytes.NewReader(book), int64(len(book)), &b, fuzzOptions())
	if err != nil {
		var refusal *Refusal
		if !errors.As(err, &refusal) {
			t.Fatalf("the file is not blamed: %v", err)
		}
		return nil
	}
	r, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, file := range r.File {
		if seen[partKey(file.Name)] {
			t.Fatalf("part %q twice", file.Name)
		}
		seen[partKey(file.Name)] = true
	}
	return b.Bytes()
}

// Whatever the bytes: no panic, an error that says the file is to blame, or a
// zip that can be opened and marked again.
func FuzzWorkbook(f *testing.F) {
	f.Add(salaries(f, 4))
	f.Add(zipped(byHand(worksheet(`<sheetData><row r="1"><c r="A1" s="1"/></row></sheetData>`))))
	f.Add([]byte("PK\x05\x06" + strings.Repeat("\x00", 18)))
	f.Fuzz(func(t *testing.T, book []byte) {
		if once := marked(t, book); once != nil {
			marked(t, once)
		}
	})
}

// The same for each part that is rewritten, so that no check sum has to be
// guessed.
func FuzzParts(f *testing.F) {
	all := parts(f, mark(f, salaries(f, 4), salariesOptions(someMarks...)))
	names := []string{
		"xl/worksheets/sheet1.xml", "xl/styles.xml", "xl/comments1.xml", "xl/drawings/vmlDrawing1.vml", "xl/workbook.xml",
		"[Content_Types].xml", "xl/worksheets/_rels/sheet1.xml.rels",
	}
	for i, name := range names {
		if all[name] == "" {
			f.Fatal("no part ", name)
		}
		f.Add(uint8(i), all[name])
		f.Add(uint8(i), withPrefix(all[name]))
	}
	f.Fuzz(func(t *testing.T, part uint8, text string) {
		changed := map[string]string{}
		for name, old := range all {
			changed[name] = old
		}
		changed[names[int(part)%len(names)]] = text
		once := marked(t, zipped(changed))
		if once == nil {
			return
		}
		for name, old := range all {
			if strings.Contains(name, "theme") && parts(t, once)[name] != old {
				t.Fatal("another part has changed")
			}
		}
		marked(t, once)
	})
}

// sameRows holds the rows and their lines against encoding/csv, which reads
// the sheet. Where that finds a fault, nothing is compared from there on.
func sameRows(t *testing.T, text string, delimiter rune) {
	t.Helper()
	if !utf8.ValidString(text) || strings.Contains(text, `="`) {
		return
	}
	unified := []byte(text)
	for i := range unified {
		// A carriage return alone is a line end to whoever reads the sheet.
		if unified[i] == '\r' && (i+1 == len(text) || text[i+1] != '\n') {
			unified[i] = '\n'
		}
	}
	reader := csv.NewReader(bytes.NewReader(unified))
	reader.Comma, reader.FieldsPerRecord = delimiter, -1
	in := &recordReader{src: bufio.NewReader(strings.NewReader(text)), delimiter: byte(delimiter), line: 1}
	for {
		want, err := reader.Read()
		if err != nil && !errors.Is(err, io.EOF) {
			return
		}
		rec, got := in.read()
		for got == nil && len(rec.raw) == 0 {
			rec, got = in.read() // encoding/csv passes over empty lines
		}
		if err != nil {
			if !errors.Is(got, io.EOF) {
				t.Fatalf("a row in line %d that is not there", rec.first)
			}
			return
		}
		line, _ := reader.FieldPos(0)
		if got != nil || rec.first != line || len(rec.cells) != len(want) {
			t.Fatalf("line %d with %d cells is read as line %d with %d", line, len(want), rec.first, len(rec.cells))
		}
	}
}

// Whatever the text: a row is what it was, with cells of ours after it.
func FuzzCSV(f *testing.F) {
	f.Add("Banco,Cuenta,Importe\r\nBBVA,\"1\n\",2\r\n\r\nx", "", uint8(0))
	f.Add("\xff\xfeB\x00;\x00\n\x00", "utf-16le", uint8(1))
	f.Add("a|b\r\x81|\"|\r", "gb18030", uint8(3))
	f.Add("é\tb\n", "windows-1252", uint8(2))
	f.Add("a,b\r\"c\r\n\rd\",e\n\n\r\nf\n\"\"\n", "", uint8(0))
	f.Fuzz(func(t *testing.T, text, encoding string, delimiter uint8) {
		sameRows(t, strings.TrimPrefix(text, "\ufeff"), rune(",;\t|"[delimiter%4]))
		o := fuzzOptions()
		o.HeaderRow, o.Append, o.Encoding, o.Delimiter = 1, outcome, encoding, rune(",;\t|"[delimiter%4])
		s, skip, err := scriptOf(encoding, []byte(text))
		var b bytes.Buffer
		if got := csvText(context.Background(), strings.NewReader(text), &b, o); (got == nil) != (err == nil) {
			t.Fatalf("error %v, want %v", got, err)
		}
		if err != nil {
			return
		}
		got := b.Bytes()
		if !bytes.HasPrefix(got, []byte(text[:skip])) {
			t.Fatal("the byte order mark has gone")
		}
		got = got[skip:]
		in := &recordReader{script: s, src: bufio.NewReader(strings.NewReader(text[skip:])), delimiter: byte(o.Delimiter), line: 1}
		for {
			rec, err := in.read()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			rest, found := bytes.CutPrefix(got, rec.raw)
			if !found {
				t.Fatalf("the row of line %d has changed", rec.first)
			}
			at := 0
			if len(rec.end) > 0 {
				at = bytes.Index(rest, rec.end)
			} else {
				at = len(rest)
			}
			if at < 0 {
				t.Fatalf("the row of line %d does not end", rec.first)
			}
			got = rest[at+len(rec.end):]
		}
		if len(got) > 0 {
			t.Fatalf("%q at the end", got)
		}
		// Without anything to say the file is what it was.
		b.Reset()
		if err := csvText(context.Background(), strings.NewReader(text), &b, Options{Encoding: encoding}); err != nil || b.String() != text {
			t.Fatalf("%q became %q, %v", text, b.String(), err)
		}
	})
}
