package main

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
)

// looksHarmless gives a command line as if piped, as if a person watched, and
// for a program, and looks at every byte it prints.
func looksHarmless(t *testing.T, tr trial, args []string) {
	t.Helper()
	where := strings.Join(args[:min(2, len(args))], " ")
	piped, watched := call(t, tr.with(args...)...), onTerminal(t, tr.with(args...)...)
	asked := call(t, tr.with(append(slices.Clone(args), "--json")...)...)
	streamIsHarmless(t, where+" (errors)", piped.err+watched.err)
	streamIsHarmless(t, where+" (JSON)", asked.out+asked.err)
	if asked.out != "" {
		onlyJSON(t, where, asked.out)
	}
	switch {
	case !printsData(args):
		streamIsHarmless(t, where, piped.out+watched.out)
		return
	case args[0] == "pain002":
		wellFormed(t, where, []byte(piped.out))
	case textual(args):
		streamIsHarmless(t, where, piped.out)
	default:
		noFormula(t, where, []byte(piped.out))
	}
	commandsIn(t, where, watched.out) // as it is looked at; its cells may have lines
}

// printsData tells of commands that print a file for programs.
func printsData(args []string) bool {
	return args[0] == "export" || args[0] == "journal" || args[0] == "pain002" || args[0] == "mapping"
}

// ours are the escapes that we colour and draw progress with.
var ours = strings.NewReplacer("\x1b[1;31m", "", "\x1b[1;32m", "", "\x1b[1;33m", "", "\x1b[33m", "", "\x1b[32m", "", "\x1b[31m", "", "\x1b[34m", "", "\x1b[90m", "", "\x1b[36m", "", "\x1b[35m", "", "\x1b[2m", "", "\x1b[0m", "", "\x1b[K", "", "\x1b[?25l", "", "\x1b[?25h", "")

// textual tells of a journal in plain text accounting, which is no table.
func textual(args []string) bool {
	return slices.Contains(args, "hledger") || slices.Contains(args, "beancount")
}

func streamIsHarmless(t *testing.T, where, text string) {
	t.Helper()
	text = ours.Replace(text)
	if !utf8.ValidString(text) {
		t.Errorf("%s: not UTF-8", where)
	}
	for line := range strings.Lines(text) {
		bare := strings.TrimRight(line, "\r\n")
		if at := strings.IndexFunc(bare, commanding); at >= 0 {
			t.Errorf("%s: a character that commands: %q", where, bare)
		}
		if strings.HasPrefix(strings.TrimSpace(bare), forged) && !strings.HasPrefix(bare, "    ") {
			t.Errorf("%s: a stranger's line: %q", where, bare)
		}
	}
}

// commandsIn finds what commands in a text of several lines.
func commandsIn(t *testing.T, where, text string) {
	t.Helper()
	text = strings.ReplaceAll(text, "\r\n", "\n")
	if at := strings.IndexFunc(text, func(r rune) bool { return commanding(r) && r != '\n' }); at >= 0 || !utf8.ValidString(text) {
		t.Errorf("%s: a character that commands, at %d", where, at)
	}
}

// commanding characters move cursors, or turn what follows around.
func commanding(r rune) bool {
	return r < ' ' && r != '\t' || r >= 0x7F && r <= 0x9F || r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069
}

// onlyJSON wants one JSON value after the other and nothing else.
func onlyJSON(t *testing.T, where, text string) {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(text))
	for {
		var value any
		err := decoder.Decode(&value)
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Errorf("%s: %v", where, err)
			return
		}
	}
}

// fileIsHarmless looks at a file as the program that it is for would.
func fileIsHarmless(t *testing.T, name string, content []byte) {
	t.Helper()
	switch ext := filepath.Ext(name); {
	case handedBack.MatchString(name):
		noFormulaOfOurs(t, name, content)
	case ext == ".csv" || strings.HasPrefix(name, "journal-csv") || strings.HasPrefix(name, "journal-quick") || strings.HasPrefix(name, "journal-xero") || strings.HasPrefix(name, "journal-odoo"):
		noFormula(t, name, content)
	case ext == ".xlsx":
		noStrangersFormula(t, name, content)
	case ext == ".json" || ext == ".jsonl":
		onlyJSON(t, name, string(content))
	case ext == ".xml":
		wellFormed(t, name, content)
	case ext == ".html":
		nothingRuns(t, name, string(content))
	case ext == ".txt":
		streamIsHarmless(t, name, string(content))
	case ext == ".zip":
		membersAreHarmless(t, name, content)
	}
}

