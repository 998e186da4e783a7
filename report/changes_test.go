package report

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bulkpay/bulkpay/internal/lang"
	"github.com/bulkpay/bulkpay/ledger"
)

// texts are all forms of a report as text, the workbook as that of its
// summary.
func texts(t *testing.T, s Source) map[string]string {
	t.Helper()
	files, err := Write(t.Context(), t.TempDir(), "x", s, Options{})
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, file := range files {
		all[file.Format] = content(t, file)
	}
	var text strings.Builder
	if err := WriteText(&text, s, TextOptions{}); err != nil {
		t.Fatal(err)
	}
	all["text"] = strings.Join(strings.Fields(text.String()), " ")
	return all
}

func document(t *testing.T, text string) Document {
	t.Helper()
	var d Document
	if err := json.Unmarshal([]byte(text), &d); err != nil {
		t.Fatal(err)
	}
	return d
}

func TestEveryFormSaysWhyTheRunStopped(t *testing.T) {
	t.Parallel()
	const why = "the balance fell by more than was paid"
	for _, stopped := range []string{"", why, why + "."} {
		s := many(20, func(int) {})
		s.Batches[0].Summary.Stopped = stopped
		for format, text := range texts(t, s) {
			says := strings.Contains(text, why) && (format == "json" || strings.Contains(text, "STOPPED BY ITSELF"))
			if says != (stopped != "") || strings.Contains(text, "..") {
				t.Errorf("%s, stopped %q: says so: %v", format, stopped, says)
			}
		}
	}
}

// Whoever reads only the first line must read of what is worst.
func TestWhatIsWorstStandsFirst(t *testing.T) {
	t.Parallel()
	all := texts(t, sample())
	for format, before := range map[string]string{"text": "batch MX", "html": `<dl class="facts">`, "xlsx": "As of", "csv": "invalid | 2 rows"} {
		last := 0
		for _, loud := range []string{"STOPPED BY ITSELF", "REVERSED", "PAID AFTER ALL", before} {
			at := strings.Index(all[format], loud)
			if at <= last && loud != "STOPPED BY ITSELF" || at < 0 {
				t.Errorf("%s: %q at %d, after %d", format, loud, at, last)
			}
			last = at
		}
	}
}

func TestChangesInEveryForm(t *testing.T) {
	t.Parallel()
	since := noon.Add(-26 * time.Hour)
	move := ledger.Change{From: ledger.BucketInDoubt, To: ledger.BucketSucceeded, Count: 3, Sum: pesos(1_200_050)}
	for _, one := range []struct {
		name      string
		changes   ledger.Changes
		says      []string
		never     []string
		inJSON    *Changes
		hasHeader bool
	}{
		{"not known", ledger.Changes{}, nil, []string{"first report", "since the", "hange"}, nil, false},
		{"first", ledger.Changes{First: true}, []string{"first report of this batch"}, []string{"since the report"}, &Changes{First: true, Moved: []Move{}}, false},
		{
			"nothing",
			ledger.Changes{Since: since},
			[]string{"nothing since the report of 20 Nov 2026, 10:00:00 UTC"},
			[]string{"first report"},
			&Changes{Since: "2026-11-20T10:00:00Z", Moved: []Move{}}, false,
		},
		{
			"moved",
			ledger.Changes{Since: since, Moved: []ledger.Change{move}},
			[]string{"3 payouts since the report of 20 Nov 2026, 10:00:00 UTC", "12,000.50"},
			[]string{"REVERSED", "AFTER ALL"},
			&Changes{Since: "2026-11-20T10:00:00Z", Moved: []Move{{ledger.BucketInDoubt, ledger.BucketSucceeded, 3, "12000.50", ""}}}, true,
		},
	} {
		s := many(20, func(int) {})
		s.Batches[0].Changes = one.changes
		for format, text := range texts(t, s) {
			if format == "json" {
				if diff := cmp.Diff(one.inJSON, document(t, text).Batches[0].Changes); diff != "" {
					t.Errorf("%s: %s", one.name, diff)
				}
				continue
			}
			text = strings.ReplaceAll(text, "12000.5", "12,000.50") // a workbook's number
			for _, want := range one.says {
				if !strings.Contains(text, want) {
					t.Errorf("%s, %s: lacks %q", one.name, format, want)
				}
			}
			if format == "html" {
				_, text, _ = strings.Cut(text, "</style>")
			}
			for _, bad := range one.never {
				if strings.Contains(text, bad) {
					t.Errorf("%s, %s: says %q", one.name, format, bad)
				}
			}
			title := "hanged since the last report"
			if format == "csv" {
				title = "in doubt → succeeded | 3 rows | 12,000.50 MXN"
			}
			if strings.Contains(text, title) != one.hasHeader {
				t.Errorf("%s, %s: a table of changes: %v", one.name, format, !one.hasHeader)
			}
		}
	}
}

