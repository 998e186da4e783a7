package handback

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// testdata/libreoffice.xlsx is salaries(12), saved by LibreOffice;
// testdata/libreoffice-marked.xlsx is that with someMarks, saved by it again.
// They are made anew with HANDBACK_FIXTURES=1 and soffice in between, see
// the end of this file.
func fixture(t testing.TB, name string) []byte {
	t.Helper()
	book, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return book
}

func TestWorkbookOfLibreOffice(t *testing.T) {
	t.Parallel()
	book := fixture(t, "libreoffice.xlsx")
	got := mark(t, book, salariesOptions(someMarks...))
	sameBut(t, book, got, markedCells...)
	f := opened(t, got)
	for _, cell := range markedCells {
		want := faultFill[2:]
		if cell == "B5" {
			want = warningFill[2:]
		}
		if is := fillOf(t, f, cell); is != want {
			t.Errorf("%s is filled %q, want %q", cell, is, want)
		}
	}
	if diff := cmp.Diff(wantComments, commentsOf(f)); diff != "" {
		t.Error(diff)
	}
	clean := mark(t, got, salariesOptions())
	sameBut(t, book, clean)
	lines := func(book []byte) []string {
		// F7 was not there, and is empty now.
		return strings.SplitAfter(strings.Replace(sheetXML(t, book), `<c r="F7" s="0"/>`, "", 1), ">")
	}
	if diff := cmp.Diff(lines(book), lines(clean)); diff != "" {
		t.Errorf("the worksheet is not what it was:\n%s", diff)
	}
}

// Marked, then saved by LibreOffice, which numbers styles anew, forgets who
// wrote a comment and cuts texts in other places.
func TestMarksSurviveLibreOffice(t *testing.T) {
	t.Parallel()
	book, marked := fixture(t, "libreoffice.xlsx"), fixture(t, "libreoffice-marked.xlsx")
	if is := fillOf(t, opened(t, marked), "C4"); is != faultFill[2:] {
		t.Fatalf("the fixture is not marked: %q", is)
	}
	clean := mark(t, marked, salariesOptions())
	sameBut(t, marked, clean, markedCells...)
	before, f := opened(t, book), opened(t, clean)
	for _, cell := range markedCells {
		was, is := lookOf(before, sheetName, cell), lookOf(f, sheetName, cell)
		// These two it writes in one way for a plain cell and in another for
		// one on a named style; they mean the same.
		was.Style.Alignment, is.Style.Alignment, was.Style.Protection, is.Style.Protection = nil, nil, nil, nil
		if diff := cmp.Diff(was, is); diff != "" && cell != "F7" { // which was not there
			t.Errorf("%s: %s", cell, diff)
		}
	}
	if diff := cmp.Diff(map[string]string{"B5": "ask her"}, commentsOf(f)); diff != "" {
		t.Error(diff)
	}
	if n := strings.Count(parts(t, clean)["xl/drawings/vmlDrawing1.vml"], `ObjectType="Note"`); n != 1 {
		t.Errorf("%d boxes of comments", n)
	}
	if is := len(f.GetSheetList()); is != 3 {
		t.Errorf("%d worksheets", is)
	}
	again := opened(t, mark(t, marked, salariesOptions(someMarks...)))
	want := wantComments
	if diff := cmp.Diff(want, commentsOf(again)); diff != "" {
		t.Error(diff)
	}
}

// A program that knows no named styles leaves the colours, and the name of the
// list says that they are ours.
func TestMarksWithoutNamedStyles(t *testing.T) {
	t.Parallel()
	all := parts(t, mark(t, salaries(t, 12), salariesOptions(someMarks...)))
	styles := all["xl/styles.xml"]
	from, to := strings.Index(styles, "<cellStyles"), strings.Index(styles, "</cellStyles>")
	all["xl/styles.xml"] = styles[:from] + styles[to+len("</cellStyles>"):]
	clean := opened(t, mark(t, zipped(all), salariesOptions()))
	for _, cell := range markedCells {
		if is := fillOf(t, clean, cell); is != "" {
			t.Errorf("%s is filled %q", cell, is)
		}
	}
}

// TestFixtures writes what soffice --convert-to xlsx has to save:
//
//	HANDBACK_FIXTURES=plain go test -run Fixtures .    && soffice … → testdata/libreoffice.xlsx
//	HANDBACK_FIXTURES=marked go test -run Fixtures .   && soffice … → testdata/libreoffice-marked.xlsx
func TestFixtures(t *testing.T) {
	var book []byte
	name := "libreoffice.xlsx"
	switch os.Getenv("HANDBACK_FIXTURES") {
	case "plain":
		book = salaries(t, 12)
	case "marked":
		book = mark(t, fixture(t, name), salariesOptions(someMarks...))
		name = "libreoffice-marked.xlsx"
	default:
		t.Skip("only to make the fixtures anew")
	}
	if bytes.Equal(book, nil) {
		t.Fatal("nothing to write")
	}
	if err := os.WriteFile(filepath.Join("testdata", name), book, 0o600); err != nil {
		t.Fatal(err)
	}
}
