package export

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"github.com/bulkpay/bulkpay/internal/neutral"
	"github.com/bulkpay/bulkpay/ledger"
)

var update = flag.Bool("update", false, "write the golden files anew")

// Programs of other people read the columns by name and by place.
func TestColumnsNeverChangeUnnoticed(t *testing.T) {
	t.Parallel()
	var got strings.Builder
	for _, what := range Whats() {
		got.WriteString(string(what) + ": " + strings.Join(Columns(Options{What: what, Evidence: true}), " ") + "\n")
	}
	path := filepath.Join("testdata", "columns.golden")
	if *update {
		must(t, os.WriteFile(path, []byte(got.String()), 0o600))
	}
	want, err := os.ReadFile(path)
	must(t, err)
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("the columns have changed (-want +got):\n%s", diff)
	}
}

// A bucket that an export forgets makes a batch that does not tie out.
func TestNoBucketIsForgotten(t *testing.T) {
	t.Parallel()
	counts, sums := new(BatchRow).buckets()
	for _, name := range ledger.Buckets() {
		if counts[name] == nil || sums[name] == nil {
			t.Errorf("%s has no column", name)
		}
	}
	if len(counts) != len(ledger.Buckets()) || len(sums) != len(counts) {
		t.Errorf("%d columns of counts, %d of sums, for %d buckets", len(counts), len(sums), len(ledger.Buckets()))
	}
}

func records(t *testing.T, text string) (header []string, rows [][]string) {
	t.Helper()
	all, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	must(t, err)
	return all[0], all[1:]
}

func cell(t *testing.T, header, row []string, name string) string {
	t.Helper()
	i := slices.Index(header, name)
	if i < 0 {
		t.Fatalf("no column %s in %v", name, header)
	}
	return row[i]
}

