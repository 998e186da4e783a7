package iso20022

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"github.com/bulkpay/bulkpay/internal/money"
	"github.com/bulkpay/bulkpay/ledger"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestMain(m *testing.M) {
	if err := flag.Set("rapid.checks", "25"); err != nil {
		panic(err)
	}
	goleak.VerifyTestMain(m)
}

type failer interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

// desk is a book of one merchant.
type desk struct {
	t        failer
	at       atomic.Int64 // Unix milliseconds; the renewal of a lease looks at it, too
	book     *ledger.Ledger
	merchant ledger.Merchant
	lease    *ledger.Lease
	sheets   int
}

func newDesk(t failer, path, gateway string) *desk {
	t.Helper()
	d := &desk{t: t}
	d.at.Store(time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC).UnixMilli())
	var err error
	d.book, err = ledger.Create(context.Background(), path, ledger.Options{
		Now: d.now, Random: rand.NewChaCha8([32]byte{1}), Host: "here",
	})
	d.must(err)
	d.merchant, err = d.book.Merchant(context.Background(), ledger.Merchant{
		Name: "acme-mx", Area: "MX", Currency: money.MXN, MerchantNo: "M1", Gateway: gateway,
	})
	d.must(err)
	d.lease, err = d.book.Acquire(context.Background(), d.merchant)
	d.must(err)
	return d
}

func setup(t *testing.T, gateway string) *desk {
	t.Helper()
	d := newDesk(t, filepath.Join(t.TempDir(), "book.db"), gateway)
	t.Cleanup(d.close)
	return d
}

func (d *desk) now() time.Time { return time.UnixMilli(d.at.Load()).UTC() }

func (d *desk) close() { d.must(errors.Join(d.lease.Release(), d.book.Close())) }

func (d *desk) must(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) imported(rows ...ledger.NewRow) ledger.Batch {
	d.t.Helper()
	d.sheets++
	content := fmt.Sprint("sheet ", d.sheets)
	batch, err := d.book.Import(context.Background(), ledger.NewBatch{
		Merchant: d.merchant, Source: "sheet.csv", Original: ledger.Text(content), Actor: "maria", Content: func() string { return content },
	}, func(yield func(ledger.NewRow, error) bool) {
		for _, row := range rows {
			if !yield(row, nil) {
				return
			}
		}
	})
	d.must(err)
	return batch
}

func row(n int, minor int64) ledger.NewRow {
	return ledger.NewRow{
		Row: n, Amount: money.FromMinor(money.MXN, minor), Readable: true, PayeeName: fmt.Sprint("Payee Number ", n),
		PayeeAccount: fmt.Sprint(646180000000000000 + n), Bank: "646", Fields: map[string]string{"amount": "1"}, Fingerprint: []byte{byte(n)},
	}
}

func (d *desk) hear(p ledger.Payout, kind ledger.Kind, attempt int, code string) {
	d.t.Helper()
	o := ledger.Outcome{
		Payout: p, Attempt: attempt, Kind: kind, Reason: string(kind), Code: code, Message: "words of the gateway <&> \x01 " + strings.Repeat("long ", 60),
		Actor: ledger.ActorSettle, Evidence: []byte(`{}`),
	}
	if kind == ledger.Paid || kind == ledger.Accepted || kind == ledger.NotPaid {
		o.PlatformTradeNo = "gw-" + p.TradeNo
	}
	_, err := d.book.Record(context.Background(), ledger.Policy{}, []ledger.Outcome{o})
	d.must(err)
}

// tell writes the message and reads it back.
func (d *desk) tell(batch ledger.Batch, o Options) (Told, *node, string) {
	d.t.Helper()
	var b bytes.Buffer
	var told Told
	d.must(d.book.Snapshot(context.Background(), func(view ledger.View) (err error) {
		told, err = Write(context.Background(), view, batch, &b, o)
		return err
	}))
	root, err := parse(bytes.NewReader(b.Bytes()))
	d.must(err)
	if faults := documentElement(told.Version).faults(root.children[0], "", told.Version.Namespace()); len(faults) > 0 {
		d.t.Fatalf("not as the schema has it:\n%s", strings.Join(faults, "\n"))
	}
	return told, root.children[0], b.String()
}

