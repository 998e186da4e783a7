package evidence

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/bulkpay/bulkpay/internal/evidence/pack"
	"github.com/bulkpay/bulkpay/internal/money"
	"github.com/bulkpay/bulkpay/ledger"
)

func TestAPackIsNeverFoundUnsoundAsItWasMade(t *testing.T) {
	t.Parallel()
	d := setup(t)
	batch := d.lived()
	for name, o := range map[string]Options{"masked": options(), "unmasked": {Unmasked: true}} {
		file, made := d.write(batch, o)
		r := d.check(file)
		for _, f := range r.Findings {
			t.Errorf("%s: %s: %s: %s", name, f.Member, f.Where, f.Why)
		}
		if r.Root != made.Root || r.Head != made.Head || r.Events != made.Events || r.Asserted != made.Masked || r.Members != made.Members || r.Rows != 7 {
			t.Errorf("%s: made %+v, found %+v", name, made, r)
		}
		if r.Others == 0 {
			t.Errorf("%s: no event of another batch lies in between: the test shows too little", name)
		}
		if asserted := r.Asserted > 0; asserted == o.Unmasked || r.Recomputed+r.Asserted != r.Events {
			t.Errorf("%s: %d events, %d made anew, %d asserted", name, r.Events, r.Recomputed, r.Asserted)
		}
	}
}

func TestTheSameLedgerNeverGivesAnotherPack(t *testing.T) {
	t.Parallel()
	d := setup(t)
	batch := d.lived()
	one, _ := d.write(batch, options())
	two, _ := d.write(batch, options())
	if !bytes.Equal(one, two) {
		t.Error("two packs of one ledger differ")
	}
	e := setup(t)
	three, _ := e.write(e.lived(), options())
	if !bytes.Equal(one, three) {
		t.Error("packs of two ledgers with the same history differ")
	}
}

func TestNobodyIsEverNamedInAMaskedPack(t *testing.T) {
	t.Parallel()
	d := setup(t)
	batch := d.lived()
	file, _ := d.write(batch, options())
	archive, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	d.must(err)
	for _, member := range archive.File {
		content := d.content(file, member.Name)
		for _, secret := range []string{payee, "Jos", "rez", account, "jose@example.com"} {
			if strings.Contains(content, secret) {
				t.Errorf("%s: holds %s", member.Name, secret)
			}
		}
	}
	if events := d.content(file, "events.jsonl"); !strings.Contains(events, `\"account\":\"••••0042\"`) || !strings.Contains(events, "[…]") {
		t.Error("the account is not masked but gone")
	}
	open, _ := d.write(batch, Options{Unmasked: true})
	if rows := d.content(open, "rows.jsonl"); !strings.Contains(rows, account) || !strings.Contains(rows, payee) {
		t.Error("an unmasked pack is masked")
	}
}

func TestThePackSaysAllThereIs(t *testing.T) {
	t.Parallel()
	d := setup(t)
	o := options()
	o.Members = []Member{{"reports/MX.html", "the report", text("<html>")}}
	file, _ := d.write(d.lived(), o)
	for name, wants := range map[string][]string{
		"README.txt":         {"EVIDENCE OF BATCH MX-20261121-", "sha256sum -c manifest.sha256", "HOW IT ADDS UP: TIED", "acme-mx"},
		"source/n_minas.csv": {"the bytes of nóminas.csv"},
		"mapping.txt":        {"column A is the name\n"},
		"left-out.csv":       {"4,,invalid,,row 4: amount: unreadable", "5,0.07,invalid,,row 5: <name>: missing"},
		"batch.json":         {`"tied": true`, `"source": "nóminas.csv"`, `"sourceMember": "source/n_minas.csv"`},
		"rows.jsonl":         {`{"row":4,"state":"invalid","notes":["row 4: amount: unreadable"]}`, `"payee":"[…]","account":"••••0042"`},
		"events.jsonl":       {`"kind":"said_paid"`, `"base64":{"evidence":"U8M="}`, `"kind":"imported"`},
		"decisions.jsonl":    {`"who":"maria","what":"imported"`, `"who":"paul","what":"release"`, `"words":"both are meant"`, `"words":"the statement has it"`},
		"trade-numbers.csv":  {"row,tradeNo,platFormTradeNo,state\r\n2,BP"},
		"matches.jsonl":      {`"statement":"orders.csv","sha256":"abab`, `"line":2,"day":"2026-11-21"`, `"row":2,"tradeNo":"BP`},
		"reports/MX.html":    {"<html>"},
		"manifest.json":      {`"format": "bulkpay-evidence/1"`, `"what": "the report"`},
	} {
		content := d.content(file, name)
		for _, want := range wants {
			if !strings.Contains(content, want) {
				t.Errorf("%s: want %q in:\n%s", name, want, content)
			}
		}
	}
}

