package report

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"testing"
	"time"

	"github.com/bulkpay/bulkpay/internal/lang"
	"github.com/bulkpay/bulkpay/internal/money"
	"github.com/bulkpay/bulkpay/ledger"
)

// noon is the moment all samples speak of.
var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// sample is a made-up batch in which every state occurs, two invalid rows,
// one of them with an amount that could not be read, payouts of an earlier
// batch, a suspect, payouts of which one stands in for another, payouts that
// stand on a person's word, one that is stuck, a run that stopped itself, and
// changes since the last report.
func sample() Source {
	lines := []ledger.Line{
		{Row: 2, Payout: payout(2, ledger.Succeeded, "Ana Sofía Núñez Ortega", 1_250_000)},
		{Row: 3, Payout: payout(3, ledger.Succeeded, "Bruno Castañeda", 980_050)},
		{Row: 4, Payout: payout(4, ledger.Failed, "Carla Ibáñez", 410_000)},
		{Row: 5, Invalid: &ledger.InvalidRow{Row: 5, Readable: true, Amount: pesos(75_000), Problems: []string{
			"row 5: CLABE: check digit is wrong; want 18 digits whose last one fits",
			"row 5: e-mail: no @; write name@example.com",
		}}},
		{Row: 6, Payout: payout(6, ledger.Rejected, "Diego Luna Prado", 333_300)},
		{Row: 7, Payout: payout(7, ledger.InDoubt, "Elena Fuentes", 1_500_000)},
		{Row: 8, Payout: payout(8, ledger.Submitting, "Fernando Gil", 220_000)},
		{Row: 9, Payout: payout(9, ledger.Processing, "Gabriela Haro", 640_000)},
		{Row: 10, Payout: payout(10, ledger.Held, "Héctor Ibarra", 5_000_000)},
		{Row: 11, Invalid: &ledger.InvalidRow{Row: 11, Problems: []string{
			"row 11: amount: not a plain number; write 1500 or 1500.50",
		}}},
		{Row: 12, Payout: payout(12, ledger.Cancelled, "Irene Juárez", 120_000)},
		{Row: 13, Payout: payout(13, ledger.Reversed, "Jorge Kuri", 275_000)},
		{Row: 14, Payout: payout(14, ledger.Ready, "Karla León", 810_000)},
		{Row: 15, Payout: payout(15, ledger.Succeeded, "Luis Méndez", 1_975_000)},
	}
	lines[13].Payout.Flagged = true
	lines[13].Payout.Attempts = 2
	lines = append(lines,
		known(16, ledger.Succeeded, "María Nieto", 900_000),
		known(17, ledger.Succeeded, "Néstor Olvera", 450_000, "was edited since it became a payout: the edit has no effect"),
		known(18, ledger.Failed, "Olga Pardo", 125_000),
		known(19, ledger.Processing, "Pablo Quiroz", 610_000),
		ledger.Line{Row: 20, Payout: payout(20, ledger.Held, "Quetzal Rivas", 1_250_000)},
		ledger.Line{Row: 21, Payout: payout(21, ledger.Succeeded, "Raúl Solís", 305_000)},
		ledger.Line{Row: 22, Payout: payout(22, ledger.Failed, "Sara Tovar", 88_000)},
		ledger.Line{Row: 23, Payout: payout(23, ledger.Held, "Tomás Urrutia", 2_400_000)},
	)
	say(lines[19].Payout, ledger.ReasonSaidPaid, "BBVA statement of 21 Nov, line 88")
	say(lines[20].Payout, ledger.ReasonSaidNotPaid, "support ticket 4711: never executed")
	stuck := lines[21].Payout
	stuck.Attempts, stuck.SubmittedAt, stuck.Reason = 1, noon.Add(-76*time.Hour), ledger.ReasonStuck
	lines[18].Payout.Reason = ledger.ReasonSuspect
	lines[18].Payout.Message = "has the same account and amount as batch MX-20261021-4H2QX, row 7 (succeeded)"
	lines[4].Payout.ReplacedBy = "MX9A2QM000003"
	lines[1].Payout.Replaces = "MX4H2QX000011"
	s := source(lines)
	s.Batches[0].Summary.Batch.Overridden, s.Batches[0].Summary.Batch.Reason = 2, "bonus, approved by the treasurer"
	s.Batches[0].Summary.Stopped = "12 of the last 20 payouts failed"
	s.Batches[0].Changes = ledger.Changes{Since: noon.Add(-26 * time.Hour), Moved: []ledger.Change{
		{From: ledger.BucketWaiting, To: ledger.BucketSucceeded, Count: 1, Sum: pesos(1_250_000)},
		{From: ledger.BucketInDoubt, To: ledger.BucketHeld, Count: 1, Sum: pesos(2_400_000)},
		{From: ledger.BucketInDoubt, To: ledger.BucketSucceeded, Count: 1, Sum: pesos(305_000)},
		{From: ledger.BucketFailed, To: ledger.BucketSucceeded, Count: 1, Sum: pesos(1_975_000)},
		{From: ledger.BucketSucceeded, To: ledger.BucketReversed, Count: 1, Sum: pesos(275_000)},
	}}
	s.Batches[0].History = historyOf(map[int64]ledger.Event{
		21: {Kind: string(ledger.SaidPaid), Actor: "person:maria"}, 22: {Kind: string(ledger.SaidNotPaid), Actor: "person:tomás"},
	})
	return s
}