func words(p ledger.Payout) string { return "it is " + string(p.State) + "; " + p.Message }

// What the gateway repeats of a payee, or a person has looked at, stays here.
func TestNoWordsNameThePayee(t *testing.T) {
	t.Parallel()
	d := setup(t, "https://gateway.test")
	batch := d.imported(row(2, 100), row(3, 200))
	claimed, err := d.book.Claim(context.Background(), d.lease, batch.ID, 2)
	d.must(err)
	for _, p := range claimed {
		_, err := d.book.Record(context.Background(), ledger.Policy{}, []ledger.Outcome{{
			Payout: p, Attempt: 1, Kind: ledger.NotPaid, Reason: "not_paid", Code: "00029", Actor: ledger.ActorSubmit, Evidence: []byte(`{}`),
			Message: "no account " + p.PayeeAccount + " of " + p.PayeeName,
		}})
		d.must(err)
	}
	_, _, text := d.tell(batch, Options{Words: words})
	if strings.Contains(text, "64618000000000000") || strings.Contains(text, "Payee Number") || strings.Count(text, "no account ••••") != 2 {
		t.Error(text)
	}
}

// everything is a batch with a row for each way in which a row can stand.
func (d *desk) everything() ledger.Batch {
	d.t.Helper()
	ctx := context.Background()
	before := d.imported(row(2, 100))
	old := d.payout(before, 2)
	suspect := row(13, 1300)
	suspect.Hold = "looks like row 2 of last month's sheet"
	batch := d.imported(
		row(2, 200), row(3, 300), row(4, 400), row(5, 500), row(6, 600), row(7, 700), row(8, 800), row(9, 900),
		ledger.NewRow{Row: 10, Problems: []string{"row 10: amount: missing"}},
		ledger.NewRow{Row: 11, Amount: money.FromMinor(money.MXN, 1100), Readable: true, Problems: []string{"row 11: account: has 17 digits; want a CLABE of 18 digits"}},
		ledger.NewRow{Row: 12, Amount: money.FromMinor(money.MXN, 100), Readable: true, Known: old.TradeNo}, suspect,
	)
	claimed, err := d.book.Claim(ctx, d.lease, batch.ID, 6)
	d.must(err)
	d.at.Add(time.Second.Milliseconds())
	d.hear(claimed[0], ledger.Paid, 1, "0000")
	d.hear(claimed[1], ledger.Accepted, 1, "0015")
	d.hear(claimed[2], ledger.NotPaid, 1, "00029")
	d.hear(claimed[3], ledger.Refused, 1, "8000")
	d.hear(claimed[4], ledger.Doubt, 1, "")
	d.hear(claimed[5], ledger.Paid, 1, "0000")
	d.hear(d.payout(batch, 7), ledger.NotPaid, 0, "00029") // reversed
	_, err = d.book.Cancel(ctx, d.payout(batch, 8).TradeNo, "person:maria", "not any more")
	d.must(err)
	return batch
}

func (d *desk) payout(batch ledger.Batch, row int) ledger.Payout {
	d.t.Helper()
	for line, err := range d.book.Lines(context.Background(), batch.ID) {
		d.must(err)
		if line.Row == row && line.Payout != nil {
			return *line.Payout
		}
	}
	d.t.Fatalf("no payout in row %d", row)
	return ledger.Payout{}
}

func TestMessages(t *testing.T) {
	t.Parallel()
	for _, version := range Versions() {
		d := setup(t, "https://gateway.test")
		batch := d.everything()
		_, _, got := d.tell(batch, Options{Version: version, Words: words})
		path := filepath.Join("testdata", string(version)+".golden")
		if *update {
			d.must(os.WriteFile(path, []byte(got), 0o600))
		}
		want, err := os.ReadFile(path)
		d.must(err)
		if diff := cmp.Diff(strings.ReplaceAll(string(want), "\r\n", "\n"), got); diff != "" {
			t.Errorf("%s (-want +got); -update writes it anew:\n%s", version, diff)
		}
		if _, _, again := d.tell(batch, Options{Version: version, Words: words}); again != got {
			t.Errorf("%s: the same batch gives another message", version)
		}
		for _, personal := range []string{"Payee Number", "64618000000000000"} {
			if strings.Contains(got, personal) {
				t.Errorf("%s: %q stands in it", version, personal)
			}
		}
	}
}

