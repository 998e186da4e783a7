package report

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/bulkpay/bulkpay/internal/lang"
	"github.com/bulkpay/bulkpay/ledger"
)

func TestAnErrorMidwayLeavesTheOldReports(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	old := filepath.Join(folder, "report.csv")
	if err := os.WriteFile(old, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	broken := errors.New("broken")
	s := sample()
	lines := s.Batches[0].Lines
	s.Batches[0].Lines = func(ctx context.Context) iter.Seq2[ledger.Line, error] {
		return func(yield func(ledger.Line, error) bool) {
			n := 0
			for line, err := range lines(ctx) {
				if n++; n > 5 {
					yield(ledger.Line{}, broken)
					return
				}
				if !yield(line, err) {
					return
				}
			}
		}
	}
	_, err := Write(t.Context(), folder, "report", s, Options{})
	if !errors.Is(err, broken) {
		t.Fatalf("error %v", err)
	}
	wantOnly(t, folder, "report.csv")
	if string(read(t, old)) != "old" {
		t.Error("the old report is gone")
	}
}

func TestACancelledReportLeavesNothing(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	folder := t.TempDir()
	if _, err := Write(ctx, folder, "report", sample(), Options{}); !errors.Is(err, context.Canceled) {
		t.Fatalf("error %v", err)
	}
	wantOnly(t, folder)
}

func TestRowsThatContradictTheSummaryMakeNoReport(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*ledger.Summary){
		"count":  func(s *ledger.Summary) { s.Buckets[6].Count++ },
		"sum":    func(s *ledger.Summary) { s.Buckets[6].Sum = pesos(1) },
		"bucket": func(s *ledger.Summary) { s.Buckets = s.Buckets[:9] },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			folder, s := t.TempDir(), sample()
			spoil(&s.Batches[0].Summary)
			if _, err := Write(t.Context(), folder, "report", s, Options{}); !errors.Is(err, ErrChanged) {
				t.Fatalf("error %v", err)
			}
			wantOnly(t, folder)
		})
	}
}

func TestARowThatIsNotOneThingIsRefused(t *testing.T) {
	t.Parallel()
	p, invalid, known := payout(7, ledger.Succeeded, "Ana", 1), &ledger.InvalidRow{}, &ledger.KnownRow{}
	for _, line := range []ledger.Line{
		{}, {Payout: p, Invalid: invalid}, {Payout: p, Known: known}, {Invalid: invalid, Known: known}, {Payout: p, Invalid: invalid, Known: known},
	} {
		line.Row = 7
		s := sample()
		s.Batches[0].Lines = func(context.Context) iter.Seq2[ledger.Line, error] {
			return func(yield func(ledger.Line, error) bool) { yield(line, nil) }
		}
		if _, err := Write(t.Context(), t.TempDir(), "report", s, Options{}); err == nil || !strings.Contains(err.Error(), "row 7") {
			t.Errorf("%+v: error %v", line, err)
		}
	}
}

// A payout of an earlier batch is to look at only when the row says something
// else or counts on what failed; it is never called paid in this batch.
func TestKnownRows(t *testing.T) {
	t.Parallel()
	for _, state := range ledger.States() {
		for _, notes := range [][]string{nil, {"was edited"}} {
			e, err := entryOf(t, known(9, state, "Ana", 100, notes...))
			if err != nil {
				t.Fatal(err)
			}
			if look := state.CalledOff() || notes != nil; e.exception() != look || (e.Action != "") != look {
				t.Errorf("%s, notes %v: exception %v, action %q", state, notes, e.exception(), e.Action)
			}
			for _, want := range append([]string{"MX-20261021-4H2QX", "row 0", state.Bucket(), "nothing is paid for it here"}, notes...) {
				if !strings.Contains(e.Reason, want) {
					t.Errorf("%s: %q lacks %q", state, e.Reason, want)
				}
			}
			if e.Bucket != ledger.BucketKnown || e.State != ledger.BucketKnown || e.Account != "••••0009" {
				t.Errorf("%+v", e)
			}
		}
	}
	unread := known(9, ledger.Succeeded, "Ana", 100)
	unread.Known.Readable = false
	if e, err := entryOf(t, unread); err != nil || e.amount() != "" || !e.Amount.IsZero() {
		t.Errorf("%+v, %v", e, err)
	}
}

