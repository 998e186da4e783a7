package report

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/bulkpay/bulkpay/internal/neutral"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestGoldenFiles(t *testing.T) {
	t.Parallel()
	paths := write(t, sample())
	for _, format := range []string{"csv", "json", "html"} {
		golden(t, "sample."+format+".golden", read(t, paths[format]))
	}
}

func TestGoldenText(t *testing.T) {
	t.Parallel()
	untied := sample()
	batch := &untied.Batches[0].Summary.Batch
	batch.Rows++
	batch.Sum = plus(batch.Sum, pesos(200_00))
	var plain, colour bytes.Buffer
	if err := WriteText(&plain, sample(), TextOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := WriteText(&colour, untied, TextOptions{Color: true}); err != nil {
		t.Fatal(err)
	}
	golden(t, "sample.text.golden", plain.Bytes())
	golden(t, "untied.text.golden", colour.Bytes())
	if bytes.ContainsRune(plain.Bytes(), '\x1b') {
		t.Error("colour that was not asked for")
	}
	for line := range strings.Lines(plain.String()) {
		if n := len([]rune(strings.TrimSpace(line))); n > textWidth {
			t.Errorf("line of %d: %s", n, line)
		}
	}
}

func TestEveryFormSaysNotTied(t *testing.T) {
	t.Parallel()
	s := sample()
	s.Batches[0].Summary.Batch.Sum = plus(s.Batches[0].Summary.Batch.Sum, pesos(1))
	paths := write(t, s)
	const off = "0.01 MXN of the sheet in no bucket"
	for _, format := range []string{"csv", "json", "html"} {
		text := string(read(t, paths[format]))
		if !strings.Contains(text, off) || format != "json" && !strings.Contains(text, "NOT TIED") {
			t.Errorf("%s does not say that it is not tied", format)
		}
		if format == "json" && !strings.Contains(text, `"tied": false`) {
			t.Error("json says tied")
		}
	}
	book := open(t, paths["xlsx"])
	if found, err := book.SearchSheet(string(summarySheet), "NOT TIED"); err != nil || len(found) != 2 { // among the equations, and under the tie-out
		t.Errorf("workbook: %v, %v", found, err)
	}
}

func TestTheSameSourceGivesTheSameBytes(t *testing.T) {
	if testing.Short() {
		t.Skip("one goroutine, and long under the race detector")
	}
	t.Parallel()
	for _, s := range []Source{sample(), hostileSource()} {
		first := write(t, s)
		// Several times, because the order of a map is sometimes the same.
		for range 5 {
			for format, path := range write(t, s) {
				if !bytes.Equal(read(t, first[format]), read(t, path)) {
					t.Errorf("%s differs from one time to the next", format)
				}
			}
		}
	}
}

func TestAnEmptyBatch(t *testing.T) {
	t.Parallel()
	paths := write(t, source(nil))
	if text := string(read(t, paths["html"])); !strings.Contains(text, "Nothing. Every row") {
		t.Error("page does not say that there is nothing to look at")
	}
	var d Document
	if err := json.Unmarshal(read(t, paths["json"]), &d); err != nil || !d.Tied || d.Rows == nil {
		t.Errorf("%+v, %v", d, err)
	}
}

func TestJSONReadsBackIntact(t *testing.T) {
	t.Parallel()
	var d Document
	decoder := json.NewDecoder(bytes.NewReader(read(t, write(t, hostileSource())["json"])))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&d); err != nil {
		t.Fatal(err)
	}
	if len(d.Rows) != len(hostile)+1 {
		t.Fatalf("%d rows", len(d.Rows))
	}
	for i, want := range hostile {
		want = strings.ToValidUTF8(want, "\uFFFD")
		if got := d.Rows[i]; got.Payee != want || got.Message != want {
			t.Errorf("row %d: %q, want %q", i, got.Payee, want)
		}
	}
}

func TestCSVReadsBackIntact(t *testing.T) {
	t.Parallel()
	file := read(t, write(t, hostileSource())["csv"])
	if !bytes.HasPrefix(file, []byte("\uFEFF")) {
		t.Error("no byte order mark")
	}
	reader := csv.NewReader(bytes.NewReader(file[3:]))
	reader.Comment = '#'
	records, err := reader.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(Columns(), records[0]); diff != "" {
		t.Fatal(diff)
	}
	if len(records) != len(hostile)+2 {
		t.Fatalf("%d records: the tie-out is not a comment", len(records))
	}
	payee := slices.Index(Columns(), "payee")
	for i, text := range hostile {
		// encoding/csv reads every CRLF as LF.
		want := strings.ReplaceAll(clean(text), "\r\n", "\n")
		cell := records[i+1][payee]
		if got := neutral.Restore(cell); got != want {
			t.Errorf("row %d: %q, want %q", i, got, want)
		}
		if strings.ContainsAny(cell[:1], "=+-@\t\r") {
			t.Errorf("row %d: %q is a formula", i, cell)
		}
	}
}

func TestThePageRunsNothing(t *testing.T) {
	t.Parallel()
	page := string(read(t, write(t, hostileSource())["html"]))
	for _, bad := range []string{"<script", "<img", " onerror=\"", " style=", " src=\"", " href=\"", "url(", "@import", "\u202e", "\x1b", "\x00"} {
		if strings.Contains(page, bad) {
			t.Errorf("page holds %q", bad)
		}
	}
	css, policy := style("")
	if !strings.Contains(page, "<style>"+css+"</style>") || !strings.Contains(page, policy) {
		t.Error("the policy is not that of the style sheet")
	}
	if !strings.Contains(page, "<bdi>"+hostile[len(hostile)-1]+"</bdi>") {
		t.Error("a long name is not whole")
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(string(read(t, path)), string(got)); diff != "" {
		t.Errorf("%s (-want +got), -update to accept:\n%s", name, diff)
	}
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