// TestAnyUnzipReadsAPack reads one with the library's reader, and does by hand
// what README.txt says.
func TestAnyUnzipReadsAPack(t *testing.T) {
	t.Parallel()
	d := setup(t)
	file, made := d.write(d.lived(), options())
	archive, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	d.must(err)
	var sums, want strings.Builder
	for _, member := range archive.File {
		r, err := member.Open()
		d.must(err)
		content, err := io.ReadAll(r) // the library checks the CRC
		d.must(err)
		sum := sha256.Sum256(content)
		if member.Name == "manifest.sha256" {
			want.Write(content)
			continue
		}
		if member.Name == "manifest.json" && hex.EncodeToString(sum[:]) != made.Root {
			t.Error("the root digest is not the manifest's SHA-256")
		}
		fmt.Fprintf(&sums, "%x  %s\n", sum, member.Name)
	}
	if sums.String() != want.String() {
		t.Errorf("sha256sum says\n%s\nthe pack\n%s", &sums, &want)
	}
}

// TestABatchWithoutItsFileHasItsPack is about one that an older bulkpay made.
func TestABatchWithoutItsFileHasItsPack(t *testing.T) {
	t.Parallel()
	d := setup(t)
	batch := d.imported("old.csv", row(2, 100))
	d.forgetSources()
	file, _ := d.write(batch, options())
	if readme := d.content(file, "README.txt"); !strings.Contains(readme, "missing: old.csv was imported by a bulkpay that did not keep files") {
		t.Error(readme)
	}
	// That its import says that the file was kept is found: here it was.
	if r := d.check(file); len(r.Findings) != 1 || r.Findings[0].Member != "batch.json" {
		t.Errorf("found %v", r.Findings)
	}
}

func TestNothingIsKeptOfAPackThatFails(t *testing.T) {
	t.Parallel()
	d := setup(t)
	o := options()
	o.Members = []Member{{"../reports/MX.html", "outside", text("x")}}
	if _, err := Write(t.Context(), io.Discard, d.book.View, d.lived().ID, o); err == nil {
		t.Error("a member leaves the folder")
	}
	if _, err := Write(t.Context(), io.Discard, d.book.View, 99, options()); err == nil {
		t.Error("a batch that is not there")
	}
}

// What a statement charges, and what is taken back of it when its match is
// undone, is booked behind the rows, and the check knows both.
func TestAnUndoneChargeNeverMakesAPackUnsound(t *testing.T) {
	t.Parallel()
	d := setup(t)
	batch := d.imported("sheet.csv", row(2, 10000), row(3, 20000))
	sent := d.paid(batch, ledger.Paid, ledger.Paid)
	s, _, err := d.book.TakeStatement(d.Context(), ledger.NewStatement{
		Merchant: d.merchant, Name: "orders.csv", SHA256: strings.Repeat("ab", 32), Origin: ledger.OfGateway, Format: "csv", FirstDay: d.now, LastDay: d.now, Actor: "maria",
	}, func(yield func(ledger.NewLine, error) bool) {
		for i, p := range sent {
			if !yield(ledger.NewLine{Number: i + 2, Day: d.now, Amount: p.Amount, Fee: money.FromMinor(money.MXN, 350), Status: ledger.LinePaid, TradeNo: p.TradeNo}, nil) {
				return
			}
		}
	})
	d.must(err)
	_, err = d.book.Reconcile(d.Context(), d.merchant, ledger.OfGateway, []int64{s.ID}, ledger.MatchPolicy{}, "maria")
	d.must(err)
	d.must(d.book.UndoMatch(d.Context(), 1, "maria", "of another merchant"))
	file, _ := d.write(batch, options())
	booked := d.content(file, pack.JournalName)
	if r := d.check(file); !r.Sound() || !strings.Contains(booked, ",fee_undone,") {
		t.Errorf("%v\n%s", r.Findings, booked)
	}
}

// What failed here and stands as paid on a statement is pending to the bank:
// whoever pays it again may pay it twice.
func TestAPackSaysWhatAStatementShowsAsPaid(t *testing.T) {
	t.Parallel()
	d := setup(t)
	batch := d.imported("sheet.csv", row(2, 100), row(3, 200))
	sent := d.paid(batch, ledger.NotPaid, ledger.NotPaid)
	d.compared(sent[0])
	file, _ := d.write(batch, options())
	if r := d.check(file); !r.Sound() {
		t.Errorf("%+v", r.Findings)
	}
	rows := d.content(file, pack.RowsName)
	if strings.Count(rows, `"shownPaid":"orders.csv, line 2"`) != 1 || strings.Count(rows, "shownPaid") != 1 {
		t.Error(rows)
	}
	if message := d.content(file, pack.StatusName); strings.Count(message, "<TxSts>PDNG") != 1 || strings.Count(message, "<TxSts>RJCT") != 1 {
		t.Error(message)
	}
}