// What a person or a rule said is never put into the gateway's mouth.
func TestTheGatewayNeverSaysWhatAPersonSaid(t *testing.T) {
	t.Parallel()
	for reason, state := range map[string]ledger.State{
		ledger.ReasonSuspect: ledger.Held, ledger.ReasonReleased: ledger.Ready, ledger.ReasonWithdrawn: ledger.Cancelled,
	} {
		p := payout(2, state, "Ana", 100)
		p.Reason, p.Message = reason, "both are meant"
		e, err := entryOf(t, ledger.Line{Row: 2, Payout: p})
		if err != nil || e.Message != "" || !strings.HasSuffix(e.Reason, ": both are meant") {
			t.Errorf("%s: %+v, %v", reason, e, err)
		}
		if held := state == ledger.Held; strings.Contains(e.Action, "bulkpay release "+p.TradeNo) != held || strings.Contains(e.Action, "bulkpay cancel "+p.TradeNo) != held {
			t.Errorf("%s: action %q", reason, e.Action)
		}
	}
}

// What another payout stands in for is never to be paid again, whoever
// explains it.
func TestNobodyIsToldToPayWhatWasReplaced(t *testing.T) {
	t.Parallel()
	for name, explain := range map[string]func(ledger.Payout) Advice{
		"plain":     Explain,
		"sentences": func(ledger.Payout) Advice { return Advice{"Not paid.", "Pay it again.", ""} },
		"nothing":   func(ledger.Payout) Advice { return Advice{} },
	} {
		for _, state := range ledger.States() {
			for _, flagged := range []bool{false, true} {
				p := payout(2, state, "Ana", 100)
				p.Flagged = flagged
				before := explain(*p)
				if e, err := explainedEntry(ledger.Line{Row: 2, Payout: p}, explain); err != nil || e.Reason != before.Reason || e.Action != before.Action {
					t.Errorf("%s, %s, not replaced: %+v", name, state, e)
				}
				p.Replaces, p.ReplacedBy = "BP1", "BP2"
				e, err := explainedEntry(ledger.Line{Row: 2, Payout: p}, explain)
				if err != nil || !strings.Contains(e.Reason, "tands in for payout BP1") || !strings.Contains(e.Reason, "as replaced by payout BP2") ||
					!strings.HasPrefix(e.Reason, before.Reason) || !strings.Contains(e.Action, "o not pay it again: payout BP2 was made in its place") {
					t.Errorf("%s, %s: %q, %q", name, state, e.Reason, e.Action)
				}
				settled := state.CalledOff() && !flagged
				if again := before.Action != "" && strings.Contains(e.Action, before.Action); again == settled && before.Action != "" {
					t.Errorf("%s, %s, flagged %v: %q", name, state, flagged, e.Action)
				}
			}
		}
	}
}

func TestReportsAreForTheirUserAlone(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "new")
	files, err := Write(t.Context(), folder, "report", sample(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		info, err := os.Stat(file.Path)
		if err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", file.Path, info.Mode(), err)
		}
	}
	wantOnly(t, folder, "report.csv", "report.html", "report.json", "report.xlsx")
}

func TestTheNameIsAName(t *testing.T) {
	t.Parallel()
	for _, base := range []string{"", ".", "..", "a/b", "../a", "/a"} {
		if _, err := Write(t.Context(), t.TempDir(), base, sample(), Options{}); err == nil {
			t.Errorf("name %q was taken", base)
		}
	}
}

