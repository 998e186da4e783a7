package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bulkpay/bulkpay/internal/export"
	"github.com/bulkpay/bulkpay/internal/journal"
	"github.com/bulkpay/bulkpay/internal/money"
	"github.com/bulkpay/bulkpay/internal/neutral"
	"github.com/bulkpay/bulkpay/ledger"
)

// forged begins a line that a stranger would like people to read as ours.
const forged = "FORGED: TIED"

// hostileTexts are what strangers may put into every text of a sheet, an
// answer, a statement and a file's name.
var hostileTexts = []string{
	`=cmd|' /C calc'!A0`, `=HYPERLINK("http://example.invalid","pay")`, "+1+1", "-2-3", "@SUM(A1)", "\t=1", "\r=1", "  =1+1", "a;=1+1", "＝1+1", "\u200b=1", `x"` + "\n" + `=1+1`,
	"paid\n" + forged, "paid\r" + forged, "paid\r\n" + forged, "paid\u2028" + forged,
	"right\u202eto left", "isolated \u2066text", "مرحبا بالعالم", "zero\u200bwidth\ufeff", "👩‍👩‍👧‍👦🏦💸",
	"clear \x1b[2J\x1b[H hide \x1b[8m title \x1b]0;pwned\x07 null\x00 del\x7f c1\u009b31m", "broken \xff utf-8", "\ufffe\uffff",
	"</script><script>alert(1)</script>", `"><img src=x onerror=alert(1)>`, "]]>&amp;<!--", "_x0041_ %s %d {{.}}", `quote " and ' and ; and , and \ and #`,
	strings.Repeat("Wolfeschlegelsteinhausenbergerdorff", 29)[:1000],
}

// allHostile is all of them in one.
var allHostile = strings.Join(hostileTexts, " ")