// say puts a payout where a person's word has put it.
func say(p *ledger.Payout, reason, words string) {
	p.Reason, p.Message, p.Code, p.PlatformTradeNo = reason, words, "", ""
}

// historyOf has one event of a person for some payouts, between those that
// every payout has.
func historyOf(words map[int64]ledger.Event) func(context.Context, int64) iter.Seq2[ledger.Event, error] {
	return func(_ context.Context, id int64) iter.Seq2[ledger.Event, error] {
		return func(yield func(ledger.Event, error) bool) {
			for _, event := range []ledger.Event{{Kind: "submitted", Actor: "submit"}, words[id], {Kind: string(ledger.Hint), Actor: "callback"}} {
				if !yield(event, nil) {
					return
				}
			}
		}
	}
}

// known is a row that is a payout of an earlier batch.
func known(row int, state ledger.State, name string, minor int64, notes ...string) ledger.Line {
	return ledger.Line{Row: row, Known: &ledger.KnownRow{
		Row: row, Amount: pesos(minor), Readable: true, TradeNo: fmt.Sprintf("MX4H2QX%06d", row), Batch: "MX-20261021-4H2QX",
		BatchRow: row - 9, State: state, Notes: notes, PayeeName: name, PayeeAccount: fmt.Sprintf("0121800150000%05d", row), Bank: "40012",
	}}
}

// hostile is what strangers may put into every text of a sheet and an answer.
var hostile = []string{
	`=HYPERLINK("http://example.invalid","pay")`,
	"+1+1", "-2-3", "@SUM(A1)", "\tx", "\rx", "  =1+1", "a;=1+1", `x;"=1+1"`, "＝1+1",
	"'quoted", "00029", "123456789012345678", "12E4", "3/4",
	"right\u202eto left", "مرحبا بالعالم", "👩‍👩‍👧‍👦🏦💸", "line\nbreak\r\nand\ttab",
	"null\x00 bell\x07 escape\x1b[31m del\x7f c1\u009b", "broken \xff utf-8", "\ufffe\uffff",
	"</script><script>alert(1)</script>", `"><img src=x onerror=alert(1)>`, "]]>&amp;<!--", "_x0041_ _x005F_",
	strings.Repeat("Wolfeschlegelsteinhausenbergerdorff", 29)[:1000],
}

// hostileSource has one row for each hostile text, in every field.
func hostileSource() Source {
	var lines []ledger.Line
	for i, text := range hostile {
		p := payout(i+2, ledger.Failed, text, 100_00)
		p.PlatformTradeNo, p.Bank, p.Code, p.Message, p.PayeeAccount = text, text, text, text, text+"/9" // a message that repeats the account is masked
		lines = append(lines, ledger.Line{Row: i + 2, Payout: p})
	}
	row := len(hostile) + 2
	lines = append(lines, ledger.Line{Row: row, Invalid: &ledger.InvalidRow{Row: row, Problems: hostile}})
	s := source(lines)
	s.Batches[0].Summary.Batch.Source = hostile[0] + hostile[15] + hostile[19] + hostile[22]
	s.Batches[0].Summary.Batch.Worksheet = hostile[22]
	s.Batches[0].Summary.Stopped = strings.Join(hostile[:24], " ")
	s.Batches[0].Summary.Batch.Overridden, s.Batches[0].Summary.Batch.Reason = 1, strings.Join(hostile[:24], " ")
	return s
}