func TestTheCommandExplains(t *testing.T) {
	t.Parallel()
	files, err := Write(t.Context(), t.TempDir(), "report", sample(), Options{
		Explain: func(_ lang.Lang, _ ledger.Batch, p ledger.Payout) Advice {
			return Advice{"because of " + p.Code, "call them", "finance"}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if file.Format != "xlsx" && !strings.Contains(string(read(t, file.Path)), "because of 00029") {
			t.Errorf("%s has another reason", file.Format)
		}
	}
}

// Every state and bucket has its words and its colours.
func TestNoStateWithoutWords(t *testing.T) {
	t.Parallel()
	css, _ := style("")
	in := map[string]int{}
	for _, outcome := range outcomes {
		for _, name := range outcome.buckets {
			in[name]++
		}
	}
	for _, state := range ledger.States() {
		if Explain(ledger.Payout{State: state}).Reason == "" {
			t.Errorf("%s has no reason", state)
		}
	}
	for _, name := range ledger.Buckets() {
		if looks[name].strong == "" || !strings.Contains(css, "."+class(name)+"{") {
			t.Errorf("%s has no colour", name)
		}
		if in[name] != 1 {
			t.Errorf("%s is in %d outcomes", name, in[name])
		}
	}
}

// The rows are made as they are asked for, so what grows is the report's.
func TestMemoryDoesNotGrowWithTheBatch(t *testing.T) {
	if testing.Short() {
		t.Skip("writes 100,000 rows")
	}
	const rows, limit = 100_000, 64 << 20
	heap := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before, peak := heap(), uint64(0)
	s := many(rows, func(row int) {
		if row%20_000 == 0 {
			peak = max(peak, heap())
		}
	})
	paths := write(t, s)
	after := heap()
	t.Logf("heap before %d, peak %d, after %d KiB", before>>10, peak>>10, after>>10)
	if peak > before+limit {
		t.Errorf("heap grew by %d MiB", (peak-before)>>20)
	}
	page := read(t, paths["html"])
	if !strings.Contains(string(page), "The first 1,000 of 10,000 are shown") || !strings.Contains(string(page), "Too many for a page") {
		t.Error("the page does not say that it leaves rows out")
	}
	if len(page) > 4<<20 {
		t.Errorf("the page has %d bytes", len(page))
	}
}

// many is a batch of so many rows, one in ten failed. seen is called for each.
func many(rows int, seen func(row int)) Source {
	s := source(nil)
	sum := func(n int) ledger.Bucket { return ledger.Bucket{Count: n, Sum: pesos(int64(n) * 100_00)} }
	for i, bucket := range s.Batches[0].Summary.Buckets {
		switch bucket.Name {
		case ledger.BucketSucceeded:
			s.Batches[0].Summary.Buckets[i] = sum(rows - rows/10)
		case ledger.BucketFailed:
			s.Batches[0].Summary.Buckets[i] = sum(rows / 10)
		}
		s.Batches[0].Summary.Buckets[i].Name = bucket.Name
	}
	s.Batches[0].Summary.Batch.Rows, s.Batches[0].Summary.Batch.Sum = rows, sum(rows).Sum
	s.Batches[0].Lines = func(context.Context) iter.Seq2[ledger.Line, error] {
		return func(yield func(ledger.Line, error) bool) {
			for row := range rows {
				state := ledger.Succeeded
				if row%10 == 0 {
					state = ledger.Failed
				}
				seen(row)
				p := payout(row+2, state, fmt.Sprint("Payee ", row), 100_00)
				if !yield(ledger.Line{Row: row + 2, Payout: p}, nil) {
					return
				}
			}
		}
	}
	return s
}

func wantOnly(t *testing.T, folder string, names ...string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	var got []string
	for _, entry := range entries {
		got = append(got, entry.Name())
	}
	if strings.Join(got, " ") != strings.Join(names, " ") {
		t.Errorf("folder holds %v, want %v", got, names)
	}
}
