package intake

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bulkpay/bulkpay/ingest"
	"github.com/bulkpay/bulkpay/internal/samplegen"
	"github.com/bulkpay/bulkpay/ledger"
	"github.com/bulkpay/bulkpay/paypro"
)

func TestExamineAddsUpEveryRow(t *testing.T) {
	t.Parallel()
	d := setup(t)
	path := d.write("mixed.csv", []byte(columns+
		"BANXICO,Ana,CLABE,"+clabe(1)+",100\n"+
		"BANXICO,Bea,CLABE,"+clabe(2)+",2500\n"+
		"BANXICO,,CLABE,"+clabe(3)+",40\n"+ // no name, but an amount
		"BANXICO,Dan,CLABE,"+clabe(4)+",a lot\n"+ // no amount
		",,CLABE,12,-\n"))
	rows := 0
	var problems []ingest.Problem
	e, err := Examine(t.Context(), path, d.open(path), Past{}, Seen{
		Row:     func(n int) { rows++; d.equal(n, rows) },
		Problem: func(p ingest.Problem) error { problems = append(problems, p); return nil },
	})
	d.must(err)
	sum, err := FileSHA256(path)
	d.must(err)
	d.equal(e.SHA256, sum)
	d.equal([]int{e.Rows, e.Invalid, e.Unreadable, e.Valid(), e.Duplicates(), rows}, []int{5, 3, 2, 2, 0, 5})
	d.equal([]string{e.Sum.Plain(), e.ValidSum.Plain()}, []string{"2640", "2600"})
	d.equal(e.Problems, len(problems))
	if len(problems) < 5 {
		t.Errorf("only %d problems: %v", len(problems), problems)
	}
	if d.batches() != 0 {
		t.Error("examining wrote to the ledger")
	}
}

func (d *desk) equal(found, expected any) {
	d.Helper()
	if diff := cmp.Diff(expected, found); diff != "" {
		d.Errorf("(-want +got)\n%s", diff)
	}
}

func TestImportIsWhatWasExamined(t *testing.T) {
	t.Parallel()
	d := setup(t)
	path := d.csv("faulty.csv", samplegen.Faults(mexico(), 3))
	e, problems, _ := d.examine(path)
	if e.Invalid == 0 || e.Valid() == 0 || len(problems) == 0 {
		t.Fatalf("examined %+v", e)
	}
	batch, err := Import(t.Context(), d.book, d.open(path), e, d.order())
	d.must(err)
	d.equal([]any{batch.Rows, batch.Unreadable, batch.Sum.Plain(), batch.Content, batch.SourceSHA256, batch.Source},
		[]any{e.Rows, e.Unreadable, e.Sum.Plain(), e.Content, e.SHA256, "faulty.csv"})
	summary, err := d.book.Summary(t.Context(), batch.ID)
	d.must(err)
	waiting := summary.Bucket(ledger.BucketWaiting)
	d.equal([]any{waiting.Count, waiting.Sum.Plain(), summary.Bucket(ledger.BucketInvalid).Count, summary.Tied()},
		[]any{e.Valid(), e.ValidSum.Plain(), e.Invalid, true})
	d.equal(d.batches(), 1)
}

func TestImportKeepsEveryValueAndTheAreasRoles(t *testing.T) {
	t.Parallel()
	d := setup(t)
	rows := valid(3, 7)
	batch, err := d.importSheet(d.csv("salaries.csv", slices.Values(rows)), d.order())
	d.must(err)
	n := 0
	for line, err := range d.book.Lines(t.Context(), batch.ID) {
		d.must(err)
		p, row := line.Payout, rows[n]
		n++
		d.equal([]string{p.PayeeName, p.PayeeAccount, p.Bank, p.Amount.Plain()},
			[]string{row["customerName"], row["customerAccount"], row["wayCode"], row["amount"]})
		for field, value := range row {
			d.equal(p.Fields[field], value)
		}
		d.equal(p.Fields["notifyUrl"], samplegen.Constants()["notifyUrl"])
	}
	d.equal(n, 3)
}