// hostileTrial is a simulation whose ledger has a second batch, with hostile
// texts wherever a text can stand: past every check of sheets, answers and
// statements, because not every ledger is this one's own.
func hostileTrial(t *testing.T) (tr trial, code string, numbers []string) {
	t.Helper()
	tr = newTrial(t)
	if said := call(t, tr.with("run", tr.sheet(t, "plain.csv", "mexico", 2, 7))...); said.code != exitDone {
		t.Fatal(said.err)
	}
	book, err := ledger.Open(t.Context(), tr.path(), ledger.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	m, err := book.MerchantNamed(t.Context(), "sandbox-mexico")
	if err != nil {
		t.Fatal(err)
	}
	batch := hostileBatch(t, book, m)
	payouts := hostileAnswers(t, book, m, batch)
	hostileStatement(t, book, m, payouts)
	for _, p := range payouts {
		numbers = append(numbers, p.TradeNo)
	}
	return tr, batch.Code, numbers
}

func hostileBatch(t *testing.T, book *ledger.Ledger, m ledger.Merchant) ledger.Batch {
	t.Helper()
	content := "amount,name\r\n" + strings.Join(hostileTexts, "\r\n")
	batch, err := book.Import(t.Context(), ledger.NewBatch{
		Merchant: m, Source: "\x1b[2J\u202e=sheet\n" + forged + ".csv", Worksheet: allHostile, Assumed: hostileTexts, Reason: allHostile,
		Actor: "person:\x1b[8m" + forged, Original: ledger.Text(content), Content: func() string { return fmt.Sprintf("%x", sha256.Sum256([]byte(content))) },
	}, func(yield func(ledger.NewRow, error) bool) {
		for i, text := range hostileTexts {
			row := ledger.NewRow{
				Row: i + 2, Amount: money.FromMinor(money.MXN, int64(10050+i)), Readable: true, PayeeName: text, PayeeAccount: text + fmt.Sprint(i), Bank: text,
				Fields: map[string]string{"amount": "1", "customerName": text, "remark": text}, Fingerprint: fmt.Append(nil, i), Overridden: i == 0,
			}
			if !yield(row, nil) {
				return
			}
		}
		row := len(hostileTexts) + 2
		_ = yield(ledger.NewRow{Row: row, Problems: hostileTexts}, nil) &&
			yield(ledger.NewRow{Row: row + 1, Amount: money.FromMinor(money.MXN, 5), Readable: true, Hold: allHostile, PayeeName: allHostile, PayeeAccount: "9", Fingerprint: []byte("h")}, nil)
	})
	if err != nil {
		t.Fatal(err)
	}
	return batch
}

// hostileAnswers sends the batch, as far as the ledger knows; the answers are
// of every kind.
func hostileAnswers(t *testing.T, book *ledger.Ledger, m ledger.Merchant, batch ledger.Batch) []ledger.Payout {
	t.Helper()
	lease, err := book.Acquire(t.Context(), m)
	if err != nil {
		t.Fatal(err)
	}
	claimed, err := book.Claim(t.Context(), lease, batch.ID, len(hostileTexts))
	if err != nil {
		t.Fatal(err)
	}
	var outcomes []ledger.Outcome
	kinds := []ledger.Kind{ledger.Paid, ledger.NotPaid, ledger.Refused, ledger.Doubt, ledger.Accepted}
	for i, p := range claimed {
		text := hostileTexts[i]
		outcomes = append(outcomes, ledger.Outcome{
			Payout: p, Attempt: 1, Kind: kinds[i%len(kinds)], Reason: "answer", Code: text, Message: text, PlatformTradeNo: text, Actor: "submit",
			Evidence: []byte(text + "\n" + forged),
		})
	}
	if _, err := book.Record(t.Context(), ledger.Policy{}, outcomes); err != nil {
		t.Fatal(err)
	}
	if err := lease.Release(); err != nil {
		t.Fatal(err)
	}
	if err := book.Note(t.Context(), batch.ID, "person:"+forged, "halted", allHostile, []byte(allHostile)); err != nil {
		t.Fatal(err)
	}
	return claimed
}

func hostileStatement(t *testing.T, book *ledger.Ledger, m ledger.Merchant, payouts []ledger.Payout) {
	t.Helper()
	today := time.Now().UTC().Truncate(24 * time.Hour)
	s, _, err := book.TakeStatement(t.Context(), ledger.NewStatement{
		Merchant: m, Name: "=\x1b[2J\u202ebank\n" + forged, SHA256: strings.Repeat("0", 64), Origin: ledger.OfGateway, Format: "csv",
		FirstDay: today, LastDay: today, Actor: "person:" + forged, Assumed: hostileTexts,
	}, func(yield func(ledger.NewLine, error) bool) {
		for i, text := range hostileTexts {
			line := ledger.NewLine{
				Number: i + 2, Day: today, Amount: payouts[i].Amount, Status: ledger.LinePaid, PlatformTradeNo: text, EntryRef: text, Narrative: text,
				Fee: money.FromMinor(money.MXN, 7), Words: []string{text},
			}
			if i%2 == 0 {
				line.TradeNo = payouts[i].TradeNo
			}
			if !yield(line, nil) {
				return
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := book.Reconcile(t.Context(), m, ledger.OfGateway, []int64{s.ID}, ledger.MatchPolicy{}, "person:test"); err != nil {
		t.Fatal(err)
	}
}

// Whatever strangers write, wherever: no byte of it commands a terminal, turns
// a text around, passes for a line of ours, becomes a formula or markup, and
// programs get it exactly.
func TestHostileTextsInEveryOutput(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("takes several seconds under the race detector, and has one goroutine")
	}
	tr, code, numbers := hostileTrial(t)
	out := filepath.Join(tr.folder, "out")
	if err := os.Mkdir(out, 0o700); err != nil {
		t.Fatal(err)
	}
	file := func(name string) string { return filepath.Join(out, name) }
	for _, args := range hostileQuestions(code, numbers, file) {
		looksHarmless(t, tr, args)
	}
	for _, args := range hostileFiles(code, out) {
		said := onTerminal(t, tr.with(args...)...)
		streamIsHarmless(t, args[0], said.out+said.err)
		if said.code != exitDone && args[0] != "report" {
			t.Errorf("%s: exit code %d: %s%s", args, said.code, said.out, said.err)
		}
	}
	filesAreHarmless(t, out)
	textsAreExact(t, file)
}

// hostileQuestions are command lines that print something of the batch, or have
// hostile words themselves.
func hostileQuestions(code string, numbers []string, file func(string) string) [][]string {
	questions := [][]string{
		{"status"},
		{"status", code},
		{"mapping", code},
		{"verify"},
		{"doctor"},
		{"cancel", code, "--reason", allHostile},
		{"resolve", numbers[3], "--paid", "--reason", allHostile},
		{"retry", code, "--reason", allHostile},
		{"explain", allHostile},
		{"status", allHostile},
		{"show", allHostile},
		{allHostile},
		{"check", allHostile},
		{"reconcile", "--statement", allHostile},
		{"export", allHostile},
		{"journal", code, "--format", allHostile},
		{"report", "--merchant", allHostile},
		{"verify", allHostile},
		{"backup", allHostile},
		{"diff", file(forged)},
		{"pain002", code},
		{"pain002", code, "--version", "001.03"},
	}
	for i, number := range numbers {
		if i%3 == 0 || strings.Contains(hostileTexts[i], forged) || strings.Contains(hostileTexts[i], "\x1b") {
			questions = append(questions, []string{"show", number})
		}
	}
	for _, what := range whats() {
		questions = append(questions, []string{"export", what})
	}
	for _, format := range journal.Formats() {
		questions = append(questions, []string{"journal", code, "--format", string(format)})
	}
	return questions
}

// hostileFiles are command lines that write a file each, or several.
func hostileFiles(code, folder string) [][]string {
	file := func(name string) string { return filepath.Join(folder, name) }
	files := [][]string{
		{"report", code, "--reports", folder, "--pdf", "--lang", "es"},
		{"report", "--all", "--reports", folder},
		{"report", code, "--reports", folder, "--unmasked"},
		{"evidence", code, "--out", file("masked.zip")},
		{"evidence", code, "--unmasked", "--out", file("whole.zip")},
		{"verify", file("whole.zip")},
		{"backup", file("backup.db")},
		{"backup", "--verify", file("backup.db")},
		{"pain002", code, "--original-id", allHostile, "--original-name", allHostile, "--out", file("pain.xml")},
	}
	for _, what := range whats() {
		for _, as := range []string{"csv", "jsonl", "json", "xlsx"} {
			args := []string{"export", what, "--out", file(what + "." + as)}
			if what == "payouts" || what == "events" || what == "lines" {
				args = append(args, "--unmasked")
			}
			files = append(files, args)
		}
	}
	for _, format := range journal.Formats() {
		files = append(files, []string{"journal", code, "--format", string(format), "--out", file("journal-" + string(format) + ".txt")})
	}
	return files
}

// textsAreExact wants programs to get what strangers wrote, character by
// character; what is no UTF-8 comes as U+FFFD.
func textsAreExact(t *testing.T, file func(string) string) {
	t.Helper()
	var rows []export.PayoutRow
	content, err := os.ReadFile(file("payouts.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(content, &rows); err != nil {
		t.Fatal(err)
	}
	table, err := os.ReadFile(file("payouts.csv"))
	if err != nil {
		t.Fatal(err)
	}
	records, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(table, []byte("\uFEFF")))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	name := slices.Index(records[0], "payee")
	for _, text := range hostileTexts {
		want := strings.ToValidUTF8(text, "\uFFFD")
		if !slices.ContainsFunc(rows, func(r export.PayoutRow) bool { return r.Payee == want }) {
			t.Errorf("payouts.json has no payee %q", want)
		}
		if !slices.ContainsFunc(records, func(r []string) bool {
			return strings.ToValidUTF8(neutral.Restore(r[name]), "\uFFFD") == strings.ReplaceAll(want, "\r\n", "\n")
		}) {
			t.Errorf("payouts.csv has no payee %q", want)
		}
	}
}

// A sheet with such texts in its cells, headers and name, checked, run and
// handed back.
func TestHostileSheet(t *testing.T) {
	if testing.Short() {
		t.Skip("one goroutine, and long under the race detector")
	}
	t.Parallel()
	tr := newTrial(t)
	name := "=sheet\u202e\x1b[2J\n" + forged + ".csv"
	if runtime.GOOS == "windows" {
		name = "=sheet\u202e.csv"
	}
	lines := []string{"amount,wayCode,customerName,customerAccountType,customerAccount,remark,\"=extra\u202e\x1b[2J\n" + forged + "\""}
	for i, text := range hostileTexts {
		cell := quotedCell(text)
		lines = append(lines, strings.Join([]string{fmt.Sprint(100 + i), "BANXICO", cell, "CLABE", "646180000000000009", cell, cell}, ","))
	}
	sheet := filepath.Join(tr.folder, name)
	if err := os.WriteFile(sheet, []byte(strings.Join(lines, "\r\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"check", sheet},
		{"run", sheet},
		{"run", sheet, "--skip-invalid", "--duplicates", "pay", "--reason", allHostile},
		{"status"},
		{"status", "last"},
		{"diff", sheet},
		{"run", sheet, "--skip-invalid"},
		{"reconcile", "--statement", sheet},
	} {
		looksHarmless(t, tr, args)
	}
	filesAreHarmless(t, filepath.Join(tr.folder, "sim", "reports"))
	marked, err := filepath.Glob(filepath.Join(tr.folder, "sim", "reports", "*-marked.csv"))
	if err != nil || len(marked) != 1 {
		t.Fatal(marked, err)
	}
}

// A bank's statement whose file and every text is hostile.
func TestHostileStatement(t *testing.T) {
	if testing.Short() {
		t.Skip("one goroutine, and long under the race detector")
	}
	t.Parallel()
	tr := newTrial(t)
	if said := call(t, tr.with("run", tr.sheet(t, "plain.csv", "mexico", 2, 7))...); said.code != exitDone {
		t.Fatal(said.err)
	}
	name := "=bank\u202e\x1b[2J\n" + forged + ".csv"
	if runtime.GOOS == "windows" {
		name = "=bank\u202e.csv"
	}
	lines := []string{"date,amount,currency,description,reference"}
	for i, text := range hostileTexts {
		cell := quotedCell(text)
		lines = append(lines, fmt.Sprintf("2026-11-20,-%d.00,MXN,%s,%s", 10+i, cell, cell))
	}
	statement := filepath.Join(tr.folder, name)
	if err := os.WriteFile(statement, []byte(strings.Join(lines, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	if said := call(t, tr.with("reconcile", "--statement", statement)...); said.code != exitInDoubt {
		t.Fatalf("%d: %s%s", said.code, said.out, said.err)
	}
	for _, args := range [][]string{
		{"reconcile", "--statement", statement},
		{"reconcile", "--statement", statement, "--all"},
		{"export", "lines", "--unmasked"},
		{"export", "matches"},
		{"report", "--all"},
		{"reconcile", "match", filepath.Base(statement), "2", "BP20261121104501X8K2M5PQRSTV", "--reason", "x"},
	} {
		looksHarmless(t, tr, args)
	}
	filesAreHarmless(t, filepath.Join(tr.folder, "sim", "reports"))
}

// sheetText is a text as a file of text can have it.
func sheetText(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, "?"), "\x00", "")
}

func quotedCell(text string) string {
	return `"` + strings.ReplaceAll(sheetText(text), `"`, `""`) + `"`
}

// filesAreHarmless looks at every file of a folder, and at those in packs.
func filesAreHarmless(t *testing.T, folder string) {
	t.Helper()
	files, err := os.ReadDir(folder)
	if err != nil || len(files) < 3 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	slices.SortFunc(files, func(a, b os.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	for _, entry := range files {
		file, err := os.Open(filepath.Join(folder, entry.Name()))
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(file)
		if err := file.Close(); err != nil {
			t.Fatal(err)
		}
		if err != nil {
			t.Fatal(err)
		}
		fileIsHarmless(t, entry.Name(), content)
	}
}