func membersAreHarmless(t *testing.T, name string, content []byte) {
	t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(name, err)
	}
	for _, member := range archive.File {
		if strings.IndexFunc(member.Name, commanding) >= 0 || strings.ContainsAny(member.Name, "\\\n:*?\"<>|") || strings.Contains(member.Name, "..") {
			t.Errorf("%s: member %q", name, member.Name)
		}
		if strings.HasPrefix(member.Name, "source/") {
			continue // the person's own file, byte for byte
		}
		file, err := member.Open()
		if err != nil {
			t.Fatal(err)
		}
		inside, err := io.ReadAll(file)
		if err != nil {
			t.Fatal(err)
		}
		fileIsHarmless(t, filepath.Base(member.Name), inside)
	}
}

// noFormula reads a CSV as spreadsheets do, parted by commas and by
// semicolons. Amounts may be less than zero.
func noFormula(t *testing.T, where string, content []byte) {
	t.Helper()
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(content, []byte("\uFEFF"))))
	r.FieldsPerRecord = -1
	records, err := r.ReadAll()
	if err != nil {
		t.Errorf("%s: %v", where, err)
	}
	for _, record := range records {
		for _, cell := range record {
			for part := range strings.FieldsFuncSeq(cell, func(r rune) bool { return strings.ContainsRune(";\t\r\n", r) }) {
				if begins := strings.TrimLeft(part, " \"\u200b\ufeff"); begins != "" && strings.ContainsRune("=+-@＝＋－＠", []rune(begins)[0]) && !isAmount(part) {
					t.Errorf("%s: %q in %q is a formula", where, part, cell)
				}
			}
		}
	}
}

// noFormulaOfOurs looks at a person's own sheet: its cells are as they were,
// and what was added to it is no formula.
func noFormulaOfOurs(t *testing.T, where string, content []byte) {
	t.Helper()
	records, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(content, []byte("\uFEFF")))).ReadAll()
	if err != nil {
		t.Fatal(where, err)
	}
	const own = 7 // columns of the sheet
	for i, record := range records {
		if i > 0 && strings.HasPrefix(records[0][own-1], "=extra") && record[5] != strings.ReplaceAll(sheetText(hostileTexts[i-1]), "\r\n", "\n") {
			t.Errorf("%s: %q became %q", where, hostileTexts[i-1], record[5])
		}
		for _, cell := range record[own:] {
			if strings.ContainsAny(cell[:min(1, len(cell))], "=+-@\t\r") {
				t.Errorf("%s: %q was added", where, cell)
			}
		}
	}
}

func isAmount(text string) bool { return strings.Trim(text, "-0123456789.") == "" || text == "-" }

// noStrangersFormula wants every formula of a workbook to be one of ours.
func noStrangersFormula(t *testing.T, where string, content []byte) {
	t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(where, err)
	}
	for _, part := range archive.File {
		file, err := part.Open()
		if err != nil {
			t.Fatal(err)
		}
		inside, err := io.ReadAll(file)
		if err != nil {
			t.Fatal(err)
		}
		wellFormed(t, where+": "+part.Name, inside)
		for _, piece := range strings.Split(string(inside), "<f>")[1:] {
			if formula, _, _ := strings.Cut(piece, "</f>"); strings.ContainsAny(formula, "|") || strings.Contains(formula, "HYPERLINK") || strings.Contains(formula, "cmd") {
				t.Errorf("%s: %s: formula %q", where, part.Name, formula)
			}
		}
	}
	book, err := excelize.OpenReader(bytes.NewReader(content))
	if err != nil {
		t.Fatal(where, err)
	}
	if err := book.Close(); err != nil {
		t.Fatal(err)
	}
}

func wellFormed(t *testing.T, where string, content []byte) {
	t.Helper()
	for d := xml.NewDecoder(bytes.NewReader(content)); ; {
		_, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Errorf("%s: %v", where, err)
			return
		}
	}
}

// nothingRuns reads a page, in which nothing may run, be fetched or be turned
// around.
func nothingRuns(t *testing.T, where, page string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(page))
	d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(where, err)
		}
		e, _ := token.(xml.StartElement)
		if slices.Contains([]string{"script", "img", "iframe", "object", "link", "form"}, e.Name.Local) {
			t.Errorf("%s: <%s>", where, e.Name.Local)
		}
		for _, attribute := range e.Attr {
			if name := attribute.Name.Local; strings.HasPrefix(name, "on") || name == "style" || name == "src" || name == "href" && !strings.HasPrefix(attribute.Value, "#") {
				t.Errorf("%s: <%s %s>", where, e.Name.Local, name)
			}
		}
	}
	if at := strings.IndexFunc(page, func(r rune) bool { return commanding(r) && r != '\n' && r != '\r' }); at >= 0 {
		t.Errorf("%s: a character that commands: %q", where, page[max(0, at-20):at+20])
	}
}