func TestSheetThatChangedInBetweenImportsNothing(t *testing.T) {
	t.Parallel()
	rows := valid(20, 1)
	for name, changed := range map[string][]paypro.Values{
		"a row more":     valid(21, 1),
		"a row fewer":    rows[:19],
		"another amount": append(rows[:19:19], with(rows[19], "amount", "999999")),
		"another payee":  append([]paypro.Values{with(rows[0], "customerAccount", clabe(9999))}, rows[1:]...),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := setup(t)
			path := d.csv("salaries.csv", slices.Values(rows))
			e, _, _ := d.examine(path)
			d.csv("salaries.csv", slices.Values(changed))
			_, err := Import(t.Context(), d.book, d.open(path), e, d.order())
			if !errors.Is(err, ErrChanged) {
				t.Errorf("error %v", err)
			}
			d.equal(d.batches(), 0)
		})
	}
}

func with(row paypro.Values, field, value string) paypro.Values {
	changed := paypro.Values{}
	for name, was := range row {
		changed[name] = was
	}
	changed[field] = value
	return changed
}

// The digest of the content is over all rows, faulty ones too: also a fault
// that went away in between is a change.
func TestFaultThatWentAwayInBetweenIsAChange(t *testing.T) {
	t.Parallel()
	d := setup(t)
	faulty := columns + "BANXICO,Ana,CLABE," + clabe(1) + ",100\nBANXICO,,CLABE," + clabe(2) + ",100\n"
	path := d.write("s.csv", []byte(faulty))
	e, _, _ := d.examine(path)
	d.write("s.csv", []byte(strings.Replace(faulty, "BANXICO,,", "BANXICO,Bea,", 1)))
	if _, err := Import(t.Context(), d.book, d.open(path), e, d.order()); !errors.Is(err, ErrChanged) {
		t.Errorf("error %v", err)
	}
	d.equal(d.batches(), 0)
}

func TestSameRowsInOtherOrderAndFormatAreKnown(t *testing.T) {
	t.Parallel()
	d := setup(t)
	rows := valid(40, 2)
	first, _, _ := d.examine(d.csv("november.csv", slices.Values(rows)))
	batch, err := d.importSheet(filepath.Join(d.folder, "november.csv"), d.order())
	d.must(err)

	turned := slices.Clone(rows)
	slices.Reverse(turned)
	path := filepath.Join(d.folder, "again.xlsx")
	d.must(samplegen.WriteXLSX(path, "Nómina", mexico(), samplegen.English, slices.Values(turned)))
	again, _, suspects := d.examine(path)
	d.equal(again.Content, first.Content)
	if again.SHA256 == first.SHA256 {
		t.Error("two files have one digest")
	}
	d.equal([]int{again.Duplicates(), len(suspects)}, []int{40, 40})
	for _, s := range suspects {
		if s.Kind != ledger.SamePayout || s.Batch != batch.Code || s.State != ledger.Ready || s.BatchRow == 0 || s.Row == 0 {
			t.Errorf("suspect %+v", s)
		}
	}
	if _, err := d.importSheet(path, d.with(Skip, "")); !errors.Is(err, ledger.ErrDuplicate) {
		t.Errorf("imported again: %v", err)
	}
	d.equal(d.batches(), 1)

	repeat := d.order()
	repeat.Repeats, repeat.Reason = batch.Code, "thirteenth salary"
	if _, err := d.importSheet(path, repeat); err != nil {
		t.Errorf("a person's word: %v", err)
	}
	d.equal(d.batches(), 2)
}

func TestWhatIsLongAgoIsNoSuspect(t *testing.T) {
	t.Parallel()
	d := setup(t)
	rows := valid(5, 4)
	_, err := d.importSheet(d.csv("old.csv", slices.Values(rows)), d.order())
	d.must(err)
	d.now = d.now.Add(DuplicateWindow + time.Hour)
	if e, _, _ := d.examine(d.csv("new.csv", slices.Values(rows))); len(e.Suspects) != 0 {
		t.Errorf("%v with a batch before the window", e.Suspects)
	}
}