// Whoever reads "rejected" may pay again.
func TestNothingThatMayBePaidIsRejected(t *testing.T) {
	t.Parallel()
	d := setup(t, "https://gateway.test")
	batch := d.everything()
	told, root, _ := d.tell(batch, Options{})
	got := map[string]string{}
	for _, tx := range root.at("CstmrPmtStsRpt", "OrgnlPmtInfAndSts", "TxInfAndSts") {
		got[tx.text("OrgnlInstrId")] = tx.text("TxSts") + " " + tx.text("StsRsnInf", "Rsn", "Cd") + tx.text("StsRsnInf", "Rsn", "Prtry")
	}
	want := map[string]string{
		"row-2": "ACSC ", "row-3": "ACSP ", "row-4": "RJCT 00029", "row-5": "RJCT 8000", "row-6": "PDNG BULKPAY-IN_DOUBT",
		"row-7": "RJCT BULKPAY-REVERSED", "row-8": "CANC DS02", "row-9": "PDNG BULKPAY-READY", "row-10": "RJCT NARR", "row-11": "RJCT NARR",
		"row-12": "RJCT AM05", "row-13": "PDNG BULKPAY-HELD",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if told.Group != partly || told.Count != 12 || told.Sum.Fixed() != "69.00" {
		t.Errorf("%s, %d rows, %s", told.Group, told.Count, told.Sum)
	}
	if _, root, _ := d.tell(batch, Options{Version: V03}); root.at("CstmrPmtStsRpt", "OrgnlPmtInfAndSts", "TxInfAndSts")[6].text("TxSts") != "RJCT" {
		t.Error("001.03 has no status for what was cancelled")
	}
}

func TestWhatIsContradictedIsNotRejected(t *testing.T) {
	t.Parallel()
	d := setup(t, "https://gateway.test")
	batch := d.imported(row(2, 100), row(3, 200), row(4, 400))
	claimed, err := d.book.Claim(t.Context(), d.lease, batch.ID, 2)
	d.must(err)
	for _, p := range claimed {
		d.hear(p, ledger.NotPaid, 1, "00029")
	}
	d.hear(d.payout(batch, 2), ledger.Conflict, 0, "") // failed, and then another amount
	_, err = d.book.Cancel(t.Context(), d.payout(batch, 4).TradeNo, "person:maria", "no")
	d.must(err)
	d.hear(d.payout(batch, 4), ledger.Paid, 0, "0000") // of what was never sent
	told, root, _ := d.tell(batch, Options{})
	addsUp(t, told, root)
	var got []string
	for _, tx := range root.at("CstmrPmtStsRpt", "OrgnlPmtInfAndSts", "TxInfAndSts") {
		got = append(got, tx.text("TxSts")+" "+tx.text("StsRsnInf", "Rsn", "Prtry"))
	}
	if diff := cmp.Diff([]string{"PDNG BULKPAY-CONTRADICTED", "RJCT 00029", "PDNG BULKPAY-CONTRADICTED"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAMessageChangesItsIDWithTheBatch(t *testing.T) {
	t.Parallel()
	d := setup(t, "https://gateway.test")
	batch := d.imported(row(2, 100))
	before, _, _ := d.tell(batch, Options{})
	_, err := d.book.Cancel(t.Context(), d.payout(batch, 2).TradeNo, "person:maria", "no")
	d.must(err)
	after, root, _ := d.tell(batch, Options{OriginalID: "PAYROLL-NOV", OriginalName: "pain.001.001.03"})
	if before.MessageID == after.MessageID || len(after.MessageID) > maxID {
		t.Errorf("%s, %s", before.MessageID, after.MessageID)
	}
	group := root.at("CstmrPmtStsRpt", "OrgnlGrpInfAndSts")[0]
	if group.text("OrgnlMsgId") != "PAYROLL-NOV" || group.text("OrgnlMsgNmId") != "pain.001.001.03" || group.text("GrpSts") != "RJCT" {
		t.Errorf("%+v", group)
	}
}

// A program that pays bills by such a message must not take a trial for real.
func TestTheSimulationCannotBeMissed(t *testing.T) {
	t.Parallel()
	d := setup(t, ledger.SimulatedGateway)
	told, root, _ := d.tell(d.imported(row(2, 100)), Options{})
	report := root.at("CstmrPmtStsRpt")[0]
	if !strings.HasPrefix(told.MessageID, "SIM-") || !strings.HasPrefix(report.text("GrpHdr", "InitgPty", "Nm"), "SIMULATION") ||
		!strings.HasPrefix(report.text("OrgnlGrpInfAndSts", "StsRsnInf", "AddtlInf"), "SIMULATION") {
		t.Errorf("%s: %+v", told.MessageID, report)
	}
}

// A message about a batch that lost a row would say that less was ordered.
func TestWhatIsNotTiedIsNotTold(t *testing.T) {
	t.Parallel()
	d := setup(t, "https://gateway.test")
	batch := d.everything()
	db, err := sql.Open("sqlite", d.book.Path())
	d.must(err)
	defer db.Close()
	_, err = db.ExecContext(t.Context(), "DROP TRIGGER left_out_is_kept; DELETE FROM left_out WHERE row = 11")
	d.must(err)
	var b bytes.Buffer
	if _, err := Write(t.Context(), d.book.View, batch, &b, Options{}); !errors.Is(err, ErrNotTied) || b.Len() > 0 {
		t.Errorf("%v, %d bytes", err, b.Len())
	}
}

func TestGroupStatus(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		rows string
		want Status
	}{
		{"ACSC ACSC", Paid},
		{"ACSC ACSP", InProgress},
		{"ACSP", InProgress},
		{"RJCT CANC", Rejected},
		{"CANC", Rejected},
		{"PDNG", Pending},
		{"PDNG RJCT", Pending},
		{"ACSC RJCT", partly},
		{"ACSP PDNG", partly},
		{"", Rejected},
	} {
		s := noSums(money.MXN)
		for status := range strings.FieldsSeq(c.rows) {
			if err := s.add(Status(status), 1, money.FromMinor(money.MXN, 1)); err != nil {
				t.Fatal(err)
			}
		}
		if got := s.group(); got != c.want {
			t.Errorf("%s is %s, want %s", c.rows, got, c.want)
		}
	}
}

// TestNoBatchMakesAMessageThatDoesNotTie does anything to a batch and adds up
// the message that comes of it.
func TestNoBatchMakesAMessageThatDoesNotTie(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		d := newDesk(rt, filepath.Join(t.TempDir(), hex.EncodeToString(rapid.SliceOfN(rapid.Byte(), 8, 8).Draw(rt, "file"))+".db"), "https://gateway.test")
		defer d.close()
		n := rapid.IntRange(1, 8).Draw(rt, "rows")
		var rows []ledger.NewRow
		for i := range n {
			r := row(i+2, int64(100+i))
			switch rapid.IntRange(0, 5).Draw(rt, "kind of row") {
			case 0:
				r = ledger.NewRow{Row: i + 2, Problems: []string{rapid.String().Draw(rt, "problem")}}
			case 1:
				r.Hold = rapid.String().Draw(rt, "suspicion") + "x"
			}
			rows = append(rows, r)
		}
		batch := d.imported(rows...)
		claimed, err := d.book.Claim(context.Background(), d.lease, batch.ID, rapid.IntRange(1, n).Draw(rt, "claimed"))
		d.must(err)
		for _, p := range claimed {
			for _, kind := range rapid.SliceOfN(rapid.SampledFrom([]ledger.Kind{
				ledger.Paid, ledger.Accepted, ledger.NotPaid, ledger.Doubt, ledger.Conflict, ledger.Hint,
			}), 0, 3).Draw(rt, "heard") {
				d.hear(p, kind, 0, rapid.String().Draw(rt, "code"))
			}
		}
		told, root, _ := d.tell(batch, Options{Version: rapid.SampledFrom(Versions()).Draw(rt, "version"), Words: words})
		addsUp(rt, told, root)
	})
}

// addsUp counts the statuses of the rows again.
func addsUp(t failer, told Told, root *node) {
	t.Helper()
	report := root.at("CstmrPmtStsRpt")[0]
	count, sum := map[string]int{}, map[string]int64{}
	total := int64(0)
	rows := report.at("OrgnlPmtInfAndSts", "TxInfAndSts")
	for _, tx := range rows {
		status := tx.text("TxSts")
		count[status]++
		if text := tx.text("OrgnlTxRef", "Amt", "InstdAmt"); text != "" {
			amount, err := money.Parse(money.MXN, text)
			if err != nil {
				t.Fatal(err)
			}
			minor, _ := amount.Minor()
			sum[status] += minor
			total += minor
		}
	}
	for _, level := range []string{"OrgnlGrpInfAndSts", "OrgnlPmtInfAndSts"} {
		told := report.at(level)[0]
		if told.text("OrgnlNbOfTxs") != fmt.Sprint(len(rows)) || told.text("OrgnlCtrlSum") != money.FromMinor(money.MXN, total).Fixed() {
			t.Fatalf("%s announces %s rows, %s; there are %d, %d", level, told.text("OrgnlNbOfTxs"), told.text("OrgnlCtrlSum"), len(rows), total)
		}
		if len(told.at("NbOfTxsPerSts")) != len(count) {
			t.Fatalf("%s announces %d statuses of %d", level, len(told.at("NbOfTxsPerSts")), len(count))
		}
		for _, one := range told.at("NbOfTxsPerSts") {
			status := one.text("DtldSts")
			if one.text("DtldNbOfTxs") != fmt.Sprint(count[status]) || one.text("DtldCtrlSum") != money.FromMinor(money.MXN, sum[status]).Fixed() {
				t.Fatalf("%s announces %s of %s, %s", level, one.text("DtldNbOfTxs"), status, one.text("DtldCtrlSum"))
			}
		}
	}
	if told.Count != len(rows) {
		t.Fatalf("%d rows are told of, %d written", told.Count, len(rows))
	}
}

func TestTheCheckOfTheSchemaBites(t *testing.T) {
	t.Parallel()
	d := setup(t, "https://gateway.test")
	_, _, good := d.tell(d.everything(), Options{Words: words})
	for _, c := range [][2]string{
		{"<GrpSts>PART</GrpSts>", ""}, // may be missing: good
		{"<MsgId>", "<MsgId>" + strings.Repeat("x", 36)},
		{"<OrgnlNbOfTxs>12</OrgnlNbOfTxs>", "<OrgnlNbOfTxs>twelve</OrgnlNbOfTxs>"},
		{"<TxSts>ACSC</TxSts>", "<AcctSvcrRef>1</AcctSvcrRef><TxSts>ACSC</TxSts>"},
		{"<Cd>DS02</Cd>", "<Cd>DS02</Cd><Prtry>x</Prtry>"},
		{` Ccy="MXN"`, ""},
		{"pain.002.001.10", "pain.002.001.09"},
		{"<CstmrPmtStsRpt>", "<CstmrPmtStsRpt><Extra></Extra>"},
	} {
		bad := strings.Replace(good, c[0], c[1], 1)
		if bad == good {
			t.Fatalf("no %s in the message", c[0])
		}
		root, err := parse(strings.NewReader(bad))
		if err != nil {
			t.Fatal(err)
		}
		faults := documentElement(V10).faults(root.children[0], "", V10.Namespace())
		if good := c[1] == "" && strings.HasPrefix(c[0], "<GrpSts>"); good != (len(faults) == 0) {
			t.Errorf("%s for %s: %q", c[1], c[0], faults)
		}
	}
}

func FuzzTexts(f *testing.F) {
	f.Add("short", 35)
	f.Add(strings.Repeat("wörter ", 40), 105)
	f.Add("\x00\xff\uFFFE ]]>", 1)
	f.Fuzz(func(t *testing.T, text string, most int) {
		most = max(1, min(most, 200))
		if got := clip(text, most); got != "" && chars(most)(got) != nil {
			t.Errorf("%q is clipped to %q", text, got)
		}
		for _, line := range wrapped([]string{text}) {
			if err := chars(maxMore)(line); err != nil {
				t.Error(err)
			}
		}
	})
}