func payout(row int, state ledger.State, name string, minor int64) *ledger.Payout {
	p := &ledger.Payout{
		ID:           int64(row),
		Row:          row,
		TradeNo:      fmt.Sprintf("MX7K3QF%06d", row),
		Amount:       pesos(minor),
		PayeeName:    name,
		PayeeAccount: fmt.Sprintf("0121800150000%05d", row),
		Bank:         "40012",
		State:        state,
	}
	if state != ledger.Ready && state != ledger.Held && state != ledger.Cancelled {
		p.Attempts = 1
		p.SubmittedAt = noon.Add(time.Duration(row-100) * time.Second)
	}
	switch state {
	case ledger.Succeeded, ledger.Processing, ledger.Failed, ledger.Reversed:
		p.PlatformTradeNo = fmt.Sprintf("2026112100%09d", row)
		p.Code = map[ledger.State]string{ledger.Succeeded: "0000", ledger.Processing: "0015"}[state]
		if p.Code == "" {
			p.Code, p.Message = "00029", "Cuenta del beneficiario cancelada"
		}
	case ledger.Rejected:
		p.Code, p.Message = "0100019", "bank code not supported"
	}
	p.UpdatedAt = noon.Add(-50 * time.Hour)
	if state.Final() {
		p.FinalAt = noon.Add(time.Duration(row-30) * time.Second)
	}
	return p
}

func pesos(minor int64) money.Amount { return money.FromMinor(money.MXN, minor) }

// source makes a source of lines, with the summary that is true of them.
func source(lines []ledger.Line) Source {
	s := ledger.Summary{
		Batch: ledger.Batch{
			ID:   1,
			Code: "MX-20261121-7K3QF",
			Merchant: ledger.Merchant{
				ID: 1, Name: "acme-mx", Area: "MX", Currency: money.MXN,
				MerchantNo: "M100234", Gateway: "https://gateway.example",
			},
			Source:       "nómina-noviembre.xlsx",
			SourceSHA256: strings.Repeat("3fa9c1d27b", 7)[:64],
			Worksheet:    "Pagos",
			Assumed:      []string{"amounts use a decimal point"},
			Sum:          pesos(0),
			CreatedAt:    noon.Add(-time.Hour),
		},
		Head: strings.Repeat("b81e0d94c6", 7)[:64],
		At:   noon,
	}
	buckets := map[string]ledger.Bucket{}
	for _, line := range lines {
		s.Batch.Rows++
		name, amount := ledger.BucketInvalid, pesos(0)
		switch p := line.Payout; {
		case p != nil:
			name, amount = p.State.Bucket(), p.Amount
			if p.Flagged {
				s.Flagged++
			}
		case line.Known != nil && line.Known.Readable:
			name, amount = ledger.BucketKnown, line.Known.Amount
		case line.Known != nil:
			name = ledger.BucketKnown
			s.Batch.Unreadable++
		case line.Invalid.Readable:
			amount = line.Invalid.Amount
		default:
			s.Batch.Unreadable++
		}
		bucket := buckets[name]
		bucket.Count++
		bucket.Sum = plus(bucket.Sum, amount)
		buckets[name] = bucket
		s.Batch.Sum = plus(s.Batch.Sum, amount)
	}
	for _, name := range ledger.Buckets() {
		s.Buckets = append(s.Buckets, ledger.Bucket{Name: name, Count: buckets[name].Count, Sum: plus(pesos(0), buckets[name].Sum)})
	}
	return Source{Batches: []Batch{{Summary: s, Lines: func(context.Context) iter.Seq2[ledger.Line, error] {
		return func(yield func(ledger.Line, error) bool) {
			for _, line := range lines {
				if !yield(line, nil) {
					return
				}
			}
		}
	}}}}
}

func plus(a, b money.Amount) money.Amount {
	sum, err := a.Add(b)
	if err != nil {
		panic(err)
	}
	return sum
}

// write writes a source into a new folder and returns the paths by format.
func write(t testing.TB, s Source) map[string]string {
	t.Helper()
	files, err := Write(t.Context(), t.TempDir(), "report", s, Options{Version: "1.0.0", PDF: true})
	if err != nil {
		t.Fatal(err)
	}
	paths := map[string]string{}
	for _, file := range files {
		paths[file.Format] = file.Path
	}
	return paths
}

// entryOf is the row that a line becomes, explained as without a command.
func entryOf(t *testing.T, line ledger.Line) (entry, error) {
	t.Helper()
	return explainedEntry(line, Explain)
}

// explainedEntry is the same with another explanation.
func explainedEntry(line ledger.Line, explain func(ledger.Payout) Advice) (entry, error) {
	p := newPaper(source([]ledger.Line{line}), Options{Explain: func(_ lang.Lang, _ ledger.Batch, p ledger.Payout) Advice { return explain(p) }})
	return p.sections[0].entry(line)
}