// The order of the moves is the report's own, so that the same moves give the
// same bytes in whatever order they come.
func TestMovesHaveOneOrder(t *testing.T) {
	t.Parallel()
	s := sample()
	first := texts(t, s)
	want := []string{"succeeded → reversed", "failed → succeeded", "waiting → succeeded", "in doubt → held", "in doubt → succeeded"}
	var got []string
	for _, move := range newPaper(s, Options{}).parts[0].moved {
		got = append(got, move.From+" → "+move.To)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	s.Batches[0].Changes.Moved = slices.Clone(s.Batches[0].Changes.Moved)
	slices.Reverse(s.Batches[0].Changes.Moved)
	given := slices.Clone(s.Batches[0].Changes.Moved)
	for format, text := range texts(t, s) {
		if text != first[format] {
			t.Errorf("%s depends on the order in which the moves come", format)
		}
	}
	if !slices.EqualFunc(given, s.Batches[0].Changes.Moved, func(a, b ledger.Change) bool { return a.From == b.From && a.To == b.To }) {
		t.Error("the caller's moves were put into another order")
	}
}

// Every move out of a final status is an alarm, and no other is.
func TestWhichMovesAreAlarming(t *testing.T) {
	t.Parallel()
	for _, from := range ledger.Buckets() {
		for _, to := range ledger.Buckets() {
			if from == to {
				continue
			}
			loud, says := contrary(ledger.Change{From: from, To: to, Count: 1, Sum: pesos(1)})
			want := ""
			switch {
			case to == "reversed":
				want = "REVERSED"
			case !slices.Contains([]string{"succeeded", "failed", "rejected", "cancelled", "reversed"}, from):
			case to == "succeeded":
				want = "PAID AFTER ALL"
			default:
				want = "NOT FINAL AFTER ALL"
			}
			if string(loud) != want || (says == "") != (want == "") {
				t.Errorf("%s → %s: %q, want %q", from, to, loud, want)
			}
		}
	}
	for _, state := range ledger.States() {
		if state.Final() != slices.Contains(final, state.Bucket()) {
			t.Errorf("%s: final differs from the ledger's", state)
		}
	}
}

func TestAge(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		-time.Hour: "under a minute", 0: "under a minute", 59 * time.Second: "under a minute", time.Minute: "1 minute",
		59*time.Minute + 59*time.Second: "59 minutes", time.Hour: "1 hour", 47*time.Hour + 59*time.Minute: "47 hours",
		48 * time.Hour: "2 days", 71 * time.Hour: "2 days", 1500 * 24 * time.Hour: "1,500 days",
	} {
		if got := lang.English.Age(d); got != want {
			t.Errorf("%s: %q, want %q", d, got, want)
		}
	}
}

// What is open says since when, counted until the moment the report speaks of;
// what is settled or waits for its turn does not.
func TestWhatIsOpenHasAnAge(t *testing.T) {
	t.Parallel()
	sent, held := noon.Add(-3*time.Hour), noon.Add(-5*time.Hour)
	for _, state := range ledger.States() {
		for _, sends := range []int{0, 1} {
			p := payout(2, state, "Ana", 100)
			p.Attempts, p.SubmittedAt, p.UpdatedAt = 1, sent, held
			p.Unsent = 1 - sends
			e, err := entryOf(t, ledger.Line{Row: 2, Payout: p})
			if err != nil {
				t.Fatal(err)
			}
			since, age := time.Time{}, ""
			if open := state == ledger.Held || state == ledger.Submitting || state == ledger.InDoubt || state == ledger.Processing; open {
				since, age = held, "5 hours"
				if sends > 0 {
					since, age = sent, "3 hours"
				}
			}
			if !e.Since.Equal(since) || e.age(lang.English) != age {
				t.Errorf("%s, sent %d times: since %s, %q; want %s, %q", state, sends, e.Since, e.age(lang.English), since, age)
			}
		}
	}
}

func TestABatchThatPaysAnewReadsWell(t *testing.T) {
	t.Parallel()
	s := many(20, func(int) {})
	s.Batches[0].Summary.Batch.Source, s.Batches[0].Summary.Batch.SourceSHA256, s.Batches[0].Summary.Batch.Worksheet = "retry of MX-20261021-4H2QX", "", ""
	s.Batches[0].Summary.Batch.Reason = "the bank was closed"
	for format, text := range texts(t, s) {
		for _, want := range []string{"retry of MX-20261021-4H2QX", "the bank was closed"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s lacks %q", format, want)
			}
		}
		for _, bad := range []string{"SHA-256", "sha256 ", "Worksheet", "<code></code>", "Source file"} {
			if strings.Contains(text, bad) {
				t.Errorf("%s says %q of what is no file", format, bad)
			}
		}
	}
	s.Batches[0].Summary.Batch.Overridden = 1
	var text bytes.Buffer
	if err := WriteText(&text, s, TextOptions{}); err != nil || strings.Count(strings.Join(strings.Fields(text.String()), " "), "the bank was closed") != 1 {
		t.Errorf("%v: the reason once:\n%s", err, text.String())
	}
}
