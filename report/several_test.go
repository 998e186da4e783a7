package report

import (
	"context"
	"encoding/json"
	"iter"
	"strings"
	"testing"
	"time"

	"github.com/bulkpay/bulkpay/internal/money"
	"github.com/bulkpay/bulkpay/ledger"
)

// severalBatches are three batches of two merchants, one of them in a currency
// without decimals, with equations that are tied, not tied and not known, and
// a matching.
func severalBatches() Source {
	first := sample().Batches[0]
	first.Equations = []Equation{gatewayOf(first.Summary, 0), {
		Name: BalanceEquation, Of: first.Summary.Batch.Code, Left: term("closing balance", 0, 54_700_00),
		Terms: []Term{term("opening balance", 0, 100_000_50), minus(term("succeeded", 4, 45_100_50)), minus(term("fees", 0, 200_00))},
	}}
	second := source([]ledger.Line{
		{Row: 2, Payout: payout(102, ledger.Succeeded, "Zoé", 500_00)},
		{Row: 3, Payout: payout(103, ledger.Failed, "Álvaro", 700_00)},
		{Row: 4, Payout: payout(104, ledger.Held, "Beto", 900_00)},
	}).Batches[0]
	b := &second.Summary.Batch
	b.ID, b.Code, b.Source, b.CreatedAt = 2, "MX-20261121-9A2QM", "extra.csv", noon.Add(-time.Minute)
	second.Summary.Seq, second.Summary.Head = 9, strings.Repeat("ab", 32)
	second.Changes = ledger.Changes{First: true}
	second.Equations = []Equation{gatewayOf(second.Summary, 1)}
	return Source{
		Scope: Scope{All: true}, Batches: []Batch{first, second, koreanBatch()},
		Equations: []Equation{{
			Name: BalanceEquation, Of: "acme-mx", Left: term("closing balance", 0, 1), Terms: []Term{term("opening balance", 0, 1)},
		}},
	}
}

func minus(t Term) Term {
	t.Minus = true
	return t
}

// gatewayOf is what the gateway would say if it said the same, but for so many
// payouts of the first bucket that has any.
func gatewayOf(s ledger.Summary, off int) Equation {
	e := Equation{Name: GatewayEquation, Of: s.Batch.Code, Counts: true}
	left := Figure{}
	for _, bucket := range s.Buckets {
		if bucket.Count == 0 {
			continue
		}
		e.Terms = append(e.Terms, Term{
			Name: bucket.Name, Count: bucket.Count - off, Sum: bucket.Sum, Ours: &Figure{bucket.Count, bucket.Sum},
			Since: noon.Add(-time.Hour), Until: noon.Add(-time.Minute),
		})
		off = 0
		left = left.plus(bucket)
	}
	e.Left = Term{Name: "ledger", Count: left.Count, Sum: s.Batch.Sum}
	return e
}

// koreanBatch is a batch of another merchant, in whole won.
func koreanBatch() Batch {
	won := func(minor int64) money.Amount { return money.FromMinor(money.KRW, minor) }
	p := payout(2, ledger.Succeeded, "김민수", 0)
	p.Amount = won(1_250_000)
	one := source(nil).Batches[0]
	s := &one.Summary
	s.Batch.ID, s.Batch.Code, s.Batch.Rows, s.Batch.Sum = 3, "KR-20261121-5T6UV", 1, won(1_250_000)
	s.Batch.Merchant = ledger.Merchant{ID: 2, Name: "acme-kr", Area: "KR", Currency: money.KRW, MerchantNo: "K1", Gateway: "https://gateway.example"}
	for i := range s.Buckets {
		s.Buckets[i].Sum = won(0)
		if s.Buckets[i].Name == ledger.BucketSucceeded {
			s.Buckets[i].Count, s.Buckets[i].Sum = 1, won(1_250_000)
		}
	}
	one.Lines = func(context.Context) iter.Seq2[ledger.Line, error] {
		return func(yield func(ledger.Line, error) bool) { yield(ledger.Line{Row: 2, Payout: p}, nil) }
	}
	return one
}

func TestSeveralBatchesInEveryForm(t *testing.T) {
	t.Parallel()
	all := texts(t, severalBatches())
	for format, text := range all {
		for _, want := range []string{"acme-mx", "acme-kr", "MXN", "KRW"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s lacks %q", format, want)
			}
		}
		if format != "text" && format != "xlsx" && !strings.Contains(text, "MX-20261121-9A2QM") {
			t.Errorf("%s lacks a batch", format)
		}
	}
	var d Document
	if err := json.Unmarshal([]byte(all["json"]), &d); err != nil {
		t.Fatal(err)
	}
	if len(d.Parts) != 2 || len(d.Batches) != 3 || len(d.Rows) != 22+3+1 || len(d.Found) != 2 {
		t.Fatalf("%d merchants, %d batches, %d rows, %d findings", len(d.Parts), len(d.Batches), len(d.Rows), len(d.Found))
	}
	if p := d.Parts[0]; p.Batches != 2 || p.TieOut.Sheet != (SideJSON{25, "199263.50"}) || !p.Tied {
		t.Errorf("%+v", p.TieOut)
	}
	if d.Parts[1].TieOut.Sheet != (SideJSON{1, "1250000"}) {
		t.Errorf("%+v", d.Parts[1].TieOut.Sheet)
	}
	if !d.Tied || d.Verdict != "NOT TIED" || d.Head != strings.Repeat("ab", 32) {
		t.Errorf("tied %v, verdict %s, head %s", d.Tied, d.Verdict, d.Head)
	}
	var said []string
	for _, e := range append(d.Parts[0].Equations, d.Batches[1].Equations...) {
		said = append(said, e.Name+" "+e.Verdict)
	}
	if got := strings.Join(said, ", "); got != "sheet TIED, gateway NOT TIED, balance TIED, sheet TIED, gateway NOT TIED, balance NOT KNOWN" {
		t.Error(got)
	}
}

// A batch that is short of what another has too much would tie in sum, and
// must not.
func TestTwoWrongSheetsMakeNoRightReport(t *testing.T) {
	t.Parallel()
	s := severalBatches()
	s.Batches[0].Summary.Batch.Rows++
	s.Batches[1].Summary.Batch.Rows--
	s.Batches[0].Equations, s.Batches[1].Equations = nil, nil
	if s.Verdict() != NotTied {
		t.Fatalf("verdict %s", s.Verdict())
	}
	for format, text := range texts(t, s) {
		if format == "json" {
			if d := document(t, text); d.Tied || d.Parts[0].Tied || d.Verdict != "NOT TIED" {
				t.Error("json says tied")
			}
			continue
		}
		if !strings.Contains(text, "NOT TIED") {
			t.Errorf("%s does not say NOT TIED", format)
		}
	}
}