func TestCSVIsMaskedAndNeverAFormula(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	p := b.paid(b.batch(3))
	text := b.text(Options{What: Payouts, As: CSV})
	header, rows := records(t, text)
	if diff := cmp.Diff(Columns(Options{What: Payouts}), header); diff != "" || len(rows) != 3 {
		t.Errorf("%d rows, header %s", len(rows), diff)
	}
	for name, want := range map[string]string{
		"tradeNo": p.TradeNo, "amount": "100.50", "currency": "MXN", "account": "••••0002", "payee": "", "bank": "'00646",
		"platFormTradeNo": "'00029", "message": "'=1+1 to ••••0002", "state": "succeeded", "flagged": "false", "sends": "1",
		"createdAt": "2026-11-21T09:00:00.005Z", "finalAt": "2026-11-21T09:00:00.005Z", "row": "2",
	} {
		if got := cell(t, header, rows[0], name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if got := cell(t, header, rows[1], "finalAt"); got != "" {
		t.Errorf("what is not final became so at %q", got)
	}
	if strings.Contains(text, account(2)) || strings.Contains(text, "López") {
		t.Errorf("it has a person's data:\n%s", text)
	}
}

func TestUnmaskedHasItAll(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.paid(b.batch(1))
	header, rows := records(t, b.text(Options{What: Payouts, As: CSV, Unmasked: true}))
	if got := neutral.Restore(cell(t, header, rows[0], "account")) + cell(t, header, rows[0], "payee"); got != account(2)+payee(2) {
		t.Errorf("unmasked is %s", got)
	}
	var event EventRow
	text := b.text(Options{What: Events, As: JSONL, Unmasked: true, Evidence: true, Filter: ledger.Filter{Kinds: []string{"paid"}}})
	must(t, json.Unmarshal([]byte(text), &event))
	if event.Evidence != `{"acc":"`+account(2)+`","name":"`+payee(2)+`"}` || event.EvidenceForm != "text" {
		t.Errorf("the evidence is %q", event.Evidence)
	}
}

func TestJSONHasTextsExactly(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.paid(b.batch(3))
	lines := strings.Split(strings.TrimSuffix(b.text(Options{What: Payouts, As: JSONL}), "\n"), "\n")
	if len(lines) != 3 {
		t.Fatalf("%d lines", len(lines))
	}
	var row PayoutRow
	must(t, json.Unmarshal([]byte(lines[0]), &row))
	if row.Message != "=1+1 to ••••0002" || row.Bank != "00646" || row.PlatFormTradeNo != "00029" || row.Amount != "100.50" {
		t.Errorf("it has %+v", row)
	}
	for n, want := range map[int]int{0: 0, 1: 1, 3: 3} {
		var all []PayoutRow
		o := Options{What: Payouts, As: JSON, Limit: n}
		if n == 0 {
			o.Filter.States = []ledger.State{ledger.Held}
		}
		must(t, json.Unmarshal([]byte(b.text(o)), &all))
		if len(all) != want || all == nil {
			t.Errorf("the array has %d elements, want %d", len(all), want)
		}
	}
}

// Events name nobody, also where an answer repeats whom it paid.
func TestTheHistoryNamesNobody(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.paid(b.batch(2))
	for _, form := range []Form{CSV, JSONL} {
		text := b.text(Options{What: Events, As: form, Evidence: true})
		if strings.Contains(text, account(2)) || strings.Contains(text, payee(2)) || !strings.Contains(text, "••••0002") || !strings.Contains(text, "[…]") {
			t.Errorf("%s: %s", form, text)
		}
	}
	if text := b.text(Options{What: Events, As: JSONL}); strings.Contains(text, "acc") && strings.Contains(text, "••••") && strings.Contains(text, "evidence") {
		t.Errorf("evidence that nobody asked for: %s", text)
	}
}

func TestABatchTiesOut(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	batch := b.batch(3)
	b.paid(batch)
	var row BatchRow
	must(t, json.Unmarshal([]byte(b.text(Options{What: Batches, As: JSONL})), &row))
	if !row.Tied || row.Rows != 3 || row.Sum != "301.53" || row.Succeeded != 1 || row.SucceededSum != "100.50" ||
		row.Waiting != 2 || row.WaitingSum != "201.03" || row.Batch != batch.Code || row.Source != "=salaries.csv" {
		t.Errorf("it is %+v", row)
	}
}

func TestAWorkbookGoesOnInTheNextSheet(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	p := b.paid(b.batch(5))
	path := filepath.Join(t.TempDir(), "out.xlsx")
	done, err := File(t.Context(), b.Ledger, path, Options{What: Payouts, As: XLSX, sheetRows: 2})
	must(t, err)
	book, err := excelize.OpenFile(path)
	must(t, err)
	defer book.Close()
	if diff := cmp.Diff([]string{"payouts", "payouts 2", "payouts 3"}, book.GetSheetList()); diff != "" || done.Rows != 5 {
		t.Errorf("%d rows in the worksheets %s", done.Rows, diff)
	}
	var rows [][]string
	for _, name := range book.GetSheetList() {
		these, err := book.GetRows(name, excelize.Options{RawCellValue: true})
		must(t, err)
		if !slices.Equal(these[0], Columns(Options{What: Payouts})) {
			t.Errorf("%s begins with %v", name, these[0])
		}
		rows = append(rows, these[1:]...)
	}
	header := Columns(Options{What: Payouts})
	if len(rows) != 5 || cell(t, header, rows[0], "tradeNo") != p.TradeNo || cell(t, header, rows[0], "bank") != "00646" || cell(t, header, rows[0], "amount") != "100.5" {
		t.Errorf("the rows are %v", rows)
	}
	if kind, err := book.GetCellType("payouts", "K2"); err != nil || kind != excelize.CellTypeInlineString && kind != excelize.CellTypeSharedString {
		t.Errorf("a bank is a cell of type %v, %v", kind, err)
	}
	if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("others can read it: %v, %v", info.Mode(), err)
	}
}

func TestTheSameLedgerGivesTheSameBytes(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.paid(b.batch(3))
	for _, form := range []Form{CSV, JSONL, XLSX} {
		for _, what := range Whats() {
			if first, second := b.text(Options{What: what, As: form}), b.text(Options{What: what, As: form}); first != second || first == "" && what != Matches && what != Lines { // there are none
				t.Errorf("%s as %s differs", what, form)
			}
		}
	}
}

// slow is a reader who does something before taking the first byte.
type slow struct {
	text  strings.Builder
	first func()
}

func (s *slow) Write(p []byte) (int, error) {
	if s.first != nil {
		s.first()
		s.first = nil
	}
	return s.text.Write(p)
}

// A reader that takes an hour over an export must not keep the log from being
// emptied for that hour: nothing of the ledger is held while it reads.
func TestASlowReaderHoldsNothing(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.batch(50)
	before, _, err := b.Head(t.Context())
	must(t, err)
	asked := false
	w := &slow{first: func() {
		asked = true
		b.now = b.now.Add(1)
		b.batch(60) // somebody else goes on
		if busy := b.checkpoint(); busy {
			t.Error("the log cannot be emptied while somebody reads")
		}
	}}
	done, err := Stream(t.Context(), b.Ledger, w, Options{What: Payouts, As: CSV})
	must(t, err)
	if !asked || done.Rows != 50 || done.Seq != before || strings.Count(w.text.String(), "\n") != 51 {
		t.Errorf("%d rows up to event %d, want 50 and %d", done.Rows, done.Seq, before)
	}
}

var errBroken = errors.New("broken")

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errBroken }

func TestWhatCannotBeWrittenIsSaid(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.batch(2)
	if _, err := Stream(t.Context(), b.Ledger, broken{}, Options{What: Payouts, As: CSV}); !errors.Is(err, errBroken) {
		t.Errorf("error %v", err)
	}
	folder := t.TempDir()
	for name, o := range map[string]Options{"what": {What: "all", As: CSV}, "form": {What: Payouts, As: "pdf"}} {
		if _, err := File(t.Context(), b.Ledger, filepath.Join(folder, "x"), o); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := File(t.Context(), b.Ledger, filepath.Join(folder, "none", "x"), Options{What: Payouts, As: CSV}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %v", err)
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) != 0 {
		t.Errorf("left: %v, %v", left, err)
	}
}

// Every field is a column, or somebody would miss it in CSV only.
func TestEveryFieldHasAColumn(t *testing.T) {
	t.Parallel()
	for what, source := range sources {
		if got := Columns(Options{What: what, Evidence: true}); len(got) != source.shape.NumField() || slices.Contains(got, "") {
			t.Errorf("%s: columns %v for the fields of %v", what, got, source.shape)
		}
		row := reflect.New(source.shape)
		for _, c := range columnsOf(source.shape, Options{Evidence: true}) {
			if text := c.text(row.Elem()); text != "" && text != "0" && text != "false" {
				t.Errorf("%s: nothing is %q", c.name, text)
			}
		}
	}
}