func TestCancelledReadingImportsNothing(t *testing.T) {
	t.Parallel()
	d := setup(t)
	path := d.csv("salaries.csv", slices.Values(valid(50, 5)))
	e, _, _ := d.examine(path)

	ctx, cancel := context.WithCancel(t.Context())
	_, err := Examine(ctx, path, d.open(path), d.past(), Seen{Row: func(n int) {
		if n == 10 {
			cancel()
		}
		if n > 11 {
			t.Errorf("row %d was read after the end", n)
		}
	}})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("examine: %v", err)
	}
	if _, err := Import(ctx, d.book, d.open(path), e, d.order()); !errors.Is(err, context.Canceled) {
		t.Errorf("import: %v", err)
	}
	d.equal(d.batches(), 0)
}

func TestErrorOfAnObserverEndsTheReading(t *testing.T) {
	t.Parallel()
	d := setup(t)
	enough := errors.New("enough")
	path := d.csv("faulty.csv", samplegen.Faults(mexico(), 1))
	calls := 0
	_, err := Examine(t.Context(), path, d.open(path), Past{}, Seen{Problem: func(ingest.Problem) error { calls++; return enough }})
	if !errors.Is(err, enough) || calls != 1 {
		t.Errorf("error %v after %d calls", err, calls)
	}
	path = d.csv("good.csv", slices.Values(valid(5, 1)))
	_, err = d.importSheet(path, d.order())
	d.must(err)
	_, err = Examine(t.Context(), path, d.open(path), d.past(), Seen{Suspect: func(Suspect) error { return enough }})
	if !errors.Is(err, enough) {
		t.Errorf("error %v", err)
	}
}

func TestSheetThatCannotBeReadToItsEndIsAnError(t *testing.T) {
	t.Parallel()
	d := setup(t)
	text := columns + strings.Repeat("BANXICO,Ana,CLABE,"+clabe(1)+",100\n", 5000) + "\"never closed," + strings.Repeat("x", 2<<20)
	path := d.write("broken.csv", []byte(text))
	sheet := d.open(path)
	if _, err := Examine(t.Context(), path, sheet, d.past(), Seen{}); err == nil {
		t.Error("no error")
	}
	if _, err := Import(t.Context(), d.book, sheet, Examined{Rows: 1}, d.order()); err == nil {
		t.Error("imported")
	}
	d.equal(d.batches(), 0)
	if _, err := FileSHA256(filepath.Join(d.folder, "none.csv")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a missing file: %v", err)
	}
}

// No problem that is kept names what a cell holds (P8).
func TestKeptProblemsHoldNoContents(t *testing.T) {
	t.Parallel()
	d := setup(t)
	batch, err := d.importSheet(d.csv("faulty.csv", samplegen.Faults(mexico(), 2)), d.order())
	d.must(err)
	for row := range samplegen.Faults(mexico(), 2) {
		for line, err := range d.book.Lines(t.Context(), batch.ID) {
			d.must(err)
			if line.Invalid == nil {
				continue
			}
			for _, problem := range line.Invalid.Problems {
				for _, field := range []string{"customerAccount", "customerName", "customerEmail"} {
					if value := row[field]; len(value) > 7 && strings.Contains(problem, value) {
						t.Errorf("names the %s of a payee: %s", field, problem)
					}
				}
			}
		}
	}
}

// What a reading passed over is part of the record: an example and the lines
// below a total are neither rows nor in any sum.
func TestWhatWasPassedOverIsKeptWithTheBatch(t *testing.T) {
	t.Parallel()
	d := setup(t)
	path := d.write("s.csv", []byte(columns+
		"BANXICO,EXAMPLE: Ana,CLABE,"+clabe(1)+",100\n"+
		"BANXICO,Bea,CLABE,"+clabe(2)+",2500\n"+
		"Total,,,,2500\n"+
		"Prepared by: nobody,,,,\n"))
	batch, err := d.importSheet(path, d.order())
	d.must(err)
	d.equal([]any{batch.Rows, batch.Sum.Plain()}, []any{1, "2500"})
	said := strings.Join(batch.Assumed, "\n")
	for _, row := range []string{"row 2", "row 4", "row 5"} {
		if !strings.Contains(said, row) {
			t.Errorf("nothing is kept about %s:\n%s", row, said)
		}
	}
}
